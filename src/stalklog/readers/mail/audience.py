"""Whether a mail went to one person, to several, or in bulk: stalking and spam differ in law.

The rule, in its order:

1. `bulk` if it says so itself: List-Unsubscribe (RFC 2369), List-Id (RFC 2919), Feedback-ID,
   Precedence of bulk, list or junk, or Auto-Submitted of auto-generated (RFC 3834);
   or if it names more than `MANY` recipients.
2. `several` if it names more than one address in To, Cc and Bcc.
3. `alone` if it names one.
4. None if it names nobody: `undisclosed-recipients`, or a sent copy that hides them.

Whoever sends it writes all of this. It is counted and shown, and decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.readers.mail.header import Header
    from stalklog.records.message import Audience, Party

MANY: Final = 20
"""More recipients than this are bulk; families and teams stay below."""
_OF_LISTS: Final = ("list-unsubscribe", "list-id", "feedback-id")
_PRECEDENCE: Final = frozenset({"bulk", "list", "junk"})


def audience_of(header: Header, recipients: Sequence[Party]) -> Audience | None:
    """To how many it went, as far as its own header tells."""
    if bulk_reason(header, recipients):
        return "bulk"
    named = {party.id.lower() or party.label for party in recipients}
    if not named:
        return None
    return "alone" if len(named) == 1 else "several"


def bulk_reason(header: Header, recipients: Sequence[Party]) -> str:
    """What says that it went out in bulk: the name of a field, `recipients`, or nothing."""
    for name in _OF_LISTS:
        if header.first(name).strip():
            return name
    if header.first("precedence").strip().lower() in _PRECEDENCE:
        return "precedence"
    if header.first("auto-submitted").strip().lower().startswith("auto-generated"):
        return "auto-submitted"
    return "recipients" if len({party.id.lower() for party in recipients}) > MANY else ""
