"""Headers of invented mail, as lists of fields from the top down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import trace_fields
from stalklog.trace.trust import parse_trust

if TYPE_CHECKING:
    from stalklog.trace.trace import Trace

GMAIL_INSIDE = "by 2002:a05:6a10:1:2:3:4:5 with SMTP id x1; Fri, 20 Nov 2026 21:30:05 -0800 (PST)"
GMAIL_EDGE = (
    "from mail.example.org (mail.example.org. [203.0.114.9])\r\n by mx.google.com with ESMTPS id y2"
    "\r\n for <maya@gmail.com>; Fri, 20 Nov 2026 21:30:04 -0800 (PST)"
)
FORGED = (
    "from home (innocent.example [198.18.0.1]) by mx.google.com with ESMTP; "
    "Fri, 20 Nov 2026 21:00:00 -0800"
)
OWN_SERVER = (
    "from evil (unknown [203.0.114.66]) by mx.example.net (Postfix) with ESMTP id 1; "
    "Fri, 20 Nov 2026 21:30:04 +0000"
)


def traced(*hops: str, trusted_by: tuple[str, ...] = (), **fields: str) -> Trace:
    """The trace of a header with these Received fields on top and these fields below."""
    header = [("received", hop) for hop in hops]
    header += [(name.replace("_", "-"), value) for name, value in fields.items()]
    return trace_fields(header, load_profiles(), parse_trust(trusted_by))
