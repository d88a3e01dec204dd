"""Find words in everything that is in the vault, and see it all on one axis of time.

What is searched is an index of what was read: records as they stand corrected, and the messages
inside the evidence. It is derived. In a plain vault it is kept in `cache/`, where it can be deleted
at any time; of a sealed vault it is made in memory each time and leaves nothing. Before each search
it is brought up to date.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from stalklog.errors import StalklogError, VaultError
from stalklog.i18n import gettext as _
from stalklog.index.document import Document, Source
from stalklog.index.failure import IndexFailedError
from stalklog.index.index import FILE_NAME, Index
from stalklog.index.query import Filters, parse_query
from stalklog.readers.table import all_readers
from stalklog.services.contents import Contents, Time, said_of
from stalklog.services.entries import corrected
from stalklog.services.filters import happened_span
from stalklog.vault.layout import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime, tzinfo

    from stalklog.core.entry import JsonValue
    from stalklog.index.document import Hit, Results
    from stalklog.index.filling import Filling
    from stalklog.index.finding import Order
    from stalklog.index.query import Query
    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.vault import Vault

_RECORDS: Final = ("evidence", "threats", "contacts", "demands")
_KINDS: Final = {
    "evidence": "evidence",
    "threats": "threat",
    "contacts": "contact",
    "demands": "demand",
}
_NOT_WORDS: Final = frozenset(
    {"sha256", "size_bytes", "media_type", "source_times", "occurred", "posted_at", "name_base64",
     "relative_path_base64", "kind", "for", "evidence", "derived_from"}
)  # fmt: skip
"""Fields in which nobody looks for words."""
_SENDERS: Final = ("from_whom", "speaker", "agency", "asserted_author")
_TRIES: Final = 2
_Answer = TypeVar("_Answer")
_VERSION: Final = 2
"""Counted up whenever anything is put into the index otherwise."""


@dataclass(frozen=True, slots=True)
class Unsearched:
    """A piece of evidence that could not be looked into."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    results: Results
    withdrawn: frozenset[str]
    """Entries that should not count any more: their hits are marked."""
    unsearched: tuple[Unsearched, ...]
    """Evidence that was not searched, and why."""
    unreadable_lines: int
    """Lines of the vault that cannot be read."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that has a time of its own, oldest first."""

    hits: tuple[Hit, ...]
    """The newest so many."""
    total: int
    """How many there are in all."""
    days: Mapping[date, int]
    """How many there are on each day, in the zone of the vault."""
    demanded_at: datetime | None
    """When the stalker was first told to stop; what is after it came all the same."""
    withdrawn: frozenset[str]
    unsearched: tuple[Unsearched, ...]
    unreadable_lines: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person looks for."""

    typed: str = ""
    """Words, "a phrase", the beginning of a word with a star."""
    anywhere: bool = False
    """Whether it is looked for inside words too."""
    from_whom: str = ""
    """Part of the sender's name or address."""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    order: Order = "newest"

    def query(self, *, is_dated: bool = False) -> Query:
        """The same as the index understands it."""
        filters = Filters(self.from_whom, self.since, self.until, is_dated=is_dated)
        return parse_query(self.typed, anywhere=self.anywhere, filters=filters)


def search(desk: Desk, wish: Wish, *, progress: Progress | None = None) -> Found:
    """Find what has these words, newest first.

    Raises:
        NoVaultError: There is no vault.
        PassphraseError: It is sealed, and the keys were not given.
        OverLimitError: What was typed is too long.
    """
    query = wish.query()
    vault = desk.open()

    def ask(index: Index, filled: _Filled) -> Found:
        results = index.search(query, limit=wish.limit, order=wish.order)
        return Found(
            results,
            frozenset(filled.withdrawn),
            tuple(filled.unsearched),
            filled.unreadable_lines,
        )

    return _asked(desk, vault, ask, progress)


def timeline(desk: Desk, wish: Wish, *, progress: Progress | None = None) -> Timeline:
    """Everything on one axis of time: messages, threats, contacts, demands.

    Raises:
        NoVaultError, PassphraseError: As `search`.
    """
    query, zone = wish.query(is_dated=True), desk.reading_zone()
    vault = desk.open()

    def ask(index: Index, filled: _Filled) -> Timeline:
        results = index.search(query, limit=wish.limit, order="newest")
        days: Counter[date] = Counter()
        for moment in index.moments(query):
            days[moment.astimezone(zone).date()] += 1
        return Timeline(
            hits=tuple(reversed(results.hits)),
            total=sum(days.values()),
            days=dict(sorted(days.items())),
            demanded_at=filled.demanded_at,
            withdrawn=frozenset(filled.withdrawn),
            unsearched=tuple(filled.unsearched),
            unreadable_lines=filled.unreadable_lines,
        )

    return _asked(desk, vault, ask, progress)


def _asked(
    desk: Desk,
    vault: Vault,
    ask: Callable[[Index, _Filled], _Answer],
    progress: Progress | None,
) -> _Answer:
    """What is asked of the index once it is up to date; one that is damaged is made again."""
    filled = _Filled(vault, desk.reading_zone(), progress)
    if not vault.header.sealed:
        for _try in range(_TRIES):
            with suppress(IndexFailedError), Index.at(desk.vault / CACHE / FILE_NAME) as index:
                filled.fill(index)
                return ask(index, filled)
    try:
        with Index.in_memory() as index:
            filled.fill(index)
            return ask(index, filled)
    except IndexFailedError as error:
        raise VaultError(
            _("Searching does not work on this computer: its SQLite cannot do it."),
            hint=_("Reading does: stalklog list, stalklog messages"),
        ) from error


