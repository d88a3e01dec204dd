"""What a person vouches for, and how far that carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stalklog.readers.mail.header import parse_header
from stalklog.trace.address import address_of
from stalklog.trace.claims import header_claims
from stalklog.trace.received import parse_received
from stalklog.trace.trust import Networks, count_trusted, is_trustable, parse_network, parse_trust

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.trace.address import Address


def _networks(config: list[str], kind: str) -> Networks | None:
    words = [line.split()[1:] for line in config if line.startswith(f"{kind}_networks")]
    return parse_trust(words[0]).networks if words else None


def _addresses(headers: str) -> tuple[list[Address], list[str]]:
    fields = parse_header((headers + "\n\n").encode(), 0, len(headers) + 2).fields
    hops = [parse_received(value) for name, value in fields if name == "received"]
    addresses = [hop.address for hop in hops if hop.address is not None]
    ids = [hop.id for hop in hops]
    return [*addresses, *(claim.address for claim in header_claims(fields, -1))], ids


def test_the_oracle_of_a_mail_filter_is_met_in_full(corpus: Path) -> None:
    """Which relays are believed, in which order; the filter's mark `internal` has no use here."""
    oracle = json.loads((corpus / "email" / "trust_path_oracle_spamassassin.json").read_bytes())
    for case in oracle["cases"]:
        config: list[str] = case["config"]
        trusted, internal = _networks(config, "trusted"), _networks(config, "internal")
        submission = _networks(config, "msa") or Networks()
        addresses, ids = _addresses(case["headers"])
        count = count_trusted(addresses, trusted or internal, submission)
        expected: list[dict[str, Any]] = [*case["trusted"], *case["untrusted"]]
        assert [one["ip"] for one in expected] == [one.text for one in addresses], case
        assert count == len(case["trusted"]), case
        assert [one["id"] for one in expected if one["by"]] == ids
    assert len(oracle["cases"]) == 32


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("10/8", "10.0.0.0/8"),
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("mx.example.org", "None"),
        ("10/99", "None"),
        ("", "None"),
    ],
)
def test_a_network_is_told_from_a_name(typed: str, told: str) -> None:
    assert str(parse_network(typed)) == told


def test_a_name_means_what_is_below_it_and_nothing_else() -> None:
    trust = parse_trust(["Example.org", "*.example.net"])
    assert trust.wrote("mx.example.org.")
    assert trust.wrote("EXAMPLE.ORG")
    assert trust.wrote("mx.example.net")
    assert not trust.wrote("notexample.org")
    assert not trust.wrote("example.org.evil.example")
    assert not trust.wrote("")


def test_a_name_of_one_word_means_that_machine_alone() -> None:
    trust = parse_trust(["com", "mailhost"])
    assert trust.wrote("mailhost")
    assert not trust.wrote("evil.com")
    assert not trust.wrote("x.mailhost")
    assert parse_trust(["bücher.example"]).wrote("mx.xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [("10/8", True), ("!10/8", True), ("0/7", False), ("2001::/16", True), ("2000::/3", False),
     ("0.0.0.0/0", False), ("mx.example.org", True)],
)  # fmt: skip
def test_nobody_vouches_for_half_of_the_internet(typed: str, is_one: bool) -> None:
    assert is_trustable(typed) is is_one


@pytest.mark.parametrize("typed", ["*", ".", " ", "*."])
def test_nothing_vouches_for_a_machine_without_a_name(typed: str) -> None:
    assert parse_trust([typed]).hosts == ()
    assert not parse_trust([typed]).wrote("")


def test_the_first_rule_that_fits_counts() -> None:
    networks = parse_trust(["!192.0.2.7", "192.0.2.0/24"]).networks
    assert networks.holds(address_of("192.0.2.8"))
    assert not networks.holds(address_of("192.0.2.7"))
    assert not networks.holds(address_of("2001:db8::1"))
