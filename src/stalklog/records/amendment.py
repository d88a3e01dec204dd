"""Corrections, which are entries of their own: nothing that was written is ever edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, StringConstraints

from stalklog.i18n import gettext as _
from stalklog.records.base import Many, Record, TargetRef, Word, is_plain, refusal
from stalklog.records.change import change_rule, changed_fields
from stalklog.records.schema import check_fields
from stalklog.records.types import RECORD_TYPES, model_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.core.entry import JsonObject, JsonValue

FIXED = frozenset({"sha256", "size_bytes"})
"""What identifies an original: it can be withdrawn, never amended."""


def _require_value(value: object) -> object:
    """Any value that an entry can hold, with nothing in it that is left out there."""
    if not is_plain(value):
        raise refusal(_("sets a field to no value, or to one that cannot be stored"))
    return value


AnyValue = Annotated[object, AfterValidator(_require_value)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]


class Amended(Record):
    """Some fields of an earlier record have another value, or none any more."""

    amends: TargetRef
    """The record that is corrected."""
    set: dict[FieldName, AnyValue] = Field(default_factory=dict)
    """The fields that have another value now, each whole."""
    unset: Many[FieldName] = ()
    """The fields that have none any more."""
    reason: Word
    """Why."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """Something changes, no field two ways at once, and never what identifies an original."""
        if not FIXED.isdisjoint(changed_fields(body)):
            return _("would change sha256 or size_bytes, which cannot be amended")
        return change_rule(body)


class Withdrawn(Record):
    """An earlier record no longer holds; it stays where it is."""

    withdraws: TargetRef
    """The record that is withdrawn."""
    reason: Word
    """Why."""


def check_against(
    target_type: str, changes: Mapping[str, JsonValue], unset: Iterable[str]
) -> str | None:
    """Why an amendment does not fit the type of what it amends, or None if it does.

    Rules that join several fields are for `schema.check_body` on the corrected record.

    Args:
        target_type: Such as `threat.logged`.
        changes: The amendment's `set`.
        unset: The amendment's `unset`.

    Returns:
        A short reason that names the field and never what it holds.
    """
    if target_type not in RECORD_TYPES.values():
        return _("entries of this kind cannot be amended")
    unset = tuple(unset)
    if not FIXED.isdisjoint({*changes, *unset}):
        return _("sha256 and size_bytes cannot be amended")
    return check_fields(model_of(target_type), dict(changes)) or _check_unset(target_type, unset)


def _check_unset(target_type: str, unset: Iterable[str]) -> str | None:
    fields = {
        field.alias or name: field for name, field in model_of(target_type).model_fields.items()
    }
    for name in unset:
        if name not in fields:
            return _("a field to unset is not known")
        if fields[name].is_required():
            return _("{field} cannot be left out").format(field=name)
    return None
