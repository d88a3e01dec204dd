"""Which other entries a body names, by field."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.core.entry import JsonObject, JsonValue

_EVIDENCE = (("derived_from",), ("for",))
_THREAT = (("evidence",), ("reported_to",), ("first_note",))
_CONTACT = (
    ("official_report", "copies"),
    ("sent",),
    ("proof_of_sending",),
    ("evidence_given", "ids"),
    ("regarding",),
)
_DEMAND = (
    ("identifiers", "evidence"),
    ("proof_of_sending",),
    ("proof_of_receipt", "id"),
    ("response", "id"),
)
LINK_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "evidence.added": _EVIDENCE,
        "threat.logged": _THREAT,
        "contact.logged": _CONTACT,
        "demand.made": _DEMAND,
        "entry.amended": (
            ("amends",),
            *(("set", *path) for path in (*_EVIDENCE, *_THREAT, *_CONTACT, *_DEMAND)),
        ),
        "entry.withdrawn": (("withdraws",),),
        "case.noted": (("set", "identifiers", "evidence"), ("add", "identifiers", "evidence")),
        "report.made": (("ids",),),
        "package.made": (("ids",),),
    }
)
"""The path to each field that holds ids, for each type; a list on the way is walked."""


_PLACE: Final = re.compile(r"#([0-9]{1,16})")
"""As long as a `seq` can be: what a stranger wrote may be a number that takes for ever to read."""


def place_of(link: str) -> int | None:
    """The place in the chain that a link such as `#41` names; None where it is no such link."""
    found = _PLACE.fullmatch(link)
    return int(found[1]) if found else None


def link_fields(type_name: str) -> tuple[str, ...]:
    """The fields of a body in which `links` looks."""
    return tuple(dict.fromkeys(path[0] for path in LINK_FIELDS.get(type_name, ())))


def links(type_name: str, body: JsonObject) -> Iterator[str]:
    """Every id that a body names, in the order of the fields; the body may be malformed."""
    for path in LINK_FIELDS.get(type_name, ()):
        if _leads_on(body, path):
            yield from _walk(body[path[0]], path[1:])


def _leads_on(body: JsonObject, path: tuple[str, ...]) -> bool:
    """Whether the first two steps of a path are there: mostly they are not."""
    value = body.get(path[0])
    return value is not None and not (
        len(path) > 1 and isinstance(value, dict) and path[1] not in value
    )


def _walk(value: JsonValue, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif path:
        if isinstance(value, dict):
            yield from _walk(value.get(path[0]), path[1:])
    elif isinstance(value, str):
        yield value
