"""Read a file of rules: every slip is named with its line, and nothing is taken in half."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stalklog.due.rule import (
    AGENCIES,
    CONFIDENCES,
    ENDS,
    KINDS,
    MAX_DURATION,
    TRIGGERS,
    UNITS,
    Rule,
    Rules,
)
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NEEDED: Final = (
    "id",
    "what",
    "jurisdiction",
    "trigger",
    "duration",
    "unit",
    "kind",
    "basis",
    "source",
    "as_of",
    "confidence",
)
_OPTIONAL: Final = (
    "agency_type",
    "until",
    "effective_from",
    "effective_to",
    "first_day_checked",
    "note",
)
_DAYS: Final = frozenset({"as_of", "effective_from", "effective_to"})
_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"trigger": TRIGGERS, "unit": UNITS, "kind": KINDS, "confidence": CONFIDENCES, "until": ENDS}
)
"""The fields that take one of a few words."""
_ID: Final = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", re.IGNORECASE)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_JURISDICTION: Final = re.compile(r"[A-Z]{2}|any")
_HEADER: Final = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_UNTIL: Final = "answered"
"""What ends a rule that does not say."""
_MOST_CHARS: Final = 500
_QUOTED_CHARS: Final = 40


def shipped_rules() -> Rules:
    """The rules that stalklog comes with."""
    place = resources.files("stalklog.due").joinpath("data", "rules.toml")
    return read_rules(place.read_text(encoding="utf-8"))


def with_own(shipped: Rules, own: Rules) -> Rules:
    """Both together: a rule of one's own stands in the place of all rows of the same id."""
    named = {rule.id for rule in own.rows}
    kept = tuple(rule for rule in shipped.rows if rule.id not in named)
    return Rules((*kept, *own.rows), {**shipped.zones, **own.zones}, {**shipped.areas, **own.areas})


