"""What of an entry goes into the search index, and by what it is known there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from stalklog.index.document import DELETED, OWNER, UNDATED, Document
from stalklog.readers.table import all_readers, libraries
from stalklog.records.axis import standing
from stalklog.services.contents import said_of
from stalklog.services.filters import happened_span, is_dated, told_start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from stalklog.core.entry import JsonValue
    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.services.contents import Contents

_KINDS: Final = {
    "evidence": "evidence",
    "threats": "threat",
    "contacts": "contact",
    "demands": "demand",
}
_NOT_WORDS: Final = frozenset(
    {"sha256", "size_bytes", "media_type", "source_times", "occurred", "posted_at", "name_base64",
     "relative_path_base64", "kind", "for", "evidence", "derived_from"}
)  # fmt: skip
"""Fields in which nobody looks for words."""
_WORDLESS: Final = ("picture", "sound")
"""Readers of what holds no words; the text in a picture is looked for elsewhere."""
_SENDERS: Final = ("from_whom", "speaker", "agency", "asserted_author")
_VERSION: Final = 5
"""Counted up whenever anything is put into the index otherwise."""


def keys_of(shown: Shown, readers: str, zone: tzinfo) -> tuple[str, str]:
    """By what the record and its contents are known: whatever may differ is in it."""
    changes = ",".join(str(change.seq) for change in shown.history)
    record = f"{shown.line_sha256} {shown.id} record {_VERSION} {changes}"
    if shown.type != "evidence.added":
        return record, ""
    said = said_of(shown)
    start, _end = happened_span(shown)
    understood = f"{said.date_order} {said.zone} {said.read_as} {start.isoformat()}"
    told = f"{_VERSION} {readers} {zone} {understood}"
    return record, f"{shown.line_sha256} {shown.id} {told}"


def readers_in_short() -> str:
    """All readers, their versions and libraries: where one changes, all is read anew."""
    told = ",".join([f"{one.name}@{one.version}" for one in all_readers()] + [*libraries()])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def record_document(shown: Shown) -> Iterator[Document]:
    """A record as one text."""
    start = told_start(shown)
    unwanted = _NOT_WORDS | {"name"} if "relative_path" in shown.fields else _NOT_WORDS
    yield Document(
        text="\n".join(_texts(shown.fields, unwanted)),
        sorted_at=start or UNDATED,
        instant=start,
        sender=next((_text(shown.fields[name]) for name in _SENDERS if name in shown.fields), ""),
        kind=_KINDS.get(shown.log, shown.log),
    )


def inside_documents(contents: Contents, zone: tzinfo) -> Iterator[Document]:
    """The messages; of a picture or a recording only when it was made, as it says itself."""
    for message in contents:
        yield _message(contents.entry, message, zone)
    report = contents.report()
    taken = standing(report.taken, zone) if report else None
    if taken is not None and not is_dated(contents.entry):
        yield Document("", taken.at, taken.instant, kind="evidence", has_wall=True)


def left_out(contents: Contents) -> list[str]:
    """Why not all words in it can be found; pictures and sound have none."""
    report = contents.report()
    if report is None or report.reader in _WORDLESS:
        return []
    return sorted({unread.reason for unread in report.unread})


def _message(shown: Shown, message: Message, zone: tzinfo) -> Document:
    told = message.time
    time = standing(told, zone)
    parts = (
        message.subject,
        message.text,
        message.conversation,
        message.url,
        *(attachment.name for attachment in message.attachments),
    )
    return Document(
        text="\n".join(part for part in parts if part),
        sorted_at=time.at if time else told_start(shown) or UNDATED,
        instant=time.instant if time else None,
        has_wall=time is not None,
        message=message.number,
        sender=message.sender.label,
        sender_id=message.sender.id,
        kind=message.kind,
        remarks=tuple(_remarks(message)),
        readings=(told.wall, *told.others) if told and told.wall and told.others else (),
    )


def _remarks(message: Message) -> Iterator[str]:
    """What its words do not say, and whoever finds it should know."""
    sender = message.sender
    if sender.role == "owner" and not sender.label and not sender.id:
        yield OWNER
    if message.is_deleted:
        yield DELETED
    yield from message.flags


def _texts(value: JsonValue, unwanted: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a record's fields."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in unwanted:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
