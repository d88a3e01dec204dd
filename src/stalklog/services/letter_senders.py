"""Which e-mails a letter lists without being told: those that the other person sent.

Somebody's evidence holds her own mails, those of a friend and tickets of an abuse desk, too. A
letter that lists them tells a stranger what she writes and to whom, and says of them what is not
so. Who sent one is told by the accounts that are noted in the case, and by nothing else: what
comes from another address is not said to be the other person's. It is left out and told, and
--for ID takes it all the same. docs/decisions/0041 says why.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError
from stalklog.i18n import mark
from stalklog.report.pattern.sender import Senders
from stalklog.safety.limits import MAX_LETTER_BOX_BYTES, MAX_LETTER_MAILS
from stalklog.services.letter_material import text, text_in
from stalklog.services.mail_header import ITEMS, MAIL, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Message, Party
    from stalklog.records.view import Shown
    from stalklog.services.contents import Contents
    from stalklog.services.letter_about import About
    from stalklog.vault.vault import Vault

WHY_NOT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "to-them": mark("sent to an account of the other person: it may be your own"),
        "own": mark("sent from an address that the case notes as yours"),
        "agency": mark("sent by an agency that a contact names"),
        "other-sender": mark("the sender is none of the accounts noted in the case"),
        "no-account": mark(
            "the case notes no account of the other person, so nobody can tell who sent it"
        ),
        "box": mark("a mailbox in which none of the accounts noted in the case sent anything"),
        "too-large": mark("a mailbox too large to be looked into for this"),
        "too-many": mark("so many are not looked into at once"),
        "not-read": mark("it could not be read"),
    }
)
"""Why an e-mail is not listed."""
_MAIL_TYPES: Final = frozenset(
    {
        "message/rfc822",
        "application/mbox",
        "application/x-ole-storage",
        "application/vnd.ms-outlook-pst",
    }
)
_MAIL_KINDS: Final = frozenset({"email", "mailbox"})
_READERS: Final = MAIL | ITEMS
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_OF_HER: Final = ("contact", "safe_contact")
"""The particulars in which an address of hers can stand: read here, shown nowhere."""


def not_theirs(vault: Vault, about: About, case: JsonObject) -> Mapping[str, str]:
    """The e-mails that a letter does not list by itself, each by its id, with a name of `WHY_NOT`.

    What an incident shows is listed: the person said so herself.

    Args:
        vault: Where they are.
        about: The letter, with everything that could be listed.
        case: All particulars, with hers.
    """
    look = _Look(vault, _Known.of(about, case))
    unnamed = (one for one in about.exhibits if one.id not in about.material.times)
    mails = [one for one in unnamed if _can_be_mail(one)]
    newest_first = {one.id: look.why_not(one) for one in reversed(mails)}
    found = ((one.id, newest_first[one.id]) for one in mails)
    return {name: why for name, why in found if why}


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose addresses the vault knows."""

    theirs: Senders
    own: frozenset[str]
    agencies: frozenset[str]

    @classmethod
    def of(cls, about: About, case: JsonObject) -> _Known:
        noted = about.material.case.get("identifiers")
        typed: list[JsonValue] = [{"kind": "account", "value": one} for one in about.wish.accounts]
        told = (
            (text(one, name) for name in ("agency", "person", "contact_details"))
            for one in about.material.in_log("contacts")
        )
        return cls(
            Senders([*(noted if isinstance(noted, list) else ()), *typed]),
            frozenset(_addresses(text_in(case, name) for name in _OF_HER)),
            frozenset(_addresses(one for texts in told for one in texts)),
        )

    def is_theirs(self, message: Message) -> bool:
        sender = _folded(message.sender)
        return sender not in self.own | self.agencies and bool(self.theirs.of(message.sender))

    def why_not(self, message: Message) -> str:
        """Why one mail is not the other person's; empty where it is."""
        if self.is_theirs(message):
            return ""
        sender = _folded(message.sender)
        if sender in self.own:
            return "own"
        if any(map(self.theirs.of, message.recipients)):
            return "to-them"
        if sender in self.agencies:
            return "agency"
        return "other-sender" if self.theirs else "no-account"


class _Look:
    """Looks into exhibits, so many mails in all."""

    def __init__(self, vault: Vault, known: _Known) -> None:
        self._vault = vault
        self._known = known
        self._left = MAX_LETTER_MAILS

    def why_not(self, entry: Shown) -> str:
        if self._left <= 0:
            return "too-many"
        from stalklog.services.contents import Contents  # noqa: PLC0415 - 60 ms, where there are

        try:
            with closing(Contents(self._vault, entry)) as contents:
                reader = contents.reader.name if contents.reader else ""
                if reader not in _READERS:
                    return ""  # a picture of a mail, say: it tells no sender
                return self._single(contents) if reader in SINGLE else self._box(contents)
        except StalklogError:
            return "not-read"

    def _single(self, contents: Contents) -> str:
        """Of one mail; what is inside it counts where a stranger handed it on."""
        self._left -= 1
        with closing(iter(contents)) as messages:
            first = next(messages, None)
            if first is None:
                return "not-read"
            why = self._known.why_not(first)
            is_handed_on = why in {"agency", "other-sender"}
            return "" if is_handed_on and any(map(self._known.is_theirs, messages)) else why

    def _box(self, contents: Contents) -> str:
        if not self._known.theirs:
            return "no-account"
        size = contents.entry.fields.get("size_bytes")
        if not isinstance(size, int) or size > MAX_LETTER_BOX_BYTES:
            return "too-large"
        with closing(iter(contents)) as messages:
            return "" if any(map(self._known.is_theirs, messages)) else "box"


def _can_be_mail(entry: Shown) -> bool:
    return text(entry, "media_type") in _MAIL_TYPES or text(entry, "kind") in _MAIL_KINDS


def _addresses(texts: Iterator[str]) -> Iterator[str]:
    for one in texts:
        yield from (found.casefold().strip(".") for found in _ADDRESS.findall(one))


def _folded(party: Party) -> str:
    return (party.id or party.label).strip().casefold().removeprefix("mailto:")
