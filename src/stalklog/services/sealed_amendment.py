"""A correction in a sealed vault, which is written without reading what it corrects.

Nobody without the key knows what sort of entry `#41` is. But the names of the fields tell: where
they belong to one sort of record only, or mean the same in each, that is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.types import RECORD_TYPES
from stalklog.services.entries import name_for_writing
from stalklog.services.typing_in import read_change
from stalklog.vault.log import parse_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.vault.vault import Vault

_FIRST = "#0"
"""Every vault begins with the entry that says that it was made."""


def sealed_amendment(
    desk: Desk,
    vault: Vault,
    name: str,
    typed: Typed,
    unset: Sequence[str],
    ask_when: AskWhen | None,
) -> JsonObject:
    """The body of a correction, its reason left out, as far as it can be checked without the key.

    Raises:
        NoSuchEntryError: There is no such place in the chain.
        RecordNotValidError: A field fits no sort of record, or means different things in several.
    """
    named = name_sealed(vault, name)
    readings: list[JsonObject] = []
    refusals: list[RecordNotValidError] = []
    for type_name in _types(named):
        try:
            fields = _read(desk, vault, type_name, typed, unset, ask_when)
        except RecordNotValidError as error:
            refusals.append(error)
        else:
            readings.append(fields)
    if not readings:
        raise refusals[0]
    if any(reading != readings[0] for reading in readings):
        raise RecordNotValidError(
            _("What this means depends on what sort of entry it is. Nothing was written."),
            hint=_("Name it by its id, such as T-0003: stalklog list, with the passphrase."),
        )
    return {"amends": named, **readings[0]}


def name_sealed(vault: Vault, name: str) -> str:
    """How a correction names what it corrects, as far as it can be checked without the key.

    Raises:
        NoSuchEntryError: There is no such place in the chain.
        RecordNotValidError: It is one that cannot be corrected.
    """
    named = name_for_writing(vault, name)
    parts = parse_id(named)
    is_record = parts is None or (parts.amendment is None and parts.log in RECORD_TYPES)
    if named == _FIRST or not is_record:
        raise RecordNotValidError(
            _("{id} cannot be amended or withdrawn. Nothing was written.").format(id=named),
            hint=_("Name the entry itself, such as T-0003, not a correction of it."),
        )
    return named


def _types(named: str) -> list[str]:
    parts = parse_id(named)
    return list(RECORD_TYPES.values()) if parts is None else [RECORD_TYPES[parts.log]]


def _read(
    desk: Desk,
    vault: Vault,
    type_name: str,
    typed: Typed,
    unset: Sequence[str],
    ask_when: AskWhen | None,
) -> JsonObject:
    from stalklog.records.amendment import check_against  # noqa: PLC0415 - 12 ms, here only

    fields = read_change(type_name, typed, desk, vault, ask_when)
    reason = check_against(type_name, fields, unset)
    if reason is not None:
        raise RecordNotValidError(
            _("The correction does not fit: {reason}. Nothing was written.").format(reason=reason)
        )
    set_: JsonObject = {"set": fields} if fields else {}
    return {**set_, "unset": list(unset)} if unset else set_
