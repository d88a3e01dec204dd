r"""What a valid body looks like as canonical bytes: a pattern, made from its record.

Nearly every line of a vault is what it should be. One match of such a pattern proves it three times
faster than parsing, writing again and validating would: what it matches is canonical (keys in
order, no value left empty, no escape that need not be), holds no float, and is what the type says.
What it does not match may be valid all the same, and is for `schema.check_body` to judge: so a
pattern may leave out what is rare, and must never let through what is not valid.

Whether the bytes are UTF-8 is for the caller to ask. The patterns are plain: no step of theirs can
be taken in two ways, so a match fails in linear time.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from stalklog.records.base import Day, Moment
from stalklog.records.types import model_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from stalklog.records.base import Record

    Schema = dict[str, Any]

_PLAIN: Final = r'[^"\\\x00-\x1f]'
_ESCAPE: Final = r'\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f]))'
TEXT: Final = rf'"(?:{_PLAIN}+"|{_PLAIN}*(?:{_ESCAPE}{_PLAIN}*)+")'
"""A text that is not empty, escaped where it must be and nowhere else."""
_NEXT: Final = r'(?:,"(?!\})|(?=\}))'
"""Behind a field: the quote that begins the next one, or the end."""
_YEAR: Final = r"(?!0000)[0-9]{4}"
_MONTH_DAY: Final = (
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DAY: Final = rf"{_YEAR}-{_MONTH_DAY}"
"""A day of the calendar; the day that only leap years have is for others to judge."""
_MOMENT: Final = rf"{DAY}T{CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{CLOCK})"
_UNSURE: Final = re.compile(r"\[\^|\\[A-Za-z0-9]|(?<!\\)\.")
"""What a field's own pattern may not have: it could match what a text must escape."""


class NoPatternError(ValueError):
    """The record holds what no pattern can tell."""


@dataclass(frozen=True, slots=True)
class _Narrower:
    """What makes a record's rule hold, whatever its fields hold."""

    without: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    one_of: tuple[str, ...] = ()
    but: tuple[str, str] | None = None
    """A field, and the one of its words that it may not hold."""


_ANY: Final = _Narrower()
_RULES: Final[Mapping[str, _Narrower]] = MappingProxyType(
    {
        "Occurred": _Narrower(
            without=frozenset({"end"}), needed=frozenset({"start"}), but=("precision", "range")
        ),
        "Evidence": _Narrower(without=frozenset({"name_base64", "relative_path_base64"})),
        "Threat": _Narrower(one_of=("words", "behaviour", "recollection", "circumstances")),
        "Demand": _Narrower(one_of=("form", "words", "how", "to", "identifiers", "order")),
    }
)
"""By the record's name. A record that has a rule and does not stand here has no pattern."""


def body_pattern(type_name: str, captured: Collection[str] = ()) -> str:
    """A pattern of bytes that are certainly a valid body of this type, in canonical form.

    Args:
        type_name: Such as `threat.logged`.
        captured: The fields whose bytes are wanted, each as a group of its name.

    Raises:
        NoPatternError: The record holds what no pattern can tell.
    """
    schema = cast("Schema", model_of(type_name).__pydantic_core_schema__)
    shared = {one["ref"]: one for one in schema.get("definitions", ())}
    whole = schema["schema"] if schema["type"] == "definitions" else schema
    return _Grammar(shared).record(whole["schema"], captured, is_whole=True)


class _Grammar:
    def __init__(self, shared: Mapping[str, Schema]) -> None:
        self._shared = shared

    def record(
        self, schema: Schema, captured: Collection[str] = (), *, is_whole: bool = False
    ) -> str:
        model: type[Record] = schema["cls"]
        if model.has_rule() and (model.__name__ not in _RULES):
            raise NoPatternError(model.__name__)
        narrower = _RULES[model.__name__] if model.has_rule() else _ANY
        if narrower.one_of and not is_whole:
            raise NoPatternError(model.__name__)
        named = {*captured, *narrower.one_of}
        fields = "".join(self._fields(schema["schema"]["fields"], narrower, named))
        one_of = "".join(f"(?({name})|" for name in narrower.one_of)
        one_of += "(?!)" + ")" * len(narrower.one_of) if one_of else ""
        first = r'\{(?:"(?!\})|(?=\}))' if is_whole else r'\{"(?!\})'
        return first + fields + r"\}" + one_of

    def _fields(
        self, fields: Mapping[str, Schema], narrower: _Narrower, named: Collection[str]
    ) -> Iterator[str]:
        by_name = {field.get("validation_alias", name): field for name, field in fields.items()}
        for name in sorted(by_name.keys() - narrower.without):
            schema = by_name[name]["schema"]
            value = self._value(schema)
            if narrower.but is not None and name == narrower.but[0]:
                value = f"(?!{re.escape(json.dumps(narrower.but[1]))}){value}"
            if name in named:
                value = f"(?P<{name}>{value})"
            is_optional = schema["type"] == "default" and name not in narrower.needed
            field = f'{name}":{value}{_NEXT}'
            yield f"(?:{field}|)" if is_optional else field

    def _value(self, schema: Schema) -> str:
        match schema["type"]:
            case "definition-ref":
                return self._value(self._shared[schema["schema_ref"]])
            case "function-after" if schema["schema"]["type"] == "model":
                return self.record(schema["schema"])
            case "function-after":
                return _checked_text(schema["function"]["function"])
            case "nullable" | "default":
                return self._value(schema["schema"])
            case "tuple" if "max_length" not in schema:
                item = self._value(schema["items_schema"][0])
                return rf"\[(?:{item}(?:,(?!\])|(?=\])))+\]"
            case _:
                return _plain_value(schema)


def _plain_value(schema: Schema) -> str:
    match schema["type"]:
        case "str" if "max_length" not in schema:
            return _text(schema.get("pattern"), schema.get("min_length", 1))
        case "int" if schema.get("ge") == 0 and schema.get("le", 0) >= 10**15:
            return "(?:0|[1-9][0-9]{0,14})"
        case "bool":
            return "(?:true|false)"
        case "literal":
            words = (re.escape(json.dumps(word)) for word in schema["expected"])
            return f"(?:{'|'.join(words)})"
        case _:
            raise NoPatternError(schema["type"])


def _text(pattern: str | None, at_least: int) -> str:
    if pattern is None and at_least == 1:
        return TEXT
    if pattern is None or not (pattern.startswith("^") and pattern.endswith("$")):
        raise NoPatternError("str")
    if _UNSURE.search(pattern):
        raise NoPatternError(pattern)
    return f'"(?=[^"]{{{at_least}}}){pattern[1:-1]}"'


def _checked_text(check: object) -> str:
    for kind, pattern in ((Moment, _MOMENT), (Day, DAY)):
        if any(getattr(part, "func", None) is check for part in get_args(kind)):
            return f'"{pattern}"'
    raise NoPatternError("function-after")
