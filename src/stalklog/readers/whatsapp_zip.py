"""A WhatsApp chat that was exported with its files, as one zip: the text and what came with it."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final
from unicodedata import normalize

from stalklog.readers.base import LIKELY, MAYBE, NO, ReadingError
from stalklog.readers.whatsapp.grammar import MARKS
from stalklog.readers.whatsapp.known import sureness
from stalklog.readers.whatsapp.read import Chat
from stalklog.readers.whatsapp.title import NAMELESS, title_of
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.records.message import Attachment
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
_NOT_OURS: Final = "__MACOSX/"


class WhatsAppZip:
    """One chat with its files, in a zip."""

    name = "whatsapp-zip"
    version = 2
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
        files = _Files(zipped, text, notes)
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
        unnamed = files.unnamed()
        if unnamed:
            notes.tell("files_that_no_message_names", str(unnamed))


class _Files:
    """The files beside the text; each is hashed once, when the first message names it."""

    def __init__(self, zipped: ZipMembers, text: Member, notes: Notes) -> None:
        self._zipped = zipped
        self._notes = notes
        self._members = {
            _key(member.name): member
            for member in reversed(zipped.members)
            if member is not text and not member.name.startswith(_NOT_OURS)
        }
        self._found: dict[str, Attachment] = {}

    def find(self, name: str) -> Attachment | None:
        """The file of a name, hashed; None where there is none."""
        key = _key(name)
        if key not in self._found:
            member = self._members.get(key)
            if member is None:
                return None
            self._found[key] = self._attachment(member)
        return replace(self._found[key], name=name)

    def unnamed(self) -> int:
        """How many files no message names."""
        return len(self._members) - len(self._found)

    def _attachment(self, member: Member) -> Attachment:
        try:
            digest = self._zipped.sha256(member)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            return Attachment(size_bytes=member.size_bytes, status="unread", place=member.place)
        place = replace(member.place, sha256=digest)
        return Attachment(size_bytes=member.size_bytes, sha256=digest, place=place)


def _key(name: str) -> str:
    """A file's name as it is compared: Macs write letters in another form, exports add marks."""
    return normalize("NFC", _MARKS.sub("", PurePosixPath(name).name))


def _text_of(zipped: ZipMembers, name: str, notes: Notes) -> Member:
    """The text of the chat: known by what is in it, so that no document is taken for it.

    Raises:
        ReadingError: There is none.
    """
    texts = [
        member
        for member in zipped
        if member.name.lower().endswith(".txt")
        and not member.name.startswith(_NOT_OURS)
        and _is_chat(zipped, member)
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
        notes.leave("not-read", other.place, "another text that looks like a chat")
    return by_rank[0]


def _is_chat(zipped: ZipMembers, member: Member) -> bool:
    try:
        with zipped.open(member) as stream:
            return sureness(stream.read(MAX_HEAD_BYTES)) > NO
    except ReadingError:
        return False


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
