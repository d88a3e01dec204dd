"""Exports that are an archive of JSON files: the records of one file in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from stalklog.readers.archive import Telling, member_window, whole
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_text import json_letters
from stalklog.safety.limits import MAX_VALUE_BYTES

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator

    from stalklog.readers.archive import Archive, F
    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message

K = TypeVar("K")


def member_records(
    members: Archive[F],
    member: F,
    notes: Notes,
    *,
    arrays: frozenset[str],
    through: frozenset[str] = frozenset(),
    prefix: re.Pattern[bytes] | None = None,
) -> Iterator[JsonRecord]:
    """The records of one file; where it is damaged that is told, and what came before holds.

    Args:
        members: The archive.
        member: The file.
        notes: Told what could not be read.
        arrays: As `JsonRecords` takes them.
        through: The same.
        prefix: The same.
    """
    with Telling(notes), member_window(members, member, notes) as window:
        records = JsonRecords(
            window, notes, arrays=arrays, through=through, member=member.name, prefix=prefix
        )
        yield from read_records(records, window, notes, member.name)


def numbered(
    records: Iterable[JsonRecord],
    made: Callable[[JsonRecord, int, K], Iterable[Message]],
    known: K,
    before: int,
) -> Iterator[Message]:
    """The messages of some records, each numbered behind those before it.

    Args:
        records: The records.
        made: The messages of one, from the number of the first of them on.
        known: What is known of all.
        before: How many messages were read before.
    """
    for record in records:
        for message in made(record, before + 1, known):
            yield message
            before = message.number


def member_json(
    members: Archive[F], member: F, notes: Notes, prefix: re.Pattern[bytes] | None = None
) -> Any:  # noqa: ANN401 - JSON
    """A small file of JSON as a whole; None, and named, where it is none or cannot be read.

    Args:
        members: The archive.
        member: The file.
        notes: Told what could not be read.
        prefix: What may stand before the JSON.
    """
    try:
        with Telling(notes):
            data = whole(members, member, MAX_VALUE_BYTES).removeprefix(b"\xef\xbb\xbf")
            begins = prefix.match(data) if prefix else None
            return json_letters(data[begins.end() :] if begins else data)[0]
    except (ValueError, RecursionError):
        notes.leave("not-understood", member.place, "json")
    return None
