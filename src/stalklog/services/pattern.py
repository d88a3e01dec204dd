"""Count the pattern of a case: its records, and the messages that are read in its exhibits."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import StalklogError
from stalklog.i18n import gettext as _
from stalklog.records.view import case as case_of
from stalklog.report.pattern.count import count
from stalklog.report.pattern.gathering import Gathering
from stalklog.services.contents import Contents
from stalklog.services.entries import corrected

if TYPE_CHECKING:
    from datetime import datetime

    from stalklog.records.view import Shown
    from stalklog.report.pattern.count import Pattern
    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Counted:
    """The pattern, and what could not be taken into account."""

    pattern: Pattern
    unreadable_lines: int
    """Lines of the vault that cannot be read: something may be missing."""


def pattern(
    desk: Desk,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    progress: Progress | None = None,
) -> Counted:
    """Count what was done, and when, how and to whom.

    Args:
        desk: Which vault, whose zone.
        since: Leave out what ended before this moment.
        until: Leave out what began after this moment.
        progress: Shown how far the reading has come.

    Raises:
        NoVaultError: There is no vault.
        PassphraseError: It is sealed, and the keys were not given.
    """
    vault = desk.open()
    identifiers = case_of(vault.entries(("custody",))).get("identifiers")
    gathering = Gathering(identifiers, desk.reading_zone(), since, until)
    exhibits = []
    for entry in corrected(vault, progress=progress):  # all logs: the identifiers, too
        gathering.take(entry)
        if entry.type == "evidence.added" and not entry.withdrawn:
            exhibits.append(entry)
    unreadable_lines = vault.unreadable_lines
    _read(vault, exhibits, gathering, progress)
    zone = str(desk.reading_zone())
    found = count(gathering.events, gathering.steps, gathering.left_out(), zone)
    return Counted(found, unreadable_lines)


def _read(
    vault: Vault, exhibits: list[Shown], gathering: Gathering, progress: Progress | None
) -> None:
    if progress is not None:
        progress.start(_("reading the exhibits"), None, len(exhibits))
    try:
        for shown in exhibits:
            _read_one(vault, shown, gathering)
            if progress is not None:
                progress.advance(1, 0)
    finally:
        if progress is not None:
            progress.finish()


def _read_one(vault: Vault, shown: Shown, gathering: Gathering) -> None:
    """See the messages of one exhibit; one that cannot be read stops nothing, and is counted."""
    try:
        with closing(Contents(vault, shown)) as contents:
            for message in contents:
                gathering.see(shown, message)
            report = contents.report()
            if report is not None and not report.is_whole:
                gathering.miss()
    except StalklogError:
        gathering.miss()
