"""Whatever lies under the name of a secret: it is read, or refused, and soon."""

from __future__ import annotations

import errno
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.services.sealed_person import person

from stalklog.errors import VaultError
from stalklog.services import secret_file
from stalklog.services.desk import Desk
from stalklog.services.secret_file import MAX_SECRET_BYTES, read_secret_file
from stalklog.services.unlocking import Unlocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET: Final = "चार शब्द\n".encode()
SOON_S: Final = 30
"""Half of the time for which somebody who types is waited for."""
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="NOT RUN: no pipes by name here")


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file, "_PATIENCE_S", 0.5)
    monkeypatch.setattr(secret_file, "_MOMENT_S", 0.05)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Do something beside, after a moment, however late that is; the end is waited for."""
    threads: list[threading.Thread] = []

    def start(action: Callable[[], object]) -> None:
        for wait in ("_PATIENCE_S", "_MOMENT_S"):
            monkeypatch.setattr(secret_file, wait, 60)
        threads.append(threading.Timer(0.2, action))
        threads[-1].daemon = True
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join(SOON_S)  # it waits for ever where the reading has failed


def refused(path: Path) -> int | None:
    began = time.monotonic()
    with pytest.raises(OSError, match=r".+") as error:
        read_secret_file(path)
    assert time.monotonic() - began < SOON_S
    assert error.value.strerror
    return error.value.errno


@pytest.mark.parametrize("length", [0, 1, MAX_SECRET_BYTES])
def test_a_file_is_read_whole(tmp_path: Path, length: int) -> None:
    (tmp_path / "p").write_bytes(b"x" * length)
    (tmp_path / "link").symlink_to(tmp_path / "p")
    assert read_secret_file(tmp_path / "p") == b"x" * length
    assert read_secret_file(tmp_path / "link") == b"x" * length


def test_a_file_that_is_too_large_is_refused_and_not_cut(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"x" * (MAX_SECRET_BYTES + 1))
    assert refused(tmp_path / "p") == errno.EFBIG
    os.truncate(tmp_path / "p", 1 << 40)
    assert refused(tmp_path / "p") == errno.EFBIG


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) in {errno.EINVAL, errno.EISDIR, errno.EACCES}
    assert refused(tmp_path / "none") == errno.ENOENT
    assert refused(Path("a\0b")) == errno.EINVAL
    for device in map(Path, ("/dev/zero", "/dev/null", "/dev/full")):
        if device.exists():
            assert refused(device) == errno.EINVAL


@needs_fifo
class TestPipe:
    def test_one_that_nobody_writes_to_is_empty_at_once(self, fifo: Path) -> None:
        began = time.monotonic()
        assert read_secret_file(fifo) == b""
        assert time.monotonic() - began < SOON_S

    @pytest.mark.usefixtures("impatient")
    def test_one_whose_writer_is_silent_is_waited_for_and_then_told(self, fifo: Path) -> None:
        writer = os.open(fifo, os.O_RDWR)
        try:
            assert refused(fifo) == errno.ETIMEDOUT
        finally:
            os.close(writer)

    def test_a_writer_who_comes_late_and_writes_slowly_is_heard(
        self, fifo: Path, later: Callable[[Callable[[], object]], None]
    ) -> None:
        def write() -> None:
            with fifo.open("wb", buffering=0) as out:
                for byte in SECRET:
                    out.write(bytes([byte]))
                    time.sleep(0.02)

        later(write)
        assert read_secret_file(fifo) == SECRET

    def test_one_that_never_ends_is_refused(
        self, fifo: Path, later: Callable[[Callable[[], object]], None]
    ) -> None:
        def write() -> None:
            with suppress(BrokenPipeError), fifo.open("wb", buffering=0) as out:
                while True:
                    out.write(b"x" * 4096)

        later(write)
        assert refused(fifo) == errno.EFBIG

    def test_the_pipe_of_a_shell_is_read(
        self, later: Callable[[Callable[[], object]], None]
    ) -> None:
        reading, writing = os.pipe()

        def write() -> None:
            os.write(writing, SECRET)
            os.close(writing)

        later(write)
        assert read_secret_file(Path(f"/dev/fd/{reading}")) == SECRET
        os.close(reading)

    @pytest.mark.usefixtures("impatient")
    def test_one_that_was_open_already_is_not_waited_for_either(
        self, monkeypatch: pytest.MonkeyPatch, later: Callable[[Callable[[], object]], None]
    ) -> None:
        """As macOS gives it: a descriptor that waits."""
        reading, writing = os.pipe()
        monkeypatch.setattr("os.open", lambda _path, _flags: os.dup(reading))
        assert refused(Path("/dev/fd/9")) == errno.ETIMEDOUT

        def write() -> None:
            os.write(writing, SECRET)
            os.close(writing)

        later(write)
        monkeypatch.setattr(secret_file, "_MOMENT_S", 0.05)
        assert read_secret_file(Path("/dev/fd/9")) == SECRET
        os.close(reading)


def test_a_key_file_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    her = person(monkeypatch)
    (tmp_path / "large").write_bytes(b"x" * (MAX_SECRET_BYTES + 1))
    for place in (Path("/dev/zero"), tmp_path, tmp_path / "large"):
        desk = her.desk()
        by_file = Unlocking(lambda: "", None, place)
        with pytest.raises(VaultError, match="cannot be read"):
            Desk(desk.vault, desk.clock, wait_s=0, unlock=by_file).open().opening()
