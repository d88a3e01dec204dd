"""Exports that are a zip of JSON files: the records of one file in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stalklog.i18n import ngettext
from stalklog.readers.base import ReadingError
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.json_text import json_letters
from stalklog.readers.window import Window
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_VALUE_BYTES

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

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


def tell_files(notes: Notes, what: str, files: int, others: int) -> None:
    """How many files held messages, and how many did not in which something could be written.

    Args:
        notes: Told both.
        what: What the files with messages are called: `conversations`.
        files: How many held messages.
        others: How many did not.
    """
    notes.tell(what, str(files))
    if others or not files:
        told = ngettext("{n} file without messages", "{n} files without messages", others)
        notes.leave("not-read", Place(), told.format(n=others))
