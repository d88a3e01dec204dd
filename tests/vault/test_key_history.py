"""Who came and who went with each change of the keys, as far as the chain shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR, log_threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    LOG,
    RECOVERY,
    STRANGER,
    give,
    init_sealed,
    lines_of,
    outside,
)

from stalklog.core import canonical
from stalklog.vault import key_history as tested
from stalklog.vault.key_history import (
    ChangeOfKeys,
    Reader,
    change_of_keys,
    read_history,
    readers_of,
)
from stalklog.vault.keys import read_owner
from stalklog.vault.log import read_lines
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.vault.log import Line

FIRST = (HERS.recipients[0], RECOVERY.recipients[0])
THEIRS = ADVOCATE.recipients[0]
YOURS = Reader(FIRST[0], "yours")
PAPER = Reader(FIRST[1], "recovery")
ADVOCATES = Reader(THEIRS, "other")


def change(disk: ModelDisk, *recipients: str) -> str:
    """A change of the keys, and when it was recorded."""
    owner = read_owner(disk, Vault(disk).header, HERS)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(owner, recipients)
        writer.commit()
    return str(canonical.decode(lines_of(disk)[-1])["at"])


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    return disk


def test_readers_are_known_by_their_places() -> None:
    assert readers_of(()) == ()
    found = readers_of(("a", "b", "c", "d"))
    assert [(one.recipient, one.role) for one in found] == [
        ("a", "yours"),
        ("b", "recovery"),
        ("c", "other"),
        ("d", "other"),
    ]


def test_a_change_says_who_came_and_who_went() -> None:
    before = readers_of((*FIRST, THEIRS))
    stranger = STRANGER.recipients[0]
    after = (YOURS, PAPER, Reader(stranger, "other"))
    assert change_of_keys(7, "then", before, (*FIRST, stranger)) == ChangeOfKeys(
        7, "then", after, (Reader(stranger, "other"),), (ADVOCATES,)
    )
    assert change_of_keys(7, None, after, (*FIRST, stranger)) == ChangeOfKeys(
        7, None, after, (), ()
    )


def test_without_a_change_there_is_no_history(disk: ModelDisk) -> None:
    assert read_history(disk, Vault(disk).header) == ()


def test_each_change_is_told_from_the_list_before_it(disk: ModelDisk) -> None:
    added = change(disk, *FIRST, THEIRS)
    give(disk, log_threat)
    removed = change(disk, *FIRST)
    give(disk, log_threat)
    assert read_history(disk, Vault(disk).header) == (
        ChangeOfKeys(2, added, (YOURS, PAPER, ADVOCATES), (ADVOCATES,), ()),
        ChangeOfKeys(4, removed, (YOURS, PAPER), (), (ADVOCATES,)),
    )


def put(disk: ModelDisk, lines: list[bytes]) -> None:
    disk.put(LOG, b"".join(line + b"\n" for line in lines))


def test_of_a_change_in_another_form_no_time_is_told_and_of_the_others_it_is(
    disk: ModelDisk,
) -> None:
    change(disk, *FIRST, THEIRS)
    later = change(disk, *FIRST)
    lines = lines_of(disk)
    put(disk, [*lines[:2], outside(lines[2], by=7), lines[3]])
    assert tested._times(disk, {2, 3}) == {3: later}


def test_a_sealed_line_shows_no_time(disk: ModelDisk) -> None:
    first = str(canonical.decode(lines_of(disk)[0])["at"])
    assert tested._times(disk, {0, 1}) == {0: first}
    assert tested._times(disk, set()) == {}


def test_the_log_is_read_only_up_to_the_last_change(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(disk, *FIRST, THEIRS)
    give(disk, log_threat)
    read: list[int] = []

    def watched(disk: ModelDisk, log: str) -> Iterator[Line]:
        for line in read_lines(disk, log):
            read.append(line.number)
            yield line

    monkeypatch.setattr(tested, "read_lines", watched)
    assert list(tested._times(disk, {2})) == [2]
    assert read == [1, 2, 3]
    assert tested._times(disk, set()) == {}
    assert read == [1, 2, 3]
