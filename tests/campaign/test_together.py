"""Many commands at once: one chain, nothing lost, and nobody is told of damage that is none."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.cases import ONE_MORE, unkept
from tests.campaign.warm import RUN
from tests.vault.campaign import IS_LONG

from stalklog.errors import VaultBusyError
from stalklog.vault.disk import Disk
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Ran

WRITERS: Final = 8
ENTRIES_EACH: Final = 50 if IS_LONG else 6
WRITTEN: Final = 100 if IS_LONG else 24
FILES: Final = 400 if IS_LONG else 60
DATED: Final = ("log-threat", "--when", "today", "--words", "A blue scarf.", "--json")
REFUSED: Final = r'(\{"code": 22, [^\n]*Entries were added while the report was made[^\n]*\n)*'
MAIL: Final = (
    b"From: nobody@example.org\nDate: Fri, 20 Nov 2026 10:00:00 +0530\nSubject: x\n\nThe scarf.\n"
)


def answers(ran: Ran, told: str = "", *codes: int) -> list[Any]:
    """What each of the runs in a row answered, and told besides, if anything of that form."""
    assert ran.code in {0, *codes}, ran.err
    assert re.fullmatch(told, ran.err), ran.err
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


@pytest.mark.skipif(not IS_LONG, reason="five more readers beside a writer: make campaign")
def test_who_searches_reports_or_takes_out_beside_a_writer_is_never_misled(
    vault: Path, commands: Commands, record_property: Callable[[str, object], None]
) -> None:
    """A report writes itself down: it is a second writer."""
    mail, made = vault.parent / "dated.eml", vault.parent / f"report-{RUN}.html"
    mail.write_bytes(MAIL)
    at = ("--vault", str(vault), "--wait", "300")
    kept = commands.run(*at, "add-evidence", str(mail), "--json").json["added"][0]["id"]
    before = size_of_intact(vault)
    got = vault.parent / f"got-{RUN}.eml"
    reading = (
        ["search", "scarf", "--limit", "1000"],
        ["timeline", "--limit", "1000"],
        ["report", "-o", str(made)],
        ["messages", kept],
        ["get", kept, "-o", str(got)],
    )
    ran = commands.together(
        ((*at, *DATED), WRITTEN), beside=[(*at, *command, "--json") for command in reading]
    )
    reports = answers(ran.pop(3), REFUSED, VaultBusyError.exit_code)
    axes = answers(ran.pop(2))
    written, hits, messages, taken = map(answers, ran)
    looks = (hits, axes, reports, messages, taken)
    record_property("looks_beside", sum(map(len, looks)))
    assert unkept(vault, [*written, *reports]) is None
    assert size_of_intact(vault) == before + WRITTEN + len(reports)
    for shown in (hits, axes):
        counts = [len(look) for look in shown]
        assert counts == sorted(counts)
        assert counts[-1] - counts[0] <= WRITTEN
        assert len({*counts}) > 2, "nobody looked while it wrote"
    counts = [report["entries"] for report in reports]
    assert counts == sorted(counts)
    for report in reports:
        assert hashlib.sha256(Path(report["path"]).read_bytes()).hexdigest() == report["sha256"]
    assert len(list(vault.parent.glob("report-*"))) == len(reports)
    assert all(look == messages[0] for look in messages)
    for number, _look in enumerate(taken):
        assert Path(str(got).replace(RUN, str(number))).read_bytes() == MAIL


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
