"""What is made of age's own answers: its words, its work, its way of reading and writing."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING, NoReturn

import pyrage
import pytest
from tests.vault.sealed_desk import ADVOCATE, HERS, STRANGER

from stalklog.vault import cipher as tested
from stalklog.vault.cipher import (
    Identities,
    NotForThisKeyError,
    PassphraseWrongError,
    SealedBadError,
    TooBusyError,
    is_recipient,
    open_with_passphrase,
    seal,
    seal_blocks,
    seal_with_passphrase,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS = "four words far apart"
BUSY = "Excessive work parameter for passphrase."


def with_work(work: int | None) -> bytes:
    """An age file that says how much work its passphrase takes."""
    stanza = b"" if work is None else b"-> scrypt c2FsdA %d\n" % work
    return b"age-encryption.org/v1\n" + stanza + b"body\n--- mac\n"


# A passphrase


def sealing(monkeypatch: pytest.MonkeyPatch, *works: int | None) -> list[tuple[bytes, str]]:
    """What age is asked for while it measures so much work each time."""
    asked: list[tuple[bytes, str]] = []

    def encrypt(plain: bytes, passphrase: str) -> bytes:
        asked.append((plain, passphrase))
        return with_work(works[len(asked) - 1])

    monkeypatch.setattr(pyrage.passphrase, "encrypt", encrypt)
    return asked


@pytest.mark.parametrize(
    ("works", "tries", "kept"),
    [
        ((18,), 1, 18),
        ((22,), 1, 22),
        ((17, 18), 2, 18),
        ((9, 16, 15, 14, 13, 12, 20), 6, 16),
        ((5,) * 7, 6, 5),
        ((1, 17, 17, 3, 19), 5, 19),
    ],
)
def test_a_busy_computer_is_asked_again_and_the_best_is_kept(
    monkeypatch: pytest.MonkeyPatch, works: tuple[int, ...], tries: int, kept: int
) -> None:
    asked = sealing(monkeypatch, *works)
    assert seal_with_passphrase(b"key", WORDS) == with_work(kept)
    assert asked == [(b"key", WORDS)] * tries


def test_a_file_that_says_nothing_of_its_work_is_better_than_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealing(monkeypatch, *[None] * 6)
    assert seal_with_passphrase(b"key", WORDS) == with_work(None)


@pytest.mark.parametrize(
    ("sealed", "work"),
    [
        (with_work(18), 18),
        (with_work(7), 7),
        (b"", 0),
        (with_work(None), 0),
        (b"age-encryption.org/v1\n-> X25519 abc 18\n", 0),
        (b"age-encryption.org/v1\n" + b"x" * 300 + b"\n-> scrypt c2FsdA 18\n", 0),
        (b"x" * 241 + b"\n-> scrypt a 18\n", 18),
        (b"x" * 243 + b"\n-> scrypt a 18\n", 0),
    ],
)
def test_the_work_stands_in_the_head_of_the_file(sealed: bytes, work: int) -> None:
    assert tested._work_of(sealed) == work


def opening(monkeypatch: pytest.MonkeyPatch, *answers: bytes | str) -> list[object]:
    """What is done while age answers so."""
    done: list[object] = []

    def decrypt(sealed: bytes, passphrase: str) -> bytes:
        assert (sealed, passphrase) == (b"sealed", WORDS)
        answer = answers[sum(one == "asked" for one in done)]
        done.append("asked")
        if isinstance(answer, str):
            raise pyrage.DecryptError(answer)
        return answer

    monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)
    monkeypatch.setattr(time, "sleep", done.append)
    return done


def test_age_is_asked_again_after_a_while_where_the_computer_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = opening(monkeypatch, BUSY, BUSY, b"key")
    assert open_with_passphrase(b"sealed", WORDS) == b"key"
    assert done == ["asked", 0.25, "asked", 0.25, "asked"]


def test_a_computer_that_stays_too_busy_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    done = opening(monkeypatch, *[BUSY] * 20)
    with pytest.raises(TooBusyError, match="the computer is too busy") as caught:
        open_with_passphrase(b"sealed", WORDS)
    told = (caught.value.errno, caught.value.strerror)
    assert told == (errno.EAGAIN, "the computer is too busy")
    assert done == ["asked", 0.25] * 12


def test_another_passphrase_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done = opening(monkeypatch, "Decryption failed", b"key")
    with pytest.raises(PassphraseWrongError, match=r"^the passphrase does not open it$"):
        open_with_passphrase(b"sealed", WORDS)
    assert done == ["asked"]


# Keys


def test_a_key_file_says_its_public_keys_and_is_read_again() -> None:
    both = Identities((*HERS.secrets, *ADVOCATE.secrets))
    expected = "".join(
        f"# public key: {key.recipients[0]}\n{key.secrets[0]}\n" for key in (HERS, ADVOCATE)
    )
    assert both.to_text() == expected
    for text in (expected, "\n  " + expected.replace("\n", "  \r\n\n") + "# a remark"):
        again = Identities.from_text(text)
        assert again.secrets == both.secrets
        assert again.recipients == both.recipients == (*HERS.recipients, *ADVOCATE.recipients)
    made = Identities.make()
    assert made.recipients != Identities.make().recipients
    assert Identities(iter(made.secrets)).recipients == made.recipients


def test_a_key_file_says_which_vault_it_is_for() -> None:
    line = "ab" * 32
    told = HERS.for_vault(line)
    assert (told.secrets, told.vault) == (HERS.secrets, line)
    assert told.to_text() == f"# vault: {line}\n{HERS.to_text()}"
    again = Identities.from_text(told.to_text())
    assert (again.secrets, again.vault) == (HERS.secrets, line)
    assert HERS.vault == Identities.from_text(HERS.to_text()).vault == ""
    newer = told.renewed()
    assert newer.vault == line
    assert newer.secrets[1:] == HERS.secrets
    assert newer.secrets[0] not in HERS.secrets


@pytest.mark.parametrize(
    ("secrets", "words"), [([], "no age identity"), (["x"], "not an age identity")]
)
def test_what_is_no_key_is_told(secrets: list[str], words: str) -> None:
    with pytest.raises(SealedBadError, match=f"^{words}$"):
        Identities(secrets)


def test_only_the_one_spelling_of_a_public_key_is_one() -> None:
    good = HERS.recipients[0]
    assert is_recipient(good)
    for bad in (good[:-1], good.upper(), "", HERS.secrets[0]):
        assert not is_recipient(bad)


# Opening


def opened(keys: Identities, sealed: bytes) -> bytes:
    parts: list[bytes] = []
    keys.open_blocks(iter([sealed[:10], b"", sealed[10:]]), parts.append)
    assert keys.open(sealed) == b"".join(parts)
    return b"".join(parts)


def test_each_recipient_opens_it() -> None:
    for sealed in (seal(b"words", keys()), streamed(b"words", keys())):
        assert opened(HERS, sealed) == opened(ADVOCATE, sealed) == b"words"


def keys() -> tuple[str, ...]:
    return (*HERS.recipients, *ADVOCATE.recipients)


def streamed(plain: bytes, recipients: tuple[str, ...]) -> bytes:
    parts: list[bytes] = []
    seal_blocks([plain], recipients, parts.append)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("sealed", "error", "words"),
    [
        (seal(b"words", STRANGER.recipients), NotForThisKeyError, "sealed to other keys"),
        (seal(b"words", HERS.recipients)[:-1], SealedBadError, "it was changed, or is no age file"),
        (b"", SealedBadError, "it was changed, or is no age file"),
    ],
)
def test_what_cannot_be_opened_is_told_apart_by_age_s_words(
    sealed: bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=f"^{words}$"):
        HERS.open(sealed)
    with pytest.raises(error, match=f"^{words}$"):
        HERS.open_blocks([sealed], _drop)


def _drop(_data: bytes) -> None:
    """Nothing is kept."""


class OwnError(Exception):
    """Raised by a source or a target of the test."""


def failing(after: int) -> Iterator[bytes]:
    sealed = seal(bytes(200_000), HERS.recipients)
    for at in range(after):
        yield sealed[at * 1000 : (at + 1) * 1000]
    raise OwnError("mine")


def refusing(_data: bytes) -> None:
    raise OwnError("mine")


@pytest.mark.parametrize(
    "what",
    [
        lambda: HERS.open_blocks(failing(0), _drop),
        lambda: HERS.open_blocks(failing(150), _drop),
        lambda: HERS.open_blocks([seal(b"words", HERS.recipients)], refusing),
        lambda: seal_blocks(failing(0), HERS.recipients, _drop),
        lambda: seal_blocks(failing(150), HERS.recipients, _drop),
        lambda: seal_blocks([b"words"], HERS.recipients, refusing),
        lambda: seal_blocks([bytes(200_000)], HERS.recipients, refusing),
    ],
)
def test_what_source_or_target_raise_arrives_as_it_was_raised(what: Callable[[], None]) -> None:
    with pytest.raises(OwnError, match=r"^mine$"):
        what()


@pytest.mark.parametrize(
    ("words", "sealing", "opening"),
    [
        ("KeyboardInterrupt: ", KeyboardInterrupt, KeyboardInterrupt),
        ("not a KeyboardInterrupt", pyrage.EncryptError, SealedBadError),
    ],
)
def test_who_is_stopped_as_age_calls_is_known_by_its_words_alone(
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    sealing: type[BaseException],
    opening: type[BaseException],
) -> None:
    def tell(kind: type[Exception]) -> Callable[..., NoReturn]:
        def raising(*_: object) -> NoReturn:
            raise kind(words)

        return raising

    monkeypatch.setattr(pyrage, "encrypt_io", tell(pyrage.EncryptError))
    monkeypatch.setattr(pyrage, "decrypt_io", tell(pyrage.DecryptError))
    with pytest.raises(sealing):
        seal_blocks([b"words"], HERS.recipients, _drop)
    with pytest.raises(opening):
        HERS.open_blocks([b"sealed"], _drop)


def test_a_recipient_that_is_none_is_no_error_of_the_stream() -> None:
    with pytest.raises(pyrage.RecipientError):
        seal_blocks([b"words"], ("age1",), _drop)


# How pyrage reads and writes


@pytest.mark.parametrize("length", [1, 2, 3, 100])
def test_a_stream_of_blocks_is_read_so_many_bytes_at_a_time(length: int) -> None:
    reader = tested._Reader(iter([b"", b"abc", b"", b"", b"de", b""]))
    parts = []
    while part := reader.read(length):
        parts.append(part)
    assert b"".join(parts) == b"abcde"
    assert max(map(len, parts)) <= length
    assert reader.read(1) == b""
    reader.reraise()  # nothing went wrong


def test_a_block_is_taken_only_when_the_one_before_it_was_read() -> None:
    taken: list[bytes] = []

    def blocks() -> Iterator[bytes]:
        for block in (b"ab", b"cd"):
            taken.append(block)
            yield block

    reader = tested._Reader(blocks())
    assert [reader.read(1), reader.read(5)] == [b"a", b"b"]
    assert taken == [b"ab"]
    assert reader.read(5) == b"cd"


def test_an_error_of_the_source_is_kept_to_be_raised_again() -> None:
    reader = tested._Reader(failing(0))
    with pytest.raises(OwnError):
        reader.read(1)
    with pytest.raises(OwnError, match="mine"):
        reader.reraise()


def test_what_is_written_is_counted_and_an_error_is_kept() -> None:
    parts: list[bytes] = []
    writer = tested._Writer(parts.append)
    assert [writer.write(b"abc"), writer.write(b"")] == [3, 0]
    writer.flush()
    writer.reraise()
    assert parts == [b"abc", b""]
    writer = tested._Writer(refusing)
    with pytest.raises(OwnError):
        writer.write(b"abc")
    with pytest.raises(OwnError, match="mine"):
        writer.reraise()
