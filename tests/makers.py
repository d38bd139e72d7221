"""Small records for tests, made from a few words; and a hashing embedder that needs no model."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assignee.records import Claim, Document, Paper, PaperIds, Passage, Quote, Section


class HashingEmbedder:
    """Bags of hashed words as unit vectors: the same words, the same vector."""

    model_id = "hashing-64"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 64)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                bucket = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row, bucket % self.dimension] += 1.0
            vectors[row, 0] += 0.01
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, dtype=np.float32)


def paper(name: str, *authors: str, arxiv: str | None = None, year: int = 2020) -> Paper:
    """A paper whose id is its name."""
    return Paper(
        id=name,
        title=f"On {name}",
        authors=authors or (f"{name.title()} Author",),
        year=year,
        ids=PaperIds(arxiv=arxiv),
        publication_status="preprint" if arxiv else "unknown",
    )


def passage(paper_id: str, text: str, start: int = 0) -> Passage:
    """A passage of that paper at that offset."""
    return Passage(
        id=f"{paper_id}:{start}-{start + len(text)}",
        paper_id=paper_id,
        section="Abstract",
        text=text,
        start=start,
        end=start + len(text),
        basis="abstract",
    )


def claim(text: str, source: Passage, *, relevance: float = 0.8) -> Claim:
    """A claim whose quote is its own words in the passage, or the whole passage."""
    start = max(0, source.text.find(text))
    end = start + len(text) if text in source.text else len(source.text)
    quote = Quote.cut(source, start, end)
    return Claim(
        id=Claim.make_id(text, quote),
        text=text,
        quote=quote,
        paper_id=source.paper_id,
        relevance=relevance,
    )


def document(made: Paper, text: str) -> Document:
    """A document of one section."""
    return Document(
        paper=made,
        text=text,
        basis="abstract",
        sections=(Section(title="Abstract", start=0, end=len(text), kind="abstract"),),
    )
