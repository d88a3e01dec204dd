"""A message of the vault is traced from its own exact bytes, whatever format it lies in."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from tests.readers.compound_file import compound
from tests.readers.outlook_file import HEADERS, a_mail, note
from tests.readers.outlook_file import item as outlook_item

from stalklog.core.clock import SystemClock
from stalklog.errors import NoSuchEntryError, StalklogError, UsageError
from stalklog.services.contents import open_contents
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.settings import Settings
from stalklog.services.tracing import (
    read_keys,
    subject_of_address,
    subject_of_domain,
    subject_of_url,
    trace_message,
)
from stalklog.services.vaults import create_vault
from stalklog.services.ways import way_of
from stalklog.trace.published import Published

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.services.tracing import (
        Traced,
    )
    from stalklog.trace.published import Keys

NOW = datetime(2026, 11, 26, tzinfo=UTC)
EDGE = (
    "Received: from a (a.example. [192.0.47.9]) by mx.google.com with ESMTPS;\n"
    " Fri, 20 Nov 2026 08:30:04 -0800\n"
)
MAIL = f"{EDGE}From: nobody@example.org\nTo: maya@gmail.com\nSubject: x\n\nhello\n"
SIGNED = MAIL.replace("From:", "DKIM-Signature: v=1; d=example.org; s=s1; b=x\nFrom:", 1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="UTC"))
    return Desk(tmp_path / "vault")


def _traced(desk: Desk, data: bytes, name: str, number: int | None = None) -> Traced:
    path = desk.vault.parent / name
    path.write_bytes(data)
    (added,) = add_evidence(desk, [path], {}).added
    return trace_message(desk, added.id, number=number, trusted_by=(), keys={}, now=NOW)


def _address(traced: Traced) -> str | None:
    return traced.trace.origin.address.text if traced.trace.origin else None


@pytest.mark.parametrize("before", ["", "\ufeff", "From nobody Fri Nov 20 08:30:04 2026\n"])
def test_a_mail_is_traced_whatever_stands_before_it(desk: Desk, before: str) -> None:
    found = _traced(desk, (before + MAIL).encode(), "mail.eml", 1)
    assert _address(found) == "192.0.47.9"
    assert not found.is_header_only


def test_a_mail_that_somebody_redirected_is_told_from_one_that_came(desk: Desk) -> None:
    hop = b"Received: from a (a [192.0.47.66]) by mx.example.net; Fri, 20 Nov 2026 21:30:04 +0000\n"
    body = b"From: nobody@example.org\nSubject: x\n\nx\n"
    assert not _traced(desk, hop + body, "a.eml").is_copy
    again = hop + b"resent-from: m@example.org\n" + body
    assert _traced(desk, again, "b.eml").is_copy
    way = way_of(1, [("received", "from a (a [192.0.47.66]) by b"), ("resent-from", "m")])
    assert way is not None
    assert way.because.endswith("Somebody redirected this mail, and the connection can be theirs.")


def test_a_message_of_a_mailbox_is_named(desk: Desk) -> None:
    second = MAIL.replace("192.0.47.9", "192.0.47.10")
    separator = "From nobody@example.org Fri Nov 20 08:30:04 2026\n"
    box = f"{separator}{MAIL}\n{separator}{second}\n".encode()
    assert _address(_traced(desk, box, "box.mbox", 2)) == "192.0.47.10"
    with pytest.raises(UsageError, match="holds many messages"):
        trace_message(desk, "E-0001", number=None, trusted_by=(), keys={}, now=NOW)
    with pytest.raises(NoSuchEntryError):
        trace_message(desk, "E-0001", number=3, trusted_by=(), keys={}, now=NOW)


def test_a_mail_inside_another_is_traced_by_its_own_header(desk: Desk) -> None:
    outer = EmailMessage()
    outer["From"] = "maya@gmail.com"
    outer["Subject"] = "look at this"
    outer.set_content("forwarded")
    inner = EmailMessage()
    inner["Received"] = EDGE.removeprefix("Received: ").replace("\n", "")
    inner["From"] = "nobody@example.org"
    inner.set_content("hello")
    outer.add_attachment(inner)
    data = outer.as_bytes()
    assert _traced(desk, data, "outer.eml").trace.why_not == "no-hops"
    found = trace_message(desk, "E-0001", number=2, trusted_by=(), keys={}, now=NOW)
    assert _address(found) == "192.0.47.9"


def test_the_header_that_outlook_keeps_is_traced_and_no_signature_verified(desk: Desk) -> None:
    header = SIGNED.partition("\n\n")[0].replace("\n", "\r\n") + "\r\n\r\n"
    found = _traced(desk, compound(outlook_item(note(p007D=header))), "item.msg")
    assert _address(found) == "192.0.47.9"
    assert found.is_header_only
    assert [one.state for one in found.signatures] == ["not-whole"]
    assert HEADERS  # of another provider, which is not known
    other = _traced(desk, compound(outlook_item(note(p007D=HEADERS))), "other.msg")
    assert other.trace.origin is None or other.trace.origin.basis == "claimed"


def test_what_has_no_header_says_what_to_ask_for(desk: Desk) -> None:
    found = _traced(desk, a_mail(), "item.msg")
    assert (found.trace.why_not, found.trace.hops) == ("no-header", ())
    chat = b"[20/11/2026, 21:30:00] Nobody: I know where you are\n[20/11/2026, 21:31:00] Me: no\n"
    assert _traced(desk, chat, "_chat.txt", 1).trace.why_not == "not-mail"


def test_a_kept_key_is_used_and_a_missing_one_named(desk: Desk) -> None:
    found = _traced(desk, SIGNED.encode(), "mail.eml")
    (signature,) = found.signatures
    assert (signature.state, signature.key_name) == ("no-key", "s1._domainkey.example.org")
    keys = {"s1._domainkey.example.org": [Published(("v=DKIM1; p=",))]}
    again = trace_message(desk, found.id, number=1, trusted_by=(), keys=keys, now=NOW)
    assert [one.state for one in again.signatures] == ["revoked"]


def _texts(keys: Keys) -> dict[str, str]:
    return {name: one.records[0] for name, (one,) in keys.items()}


def test_keys_are_read_as_lines_or_as_json(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("S1._domainkey.example.org.  v=DKIM1; p=abc\n\n")
    assert _texts(read_keys(path)) == {"s1._domainkey.example.org": "v=DKIM1; p=abc"}
    path.write_text(json.dumps({"s2._domainkey.example.org": "p=x"}))
    assert _texts(read_keys(path)) == {"s2._domainkey.example.org": "p=x"}
    assert read_keys(None) == {}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"{broken", b"{" * 100_000])
def test_a_file_of_keys_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "keys"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        read_keys(path)
    with pytest.raises(UsageError):
        read_keys(tmp_path / "none")
    if not (tmp_path / "pipe").exists():
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError):
        read_keys(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("https://www.instagram.com/nobody?x=1#y", "domain", "www.instagram.com"),
        ("https://nobody:pass@example.org:8443/a@b", "domain", "example.org"),
        ("example.org/a//b", "domain", "example.org"),
        ("http://192.0.2.1:8080/", "address", "192.0.2.1"),
        ("http://[2001:db8::1]/", "address", "2001:db8::1"),
        ("https://bücher.example/", "domain", "xn--bcher-kva.example"),
    ],
)
def test_the_machine_of_a_url_is_asked_about(typed: str, kind: str, value: str) -> None:
    found = subject_of_url(typed)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("typed", ["", "http://", "https:///x", "nobody", "a b.c", "x" * 5000])
def test_what_names_no_machine_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        subject_of_url(typed)


def test_an_address_or_a_domain_is_known_by_the_profiles() -> None:
    for subject in (subject_of_domain("nobody@Gmail.com"), subject_of_address("209.85.220.41")):
        assert subject.profile is not None
        assert subject.profile.id == "google"
    assert subject_of_address("192.0.47.9").profile is None
    with pytest.raises(UsageError):
        subject_of_address("192.0.47.999")


def test_every_mail_of_every_format_of_the_corpus_is_traced(desk: Desk, corpus: Path) -> None:
    with (corpus / "email" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    paths = [corpus / "email" / row["path"] for row in rows if row["kind"] not in {"eml", "pst"}]
    added = add_evidence(desk, paths, {}).added
    traced = with_hops = 0
    for one in added:
        try:
            contents = open_contents(desk, one.id)
        except StalklogError:
            continue  # what no reader knows is kept, and not read
        numbers = [message.number for message in contents][:3]
        contents.close()
        for number in numbers:
            found = trace_message(desk, one.id, number=number, trusted_by=(), keys={}, now=NOW)
            traced += 1
            with_hops += bool(found.trace.hops)
            assert found.trace.hops or found.trace.why_not
    assert traced > 50
    assert with_hops > 20


def test_a_mailbox_of_one_mail_needs_no_number(desk: Desk) -> None:
    separator = "From nobody@example.org Fri Nov 20 08:30:04 2026\n"
    assert _address(_traced(desk, f"{separator}{MAIL}\n".encode(), "one.eml")) == "192.0.47.9"
