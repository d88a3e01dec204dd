"""From what a person typed to a record: one way for options, questions and `amend --set`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.base import reason_of
from stalklog.records.field import field_name, fields_of
from stalklog.records.schema import check_fields
from stalklog.records.typed_time import WHEN_KEYS, Times, read_occurred
from stalklog.records.typed_value import is_blank, nothing_written, read_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from stalklog.core.entry import JsonObject
    from stalklog.records.base import Occurred, Record

R = TypeVar("R", bound="Record")
FIXED = ("sha256", "size_bytes")
"""What identifies an original, which nobody types."""


def build(
    model: type[R],
    typed: Mapping[str, Sequence[str]],
    *,
    read_when: Callable[[str], Occurred],
    given: Mapping[str, object] | None = None,
    base: datetime | None = None,
) -> R:
    """A whole record from what was typed.

    Args:
        model: The record's class.
        typed: What was typed for each field, by name; `when`, `until`, `precision` and `basis`
            together make `occurred`.
        read_when: Reads one time, asking where it can be read in more than one way.
        given: Values that the program itself knows, as they stand in a body; they win.
        base: From when a span such as `+15d` counts, where the record has no time of its own.

    Raises:
        RecordNotValidError: A field is unknown, takes something else, or is needed and missing;
            nothing was written.
    """
    known = {name: value for name, value in (given or {}).items() if value is not None}
    values = {**_read(model, typed, Times(read_when, base)), **known}
    try:
        return model.model_validate(values, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _not_valid(reason_of(error)) from None


def read_fields(
    model: type[Record],
    typed: Mapping[str, Sequence[str]],
    *,
    read_when: Callable[[str], Occurred],
    base: datetime | None = None,
) -> JsonObject:
    """The fields that were typed, and only these, as a correction sets them.

    Args:
        model: The class of the record that is corrected.
        typed: As for `build`.
        read_when: As for `build`.
        base: From when a span counts: when the corrected record happened.

    Raises:
        RecordNotValidError: A field is unknown, cannot be changed, or takes something else;
            nothing was written.
    """
    values = _read(model, typed, Times(read_when, base))
    reason = check_fields(model, values)
    if reason is not None:
        raise _not_valid(reason)
    return values


def read_names(model: type[Record], names: Sequence[str]) -> list[str]:
    """The names of fields as they stand in a body, each once: for `unset`.

    Raises:
        RecordNotValidError: A field is unknown or cannot be changed; nothing was written.
    """
    return list(dict.fromkeys(_require_name(model, name) for name in names))


def _read(model: type[Record], typed: Mapping[str, Sequence[str]], times: Times) -> JsonObject:
    values: JsonObject = {}
    when, rest = _split(model, typed)
    if when:
        occurred = read_occurred(when, times)
        values["occurred"] = occurred.to_body()
        times = times.counted_from(occurred)
    for name, texts in rest.items():
        values[name] = read_values(fields_of(model)[name], texts, times)
    return values


def _split(
    model: type[Record], typed: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Sequence[str]], dict[str, list[str]]]:
    """Apart: what makes `occurred`, and all else under the names that bodies use."""
    when: dict[str, Sequence[str]] = {}
    rest: dict[str, list[str]] = {}
    for typed_name, texts in typed.items():
        if not texts:
            continue
        key = typed_name.strip().replace("-", "_")
        key = "when" if key == "occurred" else key
        if key in WHEN_KEYS and "occurred" in fields_of(model):
            _require_text(key, texts)
            when[key] = [*when.get(key, ()), *texts]
        else:
            name = _require_name(model, key)
            _require_text(name, texts)
            rest.setdefault(name, []).extend(texts)
    return when, rest


def _require_text(name: str, texts: Sequence[str]) -> None:
    if any(is_blank(text) for text in texts):
        raise RecordNotValidError(
            nothing_written(_("{field} was given without a value.").format(field=name))
        )


def _require_name(model: type[Record], typed_name: str) -> str:
    name = field_name(model, typed_name)
    if name is None:
        known = ", ".join(sorted(set(fields_of(model)) - set(FIXED)))
        raise RecordNotValidError(
            nothing_written(_("There is no such field in this record.")),
            hint=_("Its fields are: {fields}").format(fields=known),
        )
    if name in FIXED:
        raise RecordNotValidError(
            nothing_written(_("{field} is told from the original and cannot be changed.")).format(
                field=name
            )
        )
    return name


def _not_valid(reason: str) -> RecordNotValidError:
    return RecordNotValidError(
        nothing_written(_("The record is not complete or not valid: {reason}.")).format(
            reason=reason
        )
    )
