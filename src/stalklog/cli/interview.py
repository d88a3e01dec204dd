"""The talk that a log command has with a person: first in her own words, then a few questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stalklog.cli.field import Field
from stalklog.cli.front import Front
from stalklog.cli.plan import Asked, Plan, is_given
from stalklog.cli.questions import Questions, StoppedError, WhenQuestion
from stalklog.errors import DeclinedError, InterruptedByUserError, StalklogError
from stalklog.i18n import gettext as _
from stalklog.records.when import Ambiguous, read_follow_up, read_when
from stalklog.services.entries import show_entry

if TYPE_CHECKING:
    from stalklog.services.desk import Desk


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
                if not is_given((asked.name, *asked.unless), typed):
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
        if answer and asked.otherwise and ":" not in answer:
            answer = f"{asked.otherwise}:{answer}"
        return [answer] if answer else []

    def _is_understood(self, asked: Asked, field: Field, answers: Sequence[str]) -> bool:
        """Try an answer at once, so that a slip can be put right where it was made."""
        try:
            for answer in answers:
                self._try(asked, field, answer)
        except StalklogError as error:
            told = error.message.removesuffix(_("Nothing was written."))
            self._front.screen.tell_prose(told, indent="  ", style="warn")
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
            raise InterruptedByUserError(_("Stopped, as you asked. Nothing was written."))
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
