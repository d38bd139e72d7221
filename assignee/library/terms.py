"""From the words of a question to a full-text query that is safe, and short enough to be fast."""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assignee.library.schema import TOKENIZER

_WORD = re.compile(r"[^\W_]+")

MAX_TERMS = 12
"""Most terms of one query, the rarest.

On the training queries of SciFact (BEIR) nDCG@10 is .705 with all terms as with these, .703 with
10, .697 with 8, .687 with 6.
"""

CANDIDATES = 2000
"""Passages among which a query over the whole library ranks, about.

BM25 costs 1.7 µs a passage that holds any term, a quarter of the library or more. Passages that
hold one of the query's rarest terms suffice: on SciFact's 5,183 abstracts nDCG@10 stays .705 down
to 500 of them, and is .702 with 250.
"""

MAX_WORDS = 512
"""Different words of a query that are looked at; a pasted book must not take minutes."""

STOPWORDS = frozenset(
    _WORD.findall("""
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can cannot could did do does doing down during each either else few
    for from further had has have having he her here hers him his how however i if in into is it its
    itself just let me more most my no nor not of off on once only or other our out over own same
    she should so some such than that the their theirs them then there therefore these they this
    those through thus to too under until up upon us very was we were what when where whether which
    while who whom whose why will with within without would yet you your
    """)
)


class Term(NamedTuple):
    """A word of the query and the index entries that the tokenizer makes of it."""

    word: str
    stems: tuple[str, ...]


class Stemmer:
    """Stems words with FTS5's own tokenizer, in a private table in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.executescript(
            f"CREATE VIRTUAL TABLE words USING fts5 (word, tokenize='{TOKENIZER}');"
            "CREATE VIRTUAL TABLE places USING fts5vocab (words, instance);"
        )

    def terms(self, text: str) -> list[Term]:
        """The text's words in order, one of each stem; words that the index cannot hold left out.

        The text is composed (NFC) first: a decomposed accent would cut its word in two.
        """
        found = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
        words = list(dict.fromkeys(found))[:MAX_WORDS]
        stems: dict[int, tuple[str, ...]] = {}
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(words)
            )
            for row, stem in self._connection.execute(
                "SELECT doc, term FROM places ORDER BY doc, offset"
            ):
                stems[row] = (*stems.get(row, ()), stem)
            self._connection.execute("ROLLBACK")
        unique: dict[tuple[str, ...], str] = {}
        for row, parts in sorted(stems.items()):
            unique.setdefault(parts, words[row])
        return [Term(word, parts) for parts, word in unique.items()]

    def close(self) -> None:
        """Close the private table."""
        self._connection.close()


def frequencies(connection: sqlite3.Connection, terms: Sequence[Term]) -> dict[str, int]:
    """Word to the number of passages that hold it, at most; 0 for a word that none holds."""
    stems = {stem for term in terms for stem in term.stems}
    counts = {stem: _frequency(connection, stem) for stem in stems}
    return {term.word: min(counts[stem] for stem in term.stems) for term in terms}


def _frequency(connection: sqlite3.Connection, stem: str) -> int:
    row = connection.execute("SELECT doc FROM passages_terms WHERE term = ?", (stem,)).fetchone()
    return int(row[0]) if row else 0


def without_stopwords(terms: Sequence[Term]) -> list[Term]:
    """The terms that carry meaning, or all of them when none does."""
    return [term for term in terms if term.word not in STOPWORDS] or list(terms)


def rarest(terms: Sequence[Term], frequency: Mapping[str, int], *, limit: int) -> list[Term]:
    """The terms that occur at all, rarest first, equals by word, at most `limit`."""
    present = [term for term in terms if frequency[term.word] > 0]
    return sorted(present, key=lambda term: (frequency[term.word], term.word))[:limit]


def selective(terms: Sequence[Term], frequency: Mapping[str, int], *, passages: int) -> list[Term]:
    """Of terms in order of rarity the first that together occur in about so many passages.

    Two at least, so that one rare word does not decide alone.
    """
    total, chosen = 0, list[Term]()
    for term in terms:
        total += frequency[term.word]
        if total > passages and len(chosen) >= 2:
            break
        chosen.append(term)
    return chosen


def match_expression(terms: Sequence[Term]) -> str:
    """The FTS5 query for any of the terms; each is quoted, so none is read as syntax."""
    return " OR ".join(f'"{term.word}"' for term in terms)
