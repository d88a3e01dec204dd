"""Sealing and opening in the age format (C2SP `age.md`), by pyrage; nothing plain goes to the disk.

age is written to with public keys alone (X25519), so adding to a sealed vault needs no secret, and
Debian's `age` opens whatever was sealed here.
"""

from __future__ import annotations

import errno
import re
import time
from io import BytesIO
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pyrage.x25519 import Identity, Recipient


_ENOUGH_WORK: Final = 18
"""2^18 rounds of scrypt: what `age` itself aims at, a second or two on a usual computer."""
_SEALING_TRIES: Final = 6
_OPENING_TRIES: Final = 12
_PAUSE_S: Final = 0.25
_HEAD_BYTES: Final = 256
_VAULT_MARK: Final = "# vault: "
"""A remark to `age`; to us, what binds the keys to one `VAULT`."""
_SCRYPT = re.compile(rb"^-> scrypt \S+ ([0-9]{1,2})$", re.MULTILINE)


class NotForThisKeyError(ValueError):
    """Sealed to other keys than the ones at hand."""


class SealedBadError(ValueError):
    """It is no age file, or not the bytes that were sealed."""


class PassphraseWrongError(ValueError):
    """The passphrase does not open it."""


class TooBusyError(OSError):
    """The computer is too busy at the moment to do the work that a passphrase asks for."""


