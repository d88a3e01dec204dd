"""Corrections, which are entries of their own: nothing that was written is ever edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, JsonValue, ValidationError, model_validator

from stalklog.i18n import gettext as _
from stalklog.records.base import Many, Record, TargetRef, Word, is_empty, reason_of, refusal
from stalklog.records.types import RECORD_TYPES, model_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIXED = frozenset({"sha256", "size_bytes"})
"""What identifies an original: it can be withdrawn, never amended."""
_FIELD = re.compile(r"[a-z0-9_]+")


def _require_field_name(name: str) -> str:
    if not _FIELD.fullmatch(name):
        raise refusal(_("names a field that is not known"))
    return name


FieldName = Annotated[Word, AfterValidator(_require_field_name)]


class Amended(Record):
    """Some fields of an earlier record have another value, or none any more."""

    amends: TargetRef
    """The record that is corrected."""
    set: Annotated[dict[str, JsonValue], Field(strict=False)] = Field(default_factory=dict)
    """The fields that have another value now, each whole."""
    unset: Many[FieldName] = ()
    """The fields that have none any more."""
    reason: Word
    """Why."""

    @model_validator(mode="after")
    def _require_change(self) -> Self:
        if not self.set and not self.unset:
            raise refusal(_("changes nothing"))
        for name in self.set:
            _require_field_name(name)
        if FIXED.intersection(self.set) or FIXED.intersection(self.unset):
            raise refusal(_("would change sha256 or size_bytes, which cannot be amended"))
        if not set(self.set).isdisjoint(self.unset):
            raise refusal(_("sets and unsets the same field"))
        return self


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
    return _check_set(target_type, changes) or _check_unset(target_type, unset)


def _check_set(target_type: str, changes: Mapping[str, JsonValue]) -> str | None:
    for name, value in changes.items():
        if is_empty(value):  # type: ignore[arg-type]
            return _("a field is set to no value: unset it instead")
        reason = _check_field(target_type, name, value)
        if reason is not None:
            return reason
    return None


def _check_field(target_type: str, name: str, value: JsonValue) -> str | None:
    """Try the field alone: complaints about other, absent fields do not count."""
    try:
        model_of(target_type).model_validate({name: value}, by_alias=True, by_name=False)
    except ValidationError as error:
        return reason_of(error, about=name)
    return None


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
