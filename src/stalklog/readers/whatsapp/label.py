"""Who a record is from, as the export writes it: the name in the exporter's address book."""

from __future__ import annotations

import re
from typing import Final

from stalklog.readers.whatsapp.grammar import MARKS

MAX_LABEL_CHARS: Final = 150
"""A name that is longer is none."""
_EDGE = re.compile(f"^[{MARKS}]+|[{MARKS}]+$")
_EMPTY = re.compile(r"([^\r\n]{1,150}):[ ]?[\r\n]*\Z")
_SERVICE = re.compile(
    r"\u200e|.{1,80} (?:changed (?:the subject|the group|this group|their phone number|to \+)"
    r"|created group|added |removed |joined using|left$)"
)
"""What the service writes with a colon in it: a group's new name, and the like."""
_QUOTING = re.compile(r'\S.*?(?:\s"[^"]*|«[^»]*|“[^”]*|„[^“”]*|「[^」]*|『[^』]*)\Z')
"""A quotation that begins and does not end: of a name with a colon in it, in any language."""
_OFTEN: Final = 3
"""Who writes so many times is a person, however odd the name."""


def split_label(rest: str) -> tuple[str, int]:
    """The sender behind a header, and where the text begins; an empty one where nobody is named.

    Args:
        rest: What stands behind the header, without the line break at its end.
    """
    end = rest.find(": ", 0, MAX_LABEL_CHARS + 2)
    if end > 0:
        label = rest[:end]
        return ("", 0) if "\n" in label else (label, end + 2)
    empty = _EMPTY.match(rest) if len(rest) <= MAX_LABEL_CHARS + 3 else None
    return (empty[1], len(rest.rstrip("\r\n"))) if empty else ("", 0)


def is_service(label: str, times: int = 1) -> bool:
    """Whether it is no sender, but the first part of what the service wrote.

    Args:
        label: What stands before the colon.
        times: How many records have it.
    """
    if _SERVICE.match(label):
        return True
    return times < _OFTEN and _QUOTING.match(label) is not None


def bare_label(label: str) -> str:
    """The label without the marks around it that only set the direction of writing."""
    return _EDGE.sub("", label)
