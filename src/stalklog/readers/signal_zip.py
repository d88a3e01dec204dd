"""Signal's own export as a zip of its folder: the files in it are checked by their SHA-256."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import MAYBE, NO, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.signal import read_signal
from stalklog.readers.window import Window
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_MAIN: Final = re.compile(r"(?:^|/)main\.jsonl\Z")
_META: Final = re.compile(r"(?:^|/)metadata\.json\Z")
_FILE: Final = re.compile(r"(?:^|/)files/[0-9a-f]{2}/([0-9a-f]{64})(?:\.[^/]{0,20})?\Z")


class SignalZipReader:
    """All chats of an account, with their files."""

    name = "signal-zip"
    version = 4
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the names of its files."""
        names = first_names(head)
        has_files = any(map(_FILE.search, names))
        if any(map(_MAIN.search, names)):
            return SURE if has_files or any(map(_META.search, names)) else MAYBE
        return MAYBE if has_files else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of its `main.jsonl`.

        Raises:
            ReadingError: There is none, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        files = FilesBeside(members, notes, _FILE, _sha256)
        main = next((member for member in members if _MAIN.search(member.name)), None)
        if main is None:
            raise ReadingError("not-understood", detail="no main.jsonl")
        with members.open(main) as content:
            window = Window(content)
            yield from read_signal(window, notes, files, main.name)
            if window.error:
                notes.leave(window.error.reason, window.error.place, window.error.detail)
            elif not content.is_sound:
                notes.leave("damaged", main.place, "checksum")
        files.tell()


def _sha256(name: str) -> str:
    """What a message calls a file, which stands in its name."""
    found = _FILE.search(name)
    return found[1] if found else name
