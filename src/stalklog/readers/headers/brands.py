"""The brands by which a file of boxes says that it is a picture and no video."""

from __future__ import annotations

from typing import Final

PICTURES: Final = frozenset(
    {
        *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1"),
        *(b"avif", b"avis"),
    }
)
"""HEIF and AVIF (ISO/IEC 23008-12 annex B; AV1 Image File Format section 6)."""


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture in boxes."""
    return head[4:8] == b"ftyp" and head[8:12] in PICTURES
