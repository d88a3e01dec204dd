"""Only what the receiver's provider wrote is observed; what came with the message is a claim."""

from __future__ import annotations

import pytest
from tests.trace.headers import FORGED, GMAIL_EDGE, GMAIL_INSIDE, OWN_SERVER, traced
from tests.trace.test_received import NAMES

FORWARDER = (
    "from x (client.example [192.0.47.77]) by mx.example.net (Postfix) with ESMTP; "
    "Fri, 20 Nov 2026 21:29:00 -0800"
)
FROM_FORWARDER = (
    "from mx.example.net ({name} [192.0.47.5]) by mx.google.com with ESMTPS; "
    "Fri, 20 Nov 2026 21:30:00 -0800"
)


def test_the_edge_of_a_known_provider_is_the_origin() -> None:
    found = traced(GMAIL_INSIDE, GMAIL_EDGE, FORGED)
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.confidence) == ("192.0.47.9", "high")
    assert found.origin.basis == "observed"
    assert [hop.trust for hop in found.hops] == ["observed", "edge", "claimed"]
    assert found.receiver is not None
    assert found.receiver.id == "google"


def test_a_forged_edge_below_a_real_server_is_no_observation() -> None:
    found = traced(OWN_SERVER, FORGED)
    assert found.origin is not None
    assert (found.origin.basis, found.origin.confidence) == ("claimed", "low")
    assert found.origin.address.text == "192.0.47.66"
    assert found.receiver is None


def test_a_provider_that_took_it_in_twice_with_others_between_is_a_claim() -> None:
    inside = (
        "from x (x [192.0.47.70]) by A.prod.outlook.com with SMTP; Fri, 20 Nov 2026 21:30:04 +0000"
    )
    edge = "from y (192.0.47.71) by B.mail.protection.outlook.com with SMTP"
    found = traced(inside, OWN_SERVER, edge)
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.reason) == ("192.0.47.71", "others-above")
    assert found.origin.basis == "claimed"


def test_the_senders_own_provider_is_not_taken_for_the_receivers() -> None:
    received = (
        "from X.outbound.protection.outlook.com (x.outbound.protection.outlook.com "
        "[40.92.74.29]) by mx.example.net with ESMTPS; Fri, 20 Nov 2026 21:30:04 +0000"
    )
    sent = "from A.prod.outlook.com (2a01:111::1) by B.mail.protection.outlook.com with SMTP"
    found = traced(received, sent)
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.basis) == ("40.92.74.29", "claimed")
    assert found.provider is not None
    assert found.provider.profile.id == "microsoft"


def test_a_forged_edge_is_not_believed_behind_a_private_address() -> None:
    proxied = OWN_SERVER.replace("192.0.47.66", "172.17.0.1")
    found = traced(proxied, FORGED)
    assert found.origin is not None
    assert found.origin.basis == "claimed"


def test_a_machine_named_by_its_own_address_is_looked_behind() -> None:
    top = "from 10.1.1.1 by atlas1.free.mail.ne1.yahoo.com with HTTPS; {}"
    taken = "from 192.0.47.9 (EHLO mail.example.org) by {} with SMTPs; {}"
    at = "Fri, 20 Nov 2026 21:30:04 +0000"
    found = traced(top.format(at), taken.format("10.1.1.1", at), FORGED)
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.confidence) == ("192.0.47.9", "high")
    assert [hop.trust for hop in found.hops] == ["observed", "edge", "claimed"]
    other = traced(top.format(at), taken.format("10.1.1.2", at))
    assert other.origin is not None
    assert other.origin.address.text == "10.1.1.1"


AT = "Fri, 20 Nov 2026 21:30:04 +0000"
SILENT = [
    "by mx.example.net with ESMTPS id 1",
    "by mx.example.net (envelope-sender <a@example.org>) with ESMTPS id 1",
    "by mx.example.net (Postfix, from userid 1000) id 1",
    "by mx.example.net with LMTP id 1",
    "by mx1 with SMTP id 1",
    "from mx.example.net ([unix socket]) by mx.example.net (Cyrus) with LMTPA",
    "from mail by mx.example.net with local (Exim 4.9) id 1",
    "from x by mx.example.net (MDaemon PRO v10.1.1) with ESMTP id 1",
]
"""What a server may write that takes a message from a stranger and keeps quiet about him."""


