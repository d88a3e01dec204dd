"""What the campaigns share: a loaded stalklog, and the figures at the end."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import make_cases
from tests.campaign.commands import Commands
from tests.vault.figures import pytest_terminal_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.campaign.cases import Case

__all__ = ["pytest_terminal_summary"]


MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system in memory, not a place for files


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where vaults are disturbed by the hundred: in memory where there is such a file system.

    What a killed command wrote is there on every file system alike; on a disk each `fsync` would
    be waited for. `STALKLOG_CAMPAIGN_DISK=1` takes the disk.
    """
    if os.environ.get("STALKLOG_CAMPAIGN_DISK") or not os.access(MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("ground")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def commands(ground: Path) -> Iterator[Commands]:
    home = ground / "home"
    home.mkdir()
    loaded = Commands(home)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def cases(ground: Path) -> dict[str, Case]:
    return {case.name: case for case in make_cases(ground / "cases")}


@pytest.fixture
def place(ground: Path) -> Path:
    """Where a case is put, over whatever the one before left there."""
    return ground / "place"


@pytest.fixture
def theirs(ground: Path, place: Path) -> Iterator[Path]:
    """A place whose owner is somebody whom permissions bind."""
    ground.chmod(0o711)
    if any(not folder.stat().st_mode & 0o001 for folder in ground.parents):
        pytest.skip("others cannot come here: run it where there is a file system in memory")
    yield place
    ground.chmod(0o700)
