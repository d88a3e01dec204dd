"""A look into an exhibit for tests: messages that readers could have found, and their report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stalklog.records.message import (
    Attachment,
    Message,
    Participant,
    Party,
    Place,
    ReadingReport,
    Told,
    Unread,
)
from stalklog.report.inside import Look

SENT = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)


def message(number: int, text: str, *, parent: int | None = None) -> Message:
    """One message in which a stranger wrote this in every field that is his."""
    sent = Told(text, SENT + timedelta(days=number), "2026-09-30T21:30:00", "second", "+05:30")
    return Message(
        number,
        Place(0, 120, part=text, member=text, item=text, sha256="ab" * 32),
        parent=parent,
        sender=Party(text, f"{number}@example.org"),
        recipients=(Party(text, "asha@example.org", "to"),),
        sent=sent,
        received=Told(text, None, "2026-09-30T21:31:00"),
        subject=text,
        text=text,
        conversation=text,
        url=text,
        attachments=(Attachment(text, text, 5, status="missing"),),
        is_edited=True,
        is_deleted=True,
        audience="several",
        forwarded="inline",
        flags=("no-date", text),
    )


def look(text: str, count: int = 2, *, total: int | None = None) -> Look:
    """A look into an exhibit that holds so many of them, of which a few are at hand."""
    messages = tuple(
        message(number, text, parent=number - 1 or None) for number in range(1, count + 1)
    )
    report = ReadingReport(
        reader="eml",
        version=1,
        counts={"message": total or count},
        inner=0,
        first=SENT + timedelta(days=1),
        last=SENT + timedelta(days=count),
        participants=(Participant(text, "", 1), Participant("", text, 1)),
        audiences={},
        declared={text: 5},
        attachments={},
        bytes_total=120,
        bytes_covered=100,
        unread=(Unread("damaged", Place(3, 4, member=text), text), Unread(text)),
        facts={text: text},
        is_whole=False,
    )
    return Look(messages, report)
