"""How papers are named, addressed and linked; a note is always called a note about its paper."""

from collections import Counter
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from assignee.agents.wording import counted
from assignee.records import Paper
from assignee.report.wording import one_line

PARTICLES = frozenset(
    (
        "al",
        "bin",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "ten",
        "ter",
        "van",
        "von",
    )
)
SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))
CUT = frozenset(("et al", "et al.", "and others", "others"))
"""What may stand last in a list of authors that is known to be cut."""

STATUS_NOUNS = {
    "journal": ("journal article", "journal articles"),
    "conference": ("conference paper", "conference papers"),
    "preprint": ("preprint", "preprints"),
    "unknown": ("paper of unknown publication status", "papers of unknown publication status"),
}
NOTE_NOUNS = ("note about a paper", "notes about papers")


def named_authors(paper: Paper) -> tuple[str, ...]:
    """The authors that are named, without a closing `et al.`."""
    return tuple(name for name in paper.authors if name.strip().casefold() not in CUT)


def is_cut(paper: Paper) -> bool:
    """Whether the list of authors is known to be cut."""
    return len(named_authors(paper)) < len(paper.authors)


def surname(name: str) -> str:
    """The family name of `Jared Kaplan`, `Kaplan, Jared`, `Laurens van der Maaten`."""
    if "," in name:
        return one_line(name.split(",")[0])
    words = one_line(name).split()
    while len(words) > 1 and words[-1].casefold() in SUFFIXES:
        words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return " ".join(words[max(start, 0) :])


class PersonName(NamedTuple):
    """A name as reference managers take it apart."""

    family: str
    given: str
    """Empty where the name is one word."""


def parted_name(name: str) -> PersonName:
    """`Jared Kaplan` and `Kaplan, Jared` as family and given name, one line each."""
    family, told = surname(name), one_line(name)
    if "," in told:
        return PersonName(family, told.split(",", 1)[1].strip())
    place = told.rfind(family)
    rest = told[:place] + told[place + len(family) :]
    return PersonName(family, " ".join(rest.split()))


def short_authors(paper: Paper) -> str:
    """`Kaplan`, `Kaplan and McCandlish`, `Kaplan et al.`, or `Unknown authors`."""
    names = [surname(name) for name in named_authors(paper)]
    if not names:
        return "Unknown authors"
    if is_cut(paper) or len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def work_label(paper: Paper) -> str:
    """The work itself: `Kaplan et al. (2020)`."""
    return f"{short_authors(paper)} ({paper.year or 'undated'})"


def source_label(paper: Paper) -> str:
    """What was read: `Kaplan et al. (2020)`, or `a note about Kaplan et al. (2020)`."""
    return f"a note about {work_label(paper)}" if paper.kind == "note" else work_label(paper)


def listed_label(paper: Paper) -> str:
    """What was read, as a list names it: `note about Kaplan et al. (2020)`."""
    return source_label(paper).removeprefix("a ") if paper.kind == "note" else work_label(paper)


def kind_label(paper: Paper) -> str:
    """What the numeric style puts before a number: `a note about` a note, nothing a paper."""
    return "a note about" if paper.kind == "note" else ""


def status_noun(paper: Paper, number: int = 1) -> str:
    """`preprint`, `journal articles` and so on; for a note, `note about a paper`."""
    nouns = NOTE_NOUNS if paper.kind == "note" else STATUS_NOUNS[paper.publication_status]
    return nouns[number != 1]


def holdings(papers: tuple[Paper, ...]) -> list[str]:
    """`3 journal articles`, `1 note about a paper`: papers by kind and publication status."""
    nouns = Counter(status_noun(paper) for paper in papers)
    known = (*STATUS_NOUNS.values(), NOTE_NOUNS)
    return [counted(nouns[one], one, many) for one, many in known if nouns[one]]


def web_address(url: str | None) -> str | None:
    """The address with everything unusual percent-encoded, or `None` unless http or https."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return quote(parts.geturl(), safe="/:?#@!$&'*+,;=%~-._")


class Identifier(NamedTuple):
    """One identifier of a work as it is printed and where it leads."""

    text: str
    url: str | None


RESOLVERS = {
    "doi": ("doi:", "https://doi.org/"),
    "arxiv": ("arXiv:", "https://arxiv.org/abs/"),
    "pmid": ("PMID ", "https://pubmed.ncbi.nlm.nih.gov/"),
    "pmcid": ("", "https://www.ncbi.nlm.nih.gov/pmc/articles/"),
    "s2": ("Semantic Scholar ", "https://www.semanticscholar.org/paper/"),
    "openalex": ("OpenAlex ", "https://openalex.org/"),
}


def identifiers(paper: Paper) -> list[Identifier]:
    """Every identifier of the work, DOI first."""
    ids = paper.ids.model_dump()
    return [
        Identifier(prefix + ids[scheme], base + quote(ids[scheme], safe="/:;._-"))
        for scheme, (prefix, base) in RESOLVERS.items()
        if ids[scheme]
    ]


def shared_authors(first: Paper, second: Paper) -> list[str]:
    """Family names of the authors that two papers have in common, as the first spells them."""
    others = {_person(name) for name in named_authors(second)}
    return [surname(name) for name in named_authors(first) if _person(name) in others]


def _person(name: str) -> tuple[str, str]:
    family = surname(name)
    rest = name.split(",", 1)[1] if "," in name else name
    return family.casefold(), rest.strip()[:1].casefold()
