"""A piece of evidence: the original's hash, and what is known of where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from stalklog.i18n import gettext as _
from stalklog.records.base import (
    Base64,
    EvidenceRef,
    Many,
    Moment,
    Occurred,
    Record,
    Ref,
    Sha256,
    Size,
)

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

EvidenceKind = Literal[
    "email",
    "mailbox",
    "screenshot",
    "photo",
    "chat-export",
    "call-log",
    "voicemail",
    "recording",
    "video",
    "document",
    "web-page",
    "official-report",
    "proof-of-sending",
    "other",
]
DeviceType = Literal[
    "computer or storage medium",
    "DVR",
    "mobile",
    "flash drive",
    "CD/DVD",
    "server",
    "cloud",
    "other",
]
Relation = Literal["owned", "maintained", "managed", "operated"]
Generation = Literal["original", "copy", "copy of a copy"]
Derivation = Literal["redaction", "transcript", "translation", "crop"]
Original = Literal["held", "asked-for", "gone", "unknown"]
DateOrder = Literal["dmy", "mdy", "ymd"]
Sensitivity = Literal["normal", "intimate", "location", "third-party", "minor", "privileged"]


class SourceTimes(Record):
    """The times that the file system gave for the original, as found."""

    mtime: Moment | None = None
    """When its bytes were last changed."""
    birth_time: Moment | None = None
    """When it was made, where the file system knows."""


class Via(Record):
    """What it came through."""

    shorthand: ClassVar[str] = "app"

    app: str | None = None
    """The app or service."""
    account: str | None = None
    """The account in which it was received."""
    thread: str | None = None
    """The conversation, group or folder."""
    url: str | None = None
    """The address at which it was seen."""


class SourceDevice(Record):
    """The device or medium that the original was on."""

    shorthand: ClassVar[str] = "type"

    type: DeviceType | None = None
    """What sort of device."""
    make_and_model: str | None = None
    """Maker and model, as printed on it."""
    colour: str | None = None
    """Its colour."""
    serial: str | None = None
    """Its serial number."""
    imei: str | None = None
    """IMEI of a phone."""
    uin: str | None = None
    """Unique identification number."""
    uid: str | None = None
    """Unique id."""
    mac: str | None = None
    """MAC address of the network card."""
    cloud_id: str | None = None
    """The account or id of a cloud store."""
    owner: str | None = None
    """Whose device it is."""
    relation: Relation | None = None
    """What the person who gave the evidence has to do with the device."""
    was_working: bool | None = None
    """Whether it was working as it should."""


class Acquired(Record):
    """How the copy that was given to the vault came to be."""

    shorthand: ClassVar[str] = "method"

    by: str | None = None
    """Who made it."""
    method: str | None = None
    """How: an export, a download, a screenshot, a photo of the screen."""
    app_and_version: str | None = None
    """With which program, and which version of it."""
    at: Occurred | None = None
    """When."""
    generation: Generation | None = None
    """Whether it is the original, a copy, or a copy of a copy."""
    alterations_known: str | None = None
    """What is known to have been changed in it."""


class Evidence(Record):
    """A file whose exact bytes are in the vault."""

    sha256: Sha256
    """SHA-256 of the original."""
    size_bytes: Size
    """Size of the original in bytes."""
    kind: EvidenceKind | None = None
    """What it is."""
    note: str | None = None
    """What it shows, factually."""
    name: str | None = None
    """The file's name as found."""
    name_base64: Base64 | None = None
    """The file's name where it is not valid UTF-8."""
    relative_path: str | None = None
    """Where it was inside the folder that was added, with `/` between the names."""
    relative_path_base64: Base64 | None = None
    """The same where it is not valid UTF-8."""
    media_type: str | None = None
    """What the bytes are, told from the bytes: `image/png`."""
    source_times: SourceTimes | None = None
    """The file's own times, as found."""
    occurred: Occurred | None = None
    """When what it shows happened."""
    from_whom: str | None = None
    """The sender as shown, never replaced by a contact's name."""
    asserted_author: str | None = None
    """Who is said to have made it."""
    asserted_author_basis: str | None = None
    """What that rests on."""
    via: Via | None = None
    """What it came through."""
    source_device: SourceDevice | None = None
    """The device it was on."""
    acquired: Acquired | None = None
    """How this copy was made."""
    derived_from: EvidenceRef | None = None
    """The piece of evidence that this one was made from."""
    derivation: Derivation | None = None
    """How it was made from that."""
    original: Original | None = None
    """Whether the electronic original of a picture or printout is held or could still be had."""
    url: str | None = None
    """The address of a post on a site or forum."""
    posted_at: Occurred | None = None
    """When it was posted."""
    date_order: DateOrder | None = None
    """How day, month and year stand in its dates, as somebody who knows the phone says."""
    times_zone: str | None = None
    """The zone of the times in it, as somebody who knows the phone says: `Asia/Kolkata`."""
    read_as: str | None = None
    """As which format it is read, where it could be read as two: `discord`."""
    tags: Many[str] = ()
    """Words to find it by."""
    for_: Many[Ref] = Field(default=(), alias="for")
    """The entries that it belongs to."""
    sensitivity: Many[Sensitivity] = ()
    """Why it needs care; there can be several reasons."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """A name is kept in one form: as text, or as base64 where it is not valid UTF-8."""
        if "name" in body and "name_base64" in body:
            return _("has both name and name_base64")
        if "relative_path" in body and "relative_path_base64" in body:
            return _("has both relative_path and relative_path_base64")
        return None
