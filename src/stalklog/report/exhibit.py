"""An exhibit: the original's hash and size, where it lies, and whether a better one can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.i18n import ngettext
from stalklog.report.detail import text_of
from stalklog.report.model import Exhibit
from stalklog.report.words import choice
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from stalklog.report.model import Inside, Item

_KIB: Final = 1024


def make_exhibit(item: Item, inside: Inside | None = None) -> Exhibit:
    """An evidence entry with what identifies its original."""
    sha256, size = text_of(item.fields, "sha256"), item.fields.get("size_bytes")
    size_bytes = size if isinstance(size, int) else 0
    original = text_of(item.fields, "original")
    return Exhibit(
        item=item,
        sha256=safe(sha256),
        size_bytes=size_bytes,
        size=size_words(size_bytes),
        media_type=safe(text_of(item.fields, "media_type")),
        path=f"objects/{safe(sha256[:2])}/{safe(sha256)}",
        is_original_open=original in {"asked-for", "unknown"} and not item.is_withdrawn,
        original=choice("evidence.original", original) if original else "",
        inside=inside,
    )


def size_words(size_bytes: int) -> str:
    """A size for reading: bytes, and from a kibibyte on also in larger units."""
    exact = ngettext("{n} byte", "{n} bytes", size_bytes).format(n=f"{size_bytes:,}")
    size, unit = float(size_bytes), ""
    for name in ("KiB", "MiB", "GiB", "TiB"):
        if size < _KIB:
            break
        size, unit = size / _KIB, name
    return f"{exact} ({size:.1f} {unit})" if unit else exact
