"""What a log command asks for, as plain data: light to load, and in step with the records."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from stalklog.cli.completion import offered
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

Kind = Literal["line", "text", "choice", "ids", "when", "yes-no", "day", "nested"]
ESSENTIALS = mark("The essentials")
MORE = mark("More, for who needs it")


_ONE_OF = {
    "references": "reference",
    "identifiers": "identifier",
    "witnesses": "witness",
    "tags": "tag",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, as an option and as a question."""

    name: str
    """As in the record."""
    told: str
    """What it means, in a few words."""
    kind: Kind = "line"
    choices: tuple[str, ...] = ()
    is_many: bool = False
    """Whether it may be given several times."""
    is_essential: bool = False
    """Whether it is asked for."""

    @property
    def option(self) -> str:
        """The option that fills it."""
        return "--" + self.name.replace("_", "-")

    @property
    def options(self) -> tuple[str, ...]:
        """The option that fills it, and what else it may be called: one of many is one."""
        one = _ONE_OF.get(self.name)
        return (self.option,) if one is None else (f"--{one}", self.option)

    @property
    def python_name(self) -> str:
        """Its name as a parameter: some fields are called as Python's own words."""
        return f"field_{self.name}"


@dataclass(frozen=True, slots=True)
class RecordFields:
    """The fields of one record, the few that matter first."""

    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def parameters(self) -> list[inspect.Parameter]:
        """The fields as options of a command."""
        ordered = sorted(self.fields, key=lambda field: not field.is_essential)
        return [_parameter(field) for field in ordered]

    def typed(self, given: dict[str, object]) -> dict[str, list[str]]:
        """Take what was typed for the fields out of what a command was given."""
        typed: dict[str, list[str]] = {}
        for field in self.fields:
            value = given.pop(field.python_name, None)
            if isinstance(value, str):
                typed[field.name] = [value]
            elif isinstance(value, Iterable):
                typed[field.name] = [str(one) for one in value]
        return typed


def read_long_texts(
    fields: RecordFields, typed: dict[str, list[str]], *, is_edited: bool = False
) -> None:
    """Fill the long texts that come from standard input (`-`) or from an editor.

    Raises:
        UsageError: There is no such text to be had.
        DeclinedError: The editor ended with an error.
    """
    if not (is_piped(fields, typed) or is_edited):
        return
    from stalklog.cli import longtext  # noqa: PLC0415 - 10 ms, and most texts are typed

    longtext.from_input(fields.fields, typed)
    if is_edited:
        longtext.from_editor(fields.fields, typed)


def is_piped(fields: RecordFields, typed: dict[str, list[str]]) -> bool:
    """Whether a long text is to come from standard input."""
    return any(field.kind == "text" and typed.get(field.name) == ["-"] for field in fields)


def _parameter(field: Field) -> inspect.Parameter:
    wish = typer.Option(
        *field.options,
        help=_help_of(field),
        metavar=_metavar(field),
        autocompletion=offered(field.choices),
        rich_help_panel=ESSENTIALS if field.is_essential else MORE,
    )
    kind = Annotated[list[str] | None, wish] if field.is_many else Annotated[str | None, wish]
    return inspect.Parameter(
        field.python_name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind
    )


def _help_of(field: Field) -> str:
    told = _(field.told)
    if field.choices:
        told = f"{told} ({', '.join(field.choices)})"
    return f"{told} {_('May be given again.')}" if field.is_many else told


def _metavar(field: Field) -> str:
    return {
        "text": "TEXT|-",
        "ids": "ID",
        "when": "TIME",
        "yes-no": "yes|no",
        "day": "DATE",
        "choice": "WORD",
        "nested": "KEY=VALUE;…",
    }.get(field.kind, "TEXT")


def _choice(
    name: str, told: str, choices: str, *, is_many: bool = False, is_essential: bool = False
) -> Field:
    return Field(name, told, "choice", tuple(choices.split("|")), is_many, is_essential)


def ids(name: str, told: str, *, is_many: bool = True, is_essential: bool = False) -> Field:
    """A field that names other entries."""
    return Field(name, told, "ids", (), is_many, is_essential)


def text(name: str, told: str, *, is_essential: bool = False) -> Field:
    """A field that takes a long text."""
    return Field(name, told, "text", is_essential=is_essential)


def many(name: str, told: str, kind: Kind = "line", *, is_essential: bool = False) -> Field:
    """A field that may be given several times."""
    return Field(name, told, kind, (), is_many=True, is_essential=is_essential)


