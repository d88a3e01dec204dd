"""Whatever a stranger calls himself, and writes below, what is observed is where he came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trace.headers import traced

AT = "; Fri, 20 Nov 2026 21:30:04 +0000"
REAL, FAKE = "192.0.47.9", "198.18.0.1"
PIECES = (
    f"x|mx.google.com|mx.example.net|[{FAKE}]|{FAKE}|({FAKE})|([{FAKE}])|(a [{FAKE}])|[{FAKE}]:25|"
    f"me@{FAKE}|(me@{FAKE})|helo=[{FAKE}]|HELO [{FAKE}]|[IPv6:2001:db8::1]|[127.0.0.1]|10.1.1.1|"
    "(localhost [127.0.0.1])|by|from|with|via|id|for|for <a@b>|;|ESMTP|HTTP|local|LMTP|POP3|IMAP|"
    "(Exim 4.9)|(MDaemon PRO)|(HELO x)|EHLO|(unknown)|invoked|by uid 1|qmail-scanner|claiming|"
    '(fetchmail-6)|(may be forged)|(|)|<|>|"|port=25|Fri, 20 Nov 2026 21:30:00 +0000'
).split("|")
"""What the name of the other side is put together from."""
YAHOO = "from 127.0.0.1 by atlas-production.v2-mail.omega.yahoo.com pod-id x with HTTP"
APPLE = "from ci74p00im-q.me.com by p116-mailgateway-smtp-74 (mailgateway 1) with SMTP id 1"
SERVERS = {
    "google": [
        "by 2002:a05:6a10::1 with SMTP id 1",
        "from {} (a. [{}]) by mx.google.com with ESMTPS",
    ],
    "microsoft": ["from {} ({}) by X.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP"],
    "yahoo": [YAHOO, "from {1} (EHLO {0}) by 10.253.1.1 with SMTPs (version=X)"],
    "apple": [APPLE, "from {} (a [{}]) by ci74p00im-q.me.com (Postfix) with ESMTPS id 1"],
    "zoho": ["from {0} ({1} [{1}]) by mx.zohomail.com with SMTPS id 1"],
    "gmx": ["from a (EHLO {}) [{}] by mx0.gmx.net (mx110) with SMTP"],
    "postfix": ["from {} (unknown [{}]) (using TLS) by mx.example.net (Postfix) with ESMTP id 1"],
    "exim": ["from [{1}] (helo={0}) by mx.example.net with esmtp (Exim 4.9) id 1"],
    "exim-named": ["from a ([{1}]:25025 helo={0}) by mx.example.net with esmtp (Exim 4.9) id 1"],
    "sendmail": ["from {} (a [{}] (may be forged)) by mx.example.net (8.15) with ESMTP id 1"],
    "qmail": ["from unknown (HELO {}) ({}) by mx.example.net with SMTP"],
    "ironport": ["from a (HELO {}) ([{}]) by mx.example.net with ESMTP"],
    "zmailer": ['from a ([{1}]:5602 "EHLO {0}" rhost-flags-OK) by mx.example.net with ESMTP id 1'],
    "short": ["from {} ([{}]) by mx.example.net"],
}
"""What each server writes, with the name that was told and the address; the last is the edge."""
BELOW = [
    f"from z (z [{FAKE}]) by mx.google.com with ESMTP",
    f"from z ({FAKE}) by A.mail.protection.outlook.com with SMTP",
    f"from z (z [{FAKE}]) by mx.example.net (Postfix) with ESMTP",
    f"from {FAKE} (EHLO x) by 10.253.1.1 with SMTPs",
    f"from z ([{FAKE}]) by ci74p00im-q.me.com (Postfix) with ESMTPS",
    f"from mx.google.com ([{FAKE}]) by mx.zohomail.com with SMTPS",
]


@pytest.mark.parametrize("server", SERVERS)
@given(
    name=st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join),
    below=st.permutations(BELOW),
)
def test_nothing_that_a_stranger_writes_is_observed(
    server: str, name: str, below: list[str]
) -> None:
    hops = [one.format(name, REAL) + AT for one in SERVERS[server]]
    for trusted_by in ((), ("mx.example.net",)):
        found = traced(*hops, *(one + AT for one in below), trusted_by=trusted_by)
        assert found.why_not != "sent-inside"
        if found.origin is not None and found.origin.basis == "observed":
            assert found.origin.address.value == REAL


@pytest.mark.parametrize("server", SERVERS)
def test_an_honest_name_hides_nothing(server: str) -> None:
    hops = [one.format("mail.example.org", REAL) + AT for one in SERVERS[server]]
    found = traced(*hops, *BELOW, trusted_by=("mx.example.net",))
    assert found.origin is not None
    assert (found.origin.address.value, found.origin.basis) == (REAL, "observed")
