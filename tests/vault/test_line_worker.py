"""A second process changes nothing but the time: not what is found, and not when it dies."""

from __future__ import annotations

import os
import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from bench.large_vault import make_large_vault
from tests.vault.model_disk import Inode
from tests.vault.test_tampering import filled

from stalklog.records.types import LOGS
from stalklog.vault import check_lines, line_worker, stretch
from stalklog.vault.disk import Disk
from stalklog.vault.layout import MAX_LINE_BYTES, log_name
from stalklog.vault.stretch import read_stretch, read_stretches
from stalklog.vault.verify import check_vault
from stalklog.vault.worker import start_worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from stalklog.vault.stretch import Stretch
    from stalklog.vault.verify import Verification

ENTRIES = 3000


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The workers that were started, though the vault is small."""
    workers: list[subprocess.Popen[bytes]] = []

    def remember(module: str) -> subprocess.Popen[bytes] | None:
        worker = start_worker(module)
        assert worker is not None
        workers.append(worker)
        return worker

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(check_lines, "_WORKER_PAYS_BYTES", 0)
    monkeypatch.setattr(stretch, "STRETCH_BYTES", 4096)
    monkeypatch.setattr(line_worker, "start_worker", remember)
    return workers


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("large") / "vault"
    make_large_vault(root, ENTRIES)
    return root


def check(vault: Path) -> Verification:
    disk = Disk(vault)
    try:
        return check_vault(disk, wait_s=1)
    finally:
        disk.close()


def stretches(vault: Path) -> Iterator[Stretch]:
    disk = Disk(vault)
    for log in LOGS:
        for part in read_stretches(disk, log, None):
            yield part
            time.sleep(0.001)  # so that the worker has its turn
    disk.close()


def flip_some(vault: Path) -> dict[str, bytes]:
    """Damage every log; what they held before."""
    good = {log: (vault / log_name(log)).read_bytes() for log in LOGS}
    for log, content in good.items():
        lines = content.split(b"\n")
        for number in range(len(lines) // 3, len(lines) - 1, 97):
            lines[number] = lines[number].replace(b'"tz":"+', b'"tz":"x')
        lines[-2], lines[len(lines) // 2] = lines[len(lines) // 2], lines[-2]
        (vault / log_name(log)).write_bytes(b"\n".join(lines))
    return good


def test_the_worker_says_what_this_process_would(
    large: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    alone = [(part, read_stretch(part)) for part in stretches(large)]
    worker = vars(line_worker)["start_worker"](line_worker.__name__)
    assert worker is not None
    for part, share in alone:
        told = line_worker._ask(worker, part)
        assert told is not None
        assert told.facts.pack() == share.facts.pack()
        assert told.facts.links == share.facts.links
        assert told.objects == share.objects
    part = alone[0][0]
    for wrong in (part.data.replace(b'"tz":"+', b'"tz":"x'), part.data.replace(b'"v":1', b'"v":9')):
        assert line_worker._ask(worker, part._replace(data=wrong)) is None
    worker.communicate()
    assert worker.returncode == 0
    assert len(started) == 1


def test_a_check_with_a_worker_finds_the_same(
    large: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = flip_some(large)
    try:
        shared = check(large)
        monkeypatch.setattr(check_lines, "_WORKER_PAYS_BYTES", 1 << 40)
        alone = check(large)
    finally:
        for log, content in good.items():
            (large / log_name(log)).write_bytes(content)
    assert len(started) == 1
    assert {"SCHEMA_BAD", "SEQ_BACKWARDS"} <= {found.code for found in shared.findings}
    assert shared == alone
    assert check(large).verdict == "intact"


@pytest.mark.parametrize("size_bytes", [300, 5000])
def test_where_a_stretch_ends_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, size_bytes: int
) -> None:
    disk = filled().copy()
    node = disk.names["logs"]["threats.jsonl"]
    assert isinstance(node, Inode)
    lines = node.cache.split(b"\n")
    lines[1], lines[2] = lines[2], lines[1]
    lines[4] = lines[4].replace(b'"v":1', b'"v":2')
    lines[5] = b"x" * (MAX_LINE_BYTES + 1)
    node.cache = b"\n".join(lines)
    whole = check_vault(disk, wait_s=0)
    monkeypatch.setattr(stretch, "STRETCH_BYTES", size_bytes)
    assert check_vault(disk, wait_s=0) == whole
    places = [(found.code, found.where) for found in whole.findings]
    assert ("SEQ_BACKWARDS", "logs/threats.jsonl:3") in places
    assert ("SCHEMA_BAD", "logs/threats.jsonl:5") in places
    assert ("LINE_TOO_LONG", "logs/threats.jsonl:6") in places


def test_a_line_too_long_stays_so_wherever_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = filled().copy()
    node = disk.names["logs"]["threats.jsonl"]
    assert isinstance(node, Inode)
    node.cache = b"x" * (MAX_LINE_BYTES + 5) + b"\nx\n"
    monkeypatch.setattr(stretch, "STRETCH_BYTES", MAX_LINE_BYTES + 5)
    data = b"".join(part.data for part in read_stretches(disk, "threats", None))
    assert [len(line) for line in data.split(b"\n")] == [MAX_LINE_BYTES + 1, 1, 0]


def test_a_worker_that_dies_costs_nothing_but_time(
    large: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    whole = [part for part, _share in line_worker.read_all(stretches(large), with_worker=False)]
    read = line_worker.read_all(stretches(large), with_worker=True)
    got = [next(read)]
    started[0].kill()
    got += read
    assert [part for part, _share in got] == whole
    assert sum(len(share.facts) for _part, share in got) == ENTRIES


@pytest.mark.parametrize("program", ["", "/nowhere/python", "/bin/false", "/bin/true"])
def test_a_worker_that_never_was_costs_nothing(
    large: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("sys.executable", program)
    monkeypatch.setattr(check_lines, "_WORKER_PAYS_BYTES", 0)
    assert check(large).verdict == "intact"


def test_none_is_left_behind(large: Path, started: list[subprocess.Popen[bytes]]) -> None:
    read = line_worker.read_all(stretches(large), with_worker=True)
    next(read)
    with pytest.raises(KeyboardInterrupt):
        read.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    assert started[0].returncode is not None


def test_an_error_of_the_disk_is_told(large: Path, started: list[subprocess.Popen[bytes]]) -> None:
    def broken() -> Iterator[Stretch]:
        yield from list(stretches(large))[:5]
        raise OSError(5, "read error")

    with pytest.raises(OSError, match="read error"):
        list(line_worker.read_all(broken(), with_worker=True))
    assert started[0].returncode is not None


def test_a_worker_ends_with_who_started_it() -> None:
    worker = start_worker(line_worker.__name__)
    assert worker is not None
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(timeout=30) == 0
    assert worker.stdout is not None
    worker.stdout.close()


def test_without_a_thread_for_it_the_same_is_found(
    large: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    expected = check(large)
    monkeypatch.setattr(Thread, "start", refuse)
    assert check(large) == expected
    assert len(started) == 2
    assert all(worker.poll() is not None for worker in started)
