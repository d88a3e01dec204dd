"""A signature is verified by the key that was kept, and judged as of the time of receipt."""

from __future__ import annotations

import base64
import json
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
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

from stalklog.readers.mail.header import parse_header
from stalklog.trace.arc import read_chain
from stalklog.trace.published import Published
from stalklog.trace.signature import STATES, verify_signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.trace.signature import Signature

dkim = pytest.importorskip("dkim")

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
NAME = "s1._domainkey.example.org"
MAIL = (
    b"From: Nobody <nobody@example.org>\r\nTo: maya@example.net\r\nSubject: hello\r\n"
    b"Date: Fri, 20 Nov 2026 21:30:00 +0000\r\n\r\nI know where you are.\r\n"
)


@pytest.fixture(scope="module")
def pair() -> tuple[bytes, str]:
    """A key that signs, and what stands in the directory of names for it."""
    key = generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@contextmanager
def _signing() -> Iterator[None]:
    """The library signs as of a time of ours: by its own clock a mail comes from the future."""
    clock = dkim.time
    dkim.time = SimpleNamespace(time=(NOW - timedelta(days=9)).timestamp)
    try:
        yield
    finally:
        dkim.time = clock


def _signed(private: bytes, *, expires_at: datetime | None = None) -> bytes:
    """The mail with a signature; the library cannot sign an end, so it is put in on the way."""
    original = dkim.DKIM.gen_header

    def gen_header(self: object, fields: list[tuple[bytes, bytes]], *rest: object) -> object:
        if expires_at is not None:
            fields.insert(5, (b"x", b"%d" % int(expires_at.timestamp())))
        return original(self, fields, *rest)

    dkim.DKIM.gen_header = gen_header
    try:
        fields = [b"from", b"to", b"subject", b"date"]
        with _signing():
            made = dkim.DKIM(MAIL).sign(b"s1", b"example.org", private, include_headers=fields)
    finally:
        dkim.DKIM.gen_header = original
    return bytes(made) + MAIL


def _verified(
    mail: bytes, keys: Mapping[str, str], received_at: datetime | None = None
) -> tuple[Signature, ...]:
    fields = parse_header(mail, 0, len(mail)).fields
    kept = {name: [Published((record,))] for name, record in keys.items()}
    return verify_signatures(mail, fields, kept, received_at=received_at, now=NOW)


def test_a_good_signature_fits(pair: tuple[bytes, str]) -> None:
    private, public = pair
    mail = _signed(private)
    assert [one.state for one in _verified(mail, {NAME: public})] == ["pass"]
    assert [one.state for one in _verified(mail.replace(b"\r\n", b"\n"), {NAME: public})] == [
        "pass"
    ]
    assert [one.state for one in _verified(b"From x\n" + mail, {NAME: public})] == ["pass"]


def test_any_changed_byte_of_the_text_is_found(pair: tuple[bytes, str]) -> None:
    private, public = pair
    mail = _signed(private).replace(b"I know", b"I knew")
    assert [one.state for one in _verified(mail, {NAME: public})] == ["fail"]


def test_without_a_kept_key_nothing_is_said(pair: tuple[bytes, str]) -> None:
    (found,) = _verified(_signed(pair[0]), {})
    assert (found.state, found.key_name, found.domain) == ("no-key", NAME, "example.org")


@pytest.mark.parametrize(
    ("key", "state"), [("v=DKIM1; p=", "revoked"), ("other=1", "malformed"), ("p=BARF", "fail")]
)
def test_a_key_that_is_none_is_told(pair: tuple[bytes, str], key: str, state: str) -> None:
    assert [one.state for one in _verified(_signed(pair[0]), {NAME: key})] == [state]


def test_of_several_kept_answers_one_that_fits_counts(pair: tuple[bytes, str]) -> None:
    mail = _signed(pair[0])
    fields = parse_header(mail, 0, len(mail)).fields
    other = "v=DKIM1; p=BARF"
    days = (NOW - timedelta(days=9), NOW)

    def judged(*kept: Published) -> tuple[str, bool]:
        (found,) = verify_signatures(mail, fields, {NAME: kept}, received_at=None, now=NOW)
        return found.state, found.taken_back is not None

    good, gone = Published((pair[1],), days[0]), Published((), days[1])
    assert judged(good, gone) == ("pass", True)
    assert judged(good, Published(("v=DKIM1; p=",), days[1])) == ("pass", True)
    assert judged(good, Published((other,), days[1])) == ("pass", False)
    assert judged(Published((other, "unrelated text", pair[1]))) == ("pass", False)
    assert judged(gone) == ("gone", False)
    assert judged(Published(("unrelated text",))) == ("malformed", False)


