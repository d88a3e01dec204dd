"""A value with parameters, such as a media type: whatever its senders make of RFC 2045 and 2231."""

from __future__ import annotations

import re

from stalklog.readers.charset import decode
from stalklog.readers.mail.encoded_word import as_text, decode_field, unfold

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"(.+?)\*(?:([0-9]{1,4})(\*)?)?\Z", re.DOTALL)
_MAIN = re.compile(r"[^\s;(]*")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def parse_value(value: str) -> tuple[str, dict[str, str]]:
    """The value itself in lower case, and its parameters, decoded.

    Args:
        value: As `Header` has it.
    """
    value = unfold(value)
    main = _MAIN.match(value)
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(value) if ";" in value else ():
        name = found[1].lower()
        quoted = found[2]
        text = found[3].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)
        piece = _PIECE.match(name)
        if piece is None:
            plain.setdefault(name, text)
        else:
            is_encoded = piece[2] is None or piece[3] is not None
            pieces.setdefault(piece[1], {}).setdefault(int(piece[2] or 0), (text, is_encoded))
    parameters = {name: decode_field(text)[0] for name, text in plain.items()}
    parameters |= {name: _joined(found) for name, found in pieces.items()}
    return (as_text(main[0]).lower() if main else ""), parameters


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """One value from its pieces (RFC 2231 sections 3 and 4)."""
    charset = ""
    whole = b""
    for number, (text, is_encoded) in sorted(pieces.items()):
        if is_encoded and not number and text.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
            charset, _language, text = text.split("'", 2)  # noqa: PLW2901
        raw = text.encode("utf-8", "surrogateescape")
        whole += _PERCENT.sub(_byte, raw) if is_encoded else raw
    return decode(whole, charset)[0]


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes((int(found[1], 16),))
