"""Sealing and opening: what was sealed comes back whole, or not at all."""

from __future__ import annotations

import itertools
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.sealed_desk import ADVOCATE, HERS, STRANGER

from stalklog.vault import cipher
from stalklog.vault.cipher import (
    Identities,
    NotForThisKeyError,
    PassphraseWrongError,
    SealedBadError,
    is_recipient,
    open_with_passphrase,
    seal,
    seal_blocks,
    seal_with_passphrase,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

CHUNK = 64 * 1024
"""What age seals at once (C2SP age.md, payload)."""


def sealed_of(blocks: list[bytes], keys: Identities = HERS) -> bytes:
    parts: list[bytes] = []
    seal_blocks(blocks, keys.recipients, parts.append)
    return b"".join(parts)


def opened_of(sealed: bytes, keys: Identities = HERS) -> bytes:
    parts: list[bytes] = []
    keys.open_blocks([sealed], parts.append)
    return b"".join(parts)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_sealed_at_once_or_in_a_stream_is_opened_either_way(length: int) -> None:
    plain = bytes(range(256)) * (length // 256 + 1)
    plain = plain[:length]
    for sealed in (seal(plain, HERS.recipients), sealed_of([plain[:7], b"", plain[7:]])):
        assert HERS.open(sealed) == plain
        assert opened_of(sealed) == plain


def test_each_recipient_opens_it_alone_and_nobody_else() -> None:
    sealed = seal(b"words", (*HERS.recipients, *ADVOCATE.recipients))
    assert HERS.open(sealed) == ADVOCATE.open(sealed) == b"words"
    with pytest.raises(NotForThisKeyError):
        STRANGER.open(sealed)
    with pytest.raises(NotForThisKeyError):
        opened_of(sealed, STRANGER)


def test_a_key_file_with_several_keys_opens_what_any_of_them_opens() -> None:
    both = Identities([*STRANGER.secrets, *HERS.secrets])
    assert both.open(seal(b"words", HERS.recipients)) == b"words"
    assert Identities.from_text(both.to_text()).recipients == both.recipients


def test_the_same_words_sealed_twice_look_different() -> None:
    assert seal(b"words", HERS.recipients) != seal(b"words", HERS.recipients)


def changed(sealed: bytes) -> list[bytes]:
    head = sealed.index(b"\n--- ")
    header_end = sealed.index(b"\n", head + 1) + 1
    payload = header_end + 16
    flips = [head - 3, head + 8, header_end + 3, payload + 5, payload + CHUNK + 16 + 5, -1]
    cuts = [len(sealed) - 1, payload, payload + CHUNK + 16, header_end, 30, 0]
    return [
        *(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at:][1:] for at in flips[:-1]),
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        *(sealed[:cut] for cut in cuts),
        sealed + b"\0",
        sealed + sealed,
        sealed[: payload + CHUNK + 16] + sealed[payload : payload + CHUNK + 16],
    ]


@pytest.mark.parametrize("number", range(15))
def test_what_was_cut_flipped_or_added_to_is_refused(number: int) -> None:
    sealed = sealed_of([b"x" * (2 * CHUNK + 100)])
    bad = changed(sealed)[number]
    with pytest.raises((SealedBadError, NotForThisKeyError)):
        HERS.open(bad)
    with pytest.raises((SealedBadError, NotForThisKeyError)):
        opened_of(bad)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_at_all_make_it_fail_otherwise(junk: bytes, is_headed: bool) -> None:
    bad = b"age-encryption.org/v1\n" + junk if is_headed else junk
    with pytest.raises((SealedBadError, NotForThisKeyError)):
        HERS.open(bad)
    with pytest.raises((SealedBadError, NotForThisKeyError)):
        opened_of(bad)


class OwnError(Exception):
    """Raised by a source or a target of the test."""


@pytest.mark.parametrize("kind", [OwnError, OSError, KeyboardInterrupt])
def test_what_source_or_target_raise_arrives_as_it_was_raised(kind: type[BaseException]) -> None:
    def source() -> Iterator[bytes]:
        yield b"x"
        raise kind("mine")

    def target(_data: bytes) -> None:
        raise kind("mine")

    with pytest.raises(kind, match="mine"):
        seal_blocks(source(), HERS.recipients, _drop)
    with pytest.raises(kind, match="mine"):
        HERS.open_blocks(source(), _drop)
    for length in (1, 3 * CHUNK):  # the last block is another case
        with pytest.raises(kind, match="mine"):
            seal_blocks([bytes(length)], HERS.recipients, target)
        with pytest.raises(kind, match="mine"):
            HERS.open_blocks([seal(bytes(length), HERS.recipients)], target)


@pytest.mark.parametrize("blocks", [[b"x"], [bytes(CHUNK)] * 3])
def test_who_is_stopped_at_any_call_of_ours_knows_it(blocks: list[bytes]) -> None:
    """A signal comes in as a function is entered, where nothing in it can catch that."""
    works: tuple[Callable[[], None], ...] = (
        lambda: seal_blocks(blocks, HERS.recipients, _drop),
        lambda: HERS.open_blocks([seal(b"".join(blocks), HERS.recipients)], _drop),
    )
    for work in works:
        calls = itertools.count()
        with stopping(calls, at=-1):
            work()
        for at in range(next(calls)):
            with pytest.raises(KeyboardInterrupt), stopping(itertools.count(), at=at):
                work()


@contextmanager
def stopping(calls: Iterator[int], at: int) -> Iterator[None]:
    """Stop at that call of a function of the module; a flush, which does nothing, counts not."""

    def look(frame: FrameType, event: str, _arg: object) -> None:
        code = frame.f_code
        is_ours = event == "call" and code.co_filename == cipher.__file__
        if is_ours and code.co_name != "flush" and next(calls) == at:
            raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("length", [1, CHUNK, 2 * CHUNK + 1])
def test_a_write_that_fails_at_any_place_is_told(length: int) -> None:
    sealed = seal(bytes(length), HERS.recipients)
    written: list[bytes] = []
    seal_blocks([bytes(length)], HERS.recipients, written.append)
    for at in range(len(written)):
        with pytest.raises(OSError, match="full"):
            seal_blocks([bytes(length)], HERS.recipients, _full_at(at))
    written.clear()
    HERS.open_blocks([sealed], written.append)
    for at in range(len(written)):
        with pytest.raises(OSError, match="full"):
            HERS.open_blocks([sealed], _full_at(at))


def _full_at(number: int) -> Callable[[bytes], None]:
    count = itertools.count()

    def write(_data: bytes) -> None:
        if next(count) == number:
            raise OSError(28, "full")

    return write


def _drop(_data: bytes) -> None:
    """Nothing is kept."""


def test_a_passphrase_opens_what_it_sealed_and_keys_do_not() -> None:
    sealed = seal_with_passphrase(b"key", "four words far apart")
    assert open_with_passphrase(sealed, "four words far apart") == b"key"
    with pytest.raises(NotForThisKeyError):
        HERS.open(sealed)
    with pytest.raises(PassphraseWrongError):
        open_with_passphrase(seal(b"key", HERS.recipients), "four words far apart")


@pytest.mark.parametrize(
    "text", ["", "AGE-SECRET-KEY-1", "age1qqqq", "# only a remark\n", HERS.recipients[0]]
)
def test_what_is_no_identity_file_is_refused(text: str) -> None:
    with pytest.raises(SealedBadError):
        Identities.from_text(text)


def test_a_recipient_is_told_from_what_looks_like_one() -> None:
    good = HERS.recipients[0]
    assert is_recipient(good)
    last = "q" if good[-1] != "q" else "p"
    for bad in (good[:-1] + last, good.upper(), good + " ", "", HERS.secrets[0], "age1"):
        assert not is_recipient(bad)
