"""A registry is asked once for each network, and its answer kept as evidence, whatever it says."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from tests.net.stub import Reply, network

from stalklog.core.clock import SystemClock
from stalklog.errors import NetworkNotAllowedError, NetworkNotReachableError, UsageError
from stalklog.services.desk import Desk
from stalklog.services.entries import find_entry
from stalklog.services.evidence import get_original
from stalklog.services.lookup import Registrar, registered_part
from stalklog.services.questions import keep_question, kept_questions
from stalklog.services.registry_lists import refresh, registries_of
from stalklog.services.settings import Settings
from stalklog.services.tracing import subject_of_address, subject_of_domain
from stalklog.services.vaults import create_vault
from stalklog.trace.bootstrap import make_registries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.net.stub import Stub

    from stalklog.net import Door, Leaving
    from stalklog.services.tracing import Subject
    from stalklog.trace.bootstrap import Registries

ONE = "192.0.47.9"
"""Public, and ICANN's own; only the stub on this machine is ever asked about it."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="UTC"))
    return Desk(tmp_path / "vault")


def _registries(base: str) -> Registries:
    """All addresses, and domains of org, are the stub's; its address is let through as it is."""
    files = {
        "ipv4": {"services": [[["0.0.0.0/0"], ["https://stub/"]]]},
        "ipv6": {"services": [[["::/0"], ["https://stub/"]]]},
        "dns": {"services": [[["org", "in"], ["https://stub/"]]]},
    }
    made = make_registries(files)
    networks = tuple((one, base) for one, _url in made.networks)
    return type(made)(networks, dict.fromkeys(made.domains, base), {})


@pytest.fixture
def registrar(desk: Desk, door: Door, stub: Stub) -> Registrar:
    return Registrar(desk, door, _registries(stub.base))


