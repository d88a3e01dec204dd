"""The confidential sheet: who the person is and how to reach her, in a file of its own.

It is made only when it is asked for, from the case alone, and no report ever holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.report.base import Part
from stalklog.report.detail import text_of
from stalklog.report.html import render
from stalklog.report.model import Detail
from stalklog.report.moment import stamp, zone_of
from stalklog.report.words import case_label
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.report.model import Choice, Facts

SHEET_FIELDS: Final = (
    "alias",
    "name",
    "contact",
    "safe_contact",
    "operator",
    "postal_address",
    "trusted_by",
)
"""What the sheet shows, in this order."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who the person is and how to reach her."""

    language: str
    """The language of the sheet's own words."""
    fields: tuple[Detail, ...]
    """The particulars that are known; what is not known stays a blank line."""
    vault_id: str
    """The record that the sheet belongs to."""
    generated: str
    """When it was made, in words."""


def make_sheet(case: JsonObject, facts: Facts, choice: Choice) -> Sheet | None:
    """The sheet, or None when it was not asked for."""
    if not choice.confidential_sheet:
        return None
    return Sheet(
        language=choice.language,
        fields=tuple(
            Detail(name, case_label(name), (safe(text_of(case, name), keep_newlines=True),))
            for name in SHEET_FIELDS
        ),
        vault_id=facts.vault_id,
        generated=stamp(facts.generated_at.astimezone(zone_of(facts.tz))),
    )


def write_sheet(sheet: Sheet) -> Part:
    """The sheet as one HTML file, with the same policy as the report."""
    return Part("confidential-sheet.html", render("sheet.html.j2", sheet=sheet))
