"""Platforms to whose grievance officer one could write, by what the vault holds; none is chosen.

A platform is named by the app that was noted with an exhibit, by the kind of a chat export, and by
the web addresses of exhibits and of the accounts that are noted in the case. That something came by
it is what the record says, and no more.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError
from stalklog.safety.limits import MAX_LETTER_MAILS
from stalklog.services.letter_candidates import Candidate
from stalklog.services.letter_facts import accounts
from stalklog.services.letter_material import text, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.records.view import Shown
    from stalklog.services.letter_about import About
    from stalklog.vault.vault import Vault

_CHATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "csv": "LinkedIn / Reddit",
        "discord": "Discord",
        "google": "Google",
        "line": "LINE",
        "linkedin": "LinkedIn",
        "meta": "Instagram / Messenger",
        "reddit": "Reddit",
        "signal": "Signal",
        "skype": "Skype",
        "slack": "Slack",
        "snapchat": "Snapchat",
        "telegram": "Telegram",
        "whatsapp": "WhatsApp",
        "x": "X",
    }
)
"""Whose export a reader reads, by the first word of its name."""
_CHAT: Final = "chat-export"
_HOST: Final = re.compile(r"\s*(?:https?://)?(?:[^/?#@\s]*@)?([^/?#:\s@]+\.[^/?#:\s@.]{2,63})\.?(?:[:/?#].*)?",
                          re.IGNORECASE)  # fmt: skip
_PARTS_OF_A_SITE: Final = frozenset({"www", "m", "mobile", "web", "old"})
_LETTERS: Final = re.compile(r"[\W_]+")
_MAX_TYPED: Final = 2_000


def platforms(vault: Vault, about: About) -> Iterator[Candidate]:
    """The platforms, each with what names it: first those of the most exhibits and accounts."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for name, source in (*_of_exhibits(vault, about), *_of_accounts(about)):
        found.setdefault(_key(name), (name, {}))[1][source] = None
    for name, sources in sorted(found.values(), key=lambda one: -len(one[1])):
        yield Candidate(name, (), tuple(sources), "platform")


def _of_exhibits(vault: Vault, about: About) -> Iterator[tuple[str, str]]:
    chats = [one for one in about.exhibits if text(one, "kind") == _CHAT]
    read = {one.id: _chat(vault, one) for one in islice(chats, MAX_LETTER_MAILS)}
    for entry in about.exhibits:
        via = entry.fields.get("via")
        told = via if isinstance(via, dict) else {}
        named = (text_in(told, "app") or read.get(entry.id, ""),
                 _host(text_in(told, "url")), _host(text(entry, "url")))  # fmt: skip
        yield from ((name.strip(), entry.id) for name in named if name.strip())


def _of_accounts(about: About) -> Iterator[tuple[str, str]]:
    for one in accounts(about.material, about.wish.accounts):
        host = _host(one["value"]) if "://" in one["value"] or "/" in one["value"] else ""
        if host:
            yield host, one["value"]


def _chat(vault: Vault, entry: Shown) -> str:
    """Of which platform an export is; empty where that is not known."""
    from stalklog.services.contents import Contents  # noqa: PLC0415 - 60 ms, where there are chats

    with suppress(StalklogError), closing(Contents(vault, entry)) as contents:
        reader = contents.reader.name if contents.reader else ""
        return _CHATS.get(reader.partition("-")[0], "")
    return ""


def _host(url: str) -> str:
    """The site of a web address; empty for none."""
    found = _HOST.fullmatch(url[:_MAX_TYPED])
    if found is None:
        return ""
    labels = found[1].casefold().split(".")
    while len(labels) > 2 and labels[0] in _PARTS_OF_A_SITE:  # noqa: PLR2004 - name and ending
        del labels[0]
    return ".".join(labels)


def _key(name: str) -> str:
    """What is taken for the same: `Telegram`, `telegram.org`."""
    host = _host(name)
    return _LETTERS.sub("", host.rsplit(".", 2)[-2] if host else name.casefold())