def test_the_answer_is_told_and_kept_byte_for_byte(
    registrar: Registrar, stub: Stub, desk: Desk, told: list[Leaving], tmp_path: Path
) -> None:
    body = network("192.0.47.0", "192.0.47.255")
    stub.put(f"ip/{ONE}", Reply(status=302, headers={"Location": f"{stub.base}there"}))
    stub.put("there", Reply(body))
    found = registrar.look_up(subject_of_address(ONE))
    assert found.state == "found"
    assert found.registration is not None
    assert [one.email for one in found.registration.contacts] == ["abuse@example.net"]
    assert [leaving.what for leaving in told] == [ONE, ONE]
    (kept,) = found.kept
    entry = find_entry(desk.open(), kept.id).entry
    assert entry.fields["url"] == f"{stub.base}there"
    acquired = entry.fields["acquired"]
    assert isinstance(acquired, dict)
    assert f"asked {stub.base}ip/{ONE}; sent on to {stub.base}there; answered 200" in str(
        acquired["method"]
    )
    assert entry.fields["sha256"] == kept.sha256
    get_original(desk, kept.id, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == body


def test_a_network_is_asked_about_once(registrar: Registrar, stub: Stub) -> None:
    stub.put(f"ip/{ONE}", Reply(network("192.0.47.0", "192.0.47.255")))
    stub.put("ip/192.0.33.1", Reply(network("192.0.33.0", "192.0.33.255")))
    for value in (ONE, "192.0.47.10", ONE, "192.0.33.1"):
        assert registrar.look_up(subject_of_address(value)).state == "found"
    assert stub.asked == [f"ip/{ONE}", "ip/192.0.33.1"]


@pytest.mark.parametrize(
    "value", ["10.0.0.1", "100.64.0.1", "127.0.0.1", "192.0.2.1", "224.0.0.1", "2002:a00:1::1"]
)
def test_what_is_not_of_the_public_internet_is_asked_of_nobody(
    registrar: Registrar, stub: Stub, told: list[Leaving], value: str
) -> None:
    assert registrar.look_up(subject_of_address(value)).state == "not-public"
    assert (stub.asked, told) == ([], [])


def test_the_address_inside_a_tunnel_is_asked_about(registrar: Registrar, stub: Stub) -> None:
    stub.put(f"ip/{ONE}", Reply(network("192.0.47.0", "192.0.47.255")))
    assert registrar.look_up(subject_of_address("2002:c000:2f09::1")).state == "found"
    assert stub.asked == [f"ip/{ONE}"]


def test_a_domain_is_asked_about_by_its_registered_part(registrar: Registrar, stub: Stub) -> None:
    card = ["vcard", [["email", {}, "text", "abuse@example.net"]]]
    held = {"objectClassName": "domain", "ldhName": "example.org",
            "entities": [{"roles": ["registrar"],
                          "entities": [{"roles": ["abuse"], "vcardArray": card}]}]}  # fmt: skip
    stub.put("domain/example.org", Reply(json.dumps(held).encode()))
    found = registrar.look_up(subject_of_domain("www.mail.example.org"))
    assert found.state == "found"
    assert stub.asked == ["domain/example.org"]
    assert registered_part("a.example.co.in") == "example.co.in"
    assert registrar.look_up(subject_of_domain("example.nowhere")).state == "no-registry"


def test_a_catch_all_names_nobody_and_is_followed_once(registrar: Registrar, stub: Stub) -> None:
    def wide(place: str) -> bytes:
        link = {"rel": "related", "href": f"{stub.base}{place}", "type": "application/rdap+json"}
        return network("0.0.0.0", "255.255.255.255", links=[link])  # noqa: S104 - a range

    stub.put(f"ip/{ONE}", Reply(wide("other")))
    stub.put("other", Reply(network("192.0.47.0", "192.0.47.255")))
    found = registrar.look_up(subject_of_address(ONE))
    assert (found.state, len(found.kept)) == ("found", 2)
    stub.put("ip/192.0.33.1", Reply(wide("again")))
    stub.put("again", Reply(wide("again")))
    found = registrar.look_up(subject_of_address("192.0.33.1"))
    assert (found.state, found.why) == ("nobody", "catch-all")
    assert stub.asked.count("again") == 1


@pytest.mark.parametrize(
    ("reply", "state", "why"),
    [
        (Reply(status=404), "not-found", ""),
        (Reply(status=500), "failed", "500"),
        (Reply(b"{", status=200), "failed", "not-json"),
        (Reply(b"<html>", media_type="text/html"), "failed", "not-json"),
        (Reply(network("192.0.47.0", "192.0.47.255"), media_type="text/html"), "failed",
         "not-json"),
        (Reply(b"{}"), "failed", "not-registration"),
        (Reply(network("192.0.33.0", "192.0.33.255")), "nobody", "another"),
        (Reply(network("192.0.47.0", "192.0.47.255", entities=[])), "nobody", ""),
        (Reply(status=429, headers={"Retry-After": "900"}), "busy", "429"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_told_and_names_nobody(
    registrar: Registrar, stub: Stub, reply: Reply, state: str, why: str
) -> None:
    stub.put(f"ip/{ONE}", reply)
    found = registrar.look_up(subject_of_address(ONE))
    assert (found.state, found.why) == (state, why)
    assert found.retry_after_s == (900 if state == "busy" else None)
    assert len(stub.asked) == 1


def test_where_nobody_answers_the_question_is_kept(desk: Desk, door: Door, stub: Stub) -> None:
    stub.put(f"ip/{ONE}", Reply(network("192.0.47.0", "192.0.47.255")))
    gone = Registrar(desk, door, _registries("http://127.0.0.1:1/"))
    for value in (ONE, "192.0.33.1"):
        with pytest.raises(NetworkNotReachableError) as caught:
            gone.look_up(subject_of_address(value))
        assert "trace --lookup" in caught.value.hint
    assert [one.value for one in kept_questions(desk)] == [ONE, "192.0.33.1"]
    Registrar(desk, door, _registries(stub.base)).look_up(subject_of_address(ONE))
    assert [one.value for one in kept_questions(desk)] == ["192.0.33.1"]


def test_what_somebody_else_wrote_among_the_questions_is_read_as_typed(desk: Desk) -> None:
    assert keep_question(desk, subject_of_domain("example.org"))
    place = desk.vault / "cache" / "questions.json"
    assert place.stat().st_mode & 0o777 == 0o600
    rows = [{"kind": "address", "value": "x"}, {"kind": "url", "value": ONE}, 7, None]
    place.write_text(json.dumps([*rows, {"kind": "domain", "value": "example.org"}]))
    assert [one.value for one in kept_questions(desk)] == ["example.org"]
    for data in (b"{", b"7", b"[" * 100_000):
        place.write_bytes(data)
        assert kept_questions(desk) == []


def test_no_question_is_written_through_a_link(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("untouched")
    (desk.vault / "cache").mkdir(exist_ok=True)
    (desk.vault / "cache" / "questions.json").symlink_to(other)
    assert not keep_question(desk, subject_of_domain("example.org"))
    assert other.read_text() == "untouched"


def test_a_closed_door_asks_nobody(desk: Desk, door: Door, stub: Stub) -> None:
    door.is_open = False
    with pytest.raises(NetworkNotAllowedError):
        Registrar(desk, door, _registries(stub.base)).look_up(subject_of_address(ONE))
    assert stub.asked == []


def test_a_fresh_list_of_registries_is_read(
    desk: Desk, door: Door, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {name: f"{stub.base}{name}" for name in ("ipv4", "ipv6", "dns")}
    monkeypatch.setattr("stalklog.trace.bootstrap.SOURCES", sources)
    assert registries_of(desk.open()).kept == ()
    for name, listed in (("ipv4", "0.0.0.0/0"), ("ipv6", "::/0"), ("dns", "org")):
        held = {"publication": "2026-11-01", "services": [[[listed], ["https://r.example/"]]]}
        stub.put(name, Reply(json.dumps(held).encode(), media_type="application/json"))
    registries = refresh(desk, door)
    assert registries.of_domain("example.org") == "https://r.example/"
    assert registries.as_of["dns"] == "2026-11-01"
    assert registries.kept == ("E-0001", "E-0002", "E-0003")
    assert registries_of(desk.open()) == registries
    entry = find_entry(desk.open(), "E-0003").entry
    assert (entry.fields["url"], entry.fields["tags"]) == (f"{stub.base}dns", ["rdap-list"])
    for body in (b"{}", b"", json.dumps({"services": [[["::/0"], ["https://x/"]]]}).encode()):
        stub.put("dns", Reply(body))
        with pytest.raises(UsageError):
            refresh(desk, door)
    assert registries_of(desk.open()) == registries


def test_a_list_that_was_changed_in_the_vault_is_not_asked_by(
    desk: Desk, door: Door, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {name: f"{stub.base}{name}" for name in ("ipv4", "ipv6", "dns")}
    monkeypatch.setattr("stalklog.trace.bootstrap.SOURCES", sources)
    for name, entry in (("ipv4", "0.0.0.0/0"), ("ipv6", "::/0"), ("dns", "org")):
        held = {"publication": "2026-11-01", "services": [[[entry], ["https://r.example/"]]]}
        stub.put(name, Reply(json.dumps(held).encode(), media_type="application/json"))
    refresh(desk, door)
    for original in (desk.vault / "objects").rglob("*"):
        if original.is_file():
            data = original.read_bytes()
            original.chmod(0o600)
            original.write_bytes(data.replace(b"r.example", b"x.example"))
    found = registries_of(desk.open())
    assert found.kept == ()
    assert found.of_domain("example.org") == "https://rdap.publicinterestregistry.org/rdap/"


def test_every_answer_of_the_corpus_is_understood_over_the_wire(
    registrar: Registrar, stub: Stub, tried: list[tuple[object, ...]], corpus: Path
) -> None:
    with (corpus / "rdap" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    networks = {row["start"]: row for row in rows if row["objectClass"] == "ip network"}
    for start, row in networks.items():
        stub.put(f"ip/{start}", Reply((corpus / "rdap" / row["file"]).read_bytes()))
    for start, row in networks.items():
        found = registrar.look_up(subject_of_address(start))
        assert found.state == "found", row["file"]
        assert found.registration is not None
        abuse = dict.fromkeys(one.email for one in found.registration.contacts if one.is_abuse)
        assert list(abuse) == row["abuse_emails_recursive"].split(";")
    assert sorted(stub.asked) == sorted(f"ip/{start}" for start in networks)
    assert {one[:2] for one in tried} == {("127.0.0.1", stub.server.server_port)}


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        (subject_of_address("2002:c000:2f09::"), f"ip/{ONE}"),
        (subject_of_domain("mail.shop.example.org"), "domain/example.org"),
    ],
)
def test_what_is_said_to_leave_is_what_is_asked(
    registrar: Registrar, stub: Stub, told: list[Leaving], subject: Subject, asked: str
) -> None:
    registrar.look_up(subject)
    assert [one.partition("?")[0].strip("/") for one in stub.asked] == [asked]
    assert [leaving.what for leaving in told] == [asked.partition("/")[2]]
