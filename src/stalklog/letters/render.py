"""From a template and facts to a letter: each value put in once, as data, and never read again.

A value is made safe by the one sanitiser and kept on one line (a postal address on its few), so
that nothing that a stranger wrote becomes a line or a field of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.letters.dress import Piece, dress
from stalklog.letters.field import fields
from stalklog.letters.language import Value, Words
from stalklog.letters.words import day_words, word
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from stalklog.letters.field import Field
    from stalklog.letters.heading import Heading
    from stalklog.letters.language import Block, Part
    from stalklog.letters.template import Template

Thing: TypeAlias = "Mapping[str, str]"
"""One thing in a list: its fields by name."""
Facts: TypeAlias = "Mapping[str, str | Sequence[Thing]]"
"""What is known, by the name of the field; what is missing or empty becomes a blank."""
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is ready to be read through, filled in and signed."""

    title: str
    note: str
    """The lines that say that it is a draft, to be taken out."""
    body: str
    """The letter below them, its title first."""
    blanks: tuple[str, ...]
    """What each blank in it asks for, once each, in the order of the letter."""

    @property
    def text(self) -> str:
        """The whole draft, as it is written to a file."""
        return f"{self.note}\n\n{self.body}"


def render(template: Template, facts: Facts, *, day: date, is_markdown: bool = False) -> Letter:
    """The letter that a template makes of these facts; the same input always gives the same.

    Args:
        template: One that a check found nothing wrong in.
        facts: What is known. Names that are no field of the table are not looked at.
        day: The day on which the draft is made.
        is_markdown: Whether it is written in Markdown, with every value made inert in it.
    """
    heading = template.heading
    writing = _Writing(heading.language, facts)
    pieces = (
        Piece(f"{heading.title}\n\n", "title"),
        *writing.pieces(template.parts, fields(), facts),
    )
    body = _EMPTY_LINES.sub("\n\n", dress(pieces, is_markdown=is_markdown)).strip()
    note = dress((Piece(draft_note(heading, day), "words"),), is_markdown=is_markdown)
    return Letter(heading.title, note, f"{body}\n", tuple(writing.blanks))


def draft_note(heading: Heading, day: date) -> str:
    """The lines that every draft begins with: that it is one, and whether a lawyer has seen it."""
    language = heading.language
    said = word("letter", "draft", language).format(day=day_words(day, language))
    if heading.reviewed_by and heading.reviewed_on is not None:
        reviewed = word("letter", "reviewed", language).format(
            by=safe(heading.reviewed_by), day=day_words(heading.reviewed_on, language)
        )
    else:
        reviewed = word("letter", "not-reviewed", language)
    return f"[{said} {reviewed} {word('letter', 'take-out', language)}]"


class _Writing:
    """One letter as it is written, with the blanks that were left in it."""

    def __init__(self, language: str, facts: Facts) -> None:
        self._language = language
        self._facts = facts
        self.blanks: dict[str, None] = {}

    def pieces(
        self, parts: Sequence[Part], known: Mapping[str, Field], facts: Facts
    ) -> Iterator[Piece]:
        for part in parts:
            if isinstance(part, Words):
                yield Piece(part.text, "words")
            elif isinstance(part, Value):
                yield self._value(known[part.name], facts)
            else:
                yield from self._block(part, known, facts)

    def _value(self, field: Field, facts: Facts) -> Piece:
        value = facts.get(field.name)
        text = _clean(value, is_lines=field.is_lines) if isinstance(value, str) else ""
        if text and not field.is_by_hand:
            return Piece(text, "value")
        label = field.labels[self._language]
        self.blanks[label] = None
        return Piece(f"[______ {label}]", "blank")

    def _block(self, block: Block, known: Mapping[str, Field], facts: Facts) -> Iterator[Piece]:
        field, value = known[block.name], facts.get(block.name)
        is_there = bool(_clean(value, is_lines=False) if isinstance(value, str) else value)
        if block.is_for_nothing:
            if not is_there:
                yield from self.pieces(block.parts, known, facts)
        elif field.each:
            for thing in value if value and not isinstance(value, str) else ():
                inner = {name: one for name, one in known.items() if not one.each}
                yield from self.pieces(
                    block.parts, {**inner, **field.each}, {**self._facts, **thing}
                )
        elif is_there:
            yield from self.pieces(block.parts, known, facts)


def one_line(text: str) -> str:
    """A value safe to show, on one line."""
    return " ".join(safe(" ".join(text.split())).split())


def _clean(text: str, *, is_lines: bool) -> str:
    """A value safe to show, on one line or on its own few, none of them empty."""
    if not is_lines:
        return one_line(text)
    lines = (" ".join(line.split()) for line in safe(text, keep_newlines=True).split("\n"))
    return "\n".join(line for line in lines if line)
