"""A contact with an agency: who was asked for what, what they said, and what is to come."""

from __future__ import annotations

from typing import ClassVar, Literal

from stalklog.records.base import ContactRef, Day, EvidenceRef, Many, Occurred, Record, Word
from stalklog.records.naming import Reference

AgencyKind = Literal[
    "isp",
    "mail-provider",
    "platform",
    "grievance-officer",
    "police",
    "cyber-cell",
    "portal",
    "prosecutor",
    "court",
    "lawyer",
    "regulator",
    "hospital",
    "helpline",
    "ngo",
    "employer",
    "other",
]
Direction = Literal["out", "in"]
Purpose = Literal[
    "report",
    "statement",
    "preservation-notice",
    "abuse-report",
    "takedown",
    "status",
    "appeal",
    "protection-order",
    "evidence-handover",
    "enquiry",
    "arrest-or-charge",
    "data-access",
]
Outcome = Literal["accepted", "refused", "advised-only", "no-answer", "pending"]
ReportStatus = Literal["obtained", "requested", "unavailable", "none"]


class OfficialReport(Record):
    """Whether there is a copy of the agency's own report."""

    shorthand: ClassVar[str] = "status"

    status: ReportStatus
    """Whether a copy was obtained."""
    copies: Many[EvidenceRef] = ()
    """The copies, kept as evidence."""


class EvidenceGiven(Record):
    """What was handed over to the agency, and what was given for it."""

    shorthand: ClassVar[str] = "ids"

    ids: Many[EvidenceRef] = ()
    """The pieces of evidence."""
    medium: str | None = None
    """On what: paper, a pen drive, by e-mail."""
    receipt: str | None = None
    """The receipt, or its number."""


class Contact(Record):
    """One letter, call, visit or answer."""

    agency: Word
    """Which agency, company or office."""
    kind: AgencyKind
    """What sort of agency it is."""
    unit: str | None = None
    """The station, branch or department."""
    country: str | None = None
    """In which country."""
    direction: Direction | None = None
    """`out`: the person contacted the agency; `in`: the agency contacted the person."""
    occurred: Occurred | None = None
    """When it was."""
    how: str | None = None
    """By visit, phone, e-mail, letter, portal."""
    person: str | None = None
    """With whom."""
    rank_or_role: str | None = None
    """That person's rank or role."""
    badge: str | None = None
    """That person's badge or staff number."""
    contact_details: str | None = None
    """How that person can be reached."""
    purpose: Purpose | None = None
    """What it was for."""
    summary: str | None = None
    """What was said."""
    asked: str | None = None
    """What the person asked for."""
    promised: str | None = None
    """What the agency said it would do."""
    promised_by: str | None = None
    """By when, or by whom, it was promised."""
    outcome: Outcome | None = None
    """What came of it."""
    refusal_reason: str | None = None
    """The reason that was given for a refusal."""
    references: Many[Reference] = ()
    """The numbers that the agency gave."""
    official_report: OfficialReport | None = None
    """Whether there is a copy of the agency's own report."""
    sent: Many[EvidenceRef] = ()
    """What was sent, kept as evidence."""
    proof_of_sending: Many[EvidenceRef] = ()
    """The proof that it was sent, kept as evidence."""
    evidence_given: Many[EvidenceGiven] = ()
    """What was handed over."""
    regarding: ContactRef | None = None
    """The earlier contact that this one follows."""
    follow_up: Day | None = None
    """The day on which to ask again."""
    closed: Day | None = None
    """The day on which the matter was closed."""
