"""What a picture or a recording says of itself, by name: a closed set, with words for people.

The names stand in `ReadingReport.facts`; every value is a stranger's text. A place is told as being
there, never as coordinates: the picture may be hers, and the report goes to others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS: Final[Mapping[str, str]] = {
    "format": mark("format"),
    "width_px": mark("width in pixels"),
    "height_px": mark("height in pixels"),
    "frames": mark("number of pictures or pages in it"),
    "orientation": mark("how it is turned when shown, from 1 to 8 as EXIF counts"),
    "make": mark("maker of the device"),
    "model": mark("model of the device"),
    "software": mark("software that wrote it"),
    "changed": mark("last changed, as the file says"),
    "gps": mark("it holds a place"),
    "text_chunks": mark("texts stored beside the picture, by name"),
    "duration_s": mark("length in seconds"),
    "bit_rate_kbps": mark("kilobits a second, on average over the whole file"),
    "sample_rate_hz": mark("sound samples a second"),
    "channels": mark("sound channels"),
    "title": mark("title, as the file says"),
    "artist": mark("artist, as the file says"),
    "tags": mark("labels stored in it, by name"),
    "trailing_bytes": mark("bytes behind its end"),
}
"""Each name, with what a person is told. One that is absent was not found: of `gps` this is no
promise that there is no place in the file."""
