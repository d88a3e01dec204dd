"""The report as plain, frozen data: what every writer writes, each in its own format.

Every text in it is already in the report's language and safe to show (`safety.text`); a writer
only has to make it inert in its own format. The exceptions are `fields`, `was` and `is_now`: what
was recorded, exactly as it stands in the vault, for formats that are read by programs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.report.pattern.section import Section


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check of the vault found."""

    code: str
    """Its stable name, such as `TORN_TAIL`."""
    severity: str
    """`fault`, `warning` or `info`."""
    where: str
    """The file or entry that it is about."""
    message: str
    """What it means, in words."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the report says of the vault and of itself; the report knows no vault."""

    vault_id: str
    """The vault's id, 32 hex digits."""
    origin: str
    """The origin line of its signed notes."""
    key: str
    """Its public key, as a C2SP verifier key."""
    size: int
    """How many entries it had."""
    head: str
    """SHA-256 of the last line."""
    root: str
    """The root of the Merkle tree over all lines, as hex."""
    note: str
    """The signed note over that root, whole; empty where there is none over all entries."""
    verdict: str
    """`intact`, `damaged` or `not-checked`."""
    entries: int
    """How many entries the check read."""
    objects: int
    """How many originals the check read."""
    bytes_: int
    """How many bytes they were."""
    completeness: str
    """`checked` against a head kept elsewhere, or `not-checked`."""
    tool: str
    """The program and version that made the report."""
    generated_at: datetime
    """When it was made, aware."""
    tz: str
    """The zone of the vault: an IANA name or an offset."""
    signed: int | None = None
    """How many entries the newest good note vouches for; None where there is none."""
    findings: tuple[Finding, ...] = ()
    """What the check found."""
    first_broken_seq: int | None = None
    """The first entry from which the chain no longer holds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person asked to be in the report."""

    only: tuple[str, ...] = ()
    """The logs to show; empty for all."""
    since: datetime | None = None
    """Leave out what ended before this moment."""
    until: datetime | None = None
    """Leave out what began after this moment."""
    ids: tuple[str, ...] = ()
    """The entries to show, `T-0003` or `#41`; empty for all."""
    language: str = "en"
    """The language of the report's own words; texts of others are never translated."""
    confidential_sheet: bool = False
    """Whether a confidential sheet is made beside the report, as a file of its own."""


@dataclass(frozen=True, slots=True)
class Filtering:
    """That the report does not show everything, and what it leaves out."""

    rules: tuple[str, ...]
    """Each rule in words."""
    shown: int
    """How many records are shown."""
    left_out: int
    """How many are not."""
    remark: str = ""
    """That nothing is shown at all; empty where something is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, as far as it is known."""

    precision: str
    """`exact`, `about`, `day`, `range` or `unknown`."""
    day: str
    """The day in words; empty when unknown."""
    clock: str
    """The time of day in words, with `about` and the like; empty when unknown."""
    offset: str
    """The offset from UTC, `+05:30`, or that no zone is known; empty when no time is."""
    zone: str
    """The offset, and the zone's name where it is known."""
    words: str
    """All of it as one phrase."""
    basis: str
    """What it rests on, in words; empty when not said."""
    as_typed: str
    """What was typed; empty when nothing was."""
    start: datetime | None
    """The earliest moment that it can have been."""
    end: datetime | None
    """The latest moment that it can have been."""
    month: str
    """Year and month, `2026-11`; empty when unknown."""
    wall: datetime | None = None
    """Of what has no zone: where it stands, as if its clock had been in the zone of the record."""

    @property
    def place(self) -> datetime | None:
        """Where it stands among the others; None for a time that is not known."""
        return self.wall or self.start


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a record, ready to show."""

    name: str
    """The field's name."""
    label: str
    """What it is called in the report."""
    texts: tuple[str, ...]
    """Its values, one after the other."""
    ids: tuple[str, ...] = ()
    """The entries that it names."""
    style: str = "line"
    """`quote` for exact words, `text` for an account in sentences, `line` for the rest."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a correction did to one field."""

    name: str
    """The field's name."""
    label: str
    """What it is called in the report."""
    before: tuple[str, ...]
    """What it held before; empty for nothing."""
    after: tuple[str, ...]
    """What it holds since; empty for nothing."""
    was: JsonValue = field(repr=False)
    """What it held before, exactly as it stands in the vault."""
    is_now: JsonValue = field(repr=False)
    """What it holds since, exactly as it stands in the vault."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An amendment or a withdrawal: an entry of its own, later in the chain."""

    id: str
    """Its own id, `T-0003.1`."""
    seq: int
    """Its place in the chain."""
    target: str
    """The id of the entry that it corrects."""
    kind: str
    """`amended` or `withdrawn`."""
    recorded: str
    """When it was recorded, in words."""
    recorded_at: str
    """The same as it stands in the vault."""
    by: str
    """Who recorded it."""
    reason: str
    """Why."""
    changes: tuple[FieldChange, ...]
    """Field by field, before and after; empty for a withdrawal."""
    is_applied: bool
    """False for one that does not fit what it names: it is shown, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, corrected, with everything a reader needs to cite it."""

    id: str
    """`T-0003`."""
    seq: int
    """Its place in the chain."""
    log: str
    """The log that it stands in."""
    type: str
    """Its type, `threat.logged`."""
    title: str
    """What sort of entry it is, in a few words."""
    headline: str
    """Its substance, cut short to a line or three."""
    moment: Moment
    """When it happened."""
    recorded: str
    """When it was recorded, in words."""
    recorded_at: str
    """The same as it stands in the vault."""
    delay: str
    """How long after the event it was recorded, `2 days later`; empty where that is unknown."""
    by: str
    """Who recorded it."""
    tool: str
    """What recorded it."""
    line_sha256: str
    """SHA-256 of its line in the log."""
    details: tuple[Detail, ...]
    """Its fields."""
    evidence: tuple[str, ...]
    """The exhibits that belong to it."""
    is_told: bool
    """Whether it is an exhibit that only shows again what another entry tells."""
    after_demand: str
    """The first demand that it certainly came after; empty for none."""
    is_amended: bool
    """Whether it was corrected since."""
    is_withdrawn: bool
    """Whether it was withdrawn since."""
    withdrawn_reason: str
    """Why it was withdrawn."""
    corrections: tuple[Correction, ...]
    """Every correction of it, oldest first."""
    fields: JsonObject = field(repr=False)
    """The corrected record exactly as it stands in the vault."""


