"""A threat, or harassment without words: what was said or done, in the person's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from stalklog.i18n import gettext as _
from stalklog.records.base import ContactRef, EvidenceRef, Many, Occurred, Record, Word

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

ThreatHow = Literal[
    "in-person",
    "phone",
    "voicemail",
    "video-call",
    "text",
    "chat",
    "email",
    "post",
    "letter",
    "gesture",
    "through-someone",
    "other",
]
Harm = Literal[
    "death",
    "injury",
    "sexual",
    "property",
    "publication of images",
    "reputation",
    "self-harm",
    "child",
    "third party",
    "job",
    "unspecified",
]
_ACCOUNTS = frozenset({"words", "recollection", "behaviour", "circumstances"})
IdentifiedBy = Literal["sight", "voice", "number", "account", "admission", "inference"]


class Witness(Record):
    """Someone who heard or saw it, or was told of it later."""

    shorthand: ClassVar[str] = "name"

    name: Word
    """Who."""
    heard: bool | None = None
    """Whether they heard it."""
    saw: bool | None = None
    """Whether they saw it."""
    told_later: bool | None = None
    """Whether they were told of it afterwards."""


class Threat(Record):
    """One threat or one act; it takes a time and one sentence, and all else can come later."""

    occurred: Occurred
    """When it happened."""
    how: ThreatHow | None = None
    """How it reached the person."""
    words: str | None = None
    """The exact words, in their own language and script."""
    recollection: str | None = None
    """What was said, as far as it is remembered."""
    behaviour: str | None = None
    """Harassment without words: a silent call, following, a gift, a visit, spying."""
    words_certainty: str | None = None
    """How sure the person is of the words."""
    language: str | None = None
    """The language of the words."""
    translation: str | None = None
    """The words in another language."""
    circumstances: str | None = None
    """What led up to it and what followed."""
    place: str | None = None
    """Where it happened."""
    threatened_harm: Many[Harm] = ()
    """What was threatened."""
    target: str | None = None
    """Whom or what it was aimed at."""
    condition: str | None = None
    """What was demanded: "if you …"."""
    speaker: str | None = None
    """Who said or did it."""
    identified_by: Many[IdentifiedBy] = ()
    """How the speaker was recognised."""
    concealed_identity: bool | None = None
    """Whether the speaker hid who they were."""
    witnesses: Many[Witness] = ()
    """Who heard or saw it, or was told later."""
    weapon: str | None = None
    """A weapon that was shown or spoken of."""
    followed: str | None = None
    """How the person was followed."""
    monitoring: str | None = None
    """Signs of being watched or listened to."""
    effect: str | None = None
    """What it did to the person, in their own words."""
    actions_taken: Many[str] = ()
    """What the person did about it."""
    breach_of_order: str | None = None
    """The order that this was against."""
    evidence: Many[EvidenceRef] = ()
    """The pieces of evidence that show it."""
    reported_to: Many[ContactRef] = ()
    """The contacts in which it was reported."""
    first_note: EvidenceRef | None = None
    """The paper note that was made first, kept as evidence."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """One sentence is enough, and one is needed."""
        if _ACCOUNTS.isdisjoint(body):
            return _("needs one of words, recollection, behaviour, circumstances")
        return None
