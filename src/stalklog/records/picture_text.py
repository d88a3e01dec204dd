"""Text that a program read out of a picture: a help for searching, and proof of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stalklog.i18n import mark

UNVERIFIED: Final = mark(
    "Read out of the picture by a program and not verified: letters, digits and times may be "
    "wrong, and lines missing. What counts is the picture."
)
"""What stands beside such a text wherever it is shown."""


@dataclass(frozen=True, slots=True)
class PictureText:
    """What was read, and by what."""

    text: str
    """A stranger's text; empty if none was found. To be shown with `UNVERIFIED`."""
    engine: str
    """The program: `tesseract`."""
    engine_version: str
    """Its version: `5.3.0`. Another may read otherwise."""
    languages: tuple[str, ...]
    """The languages that it looked for, as it calls them: `eng`, `hin`. Others come out wrong."""
