"""What the system lets the command do: files enough for a whole vault, and no dump of memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.vault.sealed_desk import HERS, init_sealed

import stalklog
from stalklog.cli.limits import ENOUGH_FILES
from stalklog.vault.disk import Disk

resource = pytest.importorskip("resource", reason="NOT RUN: this system has no such limits")
SOURCE = Path(stalklog.__file__).resolve().parent.parent
_SOFT = 256
"""What macOS begins with."""


def limited(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (_SOFT, hard))

    return subprocess.run(
        [sys.executable, *words],
        preexec_fn=limit,
        env={
            "HOME": str(home),
            "STALKLOG_HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(SOURCE),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_vault_with_an_original_in_every_folder_is_read(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(1_200):
        (files / f"{number}.txt").write_text(f"invented {number}\n")
    vault = ("--vault", str(tmp_path / "v"))
    for words in (("init", str(tmp_path / "v")), ("add-evidence", str(files), *vault)):
        answer = limited("-m", "stalklog", *words, home=tmp_path)
        assert answer.returncode == 0, answer.stderr
    answer = limited("-m", "stalklog", "verify", *vault, home=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


_THEN = """
import ctypes, sys
from stalklog.cli.app import app, set_limits
set_limits()
try:
    app(sys.argv[1:])
finally:
    print(f"dumpable: {ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}", file=sys.stderr)
"""
"""A command, and then what PR_GET_DUMPABLE of prctl(2) says of the process."""
THREAT = ("log-threat", "--when", "2026-11-20", "--words", "x")


@pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: prctl is Linux's")
@pytest.mark.parametrize(
    ("words", "is_guarded"),
    [
        (("list", "--identity", "{}/hers"), True),
        (("list", "--passphrase-file", "{}/none"), True),
        (("verify",), True),
        (("keys",), True),
        (("list",), True),
        (THREAT, False),
        (("helplines",), False),
    ],
)
def test_where_a_secret_may_come_into_memory_nobody_else_looks_into_it(
    tmp_path: Path, words: tuple[str, ...], is_guarded: bool
) -> None:
    vault = tmp_path / "v"
    vault.mkdir(mode=0o700)
    disk = Disk(vault)
    init_sealed(disk)
    disk.close()
    (tmp_path / "hers").write_text(HERS.to_text())
    given = (word.format(tmp_path) for word in words)
    answer = limited("-c", _THEN, *given, "--vault", str(vault), home=tmp_path)
    assert answer.stderr.endswith(f"dumpable: {0 if is_guarded else 1}\n"), answer.stderr


def test_memory_is_never_dumped(tmp_path: Path) -> None:
    asked = (
        "from stalklog.cli.limits import set_limits; import resource; set_limits(); "
        "print(resource.getrlimit(resource.RLIMIT_CORE), "
        "resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    answer = limited("-c", asked, home=tmp_path)
    assert answer.stdout == f"(0, 0) {ENOUGH_FILES}\n"