@dataclass(frozen=True, slots=True)
class Inner:
    """One message or item that was read inside an exhibit."""

    number: int
    """Its number in the reading, from 1."""
    parent: int | None
    """The number of the one that it is inside of."""
    kind: str
    """What it is: `message`, `call`, `page`."""
    sender: str
    """The sender as shown, which the sender chose."""
    sent: str
    """When it was sent, as understood and as written; empty where it does not say."""
    received: str
    """When the receiving side took it; empty where it does not say."""
    subject: str
    """Its subject."""
    text: str
    """What it says, or the beginning of that."""
    is_cut: bool
    """Whether there is more in the original."""
    attachments: tuple[str, ...]
    """The names of files with it."""
    remarks: tuple[str, ...]
    """What should be known of it."""
    place: str
    """Where in the original it stands."""
    sha256: str
    """SHA-256 of its exact bytes; empty where they are not in one piece."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of the way of a mail."""

    is_observed: bool
    """Whether the receiver's side wrote it; else it came with the mail, and is a claim."""
    trust: str
    """The same in words."""
    time: str
    """When, in UTC to the second, or as it stands there."""
    by: str
    """The machine or provider that wrote it."""
    address: str
    """From where the connection came, and what kind of address that is; empty for none."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a mail, as far as its header shows it."""

    number: int
    """Of the message, from 1."""
    told: str
    """What was recorded, or is claimed, in a sentence."""
    because: str
    """How sure that is, and why."""
    letter: str
    """Whom to ask; empty where that is not known."""
    legs: tuple[Leg, ...]
    """The first one on top."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What was read inside an exhibit: derived, and made again at any time."""

    reader: str
    """Which reader read it, and its version."""
    counted: str
    """How many messages, and how many the file itself declares."""
    span: str
    """From when to when, as the messages say; empty where none does."""
    senders: tuple[str, ...]
    """Who sends, each with how often."""
    messages: tuple[Inner, ...]
    """The first of them."""
    more: str
    """How many more there are; empty for none."""
    unread: tuple[str, ...]
    """What in it could not be read, and why."""
    facts: tuple[tuple[str, str], ...]
    """What the format says of itself."""
    taken: str = ""
    """When a picture or a recording says that it was made; empty where it does not."""
    thumbnail: bytes = field(default=b"", repr=False)
    """A small JPEG of a picture; empty for none."""
    way: Way | None = None
    """The way of a mail that has an origin."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence: an original whose exact bytes are in the vault."""

    item: Item
    """The entry."""
    sha256: str
    """SHA-256 of the original."""
    size_bytes: int
    """Its size."""
    size: str
    """Its size in words."""
    media_type: str
    """What the bytes are."""
    path: str
    """Where the original lies in the vault."""
    is_original_open: bool
    """Whether it only shows something whose electronic original could still be had."""
    original: str
    """How it stands with the electronic original, in words; empty when not said."""
    inside: Inside | None = None
    """What was read in it; None where nobody can read it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something."""

    label: str
    """Of what."""
    number: int
    """How many."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came after a demand: counted afresh for each report, stored nowhere."""

    threats: int
    """Threats and incidents that certainly came after it."""
    messages: int
    """Further dated exhibits from after it that belong to none of these threats."""
    unclear: int
    """Those whose time is too vague to say whether they came before or after."""
    undated: int
    """Those whose time is not known."""
    before: int
    """Those that certainly came before it."""
    first: Item | None
    """The first that came after."""
    first_gap: str
    """How long after the demand that was, in words."""
    latest: Item | None
    """The latest that came after."""
    channels: tuple[Count, ...]
    """By which ways they came."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand that all contact stop."""

    item: Item
    """The entry."""
    aftermath: Aftermath | None
    """What came after it; None where its own time is not known or it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do, or to ask an agency for."""

    on: date | None
    """The day; None where there is none."""
    day: str
    """The day in words, with the moment where there is one; empty where there is none."""
    days: int
    """Days from the report to that day; below zero it is overdue."""
    words: str
    """The same in words."""
    item: Item
    """The entry that it comes from."""
    about: str
    """What was asked or promised, or what happened."""
    later: tuple[str, ...]
    """Later contacts that follow this one."""
    kind: str
    """`follow_up`, `copy`, or the kind of its rule."""
    what: str
    """What to do, or what should have come."""
    basis: str
    """The law or usage that it rests on; empty where the day was noted with the contact."""
    remark: str
    """How it was counted; empty for nothing to say."""
    rule: str
    """The id of its rule; empty for none."""
    is_overdue: bool
    """Whether something should have come, or been done, by now."""
    key: str
    """What it is known by as long as it is due."""
    at: datetime | None
    """The moment; None where it is the whole day."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An address, number or account of the other person, as it was shown."""

    kind: str
    """What sort of identifier."""
    value: str
    """The identifier itself."""
    first_seen: str
    """When it was first seen, in words; empty when not said."""
    ids: tuple[str, ...]
    """The exhibit that shows it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A number under which an agency or a court keeps the matter."""

    kind: str
    """What sort of number."""
    value: str
    """The number itself."""


