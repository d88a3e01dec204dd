"""Prove the vault, and say what can be done where it is damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from stalklog.errors import DeclinedError, ReadOnlyVaultError, UsageError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.services.saving import warnings_of
from stalklog.vault.disk import Disk
from stalklog.vault.layout import LATEST_NOTE, SEALED_LOGS, log_name
from stalklog.vault.recovery import Allowed
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.cipher import Opening
    from stalklog.vault.findings import Finding
    from stalklog.vault.verify import Verification

Repair: TypeAlias = Literal["nothing", "finish", "sign", "set-aside", "beyond"]

_EXPECTED = re.compile(r"([1-9][0-9]{0,15}):([0-9a-f]{64})")
_NOTE_FAULTS = frozenset({"CHECKPOINT_BAD_FORMAT", "CHECKPOINT_BAD_SIGNATURE"})
_TAIL_FAULTS = frozenset({"SEQ_REPEAT", "CHAIN_BROKEN", "WRONG_LOG", "SCHEMA_BAD", "ID_BAD"})


@dataclass(frozen=True, slots=True)
class Repaired:
    """What `repair` found and did."""

    repair: Repair
    message: str
    head: str
    size: int
    warnings: tuple[str, ...] = ()


def parse_expected(text: str) -> Expectation:
    """The head that somebody kept, typed as `SIZE:HEAD`.

    Raises:
        UsageError: It has another form.
    """
    found = _EXPECTED.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(
            _("--expect takes a size and a head, SIZE:HEAD. Nothing was checked."),
            hint=_("Copy both from a receipt: 12:9f86d081…"),
        )
    return Expectation(int(found[1]), found[2])


def verify(
    desk: Desk,
    *,
    expect: str | None = None,
    log: str | None = None,
    progress: Progress | None = None,
    opening: Opening | None = None,
    is_identity_missed: bool = True,
) -> Verification:
    """Check everything that the vault promises; nothing is written.

    Args:
        desk: Which vault.
        expect: A head that was kept elsewhere, `SIZE:HEAD`.
        log: Show only the findings of this log; the whole vault is checked all the same.
        progress: Shown how far it has come.
        opening: The secret keys of a sealed vault; without them what is inside is not checked.
        is_identity_missed: Whether to say so where her key file is not in a sealed vault, unless
            she named another place for it.

    Raises:
        UsageError: `expect` or `log` has another form.
        NoVaultError: There is no vault.
        VaultBusyError: A writer is at work.
    """
    expectation = None if expect is None else parse_expected(expect)
    if log is not None and log not in (*LOGS, *SEALED_LOGS):
        raise UsageError(
            _("There is no log of that name."),
            hint=_("The logs are: ") + ", ".join(desk.open().header.logs),
        )
    if progress is not None:
        progress.start(_("checking"), None, None)
    disk = Disk(desk.vault)
    try:
        found = check_vault(
            disk,
            expect=expectation,
            progress=progress.advance if progress else None,
            wait_s=desk.wait_s,
            opening=opening,
            is_identity_here=is_identity_missed and desk.identity is None,
        )
    finally:
        disk.close()
        if progress is not None:
            progress.finish()
    return found


def findings_of(found: Verification, log: str | None) -> tuple[Finding, ...]:
    """The findings of one log, or all of them; the verdict is of the whole vault all the same."""
    if log is None:
        return found.findings
    return tuple(finding for finding in found.findings if finding.where.startswith(log_name(log)))


def repair(desk: Desk, *, confirm: Callable[[str], bool]) -> Repaired:
    """Do what can be done with a damaged vault, and nothing without asking.

    Args:
        desk: Which vault.
        confirm: Shown what would be done; True to do it.

    Raises:
        DeclinedError: The person said no; nothing was changed.
        ReadOnlyVaultError: It is damaged beyond what may be repaired; nothing was changed.
    """
    found = verify(desk)
    what, told = _plan(found)
    if what == "nothing":
        return Repaired(what, told, found.head, found.size)
    if what == "beyond":
        raise ReadOnlyVaultError(
            told,
            hint=_("Keep this vault as it is, and go on in a new one: stalklog init PATH"),
        )
    if not confirm(told):
        raise DeclinedError(_("Nothing was changed."))
    allowed = Allowed(sign_anew=what == "sign", set_aside=what == "set-aside")
    vault = desk.open()
    with vault.writing(desk.author(), wait_s=desk.wait_s, allowed=allowed) as writer:
        warnings = warnings_of(writer)  # opening it for writing is what mends it
    mended = verify(desk)
    done = _("Done. Check it with: stalklog verify")
    return Repaired(what, done, mended.head, mended.size, warnings)


def _plan(found: Verification) -> tuple[Repair, str]:
    faults = {finding.code for finding in found.findings if finding.severity == "fault"}
    places = {finding.where for finding in found.findings if finding.severity == "fault"}
    warnings = {finding.code for finding in found.findings if finding.severity == "warning"}
    if not faults and warnings.isdisjoint({"TORN_TAIL", "STATE_BAD"}):
        return "nothing", _("Nothing needs to be repaired.")
    if not faults:
        return "finish", _(
            "An interrupted command left something. It can be finished: whole lines are kept, "
            "torn ones are moved to the folder quarantine, and that is written down."
        )
    if faults <= _NOTE_FAULTS and places == {LATEST_NOTE}:
        return "sign", _(
            "The newest signed note is missing or damaged; the entries are not. It can be signed "
            "anew. Compare the head with one that you kept elsewhere, if you have one: a missing "
            "note can hide that entries were cut off the end."
        )
    if faults <= _TAIL_FAULTS and all("@" in place for place in places):
        return "set-aside", _(
            "Lines were added behind the last acknowledged entry that do not go on with it. They "
            "can be moved to the folder quarantine, and that is written down."
        )
    return "beyond", _(
        "The vault is damaged in a way that may not be repaired, because that would change what "
        "is written. Nothing was changed, and everything that can be read still can."
    )
