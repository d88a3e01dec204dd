"""The talk that a log command has with a person: first in her own words, then a few questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.cli.field import Field, RecordFields
from stalklog.cli.front import Front
from stalklog.cli.questions import Questions, StoppedError, WhenQuestion
from stalklog.errors import DeclinedError, StalklogError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.records.when import Ambiguous, read_follow_up, read_when
from stalklog.services.entries import show_entry

if TYPE_CHECKING:
    from stalklog.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the field that it fills and how it is put."""

    name: str
    question: str
    note: str = ""
    unless: tuple[str, ...] = ()
    """Fields that make the question needless once they are filled."""
    starts: tuple[str, ...] = ()
    """What an answer `TYPE:VALUE` may begin with."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a log needs, and what it asks for."""

    fields: RecordFields
    needed: tuple[tuple[str, ...], ...]
    """Of each of these groups one field is needed."""
    questions: tuple[Asked, ...]
    fallback: tuple[tuple[str, str], ...] = ()
    """What stands in a needed field when the person has to leave in the middle."""

    def missing(self, typed: dict[str, list[str]]) -> list[tuple[str, ...]]:
        """The groups of which nothing was given."""
        return [group for group in self.needed if not _is_given(group, typed)]


_SKIP = mark("Enter to skip.")
_SKIP_TEXT = mark("An empty line ends it. Enter alone skips.")
_FREE = mark("Take your time; any words will do. An empty line ends.")
_REFERENCES = (
    "FIR", "zero-FIR", "GD/DD", "portal acknowledgement", "CSR", "ticket", "crime-ref", "case-no",
    "other",
)  # fmt: skip
_IDENTIFIERS = ("e-mail", "phone", "handle", "account", "URL", "address", "domain")

THREAT_QUESTIONS = (
    Asked(
        "recollection",
        mark("In your own words, what happened?"),
        _FREE,
        unless=("words", "recollection", "behaviour", "circumstances"),
    ),
    Asked(
        "when",
        mark("When was it?"),
        mark(
            "Like: yesterday 21:30 · last Tuesday evening · 20/11/2026 9:30 pm. Enter: not known."
        ),
        unless=("when", "precision"),
    ),
    Asked("how", mark("How did it reach you?"), _SKIP),
    Asked(
        "words",
        mark("Do you know exact words? Write them as they were, in their own language."),
        _SKIP_TEXT,
    ),
    Asked("circumstances", mark("What led up to it, and what followed?"), _SKIP_TEXT),
    Asked(
        "evidence",
        mark("Is something in the vault that shows it? Give its id."),
        mark("Like: E-0001. Several: E-0001 E-0004. Enter to skip."),
    ),
)
CONTACT_QUESTIONS = (
    Asked("summary", mark("In your own words, what was said?"), _FREE),
    Asked("agency", mark("Who was it?"), mark("Like: Cyber cell, Pune · Example Mail.")),
    Asked("kind", mark("What are they?"), mark("'other' will do.")),
    Asked("direction", mark("Did you go to them (out), or did they come to you (in)?"), _SKIP),
    Asked(
        "when",
        mark("When was it?"),
        mark("Like: today 11:00 · yesterday · 20/11/2026 9:30 am. Enter: not known."),
        unless=("when", "precision"),
    ),
    Asked("how", mark("How did you speak or write?"), _SKIP),
    Asked(
        "references",
        mark("Did they give you a number?"),
        mark("Like: FIR:123/2026 · ticket:4711. Enter to skip."),
        starts=_REFERENCES,
    ),
    Asked("official_report", mark("Do you have a copy of their report?"), _SKIP),
    Asked(
        "follow_up",
        mark("When do you want to ask again?"),
        mark("A date, or +15d for 15 days after the contact. Enter to skip."),
    ),
)
DEMAND_QUESTIONS = (
    Asked(
        "words",
        mark("What were they told? The exact text, if you have it."),
        _SKIP_TEXT,
    ),
    Asked(
        "when",
        mark("When was it?"),
        mark("Like: yesterday 21:30 · 20/11/2026 9:30 pm. Enter: not known."),
        unless=("when", "precision"),
    ),
    Asked("how", mark("How was it said or sent?"), _SKIP),
    Asked("to", mark("To whom, as you know them?"), _SKIP),
    Asked(
        "identifiers",
        mark("Which address, number or account was used?"),
        mark("Like: e-mail:nobody@example.org · phone:+91… Enter to skip."),
        starts=_IDENTIFIERS,
    ),
)


