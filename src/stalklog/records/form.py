"""The shape of a record as plain data: made from its model once, and checked without an object.

A model makes an object and fills in what is absent. To check a body neither is needed: the same
fields as a dictionary are checked three times as fast. Here too, and only here, a value that is no
value (null, an empty text, list or object) is refused, because a body leaves such a field out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import SchemaValidator, core_schema

from stalklog.i18n import gettext as _
from stalklog.records.base import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import CoreSchema

    from stalklog.core.entry import JsonObject
    from stalklog.records.base import Record

    Schema = dict[str, Any]


@cache
def form_of(model: type[Record]) -> SchemaValidator:
    """A validator for bodies of this record."""
    schema = cast("Schema", model.__pydantic_core_schema__)
    shared = {one["ref"]: one for one in schema.get("definitions", ())}
    whole = schema["schema"] if schema["type"] == "definitions" else schema
    return SchemaValidator(_form(whole, shared, is_whole=True))


def _form(schema: Schema, shared: dict[str, Schema], *, is_whole: bool = False) -> CoreSchema:
    """The same for plain data; records that several fields share are written out in each."""
    match schema["type"]:
        case "definition-ref":
            return _form(shared[schema["schema_ref"]], shared)
        case "function-after" if schema["schema"]["type"] == "model":
            return _record(schema["schema"], shared, is_whole=is_whole)  # its check is its rule
        case "nullable" | "default":
            return _form(schema["schema"], shared)
        case "tuple":
            item = _form(schema["items_schema"][0], shared)
            return core_schema.list_schema(item, min_length=1, strict=True)
        case _:
            return _value(schema, shared)


def _value(schema: Schema, shared: dict[str, Schema]) -> CoreSchema:
    match schema["type"]:
        case "function-after":
            return cast("CoreSchema", {**schema, "schema": _form(schema["schema"], shared)})
        case "str":
            return cast("CoreSchema", {"strict": True, "min_length": 1, **schema})
        case "dict":
            return cast("CoreSchema", {"min_length": 1, **schema})
        case "int" | "bool":
            return cast("CoreSchema", {"strict": True, **schema})
        case _:
            return cast("CoreSchema", schema)


def _record(schema: Schema, shared: dict[str, Schema], *, is_whole: bool) -> CoreSchema:
    model: type[Record] = schema["cls"]
    fields = schema["schema"]["fields"]
    form: CoreSchema = core_schema.typed_dict_schema(
        {
            field.get("validation_alias", name): core_schema.typed_dict_field(
                _form(field["schema"], shared), required=field["schema"]["type"] != "default"
            )
            for name, field in fields.items()
        },
        extra_behavior="forbid",
        strict=True,
    )
    if model.has_rule():
        return core_schema.no_info_after_validator_function(_checked(model.rule), form)
    if not is_whole and not any(field.is_required() for field in model.model_fields.values()):
        return core_schema.no_info_after_validator_function(_checked(_require_any), form)
    return form


def _checked(rule: Callable[[JsonObject], str | None]) -> Callable[[JsonObject], JsonObject]:
    def require(body: JsonObject) -> JsonObject:
        reason = rule(body)
        if reason is not None:
            raise refusal(reason)
        return body

    return require


def _require_any(body: JsonObject) -> str | None:
    return None if body else _("is there without a value")
