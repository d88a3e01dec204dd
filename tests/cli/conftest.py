"""The real app, driven as a person or a program would, each time with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from stalklog.cli.app import app
from stalklog.cli.console import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self.out)

    @property
    def error(self) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self.err)


Run = Callable[..., Answer]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own folders, empty, and nothing of the machine's."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name, place in (
        ("HOME", ""),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CONFIG_HOME", "config"),
    ):
        monkeypatch.setenv(name, str(folder / place))
    for name in ("STALKLOG_VAULT", "STALKLOG_LANG", "XDG_RUNTIME_DIR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join(str(Path(path).resolve()) for path in sys.path)
    )
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run() -> Run:
    """Run one command line and give its exit code, stdout and stderr."""

    def invoke(*args: str, stdin: str | bytes = "") -> Answer:
        result = CliRunner().invoke(app, list(args), input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sits there and can be asked."""
    monkeypatch.setattr(Screen, "can_ask", lambda screen: not screen.is_json)


@pytest.fixture
def vault(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new vault, and the one that commands mean."""
    path = tmp_path / "vault"
    assert run("init", str(path), "--tz", "Asia/Kolkata").code == 0
    monkeypatch.setenv("STALKLOG_VAULT", str(path))
    return path


@pytest.fixture
def _hears_ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard, also where whoever runs the tests has it passed over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
