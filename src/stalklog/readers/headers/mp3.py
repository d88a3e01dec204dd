"""The frames of an MP3 (ISO/IEC 11172-3 and 13818-3), counted or as the first one counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.flac import SIGNATURE as FLAC
from stalklog.readers.headers.flac import read_flac
from stalklog.readers.headers.id3 import SIGNATURE, read_id3

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_RATES_HZ: Final = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
"""For each version: 2.5, 2 and 1."""
_KBPS: Final = {
    (True, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""For version 1 or a later one, and for the bits of the layer: 3 is layer I, 1 is layer III."""
_VERSION_1, _LAYER_1, _LAYER_3 = 3, 3, 1
_HEAD_BYTES: Final = 4
_SEARCH_BYTES: Final = 1 << 16
"""How far a frame is looked for, where there is something else."""
_COUNTS: Final = (b"Xing", b"Info")
_COUNTS_BYTES: Final = 64
"""In so many bytes of the first frame its count of all of them stands, if it has one."""
_FRAMES_A_BLOCK: Final = 10
"""How many are counted as one block: a quarter of a second."""
_TAILS: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"3DI")
"""What may stand behind the sound."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a frame."""

    form: tuple[int, int, int]
    """Version, layer and rate: the same in all frames of a recording."""
    length: int
    """In bytes, with the head."""
    samples: int
    rate_hz: int
    channels: int


def frame_at(data: bytes, at: int = 0) -> Frame | None:
    """The head of a frame that stands there, if one does."""
    head = data[at : at + _HEAD_BYTES]
    if len(head) < _HEAD_BYTES or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    speed, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not layer or speed in {0, 15} or rate == 3:  # noqa: PLR2004 - all reserved
        return None
    is_first = version == _VERSION_1
    rate_hz = _RATES_HZ[version][rate]
    samples = 384 if layer == _LAYER_1 else 1152 if is_first or layer != _LAYER_3 else 576
    slot = 4 if layer == _LAYER_1 else 1
    bits = _KBPS[is_first, layer][speed - 1] * 1000
    length = (samples // 8 // slot * bits // rate_hz + (head[2] >> 1 & 1)) * slot
    channels = 1 if head[3] >> 6 == 3 else 2  # noqa: PLR2004 - one channel alone
    return Frame((version, layer, rate), length, samples, rate_hz, channels)


def begins_with_frames(data: bytes) -> bool:
    """Whether a frame stands there and another of the same form right behind it."""
    first = frame_at(data)
    second = first and frame_at(data, first.length)
    return bool(first and second and first.form == second.form)


def read_mp3(walk: Walk, header: Header) -> None:
    """Walk over labels and frames, or believe the first frame, which may count them all.

    Raises:
        ReadingError: It is damaged, or over a limit; then the length is that of what is there.
    """
    header.format = "MP3"
    while walk.peek(3) == SIGNATURE:
        walk.count()
        read_id3(walk, header)
    if walk.peek(4) == FLAC:
        read_flac(walk, header)
        return
    first = _find_first(walk)
    header.sample_rate_hz, header.channels = first.rate_hz, first.channels
    declared = _declared(walk.peek(min(first.length, _COUNTS_BYTES)))
    if declared:
        header.duration_s = declared * first.samples / first.rate_hz
        walk.finish()
        return
    frames = 0
    try:
        while frame := _next_frame(walk, first):
            walk.skip(frame.length)
            frames += 1
            if not frames % _FRAMES_A_BLOCK:
                walk.count()
    finally:
        header.duration_s = frames * first.samples / first.rate_hz


def _find_first(walk: Walk) -> Frame:
    data = walk.peek(_SEARCH_BYTES)
    at = data.find(0xFF)
    while at != -1:
        frame = frame_at(data, at)
        after = frame and frame_at(data, at + frame.length)
        is_alone = frame and at + frame.length == len(data)
        if frame and (is_alone or (after and after.form == frame.form)):
            walk.skip(at)
            return frame
        at = data.find(0xFF, at + 1)
    return walk.stop("damaged")


def _declared(data: bytes) -> int:
    """How many frames the first one says that there are; 0 where it does not."""
    for mark in _COUNTS:
        at = data.find(mark)
        if at != -1 and data[at + 7 : at + 8] and data[at + 7] & 1:
            return int.from_bytes(data[at + 8 : at + 12])
    at = data.find(b"VBRI")
    return int.from_bytes(data[at + 14 : at + 18]) if at != -1 else 0


def _next_frame(walk: Walk, first: Frame) -> Frame | None:
    """The next frame, or None at the end of the sound."""
    while True:
        head = walk.peek(_HEAD_BYTES)
        frame = frame_at(head)
        if frame and frame.form == first.form:
            return frame
        if not head or walk.peek(11).startswith(_TAILS):
            walk.finish()
            return None
        ahead = walk.peek(_SEARCH_BYTES)
        padding = len(ahead) - len(ahead.lstrip(b"\0"))
        if not padding:
            walk.stop("damaged")
        walk.count()
        walk.skip(padding)
