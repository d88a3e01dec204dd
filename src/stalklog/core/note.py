"""Signed tree heads: C2SP `signed-note` and `tlog-checkpoint`, with Ed25519 (RFC 8032)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = 0x01
_KEY_ID_BYTES = 4
_PUBLIC_BYTES = 32
_SIGNATURE_BYTES = 64
_ROOT_BYTES = 32
_MAX_SIGNATURES = 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_SIGNATURE_LINE = re.compile(r"— ([^ +]+) ([A-Za-z0-9+/]+={0,2})")


class NoteFormatError(ValueError):
    """The bytes are not a signed checkpoint."""


class NoteSignatureError(ValueError):
    """The checkpoint is not signed by the vault's key, or the signature is wrong."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose tree, how many leaves, which root."""

    origin: str
    """The tree's name, `stalklog/<vault id>`."""
    size: int
    """How many leaves the tree had."""
    root: bytes
    """Its root, 32 bytes."""

    def to_text(self) -> str:
        """The text that is signed, ended by a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that signs notes under a name."""

    name: str
    seed: bytes
    """The private key, 32 bytes."""

    @classmethod
    def make(cls, name: str) -> Signer:
        """A new key from the system's randomness."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - 40 ms

        return cls(name, ed25519.Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> Signer:
        """The key that `to_text` wrote.

        Raises:
            ValueError: The text is no such key.
        """
        found = re.fullmatch(r"PRIVATE\+KEY\+([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?", text)
        if not found:
            raise ValueError("not a signer key")
        raw = _decode_base64(found[3])
        if len(raw) != 1 + _PUBLIC_BYTES or raw[0] != _ED25519:
            raise ValueError("not an Ed25519 signer key")
        signer = cls(found[1], raw[1:])
        if signer.to_text().strip() != text.strip():
            raise ValueError("the signer key's check digits are wrong")
        return signer

    def to_text(self) -> str:
        """The key as `PRIVATE+KEY+<name>+<key id>+<base64>`, one line."""
        encoded = base64.b64encode(bytes([_ED25519]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{_key_id(self.name, self._public()).hex()}+{encoded}\n"

    def vkey(self) -> str:
        """The public half as a C2SP verifier key: `<name>+<key id>+<base64>`."""
        public = self._public()
        encoded = base64.b64encode(bytes([_ED25519]) + public).decode()
        return f"{self.name}+{_key_id(self.name, public).hex()}+{encoded}"

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The signed note of a checkpoint, as it is written to a file."""
        text = checkpoint.to_text()
        signature = _key_id(self.name, self._public()) + self.sign_message(text.encode())
        encoded = base64.b64encode(signature).decode()
        return f"{text}\n— {self.name} {encoded}\n".encode()

    def sign_message(self, message: bytes) -> bytes:
        """The bare Ed25519 signature of a message: 64 bytes."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - 40 ms

        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)

    def _public(self) -> bytes:
        return self._key().public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a signer."""

    name: str
    public: bytes
    """32 bytes."""

    @classmethod
    def from_vkey(cls, vkey: str) -> Verifier:
        """The key of a C2SP verifier key string.

        Raises:
            ValueError: The string is no Ed25519 verifier key.
        """
        found = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", vkey)
        if not found:
            raise ValueError("not a verifier key")
        raw = _decode_base64(found[3])
        if len(raw) != 1 + _PUBLIC_BYTES or raw[0] != _ED25519:
            raise ValueError("not an Ed25519 verifier key")
        if _key_id(found[1], raw[1:]).hex() != found[2]:
            raise ValueError("the verifier key's check digits are wrong")
        return cls(found[1], raw[1:])

    def open(self, note: bytes) -> Checkpoint:
        """The checkpoint of a note that this key signed; lines of other keys are passed over.

        Raises:
            NoteFormatError: The bytes are not a signed checkpoint.
            NoteSignatureError: Not signed by this key, or the signature is wrong.
        """
        text, signatures = _split(note)
        checkpoint = _parse_text(text)
        own = [raw for name, raw in signatures if name == self.name and self._is_own(raw)]
        if not own:
            raise NoteSignatureError("not signed by this vault's key")
        for raw in own:
            self.require_signature(raw[_KEY_ID_BYTES:], text)
        return checkpoint

    def require_signature(self, signature: bytes, message: bytes) -> None:
        """Nothing, if this key signed the message.

        Raises:
            NoteSignatureError: It did not.
        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 40 ms
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - 40 ms

        if len(signature) != _SIGNATURE_BYTES:
            raise NoteSignatureError("the signature has the wrong length")
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise NoteSignatureError("the signature is wrong") from None

    def _is_own(self, raw: bytes) -> bool:
        return raw[:_KEY_ID_BYTES] == _key_id(self.name, self.public)


def _key_id(name: str, public: bytes) -> bytes:
    named = name.encode() + b"\n" + bytes([_ED25519]) + public
    return hashlib.sha256(named).digest()[:_KEY_ID_BYTES]


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    text, blank, tail = note.rpartition(b"\n\n")
    if not blank or not tail.endswith(b"\n"):
        raise NoteFormatError("no signature")
    try:
        lines = tail.decode().split("\n")[:-1]
    except UnicodeDecodeError:
        raise NoteFormatError("not UTF-8") from None
    if len(lines) > _MAX_SIGNATURES:
        raise NoteFormatError("too many signatures")
    return text + b"\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if not found:
        raise NoteFormatError("a signature line is malformed")
    return found[1], _decode_base64(found[2])


def _parse_text(text: bytes) -> Checkpoint:
    try:
        lines = text.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise NoteFormatError("not ASCII") from None
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - three lines and an end
        raise NoteFormatError("not origin, size and root")
    root = _decode_base64(lines[2])
    if len(root) != _ROOT_BYTES:
        raise NoteFormatError("the root is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decode_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteFormatError("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise NoteFormatError("not the canonical base64")
    return raw
