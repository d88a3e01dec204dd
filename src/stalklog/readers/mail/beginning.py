"""How a mail begins: what saving or a mailbox put before it, and whether it is one at all."""

from __future__ import annotations

import re

_BEFORE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r*\n)*"
    rb"(?:>?From [^\n]*(?:\n|\Z)|Microsoft Mail Internet Headers Version 2\.0[^\n]*(?:\n|\Z))*"
)
_FIELD = re.compile(rb"([!-9;-~]{1,76})[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_OF_MAIL = re.compile(
    rb"received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|x-.+"
    rb"|content-type|newsgroups|path|sender|reply-to|dkim-signature|authentication-results",
    re.IGNORECASE,
)


def mail_start(data: bytes, start: int = 0) -> int:
    """Where the header begins, behind what stands before it.

    That may be a byte-order mark, empty lines, the `From ` line of a mailbox, or the banner that
    Outlook puts over the header that it shows.
    """
    found = _BEFORE.match(data, start)
    return found.end() if found else start


def count_fields(head: bytes, start: int, *, enough: int) -> int:
    """How many different fields of a mail stand at its beginning, up to `enough`.

    Args:
        head: The beginning of a file.
        start: Where its header would begin.
        enough: Where to stop counting.
    """
    names: set[bytes] = set()
    found = _FIELD.match(head, start)
    while found and len(names) < enough:
        if _OF_MAIL.fullmatch(found[1]):
            names.add(found[1].lower())
        found = _FIELD.match(head, found.end())
    return len(names)
