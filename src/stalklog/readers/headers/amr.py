"""The frames of an AMR recording, each of 20 ms (RFC 4867 section 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_NARROW: Final = b"#!AMR\n"
_WIDE: Final = b"#!AMR-WB\n"
_FRAME_S: Final = 0.02
_NARROW_BYTES: Final = {**dict(enumerate((12, 13, 15, 17, 19, 20, 26, 31, 5))), 15: 0}
"""How long a frame of each type is, behind its first byte."""
_WIDE_BYTES: Final = {
    **dict(enumerate((17, 23, 32, 36, 40, 46, 50, 58, 60, 5))),
    14: 0,
    15: 0,
}
_STRETCH_BYTES: Final = 1 << 15


def read_amr(walk: Walk, header: Header) -> None:
    """Count all frames.

    Raises:
        ReadingError: It is damaged, or over a limit; then the length is that of what is there.
    """
    is_wide = walk.peek(len(_WIDE)) == _WIDE
    walk.skip(len(_WIDE if is_wide else _NARROW))
    header.format = "AMR-WB" if is_wide else "AMR"
    header.channels, header.sample_rate_hz = 1, 16_000 if is_wide else 8_000
    frame = _frame(_WIDE_BYTES if is_wide else _NARROW_BYTES)
    several = re.compile(b"(?:%b)*+" % frame.pattern, re.DOTALL)
    frames = 0
    try:
        while stretch := walk.peek(_STRETCH_BYTES):
            walk.count()
            found = several.match(stretch)
            if found is None or not found.end():
                walk.stop("damaged")
            frames += len(frame.findall(found[0]))
            walk.skip(found.end())
    finally:
        header.duration_s = frames * _FRAME_S


def _frame(lengths: dict[int, int]) -> re.Pattern[bytes]:
    """A frame of any type: its first byte, in which four bits are the type, and the rest of it."""
    kinds = []
    for kind, length in lengths.items():
        firsts = b"".join(b"\\x%02x" % byte for byte in range(256) if byte >> 3 & 15 == kind)
        kinds.append(b"[%b].{%d}" % (firsts, length))
    return re.compile(b"|".join(kinds), re.DOTALL)
