"""Where the case stands: the five protective steps, what is due, and what is still to be had."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.core.note import NoteFormatError, NoteSignatureError
from stalklog.due.due import COPY
from stalklog.due.gathering import Gathering
from stalklog.due.words import what_of
from stalklog.errors import ReadOnlyVaultError, VaultError
from stalklog.records.bounds import bounds_of
from stalklog.records.tags import LETTER_TAG, NO_EXHIBIT_TAGS
from stalklog.records.view import case as case_of
from stalklog.services.dues import due_now, rules_if_usable
from stalklog.services.entries import corrected
from stalklog.services.guidance import steps
from stalklog.vault.checkpoint import load_note
from stalklog.vault.disk import Disk
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from stalklog.core.entry import JsonObject
    from stalklog.due.counting import End
    from stalklog.due.due import Due as FoundDue
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.guidance import Step
    from stalklog.vault.key_history import ChangeOfKeys

_TO_PROVIDERS = frozenset({"preservation-notice", "abuse-report"})
"""What only a provider is asked for or told, whatever kind it was noted as."""
_PICTURES = frozenset({"screenshot", "photo"})
_PROVIDERS = frozenset({"isp", "mail-provider", "platform", "grievance-officer"})
_STILL_TO_BE_HAD = frozenset({None, "asked-for", "unknown"})
MOST_SHOWN: Final = 5
"""As many of one sort as a person is shown."""


@dataclass(frozen=True, slots=True)
class StepStatus:
    """One protective step, and how much of it is there."""

    step: Step
    count: int
    """How many entries do it; none is no reproach."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to ask after on a day."""

    on: date
    id: str
    """The entry that it comes from."""
    agency: str
    """Empty where it comes from an incident."""
    is_overdue: bool
    what: str = ""
    """What is due by a rule; empty for a day that was noted to ask again."""
    is_now: bool = False
    """Whether it is time to ask for records that are kept for a while."""
    days: int = 0
    """Days from today; below zero it is past."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the case stands."""

    vault_id: str
    alias: str | None
    name: str | None
    """The vault's display name."""
    tz: str
    counts: dict[str, int]
    """Entries in each log, withdrawn ones left out."""
    size: int
    head: str
    last_checkpoint: int | None
    """How many entries the newest signed note vouches for; None where there is no good one."""
    steps: tuple[StepStatus, ...]
    only_pictures: tuple[str, ...]
    """Screenshots and photos of something whose electronic original could still be had: their ids,
    of which there may be many."""
    first_pictures: tuple[Shown, ...]
    """The first `MOST_SHOWN` of them."""
    reports_missing: tuple[Shown, ...]
    """Contacts whose official report is not in hand."""
    due: tuple[Due, ...]
    """By day, overdue first."""
    unconfirmed_bytes: int
    """What an interrupted command left behind the acknowledged entries."""
    unreadable_lines: int
    """Lines that cannot be read: more than none means that `verify` should be run."""
    sealing: Sealing | None = None
    """How it is sealed; None for a plain vault."""
    warnings: tuple[str, ...] = ()
    """What to tell beside the answer."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How a vault is sealed, as far as her next steps are concerned."""

    readers: int | None
    """How many keys open what is added now; None where that cannot be said."""
    key_changes: tuple[ChangeOfKeys, ...]
    """The signed changes of keys: when, who came and who went."""
    zone: tzinfo
    """The zone in which to tell when."""
    recovery_tested_at: str | None
    """The day on which the recovery key was last shown to work."""
    unopened_lines: int
    """Entries that are sealed to other keys than the one at hand."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What everybody sees of a sealed vault."""

    vault_id: str
    size: int
    head: str
    sealing: Sealing


def outside(desk: Desk) -> Outside | None:
    """What can be told of a sealed vault without its key; None of a plain one.

    Raises:
        NoVaultError: There is no vault.
    """
    vault = desk.open()
    if not vault.header.sealed:
        return None
    size, head = _end(vault)
    return Outside(vault.header.id, size, head, _sealing(desk, 0))


def status(desk: Desk, *, progress: Progress | None = None) -> Status:
    """Where the case stands, as far as the entries can be read.

    Raises:
        NoVaultError: There is no vault.
    """
    disk = Disk(desk.vault)
    vault = Vault(disk, desk.unlock, desk.warn, desk.tell_unopened)
    tally = _Tally()
    for entry in corrected(vault, progress=progress):
        if not entry.withdrawn:
            tally.take(entry)
    unreadable_lines = vault.unreadable_lines
    particulars = case_of(vault.entries(("custody",)))
    size, head = _end(vault)
    rules, told = rules_if_usable()
    found = due_now(desk, tally.gathering.facts(particulars.get("country")), rules)
    missing = {one.id for one in found.dues if one.kind == COPY}
    return Status(
        vault_id=vault.header.id,
        alias=_text(particulars, "alias"),
        name=desk.settings.name,
        tz=desk.settings.tz,
        counts=dict(tally.counts),
        size=size,
        head=head,
        last_checkpoint=_last_checkpoint(disk, vault),
        steps=_steps(tally),
        only_pictures=tuple(tally.only_pictures),
        first_pictures=tuple(tally.first_pictures),
        reports_missing=tuple(one for one in tally.reports_missing if one.id in missing),
        due=tuple(_due(one, one.end) for one in found.dues if one.end is not None),
        unconfirmed_bytes=vault.unconfirmed_bytes(),
        unreadable_lines=unreadable_lines,
        sealing=_sealing(desk, vault.unopened_lines) if vault.header.sealed else None,
        warnings=told,
    )


