"""Whether a body is what its type says, told fast enough to ask for every entry of a vault."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from stalklog.i18n import gettext as _
from stalklog.records.base import is_empty, reason_of
from stalklog.records.types import TYPES, model_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject, JsonValue


def check_body(type_name: str, body: JsonObject) -> str | None:
    """Why a body is not what its type says, or None if it is.

    Returns:
        A short reason that names the field and never what it holds.
    """
    if type_name not in TYPES:
        return _("the type is not known")
    try:
        _validator(type_name)(body, by_alias=True, by_name=False)
    except ValidationError as error:
        return reason_of(error)
    return _find_empty(body)


@cache
def _validator(type_name: str) -> Callable[..., object]:
    return model_of(type_name).__pydantic_validator__.validate_python


def _find_empty(fields: JsonObject) -> str | None:
    """The first field that is there but has no value: the format leaves such a field out."""
    for name, value in fields.items():
        if type(value) is str:
            if value:
                continue
        elif value and (isinstance(value, bool | int) or _is_full(value)):
            continue
        if is_empty(value) or isinstance(value, dict | list):
            return _("{field} is there without a value").format(field=name)
    return None


def _is_full(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return bool(value) and _find_empty(value) is None
    if isinstance(value, list):
        return bool(value) and all(_is_full(item) for item in value)
    return not is_empty(value)
