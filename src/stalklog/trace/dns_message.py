"""A question to the directory of names and its answer, as bytes: the texts under one name.

The form of RFC 1035, of which only that is read. Every byte of an answer is a stranger's.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct(">HHHHHH")
_RECORD: Final = struct.Struct(">HHIH")
_CNAME: Final = 5
_TXT: Final = 16
_IN: Final = 1
_ANSWER, _CUT, _AUTHENTIC = 0x8000, 0x0200, 0x0020
_RECURSION: Final = 0x0100
_OPERATION: Final = 0x7800
_CODE: Final = 0x000F
_NOTHING_THERE: Final = 3
_OPTIONS: Final = bytes.fromhex("00002900000000800000080008000400010000")
"""Asks for the domain's own signature where it has one (RFC 4035), and that no part of the asker's
address is handed on to the domain's servers (RFC 7871 section 7.1.2)."""
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
_MOST_CHARS: Final = 253
_MOST_ALIASES: Final = 10
_POINTER: Final = 0xC0


class DnsError(Exception):
    """It is no answer to a question of this kind, or says that there was none."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What stood under a name."""

    name: str
    """Which name was asked about, in lower case."""
    texts: tuple[str, ...]
    """Each text, its pieces joined (RFC 6376 section 3.6.2.2); none: nothing stood there."""
    is_authentic: bool
    """Whether whoever was asked says that the domain's own signature on it was right."""


def askable(name: str) -> str:
    """The name of a key in the letters that can be asked for; empty where it is none.

    A stranger chose it: nothing but letters, digits, `-` and `_` goes out, and only about a domain.
    """
    try:
        found = name.rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    parts = found.split(".")
    is_name = len(found) <= _MOST_CHARS and all(map(_LABEL.fullmatch, parts))
    return found if is_name and "_domainkey" in parts[1:-2] else ""


def make_question(name: str) -> bytes:
    """The question for the texts under a name that is `askable`; the same for all who ask."""
    labels = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split("."))
    asked = labels + b"\0" + struct.pack(">HH", _TXT, _IN)
    return _HEADER.pack(0, _RECURSION, 1, 0, 0, 1) + asked + _OPTIONS


def parse_answer(data: bytes) -> TextAnswer:
    """The texts that an answer holds.

    Raises:
        DnsError: It is cut off, is something else, or says that the name could not be asked about.
    """
    try:
        return _parse(data)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise DnsError from None


def _parse(data: bytes) -> TextAnswer:
    _id, flags, questions, answers, _authorities, _more = _HEADER.unpack_from(data)
    is_answer = flags & _ANSWER and not flags & (_CUT | _OPERATION) and questions == 1
    if not is_answer or flags & _CODE not in {0, _NOTHING_THERE}:
        raise DnsError
    asked, at = _name(data, _HEADER.size)
    if struct.unpack_from(">HH", data, at) != (_TXT, _IN):
        raise DnsError
    at += 4
    texts: dict[str, list[str]] = {}
    aliases: dict[str, str] = {}
    for _number in range(answers):
        owner, at = _name(data, at)
        kind, group, _seconds, length = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        if at + length > len(data):
            raise DnsError
        if (kind, group) == (_TXT, _IN):
            texts.setdefault(owner, []).append(_text(data[at : at + length]))
        elif (kind, group) == (_CNAME, _IN):
            aliases[owner] = _name(data, at)[0]
        at += length
    name = asked
    for _step in range(_MOST_ALIASES):
        if name in texts or name not in aliases:
            break
        name = aliases[name]
    return TextAnswer(asked, tuple(texts.get(name, ())), bool(flags & _AUTHENTIC))


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A name and what follows it; a pointer may only lead back, so that none goes round."""
    labels: list[str] = []
    end, lowest, length = -1, at, 0
    while size := data[at]:
        if size & _POINTER == _POINTER:
            target = (size & ~_POINTER) << 8 | data[at + 1]
            end = at + 2 if end < 0 else end
            if target >= lowest:
                raise DnsError
            at = lowest = target
            continue
        label = data[at + 1 : at + 1 + size]
        length += size + 1
        if size & _POINTER or len(label) < size or length > _MOST_CHARS + 1 or b"." in label:
            raise DnsError
        labels.append(label.decode("ascii").lower())
        at += 1 + size
    return ".".join(labels), at + 1 if end < 0 else end


def _text(data: bytes) -> str:
    pieces, at = [], 0
    while at < len(data):
        piece = data[at + 1 : at + 1 + data[at]]
        if len(piece) < data[at]:
            raise DnsError
        pieces.append(piece)
        at += 1 + len(piece)
    return b"".join(pieces).decode("utf-8", "backslashreplace")
