"""What every record is: frozen and strict, with no unnamed field and no time without a zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from stalklog.core.entry import JsonObject, JsonValue

T = TypeVar("T")

_NUMBER = r"(?:[0-9]{4}|[1-9][0-9]{4,15})"
_AMENDMENT = r"(?:\.[1-9][0-9]{0,8})?"
_KEY = re.compile(r"[a-z0-9_]+")
_SEQ = r"#(?:0|[1-9][0-9]{0,15})"
MAX_INTEGER = 2**53 - 1
"""Below 2^53 every JSON reader still counts exactly."""


def refusal(sentence: str) -> PydanticCustomError:
    """What a validator raises: our own sentence, which holds no word of the record."""
    return PydanticCustomError("rule", sentence.replace("{", "(").replace("}", ")"))


def _require_moment(text: str) -> str:
    """The pattern has seen to the offset; whether there was such a day, it cannot see."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise refusal(_("is not a moment that the calendar has")) from None
    return text


def _require_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise refusal(_("is not a day that the calendar has")) from None
    return text


Word = Annotated[str, StringConstraints(min_length=1)]
"""A text that must not be empty."""
Many = Annotated[tuple[T, ...], Field(strict=False)]
"""Several values, in the order in which they were given; in a body an array."""
Moment = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
        r"(?:Z|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_require_moment),
]
"""A moment with its offset (RFC 3339): `2026-11-20T21:30:00+05:30`."""
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_require_day),
]
"""A day of the calendar: `2026-11-20`."""
Zone = Annotated[
    str,
    StringConstraints(pattern=r"^(?:[+-][0-9]{2}:[0-9]{2}|[A-Za-z][A-Za-z0-9_+\-/]{0,63})$"),
]
"""An IANA name, `Asia/Kolkata`, or an offset, `+05:30`."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hex."""
Size = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
"""A number of bytes or of entries."""
Base64 = Annotated[
    str,
    StringConstraints(
        pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", min_length=4
    ),
]
"""Bytes in standard base64, padded."""
Ref = Annotated[str, StringConstraints(pattern=rf"^(?:[ETCDX]-{_NUMBER}{_AMENDMENT}|{_SEQ})$")]
"""The id of an entry: `T-0003`, an amendment `T-0003.1`, or a sequence number `#41`."""
TargetRef = Annotated[str, StringConstraints(pattern=rf"^(?:[ETCD]-{_NUMBER}|{_SEQ})$")]
"""The id of a record that can be amended or withdrawn."""
EvidenceRef = Annotated[str, StringConstraints(pattern=rf"^(?:E-{_NUMBER}|{_SEQ})$")]
"""The id of a piece of evidence."""
ContactRef = Annotated[str, StringConstraints(pattern=rf"^(?:C-{_NUMBER}|{_SEQ})$")]
"""The id of a contact with an agency."""

Precision = Literal["exact", "about", "day", "range", "unknown"]
Basis = Literal["memory", "witness", "device", "header"]


class Record(BaseModel):
    """A value that is written down once: frozen, strict, and with no field but its own."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )

    shorthand: ClassVar[str] = ""
    """The field that a text typed without `key=` is for; empty where there is none."""
    pair: ClassVar[tuple[str, str] | None] = None
    """The two fields that `TYPE:VALUE` is for, where that is how it is typed."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:  # noqa: ARG003 - for the records that join fields
        """Why fields that are each valid are not valid together, or None if they are.

        Args:
            body: The record as it stands in an entry; fields without a value are left out.
        """
        return None

    @model_validator(mode="after")
    def _require_rule(self) -> Self:
        reason = self.rule(self.to_body()) if self.has_rule() else None
        if reason is not None:
            raise refusal(reason)
        return self

    @classmethod
    def has_rule(cls) -> bool:
        """Whether this record joins fields by a rule."""
        return cls.rule.__func__ is not Record.rule.__func__  # type: ignore[attr-defined]

    def to_body(self) -> JsonObject:
        """The record as an entry's body: fields without a value are left out."""
        return _prune(self.model_dump(mode="json", by_alias=True, exclude_none=True))

    @classmethod
    def from_body(cls, body: Mapping[str, JsonValue]) -> Self:
        """The record that a body holds.

        Raises:
            RecordNotValidError: The body is not such a record; the message names the field only.
        """
        try:
            return cls.model_validate(dict(body), by_alias=True, by_name=False)
        except ValidationError as error:
            raise RecordNotValidError(
                _("The record is not valid: {reason}.").format(reason=reason_of(error))
            ) from None


