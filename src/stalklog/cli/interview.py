"""The talk that a log command has with a person: first in her own words, then a few questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stalklog.cli.field import Field
from stalklog.cli.front import Front
from stalklog.cli.plan import Asked, Plan, is_given
from stalklog.cli.questions import Questions, StoppedError, WhenQuestion
from stalklog.errors import DeclinedError, StalklogError
from stalklog.i18n import gettext as _
from stalklog.records.when import Ambiguous, read_follow_up, read_when
from stalklog.services.entries import name_for_writing

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
        """Ask for what is missing, and put each answer into `typed` the moment it is given.

        Raises:
            StoppedError: The person stopped; what was begun is in `typed` too.
        """
        screen = self._front.screen
        screen.tell_prose(
            _("You can skip any question with Enter. Ctrl-C stops; you can keep what you wrote.")
        )
        for asked in self._plan.questions:
            if not is_given((asked.name, *asked.unless), typed):
                self._ask(asked, typed)
        settle(self._plan, typed)
        self._insist(typed)

    def _ask(self, asked: Asked, typed: dict[str, list[str]]) -> None:
        field = self._plan.fields[asked.name]
        while True:
            answers = self._answers_kept(asked, field, typed)
            if not answers and (field.name,) in self._plan.needed:
                self._front.screen.tell(_("  This one is needed; what you know is enough."))
            elif self._is_understood(asked, field, answers):
                break
            typed.pop(field.name, None)

    def _answers_kept(self, asked: Asked, field: Field, typed: dict[str, list[str]]) -> list[str]:
        """Put the answer into `typed` before anything else is done with it.

        Of one that was only begun a text is kept, and a time as the words that were typed for it.
        """
        try:
            answers = self._answers(asked, field)
        except StoppedError as error:
            if error.text and field.kind in {"text", "line", "when"}:
                typed[field.name] = [error.text]
            if error.text and field.kind == "when":
                typed["precision"] = ["unknown"]
            raise
        if answers:
            typed[field.name] = answers
        return answers

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
            name_for_writing(self._desk.open(), answer)

    def _try_when(self, answer: str) -> None:
        read = read_when(answer, now=self._desk.clock.now(), tz=self._desk.zone())
        if isinstance(read, Ambiguous):
            self._when(read)

    def _insist(self, typed: dict[str, list[str]]) -> None:
        """Ask once more for what cannot be done without, however short the answer."""
        for group in self._plan.missing(typed):
            asked = next(asked for asked in self._plan.questions if asked.name in group)
            self._front.screen.tell()
            self._front.screen.tell_prose(
                _("Something is needed here, however short; without it nothing can be logged.")
            )
            self._ask(asked, typed)


def settle(plan: Plan, typed: dict[str, list[str]]) -> None:
    """A time that nobody knows is said to be unknown: that, too, is written down."""
    if any("precision" in group for group in plan.missing(typed)):
        typed["precision"] = ["unknown"]


def complete(plan: Plan, typed: dict[str, list[str]], when: WhenQuestion) -> None:
    """Make what was typed so far enough to be logged: she had to leave in the middle.

    A time that can be read in two ways, of which none was chosen, is logged as not known, with
    what was typed for it beside it.
    """
    missing = [name for group in plan.missing(typed) for name in group]
    for name, value in plan.fallback:
        if name in missing:
            typed[name] = [_(value)]
    settle(plan, typed)
    if when.is_open and typed.get("when"):
        typed["precision"] = ["unknown"]
