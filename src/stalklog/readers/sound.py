"""Sound and video: what they say of themselves, told without playing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE, ReadingError
from stalklog.readers.headers import walker_of
from stalklog.readers.headers.brands import is_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_HEAD_BYTES: Final = 1 << 13
"""Two frames of an MP3 fit in."""


class Sound:
    """MP3, M4A, Ogg (Opus, Vorbis, Speex), WAV, FLAC, AMR, MP4, 3GP and QuickTime: facts alone.

    Only blocks and their lengths are walked over, in code of our own, from the beginning to the
    end; a video of any length needs no memory. The names of the facts are those of `records.facts`.
    """

    name = "sound"
    version = 1
    media_types: tuple[str, ...] = (
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/wav",
        "audio/flac",
        "audio/amr",
        "video/mp4",
        "video/quicktime",
        "video/3gpp",
    )
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - it is known by its bytes
        """How sure it is that this is sound or video."""
        return _form_of(head)[1]

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """No message; the notes are told the facts."""
        from stalklog.readers.headers.header import Header  # noqa: PLC0415 - only to read
        from stalklog.readers.headers.walk import Walk  # noqa: PLC0415

        walk, header = Walk(stream), Header()
        form, _sureness = _form_of(walk.peek(_HEAD_BYTES))
        if not form:
            raise ReadingError("not-understood")
        try:
            walker_of(form)(walk, header)
            walk.finish()
        except ReadingError as error:
            notes.leave(error.reason, error.place, error.detail)
        header.tell(notes, walk.size_bytes)
        yield from ()


def _form_of(head: bytes) -> tuple[str, int]:
    """Whose walker reads what begins so, and how sure that is."""
    for signatures, form in _FORMS:
        if head.startswith(signatures):
            return form, SURE
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav", SURE
    if head[4:8] == b"ftyp" and not is_picture(head):
        return "mp4", SURE
    if head[4:8] in _OLD_FIRST_KINDS:
        return "mp4", LIKELY
    return ("mp3", LIKELY) if _begins_with_frames(head) else ("", NO)


_FORMS: Final = (
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    ((b"#!AMR\n", b"#!AMR-WB\n"), "amr"),
    (b"ID3", "mp3"),
)
_OLD_FIRST_KINDS: Final = {b"moov", b"wide", b"mdat"}
"""With which box a QuickTime file begins that does not name its form."""


def _begins_with_frames(head: bytes) -> bool:
    if head[:1] != b"\xff":
        return False
    from stalklog.readers.headers.mp3 import begins_with_frames  # noqa: PLC0415 - seldom needed

    return begins_with_frames(head)
