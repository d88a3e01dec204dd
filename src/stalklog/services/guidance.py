"""Advice and helplines: dated data with its sources, never numbers in code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from stalklog.i18n import gettext as _
from stalklog.records.country import country_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Helpline:
    """Somebody to call or to write to, with the source and the day on which it was found."""

    country: str
    """Two letters, ISO 3166: `IN`."""
    number: str | None
    """As it is dialled; none where only a page is known."""
    url: str | None
    """A page; none where only a number is known."""
    name: str
    what_for: str
    hours: str | None
    source: str
    as_of: str
    """The day on which the source was read: `2026-11-23`."""
    note: str | None


@dataclass(frozen=True, slots=True)
class HelplineTable:
    """The helplines of one country or of all, in the order in which to try them."""

    country: str | None
    """The country that was asked for, in two letters; none for all."""
    as_of: str
    """The day on which the whole table was last gone through."""
    rows: tuple[Helpline, ...]
    """Empty for a country of which nothing is known."""
    countries: tuple[str, ...]
    """Every country of which something is known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five protective steps, with the commands that do it."""

    number: int
    key: str
    """A stable name: `demand`, `evidence`, `threats`, `provider`, `contacts`."""
    title: str
    advice: str
    note: str | None
    commands: tuple[str, ...]


def helplines(country: str | None) -> HelplineTable:
    """The helplines of a country, given by its two letters; of every country when it is None."""
    data = _read("helplines")
    wanted = country_of(country) if country else None
    rows = tuple(_helpline(row) for row in data["row"])
    return HelplineTable(
        country=wanted,
        as_of=data["as_of"],
        rows=tuple(row for row in rows if wanted in {None, row.country}),
        countries=tuple(sorted({row.country for row in rows})),
    )


def safety_lines() -> tuple[str, ...]:
    """What to think of, to stay safe while keeping a record: a sentence or three each."""
    data = _read("helplines")
    first = next(row for row in data["row"] if row["country"] == data["emergency"])
    emergency = _("{number} in India").format(number=first["number"])
    return tuple(_(line).replace("{emergency}", emergency) for line in _read("safety")["line"])


def steps() -> tuple[Step, ...]:
    """The five protective steps, in the order in which they are shown."""
    return tuple(
        Step(
            number=number,
            key=row["key"],
            title=_(row["title"]),
            advice=_(row["advice"]),
            note=_optional(row.get("note")),
            commands=tuple(row["commands"]),
        )
        for number, row in enumerate(_read("steps")["step"], start=1)
    )


def sentences() -> Iterator[str]:
    """Every sentence of the data that a person may see: what a translator is given."""
    for row in _read("helplines")["row"]:
        yield from (row[name] for name in ("name", "what_for", "hours", "note") if name in row)
    yield from _read("safety")["line"]
    for row in _read("steps")["step"]:
        yield from (row[name] for name in ("title", "advice", "note") if name in row)


def _helpline(row: dict[str, str]) -> Helpline:
    return Helpline(
        country=row["country"],
        number=row.get("number"),
        url=row.get("url"),
        name=_(row["name"]),
        what_for=_(row["what_for"]),
        hours=_optional(row.get("hours")),
        source=row["source"],
        as_of=row["as_of"],
        note=_optional(row.get("note")),
    )


def _optional(sentence: str | None) -> str | None:
    return None if sentence is None else _(sentence)


def _read(name: str) -> Any:  # noqa: ANN401 - our own data: its shape is held by the tests
    place = resources.files("stalklog.services").joinpath("data", f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))
