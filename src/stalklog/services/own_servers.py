"""Which mail servers the person vouches for: those noted in the case, so in the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.records.view import case as case_of

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.vault import Vault


def own_servers(vault: Vault) -> tuple[str, ...]:
    """Names and networks, as they were typed; empty where none is noted.

    Raises:
        PassphraseError: The vault is sealed, and the keys were not given.
    """
    return servers_in(case_of(vault.entries(("custody",))))


def servers_in(particulars: JsonObject) -> tuple[str, ...]:
    """The same out of the particulars of the case."""
    noted = particulars.get("trusted_by")
    return tuple(noted.replace(",", " ").split()) if isinstance(noted, str) else ()
