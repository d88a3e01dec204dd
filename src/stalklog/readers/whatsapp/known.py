"""Whether a text is a chat of WhatsApp, from how its lines begin."""

from __future__ import annotations

import re
from typing import Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.whatsapp.grammar import HEADER

_LINE = re.compile(rb"[^\r\n]+")
_LINES: Final = 20
_ENOUGH: Final = 3
_LINE_BYTES: Final = 200
"""Of a line: no header is longer."""
_BINARY_BYTES: Final = 512
_LESS_SURE: Final = 10
"""Of what another file can be that holds a chat, such as a mail, and of what other programs write
too: a bracket, the year first, no seconds."""
_PLAIN = re.compile(r"\n\[\d{4}-\d{2}-\d{2},? \d{2}:\d{2}\]")


def sureness(head: bytes) -> int:
    """How sure it is, from `NO` to `LIKELY`; a chat of fewer than three messages is a maybe.

    Args:
        head: The beginning of a text.
    """
    if b"\0" in head[:_BINARY_BYTES]:  # a zip that holds such a text, unpacked
        return NO
    lines: list[str] = []
    for found in _LINE.finditer(head):
        line = found[0][:_LINE_BYTES].decode("utf-8", "replace").strip("\ufeff \t")
        if line:
            lines.append(f"\n{line}")
        if len(lines) == _LINES:
            break
    headers = [line for line in lines if HEADER.match(line)]
    is_first = bool(headers) and headers[0] == lines[0]
    if len(headers) >= _ENOUGH:
        is_sure = is_first and not _PLAIN.match(lines[0])
        return LIKELY if is_sure else LIKELY - _LESS_SURE
    return MAYBE if is_first else NO
