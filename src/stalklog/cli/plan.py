"""What each log needs, and what it asks a person for, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stalklog.cli.field import RecordFields
from stalklog.i18n import mark


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
    otherwise: str = ""
    """What an answer without a type is taken for."""


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
        return [group for group in self.needed if not is_given(group, typed)]


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
        mark("Like: E-0001, or #41. Several: E-0001 E-0004. Enter to skip."),
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
        mark("Like: FIR:123/2026 · ticket:4711 · or the number alone. Enter to skip."),
        starts=_REFERENCES,
        otherwise="other",
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


def is_given(names: Sequence[str], typed: dict[str, list[str]]) -> bool:
    """Whether one of these fields was given."""
    return any(typed.get(name) for name in names)
