"""Whether a mail is somebody's copy of another one: then its headers are the forwarder's.

A miss costs a hint; a false alarm would tell a person that the best evidence she has is none. So
a mark counts only where the forwarded mail's own header lines stand behind it, and a quoted reply
is no forward.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stalklog.records.message import Forwarded

_MARK = re.compile(
    r"^\s*(?:-{5,10} ?Forwarded message ?-{5,10}|Begin forwarded message:)\s*$",
    re.MULTILINE | re.IGNORECASE,
)


def inline_forward(_subject: str, text: str) -> Forwarded | None:
    """`inline` if the text holds a forwarded mail, told by the mark of a mail program."""
    return "inline" if _MARK.search(text) else None
