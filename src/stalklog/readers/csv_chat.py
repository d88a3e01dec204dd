"""Messages that LinkedIn and Reddit give as a table: `messages.csv`, `chat_history.csv`.

Each is known by the names of its columns. They are read from their description: there was no real
sample to try them on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.csv_rows import csv_rows, header_of
from stalklog.readers.epoch import flagged, told_utc
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_RECIPIENTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.csv_rows import CsvRow
    from stalklog.records.message import Message

_BETWEEN: Final = re.compile(r"\s*,\s*")
_ADDRESSES: Final = ("http://", "https://")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,60}\Z")
_NO: Final = frozenset({"", "no", "false"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what; an empty name is a column that there is not."""

    text: str
    """What was said."""
    date: str
    """When."""
    sender: str
    """Who."""
    sender_id: str = ""
    """The address of that account."""
    to: str = ""
    """To whom."""
    to_ids: str = ""
    """The addresses of these accounts, between commas."""
    subject: str = ""
    """The subject."""
    chat: tuple[str, str, str] = ("", "", "")
    """The title of the chat, its id, and where it was kept."""
    id: str = ""
    """The message's own id."""
    answers: str = ""
    """The id of the message that it answers."""
    url: str = ""
    """The address of the message."""
    files: str = ""
    """Addresses of files."""
    draft: str = ""
    """Whether it was never sent."""

    @property
    def needed(self) -> frozenset[str]:
        """Without these it is another table."""
        return frozenset({self.text, self.date, self.sender, self.chat[1]})


LINKEDIN: Final = Columns(
    "CONTENT", "DATE", "FROM", "SENDER PROFILE URL", "TO", "RECIPIENT PROFILE URLS", "SUBJECT",
    ("CONVERSATION TITLE", "CONVERSATION ID", "FOLDER"), files="ATTACHMENTS",
    draft="IS MESSAGE DRAFT",
)  # fmt: skip
REDDIT_MAIL: Final = Columns(
    "body", "date", "from", to="to", subject="subject", chat=("", "thread_id", ""), id="id",
    url="permalink",
)  # fmt: skip
REDDIT_CHAT: Final = Columns(
    "message", "created_at", "username", chat=("channel_name", "channel_url", ""), id="message_id",
    answers="thread_parent_message_id",
)  # fmt: skip


class _CsvReader:
    """The shape of the readers below."""

    media_types: tuple[str, ...] = ("text/csv", "text/plain")
    must_seek = False
    version = 1
    _known: tuple[Columns, ...] = ()

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the names of its columns; what only holds these words begins otherwise."""
        names = header_of(head)
        return SURE if self._columns(names) and _NAME.match(names[0]) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the table."""
        window = Window(stream)
        columns: Columns | None = None
        for number, row in enumerate(csv_rows(window), 1):
            columns = columns or self._columns(tuple(row.values)) or self._known[0]
            yield _message(number, row, columns, notes.zone())
        notes.cover(window.start + len(window.data))

    def _columns(self, names: tuple[str, ...]) -> Columns | None:
        return next((one for one in self._known if one.needed <= set(names)), None)


class LinkedInReader(_CsvReader):
    """The messages of an account of LinkedIn."""

    name = "linkedin"
    _known = (LINKEDIN,)


class RedditReader(_CsvReader):
    """The private messages, or the chats, of an account of Reddit."""

    name = "reddit"
    _known = (REDDIT_MAIL, REDDIT_CHAT)


def _message(number: int, row: CsvRow, columns: Columns, zone: str | None) -> Message:
    flags = list(row.flags)

    def get(column: str) -> str:
        return row.values.get(column, "")

    sent = flagged(told_utc(get(columns.date), zone), flags)
    if get(columns.draft).lower() not in _NO:
        flags.append("unsent")
    text = get(columns.text)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    title, *where = map(get, columns.chat)
    where = list(filter(None, where))
    files = [one for one in _BETWEEN.split(get(columns.files)) if one]
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    return make_message(
        number,
        row.place,
        sender=Party(get(columns.sender), get(columns.sender_id)),
        recipients=_recipients(get(columns.to), get(columns.to_ids)),
        sent=sent,
        subject=get(columns.subject),
        text=text[:MAX_TEXT_CHARS],
        conversation=f"{title} ({', '.join(where)})"
        if title and where
        else title or ", ".join(where),
        native_id=get(columns.id),
        reply_to=get(columns.answers),
        url=get(columns.url),
        attachments=tuple(
            Attachment(one, status="remote" if one.startswith(_ADDRESSES) else "missing")
            for one in files[:MAX_PARTS]
        ),
        flags=tuple(flags),
    )


def _recipients(label: str, ids: str) -> tuple[Party, ...]:
    """To whom: names stand between commas and may hold some, addresses hold none."""
    found = [one for one in _BETWEEN.split(ids) if one]
    if len(found) > 1:
        return tuple(Party(id=one, role="to") for one in found[:MAX_RECIPIENTS])
    return (Party(label, "".join(found), "to"),) if label or found else ()
