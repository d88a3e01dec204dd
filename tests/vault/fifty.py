"""A vault of fifty entries as a person would have it after a year, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from tests.vault.desk import (
    Promise,
    add_files,
    amend_threat,
    attach,
    demand,
    init,
    keep_file,
    log_threat,
    make_report,
    note_case,
    recover,
    repair,
    run,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.vault.layout import log_name
from stalklog.vault.state import parse_state
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vault.desk import Command

    from stalklog.vault.writer import Writer

ENTRIES: Final = 50
LARGE: Final = bytes(range(256)) * (BLOCK_BYTES // 256) + b"and a little more than one block"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The vault as it lay there after one command; not to be changed."""

    disk: ModelDisk
    promise: Promise
    size: int
    head: str

    @property
    def kept(self) -> Expectation:
        """What the receipt of that command lets a person keep elsewhere."""
        return Expectation(self.size, self.head)


def keep_large(writer: Writer) -> list[bytes]:
    """An original that is longer than what is read at once."""
    return [keep_file(writer, "video.mp4", LARGE)[1]]


YEAR: Final[tuple[Command | str, ...]] = (
    log_threat,
    add_files(1, 2),
    note_case,
    attach,
    amend_threat,
    demand,
    make_report,
    "torn",
    keep_large,
    add_files(3),
    log_threat,
    withdraw_threat,
    log_threat,
    make_report,
    attach,
    demand,
    note_case,
    log_threat,
    "contradicted",
    add_files(4, 11),
    attach,
    amend_threat,
    log_threat,
    note_case,
    demand,
    make_report,
    add_files(1),
    log_threat,
    attach,
    note_case,
    demand,
    log_threat,
    add_files(12, 13),
    log_threat,
    demand,
    add_files(14),
    attach,
    log_threat,
    amend_threat,
    note_case,
    demand,
)
"""One command after the other; in between an interruption, and lines that somebody added."""


@cache
def history() -> tuple[Snapshot, ...]:
    """The vault after each command, from `init` to the fiftieth entry."""
    return tuple(_history())


def fifty() -> Snapshot:
    """The vault at its fifty entries."""
    newest = history()[-1]
    assert newest.size == ENTRIES
    return newest


def _history() -> Iterator[Snapshot]:
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    yield _snapshot(disk, promise)
    for step in YEAR:
        if isinstance(step, str):
            _disturb(disk, step)
        else:
            run(disk, step, promise)
        yield _snapshot(disk, promise)


def _disturb(disk: ModelDisk, how: str) -> None:
    threats = log_name("threats")
    if how == "torn":
        disk.put(threats, disk.read(threats) + b'{"at":"2026-11-24T04:30')
        recover(disk)
    else:
        disk.put(threats, disk.read(threats) + disk.read(threats).splitlines(keepends=True)[0])
        repair(disk)


def _snapshot(disk: ModelDisk, promise: Promise) -> Snapshot:
    checked = check_vault(disk, wait_s=0)
    assert checked.verdict == "intact", checked.findings
    assert parse_state(disk.read("state")).size == checked.size
    return Snapshot(disk.copy(), promise.copy(), checked.size, checked.head)