def _times(told: str) -> Sequence[Field]:
    return (
        Field("when", told, "when", is_essential=True),
        Field("until", mark("When it ended, where it went on for a while."), "when"),
        _choice("precision", mark("How sure the time is."), "exact|about|day|range|unknown"),
        _choice("basis", mark("How the time is known."), "memory|witness|device|header"),
    )


_HOW = (
    "in-person|phone|voicemail|video-call|text|chat|email|post|letter|gesture|through-someone|other"
)
_LANGUAGE = mark("The language of the words, as it is spoken of: Hindi, English.")

THREAT = RecordFields(
    (
        *_times(mark("When it happened: 'yesterday 21:30', 'last Tuesday evening'.")),
        _choice("how", mark("How it reached you."), _HOW, is_essential=True),
        text("words", mark("The exact words, as they were, in their language."), is_essential=True),
        text("recollection", mark("What was said or done, as you remember."), is_essential=True),
        text(
            "behaviour",
            mark("Harassment without words: a silent call, following, a gift, a visit, spying."),
            is_essential=True,
        ),
        text("circumstances", mark("What led up to it, and what followed."), is_essential=True),
        ids("evidence", mark("Evidence that shows it: E-0001."), is_essential=True),
        Field("words_certainty", mark("How sure the words are.")),
        Field("language", _LANGUAGE),
        text("translation", mark("The words in another language.")),
        Field("place", mark("Where it happened.")),
        _choice(
            "threatened_harm",
            mark("What was threatened."),
            "death|injury|sexual|property|publication of images|reputation|self-harm|child"
            "|third party|job|unspecified",
            is_many=True,
        ),
        Field("target", mark("Whom or what it was aimed at.")),
        Field("condition", mark("The condition that was set: 'if you ...'.")),
        Field("speaker", mark("Who said or did it, as you know them.")),
        _choice(
            "identified_by",
            mark("How you know who it was."),
            "sight|voice|number|account|admission|inference",
            is_many=True,
        ),
        Field("concealed_identity", mark("Whether they hid who they are."), "yes-no"),
        many("witnesses", mark("Who else was there: 'name=Ms B; heard=yes'."), "nested"),
        Field("weapon", mark("A weapon, seen or spoken of.")),
        Field("followed", mark("How you were followed.")),
        Field("monitoring", mark("Signs that you are being watched.")),
        text("effect", mark("What it did to you, in your own words.")),
        many("actions_taken", mark("What you did then.")),
        Field("breach_of_order", mark("The court order that it breaks.")),
        ids("reported_to", mark("Contacts in which it was reported: C-0001.")),
        ids("first_note", mark("The paper note made first: E-0004."), is_many=False),
    )
)

CONTACT = RecordFields(
    (
        Field("agency", mark("Who: 'Cyber cell, Pune', 'Example Mail'."), is_essential=True),
        _choice(
            "kind",
            mark("What they are."),
            "isp|mail-provider|platform|grievance-officer|police|cyber-cell|portal|prosecutor"
            "|court|lawyer|regulator|hospital|helpline|ngo|employer|other",
            is_essential=True,
        ),
        _choice(
            "direction",
            mark("Whether you went to them (out) or they came to you (in)."),
            "out|in",
            is_essential=True,
        ),
        *_times(mark("When it was: 'yesterday 11:00', '20 Nov 2026'.")),
        Field("how", mark("By visit, phone, e-mail, letter, portal."), is_essential=True),
        text("summary", mark("What was said."), is_essential=True),
        many("references", mark("A number they gave, as TYPE:VALUE."), is_essential=True),
        Field(
            "official_report",
            mark("A copy of their official report, its ids as: 'obtained; copies=E-0007'."),
            "nested",
            ("obtained", "requested", "unavailable", "none"),
            is_essential=True,
        ),
        Field(
            "follow_up",
            mark("When to ask again: a date, +15d after the contact, or the id of a rule."),
            "day",
            is_essential=True,
        ),
        Field("unit", mark("The station, branch or department.")),
        Field("country", mark("Their country, by its two letters: IN.")),
        Field("person", mark("With whom you spoke.")),
        Field("rank_or_role", mark("Their rank or role.")),
        Field("badge", mark("Their badge or staff number.")),
        Field("contact_details", mark("How they can be reached.")),
        _choice(
            "purpose",
            mark("What it was for."),
            "report|statement|preservation-notice|abuse-report|takedown|status|appeal"
            "|protection-order|evidence-handover|enquiry|arrest-or-charge|data-access",
        ),
        text("asked", mark("What you asked for.")),
        text("promised", mark("What they promised.")),
        Field("promised_by", mark("By when, or by whom, it was promised.")),
        _choice(
            "outcome", mark("How it ended."), "accepted|refused|advised-only|no-answer|pending"
        ),
        text("refusal_reason", mark("Why they refused, in their words.")),
        ids("sent", mark("What was sent to them: E-0002.")),
        ids("proof_of_sending", mark("What shows that it was sent: E-0003.")),
        many(
            "evidence_given",
            mark("What you handed over: 'ids=E-0001; medium=pen drive'."),
            "nested",
        ),
        ids("regarding", mark("The earlier contact that it goes on from: C-0001."), is_many=False),
        Field("closed", mark("The day on which the matter was closed."), "day"),
    )
)

