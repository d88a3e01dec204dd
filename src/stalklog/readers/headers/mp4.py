"""The boxes of MP4, M4A, 3GP and QuickTime: how long, from when, of what size.

ISO/IEC 14496-12; for the labels also Apple's QuickTime File Format and 3GPP TS 26.244.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.boxes import each_box, number
from stalklog.readers.headers.capture_time import told_iso, told_mac_epoch
from stalklog.readers.headers.header import add_name, text_of
from stalklog.safety.limits import MAX_BLOCK_BYTES

if TYPE_CHECKING:
    from stalklog.readers.headers.boxes import Box
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_FORMS: Final = {b"M4A ": "M4A", b"M4B ": "M4A", b"qt  ": "QuickTime"}
_MOBILE: Final = (b"3gp", b"3g2")
_APPLE: Final = "com.apple.quicktime."
_ROLES: Final = {
    "©nam": "title",
    "titl": "title",
    _APPLE + "title": "title",
    "©ART": "artist",
    "perf": "artist",
    _APPLE + "artist": "artist",
    "©mak": "make",
    _APPLE + "make": "make",
    "©mod": "model",
    _APPLE + "model": "model",
    "©swr": "software",
    "©too": "software",
    _APPLE + "software": "software",
}
_PLACES: Final = ("©xyz", "loci", _APPLE + "location.")
_TAKEN: Final = _APPLE + "creationdate"
_TEXT_BYTES: Final = 1000


def read_mp4(walk: Walk, header: Header) -> None:
    """Walk over all boxes.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "QuickTime"
    has_movie = False
    for box in each_box(walk):
        if box.kind == b"ftyp":
            brand = walk.take(4)
            is_mobile = brand.startswith(_MOBILE)
            header.format = "3GP" if is_mobile else _FORMS.get(brand, "MP4")
        elif box.kind == b"moov":
            has_movie = True
            _read_movie(walk, box, header)
    if not has_movie:
        walk.stop("damaged", "moov")


def _read_movie(walk: Walk, movie: Box, header: Header) -> None:
    for box in each_box(walk, movie.end):
        if box.kind == b"mvhd":
            _read_times(walk, header)
        elif box.kind == b"trak":
            for inner in each_box(walk, box.end):
                if inner.kind == b"tkhd":
                    _read_size(walk, inner, header)
        elif box.kind == b"meta":
            _read_meta(walk, box, header)
        elif box.kind == b"udta":
            _read_labels(walk, box, header)


def _read_times(walk: Walk, header: Header) -> None:
    size = 8 if number(walk, 4) >> 24 else 4
    made = number(walk, size)
    walk.skip(size)
    units, duration = number(walk, 4), number(walk, size)
    is_known = 0 < duration < (1 << 8 * size) - 1
    if units and is_known:
        header.duration_s = duration / units
    header.taken = header.taken or told_mac_epoch(made)


def _read_size(walk: Walk, box: Box, header: Header) -> None:
    """The size of the largest picture; its numbers have 16 bits behind the point."""
    walk.skip(max(0, box.end - 8 - walk.position))
    width, height = number(walk, 4) >> 16, number(walk, 4) >> 16
    if width * height > (header.width_px or 0) * (header.height_px or 0):
        header.width_px, header.height_px = width, height


# The labels


def _read_labels(walk: Walk, labels: Box, header: Header) -> None:
    for box in each_box(walk, labels.end):
        if box.kind == b"meta":
            _read_meta(walk, box, header)
            continue
        name = box.kind.decode("latin-1")
        content = walk.peek(min(_TEXT_BYTES, box.end - walk.position))
        if name.startswith("©"):
            length = int.from_bytes(content[:2])
            _take(name, text_of(content[4 : 4 + length]), header)
        elif name.isprintable():
            _take(name, _mobile_text(content[6:]), header)


def _mobile_text(raw: bytes) -> str:
    return text_of(raw, "utf-16") if raw.startswith((b"\xfe\xff", b"\xff\xfe")) else text_of(raw)


def _read_meta(walk: Walk, meta: Box, header: Header) -> None:
    """A list of labels; in MP4 a version stands before it, in QuickTime none."""
    if walk.peek(8)[4:] != b"hdlr":
        walk.skip(4)
    names: list[str] = []
    for box in each_box(walk, meta.end):
        if box.kind == b"keys":
            names = _read_names(walk)
        elif box.kind == b"ilst":
            for item in each_box(walk, box.end):
                place = int.from_bytes(item.kind)
                is_numbered = 0 < place <= len(names)
                name = names[place - 1] if is_numbered else item.kind.decode("latin-1")
                _take(name, _read_value(walk, item), header)


def _read_names(walk: Walk) -> list[str]:
    walk.skip(4)
    names: list[str] = []
    for _name in range(number(walk, 4)):
        walk.count()
        length = number(walk, 4) - 8
        walk.skip(4)
        if length < 0:
            walk.stop("damaged")
        names.append(text_of(walk.take(min(length, MAX_BLOCK_BYTES))[:_TEXT_BYTES]))
    return names


def _read_value(walk: Walk, item: Box) -> str:
    for box in each_box(walk, item.end):
        if box.kind == b"data":
            return text_of(walk.peek(min(_TEXT_BYTES, box.end - walk.position))[8:])
    return ""


def _take(name: str, value: str, header: Header) -> None:
    add_name(header.tags, name)
    if name.startswith(_PLACES):
        header.has_place = True
    elif name == _TAKEN:
        header.taken = told_iso(value)
    elif (role := _ROLES.get(name)) and not getattr(header, role):
        setattr(header, role, value)
