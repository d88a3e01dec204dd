"""Find words in everything that is in the vault, and see it all on one axis of time.

What is searched is an index of what was read: records as they stand corrected, and the messages
inside the evidence. It is derived. In a plain vault it is kept in `cache/`, where it can be deleted
at any time; of a sealed vault it is made in memory each time and leaves nothing. Before each search
it is brought up to date.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from stalklog.errors import StalklogError, VaultError
from stalklog.i18n import gettext as _
from stalklog.index.document import PICTURE_TEXT, UNDATED, Results, Source
from stalklog.index.failure import IndexFailedError
from stalklog.index.index import FILE_NAME, Index
from stalklog.index.query import Filters, parse_query
from stalklog.services.contents import Contents
from stalklog.services.documents import (
    inside_documents,
    keys_of,
    left_out,
    readers_in_short,
    record_document,
)
from stalklog.services.entries import corrected
from stalklog.services.filters import happened_span, is_by_day, is_dated
from stalklog.services.picture_texts import fill_texts, has_texts, keys_of_texts, texts_of
from stalklog.vault.layout import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime, tzinfo

    from stalklog.index.document import Hit
    from stalklog.index.filling import Filling
    from stalklog.index.finding import Order
    from stalklog.index.query import Query
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.picture_texts import Texts
    from stalklog.vault.vault import Vault

_RECORDS: Final = ("evidence", "threats", "contacts", "demands")
_TRIES: Final = 2
_FIRST_DATED: Final = UNDATED + timedelta(milliseconds=1)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Unsearched:
    """A piece of evidence that could not be looked into."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadInPart:
    """A piece of evidence in which not everything could be read."""

    id: str
    reasons: tuple[str, ...]
    """Why: names of `REASONS`."""


