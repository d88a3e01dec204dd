"""A message and the report of a reading as plain JSON: what has no value is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Attachment, Message, Party, Place, ReadingReport, Told


def message_to_json(message: Message) -> JsonObject:
    """One message; `number` and `kind` are always there, and `parent` in one inside another."""
    return {
        "number": message.number,
        "kind": message.kind,
        **_kept(
            {
                "parent": message.parent,
                "sender": _party(message.sender),
                "recipients": [_party(one) for one in message.recipients],
                "sent": told_to_json(message.sent),
                "received": told_to_json(message.received),
                "subject": message.subject,
                "text": message.text,
                "conversation": message.conversation,
                "native_id": message.native_id,
                "reply_to": message.reply_to,
                "url": message.url,
                "attachments": [_attachment(one) for one in message.attachments],
                "duration_s": message.duration_s,
                "edited": message.is_edited,
                "deleted": message.is_deleted,
                "audience": message.audience,
                "forwarded": message.forwarded,
                "flags": list(message.flags),
            }
        ),
        "place": place_to_json(message.place),
    }


def report_to_json(report: ReadingReport) -> JsonObject:
    """What a reading came to."""
    return {
        "reader": report.reader,
        "version": report.version,
        "messages": report.total,
        "counts": dict(report.counts),
        "whole": report.is_whole,
        **_kept(
            {
                "inner": report.inner,
                "first": instant_to_json(report.first),
                "last": instant_to_json(report.last),
                "first_wall": report.first_wall,
                "last_wall": report.last_wall,
                "participants": [
                    {**_kept({"label": one.label, "id": one.id}), "messages": one.messages}
                    for one in report.participants
                ],
                "unlisted": report.unlisted or None,
                "audiences": dict(report.audiences),
                "copies": report.copies or None,
                "declared": dict(report.declared),
                "attachments": dict(report.attachments),
                "bytes_total": report.bytes_total,
                "bytes_covered": report.bytes_covered,
                "unread": [
                    {
                        "reason": one.reason,
                        **_kept({"place": place_to_json(one.place), "detail": one.detail}),
                    }
                    for one in report.unread
                ],
                "odd": dict(report.odd),
                "doubted": dict(report.doubted),
                "doubts": [
                    {"reason": one.reason, "place": place_to_json(one.place)}
                    for one in report.doubts
                ],
                "decisions": [
                    {
                        "about": one.about,
                        "value": one.value,
                        "by": one.by,
                        **_kept(
                            {
                                "reason": one.reason,
                                "samples": [[*sample] for sample in one.samples],
                                "orders": list(one.orders),
                            }
                        ),
                    }
                    for one in report.decisions
                ],
                "facts": dict(report.facts),
                "taken": told_to_json(report.taken),
            }
        ),
    }


def told_to_json(told: Told | None) -> JsonObject | None:
    """A time as it stands, beside what was understood."""
    if told is None:
        return None
    return {
        "written": told.written,
        **_kept(
            {
                "instant": instant_to_json(told.instant),
                "wall": told.wall,
                "precision": told.precision,
                "zone": told.zone,
                "zone_source": told.zone_source,
                "others": list(told.others),
            }
        ),
    }


def place_to_json(place: Place) -> JsonObject:
    """Where in the original something is."""
    return _kept(
        {
            "start": place.start,
            "end": place.end,
            "part": place.part,
            "member": place.member,
            "item": place.item,
            "sha256": place.sha256,
        }
    )


def instant_to_json(instant: datetime | None) -> str | None:
    """A moment in UTC, to the millisecond: `2026-11-20T16:00:00.000Z`."""
    if instant is None:
        return None
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _party(party: Party) -> JsonObject:
    return _kept({"label": party.label, "id": party.id, "role": party.role})


def _attachment(attachment: Attachment) -> JsonObject:
    return {
        "status": attachment.status,
        **_kept(
            {
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size_bytes": attachment.size_bytes,
                "sha256": attachment.sha256,
                "place": place_to_json(attachment.place),
            }
        ),
    }


def _kept(values: JsonObject) -> JsonObject:
    """What says something: zero and no are answers, nothing and empty are none."""
    return {name: value for name, value in values.items() if not _is_empty(value)}


def _is_empty(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})
