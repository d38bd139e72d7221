"""The library: papers, passages, records and vectors, with one writer and any number of readers."""

import threading
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path
from sqlite3 import Connection
from typing import Literal, NamedTuple, Self, TypeVar

from assignee.errors import LibraryError, LibraryVersionError
from assignee.library import documents, records, schema, vectors
from assignee.library.follower import Follower
from assignee.library.index import Index
from assignee.library.lock import WriterLock
from assignee.library.search import POOL, Fused, Hit, fuse, keyword_ranking
from assignee.library.store import Store
from assignee.library.terms import Stemmer
from assignee.library.vectors import EmbedderProtocol, Floats, MatrixCache, Scope
from assignee.records import Document, Paper, Passage, Record, Section

R = TypeVar("R", bound=Record)

DATABASE = "library.sqlite3"

EXACT_BELOW = 50_000
"""Passages up to which every vector is compared; beyond them Chroma is asked.

The scan misses nothing and takes 2 ms over 20,000 passages (31 MB); Chroma answers in 2 to 4 ms,
but misses 1 to 3 % of what it should find, and takes 1.5 s or more to import and open. Among named
papers the scan is always used: less than 1 ms for twelve papers, where Chroma's `where` takes 20
to 56 ms over 20,000 passages.
"""


class AddResult(NamedTuple):
    """What one `add` changed, in papers, and what it cost."""

    added: int
    updated: int
    unchanged: int
    passages: int
    """Passages of the added and updated papers."""
    embedded: int
    """Texts that the embedder had to be asked for."""