@dataclass(frozen=True, slots=True)
class Left:
    """What an answer cannot hold."""

    unsearched: tuple[Unsearched, ...]
    """Evidence that was not searched, and why."""
    in_part: tuple[ReadInPart, ...]
    """Evidence that was read only in part."""
    unreadable_lines: int
    """Lines of the vault that cannot be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    results: Results
    withdrawn: frozenset[str]
    """Entries that should not count any more: their hits are marked."""
    by_day: frozenset[str]
    """Entries of which no time of day is known."""
    left: Left
    texts: Texts | None
    """The texts of pictures, where these were asked for."""
    undated: Results
    """What fits but for since and until, which leave it out as its time is not known."""


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
    """When the stalker was first told to stop, for certain: of a day, its end."""
    undated: Results
    """Messages and entries that are not on the axis, as their time is not known."""
    looked_at: datetime
    """Now: nothing in it can truly be later."""
    withdrawn: frozenset[str]
    by_day: frozenset[str]
    """Entries of which no time of day is known."""
    left: Left


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
    in_pictures: bool = False
    """Whether the text in pictures is looked at too: a second each that was not read before."""

    def query(self, *, is_dated: bool = False, without: tuple[str, ...] = ()) -> Query:
        """The same as the index understands it, without these kinds."""
        filters = Filters(
            self.from_whom,
            self.since or (_FIRST_DATED if self.until else None),
            self.until,
            without_kinds=without if self.in_pictures else (*without, PICTURE_TEXT),
            is_dated=is_dated,
        )
        return parse_query(self.typed, anywhere=self.anywhere, filters=filters)

    def undated(self) -> Wish:
        """The same of what has no time that is known."""
        return replace(self, since=UNDATED, until=UNDATED, limit=1)

    @property
    def is_of_a_time(self) -> bool:
        """Whether what is out of some time is left out."""
        return self.since is not None or self.until is not None


def search(desk: Desk, wish: Wish, *, progress: Progress | None = None) -> Found:
    """Find what has these words, newest first; what has no time that is known comes last.

    Raises:
        NoVaultError: There is no vault.
        PassphraseError: It is sealed, and the keys were not given.
        OverLimitError: What was typed is too long.
    """
    query = wish.query()
    vault = desk.open()

    def ask(index: Index, filled: _Filled) -> Found:
        results = index.search(query, limit=wish.limit, order=wish.order)
        undated = Results((), 0)
        if wish.is_of_a_time:
            undated = index.search(wish.undated().query(), limit=1)
        return Found(
            results,
            frozenset(filled.withdrawn),
            frozenset(filled.by_day),
            filled.left(index),
            filled.texts(index) if wish.in_pictures else None,
            undated,
        )

    return _asked(desk, vault, ask, progress, in_pictures=wish.in_pictures)


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
            undated=index.search(wish.undated().query(without=("evidence",)), limit=1),
            looked_at=desk.clock.now(),
            withdrawn=frozenset(filled.withdrawn),
            by_day=frozenset(filled.by_day),
            left=filled.left(index),
        )

    return _asked(desk, vault, ask, progress)


def _asked(
    desk: Desk,
    vault: Vault,
    ask: Callable[[Index, _Filled], _Answer],
    progress: Progress | None,
    *,
    in_pictures: bool = False,
) -> _Answer:
    """What is asked of the index once it is up to date; one that is damaged is made again.

    It is asked before the filling ends, so that nobody else's filling comes between: another
    command may have begun with fewer entries, or with more. Where one could come between it is
    filled once more, which is nothing unless one did.
    """
    filled = _Filled(vault, desk.reading_zone(), progress)

    def answer(index: Index) -> _Answer:
        if in_pictures:
            with index.filling() as filling:  # what is quick, and whether it can be filled at all
                filled.fill(index, filling)
        while True:
            if in_pictures:
                filled.fill_texts(index)
            with index.filling() as filling:
                filled.fill(index, filling)
                filling.keep()
                if not filling.was_let_go and (not in_pictures or filled.has_texts(index)):
                    filling.settle()
                    return ask(index, filled)

    if not vault.header.sealed:
        for _try in range(_TRIES):
            with suppress(IndexFailedError), Index.at(desk.vault / CACHE / FILE_NAME) as index:
                return answer(index)
    try:
        with Index.in_memory() as index:
            return answer(index)
    except IndexFailedError as error:
        raise VaultError(
            _("Searching does not work on this computer: its SQLite cannot do it."),
            hint=_("Reading does: stalklog list, stalklog messages"),
        ) from error


class _Filled:
    """The index brought up to date, and what was seen on the way."""

    def __init__(self, vault: Vault, zone: tzinfo, progress: Progress | None) -> None:
        self.withdrawn: set[str] = set()
        self.by_day: set[str] = set()
        self.demanded_at: datetime | None = None
        self._unsearched: list[Unsearched] = []
        self._can_read_pictures = False
        self._zone = zone
        self._vault = vault
        self._progress = progress
        readers = readers_in_short()
        self._wanted = [
            (shown, *keys_of(shown, readers, zone)) for shown in corrected(vault, _RECORDS)
        ]
        self._unreadable_lines = vault.unreadable_lines
        for shown, _record_key, _contents_key in self._wanted:
            self._see(shown)

    def fill(self, index: Index, filling: Filling) -> None:
        """Read what is new into the index, and have it forget what is no more."""
        self._unsearched.clear()
        texts = keys_of_texts(index.told(), self._entries())
        filling.keep_only(texts | {key for _shown, *keys in self._wanted for key in keys if key})
        fresh = [
            (shown, record, contents)
            for shown, record, contents in self._wanted
            if not (filling.is_indexed(record) and filling.is_indexed(contents or record))
        ]
        self._start(sum(_size_of(shown) for shown, *_keys in fresh))
        try:
            for shown, record, contents in fresh:
                filling.replace(Source(record, shown.seq, shown.id), record_document(shown))
                if contents and not filling.is_indexed(contents):
                    self._read(shown, Source(contents, shown.seq, shown.id), filling)
                if self._progress is not None:
                    self._progress.advance(0, _size_of(shown))
        finally:
            if self._progress is not None:
                self._progress.finish()

    def fill_texts(self, index: Index) -> None:
        """Read the text in pictures as well."""
        self._can_read_pictures = fill_texts(index, self._vault, self._entries(), self._progress)

    def has_texts(self, index: Index) -> bool:
        """Whether every picture that can be read is in the index as one that was."""
        return not self._can_read_pictures or has_texts(index, self._entries())

    def texts(self, index: Index) -> Texts:
        """Which texts of pictures are in the index."""
        return texts_of(index, self._entries(), is_there=self._can_read_pictures)

    def left(self, index: Index) -> Left:
        """What is not in the index, whether it was found out now or at an earlier search."""
        told = index.told()
        in_part = [
            ReadInPart(shown.id, tuple(told[contents].split()))
            for shown, _record, contents in self._wanted
            if contents in told
        ]
        return Left(tuple(self._unsearched), tuple(in_part), self._unreadable_lines)

    def _entries(self) -> list[Shown]:
        return [shown for shown, _record, _contents in self._wanted]

    def _read(self, shown: Shown, source: Source, filling: Filling) -> None:
        """Put the messages in; evidence that cannot be read stops no search, and is named."""
        try:
            with closing(Contents(self._vault, shown)) as contents:
                inside = inside_documents(contents, self._zone)
                filling.replace(source, inside, lambda: " ".join(left_out(contents)))
        except StalklogError as error:
            self._unsearched.append(Unsearched(shown.id, error.message))

    def _start(self, total_bytes: int) -> None:
        if self._progress is not None:
            self._progress.start(_("reading what is new"), total_bytes, None)

    def _see(self, shown: Shown) -> None:
        """Remember of an entry what no index needs to know."""
        if is_by_day(shown):
            self.by_day.add(shown.id)
        if shown.withdrawn:
            self.withdrawn.add(shown.id)
        elif shown.log == "demands" and is_dated(shown):
            start, end = happened_span(shown)
            by = end + timedelta(days=1) if is_by_day(shown) else start
            self.demanded_at = by if self.demanded_at is None else min(self.demanded_at, by)


def _size_of(shown: Shown) -> int:
    size_bytes = shown.fields.get("size_bytes")
    return size_bytes if isinstance(size_bytes, int) else 1
