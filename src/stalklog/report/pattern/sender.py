"""Which messages are from the other person: those of the identifiers that are noted in the case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Party

_DIGITS: Final = re.compile(r"\d")
_PHONE: Final = re.compile(r"[+(]?\d[\d\s().\-\u00a0\u2011]{5,}")
_NATIONAL_DIGITS: Final = 10
"""A number with and without the code of its country is the same from here on."""


class Senders:
    """The identifiers of the other person."""

    def __init__(self, identifiers: JsonValue) -> None:
        self._plain: dict[str, str] = {}
        self._phones: dict[str, str] = {}
        self._domains: dict[str, str] = {}
        for one in _objects(identifiers):
            kind, value = one.get("kind"), one.get("value")
            if isinstance(kind, str) and isinstance(value, str) and value.strip():
                self._take(kind, value)

    def __len__(self) -> int:
        """How many there are to compare with."""
        return len(self._plain) + len(self._phones) + len(self._domains)

    def of(self, sender: Party) -> str:
        """The identifier that a sender has, as it was noted; empty for none.

        The address or number counts; the label only where the format has nothing else, as whoever
        sends, or owns the phone, chooses that.
        """
        for name in (sender.id,) if sender.id else (sender.label,):
            found = self._plain.get(_folded(name)) or self._phone(name) or self._domain(name)
            if found:
                return found
        return ""

    def _take(self, kind: str, value: str) -> None:
        if kind == "phone":
            self._phones[_number(value)] = value
        elif kind == "domain":
            self._domains[_folded(value)] = value
        else:
            self._plain[_folded(value)] = value

    def _phone(self, name: str) -> str:
        return self._phones.get(_number(name), "") if _PHONE.fullmatch(name.strip()) else ""

    def _domain(self, name: str) -> str:
        _local, at, domain = _folded(name).rpartition("@")
        return self._domains.get(domain, "") if at else ""


def _folded(name: str) -> str:
    return name.strip().casefold().removeprefix("mailto:").removeprefix("@")


def _number(name: str) -> str:
    digits = "".join(str(int(digit)) for digit in _DIGITS.findall(name))
    return digits[-_NATIONAL_DIGITS:]


def _objects(value: JsonValue) -> Iterable[JsonObject]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
