"""Look at what is in the vault: the corrected view, with the history at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import NoSuchEntryError, UsageError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.records.view import current

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import Entry
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk
    from stalklog.services.filters import Filter


def list_entries(desk: Desk, which: str, *, chosen: Filter) -> list[Shown]:
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
    logs = LOGS if which == "all" else (which,)
    return [shown for shown in current(desk.open().entries(logs)) if chosen.takes(shown)]


def show_entry(desk: Desk, name: str) -> Shown:
    """One entry, by its id or its seq (`#41`, `@41`), as corrected since.

    Raises:
        NoSuchEntryError: There is none of that name.
        NoVaultError: There is no vault.
    """
    entries = list(desk.open().entries())
    wanted = resolve_id(entries, name).partition(".")[0]
    for shown in current(entries):
        if shown.id == wanted:
            return shown
    raise _no_such(name)


def resolve_id(entries: Iterable[Entry], name: str) -> str:
    """The id that a person means by `T-0003`, `t-3`, `#41` or `@41`.

    Raises:
        NoSuchEntryError: There is none of that name.
    """
    wanted = name.strip().upper()
    if wanted[:1] in {"#", "@"} and wanted[1:].isdecimal():
        seq = int(wanted[1:])
        found = next((entry.id for entry in entries if entry.seq == seq), None)
    else:
        found = next((entry.id for entry in entries if entry.id == _padded(wanted)), None)
    if found is None:
        raise _no_such(name)
    return found


def _padded(wanted: str) -> str:
    prefix, _dash, rest = wanted.partition("-")
    number, dot, amendment = rest.partition(".")
    return f"{prefix}-{number:0>4}{dot}{amendment}"


def _no_such(name: str) -> NoSuchEntryError:
    return NoSuchEntryError(
        _("The vault has no entry {id}. Nothing was changed.").format(id=name[:40]),
        hint=_("See what there is with: stalklog list all"),
    )
