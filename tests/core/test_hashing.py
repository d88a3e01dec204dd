from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.hashing import sha256_hex, sha256_of

# NIST's examples for FIPS 180-4: one block, two blocks, and the empty message.
EXAMPLES = [
    (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
]


@pytest.mark.parametrize(("message", "digest"), EXAMPLES)
def test_the_hash_is_the_published_one(message: bytes, digest: str) -> None:
    assert sha256_hex(message) == digest
    assert sha256_of([message]) == (digest, len(message))


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_a_stream_is_hashed_and_measured_as_the_whole(blocks: list[bytes]) -> None:
    whole = b"".join(blocks)
    assert sha256_of(iter(blocks)) == (hashlib.sha256(whole).hexdigest(), len(whole))