DEMAND = RecordFields(
    (
        *_times(mark("When the stalker was told: 'yesterday 21:30', '20 Nov 2026'.")),
        Field(
            "how",
            mark("How it was said or sent: e-mail, chat, letter, in person."),
            is_essential=True,
        ),
        Field("to", mark("To whom, as you know them."), is_essential=True),
        many(
            "identifiers",
            mark("The address or account that was used, as KIND:VALUE."),
            is_essential=True,
        ),
        text("words", mark("The exact text."), is_essential=True),
        _choice(
            "form",
            mark("What kind of demand it was."),
            "formal|informal-refusal|block|third-party|lawyer-letter|police-warning|court-order",
        ),
        Field("language", _LANGUAGE),
        Field("decided_with", mark("With whom you decided it: an advocate, a lawyer.")),
        Field("safety_considered", mark("Whether your safety was thought through."), "yes-no"),
        ids("proof_of_sending", mark("What shows that it was sent: E-0003.")),
        Field(
            "proof_of_receipt",
            mark("What shows that it arrived: 'kind=read mark; id=E-0005'."),
            "nested",
        ),
        Field(
            "response",
            mark("What came back, its id as: 'abusive; id=E-0006'."),
            "nested",
            ("none", "acknowledged", "abusive", "apology"),
        ),
        Field(
            "order", mark("The court's order: 'court=...; no=12/2026; from=2026-11-01'."), "nested"
        ),
    )
)

EVIDENCE = RecordFields(
    (
        _choice(
            "kind",
            mark("What it is."),
            "email|mailbox|screenshot|photo|chat-export|call-log|voicemail|recording|video|document"
            "|web-page|official-report|proof-of-sending|other",
            is_essential=True,
        ),
        text("note", mark("What it shows, in plain facts."), is_essential=True),
        *_times(mark("When what it shows happened.")),
        Field("from_whom", mark("The sender, exactly as shown.")),
        Field("asserted_author", mark("Who you say it is from.")),
        Field("asserted_author_basis", mark("How you know that.")),
        Field("via", mark("Where it came in: 'app=Messenger; account=...; thread=...'."), "nested"),
        Field("source_device", mark("The device it was on: 'mobile; owner=me'."), "nested"),
        Field("acquired", mark("How the copy was made: 'method=export; by=me'."), "nested"),
        ids("derived_from", mark("The evidence that this was made from: E-0001."), is_many=False),
        _choice(
            "derivation",
            mark("How it was made from that."),
            "redaction|transcript|translation|crop",
        ),
        _choice(
            "original",
            mark("Whether the electronic original of a picture or printout could still be had."),
            "held|asked-for|gone|unknown",
        ),
        Field("url", mark("The address of a post on a site or forum.")),
        Field("posted_at", mark("When it was posted."), "when"),
        _choice(
            "date_order",
            mark("How day and month stand in an export: dmy is 3 April as 03/04."),
            "dmy|mdy|ymd",
        ),
        Field("times_zone", mark("The zone of the times in an export: Asia/Kolkata.")),
        Field("read_as", mark("The format to read it as, if it fits two: discord.")),
        many("tags", mark("A word to find it by.")),
        ids("for", mark("The entry that it belongs to: T-0003.")),
        _choice(
            "sensitivity",
            mark("Why it needs care."),
            "normal|intimate|location|third-party|minor|privileged",
            is_many=True,
        ),
    )
)
