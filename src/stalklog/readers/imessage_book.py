"""Who, where and with which files: what a database of Messages keeps apart from the messages."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Attachment, Party, Place
from stalklog.safety.limits import MAX_LINKS, MAX_NAMES, MAX_RECIPIENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stalklog.readers.base import Notes
    from stalklog.readers.sqlite.record import Value
    from stalklog.readers.sqlite.schema import Database

_NAME_CHARS: Final = 1_000
_FILE: Final = ("filename", "transfer_name", "mime_type", "total_bytes")
_CHAT: Final = ("guid", "chat_identifier", "display_name")


class Links:
    """Which rows of one table belong to which of another: two numbers for each, and no more.

    Args:
        pairs: The number of a row, and of one that belongs to it.
    """

    def __init__(self, pairs: Iterable[Sequence[Value]]) -> None:
        self._from, self._to = array("q"), array("q")
        self.is_full = False
        """Whether there were more than are remembered."""
        for pair in pairs:
            match pair:
                case [int(one), int(other)] if len(self._from) < MAX_LINKS:
                    self._from.append(one)
                    self._to.append(other)
                case [int(), int()]:
                    self.is_full = True
                case _:
                    pass
        if any(one > other for one, other in zip(self._from, self._from[1:], strict=False)):
            order = sorted(range(len(self._from)), key=self._from.__getitem__)
            self._from = array("q", map(self._from.__getitem__, order))
            self._to = array("q", map(self._to.__getitem__, order))

    def of(self, number: int) -> Sequence[int]:
        """What belongs to a row, in the order of the table."""
        return self._to[bisect_left(self._from, number) : bisect_right(self._from, number)]


class Book:
    """People, chats and files of a database.

    Args:
        database: It.
        notes: Told what is over a limit.
    """

    def __init__(self, database: Database, notes: Notes) -> None:
        self._notes = notes
        self._people = self._words(database, "handle", ("id",))
        self._recipients = {
            number: Party(id=id_, role="to") for number, (id_,) in self._people.items() if id_
        }
        self._chats = self._words(database, "chat", _CHAT)
        self._files = self._words(database, "attachment", _FILE)
        self._in_chat = self._links(database, "chat_message_join", "message_id", "chat_id")
        self._deleted = self._links(
            database, "chat_recoverable_message_join", "message_id", "chat_id"
        )
        self._with_file = self._links(
            database, "message_attachment_join", "message_id", "attachment_id"
        )
        self._members = self._links(database, "chat_handle_join", "chat_id", "handle_id")
        self._rooms: dict[int, tuple[str, tuple[Party, ...]]] = {}

    def person(self, number: Value) -> str:
        """The address or number of somebody; nothing where it is not told."""
        return self._people.get(number, ("",))[0] if isinstance(number, int) else ""

    def chat(self, message: int) -> int | None:
        """The chat of a message; None where none is told."""
        for links in (self._in_chat, self._deleted):
            for chat in links.of(message)[:1]:
                return chat
        return None

    def is_deleted(self, message: int) -> bool:
        """Whether it lay among those that were deleted, and could still be fetched back."""
        return bool(self._deleted.of(message)) and not self._in_chat.of(message)

    def room(self, chat: int) -> tuple[str, tuple[Party, ...]]:
        """What a chat is called, and who is in it besides the owner, as the database has it now."""
        known = self._rooms.get(chat)
        if known is None:
            members = self._in_room(chat)
            known = self._title(chat, members), members
            if len(self._rooms) < MAX_NAMES:
                self._rooms[chat] = known
        return known

    def _title(self, chat: int, members: tuple[Party, ...]) -> str:
        """What a chat is called, and by which name the program knows it."""
        guid, identifier, name = self._chats.get(chat, ("", "", ""))
        known = guid or identifier
        if name and known:
            return f"{name} ({known})"
        return name or known or ", ".join(party.id for party in members)

    def _in_room(self, chat: int) -> tuple[Party, ...]:
        people = self._members.of(chat)[:MAX_RECIPIENTS]
        return tuple(self._recipients[one] for one in people if one in self._recipients)

    def files(self, message: int) -> Iterator[Attachment]:
        """The files of a message; they lie beside the database and not in it."""
        for number in self._with_file.of(message):
            path, name, media_type, size = self._files.get(number, ("", "", "", ""))
            size_bytes = int(size) if size.isdecimal() else None
            place = Place(item=f"attachment {number}")
            yield Attachment(
                path or name, media_type, size_bytes or None, status="missing", place=place
            )

    def _words(
        self, database: Database, table: str, columns: Sequence[str]
    ) -> dict[int, tuple[str, ...]]:
        """The texts of each row of a small table."""
        found: dict[int, tuple[str, ...]] = {}
        for number, values, _place in database.rows(table, columns):
            if len(found) >= MAX_NAMES:
                self._notes.leave("over-limit", detail=table)
                break
            found[number] = tuple(_word(value)[:_NAME_CHARS] for value in values)
        return found

    def _links(self, database: Database, table: str, *columns: str) -> Links:
        links = Links(values for _number, values, _place in database.rows(table, columns))
        if links.is_full:
            self._notes.leave("over-limit", detail=table)
        return links


def _word(value: Value) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
