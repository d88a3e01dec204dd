"""Pictures: what they say of themselves, told without opening them."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.media import is_bitmap
from stalklog.readers.base import NO, SURE, ReadingError
from stalklog.readers.headers import walker_of
from stalklog.readers.headers.brands import is_picture
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.headers.header import Header
    from stalklog.records.message import Message

_HEAD_BYTES: Final = 18


class Picture:
    """PNG, JPEG, GIF, WebP, BMP, TIFF, HEIF and AVIF: facts alone, for a picture holds no message.

    Only blocks and their lengths are walked over, in code of our own: no decoder sees the bytes,
    and a place is told as being there, never where. The names of the facts are those of
    `records.facts`.
    """

    name = "picture"
    version = 1
    media_types: tuple[str, ...] = (
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
        "image/tiff",
        "image/heic",
        "image/heif",
        "image/avif",
    )
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a picture is known by its bytes
        """How sure it is that this is a picture."""
        return SURE if _form_of(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """No message; the notes are told the facts."""
        from stalklog.readers.headers.header import Header  # noqa: PLC0415 - only to read
        from stalklog.readers.headers.walk import Walk  # noqa: PLC0415

        walk, header = Walk(stream), Header()
        form = _form_of(walk.peek(_HEAD_BYTES))
        if not form:
            raise ReadingError("not-understood")
        try:
            walker_of(form)(walk, header)
        except ReadingError as error:
            notes.leave(error.reason, error.place, error.detail)
        if header.exif:
            _read_exif(header, notes)
        if (header.width_px or 0) * (header.height_px or 0) > MAX_PIXELS:
            notes.leave("over-limit", Place(), "pixels")
        header.tell(notes, walk.size_bytes)
        yield from ()


def _form_of(head: bytes) -> str:
    for signatures, form in _FORMS:
        if head.startswith(signatures):
            return form
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if is_picture(head):
        return "heif"
    return "bmp" if is_bitmap(head) else ""


_FORMS: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    ((b"GIF87a", b"GIF89a"), "gif"),
    ((b"II*\0", b"MM\0*"), "tiff"),
)


def _read_exif(header: Header, notes: Notes) -> None:
    from stalklog.readers.headers.exif import read_exif  # noqa: PLC0415 - only to read

    try:
        read_exif(header.exif, header)
    except ReadingError as error:
        place = Place(header.exif_start, header.exif_start + len(header.exif))
        notes.leave(error.reason, place, "EXIF")
