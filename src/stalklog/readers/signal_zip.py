"""Signal's own export as a zip of its folder: the files in it are checked by their SHA-256."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.archive import NOT_OURS, Telling, member_window
from stalklog.readers.base import MAYBE, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.signal import read_signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_MAIN: Final = re.compile(r"(?:^|/)main\.jsonl\Z")
_META: Final = re.compile(r"(?:^|/)metadata\.json\Z")
_FILE: Final = re.compile(r"(?:^|/)files/[0-9a-f]{2}/([0-9a-f]{64})(?:\.[^/]{0,20})?\Z")


class SignalZipReader(ZipReader):
    """All chats of an account, with their files."""

    name = "signal-zip"
    version = 4
    signs = ((SURE, _MAIN, _FILE), (SURE, _MAIN, _META), (MAYBE, _MAIN), (MAYBE, _FILE))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of its `main.jsonl`.

        Raises:
            ReadingError: There is none.
        """
        files = FilesBeside(members, notes, _FILE)
        mains = [
            one for one in members if _MAIN.search(one.name) and not one.name.startswith(NOT_OURS)
        ]
        if not mains:
            raise ReadingError("not-understood", detail="no main.jsonl")
        main, *others = mains
        for other in others:
            notes.leave("one-of-several", other.place, "another main.jsonl")
        with Telling(notes), member_window(members, main, notes) as window:
            yield from read_signal(window, notes, files, main.name)
        files.tell()
