"""One typed text, or several, as the value that a field takes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.country import is_country
from stalklog.records.field import fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.base import Record
    from stalklog.records.field import Field
    from stalklog.records.typed_time import Times

_YES = frozenset({"yes", "y", "true", "1", "हाँ", "हां", "haan"})
_NO = frozenset({"no", "n", "false", "0", "नहीं", "nahin"})
_SEPARATOR = re.compile(r"(?<!\\);")
_IGNORED = re.compile(r"[\s_/-]+")
_ALSO = {
    "computer": "computer or storage medium",
    "storagemedium": "computer or storage medium",
    "cd": "CD/DVD",
    "dvd": "CD/DVD",
    "gd": "GD/DD",
    "dd": "GD/DD",
    "incoming": "in",
    "outgoing": "out",
}
"""Other words for a choice, without blanks and hyphens."""


def nothing_written(sentence: str) -> str:
    """A sentence with what matters then: that nothing has changed."""
    return f"{sentence} {_('Nothing was written.')}"


def is_blank(text: str) -> bool:
    """Whether there is nothing in it but blanks."""
    return not text.strip()


def read_values(field: Field, texts: Sequence[str], times: Times) -> JsonValue:
    """What was typed for one field, once or several times, as its value in a body.

    Raises:
        RecordNotValidError: The field takes something else, or one value only.
    """
    if field.is_many:
        return [value for text in texts for value in _read_items(field, text, times)]
    if len(texts) > 1:
        raise _refusal(field.name, _("takes one value"))
    return _read_one(field, texts[0], times)


def _read_items(field: Field, text: str, times: Times) -> list[JsonValue]:
    """Ids and choices may also stand in one text, with commas between them."""
    if field.kind not in {"id", "choice"}:
        return [_read_one(field, text, times)]
    items = [item for item in text.split(",") if item.strip()]
    return [_read_one(field, item, times) for item in items]


def _read_one(field: Field, text: str, times: Times) -> JsonValue:
    match field.kind:
        case "day":
            return times.read_day(field.name, text)
        case "time":
            return times.read(field.name, text).to_body()
        case "nested":
            return _read_nested(field, text, times)
        case _:
            return _read_word(field, text)


def _read_word(field: Field, text: str) -> str | bool:
    match field.kind:
        case "choice":
            return _read_choice(field, text)
        case "yes-no":
            return _read_yes_no(field, text)
        case "id":
            return _read_id(text)
        case "text":
            if field.name == "country" and not is_country(text):
                raise _refusal(field.name, _("takes two letters, such as IN"))
            return text
        case _:
            raise _refusal(field.name, _("is counted by the program and cannot be typed"))


def _read_choice(field: Field, text: str) -> str:
    wanted = _plain(text)
    wanted = _plain(_ALSO.get(wanted, wanted))
    for choice in field.choices:
        if _plain(choice) == wanted:
            return choice
    raise _refusal(
        field.name, _("takes one of: {choices}").format(choices=", ".join(field.choices))
    )


def _plain(text: str) -> str:
    return _IGNORED.sub("", text.casefold())


def _read_yes_no(field: Field, text: str) -> bool:
    wanted = text.strip().casefold()
    if wanted in _YES or wanted in _NO:
        return wanted in _YES
    raise _refusal(field.name, _("takes yes or no"))


def _read_id(text: str) -> str:
    """The id in the form that entries have; `check_fields` tells whether it is one."""
    wanted = text.strip().upper()
    return f"#{wanted[1:]}" if wanted.startswith("@") else wanted


def _read_nested(field: Field, text: str, times: Times) -> JsonObject:
    model = field.model
    if model is None:  # pragma: no cover - a nested field always has one
        raise TypeError(field.name)
    return _read_pair(model, text) or _read_parts(field, model, text, times)


def _read_pair(model: type[Record], text: str) -> JsonObject | None:
    """`TYPE:VALUE`; the value is all that follows the first colon."""
    if model.pair is None:
        return None
    first, second = model.pair
    kind, colon, value = text.partition(":")
    if not colon or "=" in kind or is_blank(value):
        return None
    return {first: _read_choice(fields_of(model)[first], kind), second: value.strip()}


def _read_parts(field: Field, model: type[Record], text: str, times: Times) -> JsonObject:
    """`key=value; key=value`; the first part may do without `key=` where there is a shorthand."""
    typed: dict[str, list[str]] = {}
    for position, part in enumerate(_SEPARATOR.split(text)):
        if is_blank(part):
            continue
        key, value = _split_part(field, model, part, is_first=position == 0)
        typed.setdefault(key, []).append(value)
    inner = {key: replace(fields_of(model)[key], name=f"{field.name}.{key}") for key in typed}
    return {key: read_values(inner[key], texts, times) for key, texts in typed.items()}


def _split_part(field: Field, model: type[Record], part: str, *, is_first: bool) -> tuple[str, str]:
    typed_key, equals, value = part.partition("=")
    key = typed_key.strip().casefold().replace("-", "_").replace(" ", "_")
    if not equals and is_first and model.shorthand:
        key, value = model.shorthand, part
    if key not in fields_of(model) or is_blank(value):
        raise _refusal(field.name, _describe(model))
    return key, value.replace("\\;", ";").strip()


def _describe(model: type[Record]) -> str:
    keys = "; ".join(f"{name}=…" for name in fields_of(model))
    if model.pair is not None:
        first, second = model.pair
        choices = ", ".join(fields_of(model)[first].choices)
        return _("takes {first}:{second}, where {first} is one of: {choices}; or {keys}").format(
            first=first.upper(), second=second.upper(), choices=choices, keys=keys
        )
    return _("takes: {keys}").format(keys=keys)


def _refusal(name: str, what: str) -> RecordNotValidError:
    return RecordNotValidError(nothing_written(f"{name} {what}."))
