"""Gentle questions: each can be skipped with Enter, and what was typed is never lost."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim
from stalklog.errors import DeclinedError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.records.base import Occurred
    from stalklog.records.when import Ambiguous

_WIDEST_CELL = 28
"""Choices that are longer stand one below the other."""
_MOST_DIGITS = 4
"""More than the number of any choice has."""
_PASTE_PAUSE_S = 0.05
"""Pasted lines follow one another faster than this; a person's do not."""


class StoppedError(KeyboardInterrupt):
    """The person pressed Ctrl-C in the middle of an answer."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.text = "\n".join(lines).rstrip("\n")
        """What had been typed of that answer."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks a person at a terminal; the answers come from stdin, the questions go to stderr."""

    screen: Screen

    def line(self, question: str, *, note: str = "") -> str:
        """Ask for one line; empty is an answer too.

        Raises:
            StoppedError: The person stopped; it carries what was typed.
        """
        self._ask(question, note)
        return _read_line(self.screen, "  > ", []).strip()

    def text(self, question: str, *, note: str = "") -> str:
        """Ask for a text of several lines; an empty line or Ctrl-D ends it.

        Raises:
            StoppedError: The person stopped; it carries what was typed.
        """
        self._ask(question, note)
        lines: list[str] = []
        while True:
            line = _read_line(self.screen, "  > ", lines)
            if not line.strip() and not (lines and _more_is_waiting()):
                return "\n".join(lines)
            lines.append(line)

    def choice(
        self,
        question: str,
        choices: Sequence[str],
        *,
        note: str = "",
        other: Callable[[str], str | None] | None = None,
    ) -> str:
        """Ask for one of a few words, by its number or its beginning.

        Args:
            question: What is asked.
            choices: The words.
            note: What helps to answer.
            other: Understands an answer that is none of them; None for one that it does not.

        Raises:
            StoppedError: The person stopped.
        """
        self._ask(question, note)
        self._show_choices(choices)
        while True:
            answer = _read_line(self.screen, "  > ", []).strip()
            found = _chosen(answer.lower(), choices)
            if found is None and other is not None:
                found = other(answer)
            if found is not None:
                return found
            self.screen.tell(dim(_("  Please give one of the numbers, or just Enter to skip.")))

    def yes(self, question: str, *, default: bool) -> bool:
        """Ask for a yes or a no.

        Raises:
            StoppedError: The person stopped.
        """
        either = _("[Y/n]") if default else _("[y/N]")
        while True:
            answer = _read_line(self.screen, f"{question} {either} ", []).strip().lower()
            if not answer:
                return default
            if answer[0] in _("y") + "y":
                return True
            if answer[0] in _("n") + "n":
                return False

    def _ask(self, question: str, note: str) -> None:
        self.screen.tell()
        self.screen.tell_prose(question)
        if note:
            self.screen.tell_prose(note, indent="  ", style="dim")

    def _show_choices(self, choices: Sequence[str]) -> None:
        cells = [f"{number:>2} {choice}" for number, choice in enumerate(choices, 1)]
        widest = max(len(cell) for cell in cells) + 2
        is_long = widest > _WIDEST_CELL
        in_row = 1 if is_long else max(1, (min(self.screen.width(), 80) - 2) // widest)
        rows = -(-len(cells) // in_row)
        for row in range(rows):
            self.screen.tell(
                "  ", "".join(cell.ljust(widest) for cell in cells[row::rows]).rstrip()
            )


@dataclass(frozen=True, slots=True)
class WhenQuestion:
    """Asks which of two days was meant, once for each; without a person it is an error."""

    screen: Screen
    chosen: dict[tuple[str, ...], Occurred] = field(default_factory=dict)
    asked: set[tuple[str, ...]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def tell_once(self, remark: str) -> None:
        """Say how times are read, once for all of them."""
        if remark not in self.told:
            self.told.add(remark)
            self.screen.tell_prose(remark, style="warn")

    @property
    def is_open(self) -> bool:
        """Whether it was asked and not answered."""
        return not self.asked <= self.chosen.keys()

    def __call__(self, ambiguous: Ambiguous) -> Occurred:
        """The reading that the person meant.

        Raises:
            RecordNotValidError: There is nobody to ask; both readings are named.
            DeclinedError: None of the readings was meant.
            StoppedError: The person stopped.
        """
        labels = tuple(label for label, _reading in ambiguous.readings)
        if labels not in self.chosen:
            self.asked.add(labels)
            number = self._ask(ambiguous, labels)
            self.chosen[labels] = ambiguous.readings[number][1]
        return self.chosen[labels]

    def _ask(self, ambiguous: Ambiguous, labels: Sequence[str]) -> int:
        if not self.screen.can_ask():
            raise ambiguous.refusal()
        answer = Questions(self.screen).choice(
            _("This can be read in more than one way. Which one is meant?"),
            labels,
            note=_("Enter for none of them."),
        )
        if not answer:
            self.asked.discard(tuple(labels))
            raise DeclinedError(
                _("None of the readings was meant. Nothing was written."),
                hint=_("Write the day another way: 2026-11-20 21:30"),
            )
        return labels.index(answer)


def _chosen(answer: str, choices: Sequence[str]) -> str | None:
    if not answer:
        return ""
    if answer.isdecimal() and len(answer) <= _MOST_DIGITS and 0 < int(answer) <= len(choices):
        return choices[int(answer) - 1]
    alike = [choice for choice in choices if choice.lower().startswith(answer)]
    exact = [choice for choice in choices if choice.lower() == answer]
    found = exact or alike
    return found[0] if len(found) == 1 else None


def _read_line(screen: Screen, prompt: str, before: Sequence[str]) -> str:
    """Read one line; the end of the input is an empty one.

    Raises:
        StoppedError: With the lines before it, and what stood on this one.
    """
    try:
        if _has_line_editor():
            return input(prompt)
        screen.prompt(prompt)
        return _next_line().removesuffix("\n")
    except EOFError:
        screen.tell()
        return ""
    except KeyboardInterrupt:
        screen.tell()
        raise StoppedError([*before, _begun_line()]) from None


def _next_line() -> str:
    return sys.stdin.readline()


def _has_line_editor() -> bool:
    """Whether arrow keys and a clean backspace can be had; what is typed is kept in no history."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    with contextlib.suppress(ImportError):
        import readline  # noqa: PLC0415 - not everywhere, and only where somebody types

        readline.set_auto_history(False)
    return True


def _begun_line() -> str:
    readline = sys.modules.get("readline")
    return readline.get_line_buffer() if readline is not None else ""


def _more_is_waiting() -> bool:
    """Whether the next line is there already: then this was pasted, and goes on."""
    if os.name == "nt":
        return False
    with contextlib.suppress(OSError, ValueError):
        return bool(select.select([sys.stdin], [], [], _PASTE_PAUSE_S)[0])
    return False
