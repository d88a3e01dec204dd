"""What a template may use: each field with what it is called in a letter where it is missing.

The table is data, `data/fields.toml`. It is closed: of the particulars of the case it has none that
are confidential, so no template, whoever wrote it, can put them into a letter.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import gettext as _
from stalklog.letters.language import Problem, Value, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stalklog.letters.language import Block, Part

LANGUAGES: Final = ("en", "hi")
"""The languages that letters are written in."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be put into a letter."""

    name: str
    told: str
    """What it is, for whoever writes a template."""
    labels: Mapping[str, str]
    """By language, what stands in the blank where it is missing."""
    is_lines: bool = False
    """Whether it may take several lines, as a postal address does; all else is kept on one."""
    is_by_hand: bool = False
    """Whether it is never filled in: who signs writes it."""
    each: Mapping[str, Field] = field(default_factory=dict)
    """Of a list, the fields of each thing in it; empty for a single field."""


@cache
def fields() -> Mapping[str, Field]:
    """Every field, by name, in the order in which they are told."""
    return {name: _field(name, row) for name, row in read_data("fields").items()}


def read_data(name: str) -> Any:  # noqa: ANN401 - our own data: its shape is held by the tests
    """A table of this package."""
    text = files("stalklog.letters").joinpath("data", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def sentences() -> Iterator[str]:
    """Every sentence of the table that a person may see: what a translator is given."""
    for one in fields().values():
        yield one.told
        yield from (inner.told for inner in one.each.values())


def check_fields(parts: Sequence[Part]) -> tuple[Problem, ...]:
    """What in a template names no field, or uses one as what it is not."""
    return tuple(_check(parts, fields(), frozenset()))


def _check(
    parts: Sequence[Part], known: Mapping[str, Field], empty: frozenset[str]
) -> Iterator[Problem]:
    for part in parts:
        if isinstance(part, Words):
            continue
        found = known.get(part.name)
        if found is None:
            yield Problem(part.line, _no_such_field(part.name, known))
        elif isinstance(part, Value):
            yield from _check_value(part, found, empty)
        else:
            yield from _check_block(part, found, known, empty)


def _no_such_field(name: str, known: Mapping[str, Field]) -> str:
    told = _("There is no field {name}. See what there is with: stalklog letter check")
    likely = get_close_matches(name, known, n=1, cutoff=0.8)
    if likely:
        told = _("There is no field {name}; there is {likely}. All of them: stalklog letter check")
    return told.format(name=name, likely="".join(likely))


def _check_value(part: Value, found: Field, empty: frozenset[str]) -> Iterator[Problem]:
    if found.each and part.name not in empty:
        told = _("{name} is a list: it needs a block, from {{#{name}}} to {{/{name}}}.")
        yield Problem(part.line, told.replace("{name}", part.name))


def _check_block(
    part: Block, found: Field, known: Mapping[str, Field], empty: frozenset[str]
) -> Iterator[Problem]:
    if part.is_for_nothing:
        yield from _check(part.parts, known, empty | {part.name})
    elif found.each:
        yield from _check(part.parts, {**_single(known), **found.each}, empty)
    else:
        yield from _check(part.parts, known, empty)


def _single(known: Mapping[str, Field]) -> Mapping[str, Field]:
    """Inside a list there is no other list: a letter of a list in a list would have no end."""
    return {name: one for name, one in known.items() if not one.each}


def _field(name: str, row: Mapping[str, Any]) -> Field:
    return Field(
        name=name,
        told=row["told"],
        labels={language: row[language] for language in LANGUAGES},
        is_lines=row.get("lines", False),
        is_by_hand=row.get("by_hand", False),
        each={inner: _field(inner, one) for inner, one in row.get("each", {}).items()},
    )
