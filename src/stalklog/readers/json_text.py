"""The letters of JSON: decoded once where they are right, and put right where they are not."""

from __future__ import annotations

import json
import re
from codecs import utf_8_decode
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Scan: TypeAlias = "Callable[[str, int], tuple[Any, int]]"
"""The value that begins at a letter of a text, and its end: what `json.scanner` makes."""
_OBJECT: Final = re.compile(r"[ \t\r\n,]*+(?={)")
_ESCAPE: Final = b"\\"
_HALF_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_DECODER: Final = json.JSONDecoder(strict=False)
"""`json.loads` would make one for each text."""
_HALF: Final = re.compile("[\ud800-\udfff]")


class JsonText:
    """Bytes in which values are found one after another.

    Args:
        data: They may end inside a letter, and hold others than UTF-8: then each is taken as a
            letter of its own, so that values can be found, and decoded once more for their words.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self._text, _end = utf_8_decode(data, "strict", False)  # noqa: FBT003 - more may come
            self._is_utf8 = True
        except UnicodeDecodeError:
            self._text, self._is_utf8 = data.decode("latin-1"), False
        self._is_wide = self._is_utf8 and not self._text.isascii()
        self._at_byte = self._at_letter = 0

    def objects(
        self, scan: Scan, at: int, room: int
    ) -> Iterator[tuple[dict[str, Any], int, bytes, bool]]:
        """Objects that follow one another, up to what is none, or does not end here.

        This is `decode` and `sound` for the many that need neither: each call takes time.

        Args:
            scan: What decodes them.
            at: The byte from which on they are looked for, behind spaces and commas.
            room: With fewer bytes left than these, it is not tried whether one ends here.

        Yields:
            An object with its letters put right, its first byte, its bytes, and whether its
            letters were right.
        """
        text, is_wide, is_utf8 = self._text, self._is_wide, self._is_utf8
        end = self._letter(at) if is_wide else at
        while found := _OBJECT.match(text, end):
            begin = found.end()
            at += begin - end
            if len(self.data) - at < room:
                return
            is_sound = True
            try:
                value, end = scan(text, begin)
                data = self.data[at : at + end - begin]
                if is_wide and not data.isascii():
                    data = text[begin:end].encode()
                if _ESCAPE in data or not is_utf8:
                    value, is_sound = self.sound(value, data)
            except (ValueError, StopIteration, RecursionError):
                return
            yield value, at, data, is_sound
            at += len(data)
            self._at_byte, self._at_letter = at, end

    def decode(self, scan: Scan, at: int) -> tuple[Any, bytes]:
        """The value that begins at a byte, and its bytes.

        Raises:
            ValueError: It is no JSON, or does not end here.
            StopIteration: There is none.
            RecursionError: It is nested too deep.
        """
        if not self._is_wide:
            value, end = scan(self._text, at)
            return value, self.data[at:end]
        begin = self._letter(at)
        value, end = scan(self._text, begin)
        data = self._text[begin:end].encode()
        self._at_byte, self._at_letter = at + len(data), end
        return value, data

    def sound(self, value: Any, data: bytes) -> tuple[Any, bool]:  # noqa: ANN401 - what JSON can hold
        """A value that was decoded here, with its letters put right, and whether they were right.

        Args:
            value: What it says.
            data: Its bytes.
        """
        if self._is_utf8 or data.isascii():
            return without_halves(value) if _may_have_halves(data) else (value, True)
        return json_letters(data)

    def _letter(self, at: int) -> int:
        """Which letter begins at a byte; from the last one that was asked for it is a short way."""
        if at < self._at_byte:
            self._at_byte = self._at_letter = 0
        between = self.data[self._at_byte : at]
        self._at_byte = at
        self._at_letter += len(between if between.isascii() else between.decode())
        return self._at_letter


def _may_have_halves(data: bytes) -> bool:
    """Whether an escape in it is the half of a letter; most have none at all."""
    return _ESCAPE in data and _HALF_ESCAPE.search(data) is not None


def json_letters(data: bytes) -> tuple[Any, bool]:
    """JSON decoded, and whether every letter of it could be.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deep.
    """
    try:
        text, is_sound = data.decode(), True
    except UnicodeDecodeError:
        text, is_sound = data.decode("utf-8", "replace"), False
    value = _DECODER.decode(text)
    if not _may_have_halves(data):
        return value, is_sound
    value, is_clean = without_halves(value)
    return value, is_sound and is_clean


def without_halves(value: Any) -> tuple[Any, bool]:  # noqa: ANN401 - what JSON can hold
    """A value without halves of letters, and whether it had none."""
    if isinstance(value, str):
        if not _HALF.search(value):
            return value, True
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), False
    if isinstance(value, list):
        found = [without_halves(one) for one in value]
        return [one for one, _is in found], all(is_clean for _one, is_clean in found)
    if isinstance(value, dict):
        pairs = [(without_halves(key)[0], *without_halves(one)) for key, one in value.items()]
        return {key: one for key, one, _is in pairs}, all(is_clean for *_one, is_clean in pairs)
    return value, True