@pytest.mark.parametrize("genuine", SILENT)
@pytest.mark.parametrize(
    "forged",
    [
        FORGED,
        "from x (198.18.0.1) by A.mail.protection.outlook.com with SMTP; " + AT,
        "from A.prod.outlook.com (2a01:111::1) by B.prod.outlook.com with mapi; " + AT,
        "from 198.18.0.1 (EHLO x) by 10.1.1.1 with SMTPs; " + AT,
    ],
)
def test_a_silent_server_does_not_make_what_stands_below_it_believed(
    genuine: str, forged: str
) -> None:
    found = traced(f"{genuine}; {AT}", forged)
    assert found.receiver is None
    assert found.origin is None or found.origin.basis == "claimed"
    assert found.why_not != "sent-inside"
    vouched = traced(
        f"{genuine}; {AT}",
        forged,
        "from y (z [198.18.0.2]) by mx.example.net",
        trusted_by=("mx.example.net",),
    )
    assert vouched.origin is None or vouched.origin.address.text != "198.18.0.1"


@pytest.mark.parametrize("name", ["mx.example.net", "mail.mx.example.net"])
@pytest.mark.parametrize("looked_up", ["unknown", "mx.example.net", ""])
def test_a_name_that_a_stranger_gave_himself_is_not_followed(name: str, looked_up: str) -> None:
    unsure = " (may be forged)" if looked_up == "mx.example.net" else ""
    real = f"from {name} ({looked_up} [192.0.47.66]{unsure}) by mx.example.net with ESMTP; {AT}"
    forged = f"from x (y [198.18.0.1]) by mx.example.net (Postfix) with ESMTP; {AT}"
    found = traced(real, forged, trusted_by=("mx.example.net",))
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.66"


@pytest.mark.parametrize(
    "inner",
    [
        "from mx.example.net ([192.0.47.5]) by imap.example.net with LMTP id 1",
        "from mx.example.net (mx.example.net [192.0.47.5]) by imap.example.net with ESMTP",
        "from mx.example.net ([192.0.47.5]) by imap.example.net with esmtp (Exim 4.9)",
        "from mx.example.net ([10.1.1.1]) by imap.example.net with ESMTP",
    ],
)
def test_the_own_side_is_followed_to_where_a_stranger_connected(inner: str) -> None:
    found = traced(f"{inner}; {AT}", OWN_SERVER, FORGED, trusted_by=("example.net",))
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.basis) == ("192.0.47.66", "observed")


def test_a_field_that_cannot_be_read_is_not_looked_behind() -> None:
    real = f"from x by y (unknown [192.0.47.66]) by mx.example.net with ESMTP; {AT}"
    mute = f"from x by mx.example.net (MDaemon PRO v10) with ESMTP; {AT}"
    forged = f"from x (y [198.18.0.1]) by mx.example.net (Postfix) with ESMTP; {AT}"
    for top in (real, mute):
        found = traced(top, forged, trusted_by=("mx.example.net",))
        assert found.origin is None or found.origin.basis == "claimed"


@pytest.mark.parametrize(
    ("top", "edge"),
    [
        (
            "from 127.0.0.1 by atlas-production.v2-mail.omega.yahoo.com pod-id x with HTTP",
            "from 192.0.47.9 (EHLO a) by 10.253.231.25 with SMTPs (version=TLS1_3 cipher=X)",
        ),
        (
            "from ci74p00im-qukt0.me.com by p116-mailgateway-smtp-74-6m (mailgateway 24) with SMTP",
            "from a (b [192.0.47.9]) by ci74p00im-qukt0.me.com (Postfix) with ESMTPS id 1",
        ),
        (
            "from p00-icloudmta-smtpin-us-1 by p129-mailgateway-smtpin-yo (mailgateway) with SMTP",
            "from a (b [192.0.47.9]) by p00-icloudmta-smtpin-us-1 (Postfix) with ESMTPS id 1",
        ),
        (
            "from mxfront3q.mail.yandex.net (x [127.0.0.1]) by mxfront3q.mail.yandex.net with LMTP",
            "from a (b [192.0.47.9]) by mxfront3q.mail.yandex.net (mxfront/Yandex) with ESMTPS",
        ),
        (
            "from COL004-MC2F30.hotmail.com (10.1.1.1) by X.mail.protection.outlook.com with SMTP",
            "from a ([192.0.47.9]) by COL004-MC2F30.hotmail.com with Microsoft SMTPSVC(7.5)",
        ),
        (
            "from A.prod.exchangelabs.com (2603:10a6::1) by B.prod.exchangelabs.com with SMTP",
            "from a (192.0.47.9) by X.mail.protection.outlook.com (10.1.1.1) with SMTP",
        ),
        (
            "(qmail invoked by alias)",
            "from b (EHLO a) [192.0.47.9] by mx0.gmx.net (mx110) with SMTP",
        ),
    ],
)
def test_the_ways_of_providers_lead_to_who_connected(top: str, edge: str) -> None:
    found = traced(
        f"{top}; {AT}", f"{edge}; {AT}", FORGED, f"{edge.replace('47.9', '47.66')}; {AT}"
    )
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.confidence) == ("192.0.47.9", "high")
    assert [hop.trust for hop in found.hops] == ["observed", "edge", "claimed", "claimed"]


