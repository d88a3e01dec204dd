"""The properties of one Outlook item: a number, a type and bytes, and what these mean.

Numbers and types are Microsoft's (MS-OXPROPS, MS-OXCDATA section 2.11). A value is decoded only
when it is asked for, so that one that is damaged costs nothing but itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.charset import decode
from stalklog.readers.html_text import decode_html
from stalklog.readers.outlook.codepage import charset_of
from stalklog.readers.outlook.filetime import told_filetime
from stalklog.readers.outlook.tag import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.records.message import Told

UNICODE: Final = 0x001F
"""A string in UTF-16."""
STRING8: Final = 0x001E
"""A string in the code page of the item."""


@dataclass(frozen=True, slots=True)
class Value:
    """One property as it lies in the file."""

    type: int
    """How its bytes are to be understood."""
    raw: bytes
    """Its bytes, little-endian where it is a number."""


@dataclass(slots=True)
class Bag:
    """The properties of one item, recipient or attachment."""

    values: Mapping[int, Value]
    """By their number."""
    codepage: int = 0
    """Of 8-bit strings, where the item itself names none: that of the item it belongs to."""
    flags: set[str] = field(default_factory=set)
    """What was odd in what was decoded: names of `records.message.FLAGS`."""

    def text(self, *numbers: int) -> str:
        """The first of these properties that is a string and not empty; "" for none."""
        for number in numbers:
            value = self.values.get(number)
            if value is not None and (found := self._decode(value)):
                return found
        return ""

    def html(self) -> str:
        """The HTML of the body, by the mail's code page where it is bytes; "" for none."""
        value = self.values.get(Tag.HTML)
        if value is None:
            return ""
        if value.type in {UNICODE, STRING8}:
            return self._decode(value)
        charset = charset_of(self.number(Tag.INTERNET_CODEPAGE) or 0)
        source, is_right = decode_html(value.raw, charset)
        if not is_right:
            self.flags.add("bad-charset")
        return source

    def binary(self, number: int) -> bytes:
        """The bytes of a property; b"" for none."""
        value = self.values.get(number)
        return b"" if value is None else value.raw

    def number(self, number: int) -> int | None:
        """A property that is a whole number of 32 bits."""
        value = self.values.get(number)
        if value is None or len(value.raw) < 4 or value.type in {UNICODE, STRING8}:  # noqa: PLR2004 - 32 bits
            return None
        return int.from_bytes(value.raw[:4], "little")

    def time(self, *numbers: int) -> Told | None:
        """The first of these properties that is a time."""
        for number in numbers:
            value = self.values.get(number)
            if value is not None and len(value.raw) == 8:  # noqa: PLR2004 - a FILETIME
                return told_filetime(int.from_bytes(value.raw, "little"))
        return None

    def strings_codepage(self) -> int:
        """The code page of its 8-bit strings; 0 where nothing names one.

        Items of old mailboxes name only that of the mail itself.
        """
        return (
            self.number(Tag.MESSAGE_CODEPAGE) or self.number(Tag.INTERNET_CODEPAGE) or self.codepage
        )

    def _decode(self, value: Value) -> str:
        if value.type == UNICODE:
            raw = value.raw[: len(value.raw) & ~1]
            text = raw.decode("utf-16-le", "replace")
            if "\ufffd" in text:
                self.flags.add("bad-charset")
        elif value.type == STRING8:
            text, is_right = decode(value.raw, charset_of(self.strings_codepage()))
            if not is_right:
                self.flags.add("bad-charset")
        else:
            return ""
        return text.rstrip("\0")