def _due(one: FoundDue, end: End) -> Due:
    what = "" if one.rule is None else what_of(one)
    is_now = one.is_past and one.percent is not None
    return Due(end.on, one.id, one.agency, one.is_overdue, what, is_now, one.days)


def _sealing(desk: Desk, unopened_lines: int) -> Sealing:
    from stalklog.services.keys import list_keys  # noqa: PLC0415 - for sealed vaults only

    try:
        keys = list_keys(desk)
    except (ReadOnlyVaultError, VaultError):
        return Sealing(None, (), desk.reading_zone(), None, unopened_lines)
    return Sealing(
        readers=len(keys.readers),
        key_changes=keys.changes,
        zone=desk.reading_zone(),
        recovery_tested_at=keys.recovery_tested_at,
        unopened_lines=unopened_lines,
    )


@dataclass(slots=True)
class _Tally:
    """What is kept of the entries while they are read one by one: the few that are named."""

    counts: Counter[str] = field(default_factory=Counter)
    with_providers: set[str] = field(default_factory=set)
    untimed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Contacts and demands without a time: their log and id, by id and by place in the chain."""
    letters: set[str] = field(default_factory=set)
    """To what the text of a letter belongs that was made from the record."""
    made_here: int = 0
    """Exhibits that show nothing of what was done: letters, answers of registries, keys."""
    gathering: Gathering = field(default_factory=Gathering)
    """What the rules for what is due are held against."""
    only_pictures: list[str] = field(default_factory=list)
    first_pictures: list[Shown] = field(default_factory=list)
    reports_missing: list[Shown] = field(default_factory=list)

    def take(self, entry: Shown) -> None:
        self.counts[entry.log] += 1
        self.gathering.take(entry)
        if entry.log == "contacts" and _is_with_provider(entry):
            self.with_providers.add(entry.id)
        self._take_letter(entry)
        if is_only_picture(entry):
            self.only_pictures.append(entry.id)
            if len(self.first_pictures) < MOST_SHOWN:
                self.first_pictures.append(entry)
        if is_report_missing(entry):
            self.reports_missing.append(entry)

    def _take_letter(self, entry: Shown) -> None:
        if entry.log in {"contacts", "demands"} and bounds_of(entry.fields.get("occurred")) is None:
            for name in (entry.id, f"#{entry.seq}"):
                self.untimed[name] = entry.log, entry.id
        tags, belongs = entry.fields.get("tags"), entry.fields.get("for")
        named = (
            {name for name in tags if isinstance(name, str)} if isinstance(tags, list) else set()
        )
        self.made_here += not NO_EXHIBIT_TAGS.isdisjoint(named)
        if LETTER_TAG in named and isinstance(belongs, list):
            self.letters.update(name for name in belongs if isinstance(name, str))

    @property
    def prepared(self) -> frozenset[tuple[str, str]]:
        """Letters that were only prepared: nothing was said by them yet."""
        return frozenset(self.untimed[name] for name in self.letters if name in self.untimed)


def _is_with_provider(entry: Shown) -> bool:
    kind, purpose = _text(entry.fields, "kind"), _text(entry.fields, "purpose")
    return kind in _PROVIDERS or (kind == "other" and purpose in _TO_PROVIDERS)


def is_only_picture(entry: Shown) -> bool:
    """Whether it is a picture of something whose electronic original could still be had."""
    return (
        entry.type == "evidence.added"
        and _text(entry.fields, "kind") in _PICTURES
        and _text(entry.fields, "original") in _STILL_TO_BE_HAD
        and "derived_from" not in entry.fields
    )


def is_report_missing(entry: Shown) -> bool:
    """Whether an official report was asked for and is not in hand."""
    report = entry.fields.get("official_report")
    if entry.type != "contact.logged" or not isinstance(report, dict):
        return False
    return report.get("status") == "requested" or (
        report.get("status") == "obtained" and not report.get("copies")
    )


def _steps(tally: _Tally) -> tuple[StepStatus, ...]:
    prepared = tally.prepared
    unsent = Counter(log for log, _id in prepared)
    counts = {
        "demand": tally.counts["demands"] - unsent["demands"],
        "evidence": tally.counts["evidence"] - tally.made_here,
        "threats": tally.counts["threats"],
        "provider": len(tally.with_providers - {id_ for _log, id_ in prepared}),
        "contacts": tally.counts["contacts"] - unsent["contacts"],
    }
    return tuple(StepStatus(step, counts[step.key]) for step in steps())


def _end(vault: Vault) -> tuple[int, str]:
    """How far the chain was acknowledged; where `state` is missing, how far it can be read."""
    if vault.state is not None:
        return vault.state.size, vault.state.head
    size, head = 0, vault.header.line_sha256
    for entry in vault.entries():
        size, head = size + 1, entry.line_sha256
    return size, head


def _last_checkpoint(disk: Disk, vault: Vault) -> int | None:
    try:
        return load_note(disk, vault.header).size
    except (NoteFormatError, NoteSignatureError):
        return None


def _text(fields: JsonObject, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None
