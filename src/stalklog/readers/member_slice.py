"""The exact bytes of something that lies in a file inside a zip or a tar, to be shown beside it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.tar_members import TarMembers
from stalklog.readers.zip_members import ZipMembers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.tar_members import TarStream
    from stalklog.readers.zip_members import MemberStream
    from stalklog.records.message import Place


def member_slice(stream: BinaryIO, place: Place, most: int) -> bytes:
    """The bytes at a place in a file of an archive; empty where they cannot be had.

    Two files may have one name, and neither is trusted to be the right one: what is given has the
    SHA-256 that the place has.

    Args:
        stream: The archive; it must be able to seek.
        place: With `member`, `start`, `end` and `sha256`; without these nothing is given.
        most: How many bytes are given.
    """
    if not (place.member and place.sha256) or place.start is None or place.end is None:
        return b""
    for content in _named(stream, place.member):
        try:
            with content:
                found = _proven(content, place.start, place.end, place.sha256, most)
        except ReadingError:
            continue
        if found:
            return found
    return b""


def _named(stream: BinaryIO, name: str) -> Iterator[MemberStream | TarStream]:
    archive: ZipMembers | TarMembers
    try:
        archive = ZipMembers(stream, Notes())
    except ReadingError:
        archive = TarMembers(stream, Notes())
    for member in archive.members:
        if member.name == name:
            try:
                yield archive.open(member)  # type: ignore[arg-type]  # it is one of its own
            except ReadingError:
                continue


def _proven(
    content: MemberStream | TarStream, start: int, end: int, sha256: str, most: int
) -> bytes:
    """The first bytes of a range, if all of the range has this hash; empty if not."""
    at, digest, kept = 0, hashlib.sha256(), bytearray()
    while at < end and (
        block := content.read(min(BLOCK_BYTES, (end if at >= start else start) - at))
    ):
        if at >= start:
            digest.update(block)
            kept += block[: most - len(kept)]
        at += len(block)
    return bytes(kept) if at == end and digest.hexdigest() == sha256 else b""
