"""The signing keys that the vault holds: what was answered when somebody asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.records.tags import KEY_TAG
from stalklog.services.answers import kept_answers
from stalklog.trace.dns_message import DnsError, askable, parse_answer
from stalklog.trace.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.vault.vault import Vault


def kept_keys(vault: Vault, names: Iterable[str]) -> dict[str, list[Published]]:
    """What the vault holds of these keys, the oldest answer first.

    Raises:
        PassphraseError: The vault is sealed, and the keys were not given.
    """
    wanted = {name.lower(): askable(name) for name in names}
    asked = set(wanted.values()) - {""}
    if not asked:
        return {}
    found: dict[str, list[Published]] = {}
    for kept in kept_answers(vault, KEY_TAG):
        try:
            told = parse_answer(kept.body)
        except DnsError:
            continue
        if told.name in asked:
            one = Published(told.texts, kept.asked_at, kept.asked_of, kept.id)
            found.setdefault(told.name, []).insert(0, one)
    return {name: found[known] for name, known in wanted.items() if known in found}
