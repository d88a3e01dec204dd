"""What holds now: each record with its corrections folded in, and the history beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from stalklog.records.links import place_of
from stalklog.records.types import CORRECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import Entry, JsonObject, JsonValue

ChangeKind = Literal["amended", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Change:
    """One correction, and what it replaced."""

    id: str
    """The correction's own id: `T-0003.1`."""
    seq: int
    """Its place in the chain."""
    at: str
    """When it was recorded."""
    by: str
    """Who recorded it."""
    kind: ChangeKind
    """Whether fields were changed or the whole was withdrawn."""
    reason: str
    """Why."""
    set: JsonObject = field(default_factory=dict)
    """The fields that got another value."""
    unset: tuple[str, ...] = ()
    """The fields that have none any more."""
    fields_before: JsonObject = field(default_factory=dict)
    """The record as it was shown before."""
    is_applied: bool = True
    """False for one that does not fit what it names: it is shown, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it: the corrected record, and how it came to be so."""

    id: str
    seq: int
    """Its place in the chain."""
    log: str
    type: str
    recorded_at: str
    """When it was first recorded, by that machine's clock."""
    tz: str
    """The local offset of that clock."""
    by: str
    """Who recorded it."""
    tool: str
    line_sha256: str
    """SHA-256 of the stored line."""
    fields: JsonObject
    """The record, corrected; not to be changed."""
    amended: bool = False
    withdrawn: bool = False
    withdrawn_reason: str | None = None
    history: tuple[Change, ...] = ()
    """Each correction, the oldest first."""
    objects: tuple[str, ...] = ()
    """The names under which the vault holds its originals."""


def current(entries: Iterable[Entry]) -> list[Shown]:
    """Every record and event in the order of the chain, corrections folded into what they name."""
    shown: dict[int, Shown] = {}
    seqs: dict[str, int] = {}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.type in CORRECTIONS:
            _fold(shown, seqs, entry)
        else:
            shown[entry.seq] = _show(entry)
            seqs[entry.id] = entry.seq
    return list(shown.values())


def case(entries: Iterable[Entry]) -> JsonObject:
    """The particulars of the case: the newest word on each field."""
    particulars: JsonObject = {}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.type == "case.noted":
            particulars = _note(particulars, entry.body)
    return particulars


def _note(particulars: JsonObject, body: JsonObject) -> JsonObject:
    """The case after new words on it; what is in a list already is not added twice."""
    noted = apply(particulars, _object(body.get("set")), _names(body.get("unset")))
    for name, new in _object(body.get("add")).items():
        old = noted.get(name)
        kept, more = (one if isinstance(one, list) else [] for one in (old, new))
        noted = {**noted, name: [*kept, *(item for item in more if item not in kept)]}
    return noted


def apply(fields: JsonObject, changes: JsonObject, unset: Iterable[str]) -> JsonObject:
    """The fields after a correction: what is set is replaced whole, what is unset is left out."""
    dropped = frozenset(unset)
    return {name: value for name, value in {**fields, **changes}.items() if name not in dropped}


def _show(entry: Entry) -> Shown:
    return Shown(
        id=entry.id,
        seq=entry.seq,
        log=entry.log,
        type=entry.type,
        recorded_at=entry.at,
        tz=entry.tz,
        by=entry.by,
        tool=entry.tool,
        line_sha256=entry.line_sha256,
        fields=dict(entry.body),
        objects=entry.objects,
    )


def _fold(shown: dict[int, Shown], seqs: dict[str, int], entry: Entry) -> None:
    """Fold a correction into what it names; one that names nothing known is left to `verify`."""
    named = str(entry.body.get(CORRECTIONS[entry.type]))
    place = place_of(named)
    seq = seqs.get(named) if place is None else place
    target = None if seq is None else shown.get(seq)
    if target is None or target.log == "custody" or target.log != entry.log:
        return
    fold = _amend if entry.type == "entry.amended" else _withdraw
    shown[target.seq] = fold(target, entry)


def _amend(target: Shown, entry: Entry) -> Shown:
    changes, unset = _object(entry.body.get("set")), _names(entry.body.get("unset"))
    change = replace(
        _change(target, entry, "amended"),
        set=changes,
        unset=unset,
        is_applied=_fits(target, changes, unset),
    )
    history = (*target.history, change)
    if not change.is_applied:
        return replace(target, history=history)
    fields = apply(target.fields, changes, unset)
    return replace(target, fields=fields, amended=True, history=history)


def _withdraw(target: Shown, entry: Entry) -> Shown:
    change = _change(target, entry, "withdrawn")
    history = (*target.history, change)
    return replace(target, withdrawn=True, withdrawn_reason=change.reason, history=history)


def _change(target: Shown, entry: Entry, kind: ChangeKind) -> Change:
    return Change(
        id=entry.id,
        seq=entry.seq,
        at=entry.at,
        by=entry.by,
        kind=kind,
        reason=str(entry.body.get("reason", "")),
        fields_before=target.fields,
    )


def _fits(target: Shown, changes: JsonObject, unset: tuple[str, ...]) -> bool:
    from stalklog.records.amendment import check_against  # noqa: PLC0415 - loads pydantic, 60 ms
    from stalklog.records.schema import check_body  # noqa: PLC0415 - likewise

    if check_against(target.type, changes, unset) is not None:
        return False
    was_valid = check_body(target.type, target.fields) is None
    return not was_valid or check_body(target.type, apply(target.fields, changes, unset)) is None


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _names(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()
