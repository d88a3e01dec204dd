"""Pictures for the tests, drawn here: nobody is in them."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Final

from PIL import Image, PngImagePlugin

SIZE: Final = (64, 48)
WRITTEN: Final = "2024:03:03 21:30:00"
OFFSET: Final = "+05:30"
COORDINATES: Final = ("12", "58", "17", "77", "35", "40")
"""A place in degrees, minutes and seconds; no fact may hold it."""

_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _EXIF, _GPS = 0x10F, 0x110, 0x112, 0x131, 0x8769, 0x8825
_TAKEN, _OFFSET = 0x9003, 0x9011


def draw(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """White, with a dark red quarter at the upper left: which way it is turned can be seen."""
    picture = Image.new("RGB", size, "white")
    picture.paste((200, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    return picture.convert(mode)


def exif(
    *, taken: str = WRITTEN, offset: str = OFFSET, orientation: int = 1, gps: bool = False
) -> bytes:
    """An EXIF block as a phone writes one, from its prefix on."""
    block = Image.Exif()
    block[_MAKE], block[_MODEL], block[_SOFTWARE] = "Example", "Phone 1", "Camera 2.0"
    block[_ORIENTATION] = orientation
    inner = block.get_ifd(_EXIF)
    inner[_TAKEN] = taken
    if offset:
        inner[_OFFSET] = offset
    if gps:
        degrees = [float(part) for part in COORDINATES]
        block.get_ifd(_GPS).update({1: "N", 2: degrees[:3], 3: "E", 4: degrees[3:]})
    return block.tobytes()


def save(picture: Image.Image, form: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png(
    *, texts: dict[str, str] | None = None, xmp: str = "", size: tuple[int, int] = SIZE
) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in (texts or {}).items():
        info.add_text(name, text)
    if xmp:
        info.add_itxt("XML:com.adobe.xmp", xmp, zip=True)
    return save(draw(size), "PNG", pnginfo=info)


def gif(frames: int = 1) -> bytes:
    pictures = [draw().point(lambda value, n=n: value ^ n % 256) for n in range(frames)]
    return save(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


def tiff(pages: int = 1, **options: object) -> bytes:
    pictures = [draw()] * pages
    return save(pictures[0], "TIFF", save_all=True, append_images=pictures[1:], **options)


ONE_OF_EACH: Final = {
    "PNG": png(texts={"Comment": "invented"}),
    "JPEG": save(draw(), "JPEG", exif=exif(gps=True)),
    "GIF": gif(2),
    "WebP": save(draw(), "WEBP", exif=exif(gps=True)),
    "BMP": save(draw(), "BMP"),
    "TIFF": tiff(2),
}

# An iPhone's picture, put together by hand: nothing here that is free writes one. The coded picture
# is `draw()` by an HEVC encoder: its three sets of parameters, and the picture.
_HEVC = (
    "QAEMAf//BAgAAAMAn6gAAAMAAB66AkA=",
    "QgEBBAgAAAMAn6gAAAMAAB6gIIMWW6uTK5oCAAADAAIAAAMAMhA=",
    "RAHBcYES",
    "KAGvWNOJW+Uf+fb/jMCwYjCKC/M+GT6I3TSuN+KegLY8hm3wy9Dmph8klDeVN5w=",
)
_PROFILE: Final = bytes.fromhex(
    "0104080000009fa800000000 1e f000 fc fd f8 f8 0000 0f".replace(" ", "")
)


def box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return (8 + len(data)).to_bytes(4) + kind + data


def full_box(kind: bytes, *content: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *content)


def heic(block: bytes = b"", *, quarter_turns: int | None = 0) -> bytes:
    """A picture as an iPhone writes it.

    Args:
        block: An EXIF block, if it shall have one.
        quarter_turns: How it is turned; with None nothing is said of that.
    """
    *sets, coded = (base64.b64decode(unit) for unit in _HEVC)
    arrays = b"".join(
        bytes([0x80 | unit[0] >> 1 & 63, 0, 1]) + len(unit).to_bytes(2) + unit for unit in sets
    )
    width, height = (side.to_bytes(4) for side in SIZE)
    properties = [
        box(b"hvcC", _PROFILE, bytes([len(sets)]), arrays),
        full_box(b"ispe", width, height),
    ]
    if quarter_turns is not None:
        properties.append(box(b"irot", bytes([quarter_turns])))
    owned = bytes([len(properties), *(0x80 | place for place in range(1, len(properties) + 1))])
    pieces = [len(coded).to_bytes(4) + coded]
    kinds = [full_box(b"infe", (1).to_bytes(2), bytes(2), b"hvc1\0", version=2)]
    if block:
        pieces.append((6).to_bytes(4) + block)
        kinds.append(full_box(b"infe", (2).to_bytes(2), bytes(2), b"Exif\0", version=2))

    def put_together(start: int) -> bytes:
        extents, at = b"", start
        for number, piece in enumerate(pieces, 1):
            extents += number.to_bytes(2) + bytes(2) + (1).to_bytes(2)
            extents += at.to_bytes(4) + len(piece).to_bytes(4)
            at += len(piece)
        meta = full_box(
            b"meta",
            full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
            full_box(b"pitm", (1).to_bytes(2)),
            full_box(b"iinf", len(kinds).to_bytes(2), *kinds),
            box(
                b"iprp",
                box(b"ipco", *properties),
                full_box(b"ipma", (1).to_bytes(4), (1).to_bytes(2), owned),
            ),
            full_box(b"iloc", bytes([0x44, 0]), len(pieces).to_bytes(2), extents),
        )
        return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + meta

    head = put_together(0)
    return put_together(len(head) + 8) + box(b"mdat", *pieces)
