"""A second process changes nothing but the time: not what is written, read or found wrong."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NoReturn
from unittest.mock import Mock

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.test_intake import is_in_memory

from stalklog.vault import copy_worker as tested
from stalklog.vault.copy_worker import CopyWorker, Share
from stalklog.vault.disk import OBJECT_MODE, Disk
from stalklog.vault.worker import start_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAMES = [f"tmp/a-{number}" for number in range(1, 6)]
DATA = [b"one", b"", b"two\n\0" * 70_000, b"\n", b"five"]
SHARE = Share(NAMES, DATA)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "her vault \u0928")
    made.root.mkdir()
    made.make_folder("tmp")
    yield made
    made.close()


@pytest.fixture
def worker(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopyWorker]:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    made = CopyWorker(disk)
    yield made
    made.stop()


@pytest.fixture
def not_here(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process neither writes nor reads."""
    monkeypatch.setattr(disk, "create", lambda *_: pytest.fail("written here"))
    monkeypatch.setattr(disk, "recall", lambda *_: pytest.fail("read here"))


def write(worker: CopyWorker, share: Share) -> None:
    worker.write(share)
    worker.finish()


def hashes(worker: CopyWorker, names: list[str]) -> list[bytes]:
    return list(worker.hash_copies(names))


def kill(worker: CopyWorker) -> None:
    assert worker._process is not None
    os.kill(worker._process.pid, signal.SIGKILL)


def expected(data: list[bytes]) -> list[bytes]:
    return [sha256(each).digest() for each in data]


def require_written(disk: Disk) -> None:
    assert [disk.read(name) for name in NAMES] == DATA
    assert {disk.mode(name) for name in NAMES} == {OBJECT_MODE}
    assert disk.list("tmp") == [name[4:] for name in NAMES]


@pytest.mark.usefixtures("not_here")
def test_the_other_process_writes_and_reads(disk: Disk, worker: CopyWorker) -> None:
    write(worker, SHARE)
    require_written(disk)
    assert hashes(worker, NAMES) == expected(DATA)
    assert hashes(worker, []) == []
    write(worker, Share(["tmp/a-9"], [b"more"]))
    assert hashes(worker, ["tmp/a-9", NAMES[0]]) == expected([b"more", DATA[0]])


def test_what_was_changed_on_the_disk_has_another_hash(disk: Disk, worker: CopyWorker) -> None:
    write(worker, SHARE)
    (disk.root / NAMES[2]).chmod(0o600)
    (disk.root / NAMES[2]).write_bytes(b"another")
    assert hashes(worker, NAMES) == expected([*DATA[:2], b"another", *DATA[3:]])


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what the disk was asked for")
def test_it_is_the_disk_that_answers_there_too(disk: Disk, worker: CopyWorker) -> None:
    if is_in_memory(disk.root):
        pytest.skip(f"{disk.root} lies in memory: there is no disk to ask")
    write(worker, SHARE)
    disk.sync_many(NAMES)
    before = bytes_read(worker)
    assert hashes(worker, NAMES) == expected(DATA)
    assert bytes_read(worker) - before >= sum(map(len, DATA))


