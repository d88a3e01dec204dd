"""The list of registries is complete for addresses, says of when it is, and is read by shape."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stalklog.trace import bootstrap
from stalklog.trace.address import address_of
from stalklog.trace.bootstrap import (
    SOURCES,
    BootstrapError,
    kind_of_file,
    load_registries,
    make_registries,
    parse_file,
)

DATA = Path(bootstrap.__file__).parent / "data" / "rdap"


@pytest.mark.parametrize(
    ("address", "registry"),
    [
        ("49.36.10.1", "apnic"),
        ("192.0.47.9", "arin"),
        ("193.0.0.1", "ripe"),
        ("200.1.1.1", "lacnic"),
        ("41.1.1.1", "afrinic"),
        ("2400::1", "apnic"),
        ("2600::1", "arin"),
        ("2a00::1", "ripe"),
        ("2002:c100:1::1", "ripe"),
    ],
)
def test_each_registry_is_found(address: str, registry: str) -> None:
    found = load_registries().of_address(address_of(address))
    assert found is not None
    assert registry in found
    assert found.startswith("https://")
    assert found.endswith("/")


def test_a_domain_goes_to_the_registry_of_its_last_part() -> None:
    registries = load_registries()
    assert registries.of_domain("www.example.org") == (
        "https://rdap.publicinterestregistry.org/rdap/"
    )
    assert registries.of_domain("example.nowhere") is None


def test_what_is_nobodys_has_no_registry() -> None:
    assert load_registries().of_address(address_of("127.0.0.1")) is None


def test_the_list_says_of_when_it_is_and_what_it_is() -> None:
    registries = load_registries()
    assert registries.as_of["ipv4"].startswith("2019-06-07")
    assert registries.kept == ()
    for name in SOURCES:
        held = json.loads((DATA / f"{name}.json").read_bytes())
        assert "NOT IANA's own file: compiled by hand" in held["description"]
        assert set(held) == {"description", "publication", "services", "version"}  # RFC 9224


def test_it_agrees_with_the_corpus_in_every_network(corpus: Path) -> None:
    theirs = json.loads((corpus / "rdap" / "whoisit_bootstrap.json").read_bytes())
    registries = make_registries({name: theirs[name] for name in SOURCES})
    assert dict(registries.networks) == dict(load_registries().networks)


def test_a_file_of_iana_takes_the_place_of_ours_as_it_is(corpus: Path) -> None:
    theirs = json.loads((corpus / "rdap" / "whoisit_bootstrap.json").read_bytes())
    for name in SOURCES:
        read = parse_file(json.dumps(theirs[name]).encode())
        ours = parse_file((DATA / f"{name}.json").read_bytes())
        assert kind_of_file(read) == kind_of_file(ours) == name
        assert set(read) >= {"publication", "services", "version"}
        own = make_registries({one: ours if one == name else theirs[one] for one in SOURCES})
        assert own.as_of[name] == ours["publication"]
    assert kind_of_file(parse_file(json.dumps(theirs["asn"]).encode())) == ""


def test_the_longest_ending_of_a_name_counts() -> None:
    held = {"services": [[["in"], ["https://wide/"]], [["co.in", "XN--X"], ["https://narrow/"]]]}
    nothing: dict[str, list[object]] = {"services": []}
    made = make_registries({"ipv4": nothing, "ipv6": nothing, "dns": held})
    assert made.of_domain("shop.example.co.in.") == "https://narrow/"
    assert made.of_domain("example.net.in") == "https://wide/"
    assert made.of_domain("a.xn--x") == "https://narrow/"


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b'{"services": []}', b'{"services": 7}', b'{"services": [[["a"]]]}',
     b'{"services": [[["1.0.0.0/8"], ["http://example.org/"]]]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_such_list_is_refused(data: bytes) -> None:
    with pytest.raises(BootstrapError):
        parse_file(data)


def test_the_narrowest_network_counts_and_only_https() -> None:
    held = {
        "services": [
            [["10.0.0.0/8"], ["https://wide.example"]],
            [["10.1.0.0/16"], ["http://plain.example/", "https://narrow.example/"]],
            [["broken"], ["https://x.example/"]],
        ]
    }
    made = make_registries({"ipv4": held, "ipv6": {"services": []}, "dns": {"services": []}})
    assert made.of_address(address_of("10.1.2.3")) == "https://narrow.example/"
    assert made.of_address(address_of("10.2.2.3")) == "https://wide.example/"
