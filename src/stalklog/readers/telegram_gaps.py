"""Numbers that are skipped in a Telegram chat: they are told, and nothing is made of it.

In a large group or a channel Telegram numbers all messages one by one, so a number that is not in
the export was taken by something that is not in it: a message somebody removed, or one that was
never exported. Which of them the export does not say. In other chats the numbers run through all
chats of the account, and gaps between them tell nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import gettext

if TYPE_CHECKING:
    from stalklog.readers.base import Notes
    from stalklog.readers.json_records import JsonRecord

_COUNTED: Final = frozenset(
    {"private_supergroup", "public_supergroup", "private_channel", "public_channel"}
)


class Gaps:
    """Counts the skipped numbers as messages pass by."""

    def __init__(self) -> None:
        self._chat: dict[str, Any] = {}
        self._last: int | None = None
        self._is_counted = False
        self._gaps = self._numbers = 0

    def see(self, record: JsonRecord) -> None:
        """The next message."""
        if record.around is not self._chat:
            kind = record.around.get("type")
            self._chat, self._last = record.around, None
            self._is_counted = isinstance(kind, str) and kind in _COUNTED
        number = record.value.get("id") if self._is_counted else None
        if isinstance(number, int) and number > 0:
            if self._last is not None and number > self._last + 1:
                self._gaps += 1
                self._numbers += number - self._last - 1
            self._last = number

    def tell(self, notes: Notes) -> None:
        """Say how many there are, if there are any."""
        if self._gaps:
            told = gettext(
                "{numbers} numbers are not in it, in {gaps} places: messages that were removed, or "
                "never exported; it does not say which"
            )
            notes.tell("gaps", told.format(numbers=self._numbers, gaps=self._gaps))
