"""An invented case, Hindi and English, with one of everything a report can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.report.ledger import Ledger, occurred

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

CASE: JsonObject = {
    "alias": "Meera K.",
    "name": "CANARY-NAME",
    "contact": "CANARY-CONTACT",
    "safe_contact": "CANARY-SAFE-CONTACT",
    "operator": "Sahara Desk (example.org)",
    "postal_address": "CANARY-POSTAL",
    "relation": "former colleague; met at work in 2024",
    "country": "IN",
    "language": "en",
    "references": [
        {"type": "portal acknowledgement", "value": "EX-2026-11-004417"},
        {"type": "FIR", "value": "0123/2026 (invented)"},
    ],
    "identifiers": [
        {
            "kind": "e-mail",
            "value": "quietriver88@example.com",
            "first_seen": {
                "start": "2026-09-03T22:14:09+05:30",
                "precision": "exact",
                "tz": "Asia/Kolkata",
                "basis": "header",
            },
            "evidence": "E-0001",
        },
        {"kind": "phone", "value": "+91 00000 00042"},
        {"kind": "handle", "value": "@quiet_river_88", "evidence": "E-0004"},
    ],
}


def sample() -> Ledger:
    """Forty-odd entries over three months."""
    ledger = Ledger()
    ledger.add("vault.created", {}, at="2026-09-05T09:00:00+05:30")
    _september(ledger)
    _october(ledger)
    _november(ledger)
    return ledger


def _september(ledger: Ledger) -> None:
    ledger.evidence(
        b"Received: from mail.example.com ([192.0.2.17])\r\n\r\nYou think you can hide.\r\n",
        {
            "kind": "email",
            "name": "you-think.eml",
            "media_type": "message/rfc822",
            "note": "E-mail as downloaded from the mailbox, with all headers.",
            "from_whom": "quiet river <quietriver88@example.com>",
            "occurred": occurred("2026-09-03T22:14:09+05:30", basis="header"),
            "via": {"app": "e-mail", "account": "inbox"},
            "source_times": {"mtime": "2026-09-05T09:12:44+05:30"},
            "original": "held",
        },
        at="2026-09-05T09:14:20+05:30",
    )
    ledger.add("case.noted", {"set": CASE}, at="2026-09-05T09:20:00+05:30")
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred(
                "2026-09-03T22:14:09+05:30", basis="header", as_typed="2026-09-03 22:14:09"
            ),
            "how": "email",
            "words": "You think you can hide. I know which bus you take.",
            "language": "English",
            "threatened_harm": ["unspecified"],
            "speaker": "account quietriver88@example.com",
            "identified_by": ["account"],
            "concealed_identity": True,
            "circumstances": "First message after she had left the office group.",
            "effect": "I took a taxi home for two weeks.",
            "evidence": ["E-0001"],
        },
        at="2026-09-05T09:31:07+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred(
                "2026-09-08T21:00:00+05:30",
                "about",
                basis="memory",
                as_typed="around 9 pm on 8 Sept 2026",
            ),
            "how": "phone",
            "behaviour": "Silent call from a withheld number; breathing, then hung up. The third "
            "that evening.",
            "circumstances": "She was at home with her sister.",
            "witnesses": [{"name": "R. (sister)", "heard": True}],
            "place": "at home",
        },
        at="2026-09-09T08:02:51+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred(
                "2026-09-12T00:00:00+05:30", "day", basis="memory", as_typed="12.09.2026"
            ),
            "how": "in-person",
            "behaviour": "Stood opposite the bus stop for about ten minutes and filmed with a "
            "phone.",
            "followed": "Walked behind her to the gate of the building.",
            "identified_by": ["sight"],
            "speaker": "the former colleague",
            "place": "bus stop near the office",
        },
        at="2026-09-15T19:40:12+05:30",
    )
    ledger.evidence(
        b"\xff\xd8\xff\xe0 not really a picture, bus stop",
        {
            "kind": "photo",
            "name": "bus-stop.jpg",
            "media_type": "image/jpeg",
            "note": "Photo taken by a passer-by; shows a person across the road from behind.",
            "sensitivity": ["location", "third-party"],
            "for": ["T-0003"],
            "source_device": {
                "type": "mobile",
                "make_and_model": "Example Phone 5",
                "owner": "the passer-by",
                "relation": "owned",
                "was_working": True,
            },
            "acquired": {"by": "Meera K.", "method": "sent by messenger", "generation": "copy"},
            "original": "asked-for",
        },
        at="2026-09-15T19:44:30+05:30",
    )
    ledger.add(
        "contact.logged",
        {
            "agency": "Cyber Crime Cell, Example District",
            "kind": "cyber-cell",
            "direction": "out",
            "occurred": occurred("2026-09-16T11:30:00+05:30", basis="memory"),
            "how": "visit",
            "person": "duty officer",
            "rank_or_role": "sub-inspector",
            "purpose": "report",
            "summary": "Told the officer of the e-mails, the calls and the man at the bus stop. "
            "He read the first e-mail on the phone and asked for a written complaint.",
            "asked": "That the complaint be registered, and a copy be given.",
            "promised": "A call back within a week.",
            "outcome": "pending",
            "references": [{"type": "GD/DD", "value": "GD 044/16-09-2026 (invented)"}],
            "official_report": {"status": "requested"},
            "evidence_given": [{"ids": ["E-0001"], "medium": "paper printout", "receipt": "none"}],
            "follow_up": "2026-09-24",
            "closed": "2026-10-02",
        },
        at="2026-09-16T18:05:00+05:30",
    )


def _october(ledger: Ledger) -> None:
    ledger.evidence(
        "तुम कहीं भी जाओ, मैं ढूंढ लूँगा।\n".encode(),
        {
            "kind": "screenshot",
            "name": "चैट 2 अक्टूबर.png",
            "media_type": "image/png",
            "note": "चैट का स्क्रीनशॉट, रात 11:41",
            "from_whom": "+91 00000 00042",
            "via": {"app": "WhatsApp", "thread": "+91 00000 00042"},
            "original": "unknown",
        },
        at="2026-10-03T10:01:00+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred(
                "2026-10-02T23:41:00+05:30", basis="device", as_typed="2 Oct 2026 11:41 pm"
            ),
            "how": "chat",
            "words": "तुम कहीं भी जाओ, मैं ढूंढ लूँगा।\nतुम्हारे घर का रास्ता मुझे पता है। 👩🏽‍💻",
            "words_certainty": "copied from the screen",
            "language": "hi",
            "translation": "Go wherever you like, I will find you. I know the way to your house.",
            "threatened_harm": ["injury"],
            "target": "her",
            "speaker": "number +91 00000 00042",
            "identified_by": ["number"],
            "effect": "रात भर नींद नहीं आई।",
            "evidence": ["E-0003"],
        },
        at="2026-10-03T10:09:44+05:30",
    )
    ledger.evidence(
        b"<html><body>Post 1 of 2</body></html>",
        {
            "kind": "web-page",
            "name": "forum-post.html",
            "media_type": "text/html",
            "note": "Public post that names her workplace and the bus line.",
            "from_whom": "@quiet_river_88",
            "url": "https://forum.example.org/t/1042?page=3&utm_source=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "posted_at": occurred("2026-10-05T06:20:00+05:30", basis="device"),
            "via": {"app": "forum.example.org"},
            "original": "held",
        },
        at="2026-10-05T20:15:00+05:30",
    )
    ledger.add(
        "contact.logged",
        {
            "agency": "forum.example.org",
            "kind": "platform",
            "direction": "out",
            "occurred": occurred("2026-10-05T20:40:00+05:30", basis="device"),
            "how": "web form",
            "purpose": "takedown",
            "summary": "Reported the post and asked for its removal, and that records be kept.",
            "asked": "Removal of the post; preservation of account and address records.",
            "references": [{"type": "ticket", "value": "TCK-88120"}],
            "outcome": "accepted",
            "evidence_given": [{"ids": ["E-0004"], "medium": "link"}],
            "follow_up": "2026-10-12",
        },
        at="2026-10-05T20:52:00+05:30",
    )
    ledger.evidence(
        b"Dear Sir,\nStop all contact.\n",
        {
            "kind": "proof-of-sending",
            "name": "demand-sent.eml",
            "media_type": "message/rfc822",
            "note": "The demand as it was sent, from the mailbox of the organisation.",
            "occurred": occurred("2026-10-10T12:00:31+05:30", basis="header"),
            "original": "held",
        },
        at="2026-10-10T12:06:00+05:30",
    )
    ledger.add(
        "demand.made",
        {
            "form": "formal",
            "occurred": occurred(
                "2026-10-10T12:00:31+05:30", basis="header", as_typed="2026-10-10T12:00:31+05:30"
            ),
            "how": "e-mail from the organisation",
            "to": "quietriver88@example.com",
            "identifiers": [{"kind": "e-mail", "value": "quietriver88@example.com"}],
            "words": "Do not contact me again, by any means, from any account, in person or "
            "through others. This holds from now on. Any further contact is kept and may be "
            "reported.",
            "language": "en",
            "decided_with": "advocate of Sahara Desk",
            "safety_considered": True,
            "proof_of_sending": ["E-0005"],
            "response": {"kind": "abusive", "id": "E-0006"},
        },
        at="2026-10-10T12:15:00+05:30",
    )
    ledger.evidence(
        b"From: quietriver88@example.com\r\n\r\nHa. Try and stop me.\r\n",
        {
            "kind": "email",
            "name": "try-and-stop-me.eml",
            "media_type": "message/rfc822",
            "from_whom": "quietriver88@example.com",
            "occurred": occurred("2026-10-10T14:42:10+05:30", basis="header"),
            "via": {"app": "e-mail"},
            "original": "held",
        },
        at="2026-10-10T15:30:00+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred("2026-10-10T14:42:10+05:30", basis="header"),
            "how": "email",
            "words": "Ha. Try and stop me. Nobody will believe you.",
            "threatened_harm": ["reputation"],
            "evidence": ["E-0006"],
            "speaker": "account quietriver88@example.com",
            "identified_by": ["account"],
        },
        at="2026-10-10T15:36:00+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred(
                "2026-10-17T17:00:00+05:30",
                "range",
                end="2026-10-17T21:00:00+05:30",
                basis="memory",
                as_typed="last Saturday evening",
            ),
            "how": "through-someone",
            "recollection": "He told my manager that I “would regret” leaving the group, and that "
            "he has pictures.",
            "threatened_harm": ["publication of images", "job"],
            "condition": "if she does not answer",
            "witnesses": [
                {"name": "the manager", "heard": True},
                {"name": "a colleague", "told_later": True},
            ],
            "words_certainty": "second hand",
        },
        at="2026-10-19T09:12:00+05:30",
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": {"precision": "unknown", "as_typed": "some night in October"},
            "how": "in-person",
            "behaviour": "Scratches on the door, found in the morning.",
            "threatened_harm": ["property"],
        },
        at="2026-10-26T08:00:00+05:30",
    )
    ledger.amend(
        "T-0003",
        {
            "place": "bus stop opposite the office, line 14",
            "occurred": occurred(
                "2026-09-12T18:20:00+05:30", "about", basis="witness", as_typed="12/09/2026 6:20 pm"
            ),
        },
        "A witness remembered the time of the bus.",
        at="2026-10-27T11:00:00+05:30",
    )


def _november(ledger: Ledger) -> None:
    for number, (day, words) in enumerate(
        (
            ("02T07:05:00", "Good morning. Nice blue scarf."),
            ("05T23:58:00", "You cannot block every number."),
            ("09T01:13:00", "मैं नीचे खड़ा हूँ।"),
            ("13T22:20:00", "I will make sure everyone sees those pictures."),
            ("14T22:21:00", "Last warning."),
        ),
        start=7,
    ):
        ledger.evidence(
            words.encode(),
            {
                "kind": "screenshot",
                "name": f"chat-{number:02d}.png",
                "media_type": "image/png",
                "from_whom": "+91 00000 00042",
                "via": {"app": "WhatsApp"},
                "original": "unknown" if number == 7 else "held",
            },
            at=f"2026-11-{day}+05:30",
        )
        threat: JsonObject = {
            "occurred": occurred(f"2026-11-{day}+05:30", basis="device"),
            "how": "chat",
            "words": words,
            "speaker": "number +91 00000 00042",
            "identified_by": ["number"],
            "evidence": [f"E-{number:04d}"],
        }
        if "pictures" in words:
            threat["threatened_harm"] = ["publication of images"]
        ledger.add("threat.logged", threat, at=f"2026-11-{day[:2]}T23:59:30+05:30")
    ledger.add(
        "contact.logged",
        {
            "agency": "Example Telecom",
            "kind": "isp",
            "direction": "out",
            "occurred": occurred("2026-11-15T10:00:00+05:30", basis="device"),
            "how": "registered post",
            "purpose": "preservation-notice",
            "summary": "Notice to keep the records of +91 00000 00042 until the police ask for "
            "them.",
            "asked": "Preservation of subscriber, call and address records for 180 days.",
            "outcome": "no-answer",
            "follow_up": "2026-11-20",
        },
        at="2026-11-15T10:30:00+05:30",
    )
    ledger.add(
        "contact.logged",
        {
            "agency": "Police Station, Example Nagar",
            "kind": "police",
            "direction": "out",
            "occurred": occurred("2026-11-16T16:00:00+05:30", basis="memory"),
            "how": "visit",
            "person": "A. Example",
            "rank_or_role": "inspector",
            "purpose": "report",
            "summary": "Complaint handed in with the list of messages. थाने ने शिकायत दर्ज की।",
            "promised": "A copy of the FIR, and a statement to be taken at her office.",
            "promised_by": "27 November 2026",
            "outcome": "accepted",
            "references": [{"type": "FIR", "value": "0123/2026 (invented)"}],
            "official_report": {"status": "requested"},
            "evidence_given": [
                {"ids": ["E-0001", "E-0003", "E-0006"], "medium": "pen drive", "receipt": "R-17"}
            ],
            "follow_up": "2026-11-27",
        },
        at="2026-11-16T19:00:00+05:30",
    )
    ledger.add(
        "contact.logged",
        {
            "agency": "forum.example.org",
            "kind": "platform",
            "direction": "in",
            "occurred": occurred("2026-11-17T03:12:00+05:30", basis="header"),
            "how": "e-mail",
            "purpose": "takedown",
            "summary": "The post was removed; records are kept for 90 days.",
            "outcome": "accepted",
            "references": [{"type": "ticket", "value": "TCK-88120"}],
            "regarding": "C-0002",
        },
        at="2026-11-17T09:00:00+05:30",
    )
    ledger.withdraw(
        "T-0002", "Logged by mistake: the calls came from a bank.", at="2026-11-18T08:00:00+05:30"
    )
    ledger.evidence(
        b"%PDF-1.7 invented complaint",
        {
            "kind": "official-report",
            "name": "complaint-stamped.pdf",
            "media_type": "application/pdf",
            "note": "Complaint with the stamp of the station.",
            "original": "held",
            "for": ["C-0004"],
        },
        at="2026-11-18T09:00:00+05:30",
    )
    ledger.add(
        "checkpoint.made",
        {"checkpoint_size": len(ledger.entries), "file": "checkpoints/40.note", "sha256": "0" * 64},
        at="2026-11-20T10:00:00+05:30",
    )
    ledger.add(
        "report.made",
        {
            "sha256": "1" * 64,
            "size_bytes": 120_000,
            "format": "html",
            "checkpoint_size": len(ledger.entries),
            "to": "Police Station, Example Nagar",
            "purpose": "handed in with the complaint",
        },
        at="2026-11-20T10:05:00+05:30",
    )
