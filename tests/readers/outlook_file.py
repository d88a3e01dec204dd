""".msg files of invented people, made for the tests (MS-OXMSG)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.readers.compound_file import compound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.readers.compound_file import Folder

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
SENT = datetime(2026, 10, 18, 18, 29, 59, 250_000, tzinfo=UTC)
HEADERS = (
    "Received: from mail.example.org ([192.0.2.7]) by mx.example.com; "
    "Sun, 18 Oct 2026 18:30:02 +0000\r\n"
    "From: Someone <someone@example.org>\r\n"
    "To: Ms A <a@example.com>\r\n"
    "Subject: =?utf-8?q?You_know_who?=\r\n"
    "Date: Sun, 18 Oct 2026 23:59:59 +0530\r\n"
    "Message-ID: <1@example.org>\r\n"
    "\r\n"
)


@dataclass(frozen=True)
class Eight:
    """A string of 8-bit letters."""

    raw: bytes


def ticks(moment: datetime) -> int:
    """A moment as Windows counts."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 10_000_000 + since.microseconds * 10


def folder(values: Mapping[int, object], before_bytes: int) -> Folder:
    """The folder of an item, a recipient or an attachment."""
    rows = bytearray(before_bytes)
    made: Folder = {}
    for number, value in values.items():
        kind, fixed, long = _typed(value)
        rows += struct.pack("<HHI8s", kind, number, 6, fixed)
        if long is not None:
            made[f"__substg1.0_{number:04X}{kind:04X}"] = long
    return {"__properties_version1.0": bytes(rows), **made}


def item(
    values: Mapping[int, object],
    recipients: Sequence[Mapping[int, object]] = (),
    attachments: Sequence[Mapping[int, object]] = (),
    inner: Mapping[int, Folder] | None = None,
    *,
    before_bytes: int = 32,
) -> Folder:
    """An item; `inner` are the items attached, by the number of the attachment."""
    made = folder(values, before_bytes)
    for number, each in enumerate(recipients):
        made[f"__recip_version1.0_#{number:08X}"] = folder(each, 8)
    for number, each in enumerate(attachments):
        attached = folder(each, 8)
        if inner and number in inner:
            attached["__substg1.0_3701000D"] = inner[number]
        made[f"__attach_version1.0_#{number:08X}"] = attached
    return made


def note(**changes: object) -> dict[int, object]:
    """A mail without internet headers; `p0037="…"` changes a property, `p0037=None` omits it."""
    values: dict[int, object] = {
        0x001A: "IPM.Note",
        0x0037: "You know who",
        0x0039: SENT,
        0x0042: "Someone",
        0x0065: "someone@example.org",
        0x0E04: "Ms A",
        0x0E06: SENT,
        0x0E07: 1,
        0x1000: "I saw you today.\r\n",
        0x1035: "<1@example.org>",
    }
    for name, value in changes.items():
        values[int(name[1:], 16)] = value
    return {number: value for number, value in values.items() if value is not None}


MS_A = {0x0C15: 1, 0x3001: "Ms A", 0x39FE: "a@example.com"}
FRIEND = {0x0C15: 2, 0x3001: "B", 0x3003: "b@example.com"}
PICTURE = {0x3701: b"\x89PNG not a picture", 0x3704: "SCARF~1.PNG", 0x3705: 1,
           0x3707: "blue scarf.png", 0x370E: "image/png"}  # fmt: skip


def a_mail() -> bytes:
    """A mail to two people with a picture, and without internet headers."""
    return compound(item(note(), [MS_A, FRIEND], [PICTURE]))


def _typed(value: object) -> tuple[int, bytes, bytes | None]:
    match value:
        case bool():
            return 0x000B, struct.pack("<Q", value), None
        case int():
            return 0x0003, struct.pack("<Q", value & 0xFFFFFFFF), None
        case datetime():
            return 0x0040, struct.pack("<Q", ticks(value)), None
        case str():
            raw = value.encode("utf-16-le", "surrogatepass")
            return 0x001F, struct.pack("<II", len(raw) + 2, 0), raw
        case Eight():
            return 0x001E, struct.pack("<II", len(value.raw) + 1, 0), value.raw
        case bytes():
            return 0x0102, struct.pack("<II", len(value), 0), value
        case _:
            raise TypeError(value)
