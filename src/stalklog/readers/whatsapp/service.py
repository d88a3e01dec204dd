"""What a record is: somebody's words, a call, a place, a poll, or what the service wrote.

Where the export was made in a language whose words are not known here, a record without a sender
is the service's, and every other one a message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.whatsapp.grammar import MARKS
from stalklog.readers.whatsapp.words import DELETED, MISSED_CALLS

if TYPE_CHECKING:
    from stalklog.records.message import MessageKind

_EDGES: Final = "\u200e\u200f\u202a\u202c \r\n.。।"
_DELETED: Final = frozenset(map(str.casefold, DELETED))
_AS_WRITTEN: Final = frozenset(
    f"{words[0].upper()}{words[1:]}{end}" for words in DELETED for end in ("", ".", "。", "।")
)
_LONGEST: Final = max(map(len, _AS_WRITTEN))
_MARKED: Final = ("\u200e", "This message was deleted by", "Deleted by admin")
_BY_ADMIN: Final = ("this message was deleted by admin", "deleted by admin")
_EDITED: Final = (
    "<this message was edited>", "<यह मैसेज एडिट किया गया>", "<diese nachricht wurde bearbeitet>",
    "<se editó este mensaje>", "<mensagem editada>", "<ce message a été modifié>",
    "<questo messaggio è stato modificato>", "<dit bericht is bewerkt>",
    "<bu mesaj düzenlendi>",
)  # fmt: skip
_CALL = re.compile(
    r"(?:(?:missed|silenced|unanswered) )?(?:group )?(?:voice|video) call(?:[,. \u200e]|\Z)"
    r"|मिस्ड (?:ग्रुप )?(?:वॉइस|वीडियो) कॉल|(?:verpasster )?(?:sprach|video)anruf"
    r"|(?:llamada|videollamada)(?: de voz| de video| grupal)?(?: perdida|,)"
    r"|appel (?:vocal|vidéo)(?: manqué|,)|chamada de (?:voz|vídeo)(?: perdida|,)"
    r"|(?:chiamata vocale|videochiamata)(?: persa|,)"
    rf"|{'|'.join(map(re.escape, MISSED_CALLS))}",
    re.IGNORECASE,
)
_POLL = re.compile(
    rf"[{MARKS}]{{0,2}}(?:POLL|पोल|UMFRAGE|ABSTIMMUNG|ANKET|ENCUESTA|SONDAGE|ENQUETE|SONDAGGIO):\r?\n"
)
_LOCATION = re.compile(
    rf"[{MARKS}]{{0,2}}(?:[^\s:]{{2,25}}[:]?\s*https://maps\.google\.com/\?q=[-\d.]+,"
    r"|live location shared)",
    re.IGNORECASE,
)
_MAX_CHARS: Final = 200
"""What the service writes of a call or of a message that was deleted is shorter."""


def is_plain(body: str) -> bool:
    """Whether nothing in a record with a sender speaks for anything but words: so it is mostly."""
    return not (
        "<" in body
        or ")" in body
        or "\u200e" in body
        or (":" in body and (":\n" in body or ":\r" in body or "maps.google" in body))
        or "ive location" in body
        or "eleted by" in body
        or (len(body) <= _LONGEST and body in _AS_WRITTEN)
    )


def kind_of(body: str, *, has_sender: bool, is_iphone: bool, has_files: bool) -> MessageKind:
    """What a record is.

    Args:
        body: Its text.
        has_sender: Whether somebody is named before it.
        is_iphone: Whether an iPhone wrote it, which sets a mark before the service's words.
        has_files: Whether it names a file.
    """
    is_marked = body.startswith("\u200e")
    if _LOCATION.match(body):
        return "location"
    if _POLL.match(body):
        return "poll"
    if has_sender and not is_marked:
        return "message"
    bare = body.strip(_EDGES)
    if len(bare) <= _MAX_CHARS and _CALL.match(bare):
        return "call"
    if not has_sender:
        return "system"
    is_own = has_files or is_deleted(body) or not is_iphone or is_edited(body)
    return "message" if is_own else "system"


def is_deleted(body: str) -> bool:
    """Whether only the mark of a deleted message is left."""
    if body in _AS_WRITTEN:
        return True
    if not body.startswith(_MARKED) or len(body) > _MAX_CHARS:
        return False
    bare = body.strip(_EDGES).casefold()
    return bare in _DELETED or bare.startswith(_BY_ADMIN)


def is_edited(body: str) -> bool:
    """Whether the mark of a changed message stands behind it."""
    if ">" not in body[-3:]:
        return False
    bare = body.rstrip("\r\n \u200e")
    return bare[bare.rfind("<") :].replace(".>", ">").casefold() in _EDITED
