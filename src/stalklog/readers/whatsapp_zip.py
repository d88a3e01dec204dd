"""A WhatsApp chat that was exported with its files, as one zip: the text and what came with it."""

from __future__ import annotations

import re
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.archive import NOT_OURS, first_bytes
from stalklog.readers.base import LIKELY, MAYBE, NO, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.whatsapp.grammar import MARKS
from stalklog.readers.whatsapp.known import sureness
from stalklog.readers.whatsapp.read import Chat
from stalklog.readers.whatsapp.title import NAMELESS, title_of
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_LOCAL = re.compile(rb"PK\x03\x04.{4}(..).{16}(..)(..)", re.DOTALL)
_DEFLATED: Final = b"\x08\x00"
_MEDIA_NAME = re.compile(
    r"(?:IMG|VID|PTT|AUD|STK|DOC)-\d{8}-WA\d{4}\.|\d{8}-[A-Z]+-\d{4}(?:-\d\d){5}\.", re.ASCII
)
_MARKS = re.compile(f"[{MARKS}]")
_ANY = re.compile("")


class WhatsAppZip:
    """One chat with its files, in a zip."""

    name = "whatsapp-zip"
    version = 4
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely if the text of a chat stands first; a maybe if files of one do."""
        names = first_names(head)
        if not names:
            return NO
        if names[0].lower().endswith(".txt") and sureness(_first_bytes(head)):
            return LIKELY
        is_maybe = any(
            PurePosixPath(each).name == f"{NAMELESS}.txt" or _MEDIA_NAME.match(each)
            for each in names
        )
        return MAYBE if is_maybe else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages, each with the files that it names."""
        zipped = ZipMembers(stream, notes)
        text = _text_of(zipped, name, notes)
        files = FilesBeside(zipped, notes, _ANY, _key, but=text)
        title = title_of(text.name) or title_of(name)
        with zipped.open(text) as member:
            chat = Chat(
                member,  # type: ignore[arg-type]  # it reads, which is all that is asked of it
                notes,
                conversation=title,
                member=text.name,
                files=files,
            )
            yield from chat.messages()
            if not member.is_sound:
                notes.leave("damaged", text.place, "checksum")
        notes.bytes_covered = None  # the ranges lie in the text, not in the zip
        files.tell()


def _key(name: str) -> str:
    """A file's name as it is compared: without its folder, and the marks that exports add."""
    return _MARKS.sub("", PurePosixPath(name).name)


def _text_of(zipped: ZipMembers, name: str, notes: Notes) -> Member:
    """The text of the chat: known by what is in it, so that no document is taken for it.

    Raises:
        ReadingError: There is none.
    """
    texts = [
        member
        for member in zipped
        if member.name.lower().endswith(".txt")
        and not member.name.startswith(NOT_OURS)
        and sureness(first_bytes(zipped, member, notes) or b"") > NO
    ]
    stem = PurePosixPath(name).stem
    by_rank = sorted(
        texts,
        key=lambda member: (
            PurePosixPath(member.name).name != f"{NAMELESS}.txt",
            PurePosixPath(member.name).stem != stem,
            member.name.count("/"),
        ),
    )
    if not by_rank:
        raise ReadingError("not-understood", detail="no chat")
    for other in by_rank[1:]:
        notes.leave("one-of-several", other.place, "another text that looks like a chat")
    return by_rank[0]


def _first_bytes(head: bytes) -> bytes:
    """The beginning of the file that stands first in a zip, as far as it can be unpacked."""
    local = _LOCAL.match(head)
    if not local:
        return b""
    method, name_bytes, extra_bytes = local.groups()
    start = local.end() + sum(int.from_bytes(each, "little") for each in (name_bytes, extra_bytes))
    packed = head[start:]
    if method != _DEFLATED:
        return packed
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MAX_HEAD_BYTES)
    except zlib.error:
        return b""
