from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.note import (
    Checkpoint,
    NoteFormatError,
    NoteSignatureError,
    Signer,
    Verifier,
)

# The example of C2SP signed-note and of Go's sumdb/note.
EXAMPLE_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
EXAMPLE_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
EXAMPLE_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)

# Tree heads that the Go checksum database signed; the second one has a witness's line too.
GO_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_NOTE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
""".encode()  # noqa: E501 - as it was published
GO_NOTE_WITNESSED = """go.sum database tree
15067302
gJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=

— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=
— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=
""".encode()  # noqa: E501 - as it was published

NAME = "stalklog/00112233445566778899aabbccddeeff"
SIGNER = Signer(NAME, hashlib.sha256(b"a seed for tests only").digest())
VERIFIER = Verifier.from_vkey(SIGNER.vkey())
HEAD = Checkpoint(NAME, 41, hashlib.sha256(b"a root").digest())
NOTE = SIGNER.sign(HEAD)


def with_line(note: bytes, number: int, text: str) -> bytes:
    lines = note.decode().split("\n")
    lines[number] = text
    return "\n".join(lines).encode()


def test_the_keys_of_the_published_example_are_one_pair() -> None:
    signer = Signer.from_text(EXAMPLE_SKEY)
    assert signer.vkey() == EXAMPLE_VKEY
    assert signer.to_text() == EXAMPLE_SKEY


def test_the_published_example_signature_is_right() -> None:
    raw = base64.b64decode(EXAMPLE_SIGNATURE)
    verifier = Verifier.from_vkey(EXAMPLE_VKEY)
    assert raw[:4].hex() == EXAMPLE_VKEY.split("+")[1]
    ed25519.Ed25519PublicKey.from_public_bytes(verifier.public).verify(
        raw[4:], EXAMPLE_TEXT.encode()
    )
    seed = Signer.from_text(EXAMPLE_SKEY).seed
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    assert key.sign(EXAMPLE_TEXT.encode()) == raw[4:]


def test_a_signed_note_that_is_no_tree_head_is_refused() -> None:
    note = f"{EXAMPLE_TEXT}\n— PeterNeumann {EXAMPLE_SIGNATURE}\n".encode()
    with pytest.raises(NoteFormatError):
        Verifier.from_vkey(EXAMPLE_VKEY).open(note)


@pytest.mark.parametrize(("note", "size"), [(GO_NOTE, 6476701), (GO_NOTE_WITNESSED, 15067302)])
def test_a_tree_head_of_another_log_is_read(note: bytes, size: int) -> None:
    head = Verifier.from_vkey(GO_VKEY).open(note)
    assert (head.origin, head.size) == ("go.sum database tree", size)
    assert note.startswith(head.to_text().encode() + b"\n")


def test_a_note_of_another_signer_is_not_ours() -> None:
    with pytest.raises(NoteSignatureError, match=r"^not signed by this vault's key$"):
        VERIFIER.open(GO_NOTE)


@given(
    st.integers(0, 2**53 - 1),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_what_was_signed_is_opened(size: int, root: bytes, seed: bytes) -> None:
    signer = Signer(NAME, seed)
    head = Checkpoint(NAME, size, root)
    assert Verifier.from_vkey(signer.vkey()).open(signer.sign(head)) == head
    assert Signer.from_text(signer.to_text()) == signer


def test_a_new_key_signs() -> None:
    signer = Signer.make(NAME)
    assert Verifier.from_vkey(signer.vkey()).open(signer.sign(HEAD)) == HEAD
    assert Signer.make(NAME).seed != signer.seed


@pytest.mark.parametrize("bit", range(8))
def test_every_flipped_bit_is_found(bit: int) -> None:
    for at in range(len(NOTE)):
        flipped = bytearray(NOTE)
        flipped[at] ^= 1 << bit
        with pytest.raises((NoteFormatError, NoteSignatureError)):
            VERIFIER.open(bytes(flipped))


def test_every_cut_is_found() -> None:
    for length in range(len(NOTE)):
        with pytest.raises((NoteFormatError, NoteSignatureError)):
            VERIFIER.open(NOTE[:length])


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_one_of_two_errors(note: bytes) -> None:
    with pytest.raises((NoteFormatError, NoteSignatureError)):
        VERIFIER.open(note)


def test_lines_of_other_keys_are_passed_over() -> None:
    other = Signer("witness.example.org", bytes(32)).sign(HEAD).rpartition(b"\n\n")[2]
    same_name = Signer(NAME, bytes(32)).sign(HEAD).rpartition(b"\n\n")[2]
    assert VERIFIER.open(NOTE + other) == HEAD
    assert VERIFIER.open(NOTE + same_name) == HEAD


def test_sixty_four_signatures_are_allowed() -> None:
    assert VERIFIER.open(NOTE + NOTE.rpartition(b"\n\n")[2] * 63) == HEAD


def test_one_false_line_of_our_key_spoils_the_note() -> None:
    other = Signer(NAME, SIGNER.seed).sign(Checkpoint(NAME, 42, HEAD.root)).rpartition(b"\n\n")[2]
    with pytest.raises(NoteSignatureError, match=r"^the signature is wrong$"):
        VERIFIER.open(NOTE + other)


def test_a_short_signature_is_refused() -> None:
    raw = base64.b64decode(NOTE.decode().split(" ")[-1])
    line = f"— {NAME} {base64.b64encode(raw[:-1]).decode()}"
    with pytest.raises(NoteSignatureError, match=r"^the signature has the wrong length$"):
        VERIFIER.open(with_line(NOTE, 4, line))


SIGNED = NOTE.index(b"\n\n") + 2
"""Where the lines of the signatures begin."""
LOOSE = "not the canonical base64"
MALFORMED = "a signature line is malformed"
NO_HEAD = "not origin, size and root"


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        pytest.param(with_line(NOTE, 1, "041"), NO_HEAD, id="leading zero"),
        pytest.param(with_line(NOTE, 1, "-1"), NO_HEAD, id="negative"),
        pytest.param(with_line(NOTE, 1, "٤١"), "not ASCII", id="other digits"),
        pytest.param(with_line(NOTE, 0, ""), NO_HEAD, id="no origin"),
        pytest.param(with_line(NOTE, 2, "AAAA"), "the root is not 32 bytes", id="short root"),
        pytest.param(with_line(NOTE, 2, "!"), "not base64", id="no base64"),
        pytest.param(with_line(NOTE, 2, "AAAB" * 10 + "AAB="), LOOSE, id="loose base64"),
        pytest.param(with_line(NOTE, 4, "- a AAAA"), MALFORMED, id="no dash"),
        pytest.param(with_line(NOTE, 4, "— a+b AAAA"), MALFORMED, id="plus in a name"),
        pytest.param(NOTE[:SIGNED], "no signature", id="no signature"),
        pytest.param(NOTE[:SIGNED] + b"\n", "no signature", id="empty signature"),
        pytest.param(NOTE + "— a AAAA".encode(), "no signature", id="no last newline"),
        pytest.param(NOTE + NOTE[SIGNED:] * 64, "too many signatures", id="too many signatures"),
        pytest.param(NOTE.replace("—".encode(), b"\xff\xff\xff"), "not UTF-8", id="not UTF-8"),
        pytest.param(b"", "no signature", id="empty"),
    ],
)
def test_what_is_no_note_is_refused_and_why_is_said(note: bytes, fault: str) -> None:
    with pytest.raises(NoteFormatError) as caught:
        VERIFIER.open(note)
    assert str(caught.value) == fault


def vkey_of(raw: bytes, named: bytes) -> str:
    """A verifier key of these raw bytes, with the check digits of the key that is named."""
    digits = hashlib.sha256(b"a\n\x01" + named).digest()[:4].hex()
    return f"a+{digits}+{base64.b64encode(raw).decode()}"


PUBLIC = SIGNER.sign_message(b"")[:32]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not a signer key"),
        ("PRIVATE+KEY+a+00000000+AAAA", "not an Ed25519 signer key"),
        (SIGNER.to_text().replace("PRIVATE", "PUBLIC"), "not a signer key"),
        (
            SIGNER.to_text().replace(NAME, "stalklog/other"),
            "the signer key's check digits are wrong",
        ),
        (EXAMPLE_SKEY.replace("c74f20a3", "c74f20a4"), "the signer key's check digits are wrong"),
        (EXAMPLE_SKEY.replace("AYEK", "AoEK"), "not an Ed25519 signer key"),
        (EXAMPLE_SKEY.replace("AYEK", "AYEKAYEK"), "not an Ed25519 signer key"),
        (EXAMPLE_SKEY.replace("AYEK", "AYE"), "not base64"),
        (EXAMPLE_SKEY.replace("\n", "=\n"), "not the canonical base64"),
    ],
)
def test_what_is_no_signer_key_is_refused_and_why_is_said(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        Signer.from_text(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not a verifier key"),
        ("a+00000000+AAAA", "not an Ed25519 verifier key"),
        (EXAMPLE_VKEY.replace("c74f20a3", "c74f20a4"), "the verifier key's check digits are wrong"),
        (EXAMPLE_VKEY.replace("PeterNeumann", "Peter Neumann"), "not a verifier key"),
        (EXAMPLE_VKEY + "\n", "not a verifier key"),
        (vkey_of(b"\2" + PUBLIC, PUBLIC), "not an Ed25519 verifier key"),
        (vkey_of(b"\1" + PUBLIC[1:], PUBLIC[1:]), "not an Ed25519 verifier key"),
    ],
)
def test_what_is_no_verifier_key_is_refused_and_why_is_said(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        Verifier.from_vkey(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (EXAMPLE_VKEY + "=", "not the canonical base64"),
        (EXAMPLE_VKEY.replace("+ARpc", "+=ARpc"), "not base64"),
        (EXAMPLE_VKEY.replace("ARpc", "ARp"), "not base64"),
    ],
)
def test_a_verifier_key_has_one_spelling(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        Verifier.from_vkey(text)
