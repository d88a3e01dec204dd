"""Providers that could be written to: whose machines connected, or by what the vault holds of them.

Nobody is asked. A registry's answer is one that was kept before.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.errors import StalklogError
from stalklog.records.tags import REGISTRY_TAG
from stalklog.safety.limits import MAX_ANSWER_BYTES, MAX_LETTER_ANSWERS
from stalklog.services.letter_facts import accounts
from stalklog.services.letter_material import texts
from stalklog.services.originals import original_errors
from stalklog.trace.address import address_of
from stalklog.trace.rdap import RdapError, parse_registration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.services.letter_about import About
    from stalklog.services.letter_material import Material
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.rdap import Registration
    from stalklog.vault.vault import Vault

Why: TypeAlias = Literal["connected", "registry", "account", "platform"]
_HOST: Final = re.compile(
    r"\s*(?:https?://)?(?:[^/?#@\s]*@)?([A-Za-z0-9.-]+\.[A-Za-z]{2,63})(?:[/?#:].*)?"
)
"""An e-mail address, a web address or a domain, with the machine or domain in it."""
_MAX_TYPED: Final = 2_000
_MOST_CONTACTS: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider that could be written to."""

    name: str
    contacts: tuple[str, ...]
    """Where it takes reports of abuse; empty where that is not known."""
    ids: tuple[str, ...]
    """By what it is one: exhibits, the kept answer of a registry, or accounts of the case."""
    why: Why
    """`connected`: its own machines handed the mail over, or the mail never left it; `registry`:
    a registry named it; `account`: an account that is noted in the case is one of its own;
    `platform`: by what the record says, something came by it or stands there."""


def by_account(about: About, profiles: Profiles) -> Iterator[Candidate]:
    """The known providers of the accounts that the letter names."""
    found: dict[str, tuple[Profile, list[str]]] = {}
    for one in accounts(about.material, about.wish.accounts):
        host = _HOST.fullmatch(one["value"][:_MAX_TYPED])
        profile = profiles.of_domain(host[1]) if host else None
        if profile is not None:
            found.setdefault(profile.id, (profile, []))[1].append(one["value"])
    for profile, values in found.values():
        yield Candidate(profile.name, profile.contacts, tuple(values), "account")


def by_registry(vault: Vault, material: Material, addresses: Iterable[str]) -> Iterator[Candidate]:
    """Whom a registry named for these addresses, out of its answers in the vault."""
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
            yield Candidate(name, _contacts(found), (entry.id,), "registry")


def _contacts(found: Registration) -> tuple[str, ...]:
    """Those for reports of abuse; where none is, the most fitting first."""
    abuse = [one.email for one in found.contacts if one.is_abuse]
    others = [one.email for one in found.contacts]
    return tuple(dict.fromkeys(abuse or others))[:_MOST_CONTACTS]
