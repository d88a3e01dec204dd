"""However a command is started, what it was given is put right: streams, signals, permissions."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from stalklog.cli import process as tested
from stalklog.errors import InterruptedByUserError, NoVaultError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")

LOG: Final = "log-threat --precision unknown --words x"


@pytest.fixture
def shell(vault: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Gives a command line of the vault, with what a shell can put behind it."""

    def give(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", f'"$0" -m stalklog --vault "$1" {line}', sys.executable, str(vault)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return give


def count_threats(run: Run) -> int:
    return len(run("list", "threats", "--json").json)


@pytest.mark.parametrize(
    "closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"]
)
def test_a_stream_that_is_closed_stops_nothing(
    run: Run, shell: Callable[[str], subprocess.CompletedProcess[str]], closed: str
) -> None:
    ran = shell(f"{LOG} {closed}")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ("Logged as T-0001" in ran.stdout) == (" >&-" not in f" {closed}")
    assert count_threats(run) == 1
    assert run("verify").code == 0


def test_nothing_that_is_said_gets_into_a_file_that_took_a_closed_streams_number() -> None:
    script = (
        "import os, sys; from stalklog.cli.process import open_closed_streams as put;"
        "put(); os.write(2, b'x'); os.write(1, b'x'); assert os.read(0, 1) == b'';"
        "assert os.open(os.devnull, os.O_RDONLY) > 2; print(file=sys.stderr); sys.stdin.read()"
    )
    ended = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" <&- >&- 2>&-', sys.executable, script], check=False
    )
    assert ended.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("json_too", ["", "--json"])
def test_where_nothing_can_be_told_the_number_says_it(
    run: Run, shell: Callable[[str], subprocess.CompletedProcess[str]], json_too: str
) -> None:
    assert shell(f"{json_too} {LOG} >/dev/full 2>&1").returncode == OutputError.exit_code
    assert count_threats(run) == 1
    missing = shell(f"--vault nowhere {json_too} verify 2>/dev/full")
    assert missing.returncode == NoVaultError.exit_code


def test_whatever_her_shell_was_set_to_she_can_go_on(
    run: Run, shell: Callable[[str], subprocess.CompletedProcess[str]], vault: Path
) -> None:
    before = os.umask(0o777)
    try:
        assert shell(LOG).returncode == 0
    finally:
        os.umask(before)
    assert (vault / "state").stat().st_mode & 0o777 == 0o600
    assert shell(LOG).returncode == 0
    assert count_threats(run) == 2


def _as_in_a_terminal() -> None:
    """Signals are heard, also where whoever runs the tests has them passed over."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_DFL)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_asks_it_to_end_is_told_how_and_nothing_is_left(
    vault: Path, home: Path, stop: signal.Signals
) -> None:
    with (home / "large").open("wb") as large:
        large.truncate(8 << 30)  # it is never copied to its end
    beside = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "stalklog",
            "--vault",
            str(vault),
            "--json",
            "add-evidence",
            "large",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_as_in_a_terminal,  # noqa: PLW1509 - no threads here
    )
    while not any((vault / "tmp").iterdir()):
        time.sleep(0.01)
    beside.send_signal(stop)
    _out, err = beside.communicate(timeout=60)
    assert beside.returncode == InterruptedByUserError.exit_code
    assert json.loads(err)["hint"] == "You can run the same command again at any time."
    assert list((vault / "tmp").iterdir()) == []


def test_what_whoever_started_it_wants_passed_over_stays_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(tested, "_ended_by", [])
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        tested.listen_for_stops()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        assert tested.is_ending()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@pytest.mark.usefixtures("_hears_ctrl_c")
def test_a_stop_that_python_lost_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", tested._asking_again(told.append))

    class Kept:
        error: type[BaseException] = KeyboardInterrupt

        def __del__(self) -> None:
            raise self.error

    Kept()
    with pytest.raises(KeyboardInterrupt):
        time.sleep(10)
    assert told == []
    Kept.error = ValueError
    Kept()
    assert len(told) == 1


def test_a_folder_that_is_gone_is_named(run: Run, tmp_path: Path, vault: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = subprocess.run(
        ["sh", "-c", 'cd "$2" && rmdir "$2" && "$0" -m stalklog --vault "$1" list all',
         sys.executable, str(vault), str(gone)],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "The folder that you are in is not there any more." in ended.stderr
    assert run("list", "all").code == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_gone_is_asked_nothing_and_nothing_is_kept_unasked(
    run: Run, vault: Path, stop: signal.Signals
) -> None:
    import pty  # noqa: PLC0415 - not everywhere

    fd, end = pty.openpty()
    beside = subprocess.Popen(
        [sys.executable, "-m", "stalklog", "--vault", str(vault), "log-threat"],
        stdin=end, stdout=end, stderr=end, start_new_session=True,
        preexec_fn=_as_in_a_terminal,  # noqa: PLW1509 - no threads here
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(end)
    _read_until(fd, "> ")
    os.write(fd, b"He stood at my door.\n\n")
    told = _read_until(fd, "When was it?")
    told += _read_until(fd, "> ")
    beside.send_signal(stop)
    told += _read_until(fd, "Nothing was written.")
    try:
        beside.wait(10)
    finally:
        beside.kill()
        os.close(fd)
    assert beside.returncode == InterruptedByUserError.exit_code, told
    assert "Keep what you wrote" not in told
    assert run("list", "threats", "--json").json == []


def _read_until(fd: int, text: str) -> str:
    told = ""
    until = time.monotonic() + 20
    while text not in told and time.monotonic() < until:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                told += os.read(fd, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                break
    return told
