from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer

from stalklog.cli import app as front_door
from stalklog.cli import door
from stalklog.errors import NoVaultError, StalklogError
from stalklog.services import guidance

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_an_error_has_its_own_exit_code_and_goes_to_stderr(run: Run) -> None:
    answer = run("list")
    assert answer.code == NoVaultError.exit_code
    assert answer.out == ""
    assert answer.err.startswith("There is no vault here. Nothing was changed.\n")
    assert "stalklog init" in answer.err


def test_an_error_in_json_is_one_object_on_stderr(run: Run) -> None:
    answer = run("list", "--json")
    assert (answer.code, answer.out) == (21, "")
    assert set(answer.error) == {"code", "error", "message", "hint"}
    assert (answer.error["code"], answer.error["error"]) == (21, "no-vault")


def test_a_wrong_option_is_a_usage_error_in_the_same_shape(run: Run) -> None:
    answer = run("verify", "--expct", "1", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.error["error"] == "usage"
    assert "--expect" in answer.error["message"]
    assert answer.error["hint"] == "How it is used: stalklog verify --help"


def test_a_missing_argument_is_a_usage_error(run: Run) -> None:
    answer = run("show")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Missing argument 'ID'. Nothing was done.\n")


def test_a_slip_in_a_command_is_answered_with_what_was_meant(run: Run) -> None:
    answer = run("verfiy")
    assert answer.code == 2
    assert "Did you mean 'verify'?" in answer.err


def test_no_command_without_a_terminal_is_a_usage_error(run: Run) -> None:
    assert run().code == 2
    assert run("--json").error["error"] == "usage"


def test_an_interrupted_command_exits_130_and_says_that_nothing_is_lost(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guidance, "steps", _raise(KeyboardInterrupt()))
    answer = run("steps")
    assert (answer.code, answer.out) == (130, "")
    assert "Nothing that was acknowledged is lost." in answer.err
    assert run("steps", "--json").error["error"] == "interrupted"


def test_the_end_of_the_input_stops_a_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guidance, "steps", _raise(EOFError()))
    assert run("steps").code == 130


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE])
def test_what_the_system_refuses_is_no_bug(
    run: Run, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(guidance, "steps", _raise(OSError(code, os.strerror(code), "E-0001.eml")))
    answer = run("steps", "--json")
    assert (answer.code, answer.out, answer.error["error"]) == (20, "", "vault")
    told = "The disk or the system refused: {}. What was saved before is untouched."
    assert answer.error["message"] == told.format(os.strerror(code))
    assert "stalklog verify" in answer.error["hint"]
    assert "E-0001" not in answer.err


def test_what_should_be_there_and_is_not_is_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guidance, "steps", _raise(FileNotFoundError(errno.ENOENT, "gone")))
    assert run("steps").code == 1


def test_a_bug_exits_1_and_its_traceback_goes_to_a_private_file_without_its_message(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guidance, "steps", _raise(ValueError("words of the evidence")))
    answer = run("steps")
    assert (answer.code, answer.out) == (1, "")
    assert "Traceback" not in answer.err
    assert "words of the evidence" not in answer.err
    (path,) = (home / "state").rglob("*.txt")
    assert "".join(answer.err.split()).endswith("".join(str(path).split()))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = path.read_text()
    assert "builtins.ValueError" in told
    assert "test_door.py" in told
    assert "words of the evidence" not in told.replace('"words of the evidence"', "")


def test_a_bug_whose_details_cannot_be_kept_is_still_told(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "state").write_text("in the way")
    monkeypatch.setattr(guidance, "steps", _raise(ValueError()))
    answer = run("steps", "--json")
    assert answer.error["error"] == "bug"
    assert answer.error["hint"] == "Please report it, with what you were doing."


def test_an_answer_that_nobody_reads_ends_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "stalklog", "safety"]
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (60, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no disk that is always full")  # noqa: PTH110 - a device
@pytest.mark.parametrize("argv", [("safety",), ("safety", "--json"), ("--version",)])
def test_an_answer_that_cannot_be_written_is_an_error_of_its_own(argv: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "stalklog", *argv]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 60
    assert b"The answer cannot be written there (No space left on device)." in ended.stderr
    assert b"Exception" not in ended.stderr


class _Gone(io.TextIOWrapper):
    def write(self, _text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        pass


def test_a_reader_who_has_gone_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "answer").open("wb") as file:
        gone = _Gone(file)
        monkeypatch.setattr(sys, "stdout", gone)
        with pytest.raises(typer.Exit) as ended, door.quiet_when_nobody_reads():
            gone.write("x")
        monkeypatch.undo()
    assert ended.value.exit_code == 60


def test_every_error_has_an_exit_code_and_a_name_of_its_own() -> None:
    errors = {*StalklogError.__subclasses__()}
    assert len({error.exit_code for error in errors}) == len(errors)
    assert len({error.code for error in errors}) == len(errors)


def test_a_flag_behind_the_end_of_the_options_is_none() -> None:
    assert door.has_flag("--json", ["steps", "--json"])
    assert not door.has_flag("--json", ["steps", "--", "--json"])


def test_main_runs_the_command_line_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["stalklog", "--version"])
    with pytest.raises(SystemExit) as ended:
        front_door.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("stalklog ")


def _raise(error: BaseException) -> object:
    def fail(*_args: object, **_named: object) -> None:
        raise error

    return fail