@pytest.mark.parametrize(
    ("days", "received_days", "state"),
    [(-2, -4, "expired-since"), (-4, -2, "expired-then"), (-2, None, "expired-undated"),
     (2, -2, "pass")],
)  # fmt: skip
def test_an_end_is_judged_as_of_the_time_of_receipt(
    pair: tuple[bytes, str], days: int, received_days: int | None, state: str
) -> None:
    mail = _signed(pair[0], expires_at=NOW + timedelta(days=days))
    at = None if received_days is None else NOW + timedelta(days=received_days)
    assert [one.state for one in _verified(mail, {NAME: pair[1]}, at)] == [state]
    changed = mail.replace(b"I know", b"I knew")
    assert [one.state for one in _verified(changed, {NAME: pair[1]}, at)] == ["fail"]


def test_the_library_has_its_clock_back(pair: tuple[bytes, str]) -> None:
    _verified(_signed(pair[0]), {NAME: pair[1]})
    assert dkim.time is time


def test_cut_at_any_byte_no_mail_raises(pair: tuple[bytes, str]) -> None:
    mail = _signed(pair[0])
    for end in range(0, len(mail), 7):
        for found in _verified(mail[:end], {NAME: pair[1]}):
            assert found.state in STATES
            assert found.state != "pass" or end > len(mail) - 3


def test_a_signature_of_the_other_kind_of_key_fits_too() -> None:
    pytest.importorskip("nacl")
    seed = bytes(range(32))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    key = f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    signer = dkim.DKIM(MAIL, signature_algorithm=b"ed25519-sha256")
    fields = [b"from", b"subject"]
    with _signing():
        made = signer.sign(b"s1", b"example.org", base64.b64encode(seed), include_headers=fields)
    mail = bytes(made) + MAIL
    assert [one.state for one in _verified(mail, {NAME: key})] == ["pass"]
    assert [one.state for one in _verified(mail + b"x\r\n", {NAME: key})] == ["fail"]


def test_seals_are_verified_by_kept_keys(pair: tuple[bytes, str]) -> None:
    pytest.importorskip("authres")  # the library needs it to seal
    private, public = pair
    checked = b"Authentication-Results: list.example; spf=pass smtp.mfrom=example.org\r\n" + MAIL
    with _signing():
        lines = dkim.arc_sign(checked, b"s1", b"example.org", private, b"list.example")
    mail = b"".join(lines) + checked

    def state(data: bytes) -> str:
        kept = {NAME: [Published((public,))]}
        found = read_chain(data, parse_header(data, 0, len(data)).fields, kept, NOW)
        assert found is not None
        assert found.sealers == ("example.org",)
        return found.state

    assert state(mail) == "pass"
    assert state(mail.replace(b"I know", b"I knew")) == "fail"


def test_seals_without_kept_keys_are_named_and_not_judged() -> None:
    fields = [
        ("arc-seal", "i=2; a=rsa-sha256; s=s2; d=list.example; cv=pass; b=x"),
        ("arc-seal", "i=1; a=rsa-sha256; s=s1; d=example.org; cv=none; b=x"),
    ]
    found = read_chain(MAIL, fields, {}, NOW)
    assert found is not None
    assert (found.sealers, found.state) == (("example.org", "list.example"), "no-key")
    assert read_chain(MAIL, [], {}, NOW) is None
    known = {name: [Published(("v=DKIM1; p=AAAA",))] for name in found.key_names}
    broken = read_chain(MAIL, fields, known, NOW)
    assert broken is not None
    assert broken.state in {"fail", "malformed"}


def test_the_good_ones_of_the_corpus_fit_and_no_bad_one_does(corpus: Path) -> None:
    kept = os.environ.get("STALKLOG_DKIM_KEYS")
    if not kept:
        pytest.skip("no keys: set STALKLOG_DKIM_KEYS to a JSON file of names and answers")
    keys = json.loads(Path(kept).read_bytes())
    passed = set()
    for path in sorted((corpus / "email" / "eml").rglob("*")):
        if path.is_file():
            states = {one.state for one in _verified(path.read_bytes(), keys)}
            if "pass" in states:
                passed.add(path.name)
    assert passed == {
        "ed25519.eml", "good_dkim_highsecure.eml", "good_dkim_rspamd.eml",
        "invalid_mid_allowed.eml", "onsubdomain_fail_alignment.eml",
        "onsubdomain_pass_relaxed.eml", "pass_none.eml",
    }  # fmt: skip