class Library:
    """Papers, passages, records and vectors in one folder; all methods are thread-safe.

    SQLite holds the truth; Chroma, in the writer, an index that follows it. Readers in any process
    are never blocked, and search the vectors exactly. Open it with `Library.open`, as a context
    manager.
    """

    @classmethod
    def open(
        cls, folder: Path, embedder: EmbedderProtocol, *, mode: Literal["write", "read"] = "write"
    ) -> "Library":
        """Open the library in the folder; for writing, it is made when it is not there.

        Raises:
            LibraryLockedError: another process, or another `Library`, writes it.
            LibraryCorruptError: the database is damaged.
            LibraryVersionError: made by another schema version, or filled by another embedder.
            LibraryError: there is nothing to read, or the folder cannot be written.
        """
        library = cls(folder, embedder, mode=mode)
        try:
            library._check_embedder()
            library._follow()
        except BaseException:
            library.close()
            raise
        return library

    @classmethod
    def rebuild(cls, folder: Path, embedder: EmbedderProtocol) -> int:
        """Give the library to another embedder: embed every passage with it, and index them anew.

        Returns:
            The number of texts embedded; those that this embedder knew are not embedded again.
        """
        with cls(folder, embedder, mode="write") as library:
            return library._embed_all()

    def __init__(
        self, folder: Path, embedder: EmbedderProtocol, *, mode: Literal["write", "read"]
    ) -> None:
        self._embedder = embedder
        self._adding = threading.Lock()
        self._follower: Follower | None = None
        with ExitStack() as stack:
            if mode == "write":
                stack.callback(WriterLock(folder).release)
            elif not (folder / DATABASE).exists():
                raise LibraryError(f"no library in {str(folder)!r} to read: add papers first")
            self._store = Store(folder / DATABASE, writable=mode == "write")
            stack.callback(self._store.close)
            self._stemmer = Stemmer()
            stack.callback(self._stemmer.close)
            self._matrices = MatrixCache(embedder.model_id, embedder.dimension)
            if mode == "write":
                self._create_if_empty()
                index = Index(
                    folder / "chroma", model=embedder.model_id, dimension=embedder.dimension
                )
                stack.callback(index.close)
                self._follower = Follower(self._store, index)
            with self._store.reading() as connection:
                schema.check(connection, self._store.path)
            self._resources = stack.pop_all()

    def close(self) -> None:
        """Close every connection and let another writer in."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, documents_: Sequence[tuple[Document, Sequence[Passage]]]) -> AddResult:
        """Take papers in: new ones are added, changed ones replaced, the others left as they are.

        All new texts are embedded in one batch, before one transaction; a text whose vector is
        known is not embedded. Of several documents of one paper the last one counts.

        Raises:
            ValueError: a passage that is not its document's slice; nothing is changed then.
        """
        latest = {document.paper.id: (document, group) for document, group in documents_}
        for document, group in latest.values():
            documents.check(document, group)
        digests = {id_: document.content_digest for id_, (document, _) in latest.items()}
        with self._adding:
            with self._store.reading() as connection:
                known = documents.digests(connection, latest)
            changed = [id_ for id_, digest in digests.items() if known.get(id_) != digest]
            rows = [(*latest[id_], digests[id_]) for id_ in changed]
            embedded = self._replace(rows) if rows else 0
        updated = len(known.keys() & set(changed))
        return AddResult(
            added=len(changed) - updated,
            updated=updated,
            unchanged=len(latest) - len(changed),
            passages=sum(len(latest[id_][1]) for id_ in changed),
            embedded=embedded,
        )

    def remove(self, paper_ids: Sequence[str]) -> int:
        """Take papers out, with their passages and vectors; the number of those that were there."""
        with self._adding:
            with self._store.writing() as connection:
                schema.advance(connection)
                orphans = documents.text_digests(connection, paper_ids)
                removed = documents.remove(connection, paper_ids)
                vectors.drop_orphans(connection, orphans)
            self._follow()
        return removed

    def papers(self, ids: Sequence[str] | None = None) -> list[Paper]:
        """The papers with these ids, in their order, unknown ones left out; or all, by id."""
        with self._store.reading() as connection:
            return documents.papers(connection, ids)

    def papers_found(self, words: Sequence[str], *, limit: int) -> tuple[list[Paper], int]:
        """The first papers by title whose title, authors or year hold all words.

        Returns:
            At most `limit` papers, and how many there are; without words all fit.
        """
        with self._store.reading() as connection:
            return documents.papers_found(connection, words, limit)

    def document_digest(self, paper_id: str) -> str | None:
        """`Document.content_digest` of the paper as it is kept; `None` when it is not."""
        with self._store.reading() as connection:
            return documents.digests(connection, [paper_id]).get(paper_id)

    def sections(self, paper_id: str) -> list[Section]:
        """The paper's sections, in the order of the document; none of an unknown paper."""
        with self._store.reading() as connection:
            return documents.sections(connection, paper_id)

    def text(self, paper_id: str) -> str:
        """The paper's whole text.

        Raises:
            LibraryError: the paper is not in the library.
        """
        with self._store.reading() as connection:
            return documents.text(connection, paper_id)

    def passages(self, paper_ids: Sequence[str]) -> list[Passage]:
        """All passages of these papers: papers in the order given, each in its own order."""
        with self._store.reading() as connection:
            return documents.passages(connection, paper_ids)

    def passage(self, passage_id: str) -> Passage:
        """One passage.

        Raises:
            LibraryError: it is not in the library.
        """
        found = self.passages_by_id([passage_id])
        if not found:
            raise LibraryError(f"no passage {passage_id!r} in the library: add its paper first")
        return found[passage_id]

    def passages_by_id(self, ids: Collection[str]) -> dict[str, Passage]:
        """Passage id to passage, unknown ids left out."""
        with self._store.reading() as connection:
            return documents.passages_by_id(connection, ids)

    def vectors_of(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Text to its vector, for those of the texts that are passages of this library."""
        digests = {documents.text_digest(text): text for text in texts}
        with self._store.reading() as connection:
            kept = vectors.of_texts(connection, self._embedder.model_id, digests)
        rows = vectors.unpack(kept.values(), self._embedder.dimension)
        return {digests[digest]: row for digest, row in zip(kept, rows, strict=True)}

    def search(
        self,
        queries: Sequence[str],
        *,
        limit: int,
        paper_ids: Collection[str] | None = None,
        exclude_papers: Collection[str] = (),
    ) -> list[list[Hit]]:
        """The best passages for each query, by BM25 and vectors fused: at most `limit` a query.

        Args:
            queries: plain text, embedded in one batch; a blank one finds nothing.
            limit: hits a query.
            paper_ids: the papers to search; `None` means all, an empty collection none.
            exclude_papers: papers left out, also when `paper_ids` names them.
        """
        scope = Scope(
            None if paper_ids is None else frozenset(paper_ids), frozenset(exclude_papers)
        )
        hits: list[list[Hit]] = [[] for _ in queries]
        asked = [number for number, query in enumerate(queries) if query.strip()]
        if not asked or limit < 1:
            return hits
        rows = vectors.embedded(self._embedder, [queries[number] for number in asked])
        depth = max(POOL, 2 * limit)
        with self._store.reading() as connection:
            best: list[list[Fused]] = []
            for number, by_meaning in zip(
                asked, self._nearest(connection, rows, limit=depth, scope=scope), strict=True
            ):
                terms = self._stemmer.terms(queries[number])
                by_words = keyword_ranking(connection, terms, limit=depth, scope=scope)
                best.append(fuse([by_words, by_meaning])[:limit])
            found = self._hits(connection, rows, best)
        for number, of_query in zip(asked, found, strict=True):
            hits[number] = of_query
        return hits

    def put(self, records_: Sequence[Record]) -> list[str]:
        """Keep immutable records; their digests, in order. Keeping one twice changes nothing."""
        with self._store.writing() as connection:
            return records.put(connection, records_)

    def get(self, type_: type[R], digests: Sequence[str]) -> list[R]:
        """The records of one type with these digests, in their order.

        Raises:
            LibraryError: a digest of which no record of that type is kept.
        """
        with self._store.reading() as connection:
            return records.get(connection, type_, digests)

    def stats(self) -> dict[str, int | str]:
        """Numbers of papers, passages, vectors and records; model, dimension and versions."""
        with self._store.reading() as connection:
            counts = documents.counts(connection)
            kept = {
                key: schema.meta(connection, key) for key in ("model", "dimension", "generation")
            }
        return {
            **counts,
            **kept,
            "schema_version": schema.SCHEMA_VERSION,
        }

    def rebuild_index(self) -> None:
        """Make the Chroma index anew from the vectors in SQLite; nothing is embedded.

        Raises:
            LibraryError: the library was opened for reading.
        """
        if self._follower is None:
            raise LibraryError(
                "the index belongs to the writer: open the library with mode='write'"
            )
        self._follower.rebuild()

    def _replace(self, group: Sequence[tuple[Document, Sequence[Passage], str]]) -> int:
        """Embed what is new, then put the documents in the place of their former versions."""
        ids = [document.paper.id for document, _, _ in group]
        texts = {
            documents.text_digest(p.text): p.text for _, passages, _ in group for p in passages
        }
        model = self._embedder.model_id
        with self._store.reading() as connection:
            old = vectors.known(connection, model, texts)
        new = [digest for digest in texts if digest not in old]
        rows = vectors.embedded(self._embedder, [texts[digest] for digest in new]) if new else None
        with self._store.writing() as connection:
            schema.advance(connection)
            orphans = documents.text_digests(connection, ids)
            documents.remove(connection, ids)
            documents.insert(connection, group)
            if rows is not None:
                vectors.put(connection, model, digests=new, rows=rows)
            vectors.drop_orphans(connection, orphans)
        self._follow()
        return len(new)

    def _embed_all(self) -> int:
        model = self._embedder.model_id
        with self._adding:
            with self._store.reading() as connection:
                texts = documents.texts_without_vector(connection, model)
            rows = vectors.embedded(self._embedder, list(texts.values())) if texts else None
            with self._store.writing() as connection:
                schema.advance(connection)
                if rows is not None:
                    vectors.put(connection, model, digests=list(texts), rows=rows)
                vectors.drop_other_models(connection, model)
                schema.set_meta(connection, model=model, dimension=self._embedder.dimension)
            self.rebuild_index()
        return len(texts)

    def _hits(
        self, connection: Connection, queries: Floats, best: Sequence[Sequence[Fused]]
    ) -> list[list[Hit]]:
        """The hits of every query; a passage that several queries found is read once."""
        ids = {item.id for fused in best for item in fused}
        passages = documents.passages_by_id(connection, ids)
        stored = vectors.of_passages(connection, self._embedder.model_id, ids)
        rows = vectors.unpack(stored.values(), self._embedder.dimension)
        row_of = dict(zip(stored, rows, strict=True))
        hits: list[list[Hit]] = []
        for query, fused in zip(queries, best, strict=True):
            # One product a hit, so that a cosine is the same to the bit in every search.
            cosine = {id_: float(row_of[id_] @ query) for id_, _, _ in fused if id_ in row_of}
            hits.append(
                [
                    Hit(
                        passages[id_], score, by_words, by_meaning, min(1.0, max(-1.0, cosine[id_]))
                    )
                    for id_, score, (by_words, by_meaning) in fused
                    if id_ in passages
                ]
            )
        return hits

    def _nearest(
        self, connection: Connection, rows: Floats, *, limit: int, scope: Scope
    ) -> list[list[str]]:
        """Ask Chroma where that is faster and it is in step with this snapshot, else scan."""
        if (
            self._follower is not None
            and scope.everything
            and documents.more_than(connection, EXACT_BELOW)
            and (index := self._follower.in_step(connection)) is not None
        ):
            return index.nearest(rows, limit=limit)
        generation = int(schema.meta(connection, "generation"))
        return self._matrices.get(connection, generation).nearest(rows, limit=limit, scope=scope)

    def _follow(self) -> None:
        if self._follower is not None:
            self._follower.follow()

    def _create_if_empty(self) -> None:
        with self._store.writing() as connection:
            if schema.is_empty(connection):
                schema.create(
                    connection,
                    model=self._embedder.model_id,
                    dimension=self._embedder.dimension,
                )

    def _check_embedder(self) -> None:
        with self._store.reading() as connection:
            kept = (schema.meta(connection, "model"), schema.meta(connection, "dimension"))
        given = (self._embedder.model_id, self._embedder.dimension)
        if kept != given:
            raise LibraryVersionError(
                f"the library {str(self._store.path.parent)!r} was filled by the embedder "
                f"{kept[0]!r} (dimension {kept[1]}), this is {given[0]!r} (dimension {given[1]}): "
                f"open it with the former, or have it embedded anew by Library.rebuild"
            )
