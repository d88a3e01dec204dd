"""The whole main job opens no connection: Python's own audit hook would tell."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_GUARDED = """
import sys
def refuse(event, arguments):
    if event.split(".")[0] in {"socket", "urllib", "ftplib", "smtplib", "http"}:
        if event != "socket.gethostname":
            print("network:", event, file=sys.stderr)
            import os
            os._exit(99)
sys.addaudithook(refuse)
from stalklog.cli.app import main
main()
"""
_JOB: tuple[tuple[str, ...], ...] = (
    ("init", "{vault}", "--tz", "Asia/Kolkata"),
    ("case", "--set", "alias=Ms A", "--identifier", "e-mail:nobody@example.org"),
    ("add-evidence", "{file}", "--url", "https://example.org/post/1"),
    ("trace", "E-0001"),
    ("trace", "--url", "https://example.org/nobody"),
    ("log-threat", "--when", "2026-11-20 21:30", "--words", "see http://192.0.2.1/"),
    ("log-contact", "--agency", "Mail", "--kind", "mail-provider", "--when", "2026-11-21"),
    ("log-demand", "--when", "2026-11-19", "--words", "stop"),
    ("amend", "T-0001", "--set", "place=home", "--reason", "remembered"),
    ("list", "all"),
    ("show", "T-0001"),
    ("status",),
    ("due", "--ics", "{days}"),
    ("pattern",),
    ("verify",),
    ("report", "-o", "{report}"),
    ("get", "E-0001", "-o", "{copy}"),
    ("letter", "preserve", "-o", "{letter}", "--log"),
    ("letter", "officer", "-o", "{page}"),
    ("helplines",),
    ("safety",),
    ("steps",),
)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _GUARDED, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_the_main_job_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mail.eml").write_text("From: a@example.org\nSubject: <img src=http://192.0.2.1>\n")
    monkeypatch.setenv("STALKLOG_VAULT", str(tmp_path / "vault"))
    places = {
        "vault": tmp_path / "vault",
        "file": tmp_path / "mail.eml",
        "report": tmp_path / "report.html",
        "copy": tmp_path / "copy.eml",
        "letter": tmp_path / "letter.txt",
        "page": tmp_path / "page.html",
        "days": tmp_path / "days.ics",
    }
    for step in _JOB:
        ended = _run(*(part.format(**places) for part in step))
        assert ended.returncode == 0, (step, ended.stdout, ended.stderr)


def test_the_guard_would_tell() -> None:
    opened = _GUARDED.replace(
        "from stalklog.cli.app import main\nmain()",
        "import socket; socket.create_connection(('192.0.2.1', 9), 0.01)",
    )
    ended = subprocess.run(
        [sys.executable, "-c", opened], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 99
