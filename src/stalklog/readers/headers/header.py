"""What a walk over a picture or a recording has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.safety.limits import MAX_FACT_CHARS, MAX_FACT_NAMES

if TYPE_CHECKING:
    from stalklog.readers.base import Notes
    from stalklog.records.message import Told

_NAME_CHARS = 80


@dataclass(slots=True)
class Header:
    """Facts of one file, in the names of `records.facts`; what was not found is None or empty."""

    format: str = ""
    width_px: int | None = None
    height_px: int | None = None
    frames: int | None = None
    orientation: int | None = None
    make: str = ""
    model: str = ""
    software: str = ""
    changed: str = ""
    has_place: bool = False
    duration_s: float | None = None
    sample_rate_hz: int | None = None
    channels: int | None = None
    title: str = ""
    artist: str = ""
    trailing_bytes: int = 0
    taken: Told | None = None
    text_chunks: list[str] = field(default_factory=list)
    """Names, each once; `add_name` adds."""
    tags: list[str] = field(default_factory=list)
    """Likewise."""
    exif: bytes = b""
    """The EXIF block, from its byte order on."""
    exif_start: int = 0
    """Where it begins in the file."""

    def tell(self, notes: Notes, size_bytes: int | None) -> None:
        """Put all of it into the notes of a reading.

        Args:
            notes: Of the reading.
            size_bytes: How long the file is, if that is known.
        """
        notes.taken = self.taken
        for name in ("format", "make", "model", "software", "changed", "title", "artist"):
            _tell(notes, name, getattr(self, name))
        for name in ("width_px", "height_px", "frames", "orientation"):
            _tell_number(notes, name, getattr(self, name))
        for name in ("sample_rate_hz", "channels", "trailing_bytes"):
            _tell_number(notes, name, getattr(self, name))
        _tell(notes, "text_chunks", ", ".join(self.text_chunks))
        _tell(notes, "tags", ", ".join(self.tags))
        if self.has_place:
            notes.tell("gps", "yes")
        if self.duration_s is not None:
            notes.tell("duration_s", f"{self.duration_s:.2f}")
        if self.duration_s and size_bytes:
            notes.tell("bit_rate_kbps", f"{size_bytes * 8 / self.duration_s / 1000:.0f}")


def add_name(names: list[str], name: str) -> None:
    """Add a name to those that are listed, unless it is there or the list is full."""
    if name and len(names) < MAX_FACT_NAMES and (short := name[:_NAME_CHARS]) not in names:
        names.append(short)


def text_of(raw: bytes, encoding: str = "utf-8") -> str:
    """A text inside a header, to its first NUL; letters that cannot be decoded are replaced."""
    return raw.decode(encoding, "replace").partition("\0")[0]


def _tell(notes: Notes, name: str, value: str) -> None:
    if value := value.strip():
        is_long = len(value) > MAX_FACT_CHARS
        notes.tell(name, f"{value[:MAX_FACT_CHARS]}…" if is_long else value)


def _tell_number(notes: Notes, name: str, value: int | None) -> None:
    if value:
        notes.tell(name, str(value))