@dataclass(frozen=True, slots=True)
class Person:
    """What the report says of the person and the case: never a name or a way to reach her."""

    alias: str
    """How she is called in papers; empty when not said."""
    operator: str
    """Who keeps the case; empty when not said."""
    relation: str
    """What the person and the other are to each other."""
    country: str
    """The country."""
    references: tuple[Reference, ...]
    """Case, FIR and crime numbers."""
    identifiers: tuple[Identifier, ...]
    """The identifiers of the other person."""
    fields: JsonObject = field(repr=False)
    """The same exactly as it stands in the vault, with nothing confidential in it."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in the chart of the summary."""

    label: str
    """What it is called."""
    threats: int
    """Threats and incidents in it."""
    messages: int
    """Further dated exhibits in it."""
    has_demand: bool
    """Whether a demand was made in it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The case on one page: counts, never a score."""

    counts: tuple[Count, ...]
    """How many of each."""
    first: Item | None
    """The earliest threat or incident."""
    latest: Item | None
    """The latest threat or incident."""
    period: str
    """From the day of the one to the day of the other."""
    span: str
    """How long that is, in words."""
    channels: tuple[Count, ...]
    """Threats and incidents by the way they came."""
    harms: tuple[Count, ...]
    """Threats by what was threatened."""
    periods: tuple[Period, ...]
    """The chart."""
    sentences: tuple[str, ...]
    """What else matters, a sentence each."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the chronology: a month, or what has no known time."""

    label: str
    """What it is called."""
    items: tuple[Item, ...]
    """The entries in it, by when they happened."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that anybody can check, with the exact command."""

    title: str
    """What is checked."""
    text: str
    """What the answer means."""
    command: str
    """The command; empty where none is needed."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report; sections in the order in which every writer writes them."""

    title: str
    """What the report is called."""
    language: str
    """The language of its own words."""
    generated: str
    """When it was made, in words."""
    facts: Facts
    """The vault and the check of it."""
    verdict: str
    """The outcome of the check, as a sentence."""
    completeness: str
    """Whether completeness was checked, as a sentence."""
    filtering: Filtering | None
    """What was left out; None when nothing was."""
    has_confidential_sheet: bool
    """Whether a confidential sheet was made beside it."""
    shows: tuple[str, ...]
    """What the format proves, a sentence each."""
    does_not_show: tuple[str, ...]
    """What it does not prove, a sentence each."""
    summary: Summary
    """The case on one page."""
    pattern: Section | None
    """The pattern in plain counts; None where it was not counted."""
    pattern_counts: JsonObject = field(repr=False)
    """The same for programs; empty where it was not counted."""
    person: Person
    """The persons, by alias, and the identifiers."""
    chronology: tuple[Chapter, ...]
    """What happened, by when it happened."""
    chronology_note: str
    """By what it is ordered, and what it leaves to other sections."""
    threats: tuple[Item, ...]
    """Threats and incidents, verbatim."""
    demands: tuple[Demand, ...]
    """The demands, each with what came after it."""
    contacts: tuple[Item, ...]
    """Contacts with agencies."""
    due: tuple[Due, ...]
    """What is due, overdue first."""
    due_note: str
    """What to know of these days."""
    exhibits: tuple[Exhibit, ...]
    """The exhibits."""
    originals_open: tuple[Exhibit, ...]
    """Those whose electronic original could still be had."""
    kept: tuple[str, ...]
    """How everything was kept, a paragraph each."""
    principles: tuple[str, ...]
    """Whose principles were followed."""
    steps: tuple[Step, ...]
    """How to check it without this program."""
    custody: tuple[Item, ...]
    """What happened to the vault itself."""
    corrections: tuple[Correction, ...]
    """Every amendment and withdrawal."""
    limits: tuple[str, ...]
    """What to keep in mind when reading, a sentence each."""
