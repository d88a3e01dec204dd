"""Headers of invented mail, as lists of fields from the top down.

An address that is to count as public cannot be one that is kept for examples: 192.0.47.0/24 is
ICANN's own, and nothing is ever sent there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import trace_fields
from stalklog.trace.trust import parse_trust

if TYPE_CHECKING:
    from stalklog.trace.trace import Trace

GMAIL_INSIDE = "by 2002:a05:6a10:1:2:3:4:5 with SMTP id x1; Fri, 20 Nov 2026 21:30:05 -0800 (PST)"
GMAIL_EDGE = (
    "from mail.example.org (mail.example.org. [192.0.47.9])\r\n by mx.google.com with ESMTPS id y2"
    "\r\n for <maya@gmail.com>; Fri, 20 Nov 2026 21:30:04 -0800 (PST)"
)
FORGED = (
    "from home (innocent.example [198.18.0.1]) by mx.google.com with ESMTP; "
    "Fri, 20 Nov 2026 21:00:00 -0800"
)
OWN_SERVER = (
    "from evil (unknown [192.0.47.66]) by mx.example.net (Postfix) with ESMTP id 1; "
    "Fri, 20 Nov 2026 21:30:04 +0000"
)


def traced(*hops: str, trusted_by: tuple[str, ...] = (), **fields: str) -> Trace:
    """The trace of a header with these Received fields on top and these fields below."""
    header = [("received", hop) for hop in hops]
    header += [(name.replace("_", "-"), value) for name, value in fields.items()]
    return trace_fields(header, load_profiles(), parse_trust(trusted_by))