def bytes_read(worker: CopyWorker) -> int:
    assert worker._process is not None
    lines = Path(f"/proc/{worker._process.pid}/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["read_bytes"])


@pytest.mark.parametrize("written_before", [0, 2, 5])
def test_one_that_dies_is_done_without(disk: Disk, worker: CopyWorker, written_before: int) -> None:
    for name, data in zip(NAMES[:written_before], DATA, strict=False):
        (disk.root / name).write_bytes(data[:1])  # what it had begun
    kill(worker)
    write(worker, SHARE)
    require_written(disk)
    assert worker._process is None
    assert hashes(worker, NAMES) == expected(DATA)


@pytest.mark.parametrize("killed_after", range(6))
def test_all_that_is_on_its_way_to_one_that_dies_is_written_here(
    disk: Disk, worker: CopyWorker, killed_after: int
) -> None:
    shares = [Share([name], [data]) for name, data in zip(NAMES, DATA, strict=True)]
    for number, share in enumerate(shares):
        if number == killed_after:
            kill(worker)
        worker.write(share)
        assert len(worker._unanswered) <= tested._AHEAD
    worker.finish()
    require_written(disk)
    assert (worker._process is None) == (killed_after < len(shares))


def test_what_cannot_be_written_stays_so(disk: Disk, worker: CopyWorker) -> None:
    (disk.root / NAMES[3]).mkdir()
    for ask in (lambda: write(worker, SHARE), worker.finish, lambda: hashes(worker, NAMES)):
        with pytest.raises(OSError, match=NAMES[3][4:]):
            ask()
    (disk.root / NAMES[3]).rmdir()
    worker.finish()
    require_written(disk)


def test_two_threads_get_each_its_own_answer(disk: Disk, worker: CopyWorker) -> None:
    write(worker, SHARE)
    more = [Share([f"tmp/b-{number}"], [b"%d" % number]) for number in range(300)]
    with ThreadPoolExecutor(1) as writing:
        written = [writing.submit(worker.write, share) for share in more]
        while not written[-1].done():
            assert hashes(worker, NAMES) == expected(DATA)
        assert [each.exception() for each in written] == [None] * len(more)
    worker.finish()
    assert worker._process is not None
    assert all(disk.read(share.names[0]) == share.data[0] for share in more)


def test_one_that_dies_between_writing_and_reading_is_done_without(
    disk: Disk, worker: CopyWorker
) -> None:
    write(worker, SHARE)
    kill(worker)
    assert hashes(worker, NAMES) == expected(DATA)
    require_written(disk)


def fail(*_: object) -> NoReturn:
    raise OSError(errno.EIO, "input/output error")


def test_what_the_other_cannot_be_told_is_written_here_at_once(
    disk: Disk, worker: CopyWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_tell", fail)
    worker.write(SHARE)
    require_written(disk)
    assert worker._process is None


def test_where_the_other_cannot_be_told_no_hash_is_waited_for(
    worker: CopyWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(worker, SHARE)
    monkeypatch.setattr(tested, "_tell", fail)
    monkeypatch.setattr(worker, "_receive", lambda _size_bytes: pytest.fail("waited"))
    assert hashes(worker, NAMES) == expected(DATA)
    assert worker._process is None


def test_an_answer_that_cannot_be_read_is_none(
    model: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_tell", lambda *_: None)
    worker = CopyWorker(model)
    process = worker._process = Mock()
    process.stdout.read = fail
    write(worker, SHARE)
    assert model.files() == dict(zip(NAMES, DATA, strict=True))
    process.kill.assert_called_once_with()


def test_what_cannot_be_written_is_told_as_this_process_meets_it(
    disk: Disk, worker: CopyWorker
) -> None:
    (disk.root / NAMES[3]).mkdir()
    with pytest.raises(OSError, match=NAMES[3][4:]) as caught:
        write(worker, SHARE)
    assert caught.value.errno in {errno.EISDIR, errno.EPERM}
    assert worker._process is None


def test_what_cannot_be_read_is_told_as_this_process_meets_it(worker: CopyWorker) -> None:
    write(worker, SHARE)
    with pytest.raises(FileNotFoundError):
        hashes(worker, [*NAMES, "tmp/gone"])
    assert worker._process is None


def test_it_is_gone_once_it_is_stopped(worker: CopyWorker) -> None:
    process = worker._process
    assert process is not None
    worker.stop()
    worker.stop()
    assert process.returncode == -signal.SIGKILL
    assert process.stdin is not None
    assert process.stdin.closed


@pytest.mark.parametrize("count", [1, None])
def test_on_one_processor_there_is_none(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, count: int | None
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    worker = CopyWorker(disk)
    assert worker._process is None
    write(worker, SHARE)
    require_written(disk)
    assert hashes(worker, NAMES) == expected(DATA)
    worker.stop()


def test_a_disk_that_others_do_not_see_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    disk = ModelDisk()
    disk.plant("tmp", "folder")
    worker = CopyWorker(disk)
    assert worker._process is None
    write(worker, SHARE)
    assert disk.files() == dict(zip(NAMES, DATA, strict=True))


def test_it_ends_with_who_started_it(disk: Disk) -> None:
    process = start_worker(tested.__name__, str(disk.root))
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    assert process.stdout is not None
    process.stdout.close()


# What the two say to each other


def job_of(share: Share) -> bytes:
    """The bytes that tell of it."""
    with TemporaryFile() as file:
        tested._tell(file, share)
        file.seek(0)
        return file.read()


def test_a_job_is_the_same_however_the_system_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of(SHARE)
    taken: list[int] = []

    def take_some(fd: int, parts: Sequence[bytes]) -> int:
        taken.append(os.write(fd, b"".join(parts)[:7]))
        return taken[-1]

    monkeypatch.setattr(os, "writev", take_some, raising=False)
    assert job_of(SHARE) == job
    assert taken == [7]
    monkeypatch.delattr(os, "writev")  # as on Windows
    assert job_of(SHARE) == job


def answered(disk: Disk, jobs: bytes) -> bytes:
    answers = io.BytesIO()
    tested._work(disk, io.BytesIO(jobs), answers)
    return answers.getvalue()


@pytest.fixture
def model() -> ModelDisk:
    disk = ModelDisk()
    disk.plant("tmp", "folder")
    return disk


@pytest.mark.parametrize(
    "room_bytes", [0, len(b"".join(DATA)), tested._ROOM_BYTES], ids=["none", "too little", "enough"]
)
def test_jobs_are_answered_one_after_the_other(
    model: ModelDisk, monkeypatch: pytest.MonkeyPatch, room_bytes: int
) -> None:
    monkeypatch.setattr(tested, "_ROOM_BYTES", room_bytes)
    told = answered(model, job_of(SHARE) + job_of(Share(NAMES, [])))
    assert told == b"\1" + b"".join(expected(DATA))
    assert model.files() == dict(zip(NAMES, DATA, strict=True))


def test_of_a_job_that_is_cut_short_nothing_is_written(model: ModelDisk) -> None:
    job = job_of(SHARE)
    for end in (*range(200), len(job) - 1):
        assert answered(model, job[:end]) == b""
        assert model.files() == {}


def test_a_job_may_be_larger_than_the_room_that_there_is(
    model: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_ROOM_BYTES", 16)
    more = [Share([f"{name}b"], [data * 2]) for name, data in zip(NAMES, DATA, strict=True)]
    told = answered(model, job_of(SHARE) + b"".join(map(job_of, more)))
    assert told == b"\1" * 6
    wanted = dict(zip(NAMES, DATA, strict=True))
    assert model.files() == wanted | {share.names[0]: share.data[0] for share in more}


def test_a_name_may_have_a_space(model: ModelDisk) -> None:
    assert answered(model, job_of(Share(["tmp/a b", "tmp/c"], [b"1", b"2"]))) == b"\1"
    assert model.files() == {"tmp/a b": b"1", "tmp/c": b"2"}


@pytest.mark.parametrize("share", [Share(NAMES, DATA[:4]), Share(NAMES[:4], DATA)])
def test_names_without_bytes_and_bytes_without_a_name_have_no_answer(
    model: ModelDisk, share: Share
) -> None:
    with pytest.raises(ValueError, match="zip"):
        answered(model, job_of(share))


def test_neither_are_they_written_here(model: ModelDisk) -> None:
    with pytest.raises(ValueError, match="zip"):
        CopyWorker(model).write(Share(NAMES, DATA[:4]))


@pytest.mark.parametrize("answer", [b"", b"\0", b"\2"])
def test_another_answer_than_the_right_one_is_none(
    model: ModelDisk, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    worker = CopyWorker(model)
    stopped: list[bool] = []
    monkeypatch.setattr(worker, "_send", lambda _share: True)
    monkeypatch.setattr(worker, "_receive", lambda _size_bytes: answer)
    monkeypatch.setattr(worker, "stop", lambda: stopped.append(True))
    write(worker, SHARE)
    assert model.files() == dict(zip(NAMES, DATA, strict=True))
    assert stopped == [True]


def test_it_runs_by_itself_and_takes_no_signal_from_the_keyboard(disk: Disk) -> None:
    command = [sys.executable, "-P", "-m", "stalklog.vault.copy_worker", str(disk.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(job_of(SHARE))
        process.stdin.flush()
        assert process.stdout.read(1) == b"\1"
        process.send_signal(signal.SIGINT)
        process.stdin.write(job_of(Share(NAMES, [])))
        process.stdin.flush()
        assert process.stdout.read(32 * len(NAMES)) == b"".join(expected(DATA))
        process.stdin.close()
    assert process.returncode == 0


def write_some(worker: CopyWorker) -> None:
    for number in range(tested._AHEAD + 1):
        worker.write(Share([f"tmp/b-{number}"], [b"x"]))


def hash_some(worker: CopyWorker) -> None:
    worker.hash_copies(NAMES)


@pytest.mark.usefixtures("not_here")
@pytest.mark.parametrize("ask", [write_some, CopyWorker.finish, hash_some])
def test_who_waits_for_one_that_is_given_up_meets_an_error_and_does_nothing_instead(
    worker: CopyWorker, ask: Callable[[CopyWorker], None]
) -> None:
    process = worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    worker.write(Share(["tmp/a-1"], [b"x"]))
    worker.give_up()
    assert process.wait(10) == -signal.SIGKILL
    with pytest.raises(InterruptedError) as told:
        ask(worker)
    assert told.value.args == (errno.EINTR, "nobody waits for these copies any more")
    worker.give_up()


@pytest.mark.usefixtures("not_here")
def test_what_was_written_is_not_read_back_here_either(worker: CopyWorker) -> None:
    write(worker, SHARE)
    worker.give_up()
    with pytest.raises(InterruptedError):
        worker.hash_copies(NAMES)


def test_without_a_second_process_too(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    worker = CopyWorker(disk)
    worker.give_up()
    with pytest.raises(InterruptedError):
        worker.write(SHARE)
    assert disk.list("tmp") == []
