"""All settings in one model; each field's description is also the command line's help."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal[
    "planner", "screener", "extractor", "judge", "writer", "critic", "router", "answerer"
]
ROLES: tuple[Role, ...] = get_args(Role)

SourceName = Literal["arxiv", "openalex", "semantic-scholar", "crossref", "europe-pmc"]
SOURCES: tuple[SourceName, ...] = get_args(SourceName)
PlaceName = Literal["arxiv", "openalex", "semantic-scholar", "crossref", "europe-pmc", "unpaywall"]
Status = Literal["journal", "conference", "preprint", "unknown"]


def _listed(separator: str) -> BeforeValidator:
    """Takes a list also as one text, as commands and the environment give it."""

    def parted(value: Any) -> Any:  # noqa: ANN401 - whatever was given; validated next
        if not isinstance(value, str):
            return value
        return [part for each in value.split(separator) if (part := each.strip())]

    return BeforeValidator(parted)


Names = Annotated[tuple[SourceName, ...], NoDecode, _listed(",")]
Statuses = Annotated[tuple[Status, ...], NoDecode, _listed(",")]
Sentences = Annotated[tuple[str, ...], NoDecode, _listed(";")]


class Settings(BaseSettings):
    """Settings of one program instance, from arguments, then `ASSIGNEE_…` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="ASSIGNEE_",
        extra="forbid",
        frozen=True,
        validate_default=True,
        env_nested_delimiter="__",
    )

    home: Path = Field(
        default_factory=lambda: Path.home() / ".assignee",
        description="Folder of the library, the checkpoints and the response cache.",
    )
    engine: Literal["local", "llm"] = Field(
        default="local",
        description="Where judgement comes from; no model is asked over the web unless `llm`.",
    )
    panel: str = Field(
        default="default", description="Reviewer panel: a name that ships, or a YAML file."
    )

    sources: Names = Field(
        default=(),
        description="Literature databases that are searched; none unless named. "
        f"Known: {', '.join(SOURCES)}.",
    )
    since: date | None = Field(
        default=None, description="First day of publication, such as 2020-01-31, or its year."
    )
    until: date | None = Field(default=None, description="Last day of publication, or its year.")
    statuses: Statuses = Field(
        default=(),
        description="Kinds of publication: journal, conference, preprint, unknown. All when unset.",
    )
    language: str | None = Field(
        default=None,
        pattern="^[a-z]{2}$",
        description="Language of the papers, in two letters, such as en.",
    )
    include: Sentences = Field(
        default=(), description="What a paper must be about, in a sentence; `;` parts several."
    )
    exclude: Sentences = Field(
        default=(), description="What a paper must not be about, in a sentence; `;` parts several."
    )
    full_text: bool = Field(
        default=True, description="Look for the full text of papers that databases returned."
    )
    snowball: bool = Field(
        default=True, description="Follow the citations of the best papers, where databases can."
    )
    source_limit: int = Field(
        default=50, ge=1, le=1000, description="Records read for one query from one database."
    )
    source_limits: dict[SourceName, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict,
        description="The same for a single database, in place of source_limit.",
    )
    source_seconds: float = Field(
        default=120.0, gt=0, description="Seconds that one database may take in one round."
    )
    contact: str | None = Field(
        default=None, description="Mail address that databases are told, as they ask for."
    )
    source_keys: dict[SourceName, SecretStr] = Field(
        default_factory=dict, description="Key of a single database, where one is at hand."
    )
    source_urls: dict[PlaceName, str] = Field(
        default_factory=dict, description="Another address of a single database, such as a mirror."
    )
    http_days: float = Field(
        default=1.0, ge=0, description="Days for which answers of databases are kept; 0 for none."
    )
    offline_demo: bool = Field(
        default=False,
        description="Search a small literature that comes with the program, on this machine.",
    )

    base_url: str = Field(
        default="https://api.openai.com/v1", description="OpenAI-compatible endpoint."
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key for the endpoint; OPENAI_API_KEY is used when unset."
    )
    model: str = Field(default="gpt-5-mini", description="Model of every role not named in models.")
    models: dict[Role, str] = Field(default_factory=dict, description="Model of a single role.")
    structured_output: Literal["json_schema", "json_object", "text"] = Field(
        default="json_schema",
        description="What the endpoint is asked for; replies are parsed tolerantly whatever it is.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="Sampling temperature; unset leaves it to the model."
    )
    max_output_tokens: int = Field(default=8000, ge=64, description="Longest reply, in tokens.")
    timeout: float = Field(default=120.0, gt=0, description="Seconds that one model call may take.")
    call_retries: int = Field(
        default=2, ge=0, le=10, description="Repeats of a call after 408, 409, 429 and 5xx."
    )
    concurrency: int = Field(default=16, ge=1, le=256, description="Model calls in flight at once.")
    requests_per_minute: float | None = Field(
        default=None, gt=0, description="Most model calls started in a minute."
    )
    price_input: float | None = Field(
        default=None, ge=0, description="US dollars for a million prompt tokens."
    )
    price_output: float | None = Field(
        default=None, ge=0, description="US dollars for a million completion tokens."
    )

    max_cost: float | None = Field(default=None, gt=0, description="Budget in US dollars.")
    max_tokens: int | None = Field(default=None, gt=0, description="Budget in tokens of all calls.")
    max_calls: int | None = Field(default=None, gt=0, description="Budget in model calls.")
    max_seconds: float | None = Field(
        default=None, gt=0, description="Budget in seconds; what is done by then is reported."
    )

    max_papers: int = Field(default=12, ge=1, le=500, description="Papers that are read closely.")
    max_claims: int = Field(default=24, ge=1, le=500, description="Claims that are verified.")
    claims_per_paper: int = Field(
        default=4, ge=1, le=50, description="Most claims kept of one paper."
    )
    min_relevance: float = Field(
        default=0.35, ge=0, le=1, description="Claims less relevant to the question are dropped."
    )
    evidence_windows: int = Field(
        default=6, ge=1, le=50, description="Windows of other papers judged for each claim."
    )
    rounds: int = Field(
        default=2,
        ge=1,
        le=3,
        description="Rounds of search; the later ones look for evidence that is missing.",
    )
    revisions: int = Field(default=1, ge=0, le=1, description="Revisions after the first rating.")

    trace: bool = Field(
        default=False, description="Write every model call to a trace file in the home folder."
    )
    third_party_tracing: bool = Field(
        default=False, description="Let LangSmith tracing variables of the environment take effect."
    )

    @field_validator("source_keys", "source_limits", "source_urls", mode="before")
    @classmethod
    def _names_have_hyphens(cls, value: Any) -> Any:  # noqa: ANN401
        # A variable of the environment has none: ASSIGNEE_SOURCE_KEYS__SEMANTIC_SCHOLAR.
        if not isinstance(value, dict):
            return value
        return {str(name).replace("_", "-"): given for name, given in value.items()}

    @field_validator("since", "until", mode="before")
    @classmethod
    def _years_are_days(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
            return f"{value}-01-01" if info.field_name == "since" else f"{value}-12-31"
        return value

    @field_validator("sources", "statuses")
    @classmethod
    def _each_once(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(value))

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is later than until ({self.until})")
        return self

    @model_validator(mode="after")
    def _money_needs_a_price(self) -> Self:
        if self.max_cost is not None and (self.price_input is None or self.price_output is None):
            raise ValueError(
                "max_cost needs price_input and price_output: the price of the model "
                "is not known to the program"
            )
        return self

    def model_of(self, role: Role) -> str:
        """The model that plays the role."""
        return self.models.get(role, self.model)

    @property
    def searched(self) -> tuple[SourceName, ...]:
        """The databases that are searched: those that are named; in the demonstration, else all."""
        return self.sources or (SOURCES if self.offline_demo else ())

    def kept(self) -> dict[str, Any]:
        """The settings as a run keeps them, for when it is resumed: without secrets or places."""
        return self.model_dump(mode="json", exclude=PRIVATE)

    def public(self) -> dict[str, str | int | float | bool | None]:
        """The settings as they are stamped into reports: without secrets or places."""
        kept = self.kept()
        for name in ("models", "source_limits"):
            kept[name] = ", ".join(f"{key}={value}" for key, value in sorted(kept[name].items()))
        for name in ("sources", "statuses"):
            kept[name] = ", ".join(kept[name])
        for name in ("include", "exclude"):
            kept[name] = "; ".join(kept[name])
        return kept


PRIVATE = {"api_key", "home", "source_keys", "source_urls", "contact"}
"""Settings that belong to the user and not to a run or a report: secrets, places, an address."""
