"""Make strangers' text safe to show: what is invisible or steers a screen becomes visible."""

from __future__ import annotations

import os
import re

ZWNJ = "\u200c"
ZWJ = "\u200d"
_KEPT = frozenset({ZWNJ, ZWJ})
"""Joiners: Indic scripts and emoji need them, and they steer nothing."""

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
"""What Python's `surrogateescape` makes of a byte that is not UTF-8."""


def safe(text: str, *, keep_newlines: bool = False) -> str:
    r"""The text with every character that could hide or steer made visible as `[U+XXXX]`.

    Made visible are controls (escape sequences among them), format characters (the bidirectional
    overrides, zero-width space, byte-order mark), line and paragraph separators, surrogates,
    private-use and unassigned characters: Unicode categories Cc, Cf, Cs, Co, Cn, Zl, Zp. The
    joiners U+200C and U+200D stay, and so does everything that is seen: letters, marks, emoji.
    A tab becomes a space. Applying it twice changes nothing more.

    Args:
        text: Any string at all.
        keep_newlines: Keep U+000A, and show CR LF as one line end; else both are made visible.
    """
    if text.isprintable():
        return text
    if keep_newlines:
        text = text.replace("\r\n", "\n")
    return "".join(
        char if char.isprintable() else _shown(char, keep_newlines=keep_newlines) for char in text
    )


def safe_name(name: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    r"""A file's name on one line; a byte that is not UTF-8 is shown as `[\xNN]`."""
    raw = os.fspath(name)
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    return safe(_ESCAPED_BYTE.sub(_shown_byte, text))


def _shown(char: str, *, keep_newlines: bool) -> str:
    if char in _KEPT or (keep_newlines and char == "\n"):
        return char
    if char == "\t":
        return " "
    if char.isspace() and char not in _STEERING_SPACES:
        return char
    return f"[U+{ord(char):04X}]"


def _shown_byte(match: re.Match[str]) -> str:
    return f"[\\x{ord(match[0]) - 0xDC00:02x}]"


_STEERING_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
"""What Python calls a space and is a control or a line end; other spaces (Zs) stay as they are."""
