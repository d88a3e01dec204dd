"""The messages of a JSON export one after another, each with its exact bytes, in little memory.

An export is one object, or one inside others, with a long array of messages; or the array is all
there is, and then its key is empty: `WHOLE`. The array is never held: each element is found,
hashed and decoded, and forgotten. An element that is no JSON is mended if only an escape in it is
wrong; else it is named, and the next one is looked for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from json.scanner import make_scanner
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.json_text import JsonText, json_letters, without_halves
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_BROKEN, MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.json_text import Scan
    from stalklog.readers.window import Window

_SPACE: Final = re.compile(rb"[ \t\r\n,]*+")
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[{}\[\]]', re.DOTALL)
_FIRST_KEY: Final = re.compile(rb'\{\s*+("[A-Za-z_]{1,40}")\s*+:')
_ESCAPE: Final = re.compile(rb'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))?', re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"
_MAX_LEVELS: Final = 6
"""Objects around an array of messages; genuine ones have three."""
_NUMBER_BYTES: Final = 100
"""No number that means anything is longer."""
_PREFIX_BYTES: Final = 200
"""The longest that a prefix can be."""
_MAX_ROOM_BYTES: Final = 1 << 16
_OPENING: Final = frozenset({b"{", b"["})
WHOLE: Final = ""
"""The key of an array that no object is around."""


@dataclass(slots=True)
class JsonRecord:
    """One element of an array of messages."""

    value: dict[str, Any]
    """What it says."""
    place: Place
    """Its bytes."""
    around: dict[str, Any]
    """What the object around the array says before it."""
    flags: tuple[str, ...] = ()
    """What is odd about it: names of `records.message.FLAGS`."""
    array: str = ""
    """The key of the array."""


class EveryKey:
    """Any key at all: of an export whose arrays are called after chats."""

    def __contains__(self, key: object) -> bool:
        return True


class JsonRecords:
    """The elements of the arrays of messages in a file.

    Args:
        window: The file.
        notes: Told what could not be read.
        arrays: Keys of arrays whose elements are wanted.
        through: Keys of objects, and of arrays of objects, that lead to them.
        member: The file inside a zip that this is.
        prefix: What stands before the JSON, where it is a script that sets a value.
    """

    def __init__(
        self,
        window: Window,
        notes: Notes,
        *,
        arrays: Container[str] = frozenset({"messages"}),
        through: frozenset[str] = frozenset(),
        member: str = "",
        prefix: re.Pattern[bytes] | None = None,
    ) -> None:
        self._window = window
        self._notes = notes
        self._arrays = arrays
        self._through = through
        self._member = member
        self._prefix = prefix
        self._at = 0
        self._text = JsonText(b"")
        self._is_repeated = False
        self._broken = 0
        self._is_behind_broken = False
        self._first_key = b""
        self._room = 0
        """As much as the longest element took, up to `_MAX_ROOM_BYTES`: where less is left of the
        bytes at hand the next one may have no end in them, and to decode it in vain takes long."""
        self._array = ""
        self._decoder = json.JSONDecoder(strict=False, object_pairs_hook=self._object_of)
        self._scan: Scan = make_scanner(self._decoder)  # type: ignore[arg-type]  # as json does
        self.root: dict[str, Any] = {}
        """What the outermost object says besides; whole when the reading has ended."""

    def __iter__(self) -> Iterator[JsonRecord]:
        self._fill()
        if self._window.data.startswith(_BOM):
            self._at = len(_BOM)
        while self._prefix and len(self._window.data) < _PREFIX_BYTES and self._fill():
            pass
        if self._prefix and (found := self._prefix.match(self._window.data, self._at)):
            self._at = found.end()
        letter = self._peek()
        if letter == b"{":
            self._at += 1
            yield from self._object(self.root, 0)
        elif letter == b"[" and (WHOLE in self._arrays or WHOLE in self._through):
            self._at += 1
            is_of_messages = WHOLE in self._arrays
            yield from self._records(self.root) if is_of_messages else self._objects(0)
        elif self._window.data:
            raise _Broken
        if self._prefix and self._peek() == b";":
            self._at += 1
        if self._peek():
            self._leave("not-understood", self._at, "behind the end")
            while self._more():
                pass

    def _object(self, around: dict[str, Any], level: int) -> Iterator[JsonRecord]:
        """The messages in an object whose `{` was read."""
        while (letter := self._peek()) != b"}":
            if letter != b'"':
                raise _Broken
            key = self._value()
            if self._peek() != b":" or not isinstance(key, str):
                raise _Broken
            self._at += 1
            letter = self._peek()
            if letter == b"[" and key in self._arrays:
                self._at += 1
                self._array = key
                yield from self._records(around)
            elif letter in _OPENING and key in self._through and level < _MAX_LEVELS:
                self._at += 1
                yield from self._object({}, level + 1) if letter == b"{" else self._objects(level)
            else:
                around[key] = self._value()
        self._at += 1

    def _objects(self, level: int) -> Iterator[JsonRecord]:
        """The messages in an array of objects whose `[` was read."""
        while (letter := self._peek()) != b"]":
            if letter == b"{":
                self._at += 1
                yield from self._object({}, level + 1)
            elif letter:
                self._value()
            else:
                raise _Broken
        self._at += 1

    def _records(self, around: dict[str, Any]) -> Iterator[JsonRecord]:
        while (letter := self._peek()) != b"]":
            if not letter:
                raise _Broken
            self._see()
            first, room = self._at, 0 if self._window.is_ended else self._room
            for value, at, data, is_sound in self._text.objects(self._scan, first, room):
                yield self._record(value, at, data, around, is_sound)
            if self._at == first and (record := self._other(letter, around)):
                yield record
        self._at += 1

    def _record(
        self,
        value: dict[str, Any],
        at: int,
        data: bytes,
        around: dict[str, Any],
        is_sound: bool,  # noqa: FBT001 - a keyword takes time
    ) -> JsonRecord:
        """An element that was decoded; behind it is the next one.

        Args:
            value: What it says, with its letters put right.
            at: Where it begins.
            data: Its bytes.
            around: What the object around it says.
            is_sound: Whether its letters were right.
        """
        self._at = end = at + len(data)
        flags: tuple[str, ...] = ()
        if self._is_repeated or self._is_behind_broken or not is_sound:
            flags = self._flags(is_sound=is_sound)
        if not self._first_key and (key := _FIRST_KEY.match(data)):
            self._first_key = key[1]
        if len(data) > self._room:
            self._room = min(len(data), _MAX_ROOM_BYTES)
        start = self._window.start
        place = Place(start + at, start + end, "", self._member, "", sha256(data).hexdigest())
        return JsonRecord(value, place, around, flags, self._array)

    def _flags(self, *, is_sound: bool) -> tuple[str, ...]:
        """What is odd about the element that was decoded last; the next one begins afresh."""
        odd = (
            ("repeated-field", self._is_repeated),
            ("bad-structure", self._is_behind_broken),
            ("bad-charset", not is_sound),
        )
        self._is_repeated = self._is_behind_broken = False
        return tuple(name for name, is_so in odd if is_so)

    def _other(self, letter: bytes, around: dict[str, Any]) -> JsonRecord | None:
        """An element that is no object, or may have no end in the bytes at hand, or is no JSON."""
        if letter != b"{":
            try:
                return self._checked(*self._decode(), around)
            except (ValueError, StopIteration, RecursionError):
                pass
        return self._mended(around)

    def _checked(
        self,
        value: Any,  # noqa: ANN401 - what JSON can hold
        data: bytes,
        around: dict[str, Any],
        *,
        is_mended: bool = False,
    ) -> JsonRecord | None:
        """An element that may be no object."""
        if not isinstance(value, dict):
            end = self._at + len(data)
            self._leave("not-understood", end, type(value).__name__)
            self._at = end
            return None
        if is_mended:
            self._is_behind_broken = True
            is_sound = True
        else:
            value, is_sound = self._text.sound(value, data)
        return self._record(value, self._at, data, around, is_sound)

    def _mended(self, around: dict[str, Any]) -> JsonRecord | None:
        """An element that may not end in the bytes at hand, or is no JSON."""
        end = self._end_of_value()
        if end is None:
            self._skip_broken(None)
            return None
        try:
            value, data = self._decode()
            if self._at + len(data) == end:
                return self._checked(value, data, around)
        except (ValueError, StopIteration):
            pass
        except RecursionError:
            self._leave("over-limit", end, "depth")
            self._at = end
            return None
        self._is_repeated = False
        data = self._window.data[self._at : end]
        try:
            text = _ESCAPE.sub(_escape, data).decode("utf-8", "replace")
            value = without_halves(self._decoder.decode(text))[0]
        except (ValueError, RecursionError):
            self._skip_broken(end)
            return None
        return self._checked(value, data, around, is_mended=True)

    def _skip_broken(self, end: int | None) -> None:
        """Go on with the next element, which begins as the others do.

        Args:
            end: Where the broken one seems to end; None where it ends nowhere.

        Raises:
            _Broken: There is no next one, or too much is broken.
        """
        self._broken += 1
        here = _FIRST_KEY.match(self._window.data, self._at)
        key = self._first_key or (here[1] if here else b"")
        if not key or self._broken > MAX_BROKEN:
            if end is None:
                raise _Broken
            self._leave("damaged", end, "record")
            self._at = end
            return
        self._is_behind_broken = True
        beginning = re.compile(rb"\{\s{0,100}" + re.escape(key) + rb"\s{0,100}:")
        start = self._window.start + self._at
        found = self._window.seek(beginning, self._at + 1, 250)
        self._at = found.start() if found else len(self._window.data)
        behind = self._window.start + self._at
        reason = "over-limit" if behind - start > MAX_RECORD_BYTES else "damaged"
        self._notes.leave(reason, Place(start, behind, member=self._member), "record")
        if not found:
            raise _Broken

    def _value(self) -> Any:  # noqa: ANN401 - what JSON can hold
        """A value in one of the objects around; None, and named, where it is too long or none.

        Raises:
            _Broken: It has no end.
        """
        letter = self._window.data[self._at : self._at + 1]
        if letter in _OPENING or letter == b'"':
            end = self._end_of_value()
            if end is None:
                return self._pass_over()
            data = self._window.data[self._at : end]
            try:
                value = json_letters(_ESCAPE.sub(_escape, data))[0]
            except (ValueError, RecursionError):
                self._leave("not-understood", end, "value")
                value = None
            self._at = end
            return value
        while len(self._window.data) - self._at < _NUMBER_BYTES and self._fill():
            pass
        try:
            value, data = self._decode()
        except (ValueError, StopIteration):
            raise _Broken from None
        self._at += len(data)
        return value

    def _pass_over(self) -> None:
        """Go behind a value that is too long to be kept.

        Raises:
            _Broken: It has no end.
        """
        start, level = self._window.start + self._at, 0
        while len(self._window.data) - self._at <= 2 * MAX_RECORD_BYTES:
            for token in _TOKEN.finditer(self._window.data, self._at):
                letter = token[0][:1]
                if letter == b'"' and not token[1]:
                    break
                self._at = token.end()
                level += {b"{": 1, b"[": 1, b'"': 0}.get(letter, -1)
                if level <= 0:
                    end = self._window.start + self._at
                    self._notes.leave("over-limit", Place(start, end, member=self._member), "value")
                    return
            if not self._fill():
                break
        raise _Broken

    def _end_of_value(self) -> int | None:
        """Where the value ends that begins here, told by its brackets; None if nowhere."""
        while True:
            level = 0
            for token in _TOKEN.finditer(self._window.data, self._at):
                letter = self._window.data[token.start()]
                if letter == 0x22:  # noqa: PLR2004 - a quote
                    if not token[1]:
                        break
                elif letter in b"{[":
                    level += 1
                else:
                    level -= 1
                if level <= 0:
                    return token.end()
            if len(self._window.data) - self._at > MAX_RECORD_BYTES or not self._fill():
                return None

    def _decode(self) -> tuple[Any, bytes]:
        """The value that begins here, and its bytes."""
        self._see()
        return self._text.decode(self._scan, self._at)

    def _see(self) -> None:
        """Have the bytes at hand as text, of which nothing was decoded yet."""
        if self._window.data is not self._text.data:
            self._text = JsonText(self._window.data)
        self._is_repeated = False

    def _object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self._is_repeated = True
        return found

    def _peek(self) -> bytes:
        """The next letter that is no space and no comma; nothing at the end."""
        while True:
            found = _SPACE.match(self._window.data, self._at)
            self._at = found.end() if found else self._at
            letter = self._window.data[self._at : self._at + 1]
            if letter or not self._fill():
                return letter

    def _leave(self, reason: str, end: int, detail: str) -> None:
        start = self._window.start
        place = Place(start + self._at, start + max(end, self._at), member=self._member)
        self._notes.leave(reason, place, detail)

    def _fill(self) -> bool:
        if self._window.is_ended:
            return False
        is_more = self._window.more(self._at)
        self._at = 0
        return is_more

    def _more(self) -> bool:
        self._at = len(self._window.data)
        return self._fill()


class _Broken(Exception):  # noqa: N818 - never leaves this module's callers
    """The file is no JSON from here on."""


def read_records(
    records: JsonRecords, window: Window, notes: Notes, member: str = ""
) -> Iterator[JsonRecord]:
    """The records until the file ends, or is broken: that is told, and what came before holds."""
    try:
        yield from records
    except _Broken:
        start = window.start
        while window.more(len(window.data)):
            pass
        end = window.start + len(window.data)
        notes.leave("damaged", Place(min(start, end), end, member=member), "end")


def _escape(found: re.Match[bytes]) -> bytes:
    r"""An escape as JSON has it: `\x1B` is a letter, and a mere backslash is one."""
    if found[1]:
        return found[0]
    return rb"\u00" + found[2] if found[2] else rb"\\"
