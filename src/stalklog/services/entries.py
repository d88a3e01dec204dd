"""Look at what is in the vault: the corrected view, with the history at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.errors import NoSuchEntryError, UsageError
from stalklog.i18n import gettext as _
from stalklog.records.types import CORRECTIONS, LOGS
from stalklog.records.view import current
from stalklog.vault.log import parse_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import Entry
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.filters import Filter
    from stalklog.vault.vault import Vault

_MOST_DIGITS: Final = 16
"""A `seq` has no more."""


@dataclass(frozen=True, slots=True)
class Found:
    """The entry that was asked for."""

    entry: Shown
    unreadable_lines: int
    """Lines of its log that cannot be read: a correction of it may be among them."""


class Listed:
    """The entries that were asked for, one after the other, in the order of the chain."""

    def __init__(
        self, vault: Vault, logs: tuple[str, ...], chosen: Filter, progress: Progress | None
    ) -> None:
        self._vault = vault
        self._logs = logs
        self._chosen = chosen
        self._progress = progress

    def __iter__(self) -> Iterator[Shown]:
        """Read them: corrected, and each let go of before the next."""
        entries = corrected(self._vault, self._logs, progress=self._progress)
        return (shown for shown in entries if self._chosen.takes(shown))

    @property
    def unreadable_lines(self) -> int:
        """How many lines the last reading passed over: something may be missing."""
        return self._vault.unreadable_lines


def list_entries(
    desk: Desk, which: str, *, chosen: Filter, progress: Progress | None = None
) -> Listed:
    """The entries of one log, or of `all`, as corrected since.

    Raises:
        UsageError: There is no log of that name.
        NoVaultError: There is no vault.
    """
    if which != "all" and which not in LOGS:
        raise UsageError(
            _("There is no log of that name."),
            hint=_("The logs are: {logs}, all").format(logs=", ".join(LOGS)),
        )
    return Listed(desk.open(), LOGS if which == "all" else (which,), chosen, progress)


def corrected(
    vault: Vault, logs: tuple[str, ...] = LOGS, *, progress: Progress | None = None
) -> Iterator[Shown]:
    """Every record and event as corrected since, in the order of the chain.

    What `records.view.current` gives, but one at a time: first the corrections are looked for,
    which are few, then each entry is read, corrected and let go of.
    """
    corrections: dict[str, list[Entry]] = {}
    for entry in vault.corrections(logs):
        target = entry.body.get("amends") or entry.body.get("withdraws")
        corrections.setdefault(str(target), []).append(entry)
    for entry in _counted(vault, logs, progress):
        if entry.type not in CORRECTIONS:
            own = (*corrections.get(entry.id, ()), *corrections.get(f"#{entry.seq}", ()))
            yield from current((entry, *own))


def read_entries(
    vault: Vault, logs: tuple[str, ...] = LOGS, *, progress: Progress | None = None
) -> list[Entry]:
    """All entries of these logs at once, as far as they can be read, in the order of the chain."""
    return list(_counted(vault, logs, progress))


def _counted(vault: Vault, logs: tuple[str, ...], progress: Progress | None) -> Iterator[Entry]:
    if progress is None:
        yield from vault.entries(logs)
        return
    progress.start(_("reading"), vault.size_bytes(logs), None)
    try:
        yield from vault.entries(logs, progress=lambda read: progress.advance(0, read))
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


def name_for_writing(vault: Vault, name: str) -> str:
    """How a new entry names the one that a person means.

    In a plain vault by its id. In a sealed one nobody without the key can tell what an id stands
    for: a place in the chain is checked, and an id is taken as it was given; `verify` and reading
    tell if it names nothing.

    Raises:
        NoSuchEntryError: There is none of that name, as far as that can be told.
    """
    if not vault.header.sealed:
        return resolve_id(vault, name)
    wanted = name.strip().upper()
    seq = _typed_place(wanted)
    if seq is not None:
        if vault.state is not None and seq >= vault.state.size:
            raise _no_such(name)
        return f"#{seq}"
    if parse_id(_padded(wanted)) is None:
        raise _no_such(name)
    return _padded(wanted)


def resolve_id(vault: Vault, name: str) -> str:
    """The id that a person means by `T-0003`, `t-3`, `#41` or `@41`.

    An id is judged by what the vault acknowledged, without reading it; only a seq is looked for.

    Raises:
        NoSuchEntryError: There is none of that name.
    """
    wanted = name.strip().upper()
    seq = _typed_place(wanted)
    if seq is not None:
        found = next((entry.id for entry in vault.entries() if entry.seq == seq), None)
        if found is None:
            raise _no_such(name)
        return found
    if not vault.holds(_padded(wanted)):
        raise _no_such(name)
    return _padded(wanted)


def _typed_place(wanted: str) -> int | None:
    """The seq that `#41`, `@41` or `@४१` names; None where it is none, or longer than any."""
    digits = wanted[1:]
    is_place = wanted[:1] in {"#", "@"} and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    return int(digits) if is_place else None


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
