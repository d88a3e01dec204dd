"""What the line between two mails of a mailbox looks like, and what does not pass for one.

There is no standard: RFC 4155 describes one form and says that others exist. A line that begins
with `From ` is taken when it ends in a date or is one of the bare forms that programs are known to
write, and when a header follows; plain text that begins so has neither.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.safety.limits import MAX_SEPARATOR_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match

LOOK_BYTES: Final = 16 << 10
"""How much behind the beginning of a line is looked at to judge it."""
_MAX_FIELDS: Final = 200
"""Header fields that are looked through for two that a mail has."""
_DAY: Final = rb"(?:mon|tue|wed|thu|fri|sat|sun)"
_MONTH: Final = rb"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_YEAR: Final = rb"(?:19|20)\d\d"
_TIME: Final = rb"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?"
_ZONE: Final = rb"(?:\s+(?:[+-]\d\d:?\d\d|(?-i:[A-Z]{1,6})(?:[+-]\d{1,4})?|\([^()]{1,40}\))){0,2}"
"""+0530, EDT, (IST)."""
_DATES: Final = (
    # asctime, with a zone before or behind the year: Sat Sep  1 20:58 EDT 2001
    _DAY + rb",?\s+" + _MONTH + rb"\s+\d{1,2},?\s+" + _TIME + _ZONE + rb"\s+" + _YEAR + _ZONE,
    # as in a header: Sat, 1 Sep 2001 20:58:00 +0200
    rb"(?:" + _DAY + rb",?\s+)?\d{1,2}[\s-]" + _MONTH + rb"[\s-](?:\d\d)?\d\d\s+" + _TIME + _ZONE,
    # ISO 8601: 2001-09-01T20:58:00Z
    _YEAR + rb"-\d\d-\d\d[T\s]" + _TIME + rb"(?:Z|[+-]\d\d:?\d\d)?" + _ZONE,
)
_DATED: Final = re.compile(
    rb"From (?:.*?\s)??(" + rb"|".join(_DATES) + rb")(?:\s+remote from \S+)?\s*", re.IGNORECASE
)
_BARE: Final = re.compile(rb"From\s+(?:-|\d{6,}@xxx)?\s*")
"""Without a date: `From -` of Thunderbird, `From ` of its copies, `From 18443@xxx` of Google."""
_NETSCAPE: Final = b"From - "
_PATCH: Final = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001")
"""What `git format-patch` puts above a patch: always this date, which RFC 4155 would accept."""
_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_BEGINS_HEADER: Final = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|>From ")
_USUAL: Final = frozenset(
    b"from to cc date subject received message-id return-path delivered-to sender reply-to "
    b"mime-version content-type references in-reply-to x-mozilla-status x-gm-thrid".split()
)
_USUAL_NEEDED: Final = 2
_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*\n)*(?=From )")


def judge(window: bytes, at: int) -> str:
    """Why a line cannot be the beginning of a mail, by itself; empty if it can.

    Args:
        window: Holds `LOOK_BYTES` from there on, or all there is, and a few bytes before.
        at: Where a line begins with `From `.

    Returns:
        A name of `records.message.DOUBTS`.
    """
    fault = judge_line(window, at)
    if fault or is_after_blank(window, at):
        return fault
    line = line_at(window, at)
    if line.startswith(_NETSCAPE) or line.rstrip() == b"From -":
        return ""
    below = at + len(line) + 1
    if _BARE.fullmatch(line) and is_header(window, below):
        return ""
    return "no-blank-line"


def judge_line(window: bytes, at: int) -> str:
    """The same, of the line and the one below it, whatever is above."""
    line = line_at(window, at)
    if not _is_form(line):
        return "no-date"
    return "" if _BEGINS_HEADER.match(window, at + len(line) + 1) else "no-header"


def first_separator(window: bytes) -> int | None:
    """Where the first mail begins, if only blank lines or a byte order mark stand before it.

    At the beginning of a file less is asked of the line: either the form or a header below.
    """
    found = _BEGINNING.match(window)
    if found is None:
        return None
    line = line_at(window, found.end())
    is_one = _is_form(line) or _BEGINS_HEADER.match(window, found.end() + len(line) + 1)
    return found.end() if is_one else None


def line_at(window: bytes, at: int) -> bytes:
    """The line that begins there, without its end; cut where it is longer than a separator."""
    end = window.find(b"\n", at, at + MAX_SEPARATOR_BYTES)
    return window[at : end if end >= 0 else at + MAX_SEPARATOR_BYTES]


def separator_date(line: bytes) -> str:
    """The time that a separator tells; empty where it tells none of its mail.

    Thunderbird writes there when it fetched the mail, and git always the same.
    """
    found = _DATED.fullmatch(line.rstrip(b"\r\n"))
    if not found or line.startswith(_NETSCAPE) or _PATCH.match(line):
        return ""
    return found[1].decode("ascii", "replace")


def find_separator(head: bytes) -> int | None:
    """Where the first mail begins, if something else stands before it."""
    at = head.find(b"\nFrom ") + 1
    while at and judge(head, at):
        at = head.find(b"\nFrom ", at) + 1
    return at or None


def is_patch(window: bytes, at: int) -> bool:
    """Whether a line is git's: a separator in a file of patches, and text in a mail about one."""
    return bool(_PATCH.match(window, at))


def is_header(window: bytes, at: int) -> bool:
    """Whether a mail's header stands there: two fields that mails have, within a few."""
    if window.startswith(b">From ", at):  # an older separator that was kept
        at += len(line_at(window, at)) + 1
    usual: set[bytes] = set()
    for field in _fields(window, at):
        if (name := field[1].lower()) in _USUAL:
            usual.add(name)
            if len(usual) >= _USUAL_NEEDED:
                return True
    return False


def is_after_blank(window: bytes, at: int) -> bool:
    """Whether the line above is blank, or there is none."""
    above = window[max(at - 4, 0) : at]
    return above.endswith((b"\n\n", b"\n\r\n")) or above in {b"", b"\n", b"\r\n"}


def _is_form(line: bytes) -> bool:
    return bool((b":" in line and _DATED.fullmatch(line)) or _BARE.fullmatch(line))


def _fields(window: bytes, at: int) -> Iterator[Match[bytes]]:
    end = at + LOOK_BYTES
    for _number in range(_MAX_FIELDS):
        if (field := _FIELD.match(window, at, end)) is None:
            return
        yield field
        at = field.end()
