"""Sessions over a few notes on planted roofs, with an embedder that needs no model."""

from pathlib import Path
from typing import Any

from makers import HashingEmbedder

from assignee import Assignee
from assignee.settings import Settings

QUESTION = "Do planted roofs lower indoor temperatures in summer?"
NOTES = {
    "roof-a": (
        2020,
        "Planted roofs lower summer indoor temperatures by 3 degrees in office buildings. "
        "The sensors were calibrated each week.",
    ),
    "roof-b": (
        2021,
        "In tall houses planted roofs lower summer indoor temperatures by 3 degrees. "
        "Irrigation doubled the effect of planted roofs on summer indoor temperatures.",
    ),
    "roof-c": (
        2022,
        "Planted roofs do not lower indoor temperatures in summer where roofs are insulated. "
        "Gravel roofs stay hot in summer.",
    ),
}
MORE = "Planted roofs lower indoor temperatures in summer by 2 degrees in schools of Graz."


def write_note(folder: Path, name: str, year: int, text: str, title: str | None = None) -> Path:
    """One note as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    author = f"{name.replace('-', ' ').title().replace(' ', '')} Writer{name[-1].upper()}"
    head = f'kind: note\ntitle: "{title or f"On {name}"}"\nauthors: {author}\nyear: {year}'
    path = folder / f"{name}.md"
    path.write_text(f"---\n{head}\n---\n\n{text}\n", encoding="utf-8")
    return path


def notes(folder: Path) -> Path:
    """The three notes."""
    for name, (year, text) in NOTES.items():
        write_note(folder, name, year, text)
    return folder


def program(home: Path, **chosen: Any) -> Assignee:
    """The program with the local engine, quick over little text."""
    values: dict[str, Any] = {"rounds": 1, "revisions": 0} | chosen
    return Assignee(Settings(home=home, **values), embedder=HashingEmbedder())
