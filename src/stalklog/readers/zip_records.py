"""Exports that are a zip of JSON files: the records of one file, and the files beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stalklog.readers.base import ReadingError
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_text import json_letters
from stalklog.readers.window import Window
from stalklog.records.message import Attachment
from stalklog.safety.limits import MAX_VALUE_BYTES

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord
    from stalklog.readers.zip_members import Member, ZipMembers


def member_records(
    members: ZipMembers,
    member: Member,
    notes: Notes,
    *,
    arrays: frozenset[str],
    through: frozenset[str] = frozenset(),
    prefix: re.Pattern[bytes] | None = None,
) -> Iterator[JsonRecord]:
    """The records of one file; where it is damaged that is told, and what came before holds.

    Args:
        members: The zip.
        member: The file.
        notes: Told what could not be read.
        arrays: As `JsonRecords` takes them.
        through: The same.
        prefix: The same.
    """
    try:
        with members.open(member) as content:
            window = Window(content)
            records = JsonRecords(
                window, notes, arrays=arrays, through=through, member=member.name, prefix=prefix
            )
            yield from read_records(records, window, notes, member.name)
            if window.error:
                raise window.error
            if not content.is_sound:
                notes.leave("damaged", member.place, "checksum")
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)


def member_json(members: ZipMembers, member: Member, notes: Notes) -> Any:  # noqa: ANN401 - JSON
    """A small file of JSON as a whole; None, and named, where it is none or cannot be read."""
    try:
        return json_letters(members.read(member, MAX_VALUE_BYTES).removeprefix(b"\xef\xbb\xbf"))[0]
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)
    except (ValueError, RecursionError):
        notes.leave("not-understood", member.place, "json")
    return None


class FilesBeside:
    """The files of a zip that messages name; each is hashed once, when the first one names it.

    Args:
        members: The zip.
        notes: Told which of them are damaged.
    """

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        self._members = members
        self._notes = notes
        self._by_name = {member.name: member for member in reversed(members.members)}
        self._known: dict[str, Attachment] = {}

    def find(self, names: Iterable[str]) -> Attachment | None:
        """The first of these files that is there, under its name in the zip."""
        name = next((one for one in names if one in self._by_name), None)
        if name is None:
            return None
        if name not in self._known:
            self._known[name] = self._hashed(self._by_name[name])
        return self._known[name]

    def _hashed(self, member: Member) -> Attachment:
        try:
            digest = self._members.sha256(member)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            place = member.place
            return Attachment(member.name, "", member.size_bytes, status="unread", place=place)
        place = replace(member.place, sha256=digest)
        return Attachment(member.name, "", member.size_bytes, digest, place=place)