def test_a_machine_that_connected_to_itself_is_no_origin() -> None:
    top = f"from 127.0.0.1 by atlas-production.v2-mail.omega.yahoo.com pod-id x with HTTP; {AT}"
    for unread in ("from 192.0.47.9 (EHLO () by 10.1.1.1 with SMTPs", "from x by y by 10.1.1.1"):
        found = traced(top, f"{unread}; {AT}", FORGED)
        assert (found.origin, found.why_not) == (None, "edge-without-address")


def test_a_mail_inside_apple_has_no_origin_and_goes_to_it() -> None:
    found = traced(
        f"from p00-icloudmta-asmtp-us-1 by p139-mailgateway-smtp-68 (mailgateway) with SMTP; {AT}",
        "from outbound.ci.icloud.com (unknown [127.0.0.2]) by p00-icloudmta-asmtp-us-1 (Postfix) "
        f"with ESMTPS id 1; {AT}",
    )
    assert (found.origin, found.why_not) == (None, "sent-inside")
    assert found.provider is not None
    assert found.provider.profile.id == "icloud"


@pytest.mark.parametrize("name", NAMES)
def test_no_name_lets_a_forged_edge_be_believed(name: str) -> None:
    real = (
        f"from {name} (unknown [192.0.47.66]) by mx.example.net (Postfix) with ESMTP id 1; "
        "Fri, 20 Nov 2026 21:30:04 +0000"
    )
    found = traced(real, FORGED)
    assert found.origin is None or found.origin.basis == "claimed"
    assert found.receiver is None


def test_only_the_writer_of_a_field_makes_it_an_edge() -> None:
    lied = OWN_SERVER.replace("from evil", "from mx.google.com")
    found = traced(lied)
    assert found.receiver is None
    assert found.origin is not None
    assert found.origin.basis == "claimed"


def test_without_a_known_provider_the_first_stranger_is_a_claim() -> None:
    found = traced("from a (a [10.0.0.2]) by b; Fri, 20 Nov 2026 21:30:00 +0000", OWN_SERVER)
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.66"
    assert (found.origin.basis, found.origin.reason) == ("claimed", "nobody-known")
    assert found.vouch == "mx.example.net"


def test_a_machine_that_is_vouched_for_is_an_edge() -> None:
    found = traced(OWN_SERVER, FORGED, trusted_by=("mx.example.net",))
    assert found.origin is not None
    assert (found.origin.address.text, found.origin.confidence) == ("192.0.47.66", "medium")
    assert found.origin.basis == "observed"


def test_what_she_fetched_herself_may_stand_on_top() -> None:
    fetched = "from imap.example.org [192.0.47.1] by localhost with IMAP (fetchmail-6.4)"
    found = traced(fetched, GMAIL_INSIDE, GMAIL_EDGE)
    assert found.origin is not None
    assert found.origin.basis == "observed"


def test_a_forwarder_that_is_vouched_for_is_looked_behind() -> None:
    hop = FROM_FORWARDER.format(name="mx.example.net.")
    assert traced(hop, FORWARDER).origin is not None
    found = traced(hop, FORWARDER, FORGED, trusted_by=("example.net",))
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.77"
    assert found.origin.confidence == "medium"


def test_a_stranger_who_calls_himself_the_forwarder_is_not_believed() -> None:
    hop = FROM_FORWARDER.format(name="client.example.")
    found = traced(hop, FORWARDER, trusted_by=("mx.example.net",))
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.5"


def test_a_network_can_be_vouched_for() -> None:
    hop = FROM_FORWARDER.format(name="whatever.")
    found = traced(hop, FORWARDER, trusted_by=("192.0.47.5",))
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.77"


def test_where_every_machine_is_vouched_for_there_is_no_origin() -> None:
    found = traced(OWN_SERVER, trusted_by=("192.0.47.0/24",))
    assert (found.origin, found.why_not) == (None, "all-trusted")


def test_a_mail_inside_one_provider_has_no_origin_and_goes_to_it() -> None:
    inside = "from A.eurprd1.prod.outlook.com ([fe80::1]) by B.eurprd1.prod.outlook.com with mapi"
    found = traced(inside)
    assert (found.origin, found.why_not) == (None, "sent-inside")
    assert found.provider is not None
    assert found.provider.profile.id == "microsoft"


def test_no_hops_are_said_to_be_none() -> None:
    assert traced(subject="hello").why_not == "no-hops"
    assert traced("(qmail 1 invoked by uid 3)").why_not == "no-hops"


def test_an_edge_without_an_address_gives_none_from_below() -> None:
    found = traced("from x by mx.google.com with ESMTP", FORGED)
    assert (found.origin, found.why_not) == (None, "edge-without-address")