class _Filled:
    """The index brought up to date, and what was seen on the way."""

    def __init__(self, vault: Vault, zone: tzinfo, progress: Progress | None) -> None:
        self.withdrawn: set[str] = set()
        self.unsearched: list[Unsearched] = []
        self.demanded_at: datetime | None = None
        self._zone = zone
        self._vault = vault
        self._progress = progress
        readers = _readers()
        self._wanted = [
            (shown, *_keys(shown, readers, zone)) for shown in corrected(vault, _RECORDS)
        ]
        self.unreadable_lines = vault.unreadable_lines
        for shown, _record_key, _contents_key in self._wanted:
            self._see(shown)

    def fill(self, index: Index) -> None:
        """Read what is new into the index, and have it forget what is no more."""
        self.unsearched.clear()
        with index.filling() as filling:
            filling.keep_only({key for _shown, *keys in self._wanted for key in keys if key})
            fresh = [
                (shown, record, contents)
                for shown, record, contents in self._wanted
                if not (filling.is_indexed(record) and filling.is_indexed(contents or record))
            ]
            self._start(sum(_size_of(shown) for shown, *_keys in fresh))
            try:
                for shown, record, contents in fresh:
                    filling.replace(Source(record, shown.seq, shown.id), _record(shown))
                    if contents and not filling.is_indexed(contents):
                        self._read(shown, Source(contents, shown.seq, shown.id), filling)
                    if self._progress is not None:
                        self._progress.advance(0, _size_of(shown))
            finally:
                if self._progress is not None:
                    self._progress.finish()

    def _read(self, shown: Shown, source: Source, filling: Filling) -> None:
        """Put the messages in; evidence that cannot be read stops no search, and is named."""
        try:
            with closing(Contents(self._vault, shown)) as contents:
                filling.replace(source, _inside(contents, self._zone))
        except StalklogError as error:
            self.unsearched.append(Unsearched(shown.id, error.message))

    def _start(self, total_bytes: int) -> None:
        if self._progress is not None:
            self._progress.start(_("reading what is new"), total_bytes, None)

    def _see(self, shown: Shown) -> None:
        """Remember of an entry what no index needs to know."""
        if shown.withdrawn:
            self.withdrawn.add(shown.id)
        elif shown.log == "demands" and "start" in _occurred(shown):
            start, _end = happened_span(shown)
            self.demanded_at = start if self.demanded_at is None else min(self.demanded_at, start)


def _keys(shown: Shown, readers: str, zone: tzinfo) -> tuple[str, str]:
    """By what the record and its contents are known: whatever may differ is in it."""
    changes = ",".join(str(change.seq) for change in shown.history)
    record = f"{shown.line_sha256} {shown.id} record {_VERSION} {changes}"
    if shown.type != "evidence.added":
        return record, ""
    said = said_of(shown)
    told = f"{_VERSION} {readers} {zone} {said.date_order} {said.zone} {said.read_as}"
    return record, f"{shown.line_sha256} {shown.id} {told}"


def _readers() -> str:
    """All readers and their versions, in short: where one changes, all is read anew."""
    told = ",".join(f"{reader.name}@{reader.version}" for reader in all_readers())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _size_of(shown: Shown) -> int:
    size_bytes = shown.fields.get("size_bytes")
    return size_bytes if isinstance(size_bytes, int) else 1


def _record(shown: Shown) -> Iterator[Document]:
    start, _end = happened_span(shown)
    is_dated = "start" in _occurred(shown)
    left_out = _NOT_WORDS | {"name"} if "relative_path" in shown.fields else _NOT_WORDS
    yield Document(
        text="\n".join(_texts(shown.fields, left_out)),
        sorted_at=start,
        instant=start if is_dated else None,
        sender=next((_text(shown.fields[name]) for name in _SENDERS if name in shown.fields), ""),
        kind=_KINDS.get(shown.log, shown.log),
    )


def _inside(contents: Contents, zone: tzinfo) -> Iterator[Document]:
    """The messages; of a picture or a recording only when it was made, as it says itself."""
    for message in contents:
        yield _message(contents.entry, message, zone)
    report = contents.report()
    taken = Time.of(report.taken, zone) if report else None
    if taken is not None and "start" not in _occurred(contents.entry):
        yield Document("", taken.at, taken.instant, kind="evidence", has_wall=True)


def _message(shown: Shown, message: Message, zone: tzinfo) -> Document:
    time = Time.of(message.sent or message.received, zone)
    start, _end = happened_span(shown)
    parts = (
        message.subject,
        message.text,
        message.conversation,
        message.url,
        *(attachment.name for attachment in message.attachments),
    )
    return Document(
        text="\n".join(part for part in parts if part),
        sorted_at=time.at if time else start,
        instant=time.instant if time else None,
        has_wall=time is not None,
        message=message.number,
        sender=message.sender.label,
        sender_id=message.sender.id,
        kind=message.kind,
    )


def _texts(value: JsonValue, left_out: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a record's fields."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in left_out:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _occurred(shown: Shown) -> Mapping[str, JsonValue]:
    occurred = shown.fields.get("occurred")
    return occurred if isinstance(occurred, dict) else {}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
