"""A Received field is read from its from-clause, or told as not understood."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.trace.received import PROBLEMS, parse_received

if TYPE_CHECKING:
    from pathlib import Path

FORMS = [
    ("from a (b.example [192.0.2.1]) by c with ESMTP", "192.0.2.1"),
    ("from a (b.example [IPv6:2001:db8::1]) by c with ESMTP", "2001:db8::1"),
    ("from a (2001:db8::d2) by c with Microsoft SMTP Server id 15.1.225.42", "2001:db8::d2"),
    ("from ?IPv6:::ffff:10.1.1.1? (b. [192.0.2.1]) by mx.google.com", "192.0.2.1"),
    ("from [10.1.1.1] (b. [192.0.2.1]) by smtp.gmail.com with ESMTPSA", "192.0.2.1"),
    ("from b ([192.0.2.1] helo=a ident=c) by d with esmtp (Exim 4.9)", "192.0.2.1"),
    ("from b ([192.0.2.1]:25025 helo=[10.1.1.1]) by d with esmtp", "192.0.2.1"),
    ("from [192.0.2.1] (port=25025 helo=a) by d with esmtp", "192.0.2.1"),
    ("from b (helo=a [192.0.2.1]) by d with esmtp", "192.0.2.1"),
    (
        'from b ([192.0.2.1]:5602 "EHLO\r\n b" rhost-flags-OK) by d id S1 (ORCPT <rfc822;m@a>)',
        "192.0.2.1",
    ),
    ("from b ( [192.0.2.1]) by d (MTA) with SMTP id 4A.F6.05274.34581365", "192.0.2.1"),
    ("from [10.1.1.1] (192.0.2.1 [192.0.2.1]) by d with SMTPS id 1.2", "192.0.2.1"),
    ("from b (HELO a) (me@example.org@192.0.2.1) by d with SMTP", "192.0.2.1"),
    ("from b (HELO [10.1.1.1]) ([192.0.2.1]) by d with SMTP", "192.0.2.1"),
    ("from b (HELO a) (me@[192.0.2.1]) by d with SMTP", "192.0.2.1"),
    ("from b (HELO a) (me@192.0.2.1 with login) by d with SMTP", "192.0.2.1"),
    ("from 127.0.0.1  (EHLO a) (192.0.2.1) by d.mail.yahoo.com with SMTPs", "192.0.2.1"),
    ("from [192.0.2.1] (account me HELO [10.1.1.1]) by d with ESMTPSA", "192.0.2.1"),
    ("from [192.0.2.1] by web.mail.yahoo.com via HTTP", "192.0.2.1"),
    ("from 192.0.2.1 by web.example.org with HTTP", "192.0.2.1"),
    ("from 192.0.2.1 (EHLO mail.example.org) by 10.1.1.1 with SMTPs (version=TLS1_3)", "192.0.2.1"),
    ("from b(192.0.2.1) via SMTP by d", "192.0.2.1"),
    ("(from b [192.0.2.1]) by d with SMTP", "192.0.2.1"),
    ("FROM a (b [192.0.2.1]) BY d ID 1", "192.0.2.1"),
    ("from b (b [192.0.2.1])by d", "192.0.2.1"),
    ("from a (b [192.0.2.1]) (using TLSv1 with cipher X (256/256 bits)) by d", "192.0.2.1"),
    ("from b (Not Verified[192.0.2.1]) by d (using TLS: TLSv1.2, AES256-SHA) id <B1>", "192.0.2.1"),
    ("from b ([192.0.2.1]) from C=NA,O=Example,CN=b (verified) by d with esmtps", "192.0.2.1"),
    ("from b ([192.0.2.1]) by d with esmtp (Exim) id 1 from <me@example.org>", "192.0.2.1"),
    ("from [192.0.2.1] (account me HELO [10.1.1.1]) by d with ESMTPSA id 1", "192.0.2.1"),
    ("from b (EHLO a) [192.0.2.1] by d (mp071) with SMTP", "192.0.2.1"),
    ("from b ([192.0.2.1]) by d (192.0.2.9) (MDaemon PRO v26.0.2b) with ESMTPSA id 1", "192.0.2.1"),
    ("from 192.0.2.1 (EHLO b) by 10.1.1.1 with SMTPs (version=TLS1_3 cipher=X)", "192.0.2.1"),
    ("from b (unknown [192.0.2.1]) by d (NewMx) with SMTP id  for <m@example.org>", "192.0.2.1"),
    ("from b ([192.0.2.1] helo=b) with IPv4:25 by d", "192.0.2.1"),
]
FETCHED = "from imap.example.org [192.0.2.1] by localhost with IMAP (fetchmail-6)"
NONE = [
    ("from a by c (Product 8.12.11.20060308) with ESMTP id 15.1.225.42", "no-address"),
    ("by 10.36.60.20 with SMTP id x", "no-address"),
    ("from 192.0.2.1 by c with ESMTP", "no-address"),
    ("from a (unknown [unknown]) by c with ESMTP", "no-address"),
    ("from [192.0.2.1] by c (192.0.2.9) (MDaemon PRO v10.1.1) with ESMTP id md5.msg", "no-address"),
    ("from 192.0.2.1 by c with Microsoft SMTPSVC(6.0.3790.3959)", "no-address"),
    ("from 192.0.2.1 by c with AES256-GCM-SHA384 encrypted SMTP", "no-address"),
    ("from 192.0.2.1 by c id 1", "no-address"),
    ("from 192.0.2.1 via x by c", "no-address"),
    ("from [192.0.2.1] (unknown) by c (SG) with ESMTP id 1", "no-address"),
    ("from me by c with local (Exim 4.9)", "handed-over"),
    ("from c ([unix socket]) by c (Cyrus v2.4) with LMTPA", "handed-over"),
    (FETCHED, "fetched"),
    ("from imap.example.org [192.0.2.1] by localhost with POP3", "fetched"),
    ("(qmail 1 invoked by uid 404)", "no-address"),
    ("(qmail invoked by alias)", "no-address"),
    ("(nullmailer pid 477 invoked by uid 1000)", "no-address"),
    ("(wp-smtpd 16293 invoked by uid 100)", "no-address"),
    ("with ECARTIS (v1.0.0; list example)", "no-address"),
    ("(something of a stranger)", "not-understood"),
    ("something else", "not-understood"),
    ("from a (b [192.0.2.1] by c", "not-understood"),
    ("from a) (b [192.0.2.1]) by c", "not-understood"),
    ("from a\x00 (b [192.0.2.1]) by c", "not-understood"),
    ("x" * 9000, "too-long"),
]
TRICKS = [
    "from x by mx.google.com (a [198.51.100.1]) (b [192.0.2.1]) by mx.example.net with ESMTP",
    "from x (a [198.51.100.1]) (b [192.0.2.1]) by mx.example.net with ESMTP",
    *(
        f"from x (a [198.51.100.1]) {word} (b [192.0.2.1]) by mx.example.net with ESMTP"
        for word in ("from y", "via y", "id y", "for y", "for <y>", "; y", ";")
    ),
    "from x with HTTP (b [192.0.2.1]) by mx.example.net with ESMTP",
    "from x ( (b [192.0.2.1]) by mx.example.net with ESMTP",
    "from x ) (b [192.0.2.1]) by mx.example.net with ESMTP",
]
"""What a sender can call himself, in front of what a server wrote."""
NAMES = [
    "fetchmail.example",
    "x (fetchmail-6.4)",
    "x with POP3",
    "x with IMAP (fetchmail)",
    ";",
    "; x",
    "by",
    "from",
    "id",
    "for",
    "with",
    "via",
    "x from y",
    "x by y",
    "x BY y",
    "\u0130 BY y",
    "(",
    ")",
    "()",
    "(from x)",
    "(qmail 1 invoked by uid 2)",
    "<",
    "<;>",
    "<x",
    "[",
    "]",
    "[]",
    "\x00",
    "\x01",
    "x via HTTP",
    "x with qmail-scanner-1",
    "x by uid 1 with qmail-scanner",
    "x; Mon, 1 Jan 2024",
    "\u0130 FROM",
    "",
    "helo=",
    "HELO",
    "claiming",
    "x, claiming to be y",
    "x with local",
    "x with LMTP",
    "x via local",
    "x via POP3",
    "x via qmail-scanner-1",
    "x from y",
    "x ([unix socket])",
    "x (MDaemon PRO)",
    "nullmailer pid 1 invoked by uid 2",
]
"""The same, for what must never look as if nobody had connected."""


@pytest.mark.parametrize(("field", "address"), FORMS)
def test_each_form_gives_the_address_of_the_connection(field: str, address: str) -> None:
    found = parse_received(f"{field}; Fri, 20 Nov 2026 21:30:00 +0530")
    assert found.address is not None
    assert found.address.text == address
    assert found.problem == ""
    assert found.at is not None
    assert found.at.isoformat() == "2026-11-20T16:00:00+00:00"


@pytest.mark.parametrize(("field", "problem"), NONE)
def test_what_tells_no_connection_gives_no_address(field: str, problem: str) -> None:
    found = parse_received(field)
    assert (found.address, found.problem) == (None, problem)


@pytest.mark.parametrize("field", TRICKS)
def test_a_name_made_up_to_look_like_a_field_gives_no_address(field: str) -> None:
    found = parse_received(field)
    assert found.address is None
    assert found.problem in {"ambiguous", "not-understood"}
    assert found.by != "mx.google.com"


@pytest.mark.parametrize("name", ["x(y[198.51.100.1])", "x([198.51.100.1])", "x(198.51.100.1)"])
def test_a_glued_name_does_not_hide_the_real_address(name: str) -> None:
    found = parse_received(f"from {name} (unknown [192.0.2.1]) by mx.example.net")
    assert found.address is not None
    assert found.address.text == "192.0.2.1"


@pytest.mark.parametrize("end", ["from y", "via y", "via POP3", "id y", "for <y>", "; y", ";", "("])
def test_an_address_as_a_name_never_stands_in_for_the_real_one(end: str) -> None:
    exim = parse_received(f"from [192.0.2.1] (helo=x [198.51.100.1] {end}) by d with esmtp")
    assert exim.address is None or exim.address.text == "192.0.2.1"
    for written in ("(unknown [192.0.2.1])", "([192.0.2.1])", "(192.0.2.1)"):
        for protocol in (" with ESMTP id 1", ""):
            found = parse_received(
                f"from [198.51.100.1] {end} {written} by mx.example.net{protocol}"
            )
            assert found.address is None or found.address.text == "192.0.2.1"
            assert not found.is_handed_on


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "field",
    [
        "from {} (unknown [192.0.2.1]) by mx.example.net (Postfix) with ESMTP id 1; {}",
        "from {} ([192.0.2.1]) by mx.example.net; {}",
        "from {} (192.0.2.1) by mx.example.net with SMTP; {}",
        "from unknown (HELO {}) (192.0.2.1) by mx.example.net with SMTP; {}",
        "from [192.0.2.1] (helo={}) by mx.example.net with esmtp (Exim 4.9) id 1; {}",
        "from {} by mx.example.net with ESMTP; {}",
        "FROM {} (unknown [192.0.2.1]) BY mx.example.net ID 1; {}",
    ],
)
def test_no_name_makes_it_look_as_if_nobody_had_connected(field: str, name: str) -> None:
    found = parse_received(field.format(name, "Fri, 20 Nov 2026 21:30:00 +0000"))
    assert not found.is_handed_on
    assert found.by in {"", "mx.example.net"}
    assert found.address is None or found.address.text == "192.0.2.1"


def test_what_nobody_connected_for_is_told_so() -> None:
    for field in ("by 10.1.1.1 with SMTP id 1", "(qmail 1 invoked by uid 2)", FETCHED):
        assert parse_received(field).is_handed_on


def test_what_stands_around_it_is_told() -> None:
    found = parse_received(
        "from a.example (b.example [192.0.2.1]) (port=25025)\r\n\tby c.example (Postfix) with "
        "ESMTPS id <A1>\r\n\tfor <maya@example.org>; Fri, 20 Nov 2026 21:30:00 -0000"
    )
    assert (found.name, found.looked_up, found.by) == ("a.example", "b.example", "c.example")
    assert (found.protocol, found.id, found.recipient) == ("ESMTPS", "A1", "maya@example.org")
    assert found.address is not None
    assert found.address.port == 25025
    assert found.at is not None
    assert found.at.isoformat() == "2026-11-20T21:30:00+00:00"


def test_what_takes_mail_and_leaves_out_from_whom_has_not_handed_it_on() -> None:
    assert not parse_received(
        "by mx.example.net (envelope-sender <a@b>) with ESMTPS id 1"
    ).is_handed_on
    assert parse_received("by mx.example.net (Postfix) id 1").is_handed_on
    assert parse_received("by 2002:a05:6a10::1 with SMTP id 1").is_handed_on


@pytest.mark.parametrize(
    ("field", "name", "looked_up"),
    [
        ('from b ([192.0.2.1]:5602 "HELO a" ident: "x") by d', "a", ""),
        ("from [192.0.2.1] (port=5602 helo=a) by d with esmtp", "a", ""),
        ("from a (b [192.0.2.1] (may be forged)) by d with ESMTP", "a", ""),
        ("from a (192.0.2.1 [192.0.2.1]) by d with SMTPS", "a", ""),
        ("from a (b. [192.0.2.1]) by d with ESMTPS", "a", "b"),
        ("from b ([192.0.2.1] helo=a) by d with esmtp (Exim 4.9)", "a", "b"),
        ("from b ([192.0.2.1]) by d with esmtps (TLS1.2) (Exim 4.9)", "b", "b"),
        ("from [192.0.2.1] (helo=a) by d with esmtp (Exim 4.9)", "a", ""),
        ("from [10.1.1.1] ([192.0.2.1]) by d with esmtp (Exim 4.9)", "[10.1.1.1]", ""),
        ("from a ([192.0.2.1]) by d with esmtp", "a", ""),
    ],
)
def test_a_name_that_was_told_is_kept_apart_from_one_that_was_looked_up(
    field: str, name: str, looked_up: str
) -> None:
    found = parse_received(field)
    assert (found.name, found.looked_up) == (name, looked_up)


@pytest.mark.parametrize(
    ("field", "id_", "recipient"),
    [
        ("from b ([192.0.2.1]) by d with SMTP id for <m@example.org>", "", "m@example.org"),
        ("from b ([192.0.2.1]) by d with SMTP id for for <m@example.org>", "for", "m@example.org"),
        ("by d with SMTP id 1 for <multiple recipients>", "1", "multiple recipients"),
    ],
)
def test_for_whom_it_was_is_told(field: str, id_: str, recipient: str) -> None:
    found = parse_received(field)
    assert (found.id, found.recipient) == (id_, recipient)


def test_a_time_without_a_zone_is_no_moment() -> None:
    assert parse_received("from a by b; Fri, 20 Nov 2026 21:30:00").at is None
    assert parse_received("from a by b; Fri, 20 Nov 2026 21:30:00.518").at is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20 16:00:00.463531325 +0000 UTC m=+490797.009374959",
        "Fri, 20 Nov 2026 16:00:00.267 +0000 (UTC)",
    ],
)
def test_a_time_at_the_end_needs_no_semicolon(written: str) -> None:
    at = parse_received(f"from a (unknown) by b (SG) with HTTP id 1 {written}").at
    assert at is not None
    assert at.isoformat() == "2026-11-20T16:00:00+00:00"
    assert parse_received(f"from a by b id 1 {written} with SMTP; never").at is None
    assert parse_received(f"from {written} ([192.0.2.1]) by b with SMTP").at is None


@pytest.mark.parametrize(
    "written",
    ["2026-13-20 16:00:00 +0000", "2026-00-20 16:00:00 +0000", "2026-11-31 16:00:00 +0000"],
)
def test_a_day_that_does_not_exist_is_no_moment(written: str) -> None:
    assert parse_received(f"by b; {written}").at is None


@pytest.mark.parametrize(
    "written",
    [
        "Fri, 20 Nov 2026 21:30:00.518 +0530 (IST)",
        "20 Nov 2026 21:30:00 +0530",
        "Fri, 20 Nov 2026 21:30:00 +0530 (UTC+05:30)",
        "2026-11-20 16:00:00.463531325 +0000 UTC m=+490797.009374959",
        "2026-11-20T16:00:00Z",
        "Fri, 20 Nov 2026 21:30:00 +0530 (using TLSv1 with cipher X (256/256 bits)) (no cert)",
        "Fri, 20 Nov 2026 21:30:00 +0530 (IST) (envelope-from m@example.org)",
    ],
)
def test_a_time_may_have_more_than_a_zone_behind_it(written: str) -> None:
    at = parse_received(f"from a ([192.0.2.1]) by b; {written}").at
    assert at is not None
    assert at.isoformat() == "2026-11-20T16:00:00+00:00"


def test_a_lone_address_may_be_a_name() -> None:
    assert parse_received("from [192.0.2.1] by c with ESMTP").is_alone
    assert not parse_received("from [192.0.2.1] (HELO a) by c with ESMTP").is_alone


def test_cut_at_every_byte_it_never_shows_what_is_not_there() -> None:
    for field, _address in FORMS:
        for end in range(len(field)):
            found = parse_received(field[:end])
            assert found.address is None or found.address.text in field[:end]


@given(
    st.text(
        st.sampled_from(list("()[];<>@: .=\r\n\t1a")) | st.characters(codec="utf-8"), max_size=200
    )
)
def test_any_text_is_read_or_told_as_not_read(text: str) -> None:
    found = parse_received(f"from {text} by c")
    assert (found.address is None) == bool(found.problem)
    assert not found.problem or found.problem in PROBLEMS
    if found.address is not None:
        assert found.address.text in text


@pytest.mark.parametrize(
    "piece", ["(", ")", "()", "a ", "a(", ";", "@", "[", "<", "\r", "\r\n ", "helo=", "account "]
)
def test_no_field_takes_long(piece: str) -> None:
    began_s = time.process_time()
    parse_received("from " + piece * 200_000)
    parse_received("from a (" + (piece * 4000)[:3900] + ") by c")
    assert time.process_time() - began_s < 0.1


def test_the_oracle_of_a_mail_filter_is_met_in_full(corpus: Path) -> None:
    with (corpus / "email" / "received_oracle_spamassassin.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {row["header"]: parse_received(row["header"]) for row in rows}
    differs = [
        (row["header"], row["ip"], found[row["header"]].address)
        for row in rows
        if row["ip"] != getattr(found[row["header"]].address, "text", "")
    ]
    assert (len(rows), differs) == (144, [])
    assert all(not row["by"] or found[row["header"]].by == row["by"] for row in rows)
