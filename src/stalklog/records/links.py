"""Which other entries a body names, by field."""

from __future__ import annotations

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
        "case.noted": (("set", "identifiers", "evidence"),),
        "report.made": (("ids",),),
        "package.made": (("ids",),),
    }
)
"""The path to each field that holds ids, for each type; a list on the way is walked."""


def links(type_name: str, body: JsonObject) -> Iterator[str]:
    """Every id that a body names, in the order of the fields; the body may be malformed."""
    for path in LINK_FIELDS.get(type_name, ()):
        yield from _walk(body, path)


def _walk(value: JsonValue, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif path:
        if isinstance(value, dict):
            yield from _walk(value.get(path[0]), path[1:])
    elif isinstance(value, str):
        yield value
