"""What is asked on the page or over the API, and the settings that are made of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assignee.errors import UserError
from assignee.options import settings_from
from assignee.settings import Settings, SourceName, Status

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Asked(BaseModel):
    """A question, where to look for an answer, and the few settings that a page offers."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="The research question, in a sentence.")
    papers: list[Short] = Field(
        default_factory=list,
        max_length=1000,
        description="Ids of papers in the library, or files and folders on this machine; without "
        "any and without sources, the whole library.",
    )
    upload: Short | None = Field(
        default=None,
        description="Id of an upload, whose files are read, too; they belong to the run from then "
        "on, and are deleted with it.",
    )
    sources: list[SourceName] = Field(
        default_factory=list, description="Literature databases that are searched."
    )
    offline_demo: bool = Field(
        default=False, description=Settings.model_fields["offline_demo"].description
    )
    engine: Literal["local", "llm"] | None = Field(
        default=None, description=Settings.model_fields["engine"].description
    )
    panel: Short | None = Field(
        default=None, description=Settings.model_fields["panel"].description
    )
    since: Short | None = Field(default=None, description="First day of publication, or its year.")
    until: Short | None = Field(default=None, description="Last day of publication, or its year.")
    statuses: list[Status] = Field(
        default_factory=list, description=Settings.model_fields["statuses"].description
    )
    max_papers: int | None = Field(default=None, ge=1, le=500)
    max_claims: int | None = Field(default=None, ge=1, le=500)

    def settings(self, base: Settings) -> Settings:
        """The settings of the run: those given here, else the server's own.

        Raises:
            SettingsError: a value that does not fit.
        """
        given = self.model_dump(exclude={"question", "papers", "upload"}, exclude_defaults=True)
        chosen = {name: value for name, value in given.items() if value not in ("", [])}
        return settings_from(None, **{**base.model_dump(), **chosen})


def asked_of_form(form: dict[str, list[str]]) -> dict[str, Any]:
    """The fields of the page's form as `Asked` takes them; blank ones are left out."""
    given = {name: [v.strip() for v in values if v.strip()] for name, values in form.items()}
    where = (given.get("where") or ["library"])[0]
    papers = {
        "chosen": given.get("paper", []),
        "files": [line.strip() for text in given.get("files", []) for line in text.splitlines()],
    }.get(where, [])
    made: dict[str, Any] = {
        "question": " ".join(given.get("question", [])),
        "papers": [paper for paper in papers if paper],
        "sources": given.get("sources", []) if where == "databases" else [],
        "offline_demo": where == "demo",
        "statuses": given.get("statuses", []),
    }
    if where == "files" and given.get("upload"):
        made["upload"] = given["upload"][0]
    for name in ("engine", "panel", "since", "until", "max_papers", "max_claims"):
        if values := given.get(name):
            made[name] = values[0]
    return made


def nothing_chosen(form: dict[str, list[str]], asked: Asked) -> str | None:
    """What is still to be chosen; without it the whole library would be read, unasked."""
    where = "".join(form.get("where", ()))
    if where == "databases" and not asked.sources:
        return "Choose at least one database."
    if asked.papers or asked.upload:
        return None
    missing = {"chosen": "Choose at least one paper.", "files": "Choose files, or name a path."}
    return missing.get(where)


def faults(error: ValidationError | UserError) -> str:
    """What is wrong with what was asked, in words for people."""
    if isinstance(error, UserError):
        return str(error)
    return "; ".join(
        f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    )
