r"""How Meta wrote the letters of an export: each byte of UTF-8 as a letter of its own, or rightly.

`\\u00c3\\u00a9` is an `é` in its exports. It is decided for a whole file: only if every such run in
it is right UTF-8, and no other letter stands there, so that a genuine `Ã©` stays what it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.window import Readable

_TAIL_BYTES: Final = 1 << 16
"""Of the end of a file: there, behind the messages, Meta writes the title."""
_LONG_BYTES: Final = 1 << 20
"""Of one text that is looked at in one piece."""
_LETTERS: Final = re.compile(
    rb"\\(?:\\|u00[89a-fA-F][0-9a-fA-F](?:\\u00[89a-fA-F][0-9a-fA-F])*+|u(?!00)[0-9a-fA-F]{4})"
)
_TITLE: Final = re.compile(rb'"(title|thread_path)"\s{0,20}:\s{0,20}("(?:[^"\\]++|\\.){0,2000}+")')
_ESCAPE: Final = b"\\u00"
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be known of a file before its first message is read."""

    is_latin1: bool
    """Whether each byte of its UTF-8 is written as a letter."""
    title: str
    """What the thread is called."""
    thread: str
    """Where it lies: `inbox/ravi_123`."""

    @property
    def mend(self) -> Callable[[str], str]:
        """Puts the letters of a text right."""
        return from_latin1 if self.is_latin1 else _as_it_is


def survey(stream: Readable) -> Survey:
    """Look through a file once, in little memory.

    Args:
        stream: Open at its beginning; it is read to its end.
    """
    window = Window(stream)
    found: set[bool] = set()
    cut = carried = 0
    tail = b""
    while window.more(cut):
        data = window.data
        tail = (tail + data[carried:])[-_TAIL_BYTES:]
        cut = data.rfind(b'"') + 1 or (len(data) if len(data) > _LONG_BYTES else 0)
        carried = len(data) - cut
        if False not in found:
            found |= _latin1(data[:cut] if window.start else data[:cut].removeprefix(_BOM))
    if False not in found:
        found |= _latin1(window.data)
    is_latin1 = found == {True}
    told = {match[1]: match[2] for match in _TITLE.finditer(tail)}
    mend = from_latin1 if is_latin1 else _as_it_is
    title, thread = (mend(_word(told.get(key, b'""'))) for key in (b"title", b"thread_path"))
    return Survey(is_latin1, title, thread)


def from_latin1(text: str) -> str:
    """A text of which each letter is a byte of UTF-8; as it is where that cannot be."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _latin1(data: bytes) -> set[bool]:
    """Whether letters are bytes in a piece of a file; nothing where it does not tell."""
    if not data.isascii():
        return {False}
    return {_is_utf8(letters) for letters in set(_LETTERS.findall(data)) if letters != b"\\\\"}


def _is_utf8(letters: bytes) -> bool:
    """Whether the letters of a run of escapes are the bytes of others."""
    if not letters.startswith(_ESCAPE):
        return False
    try:
        bytes.fromhex(letters.replace(_ESCAPE, b"").decode()).decode()
    except ValueError:
        return False
    return True


def _as_it_is(text: str) -> str:
    return text


def _word(written: bytes) -> str:
    try:
        value: Any = json.loads(written.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return ""
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str) else ""