def read_rules(text: str) -> Rules:
    """The rules of one file, in TOML: `[[rule]]` for each, `[zones]` and `[areas]`.

    Raises:
        UsageError: Something in it is not as it should be; the line is named.
    """
    lines = text.splitlines()
    data = _parse(text, len(lines))
    for name in set(data) - {"rule", "zones", "areas"}:
        line = _line_of(lines, name, range(len(lines)))
        _refuse(line, _("{name} is not known here").format(name=_short(name)))
    rows = data.get("rule", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _refuse(1, _("each rule begins with [[rule]] on a line of its own"))
    places = _places(lines, len(rows))
    rules = tuple(_Row(row, lines, place).rule() for row, place in zip(rows, places, strict=True))
    _require_apart(rules, places)
    areas = _areas(data.get("areas", {}), lines)
    return Rules(rules, _zones(data.get("zones", {}), lines), areas)


class _Row:
    """One rule as it stands in the file, and on which lines."""

    def __init__(self, row: dict[str, Any], lines: Sequence[str], place: range) -> None:
        self._row = row
        self._lines = lines
        self._place = place

    def rule(self) -> Rule:
        self._require_names()
        unit = self._word("unit")
        rule = Rule(
            id=self._matching("id", _ID, _("letters, digits, and . - _ between them")),
            what=self._text("what"),
            jurisdiction=self._matching("jurisdiction", _JURISDICTION, _("two capitals, or any")),
            trigger=self._word("trigger"),
            agency_type=self._agencies(),
            duration=self._number("duration", MAX_DURATION[unit]),
            unit=unit,  # type: ignore[arg-type]
            kind=self._word("kind"),  # type: ignore[arg-type]
            until=self._word("until") if "until" in self._row else _UNTIL,
            effective_from=self._day("effective_from"),
            effective_to=self._day("effective_to"),
            basis=self._text("basis"),
            source=self._text("source"),
            as_of=self._day("as_of") or date.min,
            confidence=self._word("confidence"),  # type: ignore[arg-type]
            note=self._text("note") if "note" in self._row else "",
            is_first_day_checked=self._is_true("first_day_checked"),
        )
        if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
            self._refuse("effective_to", _("is before effective_from"))
        return rule

    def _require_names(self) -> None:
        for name in _NEEDED:
            if name not in self._row:
                _refuse(self._place.start + 1, _("the rule has no {name}").format(name=name))
        for name in self._row:
            if name not in {*_NEEDED, *_OPTIONAL}:
                self._refuse(name, _("is no field of a rule"))

    def _text(self, name: str) -> str:
        value = self._row[name]
        if not isinstance(value, str) or not value.strip() or len(value) > _MOST_CHARS:
            self._refuse(name, _("is not a text of 1 to {most} letters").format(most=_MOST_CHARS))
        return value

    def _matching(self, name: str, pattern: re.Pattern[str], told: str) -> str:
        value = self._text(name)
        if not pattern.fullmatch(value):
            self._refuse(name, _("is not as it should be: {told}").format(told=told))
        return value

    def _word(self, name: str) -> str:
        value, known = self._row[name], _WORDS[name]
        if not isinstance(value, str) or value not in known:
            self._refuse(name, _("is none of: {words}").format(words=", ".join(known)))
        return value

    def _number(self, name: str, most: int) -> int:
        value = self._row[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            self._refuse(name, _("is not a whole number from 0 to {most}").format(most=most))
        return value

    def _is_true(self, name: str) -> bool:
        """Yes or no; left out it is yes."""
        value = self._row.get(name, True)
        if not isinstance(value, bool):
            self._refuse(name, _("is neither true nor false"))
        return value

    def _day(self, name: str) -> date | None:
        if name not in self._row:
            return None
        value = self._row[name]
        if not isinstance(value, date) or isinstance(value, datetime):
            self._refuse(name, _("is not a day such as 2026-02-20, without quotes"))
        return value

    def _agencies(self) -> tuple[str, ...]:
        value = self._row.get("agency_type", [])
        if not isinstance(value, list) or not AGENCIES.issuperset(map(str, value)):
            self._refuse(
                "agency_type", _("is no list of: {words}").format(words=", ".join(sorted(AGENCIES)))
            )
        return tuple(map(str, value))

    def _refuse(self, name: str, why: str) -> NoReturn:
        _refuse(
            _line_of(self._lines, name, self._place),
            _("{name} {why}").format(name=_short(name), why=why),
        )


def _parse(text: str, last: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else max(1, last)
        _refuse(line, _("it is not written as TOML is"))
    except (ValueError, RecursionError):  # a number too long to read, brackets in brackets
        _refuse(1, _("it is not written as TOML is"))


def _places(lines: Sequence[str], count: int) -> tuple[range, ...]:
    """The lines of each rule, from 0; where they cannot be told apart, the whole file."""
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != count:
        return (range(len(lines)),) * count
    return tuple(range(first, last) for first, last in pairwise([*starts, len(lines)]))


def _line_of(lines: Sequence[str], name: str, place: range) -> int:
    """On which line of a rule a field stands; the rule's own first line where that is not seen."""
    pattern = re.compile(rf"\s*[\[\"']*\s*{re.escape(name)}\s*[\]\"']*\s*(?:=|\Z)")
    found = (number + 1 for number in place if pattern.match(lines[number]))
    return next(found, place.start + 1)


def _require_apart(rules: Sequence[Rule], places: Sequence[range]) -> None:
    """No day may have two rows of one id."""
    rows: dict[str, list[tuple[date, date, int]]] = {}
    for rule, place in zip(rules, places, strict=True):
        first, last = rule.effective_from or date.min, rule.effective_to or date.max
        rows.setdefault(rule.id, []).append((first, last, place.start + 1))
    for spans in rows.values():
        for one, other in pairwise(sorted(spans)):
            if other[0] <= one[1]:
                _refuse(
                    max(one[2], other[2]),
                    _("two rules of this id hold on the same days"),
                )


def _zones(table: object, lines: Sequence[str]) -> dict[str, str]:
    if not isinstance(table, dict):
        _refuse(_line_of(lines, "zones", range(len(lines))), _("[zones] is no table"))
    for name, zone in table.items():
        if not _JURISDICTION.fullmatch(name) or not isinstance(zone, str) or not _is_zone(zone):
            _refuse(
                _line_of(lines, name, range(len(lines))),
                _('{name} is no zone such as IN = "Asia/Kolkata"').format(name=_short(name)),
            )
    return {str(name): str(zone) for name, zone in table.items()}


def _areas(table: object, lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        _refuse(_line_of(lines, "areas", range(len(lines))), _("[areas] is no table"))
    for name, countries in table.items():
        is_list = isinstance(countries, list) and all(
            isinstance(one, str) and _COUNTRY.fullmatch(one) for one in countries
        )
        if not _JURISDICTION.fullmatch(name) or not is_list:
            _refuse(
                _line_of(lines, name, range(len(lines))),
                _('{name} is no list of countries such as ["AT", "BE"]').format(name=_short(name)),
            )
    return {str(name): tuple(map(str, countries)) for name, countries in table.items()}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _short(name: str) -> str:
    return name[:_QUOTED_CHARS]


def _refuse(line: int, why: str) -> NoReturn:
    raise UsageError(
        _("The file of rules cannot be used, line {line}: {why}. Nothing was done.").format(
            line=line, why=why
        ),
        hint=_("What a rule may hold: docs/how-to/keep-deadlines.md"),
    )


def sentences(rules: Iterable[Rule]) -> Iterable[str]:
    """Every sentence of the data that a person may see: what a translator is given."""
    for rule in rules:
        yield rule.what
        if rule.note:
            yield rule.note
