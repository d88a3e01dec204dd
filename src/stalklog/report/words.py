"""What fields and their values are called in a report, and in which order fields are shown."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "evidence": (
            "kind",
            "name",
            "name_base64",
            "relative_path",
            "relative_path_base64",
            "note",
            "occurred",
            "posted_at",
            "from_whom",
            "asserted_author",
            "asserted_author_basis",
            "via",
            "url",
            "date_order",
            "times_zone",
            "read_as",
            "original",
            "derived_from",
            "derivation",
            "acquired",
            "source_device",
            "source_times",
            "sensitivity",
            "tags",
            "for",
            "media_type",
            "size_bytes",
            "sha256",
        ),
        "threats": (
            "occurred",
            "how",
            "words",
            "words_certainty",
            "recollection",
            "behaviour",
            "language",
            "translation",
            "threatened_harm",
            "target",
            "condition",
            "speaker",
            "identified_by",
            "concealed_identity",
            "circumstances",
            "place",
            "witnesses",
            "weapon",
            "followed",
            "monitoring",
            "effect",
            "actions_taken",
            "breach_of_order",
            "evidence",
            "reported_to",
            "first_note",
        ),
        "contacts": (
            "agency",
            "kind",
            "unit",
            "country",
            "direction",
            "occurred",
            "how",
            "person",
            "rank_or_role",
            "badge",
            "contact_details",
            "purpose",
            "summary",
            "asked",
            "promised",
            "promised_by",
            "outcome",
            "refusal_reason",
            "references",
            "official_report",
            "sent",
            "proof_of_sending",
            "evidence_given",
            "regarding",
            "follow_up",
            "closed",
        ),
        "demands": (
            "form",
            "occurred",
            "how",
            "to",
            "identifiers",
            "words",
            "language",
            "decided_with",
            "safety_considered",
            "proof_of_sending",
            "proof_of_receipt",
            "response",
            "order",
        ),
        "custody": (
            "set",
            "add",
            "not_shown",
            "unset",
            "checkpoint_size",
            "file",
            "format",
            "size_bytes",
            "sha256",
            "ids",
            "to",
            "purpose",
            "cut",
            "previous",
            "continues",
            "recipients",
        ),
    }
)
"""The fields of each log, in the order in which a reader wants them; others come after, by name."""

QUOTES: Final = frozenset({"words", "recollection", "behaviour", "translation"})
"""What was said or done, in the words of who said or saw it: shown as a block of its own."""
ACCOUNTS: Final = frozenset({"circumstances", "effect", "summary", "asked", "promised", "note"})
"""Accounts in sentences: shown as paragraphs."""

_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "account": mark("Account"),
        "acquired": mark("How this copy was made"),
        "actions_taken": mark("What was done about it"),
        "add": mark("Noted besides"),
        "agency": mark("Agency"),
        "alterations_known": mark("Alterations known"),
        "app": mark("App"),
        "app_and_version": mark("With"),
        "asked": mark("Asked for"),
        "asserted_author": mark("Said to be made by"),
        "asserted_author_basis": mark("What that rests on"),
        "at": mark("At"),
        "badge": mark("Badge or staff number"),
        "behaviour": mark("What was done"),
        "birth_time": mark("Made"),
        "breach_of_order": mark("Against the order"),
        "by": mark("By"),
        "bytes": mark("Bytes"),
        "checkpoint_size": mark("Entries then"),
        "circumstances": mark("Circumstances"),
        "closed": mark("Closed"),
        "cloud_id": mark("Cloud id"),
        "colour": mark("Colour"),
        "concealed_identity": mark("Identity concealed"),
        "condition": mark("Condition attached"),
        "contact_details": mark("Reached at"),
        "continues": mark("Goes on from the plain vault"),
        "copies": mark("Copies"),
        "country": mark("Country"),
        "court": mark("Court"),
        "cut": mark("Moved to quarantine"),
        "decided_with": mark("Decided with"),
        "derivation": mark("Made as"),
        "derived_from": mark("Made from"),
        "direction": mark("Direction"),
        "effect": mark("Effect, in the person's own words"),
        "evidence": mark("Exhibits"),
        "evidence_given": mark("Evidence handed over"),
        "file": mark("File"),
        "first_note": mark("First note"),
        "followed": mark("Following"),
        "follow_up": mark("Follow-up"),
        "for": mark("Belongs to"),
        "form": mark("Form"),
        "format": mark("Format"),
        "from": mark("From"),
        "from_whom": mark("From, as shown"),
        "generation": mark("Original or copy"),
        "head": mark("Head"),
        "heard": mark("heard it"),
        "how": mark("How"),
        "id": mark("Exhibit"),
        "identified_by": mark("Recognised by"),
        "identifiers": mark("Sent to"),
        "ids": mark("Entries"),
        "imei": mark("IMEI"),
        "kind": mark("Kind"),
        "language": mark("Language"),
        "log": mark("Log"),
        "mac": mark("MAC address"),
        "make_and_model": mark("Make and model"),
        "media_type": mark("Type of the bytes"),
        "medium": mark("Medium"),
        "method": mark("Method"),
        "monitoring": mark("Signs of monitoring"),
        "mtime": mark("Last changed"),
        "name": mark("File name"),
        "name_base64": mark("File name"),
        "no": mark("Number"),
        "not_shown": mark("Noted, and left out here"),
        "note": mark("What it shows"),
        "occurred": mark("When it happened"),
        "official_report": mark("Official report"),
        "offset": mark("Offset"),
        "order": mark("Court order"),
        "original": mark("Electronic original"),
        "outcome": mark("Outcome"),
        "owner": mark("Owner"),
        "person": mark("Spoke with"),
        "place": mark("Place"),
        "posted_at": mark("Posted"),
        "date_order": mark("Order of day and month in it, as was said"),
        "times_zone": mark("Zone of the times in it, as was said"),
        "read_as": mark("Format that it is read as, as was said"),
        "previous": mark("Goes on from the damaged vault"),
        "promised": mark("Promised"),
        "promised_by": mark("Promised by"),
        "proof_of_receipt": mark("Proof of receipt"),
        "proof_of_sending": mark("Proof of sending"),
        "purpose": mark("Purpose"),
        "rank_or_role": mark("Rank or role"),
        "receipt": mark("Receipt"),
        "recipients": mark("Keys"),
        "recollection": mark("As remembered"),
        "references": mark("References"),
        "refusal_reason": mark("Reason for refusal"),
        "regarding": mark("Follows"),
        "relation": mark("Relation to it"),
        "relative_path": mark("Path in the folder that was added"),
        "relative_path_base64": mark("Path in the folder that was added"),
        "reported_to": mark("Reported in"),
        "response": mark("Response"),
        "safety_considered": mark("Safety considered"),
        "saw": mark("saw it"),
        "sensitivity": mark("Handle with care"),
        "sent": mark("What was sent"),
        "serial": mark("Serial number"),
        "set": mark("Noted"),
        "sha256": mark("SHA-256"),
        "size": mark("Entries"),
        "size_bytes": mark("Size in bytes"),
        "source_device": mark("Source device"),
        "source_times": mark("File times as found"),
        "speaker": mark("Said or done by"),
        "status": mark("Status"),
        "summary": mark("What was said"),
        "tags": mark("Tags"),
        "target": mark("Aimed at"),
        "thread": mark("Conversation"),
        "threatened_harm": mark("Harm threatened"),
        "to": mark("To"),
        "told_later": mark("was told later"),
        "translation": mark("Translation"),
        "type": mark("Type"),
        "uid": mark("Unique id"),
        "uin": mark("Unique identification number"),
        "unit": mark("Unit"),
        "unset": mark("No longer noted"),
        "until": mark("Until"),
        "url": mark("Address of the page"),
        "value": mark("Value"),
        "vault": mark("Vault"),
        "via": mark("Came through"),
        "was_working": mark("in working order"),
        "weapon": mark("Weapon"),
        "witnesses": mark("Witnesses"),
        "words": mark("Exact words"),
        "words_certainty": mark("Certainty of the words"),
    }
)

_CASE_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alias": mark("Called in this record"),
        "name": mark("Name"),
        "contact": mark("Contact"),
        "safe_contact": mark("Safe way and time to make contact"),
        "operator": mark("Record kept by"),
        "postal_address": mark("Postal address"),
        "relation": mark("Relation to the other person"),
        "trusted_by": mark("Own mail servers"),
        "identifiers": mark("Identifiers of the other person"),
        "references": mark("References"),
        "country": mark("Country"),
        "language": mark("Language"),
    }
)

_CHOICES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "evidence.kind": {
            "email": mark("e-mail"),
            "mailbox": mark("mailbox"),
            "screenshot": mark("screenshot"),
            "photo": mark("photo"),
            "chat-export": mark("chat export"),
            "call-log": mark("call log"),
            "voicemail": mark("voicemail"),
            "recording": mark("recording"),
            "video": mark("video"),
            "document": mark("document"),
            "web-page": mark("web page"),
            "official-report": mark("official report"),
            "proof-of-sending": mark("proof of sending"),
            "other": mark("other"),
        },
        "evidence.date_order": {
            "dmy": mark("day, month, year"),
            "mdy": mark("month, day, year"),
            "ymd": mark("year, month, day"),
        },
        "evidence.original": {
            "held": mark("held"),
            "asked-for": mark("asked for, not yet here"),
            "gone": mark("gone"),
            "unknown": mark("not known whether it could still be had"),
        },
        "evidence.sensitivity": {
            "normal": mark("normal"),
            "intimate": mark("intimate"),
            "location": mark("shows a location"),
            "third-party": mark("concerns a third party"),
            "minor": mark("shows or concerns a minor"),
            "privileged": mark("privileged"),
        },
        "threats.how": {
            "in-person": mark("in person"),
            "phone": mark("by phone"),
            "voicemail": mark("voicemail"),
            "video-call": mark("video call"),
            "text": mark("text message"),
            "chat": mark("chat message"),
            "email": mark("e-mail"),
            "post": mark("public post"),
            "letter": mark("letter"),
            "gesture": mark("gesture"),
            "through-someone": mark("through someone else"),
            "other": mark("other way"),
        },
        "threats.threatened_harm": {
            "death": mark("death"),
            "injury": mark("injury"),
            "sexual": mark("sexual violence"),
            "property": mark("property"),
            "publication of images": mark("publication of images"),
            "reputation": mark("reputation"),
            "self-harm": mark("harm to himself or herself"),
            "child": mark("a child"),
            "third party": mark("a third party"),
            "job": mark("job"),
            "unspecified": mark("not specified"),
        },
        "contacts.kind": {
            "isp": mark("internet provider"),
            "mail-provider": mark("mail provider"),
            "platform": mark("platform"),
            "grievance-officer": mark("grievance officer"),
            "police": mark("police"),
            "cyber-cell": mark("cyber cell"),
            "portal": mark("portal"),
            "prosecutor": mark("prosecutor"),
            "court": mark("court"),
            "lawyer": mark("lawyer"),
            "regulator": mark("regulator"),
            "hospital": mark("hospital"),
            "helpline": mark("helpline"),
            "ngo": mark("support organisation"),
            "employer": mark("employer"),
            "other": mark("other"),
        },
        "contacts.direction": {
            "out": mark("from the person to the agency"),
            "in": mark("from the agency to the person"),
        },
        "contacts.outcome": {
            "accepted": mark("accepted"),
            "refused": mark("refused"),
            "advised-only": mark("advice only"),
            "no-answer": mark("no answer"),
            "pending": mark("pending"),
        },
        "contacts.purpose": {
            "report": mark("report"),
            "statement": mark("statement"),
            "preservation-notice": mark("notice to preserve records"),
            "abuse-report": mark("report of abuse"),
            "takedown": mark("removal"),
            "status": mark("asking how it stands"),
            "appeal": mark("appeal"),
            "protection-order": mark("protection order"),
            "evidence-handover": mark("handing over evidence"),
            "enquiry": mark("preliminary enquiry"),
            "arrest-or-charge": mark("arrest or charge"),
            "data-access": mark("request for a copy of the data"),
        },
        "official_report.status": {
            "obtained": mark("copy obtained"),
            "requested": mark("copy asked for, not yet here"),
            "unavailable": mark("not to be had"),
            "none": mark("none made"),
        },
        "demands.form": {
            "formal": mark("formal demand"),
            "informal-refusal": mark("informal refusal"),
            "block": mark("block"),
            "third-party": mark("through a third party"),
            "lawyer-letter": mark("lawyer's letter"),
            "police-warning": mark("police warning"),
            "court-order": mark("court order"),
        },
        "response.kind": {
            "none": mark("none"),
            "acknowledged": mark("acknowledged"),
            "abusive": mark("abusive"),
            "apology": mark("apology"),
        },
        "basis": {
            "memory": mark("from memory"),
            "witness": mark("from a witness"),
            "device": mark("from a device"),
            "header": mark("from a message header"),
        },
    }
)

_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "vault.created": mark("The vault was made"),
        "case.noted": mark("Particulars of the case were noted"),
        "checkpoint.made": mark("A signed state was kept"),
        "timestamp.added": mark("A time stamp was added"),
        "witness.added": mark("A witness's signature was added"),
        "report.made": mark("A report was made"),
        "package.made": mark("A package was made"),
        "recovery.done": mark("What an interruption left was moved aside"),
        "keys.changed": mark("The keys were changed"),
        "entry.carried": mark("An entry was carried over"),
    }
)


def label(name: str) -> str:
    """What a field is called; one that has no words of its own goes by its name."""
    known = _LABELS.get(name)
    return safe(name.replace("_", " ")) if known is None else _(known)


def case_label(name: str) -> str:
    """What a particular of the case is called."""
    known = _CASE_LABELS.get(name)
    return label(name) if known is None else _(known)


def choice(field: str, value: str) -> str:
    """One of a field's fixed values in words; anything else is shown as it is, made safe.

    Args:
        field: `basis`, or the log and the field: `threats.how`.
        value: The value as recorded.
    """
    known = _CHOICES.get(field, {}).get(value)
    return safe(value, keep_newlines=True) if known is None else _(known)


def custody_title(type_name: str) -> str:
    """What an entry of the custody log says happened."""
    known = _TITLES.get(type_name)
    return safe(type_name) if known is None else _(known)


def log_name(log: str) -> str:
    """What a log is called."""
    names = {
        "evidence": _("exhibits"),
        "threats": _("threats and incidents"),
        "contacts": _("contacts with agencies"),
        "demands": _("demands"),
        "custody": _("custody"),
    }
    return names.get(log, safe(log))


def recorder(by: str) -> str:
    """Who recorded an entry."""
    return _("the person concerned") if by == "self" else safe(by)
