"""Many commands at once: one chain, nothing lost, and nobody is told of damage that is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.cases import ONE_MORE, unkept
from tests.vault.campaign import IS_LONG

from stalklog.vault.disk import Disk
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Ran

WRITERS: Final = 8
ENTRIES_EACH: Final = 50 if IS_LONG else 6
WRITTEN: Final = 100 if IS_LONG else 24
FILES: Final = 400 if IS_LONG else 60


def answers(ran: Ran) -> list[Any]:
    """What each of the runs in a row answered."""
    assert ran.code == 0, ran.err
    assert ran.err == ""
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.fixture
def vault(cases: dict[str, Case], place: Path) -> Path:
    cases["log"].fresh(place)
    return place / "vault"


def size_of_intact(vault: Path) -> int:
    disk = Disk(vault)
    found = check_vault(disk)
    disk.close()
    assert found.findings == ()
    return found.size


def test_eight_who_write_at_once_make_one_chain(vault: Path, commands: Commands) -> None:
    before = size_of_intact(vault)
    line = ("--vault", str(vault), "--wait", "300", *ONE_MORE)
    written = commands.together(*[(line, ENTRIES_EACH)] * WRITERS)
    receipts = [receipt for ran in written for receipt in answers(ran)]
    count = WRITERS * ENTRIES_EACH
    assert len({receipt["id"] for receipt in receipts}) == count
    assert {receipt["size"] for receipt in receipts} == set(range(before + 1, before + count + 1))
    assert unkept(vault, receipts) is None
    assert size_of_intact(vault) == before + count


def test_who_looks_beside_a_writer_is_never_told_of_damage(
    vault: Path, commands: Commands, record_property: Callable[[str, object], None]
) -> None:
    before = size_of_intact(vault)
    at = ("--vault", str(vault), "--wait", "300")
    looking = (["list", "all"], ["show", "T-0001", "--history"], ["status"], ["verify"])
    written, listed, shown, stood, verified = (
        answers(ran)
        for ran in commands.together(
            ((*at, *ONE_MORE), WRITTEN), beside=[(*at, *command, "--json") for command in looking]
        )
    )
    record_property("looks_beside", sum(map(len, (listed, shown, stood, verified))))
    assert unkept(vault, written) is None
    assert size_of_intact(vault) == before + WRITTEN
    assert all(look == shown[0] for look in shown)
    assert all((look["verdict"], look["findings"]) == ("intact", []) for look in verified)
    sizes = [len(look) for look in listed]
    assert sizes == sorted(sizes)
    assert {*sizes} - {before, before + WRITTEN}, "nobody looked while it wrote"
    sizes = [look["size"] for look in verified]
    assert sizes == sorted(sizes)
    assert {*sizes} - {before, before + WRITTEN}, "nobody checked while it wrote"


def test_two_bulk_adds_at_once_lose_nothing(vault: Path, commands: Commands) -> None:
    before = size_of_intact(vault)
    lines = []
    for folder in ("this", "that"):
        many = vault.parent / folder
        many.mkdir()
        for number in range(FILES):
            shared = number % 2 == 0
            (many / f"{number}").write_text(f"{number} {'both' if shared else folder}\n")
        line = ("--vault", str(vault), "--wait", "300", "add-evidence", str(many), "--json")
        lines.append((line, 1))
    receipts = [receipt for ran in commands.together(*lines) for receipt in answers(ran)]
    assert [len(receipt["added"]) for receipt in receipts] == [FILES, FILES]
    held = [item["stored"] for receipt in receipts for item in receipt["added"]]
    assert held.count("already-held") == FILES // 2
    assert unkept(vault, receipts) is None
    assert size_of_intact(vault) == before + 2 * FILES