class Interview:
    """Fills what is missing by asking; every answer is kept the moment it is given."""

    def __init__(self, front: Front, desk: Desk, plan: Plan, when: WhenQuestion) -> None:
        self._front = front
        self._desk = desk
        self._plan = plan
        self._when = when
        self._questions = Questions(front.screen)

    def fill(self, typed: dict[str, list[str]]) -> None:
        """Ask for what is missing, and put each answer into `typed`.

        Raises:
            KeyboardInterrupt: The person stopped and wants nothing kept.
        """
        screen = self._front.screen
        screen.tell_prose(
            _("You can skip any question with Enter. Ctrl-C stops; you can keep what you wrote.")
        )
        try:
            for asked in self._plan.questions:
                if not _is_given((asked.name, *asked.unless), typed):
                    self._ask(asked, typed)
            self._settle(typed)
            self._insist(typed)
        except StoppedError:
            self._offer_to_keep(typed)
            self._settle(typed)

    def _ask(self, asked: Asked, typed: dict[str, list[str]]) -> None:
        field = self._plan.fields[asked.name]
        while True:
            try:
                answers = self._answers(asked, field)
            except StoppedError as error:
                if error.text and field.kind in {"text", "line"}:
                    typed[field.name] = [error.text]
                raise
            if not answers and (field.name,) in self._plan.needed:
                self._front.screen.tell(_("  This one is needed; what you know is enough."))
            elif self._is_understood(asked, field, answers):
                break
        if answers:
            typed[field.name] = answers

    def _answers(self, asked: Asked, field: Field) -> list[str]:
        question, note = _(asked.question), _(asked.note)
        if field.kind == "text":
            answer = self._questions.text(question, note=note)
        elif field.choices:
            answer = self._questions.choice(question, field.choices, note=note)
        else:
            answer = self._questions.line(question, note=note)
        if field.kind == "ids":
            return answer.replace(",", " ").split()
        return [answer] if answer else []

    def _is_understood(self, asked: Asked, field: Field, answers: Sequence[str]) -> bool:
        """Try an answer at once, so that a slip can be put right where it was made."""
        try:
            for answer in answers:
                self._try(asked, field, answer)
        except StalklogError as error:
            self._front.screen.tell_prose(error.message, indent="  ", style="warn")
            self._front.screen.tell_prose(error.hint, indent="  ")
            return False
        return True

    def _try(self, asked: Asked, field: Field, answer: str) -> None:
        if asked.starts and not answer.lower().startswith(
            tuple(f"{start}:".lower() for start in asked.starts)
        ):
            raise DeclinedError(
                _("Please begin with what it is: {starts}").format(
                    starts=" ".join(f"{start}:" for start in asked.starts)
                )
            )
        if field.kind == "when":
            self._try_when(answer)
        elif field.kind == "day":
            read_follow_up(answer, base=self._desk.clock.now().astimezone(self._desk.zone()))
        elif field.kind == "ids":
            show_entry(self._desk, answer)

    def _try_when(self, answer: str) -> None:
        read = read_when(answer, now=self._desk.clock.now(), tz=self._desk.zone())
        if isinstance(read, Ambiguous):
            self._when(read)

    def _offer_to_keep(self, typed: dict[str, list[str]]) -> None:
        if not any(typed.values()):
            raise KeyboardInterrupt
        self._front.screen.tell()
        try:
            is_kept = self._questions.yes(_("Keep what you wrote so far?"), default=True)
        except StoppedError:
            is_kept = False
        if not is_kept:
            raise KeyboardInterrupt
        missing = [name for group in self._plan.missing(typed) for name in group]
        for name, value in self._plan.fallback:
            if name in missing:
                typed[name] = [_(value)]

    def _insist(self, typed: dict[str, list[str]]) -> None:
        """Ask once more for what cannot be done without, however short the answer."""
        for group in self._plan.missing(typed):
            asked = next(asked for asked in self._plan.questions if asked.name in group)
            self._front.screen.tell()
            self._front.screen.tell_prose(
                _("Something is needed here, however short; without it nothing can be logged.")
            )
            self._ask(asked, typed)

    def _settle(self, typed: dict[str, list[str]]) -> None:
        """A time that nobody knows is said to be unknown: that, too, is written down."""
        if any("precision" in group for group in self._plan.missing(typed)):
            typed["precision"] = ["unknown"]


def write_with_care(front: Front, typed: dict[str, list[str]], write: Callable[[], None]) -> None:
    """Write what a person has just typed; if that fails, offer again and never lose it.

    Raises:
        StalklogError: It could not be written; what was typed stands on the screen.
    """
    while True:
        try:
            return write()
        except StalklogError as error:
            front.screen.tell()
            front.screen.tell_prose(error.message, style="bold")
            front.screen.tell_prose(error.hint)
            try:
                is_again = Questions(front.screen).yes(_("Try again?"), default=True)
            except StoppedError:
                is_again = False
            if not is_again:
                _show_typed(front, typed)
                raise


def _show_typed(front: Front, typed: dict[str, list[str]]) -> None:
    front.screen.tell()
    front.screen.tell(_("What you typed, so that nothing is lost:"))
    for name, values in typed.items():
        for value in values:
            front.screen.tell("--", name.replace("_", "-"))
            for line in value.split("\n"):
                front.screen.tell("    ", line)


def _is_given(names: Sequence[str], typed: dict[str, list[str]]) -> bool:
    return any(typed.get(name) for name in names)
