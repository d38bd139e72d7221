"""All settings in one model; each field's description is also the command line's help."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Role = Literal["planner", "extractor", "judge", "writer", "critic"]
ROLES: tuple[Role, ...] = ("planner", "extractor", "judge", "writer", "critic")


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
        default="local", description="Where judgement comes from; nothing is sent unless `llm`."
    )
    panel: str = Field(
        default="default", description="Reviewer panel: a name that ships, or a YAML file."
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

    def public(self) -> dict[str, str | int | float | bool | None]:
        """The settings as they are stamped into runs and reports: without secrets or places."""
        kept = self.model_dump(mode="json", exclude={"api_key", "home"})
        kept["models"] = ", ".join(f"{role}={name}" for role, name in sorted(self.models.items()))
        return kept
