from __future__ import annotations

import shutil
import stat
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

_TIME = ("--when", "2026-11-20 21:30")


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that runs what the test writes into this file."""
    script = tmp_path / "editor.py"
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    return script


_WRITE = """
import sys, os, stat, pathlib
path = pathlib.Path(sys.argv[1])
text = path.read_text()
folder = path.parent
told = pathlib.Path({told!r})
told.write_text(f"{{path}} {{stat.S_IMODE(os.stat(folder).st_mode):o}} "
                f"{{stat.S_IMODE(os.stat(path).st_mode):o}}")
path.write_bytes({edit})
"""


def _script(editor: Path, edit: str) -> None:
    editor.write_text(_WRITE.format(told=str(editor.with_suffix(".told")), edit=edit))


@pytest.mark.usefixtures("vault")
def test_texts_are_written_in_an_editor_in_a_private_file_that_is_gone_afterwards(
    run: Run, editor: Path
) -> None:
    marks = 'text.replace("in their language.\\n", "in their language.\\nI will\\n\\nfind you\\n")'
    _script(editor, f'{marks}.replace("followed.\\n", "followed.\\nI hung up\\n").encode()')
    answer = run("log-threat", *_TIME, "--edit", "--effect", "no sleep")
    assert answer.code == 0, answer.err
    shown = run("show", "T-1", "--json").json
    assert shown["words"] == "I will\n\nfind you"
    assert shown["circumstances"] == "I hung up"
    assert shown["effect"] == "no sleep"
    assert "translation" not in shown
    path, folder_mode, file_mode = editor.with_suffix(".told").read_text().split()
    assert (folder_mode, file_mode) == ("700", "600")
    assert not shutil.os.path.exists(path)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("vault")
def test_a_text_without_the_marks_is_the_first_text(run: Run, editor: Path) -> None:
    _script(editor, r'b"only words \xff\n"')
    assert run("log-threat", *_TIME, "--edit").code == 0
    assert run("show", "T-1", "--json").json["words"] == "only words \\xff"


@pytest.mark.usefixtures("vault")
def test_a_file_that_lies_in_memory_is_preferred(
    run: Run, editor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "run"
    memory.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    _script(editor, 'b"words"')
    assert run("log-threat", *_TIME, "--edit").code == 0
    assert editor.with_suffix(".told").read_text().startswith(str(memory))
    assert list(memory.iterdir()) == []


@pytest.mark.usefixtures("vault")
def test_an_editor_that_ends_with_an_error_writes_nothing(run: Run, editor: Path) -> None:
    editor.write_text("raise SystemExit(1)")
    answer = run("log-threat", *_TIME, "--edit")
    assert answer.code == 3
    assert "nothing was written" in answer.err


@pytest.mark.usefixtures("vault")
def test_an_editor_that_is_not_there_is_a_usage_error(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/nothing/there")
    assert run("log-threat", *_TIME, "--edit").code == 2
    monkeypatch.delenv("VISUAL")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert run("log-threat", *_TIME, "--edit").code == 2


@pytest.mark.usefixtures("vault")
def test_an_editor_of_the_machine_is_found(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "nano"
    script.write_text('#!/bin/sh\nprintf "words" > "$1"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(shutil, "which", lambda name: str(script) if name == "nano" else None)
    monkeypatch.setenv("PATH", f"{tmp_path}:{shutil.os.environ['PATH']}")  # type: ignore[attr-defined]
    assert run("log-threat", *_TIME, "--edit").code == 0


@pytest.mark.usefixtures("vault")
class TestNothingIsLost:
    def test_a_text_is_shown_again_when_it_cannot_be_logged(self, run: Run, editor: Path) -> None:
        _script(editor, 'b"I will\\nfind you"')
        answer = run("log-threat", *_TIME, "--edit", "--evidence", "E-0009")
        assert answer.code == 40
        assert "What you typed, so that nothing is lost:" in answer.err
        assert "--words\n    I will\n    find you\n" in answer.err

    def test_a_text_is_shown_again_when_the_editor_failed_after_saving(
        self, run: Run, editor: Path
    ) -> None:
        _script(editor, 'b"I will find you"')
        with editor.open("a") as more:
            more.write("raise SystemExit(1)\n")
        answer = run("log-threat", *_TIME, "--edit")
        assert answer.code == 3
        assert "--words\n    I will find you\n" in answer.err

    def test_an_editor_that_takes_the_file_away_is_no_bug(self, run: Run, editor: Path) -> None:
        editor.write_text("import os, sys; os.unlink(sys.argv[1])")
        answer = run("log-threat", *_TIME, "--edit")
        assert answer.code == 2
        assert "is missing. Nothing was written." in " ".join(answer.err.split())

    def test_ctrl_c_is_the_editors_own(self, run: Run, editor: Path) -> None:
        _script(editor, 'b"I will find you"')
        with editor.open("a") as more:
            more.write("import signal; os.kill(os.getppid(), signal.SIGINT)\n")
        assert run("log-threat", *_TIME, "--edit").code == 0
        assert run("show", "T-1", "--json").json["words"] == "I will find you"

    def test_a_program_cannot_be_shown_a_text_again_so_it_gets_no_editor(
        self, run: Run, editor: Path
    ) -> None:
        _script(editor, 'b"I will find you"')
        answer = run("log-threat", *_TIME, "--edit", "--json")
        assert answer.code == 2
        assert answer.error["message"].startswith("--edit is for a person")
        assert not editor.with_suffix(".told").exists()
