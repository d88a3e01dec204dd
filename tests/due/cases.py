"""Entries of an invented case, as the records have them, and what is due in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stalklog.core.entry import Entry
from stalklog.due.due import find_due
from stalklog.due.gathering import Gathering
from stalklog.due.reading import shipped_rules
from stalklog.records.schema import check_body
from stalklog.records.types import PREFIXES, TYPES
from stalklog.records.view import current

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.due.due import Due, Found
    from stalklog.due.rule import Rules

RULES = shipped_rules()
KOLKATA = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")


@dataclass
class Case:
    """A few entries, one after the other."""

    country: str = "IN"
    zone: ZoneInfo = KOLKATA
    rules: Rules = RULES
    entries: list[Entry] = field(default_factory=list)

    def add(self, type_name: str, body: JsonObject, *, at: str = "2026-11-20T12:00:00Z") -> str:
        assert check_body(type_name, body) is None, check_body(type_name, body)
        log = TYPES[type_name].log or ""
        seq = len(self.entries)
        number = sum(one.log == log and "." not in one.id for one in self.entries) + 1
        id_ = f"{PREFIXES[log]}-{number:04d}"
        self.entries.append(
            Entry(seq, log, id_, type_name, at, "+05:30", "self", "t", body, "0" * 64)
        )
        return id_

    def contact(self, kind: str, when: str | JsonObject | None = None, **fields: object) -> str:
        body: JsonObject = {"agency": "Example Agency", "kind": kind}
        if isinstance(when, str):
            body["occurred"] = {"start": when, "precision": "exact", "tz": "Asia/Kolkata"}
        elif when is not None:
            body["occurred"] = when
        return self.add("contact.logged", {**body, **fields})  # type: ignore[dict-item]

    def sent(self, kind: str, when: str | JsonObject | None = None, **fields: object) -> str:
        """A contact that went out to them."""
        return self.contact(kind, when, direction="out", **fields)

    def came(self, kind: str, when: str | JsonObject | None = None, **fields: object) -> str:
        """A contact that came from them."""
        return self.contact(kind, when, direction="in", **fields)

    def threat(self, when: str | JsonObject, **fields: object) -> str:
        occurred: JsonObject = (
            {"start": when, "precision": "exact"} if isinstance(when, str) else when
        )
        body: JsonObject = {"occurred": occurred, "words": "x"}
        return self.add("threat.logged", {**body, **fields})  # type: ignore[dict-item]

    def picture(self) -> str:
        """An exhibit that is marked intimate."""
        body: JsonObject = {"kind": "screenshot", "sensitivity": ["intimate"], "name": "a.png"}
        return self.add("evidence.added", {**body, "sha256": "a" * 64, "size_bytes": 1})

    def withdraw(self, target: str) -> None:
        log = {prefix: log for log, prefix in PREFIXES.items()}[target[0]]
        body: JsonObject = {"withdraws": target, "reason": "x"}
        self.entries.append(
            Entry(
                len(self.entries), log, f"{target}.1", "entry.withdrawn",
                "2026-11-21T12:00:00Z", "+05:30", "self", "t", body, "0" * 64,
            )
        )  # fmt: skip

    def found(self, now: str | datetime = "2026-11-24T12:00:00+05:30") -> Found:
        gathering = Gathering()
        for shown in current(self.entries):
            gathering.take(shown)
        moment = datetime.fromisoformat(now) if isinstance(now, str) else now
        return find_due(gathering.facts(self.country), self.rules, moment, self.zone)

    def dues(self, now: str | datetime = "2026-11-24T12:00:00+05:30") -> tuple[Due, ...]:
        return self.found(now).dues

    def by(self, rule: str, now: str | datetime = "2026-11-24T12:00:00+05:30") -> list[Due]:
        """What is due by one rule, or by its kind where no rule is behind it."""
        return [one for one in self.dues(now) if (one.rule.id if one.rule else one.kind) == rule]

    def names(self, now: str | datetime = "2026-11-24T12:00:00+05:30") -> set[str]:
        """The rules by which something is due."""
        return {one.rule.id if one.rule else one.kind for one in self.dues(now)}


def end_in_words(one: Due) -> str:
    """The day, or the moment in UTC."""
    assert one.end is not None
    if one.end.at is None:
        return one.end.on.isoformat()
    return one.end.at.astimezone(UTC).isoformat(timespec="minutes")
