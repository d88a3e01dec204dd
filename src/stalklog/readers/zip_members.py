"""The files inside a zip, read in place: nothing is unpacked to disk, and no name is a path.

A zip names its files twice and can lie both times. What its directory lists is read; a name that
leads out of a folder or stands there twice is told, and is still only a name. What lies over
another file, or is packed better than anything genuine, is left unread and named.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import ReadingError
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_MEMBERS, MAX_RATIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes

_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_LOCAL: Final = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_END: Final = b"PK\x05\x06"
_END_STRUCT: Final = struct.Struct("<4s4H2LH")
_END64: Final = b"PK\x06\x06"
_END64_FIELDS: Final = struct.Struct("<QQQQ")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_ALL_ONES: Final = 0xFFFFFFFF
_MAX_COMMENT_BYTES: Final = 0xFFFF
_MAX_ENTRY_BYTES: Final = 1 << 10
"""Of the directory for each file, on average: genuine ones take about 100."""
_LOCAL_STRUCT: Final = struct.Struct("<4s22xHH")
_PACKED_BYTES: Final = 1 << 16
"""How much is taken from the zip at once."""
_SMALL_BYTES: Final = 1 << 20
"""Up to this size no file is a bomb, however well it is packed."""
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LEADING_OUT: Final = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a zip."""

    name: str
    """As the zip writes it; never used as a path."""
    size_bytes: int
    """How long it says that it is."""
    info: zipfile.ZipInfo
    """What the zip's directory says of it."""

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(start=0, end=self.size_bytes, member=self.name)


class ZipMembers:
    """The files of one zip, in the order of its directory.

    Args:
        stream: The zip; it must be able to seek, and stays open.
        notes: Told which files are left unread, and which names are odd.

    Raises:
        ReadingError: It has no directory that can be read, or lists too many files.
    """

    def __init__(self, stream: BinaryIO, notes: Notes) -> None:
        _require_sane(stream)
        self._stream = stream
        try:
            self._zip = zipfile.ZipFile(stream)
        except Exception as error:  # noqa: BLE001 - which errors `zipfile` raises is no promise
            raise ReadingError("damaged", detail=type(error).__name__) from None
        if len(self._zip.filelist) > MAX_MEMBERS:
            raise ReadingError("over-limit", detail=str(len(self._zip.filelist)))
        self.names: frozenset[str] = frozenset(map(_name, self._zip.filelist))
        """Every name that is listed, of what is not read too."""
        self.members: tuple[Member, ...] = tuple(self._readable(notes))
        """The files that can be read."""

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def open(self, member: Member) -> MemberStream:
        """Read a file from its beginning; it is hashed on the way.

        Raises:
            ReadingError: It does not begin as the directory says.
        """
        return MemberStream(self._stream, member)

    def sha256(self, member: Member) -> str:
        """SHA-256 of a file, in lower-case hex.

        Raises:
            ReadingError: It is damaged.
        """
        with self.open(member) as stream:
            digest = stream.sha256()
            if not stream.is_sound:
                raise ReadingError("damaged", member.place, "checksum")
            return digest

    def _readable(self, notes: Notes) -> Iterator[Member]:
        infos = self._zip.filelist
        names = {id(info): _name(info) for info in infos}
        lying_over = _lying_over(infos)
        seen: set[str] = set()
        for info in infos:
            name = names[id(info)]
            member = Member(name, info.file_size, info)
            if _LEADING_OUT.search(name):
                notes.tell("names_leading_out", "yes")
            if name in seen:
                notes.tell("names_twice", "yes")
            seen.add(name)
            if name.endswith("/") and not info.file_size:
                continue
            reason, detail = _why_not(info, is_lying_over=id(info) in lying_over)
            if reason:
                notes.leave(reason, Place(member=name), detail)
            else:
                yield member


class MemberStream(io.RawIOBase):
    """One file inside a zip, read once from its beginning to its end.

    It is inflated here and not by `zipfile`, which gives nothing of a file whose checksum does not
    fit: one flipped bit must not cost a whole chat.

    Args:
        stream: The zip.
        member: Which file.

    Raises:
        ReadingError: It does not begin where the directory says.
    """

    def __init__(self, stream: BinaryIO, member: Member) -> None:
        super().__init__()
        self._stream = stream
        self._member = member
        self._digest = hashlib.sha256()
        self._crc = 0
        self._inflater = (
            zlib.decompressobj(-zlib.MAX_WBITS)
            if member.info.compress_type == zipfile.ZIP_DEFLATED
            else None
        )
        self._waiting = b""
        self._at = _data_start(stream, member)
        self._end = self._at + member.info.compress_size
        self.position = 0
        """How much was read."""

    def readable(self) -> bool:
        """It can be read, and nothing else."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; fewer only at its end.

        Raises:
            ReadingError: Here it is damaged; what came before holds.
        """
        left = self._member.size_bytes - self.position
        wanted = left if size < 0 else min(size, left)
        blocks: list[bytes] = []
        while wanted and (block := self._next(min(wanted, BLOCK_BYTES))):
            blocks.append(block)
            wanted -= len(block)
            self.position += len(block)
            self._crc = zlib.crc32(block, self._crc)
            self._digest.update(block)
        if wanted and not blocks:
            raise self._damaged("cut off")
        return b"".join(blocks)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """The next bytes, into a buffer, for the wrappers of `io`.

        Raises:
            ReadingError: Here it is damaged.
        """
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def sha256(self) -> str:
        """SHA-256 of all of it, in lower-case hex: what was not read yet is read now.

        Raises:
            ReadingError: It is damaged.
        """
        while self.read(BLOCK_BYTES):
            pass
        return self._digest.hexdigest()

    @property
    def is_sound(self) -> bool:
        """Whether its checksum fits, once it was read to its end."""
        return self._crc == self._member.info.CRC

    def _next(self, wanted: int) -> bytes:
        """At least a byte, unless it ends here."""
        if self._inflater is None:
            return self._packed(wanted)
        while not self._inflater.eof:
            packed = self._waiting or self._packed(_PACKED_BYTES)
            try:
                block = self._inflater.decompress(packed, wanted)
            except zlib.error:
                raise self._damaged("cannot be unpacked") from None
            self._waiting = self._inflater.unconsumed_tail
            if block or not packed:
                return block
        return b""

    def _packed(self, size: int) -> bytes:
        self._stream.seek(self._at)
        data = self._stream.read(min(size, self._end - self._at))
        self._at += len(data)
        return data

    def _damaged(self, detail: str) -> ReadingError:
        place = Place(start=self.position, member=self._member.name)
        return ReadingError("damaged", place, detail)


