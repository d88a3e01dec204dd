"""Whom a registry named for an address, out of its answers in the vault; nobody is asked."""

from __future__ import annotations

from contextlib import closing, suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError
from stalklog.records.tags import REGISTRY_TAG
from stalklog.safety.limits import MAX_ANSWER_BYTES, MAX_LETTER_ANSWERS
from stalklog.services.letter_material import texts
from stalklog.services.originals import original_errors
from stalklog.trace.address import address_of
from stalklog.trace.rdap import RdapError, parse_registration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.services.letter_material import Material
    from stalklog.trace.rdap import Registration
    from stalklog.vault.vault import Vault

_MOST_CONTACTS: Final = 5


def named_for(
    vault: Vault, material: Material, addresses: Iterable[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """For each network: its name, where reports of abuse go, and the exhibit of the answer."""
    wanted = {address_of(one) for one in addresses}
    if not wanted:
        return
    answers = (one for one in reversed(material.entries) if REGISTRY_TAG in texts(one, "tags"))
    told: set[str] = set()
    for entry in islice(answers, MAX_LETTER_ANSWERS):
        with suppress(StalklogError, RdapError):
            with original_errors(), closing(vault.open_original(entry, must_seek=False)) as stream:
                found = parse_registration(stream.read(MAX_ANSWER_BYTES))
            name = found.organisation or found.name or found.handle
            values = (one.carries or one.value for one in wanted)
            if name in told or found.is_catch_all or not any(map(found.holds, values)):
                continue
            told.add(name)
            yield name, _contacts(found), entry.id


def _contacts(found: Registration) -> tuple[str, ...]:
    """Those for reports of abuse; where none is, the most fitting first."""
    abuse = [one.email for one in found.contacts if one.is_abuse]
    others = [one.email for one in found.contacts]
    return tuple(dict.fromkeys(abuse or others))[:_MOST_CONTACTS]
