"""Documents for the tests, a search without any index to compare with, and what an index holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from stalklog.index.document import Document, Source, to_ms
from stalklog.index.folding import flat, fold, words
from stalklog.index.schema import MARK

if TYPE_CHECKING:
    from stalklog.index.index import Index
    from stalklog.index.query import Filters, Query, Term

BEGAN: Final = datetime(2024, 3, 3, 21, 30, tzinfo=UTC)
ENGLISH: Final = ("I will find you", "don't call me", "stop it, PLEASE stop", "See you at 9.30 pm")
HINDI: Final = ("मैं तुम्हें ढूँढ़ लूँगा", "ज़िंदगी बर्बाद कर दूंगा।", "हिन्दी में लिखो", "घर के बाहर हूं")
MIXED: Final = ("call करो वरना", "kal मिलते हैं 🔪 ok?", "naïve café, Straße 5", "फ़ोटो.jpg भेजी")
_LETTERS: Final = (
    "abcEKo09 \n\t.,'\"*-_:/()"  # English
    "कखजडढनमयरलवशहदफआइऊ"  # Hindi: letters,
    "ािीुूेोंँः़्"  # signs
    "०९।"
    "éÉßİıſﬁΣςЙжñ\u0301\u0308\u0327"  # accents, case, composed and not
    "\u200c\u200d\u00ad\u200b\u200e\ufe0f\ufeff\0\x85\xa0"  # not seen, or other spaces
    "अ\u0958ङञ\u0929が\u3099か한\u1112\u1161\u11ab\uff76\uff9eไท่คำ"
    "🔪❤👍🏽🇮🇳€\u2019“”—…½①Ａ\ue000\ud800\u0378\U0001fae8\ufdd0"
)
PEOPLE: Final = (("Ravi", "+91 98000 00001"), ("रवि", "ravi@example.org"), ("~ R", ""), ("", ""))

letters: Final = st.text(st.sampled_from(_LETTERS), max_size=12)
phrases: Final = st.sampled_from(ENGLISH + HINDI + MIXED)
texts: Final = st.lists(st.one_of(phrases, letters), max_size=4).map(" ".join)
moments: Final = st.integers(0, 40).map(lambda step: BEGAN + timedelta(seconds=step * 30))
documents: Final = st.builds(
    lambda text, sorted_at, is_dated, person, kind: Document(
        text, sorted_at, sorted_at if is_dated else None, None, person[0], person[1], kind
    ),
    texts,
    moments,
    st.booleans(),
    st.sampled_from(PEOPLE),
    st.sampled_from(["message", "call", "threat"]),
)
sources: Final = st.lists(st.lists(documents, max_size=6), min_size=1, max_size=5)


@dataclass(frozen=True, slots=True)
class Fed:
    """One document as it was fed."""

    source: Source
    document: Document
    place: int


def fed(batches: list[list[Document]]) -> list[Fed]:
    """The documents with their sources, numbered within them."""
    return [
        Fed(source_of(seq), numbered(document, place), place)
        for seq, batch in enumerate(batches)
        for place, document in enumerate(batch, 1)
    ]


def source_of(seq: int, reading: str = "") -> Source:
    """A source, whose key tells the reading."""
    return Source(f"{seq:04}{reading}", seq, f"E-{seq:04}")


def numbered(document: Document, number: int) -> Document:
    """The same as message of that number; a record has none."""
    return Document(
        document.text,
        document.sorted_at,
        document.instant,
        None if document.kind == "threat" else number,
        document.sender,
        document.sender_id,
        document.kind,
    )


def feed(index: Index, documents: list[Fed]) -> None:
    """Put them in, a source at a time."""
    by_source: dict[Source, list[Document]] = {}
    for one in documents:
        by_source.setdefault(one.source, []).append(one.document)
    with index.filling() as filling:
        for source, its_documents in by_source.items():
            filling.replace(source, its_documents)


def scan(documents: list[Fed], query: Query) -> list[Fed]:
    """What a search must find, the oldest first, by looking at each document."""
    found = [one for one in documents if _is_wanted(one, query.filters) and _has(one, query)]
    return sorted(found, key=_order)


def _order(one: Fed) -> tuple[int, int, int, str, int]:
    at_ms, number = to_ms(one.document.sorted_at), one.document.message or 0
    return at_ms, one.source.seq, number, one.source.key, one.place


def _has(one: Fed, query: Query) -> bool:
    held, text = words(fold(one.document.text)), flat(one.document.text)
    return all(_occurs(held, term) for term in query.terms) and all(
        part in text for part in query.parts
    )


def _occurs(held: list[str], term: Term) -> bool:
    *heads, last = term.words
    for start in range(len(held) - len(heads)):
        *before, word = held[start : start + len(term.words)]
        if before == heads and (word.startswith(last) if term.is_prefix else word == last):
            return True
    return False


def _is_wanted(one: Fed, filters: Filters) -> bool:
    document, part = one.document, flat(filters.from_whom)
    at_ms = to_ms(document.sorted_at)
    return (
        (part in flat(document.sender) or part in flat(document.sender_id))
        and (filters.since is None or to_ms(filters.since) <= at_ms)
        and (filters.until is None or at_ms <= to_ms(filters.until))
        and (not filters.kinds or document.kind in filters.kinds)
        and document.kind not in filters.without_kinds
        and (filters.seqs is None or one.source.seq in filters.seqs)
    )


Row = tuple[object, ...]


def content(index: Index) -> tuple[list[Row], list[Row], list[Row]]:
    """All that an index holds, without the numbers that depend on how it grew.

    The sources; the documents in their order; each word with the documents that have it, and
    where in them.
    """
    connection = index._connection
    sources = connection.execute("SELECT key, seq, id FROM sources ORDER BY key").fetchall()
    documents = connection.execute(
        "SELECT s.key, d.message, d.at, d.instant, n.label, n.id, n.folded, k.name, "
        "d.text, d.folded "
        "FROM places p JOIN documents d ON d.id = p.document JOIN sources s ON s.number = d.source "
        "JOIN senders n ON n.number = d.sender JOIN kinds k ON k.number = d.kind ORDER BY p.rank"
    ).fetchall()
    connection.execute("DROP TABLE IF EXISTS temp.vocabulary")
    connection.execute(
        "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'words', 'instance')"
    )
    ranks = connection.execute("SELECT rank FROM places ORDER BY rank").fetchall()
    ordinals = {rank: number for number, (rank,) in enumerate(ranks)}
    instances = connection.execute(
        "SELECT term, doc, offset FROM temp.vocabulary ORDER BY term, doc, offset"
    ).fetchall()
    places: list[Row] = [
        (term, ordinals[doc], offset) for term, doc, offset in instances if term[0] != MARK
    ]
    connection.execute("DROP TABLE temp.vocabulary")
    return sources, documents, places
