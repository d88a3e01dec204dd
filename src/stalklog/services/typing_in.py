"""From what was typed to a record: times in the vault's zone, ids as the vault names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.records.links import LINK_FIELDS
from stalklog.records.typed import build, read_fields
from stalklog.records.types import model_of
from stalklog.records.when import Ambiguous, read_when
from stalklog.services.entries import name_for_writing
from stalklog.services.formats import require_known_format
from stalklog.services.rule_day import day_by, taken_apart
from stalklog.services.times_zone import require_known_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.records.base import Occurred
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.vault.vault import Vault

_CASE = "case.noted"


def read_record(
    type_name: str, typed: Typed, desk: Desk, vault: Vault, ask_when: AskWhen | None = None
) -> JsonObject:
    """The body of a whole record.

    Raises:
        RecordNotValidError: A field does not fit, or what is needed is missing.
        NoSuchEntryError: A field names an entry that is not there.
    """
    typed, rule = taken_apart(typed)
    named = _with_ids(type_name, typed, vault)
    body = build(model_of(type_name), named, read_when=_reader(desk, ask_when)).to_body()
    if rule:
        body["follow_up"] = day_by(rule, body.get("occurred"), desk).isoformat()
    return body


def read_change(
    type_name: str, typed: Typed, desk: Desk, vault: Vault, ask_when: AskWhen | None = None
) -> JsonObject:
    """Some fields of a record, for what is completed or corrected.

    Raises:
        RecordNotValidError: A field does not fit.
        NoSuchEntryError: A field names an entry that is not there.
    """
    if type_name == _CASE:
        from stalklog.records.case import Case  # noqa: PLC0415 - 60 ms, for this command only

        return read_fields(Case, typed, read_when=_reader(desk, ask_when))
    named = _with_ids(type_name, typed, vault)
    fields = read_fields(model_of(type_name), named, read_when=_reader(desk, ask_when))
    require_known_format(fields)
    require_known_zone(fields)
    return fields


def _reader(desk: Desk, ask_when: AskWhen | None) -> Callable[[str], Occurred]:
    def read(text: str) -> Occurred:
        found = read_when(text, now=desk.clock.now(), tz=desk.zone())
        if not isinstance(found, Ambiguous):
            return found
        if ask_when is None:
            raise found.refusal()
        return ask_when(found)

    return read


def _with_ids(type_name: str, typed: Typed, vault: Vault) -> Typed:
    """The same, with `#41`, `@41` and `t-3` in fields that name entries as the vault names them."""
    plain = {path[0] for path in LINK_FIELDS.get(type_name, ()) if len(path) == 1}
    if plain.isdisjoint(typed):
        return typed

    def resolve(values: Sequence[str]) -> list[str]:
        return [name_for_writing(vault, value) for value in values]

    return {name: resolve(values) if name in plain else values for name, values in typed.items()}
