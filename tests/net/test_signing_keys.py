"""The keys of a mail are asked for when she says so, told first, kept, and used without a network.

The directory of names is a stub on this machine; its answers are made by another library than ours.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.cli.conftest import home, run, terminal, vault
from tests.cli.sealed_home import make_home, make_quick
from tests.net.stub import Reply

from stalklog.core.clock import SystemClock
from stalklog.net import Door
from stalklog.safety.limits import MAX_ANSWER_BYTES, MAX_KEY_NAMES
from stalklog.trace.dns_message import make_question
from stalklog.trace.resolver import Resolver, find_resolver, load_resolvers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.net.stub import Stub

    from stalklog.core.clock import Clock
    from stalklog.net import Leaving

__all__ = ["home", "run", "terminal", "vault"]

dkim = pytest.importorskip("dkim")
message = pytest.importorskip("dns.message")
rrset = pytest.importorskip("dns.rrset")

NAME = "s1._domainkey.example.org"
EDGE = (
    b"Received: from a (a.example. [192.0.47.9]) by mx.google.com with ESMTPS;\r\n"
    b" Fri, 20 Nov 2026 21:30:04 +0000\r\n"
)
MAIL = (
    b"From: Nobody <nobody@example.org>\r\nTo: maya@gmail.com\r\nSubject: hello\r\n"
    b"Date: Fri, 20 Nov 2026 21:30:00 +0000\r\n\r\nI know where you are.\r\n"
)
DNS = "application/dns-message"


@pytest.fixture(scope="module")
def pair() -> tuple[bytes, str]:
    key = generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@pytest.fixture
def directory(stub: Stub, tried: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> Stub:
    """The stub is whom one asks for names, and everybody else too."""
    assert tried == []

    def make(clock: Clock, tell: Callable[[Leaving], None]) -> Door:
        return Door(True, clock, tell, plain_hosts=frozenset({"127.0.0.1"}), pause=lambda _s: None)

    def find(typed: str) -> Resolver | None:
        return Resolver("stub", "A stub", f"{stub.base}q") if typed == "stub" else None

    monkeypatch.setattr("stalklog.cli.lookup.make_door", make)
    monkeypatch.setattr("stalklog.trace.resolver.find_resolver", find)
    monkeypatch.setattr(Resolver, "host", "127.0.0.1")
    return stub


def _path(name: str) -> str:
    return f"q?dns={base64.urlsafe_b64encode(make_question(name)).rstrip(b'=').decode()}"


def _answer(name: str, *records: str, code: int = 0) -> bytes:
    made = message.make_response(message.from_wire(make_question(name)), recursion_available=True)
    made.set_rcode(code)
    for record in records:
        pieces = " ".join(json.dumps(record[at : at + 200]) for at in range(0, len(record), 200))
        made.answer.append(rrset.from_text(f"{name}.", 300, "IN", "TXT", pieces))
    return bytes(made.to_wire(max_size=65535))


def _publish(stub: Stub, name: str, *records: str, code: int = 0) -> bytes:
    body = _answer(name, *records, code=code)
    stub.put(_path(name), Reply(body, media_type=DNS))
    return body


def _signed(
    private: bytes, mail: bytes = MAIL, selector: bytes = b"s1", *, algorithm: bytes = b"rsa-sha256"
) -> bytes:
    fields = [b"from", b"to", b"subject", b"date"]
    signer = dkim.DKIM(mail, signature_algorithm=algorithm)
    return bytes(signer.sign(selector, b"example.org", private, include_headers=fields)) + mail


def _add(run: Run, folder: Path, mail: bytes, name: str = "mail.eml") -> str:
    (folder / name).write_bytes(mail)
    return str(run("add-evidence", str(folder / name), "--json").json["added"][0]["id"])


def _fetch(run: Run, *more: str) -> str:
    """What came of the one key."""
    found = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json", *more)
    (one,) = found.json["fetched_keys"]
    return str(one["state"])


def _state(run: Run, name: str = "E-1") -> str:
    (one,) = run("trace", name, "--json").json["signatures"]
    return str(one["state"])


@pytest.mark.usefixtures("vault")
def test_a_key_is_asked_for_once_kept_and_verifies_without_a_network(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    body = _publish(directory, NAME, pair[1])
    assert _state(run) == "no-key"
    assert "--fetch-keys" in run("trace", "E-1").out
    assert directory.asked == []
    answer = run("trace", "E-1", "--fetch-keys", "--resolver", "stub")
    assert answer.code == 0
    told = " ".join(answer.err.split())
    assert f"This leaves the computer: the names of these signing keys: {NAME}." in told
    assert "They go to 127.0.0.1 (A stub)" in told
    assert "whoever runs the domain can see that somebody asked" in told
    assert "a key stands there" in answer.out
    assert "the signature fits the mail and the kept key" in answer.out
    assert directory.asked == [_path(NAME)]
    assert directory.headers[0]["accept"] == DNS
    kept = run("show", "E-2", "--json").json
    assert (kept["tags"], kept["for"]) == (["dkim-key"], ["E-0001"])
    assert f"asked {directory.base}{_path(NAME)}; answered 200" in kept["acquired"]["method"]
    assert run("get", "E-2", "-o", str(tmp_path / "copy")).code == 0
    assert (tmp_path / "copy").read_bytes() == body
    (signature,) = run("trace", "E-1", "--json").json["signatures"]
    assert (signature["state"], signature["key"]["id"]) == ("pass", "E-0002")
    assert signature["key"]["asked_of"] == "127.0.0.1"
    again = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json").json
    assert (again["fetched_keys"], len(directory.asked)) == ([], 1)
    assert run("verify").code == 0
    _add(run, tmp_path, EDGE + _signed(pair[0]).replace(b"I know", b"I knew"), "changed.eml")
    assert _state(run, "E-3") == "fail"


@pytest.mark.usefixtures("vault")
def test_every_kind_of_signature_fits_by_this_way(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    """Eight signatures of seven mails: both kinds of key and of line end, pieces, two signers."""
    pytest.importorskip("nacl")
    seed = bytes(range(32))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    small = f"k=ed25519; p={base64.b64encode(public).decode()}"
    _publish(directory, NAME, pair[1])
    _publish(directory, "s2._domainkey.example.org", "site-verification=x", small)
    other = _signed(
        base64.b64encode(seed), selector=b"s2", algorithm=b"ed25519-sha256"
    )  # fmt: skip
    mails = [
        _signed(pair[0]),
        _signed(pair[0]).replace(b"\r\n", b"\n"),
        b"From nobody Fri Nov 20 21:30:04 2026\n" + _signed(pair[0]).replace(b"\r\n", b"\n"),
        EDGE + _signed(pair[0]),
        other,
        EDGE + other,
        _signed(pair[0], other),
    ]
    states = []
    for number, mail in enumerate(mails):
        name = _add(run, tmp_path, mail, f"{number}.eml")
        assert run("trace", name, "--fetch-keys", "--resolver", "stub").code == 0
    asked = len(directory.asked)
    for entry in run("list", "evidence", "--json").json:
        if "tags" not in entry:
            found = run("trace", entry["id"], "--json").json["signatures"]
            states += [one["state"] for one in found]
    assert states == ["pass"] * 8
    assert (asked, len(directory.asked)) == (2, 2)


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("records", "code", "fetched", "state"),
    [
        ((), 3, "gone", "gone"),
        ((), 0, "gone", "gone"),
        (("v=DKIM1; p=",), 0, "revoked", "revoked"),
        (("unrelated text",), 0, "malformed", "malformed"),
        (("v=DKIM1; p=BARF",), 0, "found", "fail"),
    ],
)
def test_a_key_that_is_not_there_is_told_as_that(  # noqa: PLR0917 - a row of a table
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str],
    records: tuple[str, ...], code: int, fetched: str, state: str,
) -> None:  # fmt: skip
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    _publish(directory, NAME, *records, code=code)
    assert _fetch(run) == fetched
    assert _state(run) == state
    if state in {"gone", "revoked"}:
        assert "says nothing against the mail" in " ".join(run("trace", "E-1").out.split())


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (Reply(b"x" * (MAX_ANSWER_BYTES + 1), media_type=DNS), "failed", 0),
        (Reply(_answer(NAME, "p=a"), media_type="text/html"), "failed", 0),
        (Reply(_answer(NAME, "p=a"), 500, DNS), "failed", 0),
        (Reply(_answer(NAME, "p=a")[:50], media_type=DNS), "failed", 0),
        (Reply(_answer(NAME, code=2), media_type=DNS), "failed", 0),
        (Reply(_answer("s9._domainkey.example.org", "p=a"), media_type=DNS), "failed", 0),
        (Reply(b"{}", media_type="application/dns-json"), "failed", 0),
        (Reply(status=429, headers={"Retry-After": "900"}), "failed", 0),
        (Reply(status=302, headers={"Location": "http://example.org/"}), "unreachable", 51),
        (Reply(_answer(NAME, "p=a"), media_type=DNS, is_cut=True), "unreachable", 51),
        (Reply(_answer(NAME, "p=a"), media_type=DNS, seconds_a_byte=9), "unreachable", 51),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_and_not_kept(  # noqa: PLR0917 - a row of a table
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch, reply: Reply, state: str, code: int,
) -> None:  # fmt: skip
    monkeypatch.setattr("stalklog.net.ANSWER_TIMEOUT_S", 0.3)
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    directory.put(_path(NAME), reply)
    found = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json")
    assert ([one["state"] for one in found.json["fetched_keys"]], found.code) == ([state], code)
    assert found.json["origin"]["address"] == "192.0.47.9"  # what is known is told all the same
    assert len(run("list", "evidence", "--json").json) == 1
    assert _state(run) == "no-key"


@pytest.mark.usefixtures("vault")
def test_who_does_not_answer_is_not_asked_for_the_others(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, _signed(pair[0], _signed(pair[0]), b"s2"))
    directory.put(_path("s2._domainkey.example.org"), Reply(b"x", media_type=DNS, is_cut=True))
    found = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json")
    assert [one["state"] for one in found.json["fetched_keys"]] == ["unreachable"] * 2
    assert (found.code, len(directory.asked)) == (51, 1)


@pytest.mark.usefixtures("vault")
def test_a_redirect_is_told_and_the_way_is_kept(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    directory.put(_path(NAME), Reply(status=307, headers={"Location": f"/rdap/new{_path(NAME)}"}))
    directory.put(f"new{_path(NAME)}", Reply(_answer(NAME, pair[1]), media_type=DNS))
    assert _fetch(run) == "found"
    assert "sent on to" in run("show", "E-2", "--json").json["acquired"]["method"]


@pytest.mark.usefixtures("vault")
def test_a_key_that_was_taken_back_later_takes_nothing_from_the_mail(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    _publish(directory, NAME, pair[1])
    _fetch(run)
    path = tmp_path / "later.dns"
    path.write_bytes(_answer(NAME, "v=DKIM1; p="))
    assert run("add-evidence", str(path), "--tags", "dkim-key").code == 0
    (found,) = run("trace", "E-1", "--json").json["signatures"]
    assert (found["state"], found["key"]["id"], found["taken_back"]["id"]) == (
        "pass", "E-0002", "E-0003",
    )  # fmt: skip
    assert "Asked again, there was no key any more" in run("trace", "E-1").out


@pytest.mark.usefixtures("vault")
def test_a_signature_that_expired_is_judged_by_the_kept_key_as_of_receipt(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made = dkim.DKIM.gen_header
    end = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp())

    def gen_header(self: object, fields: list[tuple[bytes, bytes]], *rest: object) -> object:
        fields[:] = [
            (name, b"%d" % (end - 9999) if name == b"t" else value) for name, value in fields
        ]
        fields.insert(5, (b"x", b"%d" % end))
        return made(self, fields, *rest)

    with monkeypatch.context() as signing:
        signing.setattr(dkim.DKIM, "gen_header", gen_header)
        mail = _signed(pair[0])
    _add(run, tmp_path, EDGE + mail)
    _add(run, tmp_path, EDGE.replace(b"20 Nov", b"22 Nov").replace(b"Fri", b"Sun") + mail, "2.eml")
    _publish(directory, NAME, pair[1])
    _fetch(run)
    later = SystemClock().now() + timedelta(days=99)
    monkeypatch.setattr("stalklog.core.clock.SystemClock.now", lambda _self: later)
    assert _state(run) == "expired-since"
    assert "valid when the mail was received, and expired since" in " ".join(
        run("trace", "E-1").out.split()
    )
    assert _state(run, "E-2") == "expired-then"


@pytest.mark.usefixtures("vault", "terminal")
def test_she_chooses_who_is_asked_and_can_say_no(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    _publish(directory, NAME, pair[1])
    answer = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", stdin="n\n")
    assert (answer.code, directory.asked) == (3, [])
    answer = run("trace", "E-1", "--fetch-keys", stdin="\n")
    assert (answer.code, directory.asked) == (2, [])
    assert "quad9" in answer.err
    assert run("trace", "E-1", "--fetch-keys", "--resolver", "stub", stdin="y\n").code == 0
    assert len(directory.asked) == 1


@pytest.mark.usefixtures("vault")
def test_without_a_terminal_somebody_has_to_be_named(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str]
) -> None:
    _add(run, tmp_path, EDGE + _signed(pair[0]))
    answer = run("trace", "E-1", "--fetch-keys")
    assert answer.code == 2
    assert "--resolver" in answer.err
    assert run("trace", "E-1", "--resolver", "quad9").code == 2
    _add(run, tmp_path, EDGE + MAIL, "unsigned.eml")
    unsigned = run("trace", "E-2", "--fetch-keys")
    assert (unsigned.code, "none to ask for" in unsigned.out) == (0, True)
    assert run("trace", "--url", "example.org", "--fetch-keys", "--resolver", "stub").code == 2
    assert directory.asked == []


@pytest.mark.usefixtures("vault")
def test_what_a_stranger_put_in_place_of_a_name_is_not_asked_for(
    directory: Stub, run: Run, tmp_path: Path
) -> None:
    lines = [
        f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s={selector}; h=from; bh=x; b=y\r\n"
        for domain, selector in [
            ("localhost", "s"), ("evil.example/x?y=", "s"), ("a,b.example", "s"),
            ("x" * 300 + ".example", "s"), ("example.org", "\x1b[31m"),
            *(("many.example", f"s{number}") for number in range(30)),
        ]
    ]  # fmt: skip
    _add(run, tmp_path, EDGE + "".join(lines).encode() + MAIL)
    answer = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json")
    states = [one["state"] for one in answer.json["fetched_keys"]]
    assert len(directory.asked) == MAX_KEY_NAMES
    assert states.count("not-asked") == len(states) - MAX_KEY_NAMES
    for path in directory.asked:
        data = base64.urlsafe_b64decode(path.removeprefix("q?dns=") + "===")
        assert str(message.from_wire(data).question[0].name).endswith("many.example.")
    assert "\x1b" not in run("trace", "E-1").out


@pytest.mark.usefixtures("vault")
def test_of_a_header_alone_no_key_is_asked_for(directory: Stub, run: Run, tmp_path: Path) -> None:
    from tests.readers.compound_file import compound  # noqa: PLC0415 - only here
    from tests.readers.outlook_file import item, note  # noqa: PLC0415 - likewise

    header = "DKIM-Signature: v=1; d=example.org; s=s1; b=x\r\nFrom: nobody@example.org\r\n\r\n"
    _add(run, tmp_path, compound(item(note(p007D=header))), "item.msg")
    found = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", "--json").json
    assert (found["fetched_keys"], directory.asked) == ([], [])
    assert found["signatures"][0]["state"] == "not-whole"


def test_those_who_can_be_asked_are_known_and_others_are_taken_by_https_only() -> None:
    for one in load_resolvers():
        assert one.url.startswith("https://")
        assert one.policy.startswith("https://")
        assert one.host in one.url
        assert find_resolver(one.id.upper()) == one
    own = find_resolver("https://dns.example:8443/dns-query{?dns}")
    assert own is not None
    assert (own.url, own.host) == ("https://dns.example:8443/dns-query", "dns.example")
    for typed in ("", "nobody", "http://dns.example/q", "https://a@b/q", "https://x/q?y=1"):
        assert find_resolver(typed) is None


@pytest.mark.usefixtures("vault")
def test_the_good_ones_of_the_corpus_fit_by_this_way_and_no_bad_one_does(
    directory: Stub, run: Run, corpus: Path
) -> None:
    given = os.environ.get("STALKLOG_DKIM_KEYS")
    if not given:
        pytest.skip("no keys: set STALKLOG_DKIM_KEYS to a JSON file of names and answers")
    with open(given, encoding="utf-8") as file:  # noqa: PTH123 - a name from outside
        for name, record in json.load(file).items():
            _publish(directory, name, record)
    passed: dict[str, int] = {}
    for path in sorted((corpus / "email" / "eml").rglob("*")):
        if path.is_file() and b"dkim-signature:" in path.read_bytes().lower():
            name = run("add-evidence", str(path), "--json").json["added"][0]["id"]
            answer = run("trace", name, "--fetch-keys", "--resolver", "stub", "--json")
            assert answer.code == 0, path
            found = run("trace", name, "--json").json["signatures"]
            count = sum(one["state"] == "pass" for one in found)
            passed |= {path.name: count} if count else {}
    assert passed == {
        "ed25519.eml": 2, "good_dkim_highsecure.eml": 1, "good_dkim_rspamd.eml": 1,
        "invalid_mid_allowed.eml": 1, "onsubdomain_fail_alignment.eml": 1,
        "onsubdomain_pass_relaxed.eml": 1, "pass_none.eml": 1,
    }  # fmt: skip


def test_of_a_sealed_vault_a_kept_key_is_sealed_too(
    directory: Stub, run: Run, tmp_path: Path, pair: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_quick(monkeypatch)
    sealed = make_home(tmp_path, monkeypatch)
    opened = ("--passphrase-file", sealed.passphrase)
    (tmp_path / "mail.eml").write_bytes(EDGE + _signed(pair[0]))
    assert run("add-evidence", str(tmp_path / "mail.eml")).code == 0
    _publish(directory, NAME, pair[1])
    assert run("trace", "E-1", "--fetch-keys", "--resolver", "stub").code == 23
    assert directory.asked == []
    fetched = run("trace", "E-1", "--fetch-keys", "--resolver", "stub", *opened)
    assert fetched.code == 0, fetched.err
    (found,) = run("trace", "E-1", "--json", *opened).json["signatures"]
    assert found["state"] == "pass"
    assert "domainkey" not in "".join(
        path.read_bytes().decode("latin-1") for path in sealed.vault.rglob("*") if path.is_file()
    )


@pytest.mark.usefixtures("vault", "terminal")
def test_the_same_is_told_and_asked_once(
    directory: Stub, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {name: f"{directory.base}{name}" for name in ("ipv4", "ipv6", "dns")}
    monkeypatch.setattr("stalklog.trace.bootstrap.SOURCES", sources)
    for name, listed in (("ipv4", "0.0.0.0/0"), ("ipv6", "::/0"), ("dns", "org")):
        held = {"publication": "2026-11-01", "services": [[[listed], ["https://r.example/"]]]}
        directory.put(name, Reply(json.dumps(held).encode(), media_type="application/json"))
    refused = run("trace", "--lookup", "--refresh", stdin="n\n")
    assert (refused.code, directory.asked) == (3, [])
    answer = run("trace", "--lookup", "--refresh", stdin="y\n")
    assert (answer.code, directory.asked) == (0, ["ipv4", "ipv6", "dns"])
    assert answer.err.count("This leaves the computer") == 1
    told = " ".join(answer.out.split())
    assert "IANA's lists as they are kept in E-0001, E-0002, E-0003 (of ipv4 2026-11-01" in told
    assert run("trace", "--lookup", "--json").json["registries"]["kept"] == [
        "E-0001", "E-0002", "E-0003",
    ]  # fmt: skip
