"""Whether a body is what its type says, told fast enough to ask for every entry of a vault."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from stalklog.i18n import gettext as _
from stalklog.records.base import reason_of, reasons_of
from stalklog.records.form import form_of
from stalklog.records.types import TYPES, model_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject
    from stalklog.records.base import Record


def check_body(type_name: str, body: JsonObject) -> str | None:
    """Why a body is not what its type says, or None if it is.

    Returns:
        A short reason that names the field and never what it holds.
    """
    if type_name not in TYPES:
        return _("the type is not known")
    try:
        _validate(type_name)(body)
    except ValidationError as error:
        return reason_of(error)
    return None


def check_fields(model: type[Record], fields: JsonObject) -> str | None:
    """Why one of these values is not what its field takes; fields that are absent do not count."""
    try:
        form_of(model).validate_python(fields)
    except ValidationError as error:
        return next((reason for about, reason in reasons_of(error) if about in fields), None)
    return None


@cache
def _validate(type_name: str) -> Callable[[object], object]:
    return form_of(model_of(type_name)).validate_python
