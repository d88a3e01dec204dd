"""Write a letter down: as a contact or a demand, with its text as evidence.

What was only prepared is logged as that: a contact without a time, a demand whose time is not
known, so that nothing counts as said before it was said. Its text belongs to it. What was sent, as
the person says, has its time, and a contact names the text as what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog import __version__
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.records.tags import LETTER_TAG
from stalklog.services.letter_about import FOLLOWING
from stalklog.services.letter_material import objects, text_in
from stalklog.services.saving import save
from stalklog.services.typing_in import read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.services.letters import Draft
    from stalklog.vault.writer import Planned, Writer

ANYWHERE: Final = "any"
_CONTACT: Final = "contact.logged"
_DEMAND: Final = "demand.made"
_AGENCY_AND_PURPOSE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "preserve": ("other", "preservation-notice"),
        "abuse": ("other", "abuse-report"),
        "grievance": ("grievance-officer", "takedown"),
        "police": ("police", "report"),
        "reminder": ("other", "status"),
        "escalation": ("other", "appeal"),
    }
)
"""The kind of agency, where it is not known, and what such a letter is for."""
_PROVIDERS: Final = frozenset({"isp", "mail-provider", "platform", "grievance-officer"})


@dataclass(frozen=True, slots=True)
class Sending:
    """What is known of the sending, as it was typed."""

    when: str = ""
    """When it was sent; empty while it was not."""
    how: str = ""
    """By which way it was sent."""
    more: Typed = field(default_factory=dict)
    """Further fields: who decided with her, when to ask again."""


@dataclass(frozen=True, slots=True)
class LoggedLetter:
    """That it was written down."""

    id: str
    """The contact or the demand."""
    text_id: str
    """The text of the letter, as evidence."""
    seq: int
    head: str
    size: int
    is_sent: bool
    """Whether it was logged as sent; else as prepared."""
    warnings: tuple[str, ...] = ()


def log_letter(
    desk: Desk, draft: Draft, data: bytes, sending: Sending, ask_when: AskWhen | None = None
) -> LoggedLetter:
    """Log a letter, all of it or nothing.

    Args:
        desk: Which vault, whose clock, zone and name.
        draft: The letter.
        data: The exact bytes of its file.
        sending: What is known of its sending.
        ask_when: Asks which reading of a date was meant.

    Raises:
        RecordNotValidError, NoSuchEntryError, VaultError: It could not be logged; nothing was.
    """
    vault = desk.open()
    is_demand = draft.about.wish.kind == "stop"
    type_name = _DEMAND if is_demand else _CONTACT
    typed = _demand(draft, sending) if is_demand else _contact(draft, sending)
    body = read_record(type_name, {**typed, **sending.more}, desk, vault, ask_when)
    is_named = bool(sending.when) and not is_demand

    def plan(writer: Writer) -> tuple[Planned, Planned]:
        own = _evidence(writer, desk, draft, data)
        if is_named:
            held = writer.add("evidence.added", own)
            return writer.add(type_name, {**body, "sent": [held.id]}), held
        logged = writer.add(type_name, body)
        return logged, writer.add("evidence.added", {**own, "for": [logged.id]})

    saved = save(desk, vault, plan)
    logged, held = saved.planned
    return LoggedLetter(
        id=logged.id,
        text_id=held.id,
        seq=logged.seq,
        head=saved.head,
        size=saved.size,
        is_sent=bool(sending.when),
        warnings=saved.warnings,
    )


def _contact(draft: Draft, sending: Sending) -> dict[str, list[str]]:
    kind, purpose = _AGENCY_AND_PURPOSE[draft.about.wish.kind]
    title = draft.letter.title
    told = _("Letter sent: {title}.") if sending.when else _("Letter prepared, not sent: {title}.")
    typed = {
        "agency": [draft.about.addressee or _("not stated yet")],
        "kind": [_agency_kind(draft) or kind],
        "direction": ["out"],
        "purpose": [purpose],
        "how": [sending.how or _("letter")] if sending.when else [],
        "summary": [told.format(title=title)],
        "outcome": ["pending"],
        "when": [sending.when] if sending.when else [],
    }
    country = _country(draft)
    if country:
        typed["country"] = [country]
    earlier = draft.about.earlier
    if earlier is not None and draft.about.wish.kind in FOLLOWING:
        typed["regarding"] = [earlier.id]
    return {name: values for name, values in typed.items() if values}


def _agency_kind(draft: Draft) -> str:
    """The kind of agency that it goes to: after a provider's refusal, that is above providers."""
    kind, heading = draft.about.agency_kind, draft.template.heading
    if heading.kind != "escalation" or kind not in _PROVIDERS:
        return kind
    return "regulator" if kind in heading.addressees else "other"


def _country(draft: Draft) -> str:
    """Whose law the letter rests on, where the case does not say so already."""
    of_template = draft.template.heading.jurisdiction
    asked = draft.about.country or ("" if of_template == ANYWHERE else of_template)
    return "" if asked == text_in(draft.about.material.case, "country").strip().upper() else asked


def _demand(draft: Draft, sending: Sending) -> dict[str, list[str]]:
    typed = {
        "form": ["formal"],
        "to": [draft.about.addressee] if draft.about.addressee else [],
        "identifiers": _used(draft),
        "words": [draft.words],
        "language": [draft.template.heading.language],
        "how": [sending.how or _("letter")],
    }
    if sending.when:
        typed["when"] = [sending.when]
    else:
        typed["precision"] = ["unknown"]
        typed["how"] = [_("not sent yet: prepared as a letter")]
    return {name: values for name, values in typed.items() if values}


def _used(draft: Draft) -> list[str]:
    """The identifiers that it is sent to, as far as the case notes them."""
    chosen = draft.about.wish.accounts
    noted = objects(draft.about.material.case.get("identifiers"))
    return [f"{one['kind']}:{one['value']}" for one in noted if one.get("value") in chosen]


def _evidence(writer: Writer, desk: Desk, draft: Draft, data: bytes) -> JsonObject:
    stored = writer.store([data])
    count = len(draft.letter.blanks)
    blanks = ngettext("{n} blank was open in it", "{n} blanks were open in it", count).format(
        n=count
    )
    told = _("Text of a letter as it was made from the record, {title}; {blanks}.")
    is_markdown = draft.path.suffix.lower() == ".md"
    return {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "kind": "document",
        "media_type": "text/markdown" if is_markdown else "text/plain",
        "note": told.format(title=draft.letter.title, blanks=blanks),
        "tags": [LETTER_TAG],
        "acquired": {
            "method": _("made from the record"),
            "app_and_version": f"stalklog/{__version__}",
            "at": {"start": _now(desk), "precision": "exact"},
            "generation": "original",
        },
    }


def _now(desk: Desk) -> str:
    return desk.clock.now().astimezone(desk.zone()).isoformat(timespec="seconds")