class Occurred(Record):
    """When something happened, as far as it is known; a time without a zone cannot be held."""

    start: Moment | None = None
    """When it began, or the beginning of the span in which it was."""
    end: Moment | None = None
    """When it ended, or the end of the span in which it was."""
    precision: Precision
    """How closely the time is known: for `day` the time of day in `start` means nothing."""
    tz: Zone | None = None
    """The zone in which the time was meant: an IANA name or an offset."""
    basis: Basis | None = None
    """What the time rests on."""
    as_typed: Word | None = None
    """Exactly what was typed."""

    @classmethod
    def rule(cls, body: JsonObject) -> str | None:
        """A start unless the time is unknown, an end not before it, and for a range an end."""
        start, end = body.get("start"), body.get("end")
        if start is None:
            return None if body["precision"] == "unknown" and end is None else _("has no start")
        if end is None:
            return _("is a range without an end") if body["precision"] == "range" else None
        if datetime.fromisoformat(str(end)) < datetime.fromisoformat(str(start)):
            return _("ends before it starts")
        return None

    def start_at(self) -> datetime | None:
        """The start as an aware moment, where it is known."""
        return None if self.start is None else datetime.fromisoformat(self.start)


def reason_of(error: ValidationError) -> str:
    """A short reason why a record is not valid: the field by name, never what it holds."""
    return reasons_of(error)[0][1]


def reasons_of(error: ValidationError) -> list[tuple[str, str]]:
    """All reasons why a record is not valid, each with the top field it is about ("" for none)."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [(str(detail["loc"][0]) if detail["loc"] else "", _reason(detail)) for detail in details]


def _reason(first: ErrorDetails) -> str:
    where = [part for part in first["loc"] if isinstance(part, str) and _KEY.fullmatch(part)]
    kind = first["type"]
    if kind == "extra_forbidden":
        return _at(where[:-1], _("has a field that is not known"))
    if kind == "missing":
        return _at(where, _("is missing"))
    if kind == "rule":
        return _at(where, first["msg"])
    return _at(where, _("does not hold what it should"))


def _at(where: list[str], what: str) -> str:
    return f"{'.'.join(where)} {what}" if where else _("the record {what}").format(what=what)


def _prune(fields: JsonObject) -> JsonObject:
    pruned = ((name, _pruned(value)) for name, value in fields.items())
    return {name: value for name, value in pruned if not is_empty(value)}


def _pruned(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _prune(value)
    if isinstance(value, list):
        items = [_pruned(item) for item in value]
        return [item for item in items if not is_empty(item)]
    return value


def is_empty(value: JsonValue) -> bool:
    """Whether this is no value at all, which a body leaves out: null, or an empty text or list."""
    return not value and value is not False and not isinstance(value, int)


def is_plain(value: object) -> bool:
    """Whether an entry can hold this value, and nothing in it is one that is left out."""
    if isinstance(value, dict):
        return bool(value) and all(
            isinstance(name, str) and _KEY.fullmatch(name) and is_plain(item)
            for name, item in value.items()
        )
    if isinstance(value, list):
        return bool(value) and all(is_plain(item) for item in value)
    return isinstance(value, bool | int) or (isinstance(value, str) and bool(value))
