"""What a command reads of a large vault: counted, as times are not the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bench.large_vault import make_large_vault

from stalklog.records.view import current
from stalklog.services.desk import Desk
from stalklog.services.entries import corrected, find_entry, list_entries, resolve_id
from stalklog.services.filters import Filter
from stalklog.services.records import amend, log_contact, log_threat, withdraw
from stalklog.services.status import status
from stalklog.vault import vault as vaults
from stalklog.vault.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRIES = 700


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("large") / "vault"
    make_large_vault(folder, ENTRIES)
    return Desk(folder)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """A mark for every line that is understood."""
    marks: list[object] = []
    real = vaults._read_entry

    def count(line: object) -> object:
        marks.append(line)
        return real(line)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(vaults, "_read_entry", count)
        yield marks


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    sizes: list[int] = []
    real = Disk.read

    def count(disk: Disk, name: str, start: int = 0, length: int | None = None) -> bytes:
        data = real(disk, name, start, length)
        if name.startswith("logs/") and len(data) > 1:
            sizes.append(len(data))
        return data

    with monkeypatch.context() as patched:
        patched.setattr(Disk, "read", count)
        yield sizes


def test_an_entry_that_names_others_reads_none_of_them(desk: Desk, parsed: list[object]) -> None:
    typed = {"words": ["x"], "when": ["2026-11-20"], "evidence": ["E-0001", "e-2", "E-0003"]}
    log_threat(desk, typed)
    log_contact(desk, {"agency": ["A"], "kind": ["ngo"], "sent": ["E-0001"], "regarding": ["C-1"]})
    assert parsed == []


def test_a_seq_is_looked_for_once(desk: Desk, parsed: list[object]) -> None:
    assert resolve_id(desk.open(), "@6") == "E-0006"
    assert len(parsed) < 12


def test_a_correction_reads_its_log_once_and_understands_only_what_it_is_about(
    desk: Desk, parsed: list[object], bytes_read: list[int]
) -> None:
    vault = desk.open()
    size_bytes = vault.size_bytes(("threats",))
    amend(desk, "T-0002", {"place": ["home"]}, reason="remembered")
    assert len(parsed) <= 3
    line = 1 << 20  # the last line of a log is looked for in at most so many bytes
    assert sum(bytes_read) <= 2 * size_bytes + line
    withdraw(desk, "T-0002", "twice")
    assert len(parsed) <= 7


def test_one_entry_reads_its_own_log(desk: Desk, parsed: list[object]) -> None:
    assert find_entry(desk.open(), "C-0001").entry.id == "C-0001"
    assert len(parsed) <= ENTRIES * 0.25


def test_a_list_and_the_status_read_everything_once(desk: Desk, parsed: list[object]) -> None:
    size = status(desk).size
    assert len(parsed) <= size * 1.1
    parsed.clear()
    assert sum(1 for _ in list_entries(desk, "all", chosen=Filter())) < size
    assert len(parsed) <= size * 1.1


def test_one_by_one_gives_what_all_at_once_gives(desk: Desk) -> None:
    amend(desk, "T-0003", {"place": ["home"]}, reason="remembered")
    withdraw(desk, "T-0003", "twice")
    vault = desk.open()
    assert list(corrected(vault)) == current(vault.entries())


def test_reading_much_is_shown(desk: Desk) -> None:
    told: list[object] = []

    class Shown:
        def start(self, what: str, total_bytes: int | None, _files: int | None) -> None:
            told.append((what, total_bytes))

        def advance(self, _files: int, size_bytes: int) -> None:
            told.append(size_bytes)

        def finish(self) -> None:
            told.append("finished")

    vault = desk.open()
    for read in (
        lambda: list(list_entries(desk, "all", chosen=Filter(), progress=Shown())),
        lambda: status(desk, progress=Shown()),
    ):
        told.clear()
        read()
        assert told[0] == ("reading", vault.size_bytes())
        assert told[-1] == "finished"
        assert sum(size for size in told if isinstance(size, int)) == vault.size_bytes()
