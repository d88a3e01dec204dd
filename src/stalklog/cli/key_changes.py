"""How the changes of the keys are told: on which day, who came and who went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim, ident
from stalklog.cli.telling import day_in_words, local
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext

if TYPE_CHECKING:
    from stalklog.core.entry import JsonValue
    from stalklog.vault.key_history import ChangeOfKeys, Reader, Role

_SHOWN_FIRST, _SHOWN_LAST = 12, 6
"""As many letters of a key as tell it from another; the whole stands in the entry."""


def role_in_words(role: Role) -> str:
    """Whose key it is."""
    return {
        "yours": _("yours"),
        "recovery": _("the recovery key"),
        "other": _("somebody else's"),
    }[role]


def show_key_changes(
    screen: Screen, changes: Sequence[ChangeOfKeys], zone: tzinfo, *, most: int | None = None
) -> None:
    """One line a change, the newest last; of many only the newest."""
    shown = changes if most is None else changes[-most:]
    earlier = len(changes) - len(shown)
    if earlier:
        count = ngettext("{n} earlier change: stalklog keys", "{n} earlier changes: stalklog keys",
                         earlier)  # fmt: skip
        screen.say("  ", dim(count.format(n=earlier)))
    for change in shown:
        screen.say(
            "  ", ident(f"#{change.seq}"), "  ", day_of(change, zone), "  ", change_in_words(change)
        )


def day_of(change: ChangeOfKeys, zone: tzinfo) -> str:
    """The day of a change, in that zone."""
    return _("day not known") if change.at is None else day_in_words(local(change.at, zone))


def change_in_words(change: ChangeOfKeys) -> str:
    """Who came and who went."""
    parts = (
        _("added: {keys}").format(keys=_keys(change.came)) if change.came else "",
        _("removed: {keys}").format(keys=_keys(change.went)) if change.went else "",
    )
    told = "; ".join(filter(None, parts))
    return told or _("nobody was added or removed (a new passphrase, for example)")


def key_changes_json(changes: Iterable[ChangeOfKeys]) -> list[JsonValue]:
    """The same as `--json` shows it."""
    return [
        {
            "seq": change.seq,
            "at": change.at,
            "came": [reader_json(reader) for reader in change.came],
            "went": [reader_json(reader) for reader in change.went],
        }
        for change in changes
    ]


def reader_json(reader: Reader) -> JsonValue:
    """Somebody whom the vault is sealed to."""
    return {"recipient": reader.recipient, "role": reader.role}


def _keys(readers: Iterable[Reader]) -> str:
    return ", ".join(
        f"{_shortened(reader.recipient)} ({role_in_words(reader.role)})" for reader in readers
    )


def _shortened(recipient: str) -> str:
    if len(recipient) <= _SHOWN_FIRST + _SHOWN_LAST:
        return recipient
    return f"{recipient[:_SHOWN_FIRST]}…{recipient[-_SHOWN_LAST:]}"
