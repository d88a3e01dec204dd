"""The labels before the sound of an MP3 (ID3v2.2 to 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.header import add_name, text_of

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

SIGNATURE: Final = b"ID3"
_HEAD_BYTES: Final = 10
_OLD, _NEW = 2, 4
_EXTENDED, _FOOTER = 0x40, 0x10
_ENCODINGS: Final = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_ROLES: Final = {"TIT2": "title", "TT2": "title", "TPE1": "artist", "TP1": "artist"}
_TEXT_BYTES: Final = 2000


def read_id3(walk: Walk, header: Header) -> None:
    """Walk over the labels, to the sound behind them.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    head = walk.take(_HEAD_BYTES)
    version, flags = head[3], head[5]
    end = walk.position + _seven_bits(head[6:])
    if flags & _EXTENDED and version > _OLD:
        size = walk.peek(4)
        length = _seven_bits(size) if version >= _NEW else 4 + int.from_bytes(size)
        walk.skip(min(length, end - walk.position))
    size_bytes = 3 if version == _OLD else 4
    head_bytes = 6 if version == _OLD else 10
    while walk.position + head_bytes <= end and walk.peek(1) != b"\0":
        walk.count()
        label = walk.take(head_bytes)
        name, raw = label[:size_bytes].decode("latin-1"), label[size_bytes : 2 * size_bytes]
        length = _seven_bits(raw) if version >= _NEW else int.from_bytes(raw)
        if length > end - walk.position:
            break
        add_name(header.tags, name)
        if (role := _ROLES.get(name)) and not getattr(header, role):
            setattr(header, role, _decoded(walk.peek(min(length, _TEXT_BYTES))))
        walk.skip(length)
    walk.skip(end - walk.position + (_HEAD_BYTES if flags & _FOOTER else 0))


def _seven_bits(raw: bytes) -> int:
    """A number of which each byte has seven bits."""
    found = 0
    for byte in raw:
        found = found << 7 | byte & 0x7F
    return found


def _decoded(raw: bytes) -> str:
    encoding = raw[0] if raw else 0
    return text_of(raw[1:], _ENCODINGS[encoding] if encoding < len(_ENCODINGS) else "latin-1")
