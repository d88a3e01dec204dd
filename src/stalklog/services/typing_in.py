"""From what was typed to a record: times in the vault's zone, ids as the vault names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.services.entries import resolve_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.base import Occurred
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.vault.vault import Vault
