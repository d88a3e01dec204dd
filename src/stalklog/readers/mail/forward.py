"""Whether a mail is somebody's copy of another one: then its headers are the forwarder's.

A miss costs a hint; a false alarm would tell a person that the best evidence she has is none. So
no mark counts by itself, only with the header lines of the forwarded mail behind it; what is
quoted is not looked at; and a mail whose subject says that it is a reply is none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.forward_mark import BEGUN, DASHED, SUBJECTS
from stalklog.safety.normal import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.readers.mail.forward_mark import Mark
    from stalklog.readers.mail.header import Header


def _any_of(marks: Iterable[Mark]) -> str:
    return "|".join(re.escape(unicodedata.normalize("NFC", mark.words)) for mark in marks)


_FLAGS: Final = re.IGNORECASE | re.MULTILINE
_DASHED = re.compile(rf"^[ \t]*-{{3,10}} ?(?:{_any_of(DASHED)}) ?-{{3,10}}(?!-)", _FLAGS)
_BEGUN = re.compile(rf"^[ \t]*(?:{_any_of(BEGUN)})[ \t]?:[ \t]*$", _FLAGS)
_BEGUN_QUOTED = re.compile(rf"^[ \t]*>[ \t]*(?:{_any_of(BEGUN)})[ \t]?:[ \t]*$", _FLAGS)
_RULE = re.compile(r"^[ \t]*(?:-{3,10}[^-\n]{3,60}-{3,10}|_{30,40})[ \t]*$", re.MULTILINE)
"""What Outlook puts before a mail, forwarded or answered, in whatever language."""
_FORWARDS = re.compile(rf"\s*(?:{_any_of(SUBJECTS)})\s?:", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\s*(?:re|aw|sv|antw|antwort|odp|res|ynt|ref|rif|ответ|отв|उत्तर|回复|回覆|답장)\s?(?:\[\d+\])?:",
    re.IGNORECASE,
)
_NAME = r"[*_]?[^\W\d_][^\s:@<>/*]{0,15}(?: [^\s:@<>/*]{1,10})?[*_]? ?[:\uff1a][*_]?(?=[ \t])"
_LABEL = re.compile(rf"(?:^|(?<=[ \t>])){_NAME}")
"""The name of a field before its value, in any script; Yahoo puts all fields in one line."""
_LABELLED = re.compile(rf"[ \t]{{0,8}}{_NAME}")
_FEW_LINES: Final = 5
_MANY_LINES: Final = 4
"""From, date, to, subject."""
_MAX_CHARS: Final = 100_000
_FEW_CHARS: Final = 600
_MAX_TRIES: Final = 50


def is_inline_forward(header: Header, subject: str, text: str) -> bool:
    """Whether the text holds a mail that was forwarded in it.

    Args:
        header: The mail's header.
        subject: Its subject, decoded.
        text: Its text.
    """
    if _ANSWERS.match(subject):
        return False
    text = nfc(text)
    if _has(_DASHED, text, 2) or _has(_BEGUN, text, 2):
        return True
    if _FORWARDS.match(nfc(subject)):
        return _has(_BEGUN_QUOTED, text, 2) or _has(_RULE, text, 3) or _has_block(text)
    return bool(header.first("x-forwarded-message-id")) and _has(_RULE, text, 2)


def _has(mark: re.Pattern[str], text: str, labels: int) -> bool:
    """Whether behind such a mark stands a header of so many lines, in whatever language."""
    for count, found in enumerate(mark.finditer(text)):
        if count == _MAX_TRIES:
            break
        behind = text[found.end() : found.end() + _FEW_CHARS]
        lines = [line.lstrip("> \t") for line in behind.splitlines()]
        lines = [line for line in lines if line][:_FEW_LINES]
        if sum(len(_LABEL.findall(f"{line} ")) for line in lines) >= labels:
            return True
    return False


def _has_block(text: str) -> bool:
    """Whether lines stand there as in a header and nothing before them: Outlook since 2019."""
    together = 0
    for line in text[:_MAX_CHARS].splitlines():
        together = together + 1 if _LABELLED.match(f"{line} ") else 0
        if together == _MANY_LINES:
            return True
    return False
