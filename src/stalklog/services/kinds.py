"""What kind of evidence a file is: a first guess by its bytes, which the person may correct.

Its media type, and, of what may hold messages, who would read it. No name makes a chat of a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.core.media import MAX_SIGNATURE_BYTES, kind_of, media_type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAY_HOLD_MESSAGES: Final = frozenset(
    {"text/plain", "text/html", "application/json", "application/xml", "application/zip",
     "application/vnd.sqlite3", "application/x-ole-storage"}
)  # fmt: skip
"""Others are looked at by nobody: a photo costs nothing."""
KINDS: Final[Mapping[str, str]] = {
    "msg": "email",
    "pst": "mailbox",
    "mhtml": "web-page",
    "wacz": "web-page",
    "warc": "web-page",
    "mbox": "mailbox",
    "emlx": "email",
    "eml": "email",
    "html": "web-page",
    "picture": "photo",
    "sound": "recording",
}
"""Of what each reader reads; every other one reads chats."""
CHAT: Final = "chat-export"
_TAR_AT: Final = 257
_TAR: Final = b"ustar"
_BACKUP: Final = "sms-backup"
"""How the readers of backups of messages and of calls are called."""
_CALLS: Final = re.compile(rb"<(?:smses|(calls))[\s>]")
"""How either begins: messages may hold anything as words."""


def kind_and_type(head: bytes, name: str) -> tuple[str, str]:
    """The kind of evidence that a file most likely is, and its media type.

    Args:
        head: Its first bytes, `MAX_HEAD_BYTES` at most.
        name: As it came.
    """
    media_type = media_type_of(head[:MAX_SIGNATURE_BYTES])
    if media_type in _MAY_HOLD_MESSAGES or head.startswith(_TAR, _TAR_AT):
        found = _kind_by_reader(head, name)
        if found:
            return found, media_type
    return kind_of(media_type, name), media_type


def _kind_by_reader(head: bytes, name: str) -> str:
    """The kind that all who are surest read; empty where that is not sure, or not one."""
    from stalklog.readers.base import MAYBE  # noqa: PLC0415 - 0.2 s with all readers
    from stalklog.readers.table import find_surest  # noqa: PLC0415 - likewise

    try:
        sureness, readers = find_surest(head, name)
    except Exception:  # noqa: BLE001 - evidence outlives a reader's mistake
        return ""
    kinds = {KINDS.get(reader.name, CHAT) for reader in readers}
    if sureness <= MAYBE or len(kinds) != 1:
        return ""
    (kind,) = kinds
    if all(reader.name.startswith(_BACKUP) for reader in readers):
        begins = _CALLS.search(head.replace(b"\0", b""))
        return "call-log" if begins and begins[1] else kind
    return kind
