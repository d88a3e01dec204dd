"""Look at what is in the vault: the corrected view, with the history at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import NoSuchEntryError, UsageError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.records.view import current
from stalklog.vault.log import parse_id

if TYPE_CHECKING:
    from stalklog.core.entry import Entry
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.filters import Filter
    from stalklog.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries that were asked for."""

    entries: tuple[Shown, ...]
    unreadable_lines: int
    """Lines that were passed over because they cannot be read: something may be missing."""


@dataclass(frozen=True, slots=True)
class Found:
    """The entry that was asked for."""

    entry: Shown
    unreadable_lines: int
    """Lines of its log that cannot be read: a correction of it may be among them."""


def list_entries(
    desk: Desk, which: str, *, chosen: Filter, progress: Progress | None = None
) -> Listed:
    """The entries of one log, or of `all`, as corrected since, in the order of the chain.

    Raises:
        UsageError: There is no log of that name.
        NoVaultError: There is no vault.
    """
    if which != "all" and which not in LOGS:
        raise UsageError(
            _("There is no log of that name."),
            hint=_("The logs are: {logs}, all").format(logs=", ".join(LOGS)),
        )
    vault = desk.open()
    entries = read_entries(vault, LOGS if which == "all" else (which,), progress=progress)
    shown = tuple(shown for shown in current(entries) if chosen.takes(shown))
    return Listed(shown, vault.unreadable_lines)


def read_entries(
    vault: Vault, logs: tuple[str, ...] = LOGS, *, progress: Progress | None = None
) -> list[Entry]:
    """All entries of these logs, as far as they can be read, in the order of the chain."""
    if progress is None:
        return list(vault.entries(logs))
    progress.start(_("reading"), vault.size_bytes(logs), None)
    try:
        return list(
            vault.entries(logs, progress=lambda size_bytes: progress.advance(0, size_bytes))
        )
    finally:
        progress.finish()


def show_entry(desk: Desk, name: str) -> Shown:
    """One entry, by its id or its seq (`#41`, `@41`), as corrected since.

    Raises:
        NoSuchEntryError: There is none of that name.
        NoVaultError: There is no vault.
    """
    return find_entry(desk.open(), name).entry


def find_entry(vault: Vault, name: str) -> Found:
    """The same, and how many lines could not be read.

    Raises:
        NoSuchEntryError: There is none of that name.
    """
    wanted = resolve_id(vault, name).partition(".")[0]
    parts = parse_id(wanted)
    logs = LOGS if parts is None else (parts.log,)
    about = [entry for entry in vault.entries(logs) if _is_about(entry, wanted)]
    for shown in current(about):
        if shown.id == wanted:
            return Found(shown, vault.unreadable_lines)
    raise _no_such(name)


def resolve_id(vault: Vault, name: str) -> str:
    """The id that a person means by `T-0003`, `t-3`, `#41` or `@41`.

    An id is judged by what the vault acknowledged, without reading it; only a seq is looked for.

    Raises:
        NoSuchEntryError: There is none of that name.
    """
    wanted = name.strip().upper()
    if wanted[:1] in {"#", "@"} and wanted[1:].isdecimal():
        seq = int(wanted[1:])
        found = next((entry.id for entry in vault.entries() if entry.seq == seq), None)
    else:
        found = _padded(wanted)
    if found is None or not vault.holds(found):
        raise _no_such(name)
    return found


def _is_about(entry: Entry, wanted: str) -> bool:
    return wanted in {entry.id, entry.body.get("amends"), entry.body.get("withdraws")}


def _padded(wanted: str) -> str:
    prefix, _dash, rest = wanted.partition("-")
    number, dot, amendment = rest.partition(".")
    return f"{prefix}-{number:0>4}{dot}{amendment}"


def _no_such(name: str) -> NoSuchEntryError:
    return NoSuchEntryError(
        _("The vault has no entry {id}. Nothing was changed.").format(id=name[:40]),
        hint=_("See what there is with: stalklog list all"),
    )
