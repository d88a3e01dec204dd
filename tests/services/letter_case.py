"""A case in miniature for letters: entries as they stand in a vault, without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.report.ledger import Ledger

from stalklog.records.view import current
from stalklog.services.letter_about import About, Wish
from stalklog.services.letter_material import Material

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

SHA = "ab" * 32


def at(start: str, precision: str = "exact", **more: str) -> JsonObject:
    return {"start": start, "precision": precision, "tz": "Asia/Kolkata", **more}


@dataclass
class Case:
    """Entries, added one after the other, and the particulars."""

    ledger: Ledger = field(default_factory=Ledger)
    particulars: JsonObject = field(default_factory=dict)

    def evidence(self, **fields: object) -> str:
        body: JsonObject = {"sha256": SHA, "size_bytes": 7, "kind": "email"}
        return self._add("evidence.added", body, fields)

    def threat(self, **fields: object) -> str:
        body: JsonObject = {"occurred": at("2026-10-09T22:41:00+05:30"), "words": "I will find you"}
        return self._add("threat.logged", body, fields)

    def contact(self, **fields: object) -> str:
        body: JsonObject = {
            "agency": "Example Mail",
            "kind": "mail-provider",
            "occurred": at("2026-10-12T10:45:00+05:30"),
        }
        return self._add("contact.logged", body, fields)

    def demand(self, **fields: object) -> str:
        body: JsonObject = {"occurred": at("2026-10-06T18:30:00+05:30"), "words": "Stop."}
        return self._add("demand.made", body, fields)

    def about(self, kind: str, *ids: str, language: str = "en", **wish: object) -> About:
        material = Material.of(current(self.ledger.entries), self.particulars, language)
        return About(material, Wish(kind=kind, **wish), ids)  # type: ignore[arg-type]

    def _add(self, type_name: str, body: JsonObject, fields: dict[str, object]) -> str:
        given = {name.removesuffix("_"): value for name, value in fields.items()}
        whole = {name: value for name, value in {**body, **given}.items() if value is not None}
        return self.ledger.add(type_name, whole)  # type: ignore[arg-type]
