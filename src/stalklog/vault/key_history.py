"""How the keys of a sealed vault came to be what they are: each change, and who came and went.

It needs no key: every change stands in plain, signed by the owner. Who each key belongs to is told
by its place in the list: hers, the recovery key's, then others'.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from stalklog.vault.keys import read_changes
from stalklog.vault.layout import SEALED_LOGS
from stalklog.vault.log import EntryError, read_lines
from stalklog.vault.sealed import parse_outer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.sealed import Outer

Role: TypeAlias = Literal["yours", "recovery", "other"]
_FIRST: tuple[Role, ...] = ("yours", "recovery")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom the vault is sealed to."""

    recipient: str
    """Their public key, `age1…`."""
    role: Role


@dataclass(frozen=True, slots=True)
class ChangeOfKeys:
    """A change that the owner signed."""

    seq: int
    at: str | None
    """When it was recorded; None where that cannot be read."""
    readers: tuple[Reader, ...]
    """Who could read from then on."""
    came: tuple[Reader, ...]
    went: tuple[Reader, ...]
    """Who could read what was added before it, and nothing that was added after."""


def readers_of(recipients: Sequence[str]) -> tuple[Reader, ...]:
    """The recipients of a list, by their places in it."""
    return tuple(
        Reader(recipient, _FIRST[place] if place < len(_FIRST) else "other")
        for place, recipient in enumerate(recipients)
    )


def change_of_keys(
    seq: int, at: str | None, before: Sequence[Reader], recipients: Sequence[str]
) -> ChangeOfKeys:
    """The step from who could read to a new list."""
    readers = readers_of(recipients)
    came = tuple(reader for reader in readers if reader not in before)
    went = tuple(reader for reader in before if reader not in readers)
    return ChangeOfKeys(seq, at, readers, came, went)


def read_history(disk: Disk, header: Header) -> tuple[ChangeOfKeys, ...]:
    """Every change of the keys in the acknowledged part of the log, in order.

    Raises:
        KeysError: The owner did not sign one of them, or `VAULT` is not the chain's.
        OSError: The log cannot be read.
    """
    changes = read_changes(disk, header)
    times = _times(disk, {change.seq for change in changes})
    found: list[ChangeOfKeys] = []
    readers = readers_of(header.recipients)
    for change in changes:
        found.append(change_of_keys(change.seq, times.get(change.seq), readers, change.recipients))
        readers = found[-1].readers
    return tuple(found)


def _times(disk: Disk, seqs: set[int]) -> dict[int, str]:
    """When each of these entries was recorded, as far as they are entries of the right form."""
    times: dict[int, str] = {}
    if not seqs:
        return times
    last = max(seqs)
    for line in read_lines(disk, SEALED_LOGS[0]):
        seq = line.number - 1
        if seq in seqs:
            with suppress(ValueError):  # what is wrong with it is for `verify` to say
                times[seq] = _at(parse_outer(line.data))
        if seq >= last:
            break
    return times


def _at(outer: Outer) -> str:
    if outer.plain is None:
        raise EntryError("SCHEMA_BAD")
    return str(outer.plain["at"])
