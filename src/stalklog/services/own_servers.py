"""Which mail servers the person vouches for: those typed, and those noted in the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.records.view import case as case_of
from stalklog.trace.trust import is_trustable

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def require_trustable(typed: Iterable[str], option: str) -> None:
    """See that each can fit a machine or an address: what fits nothing would be passed over unseen.

    Args:
        typed: What was typed.
        option: Where, for the message.

    Raises:
        UsageError: One is neither a name nor a network.
    """
    if not all(map(is_trustable, typed)):
        raise UsageError(
            _(
                "{option} takes the name of a machine or a network, and this is neither, or is "
                "wider than any provider's. Nothing was done."
            ).format(option=option),
            hint=_("For example mx.example.org, or 192.0.2.0/24, or 2001:db8::/32."),
        )
