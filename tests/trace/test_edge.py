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
