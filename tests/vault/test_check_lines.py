"""The lines of all logs are read to their ends, and what is wrong is told log by log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.records.sample import HASH
from tests.vault.model_disk import ModelDisk
from tests.vault.test_check_line import entry
from tests.vault.test_tampering import filled

from stalklog.core import canonical
from stalklog.records.types import LOGS
from stalklog.vault import check_lines as tested
from stalklog.vault import stretch
from stalklog.vault.check_lines import check_lines, is_there
from stalklog.vault.findings import Finding
from stalklog.vault.layout import log_name
from stalklog.vault.log import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vault.model_disk import Special

    from stalklog.vault.check_lines import Read
    from stalklog.vault.stretch import BadLine, Share, Stretch

BACKWARDS = "the entry stands behind a later one"


@pytest.fixture
def disk() -> ModelDisk:
    """Five empty logs."""
    disk = ModelDisk()
    disk.plant("logs", "folder")
    for log in LOGS:
        disk.put(log_name(log), b"")
    return disk


def line(seq: int, log: str = "threats") -> bytes:
    """A good line of that place, with its newline."""
    made = {
        "threats": entry("threat.logged", "threats", "T-0001"),
        "evidence": entry("evidence.added", "evidence", "E-0001"),
        "custody": entry("recovery.done", "custody", "X-0001"),
    }[log]
    return canonical.encode(canonical.decode(made) | {"seq": seq}) + b"\n"


def checked(
    disk: ModelDisk, logs: tuple[str, ...] = LOGS, **ends: int | None
) -> tuple[Read, list[Finding]]:
    findings: list[Finding] = []
    return check_lines(disk, logs, dict(ends), findings), findings


def test_every_line_of_every_log_is_read_in_the_order_of_the_files() -> None:
    found, findings = checked(filled(), LOGS)
    stored = [
        (parse_line(line)[0].seq, f"{log_name(log)}:{number}")
        for log in LOGS
        for number, line in enumerate(filled().read(log_name(log)).splitlines(), 1)
    ]
    rows = list(found.facts.rows(list(range(len(found.facts)))))
    assert [(row.seq, row.where) for row in rows] == stored
    assert (findings, found.bad, found.quarantined) == ([], [], [])


def test_only_the_logs_that_can_be_read_are_read_and_only_to_their_ends(disk: ModelDisk) -> None:
    for log in ("evidence", "threats", "custody"):
        disk.put(log_name(log), line(1, log) + line(2, log) + b"torn")
    found, findings = checked(disk, ("threats", "custody"), threats=len(line(1)))
    assert list(found.facts.seqs) == [1, 1, 2]
    assert [(one.code, one.where) for one in findings] == [("NOT_JSON", "logs/custody.jsonl:3")]


def test_what_entries_need_is_gathered_and_the_first_that_needs_it_counts(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretch, "STRETCH_BYTES", 1)  # each line is a stretch of its own
    disk.put(log_name("evidence"), line(4, "evidence") + line(6, "evidence"))
    disk.put(log_name("custody"), line(5, "custody") + b"no entry\n" + b"nor this\n")
    found, findings = checked(disk)
    assert found.objects == {HASH: (0, 4)}
    assert found.quarantined == [("quarantine/a", HASH, 5)]
    assert found.bad == [bad(b"no entry"), bad(b"nor this")]
    assert [(one.code, one.where, one.seq) for one in findings] == [
        ("NOT_JSON", "logs/custody.jsonl:2", None),
        ("NOT_JSON", "logs/custody.jsonl:3", None),
    ]


def bad(data: bytes) -> BadLine:
    return stretch.read_stretch(stretch.Stretch("custody", 1, data + b"\n")).bad[0]


@pytest.mark.parametrize("size", [1, 1 << 20], ids=["line by line", "at once"])
def test_a_line_behind_a_later_one_is_told_wherever_the_log_was_cut(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(stretch, "STRETCH_BYTES", size)
    lines = [line(2), b"no entry\n", line(5), line(5), line(3), line(7)]
    disk.put(log_name("threats"), b"".join(lines))
    disk.put(log_name("custody"), line(1, "custody"))  # another log begins anew
    assert [(one.code, one.where, one.seq) for one in checked(disk)[1]] == [
        ("NOT_JSON", "logs/threats.jsonl:2", None),
        ("SEQ_BACKWARDS", "logs/threats.jsonl:5", 3),
    ]


@pytest.mark.parametrize("size", [1, 1 << 20], ids=["line by line", "at once"])
def test_all_that_is_wrong_with_a_line_is_told_in_one_order(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(stretch, "STRETCH_BYTES", size)
    disk.put(log_name("threats"), line(5) + line(3, "custody"))
    assert [(one.code, one.seq) for one in checked(disk)[1]] == [
        ("WRONG_LOG", 3),
        ("SEQ_BACKWARDS", 3),
    ]


def test_what_is_wrong_with_a_line_is_told_in_the_order_of_the_file(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stretch whose first understood line stands too late, behind one that is not."""
    monkeypatch.setattr(stretch, "STRETCH_BYTES", len(line(5)))
    disk.put(log_name("threats"), line(5) + b"no entry\n" + line(3) + b"no entry\n")
    assert checked(disk)[1] == [
        Finding("NOT_JSON", "logs/threats.jsonl:2", None, "the line is not what was written"),
        Finding("SEQ_BACKWARDS", "logs/threats.jsonl:3", 3, BACKWARDS),
        Finding("NOT_JSON", "logs/threats.jsonl:4", None, "the line is not what was written"),
    ]


