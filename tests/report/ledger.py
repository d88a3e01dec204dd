"""A vault in miniature for tests: real lines, a real chain, real originals on disk."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.core.clock import format_at
from stalklog.core.entry import Entry
from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.due.due import find_due
from stalklog.due.gathering import Gathering
from stalklog.due.reading import shipped_rules
from stalklog.records.schema import check_body
from stalklog.records.types import PREFIXES, TYPES
from stalklog.records.view import case, current
from stalklog.report.beside import Beside
from stalklog.report.build import build
from stalklog.report.filtering import choose
from stalklog.report.model import Choice, Facts
from stalklog.report.moment import zone_of
from stalklog.report.pattern.count import count
from stalklog.report.pattern.gathering import Gathering as Seen
from stalklog.services.beside import reminders_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stalklog.core.entry import JsonObject
    from stalklog.report.due import Reminder
    from stalklog.report.inside import Look
    from stalklog.report.model import Report
    from stalklog.report.pattern.count import Pattern

VAULT = b'{"format":"stalklog-vault/1","id":"5a1c0ffee5a1c0ffee5a1c0ffee5a1c0"}'
START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


@dataclass
class Ledger:
    """Entries as they would stand in the logs of a vault."""

    is_checked: bool = True
    entries: list[Entry] = field(default_factory=list)
    lines: dict[str, list[bytes]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    tree: Frontier = field(default_factory=Frontier)
    head: str = hashlib.sha256(VAULT).hexdigest()

    def add(
        self, type_name: str, body: JsonObject, *, at: str = "", log: str = "", id_: str = ""
    ) -> str:
        """Add an entry; its id is the next of its log where none is given."""
        log = log or TYPES[type_name].log or ""
        seq = len(self.entries)
        if self.is_checked:
            assert check_body(type_name, body) is None, (type_name, check_body(type_name, body))
        moment = datetime.fromisoformat(at) if at else START + timedelta(minutes=seq)
        envelope: JsonObject = {
            "v": 1,
            "seq": seq,
            "prev": self.head,
            "log": log,
            "id": id_ or self._next_id(log),
            "type": type_name,
            "at": format_at(moment),
            "tz": "+05:30",
            "by": "self",
            "tool": "stalklog/0.1.0",
            "salt": hashlib.sha256(str(seq).encode()).hexdigest()[:32],
            "body": body,
        }
        line = canonical.encode(envelope) if self.is_checked else repr(envelope).encode()
        self.head = hashlib.sha256(line).hexdigest()
        self.tree.add(leaf_hash(line))
        self.lines.setdefault(log, []).append(line)
        given = {name: envelope[name] for name in ("log", "id", "type", "at", "tz", "by", "tool")}
        named = {name: str(value) for name, value in given.items()}
        self.entries.append(
            Entry(
                seq=seq,
                log=log,
                id=named["id"],
                type=named["type"],
                at=named["at"],
                tz=named["tz"],
                by=named["by"],
                tool=named["tool"],
                body=body,
                line_sha256=self.head,
            )
        )
        return named["id"]

    def evidence(self, data: bytes, body: JsonObject, *, at: str = "") -> str:
        """Add an original and the entry that names it."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.objects[sha256] = data
        return self.add(
            "evidence.added", {**body, "sha256": sha256, "size_bytes": len(data)}, at=at
        )

    def amend(self, target: str, changes: JsonObject, reason: str, *, at: str = "") -> str:
        """Correct an entry."""
        body: JsonObject = {"amends": target, "set": changes, "reason": reason}
        return self._correct("entry.amended", target, body, at)

    def withdraw(self, target: str, reason: str, *, at: str = "") -> str:
        """Withdraw an entry."""
        return self._correct("entry.withdrawn", target, {"withdraws": target, "reason": reason}, at)

    def facts(self, **others: object) -> Facts:
        """What a report would know of this vault."""
        root = self.tree.root()
        note = f"stalklog/5a1c\n{len(self.entries)}\n{base64.b64encode(root).decode()}\n"
        known: dict[str, object] = {
            "vault_id": "5a1c0ffee5a1c0ffee5a1c0ffee5a1c0",
            "origin": "stalklog/5a1c0ffee5a1c0ffee5a1c0ffee5a1c0",
            "key": "stalklog/5a1c0ffee5a1c0ffee5a1c0ffee5a1c0+1a2b3c4d+AbCdEfGhIjKlMnOpQrStUvWxYz",
            "size": len(self.entries),
            "head": self.head,
            "root": root.hex(),
            "note": f"{note}\n\u2014 stalklog/5a1c Gis8Ta5NmVxkS0ZxFJpyCBQ2b2O0wQ==\n",
            "verdict": "intact",
            "entries": len(self.entries),
            "objects": len(self.objects),
            "bytes_": sum(map(len, self.objects.values())),
            "completeness": "not-checked",
            "tool": "stalklog/0.1.0",
            "generated_at": datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
            "tz": "Asia/Kolkata",
        }
        return Facts(**(known | others))  # type: ignore[arg-type]

    def report(
        self,
        choice: Choice | None = None,
        looks: Mapping[str, Look] = MappingProxyType({}),
        **others: object,
    ) -> Report:
        """The report on all of it, and what was read inside its exhibits."""
        shown, facts = current(self.entries), self.facts(**others)
        return build(
            shown,
            case(self.entries),
            facts,
            choice or Choice(),
            looks,
            Beside(self.reminders(facts), self.pattern(facts, choice or Choice(), looks)),
        )

    def pattern(self, facts: Facts, choice: Choice, looks: Mapping[str, Look]) -> Pattern:
        """The pattern of what a report shows."""
        identifiers = case(self.entries).get("identifiers")
        seen = Seen(identifiers, zone_of(facts.tz), choice.since, choice.until)
        for shown in choose(current(self.entries), choice)[0]:
            seen.take(shown)
            for message in looks[shown.id].messages if shown.id in looks else ():
                seen.see(shown, message)
        return count(seen.events, seen.steps, seen.left_out(), facts.tz)

    def reminders(self, facts: Facts) -> tuple[Reminder, ...]:
        """What is due in it when a report of these facts is made."""
        gathering = Gathering()
        for entry in current(self.entries):
            gathering.take(entry)
        known = gathering.facts(case(self.entries).get("country"))
        zone = zone_of(facts.tz)
        return reminders_of(find_due(known, shipped_rules(), facts.generated_at, zone))

    def write(self, folder: Path) -> None:
        """Lay everything down as a vault does."""
        (folder / "VAULT").write_bytes(VAULT + b"\n")
        (folder / "logs").mkdir()
        for log in PREFIXES:
            data = b"".join(line + b"\n" for line in self.lines.get(log, []))
            (folder / "logs" / f"{log}.jsonl").write_bytes(data)
        for sha256, data in self.objects.items():
            shelf = folder / "objects" / sha256[:2]
            shelf.mkdir(parents=True, exist_ok=True)
            (shelf / sha256).write_bytes(data)

    def _correct(self, type_name: str, target: str, body: JsonObject, at: str) -> str:
        log = {prefix: log for log, prefix in PREFIXES.items()}[target[0]]
        number = sum(entry.id.startswith(f"{target}.") for entry in self.entries) + 1
        return self.add(type_name, body, at=at, log=log, id_=f"{target}.{number}")

    def _next_id(self, log: str) -> str:
        count = sum(entry.log == log and "." not in entry.id for entry in self.entries)
        return f"{PREFIXES[log]}-{count + 1:04d}"


def occurred(start: str, precision: str = "exact", **others: str) -> JsonObject:
    """When something happened."""
    return {"start": start, "precision": precision, "tz": "Asia/Kolkata", **others}