def first_names(head: bytes) -> tuple[str, ...]:
    """Names of files whose beginning lies in the first bytes of a zip: enough to know it by.

    Args:
        head: The first bytes of a file; no zip at all has no names.
    """
    if not head.startswith(_LOCAL_SIGNATURE):
        return ()
    found = (
        head[match.end() : match.end() + int.from_bytes(match[1], "little")]
        for match in _LOCAL.finditer(head)
    )
    return tuple(name.decode("utf-8", "replace") for name in found)


def _require_sane(stream: BinaryIO) -> None:
    """Refuse a directory so long that reading it would fill the memory.

    Raises:
        ReadingError: There is none, or it is too long.
    """
    size_bytes = stream.seek(0, io.SEEK_END)
    start = max(0, size_bytes - _MAX_COMMENT_BYTES - _END_STRUCT.size)
    stream.seek(start)
    tail = read_up_to(stream, size_bytes - start)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_STRUCT.size:
        raise ReadingError("damaged", Place(start=size_bytes, end=size_bytes), "no directory")
    directory_bytes = _END_STRUCT.unpack_from(tail, at)[5]
    if directory_bytes == _ALL_ONES:
        directory_bytes = _directory64_bytes(stream, start + at)
    stream.seek(0)
    if directory_bytes > min(size_bytes, MAX_MEMBERS * _MAX_ENTRY_BYTES):
        raise ReadingError("over-limit", detail=str(directory_bytes))


def _directory64_bytes(stream: BinaryIO, end: int) -> int:
    """How long the directory of a zip is that is over 4 GB (APPNOTE.TXT section 4.3.14)."""
    stream.seek(max(0, end - _LOCATOR64.size))
    locator = read_up_to(stream, _LOCATOR64.size)
    if len(locator) < _LOCATOR64.size:
        return 0
    stream.seek(min(_LOCATOR64.unpack(locator)[2], end))
    record = read_up_to(stream, 24 + _END64_FIELDS.size)
    if len(record) < 24 + _END64_FIELDS.size or not record.startswith(_END64):
        return 0
    return int(_END64_FIELDS.unpack_from(record, 24)[2])


def _data_start(stream: BinaryIO, member: Member) -> int:
    """Where the bytes of a file begin, behind the header that stands before them.

    Raises:
        ReadingError: There is no such header.
    """
    stream.seek(max(0, member.info.header_offset))  # a broken directory can lead before the file
    is_inside = member.info.header_offset >= 0
    head = read_up_to(stream, _LOCAL_STRUCT.size) if is_inside else b""
    if len(head) == _LOCAL_STRUCT.size:
        signature, name_bytes, extra_bytes = _LOCAL_STRUCT.unpack(head)
        if signature == _LOCAL_SIGNATURE:
            return int(member.info.header_offset + len(head) + name_bytes + extra_bytes)
    raise ReadingError("damaged", Place(member=member.name), "no header")


def _name(info: zipfile.ZipInfo) -> str:
    """The name; many programs write UTF-8 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _lying_over(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Files whose bytes are also those of another: that is how a small zip holds petabytes."""
    found: set[int] = set()
    end, last = 0, None
    for info in sorted(infos, key=lambda info: info.header_offset):
        if last is not None and info.header_offset < end:
            found |= {id(info), id(last)}
        end = max(end, info.header_offset + _LOCAL_STRUCT.size + info.compress_size)
        last = info
    return found


def _why_not(info: zipfile.ZipInfo, *, is_lying_over: bool) -> tuple[str, str]:
    """Why a file is not read, with what the zip calls it; two empty strings where it is."""
    if info.flag_bits & _ENCRYPTED:
        return "encrypted", ""
    if info.compress_type not in _METHODS:
        return "not-read", f"method {info.compress_type}"
    if is_lying_over:
        return "damaged", "overlap"
    if info.file_size > max(_SMALL_BYTES, info.compress_size * MAX_RATIO):
        return "over-limit", f"{info.compress_size}:{info.file_size}"
    return "", ""