class Opening(Protocol):
    """Secret keys that open what was sealed to them."""

    recipients: tuple[str, ...]
    """Their public halves, `age1…`."""
    vault: str
    """SHA-256 of the line in `VAULT` that they were made for; empty where they do not say it."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            NotForThisKeyError, SealedBadError: It cannot be opened.
        """
        ...

    def open_blocks(self, blocks: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        """Hand on what was sealed, block by block.

        What was handed on before an error is not proven: whoever takes it throws it away.

        Raises:
            NotForThisKeyError, SealedBadError: It cannot be opened.
        """
        ...


class Identities:
    """Secret keys in memory, from the lines `AGE-SECRET-KEY-1…` of an identity file."""

    def __init__(self, secrets: Iterable[str], *, vault: str = "") -> None:
        """Take the keys.

        Args:
            secrets: `AGE-SECRET-KEY-1…`, the newest first.
            vault: SHA-256 of the line in `VAULT` that they are made for.

        Raises:
            SealedBadError: One is none, or there is none at all.
        """
        from pyrage import IdentityError, x25519  # noqa: PLC0415 - 13 ms, for sealed vaults only

        self.secrets = tuple(secrets)
        self.vault = vault
        try:
            self._keys: Sequence[Identity] = [
                x25519.Identity.from_str(secret) for secret in self.secrets
            ]
        except IdentityError:
            raise SealedBadError("not an age identity") from None
        if not self._keys:
            raise SealedBadError("no age identity")
        self.recipients = tuple(str(key.to_public()) for key in self._keys)

    @classmethod
    def make(cls) -> Identities:
        """A new key from the system's randomness."""
        from pyrage import x25519  # noqa: PLC0415 - as above

        return cls([str(x25519.Identity.generate())])

    @classmethod
    def from_text(cls, text: str) -> Identities:
        """The keys of an identity file: a line each, lines with `#` are remarks.

        Raises:
            SealedBadError: It holds something else.
        """
        lines = [line.strip() for line in text.splitlines()]
        told = (line.removeprefix(_VAULT_MARK) for line in lines if line.startswith(_VAULT_MARK))
        keys = (line for line in lines if line and not line.startswith("#"))
        return cls(keys, vault=next(told, ""))

    def to_text(self) -> str:
        """An identity file as `age -i` reads it."""
        pairs = zip(self.recipients, self.secrets, strict=True)
        keys = "".join(f"# public key: {public}\n{secret}\n" for public, secret in pairs)
        return f"{_VAULT_MARK}{self.vault}\n{keys}" if self.vault else keys

    def for_vault(self, line_sha256: str) -> Identities:
        """The same keys, which say from now on which `VAULT` they were made for."""
        return Identities(self.secrets, vault=line_sha256)

    def renewed(self) -> Identities:
        """A new key before these, which still open what is older."""
        return Identities([*Identities.make().secrets, *self.secrets], vault=self.vault)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed; see `Opening`."""
        import pyrage  # noqa: PLC0415 - as above

        try:
            return bytes(pyrage.decrypt(sealed, self._keys))
        except pyrage.DecryptError as error:
            raise _refused(error) from None

    def open_blocks(self, blocks: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        """Hand on what was sealed; see `Opening`."""
        import pyrage  # noqa: PLC0415 - as above

        reader, writer = _Reader(iter(blocks)), _Writer(write)
        try:
            pyrage.decrypt_io(reader, writer, self._keys)
        except (pyrage.DecryptError, OSError) as error:
            reader.reraise()
            writer.reraise()
            _require_unstopped(error)
            raise _refused(error) from None


def seal(plain: bytes, recipients: Sequence[str]) -> bytes:
    """These bytes as an age file that each of the recipients opens."""
    import pyrage  # noqa: PLC0415 - 13 ms, for sealed vaults only

    return bytes(pyrage.encrypt(plain, _parsed(recipients)))


def seal_blocks(
    blocks: Iterable[bytes], recipients: Sequence[str], write: Callable[[bytes], object]
) -> None:
    """Hand on the age file of a stream, block by block.

    Raises:
        Exception: Whatever reading or writing raised, as it was raised.
    """
    import pyrage  # noqa: PLC0415 - as above

    sealed = BytesIO()  # raises nothing: of a last write, when sealing, pyrage would hide it
    reader = _Reader(_emptying(sealed, write, blocks))
    try:
        pyrage.encrypt_io(reader, sealed, _parsed(recipients))
    except (pyrage.EncryptError, OSError) as error:
        reader.reraise()
        _require_unstopped(error)
        raise
    write(_taken(sealed))


def seal_with_passphrase(plain: bytes, passphrase: str) -> bytes:
    """These bytes as an age file that a passphrase opens (scrypt, about two seconds of work).

    age measures how much work this computer does in a second, and on a busy one that is little. So
    it is tried again until it is enough; a slow computer keeps the best that it can do.
    """
    import pyrage  # noqa: PLC0415 - as above

    best = b""
    for _try in range(_SEALING_TRIES):
        sealed = bytes(pyrage.passphrase.encrypt(plain, passphrase))
        if _work_of(sealed) >= _work_of(best):
            best = sealed
        if _work_of(best) >= _ENOUGH_WORK:
            break
    return best


def open_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed with a passphrase.

    Raises:
        PassphraseWrongError: It is another passphrase, or the file was changed: age cannot tell.
        TooBusyError: age refuses, as it measures that this would take too long just now.
    """
    import pyrage  # noqa: PLC0415 - as above

    for _try in range(_OPENING_TRIES):
        try:
            return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
        except pyrage.DecryptError as error:
            if "Excessive work" not in str(error):
                raise PassphraseWrongError("the passphrase does not open it") from None
            time.sleep(_PAUSE_S)
    raise TooBusyError(errno.EAGAIN, "the computer is too busy")


def _work_of(sealed: bytes) -> int:
    """The logarithm of the work that opening takes; 0 where it is not told."""
    found = _SCRYPT.search(sealed[:_HEAD_BYTES])
    return int(found[1]) if found else 0


def is_recipient(text: str) -> bool:
    """Whether this is the public half of an X25519 key, its check digits included."""
    from pyrage import RecipientError, x25519  # noqa: PLC0415 - as above

    try:
        return str(x25519.Recipient.from_str(text)) == text
    except RecipientError:
        return False


def _parsed(recipients: Sequence[str]) -> Sequence[Recipient]:
    from pyrage import x25519  # noqa: PLC0415 - as above

    return [x25519.Recipient.from_str(recipient) for recipient in recipients]


def _emptying(
    sealed: BytesIO, write: Callable[[bytes], object], blocks: Iterable[bytes]
) -> Iterator[bytes]:
    """The blocks; before each next one all that is sealed so far is written."""
    for block in blocks:
        yield block
        write(_taken(sealed))


def _taken(sealed: BytesIO) -> bytes:
    """What was sealed since the last time; its room is used again, as to make it anew is slow."""
    with sealed.getbuffer() as held:
        data = bytes(held[: sealed.tell()])
    sealed.seek(0)
    return data


def _require_unstopped(error: Exception) -> None:
    """Where the person stopped us just as pyrage called, only its words tell of it."""
    if str(error).startswith(KeyboardInterrupt.__name__):
        raise KeyboardInterrupt from None


def _refused(error: Exception) -> ValueError:
    """Told apart by age's own words: no stanza opens, or something opened and is not whole."""
    if "No matching keys" in str(error):
        return NotForThisKeyError("sealed to other keys")
    return SealedBadError("it was changed, or is no age file")


class _Reader:
    """A stream of blocks as pyrage reads it: so many bytes at a time."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = b""
        self._at = 0
        self._error: BaseException | None = None

    def read(self, length: int) -> bytes:
        if self._at == len(self._block) and not self._next():
            return b""
        part = self._block[self._at : self._at + length]
        self._at += len(part)
        return part

    def reraise(self) -> None:
        """Raise what went wrong in reading; pyrage passes on its words alone."""
        if self._error is not None:
            raise self._error

    def _next(self) -> bool:
        try:
            self._block = next(filter(None, self._blocks), b"")
        except BaseException as error:
            self._error = error
            raise
        self._at = 0
        return bool(self._block)


class _Writer:
    """A function as pyrage writes to it."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._write(data)
        except BaseException as error:
            self._error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    def reraise(self) -> None:
        """Raise what went wrong in writing; pyrage passes on its words alone."""
        if self._error is not None:
            raise self._error
