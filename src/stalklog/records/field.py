"""The fields of a record as a person names them, and what each takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from stalklog.records.base import ContactRef, Day, EvidenceRef, Occurred, Record, Ref, TargetRef

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["text", "choice", "yes-no", "day", "time", "id", "nested", "number"]
_IDS = (Ref, EvidenceRef, ContactRef, TargetRef)
_SINGULARS = {"witness": "witnesses"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it takes, and how often."""

    name: str
    """As in the record's body."""
    kind: Kind
    is_many: bool
    """Whether it holds several values."""
    choices: tuple[str, ...] = ()
    """What can be chosen from."""
    model: type[Record] | None = None
    """The record inside, for `nested`."""


@cache
def fields_of(model: type[Record]) -> Mapping[str, Field]:
    """All fields of a record, by the names that bodies use, in order."""
    fields = (
        _field(info.alias or name, info.annotation) for name, info in model.model_fields.items()
    )
    return MappingProxyType({field.name: field for field in fields})


def field_name(model: type[Record], typed: str) -> str | None:
    """The field that a person means: hyphens or underscores, one or several; None for none."""
    name = typed.strip().casefold().replace("-", "_")
    name = "occurred" if name == "when" else name
    names = fields_of(model)
    for candidate in (name, _SINGULARS.get(name, f"{name}s")):
        if candidate in names:
            return candidate
    return None


def _field(name: str, annotation: Any) -> Field:  # noqa: ANN401 - any type at all
    wanted = _without_none(annotation)
    is_many = get_origin(wanted) is tuple or get_origin(_bare(wanted)) is tuple
    if is_many:
        wanted = get_args(_bare(wanted))[0]
    bare = _bare(wanted)
    model = bare if isinstance(bare, type) and issubclass(bare, Record) else None
    choices = get_args(bare) if get_origin(bare) is Literal else ()
    return Field(name, _kind(wanted, bare), is_many, choices, model)


def _kind(wanted: object, bare: object) -> Kind:
    if wanted == Day:
        return "day"
    if wanted in _IDS:
        return "id"
    if get_origin(bare) is Literal:
        return "choice"
    if isinstance(bare, type) and issubclass(bare, Record):
        return "time" if bare is Occurred else "nested"
    return {bool: "yes-no", int: "number"}.get(bare, "text")  # type: ignore[call-overload,no-any-return]


def _without_none(annotation: Any) -> Any:  # noqa: ANN401 - any type at all
    if get_origin(annotation) in (Union, UnionType):
        return next(kind for kind in get_args(annotation) if kind is not NoneType)
    return annotation


def _bare(annotation: Any) -> Any:  # noqa: ANN401 - any type at all
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
