"""The whole corpus goes in by one command, and every file comes out byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.services.checks import verify
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence, get_original
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from stalklog.services.evidence import Added

CHECKER = Path(__file__).parents[1] / "checker" / "independent_checker.py"


@pytest.fixture(scope="module")
def kept(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Added]:
    vault = tmp_path_factory.mktemp("corpus") / "vault"
    create_vault(vault, clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(vault)
    return desk, add_evidence(desk, [corpus], {})


def test_every_file_of_the_corpus_is_kept(corpus: Path, kept: tuple[Desk, Added]) -> None:
    _desk, added = kept
    files = {path for path in corpus.rglob("*") if path.is_file() and not path.is_symlink()}
    assert {Path(item.path) for item in added.added} == files
    assert not added.skipped


def test_every_file_comes_back_byte_for_byte(kept: tuple[Desk, Added], tmp_path: Path) -> None:
    desk, added = kept
    vault = desk.open()
    entries = {entry.id: entry for entry in vault.entries(("evidence",))}
    for item in added.added:
        blocks: list[bytes] = []
        vault.copy_original(entries[item.id], blocks.append)
        assert b"".join(blocks) == Path(item.path).read_bytes()
    for item in added.added[::100]:
        target = tmp_path / item.id
        get_original(desk, item.id, target)
        assert target.read_bytes() == Path(item.path).read_bytes()


def test_the_sources_are_left_as_they_were(corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "mail.eml"
    source.write_bytes(next(corpus.joinpath("email").rglob("*.eml")).read_bytes())
    os.utime(source, ns=(1_700_000_000_000_000_001, 1_600_000_000_000_000_001))
    before = source.stat()
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="UTC"))
    add_evidence(Desk(tmp_path / "vault"), [source], {})
    after = source.stat()
    assert (after.st_mtime_ns, after.st_atime_ns, after.st_size, after.st_mode, after.st_nlink) == (
        before.st_mtime_ns,
        before.st_atime_ns,
        before.st_size,
        before.st_mode,
        before.st_nlink,
    )


def test_the_vault_of_the_corpus_is_intact(kept: tuple[Desk, Added]) -> None:
    desk, added = kept
    checked = verify(desk, expect=f"{added.size}:{added.head}")
    assert checked.verdict == "intact"
    assert checked.completeness == "checked"
    assert not checked.findings


def test_an_independent_checker_agrees(kept: tuple[Desk, Added]) -> None:
    desk, _added = kept
    ended = subprocess.run(
        [sys.executable, CHECKER, desk.vault], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
