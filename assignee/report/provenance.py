"""What a reader needs to repeat a run, and what it cost: stamp, usage, warnings."""

from assignee.agents.wording import capital, counted, sentence, was
from assignee.records import SCHEMA_VERSION, Stamp, Usage
from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    line,
)
from assignee.report.wording import amount, duration, money

NOT_CALLED = line(
    "No language model was called, so the settings that concern one (endpoint, model, prices and "
    "the like) played no part."
)

Cell = str | int | float | bool | None


def stamp_blocks(stamp: Stamp, run_id: str, *, usage: tuple[Usage, ...]) -> list[Block]:
    """Program, engine, models, prompts and settings."""
    local = " It calls no language model." if stamp.engine == "local" else ""
    blocks: list[Block] = [
        Heading(3, line("Engine and settings")),
        Paragraph(
            line(
                f"Made by {stamp.program} {stamp.version} with the ",
                Span(stamp.engine, "strong"),
                f" engine.{local} Run ",
                Span(run_id, "code"),
                f", records of schema version {SCHEMA_VERSION}.",
            )
        ),
    ]
    if stamp.models:
        blocks.append(_pairs("Models", ("Role", "Model"), stamp.models))
    if stamp.prompts:
        blocks.append(_pairs("Prompts", ("Prompt", "Digest"), stamp.prompts))
    if stamp.settings:
        shown = {name: _setting(value) for name, value in stamp.settings.items()}
        notes = (NOT_CALLED,) if stamp.engine == "local" and not usage else ()
        table = _pairs("Settings", ("Setting", "Value"), shown, notes)
        number = counted(len(shown), "setting")
        blocks.append(Details(line(f"All {number}" if len(shown) > 1 else number), (table,)))
    return blocks


def _pairs(
    caption: str, head: tuple[str, str], pairs: dict[str, str], notes: tuple[Line, ...] = ()
) -> Table:
    rows = tuple((line(Span(name, "code")), line(value or "–")) for name, value in pairs.items())
    return Table(caption, head, rows, notes=notes)


def _setting(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str("not set" if value is None else value)


def usage_blocks(usage: tuple[Usage, ...], engine: str, *, seconds: float | None) -> list[Block]:
    """Model calls, tokens and money by role; what is not known is said to be unknown."""
    time = f" The run took {duration(seconds)}." if seconds else ""
    if usage:
        told = f"{_total(usage)}{time}"
    elif engine == "local":
        told = f"No language model was called, so nothing was paid for.{time}"
    else:
        told = f"Calls, tokens and cost of the run are unknown.{time}"
    blocks: list[Block] = [Heading(3, line("Cost")), Paragraph(line(told))]
    return [*blocks, _usage_table(usage)] if usage else blocks


def _total(usage: tuple[Usage, ...]) -> str:
    calls = sum(one.calls for one in usage)
    failed = sum(one.failed for one in usage)
    cached = sum(one.cached for one in usage)
    failures = f"{failed or 'none'} of them failed" if calls > 1 else f"{failed or 'none'} failed"
    told = [f"{capital(counted(calls, 'model call'))} {was(calls)} made; {failures}."]
    if calls:
        told.append(_price([one for one in usage if one.calls]))
    if cached:
        more = counted(cached, "reply", "replies")
        told.append(f"{capital(more)} {was(cached)} taken from the cache of earlier calls.")
    return " ".join(told)


def _price(called: list[Usage]) -> str:
    known = [one.cost for one in called if one.cost is not None]
    if len(known) == len(called):
        return f"The cost was {money(sum(known))}."
    if known:
        return f"The cost was at least {money(sum(known))}; the rest is unknown."
    if any(one.prompt_tokens is None or one.completion_tokens is None for one in called):
        return "The cost is unknown, because the endpoint did not say how many tokens were used."
    return "The cost is unknown, because the price of a token was not given."


def _usage_table(usage: tuple[Usage, ...]) -> Table:
    head = ("Role", "Model", "Calls", "Cached", "Failed", "Tokens in", "Tokens out", "Cost", "Time")
    rows = tuple(
        tuple(
            line(cell)
            for cell in (
                one.role,
                one.model,
                amount(one.calls),
                amount(one.cached),
                amount(one.failed),
                amount(one.prompt_tokens),
                amount(one.completion_tokens),
                money(one.cost),
                duration(one.seconds),
            )
        )
        for one in usage
    )
    note = "Time is summed over calls, many of which run side by side."
    return Table("Model calls by role", head, rows, frozenset(range(2, 9)), (line(note),))


def warning_blocks(warnings: tuple[str, ...]) -> list[Block]:
    """What went wrong without stopping the run; empty when nothing did."""
    if not warnings:
        return []
    items = tuple(line(Span(sentence(warning), "foreign")) for warning in warnings)
    return [Heading(3, line("Warnings")), Bullets(items)]
