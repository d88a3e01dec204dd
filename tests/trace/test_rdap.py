"""A registry's answer is read tolerantly, and every contact in it is found with its path."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.safety.limits import MAX_CONTACTS
from stalklog.trace.rdap import PROBLEMS, RdapError, parse_registration

if TYPE_CHECKING:
    from pathlib import Path


def _card(name: str, *emails: str, kind: str = "") -> list[Any]:
    rows = [["email", {"type": kind} if kind else {}, "text", email] for email in emails]
    return ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name], *rows]]


def _network(**more: Any) -> bytes:  # noqa: ANN401 - any JSON
    held = {"startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "name": "EXAMPLE-NET"}
    return json.dumps(held | more).encode()


def test_contacts_are_found_wherever_they_are_the_fitting_ones_first() -> None:
    desk = {"handle": "DESK", "roles": ["abuse"], "vcardArray": _card("Desk", "abuse@example.org")}
    owner = {
        "handle": "OWNER",
        "roles": ["registrant"],
        "vcardArray": _card("Example Net", "office@example.org"),
        "entities": [desk],
    }
    nameless = {"handle": "X", "vcardArray": _card("Team", "cert@example.org", kind="abuse")}
    found = parse_registration(_network(entities=[owner, nameless, "broken", {"entities": 7}]))
    told = [(one.email, one.is_abuse, one.roles, one.path) for one in found.contacts]
    assert told == [
        ("abuse@example.org", True, ("abuse", "registrant"), ("OWNER", "DESK")),
        ("cert@example.org", True, (), ("X",)),
        ("office@example.org", False, ("registrant",), ("OWNER",)),
    ]
    assert found.organisation == "Example Net"


@pytest.mark.parametrize(
    ("start", "end", "is_wide"),
    [
        ("0.0.0.0", "255.255.255.255", True),  # noqa: S104 - a range in an answer
        ("192.0.0.0", "193.255.255.255", True),
        ("192.0.0.0", "192.255.255.255", False),
        ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True),
        ("2400::", "2401:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True),
        ("2400::", "2400:ffff:ffff:ffff:ffff:ffff:ffff:ffff", False),
    ],
)
def test_what_is_as_wide_as_a_continent_is_a_catch_all(start: str, end: str, is_wide: bool) -> None:
    found = parse_registration(_network(startAddress=start, endAddress=end))
    assert found.is_catch_all == is_wide


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        ("APNIC-14", True),
        ("RIPE-213", True),
        ("RIPE-NCC", True),
        ("NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK", True),
        ("IANA-NETBLOCK-1", True),
        ("ERX-NETBLOCK", True),
        ("AFRINIC", True),
        ("APNIC-LABS", False),
        ("ARIN-EXAMPLE", False),
        ("EXAMPLE-NET", False),
    ],
)
def test_a_block_of_a_registry_itself_is_a_catch_all(name: str, is_own: bool) -> None:
    assert parse_registration(_network(name=name)).is_catch_all == is_own


@pytest.mark.parametrize(
    ("start", "end"),
    [("192.000.002.000", "192.000.002.255"), ("192.0.2.0/32", "192.0.2.255/32")],
)
def test_odd_ways_of_writing_addresses_are_read(start: str, end: str) -> None:
    found = parse_registration(_network(startAddress=start, endAddress=end))
    assert found.holds("192.0.2.7")
    assert not found.holds("192.0.3.7")
    assert not found.holds("2001:db8::1")
    assert found.kind == "ip network"


def test_where_another_registry_says_more_is_told() -> None:
    links = [
        {"rel": "related", "href": "https://example.org/ip/1", "type": "application/rdap+json"},
        {"rel": "related", "href": "https://example.org/page", "type": "text/html"},
        {"rel": "self", "href": "https://example.org/x", "type": "application/rdap+json"},
        {"rel": "up", "href": 7, "type": "application/rdap+json"},
        "broken",
    ]
    assert parse_registration(_network(links=links)).related == ("https://example.org/ip/1",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not-json"), (b"<html>", "not-json"), (b"[1]", "not-json"), (b"7", "not-json"),
        (b"[" * 100_000, "not-json"), (b"{}", "not-registration"),
        (b'{"services": []}', "not-registration"), (b'{"startAddress": "1.1', "not-json"),
    ],
)  # fmt: skip
def test_what_is_no_registration_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(RdapError) as caught:
        parse_registration(body)
    assert caught.value.reason == reason
    assert reason in PROBLEMS


def test_entities_without_end_are_read_up_to_a_limit() -> None:
    deep: dict[str, Any] = {"handle": "x"}
    for _level in range(50):
        deep = {"handle": "x", "vcardArray": _card("n", "a@example.org"), "entities": [deep]}
    assert len(parse_registration(_network(entities=[deep])).contacts) <= 10
    many = [{"vcardArray": _card("n", f"a{n}@example.org")} for n in range(MAX_CONTACTS + 50)]
    assert len(parse_registration(_network(entities=many)).contacts) == MAX_CONTACTS


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["entities", "vcardArray", "roles", "links", "handle", "startAddress", "name"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_told(held: object) -> None:
    with suppress(RdapError):
        parse_registration(json.dumps(held).encode())


def test_every_answer_of_the_corpus_is_read_with_the_contacts_of_its_manifest(corpus: Path) -> None:
    with (corpus / "rdap" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = 0
    for row in rows:
        body = (corpus / "rdap" / row["file"]).read_bytes()
        if row["objectClass"] == "bootstrap":
            continue
        found = parse_registration(body)
        read += 1
        assert (found.kind, found.handle) == (row["objectClass"], row["handle"])
        abuse = dict.fromkeys(one.email for one in found.contacts if one.is_abuse)
        assert list(abuse) == row["abuse_emails_recursive"].split(";"), row["file"]
        if row["start"]:
            assert (str(found.start), str(found.end)) == (row["start"], row["end"])
    assert read == 8
