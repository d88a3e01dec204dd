"""The heading of a template: what it is, who answers for it, and when it may be used.

It stands between two lines of `+++` and is TOML 1.0. Everything in it is named; what is not known
is refused, so that a word typed wrongly is not a word passed over.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.letters.field import LANGUAGES
from stalklog.letters.language import Problem
from stalklog.letters.warning import is_known
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS: Final = ("stop", "preserve", "abuse", "grievance", "police", "reminder", "escalation")
"""What sorts of letter there are."""
ANYWHERE: Final = "any"
"""The jurisdiction of a template that rests on no country's law."""
_FENCE: Final = "+++"
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_TOML_LINE: Final = re.compile(r"at line (\d{1,6})")
_TEXTS: Final = frozenset({"kind", "title", "language", "jurisdiction", "basis", "source"})
_OPTIONAL: Final = frozenset({"reviewed_by"})
_DAYS: Final = frozenset({"effective_from", "effective_to", "reviewed_on", "as_of"})
_LISTS: Final = frozenset({"warnings", "fields", "for"})
_NEEDED: Final = _TEXTS | {"effective_from", "as_of", "warnings", "fields"}
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kind": mark("which sort of letter"),
        "title": mark("its title, in its language"),
        "language": mark("en or hi"),
        "jurisdiction": mark("a country in two letters, such as IN, or any"),
        "basis": mark("the law or practice that it rests on"),
        "source": mark("where that was read"),
        "as_of": mark("on which day it was read: 2026-02-20"),
        "effective_from": mark("the first day on which it may be used"),
        "effective_to": mark("the last such day; may be left out"),
        "reviewed_by": mark("the lawyer who reviewed it; may be left out"),
        "reviewed_on": mark("on which day; needed where reviewed_by is set"),
        "warnings": mark("what is shown before a draft is made: names from below, or sentences"),
        "fields": mark("the name of each field that the letter uses"),
        "for": mark("only for these kinds of agency, such as police; may be left out"),
    }
)
"""What may stand in a heading, for whoever writes one."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a template says of itself."""

    kind: str
    """Which sort of letter it is, one of `KINDS`."""
    title: str
    """The letter's title, in its language."""
    language: str
    """`en` or `hi`."""
    jurisdiction: str
    """Two letters, ISO 3166, or `any`."""
    basis: str
    """The law or practice that it rests on."""
    source: str
    """Where that was found."""
    as_of: date
    """The day on which the source was read."""
    effective_from: date
    """The first day on which it may be used."""
    effective_to: date | None
    """The last day; None while there is none."""
    reviewed_by: str
    """The lawyer who reviewed it; empty until one has."""
    reviewed_on: date | None
    """The day of that."""
    warnings: tuple[str, ...]
    """What the person should know before she uses it: names out of our table, or sentences."""
    fields: tuple[str, ...]
    """What it puts in, so that whoever reviews it sees at a glance what leaves the record."""
    addressees: tuple[str, ...]
    """The kinds of agency that it is for; empty for all."""

    def is_in_effect(self, day: date) -> bool:
        """Whether it may be used on this day."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


def split(text: str) -> tuple[str, str, int]:
    """The heading, the letter, and the number of the letter's first line in the file.

    Where there is no heading, all is letter.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return "", text, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return "\n".join(lines[1:]), "", len(lines) + 1


def read_heading(text: str) -> tuple[Heading | None, tuple[Problem, ...]]:
    """The heading, and what is wrong with it; without a heading where something is.

    Args:
        text: What stands between the two lines, which is from line 2 of the file on.
    """
    if not text.strip():
        told = _("A template begins with its heading, between two lines of +++.")
        return None, (Problem(1, told),)
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = _TOML_LINE.search(str(error))
        line = int(where[1]) + 1 if where else 2
        told = _('This line cannot be read. It should look like: title = "Request to keep records"')
        return None, (Problem(line, told),)
    lines = {**lines_of(text), "": 1}
    problems = tuple(Problem(lines.get(name, 1), message) for name, message in _problems(found))
    return (None, problems) if problems else (_made(found), ())


def _problems(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = _TEXTS | _OPTIONAL | _DAYS | _LISTS
    for name in sorted(_NEEDED - found.keys()):
        yield "", _("{name} is missing in the heading.").format(name=name)
    for name, value in found.items():
        if name not in known:
            yield name, _("The heading knows no {name}.").format(name=name[:40])
        elif not _is_of_its_sort(name, value):
            yield name, _wanted(name)
    for name, told in _misplaced(found):
        yield name, told


def _is_of_its_sort(name: str, value: object) -> bool:
    if name in _DAYS:
        return type(value) is date
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, str) and one for one in value)
    return isinstance(value, str) and (bool(value.strip()) or name in _OPTIONAL)


def _wanted(name: str) -> str:
    if name in _DAYS:
        return _("{name} takes a day without quotes: 2026-02-20.").format(name=name)
    if name in _LISTS:
        return _('{name} takes a list: ["one", "another"].').format(name=name)
    return _("{name} takes a text in quotes.").format(name=name)


def _misplaced(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is of the right sort and still cannot be."""
    title = found.get("title")
    if isinstance(title, str) and safe(title) != title:
        yield "title", _("title holds a character that nobody sees.")
    for name, words in (("kind", KINDS), ("language", LANGUAGES)):
        value = found.get(name)
        if isinstance(value, str) and value not in words:
            yield name, _("{name} is one of: {words}.").format(name=name, words=", ".join(words))
    country = found.get("jurisdiction")
    if isinstance(country, str) and country != ANYWHERE and not _COUNTRY.fullmatch(country):
        yield "jurisdiction", _("jurisdiction is two letters, such as IN, or any.")
    first, last = found.get("effective_from"), found.get("effective_to")
    if type(first) is date and type(last) is date and last < first:
        yield "effective_to", _("effective_to lies before effective_from.")
    if found.get("reviewed_by") and "reviewed_on" not in found:
        yield "reviewed_by", _("Where reviewed_by is set, reviewed_on says on which day.")
    named = found.get("warnings")
    for word in named if isinstance(named, list) else ():
        if isinstance(word, str) and " " not in word and not is_known(word):
            told = _("There is no warning {name}. One of your own is a whole sentence.")
            yield "warnings", told.format(name=word[:40])


def _made(found: Mapping[str, Any]) -> Heading:
    return Heading(
        **{name: found[name].strip() for name in _TEXTS},
        as_of=found["as_of"],
        effective_from=found["effective_from"],
        effective_to=found.get("effective_to"),
        reviewed_by=found.get("reviewed_by", "").strip(),
        reviewed_on=found.get("reviewed_on"),
        warnings=tuple(found["warnings"]),
        fields=tuple(found["fields"]),
        addressees=tuple(found.get("for", ())),
    )


def lines_of(text: str) -> Mapping[str, int]:
    """The line of the file on which each name of the heading stands first."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=2):
        found.setdefault(line.partition("=")[0].strip().strip('"'), number)
    return found