def test_findings_come_log_by_log_in_the_order_of_the_logs(disk: ModelDisk) -> None:
    for log in reversed(LOGS):
        disk.put(log_name(log), b"no entry\n")
    earlier = Finding("STATE_BAD", "state", None, "earlier")
    findings = [earlier]
    check_lines(disk, ("custody", "threats"), {}, findings)
    assert [one.where for one in findings] == [
        "state",
        "logs/threats.jsonl:1",
        "logs/custody.jsonl:1",
    ]


def test_progress_is_told_of_all_bytes_of_lines(disk: ModelDisk) -> None:
    told: list[tuple[int, int]] = []
    disk.put(log_name("threats"), line(2))
    disk.put(log_name("custody"), line(1, "custody"))
    check_lines(disk, LOGS, {}, [], lambda files, size: told.append((files, size)))
    assert told == [(0, len(line(2))), (0, len(line(1, "custody")))]


@pytest.mark.parametrize(("most", "with_worker"), [(0, True), (1, False)])
def test_a_second_process_helps_from_a_size_on(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, most: int, with_worker: bool
) -> None:
    """The sizes of all logs together count."""
    asked: list[bool] = []

    def read_all(
        stretches: Iterator[Stretch], *, with_worker: bool
    ) -> Iterator[tuple[Stretch, Share]]:
        asked.append(with_worker)
        yield from ((one, stretch.read_stretch(one)) for one in stretches)

    disk.put(log_name("threats"), line(2))
    disk.put(log_name("custody"), line(1, "custody"))
    total = len(line(2)) + len(line(1, "custody"))
    monkeypatch.setattr(tested, "read_all", read_all)
    monkeypatch.setattr(tested, "_WORKER_PAYS_BYTES", total + most)
    checked(disk)
    assert asked == [with_worker]


@pytest.mark.parametrize(
    ("special", "end", "code", "message"),
    [
        (None, None, "LOG_MISSING", "the log is not there"),
        ("folder", None, "LOG_NOT_FILE", "the log is not a file"),
        ("link", 0, "LOG_NOT_FILE", "the log is not a file"),
    ],
)
def test_a_log_that_is_no_file_is_named_and_not_read(
    disk: ModelDisk, special: Special | None, end: int | None, code: str, message: str
) -> None:
    if special is None:
        disk.drop(log_name("threats"))
    else:
        disk.plant(log_name("threats"), special)
    found, findings = checked(disk, LOGS, threats=end)
    assert findings == [Finding(code, log_name("threats"), None, message)]
    assert len(found.facts) == 0
    assert not is_there(disk, "threats", end, [])


def test_a_log_that_is_shorter_than_it_was_is_named_and_read(disk: ModelDisk) -> None:
    disk.put(log_name("threats"), line(2))
    found, findings = checked(disk, LOGS, threats=len(line(2)) + 1)
    assert findings == [
        Finding("LOG_TRUNCATED", log_name("threats"), None, "the log is shorter than it was")
    ]
    assert list(found.facts.seqs) == [2]
    assert checked(disk, LOGS, threats=len(line(2)))[1] == []
