"""The closed set of entry types: which log each stands in, and which record its body is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.records.base import Record

LOGS: Final = ("evidence", "threats", "contacts", "demands", "custody")
PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {"evidence": "E", "threats": "T", "contacts": "C", "demands": "D", "custody": "X"}
)
RECORD_LOGS: Final = ("evidence", "threats", "contacts", "demands")
"""The logs whose entries can be amended and withdrawn."""
RECORD_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "evidence": "evidence.added",
        "threats": "threat.logged",
        "contacts": "contact.logged",
        "demands": "demand.made",
    }
)
"""The one type of record that each of those logs holds, besides amendments and withdrawals."""

CORRECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"entry.amended": "amends", "entry.withdrawn": "withdraws"}
)
"""The types of entries that correct others, and the field of the body that names which."""


@dataclass(frozen=True, slots=True)
class EntryType:
    """A kind of entry."""

    name: str
    """As `type` in the entry: `threat.logged`."""
    log: str | None
    """The log that it stands in; None where it stands in the log of what it names or carries."""
    prefix: str | None
    """The letter of its ids; None likewise."""
    model: str
    """The class of its body, inside `stalklog.records`: `threat.Threat`, loaded when needed."""
    is_sealed_only: bool = False
    """Whether it occurs in sealed vaults alone."""


def _type(name: str, log: str | None, model: str, *, is_sealed_only: bool = False) -> EntryType:
    prefix = None if log is None else PREFIXES[log]
    return EntryType(name, log, prefix, model, is_sealed_only)


TYPES: Final[Mapping[str, EntryType]] = MappingProxyType(
    {
        entry_type.name: entry_type
        for entry_type in (
            _type("evidence.added", "evidence", "evidence.Evidence"),
            _type("threat.logged", "threats", "threat.Threat"),
            _type("contact.logged", "contacts", "contact.Contact"),
            _type("demand.made", "demands", "demand.Demand"),
            _type("entry.amended", None, "amendment.Amended"),
            _type("entry.withdrawn", None, "amendment.Withdrawn"),
            _type("vault.created", "custody", "custody.VaultCreated"),
            _type("case.noted", "custody", "case.CaseNoted"),
            _type("checkpoint.made", "custody", "custody.CheckpointMade"),
            _type("timestamp.added", "custody", "custody.TimestampAdded"),
            _type("witness.added", "custody", "custody.WitnessAdded"),
            _type("report.made", "custody", "custody.ReportMade"),
            _type("package.made", "custody", "custody.PackageMade"),
            _type("recovery.done", "custody", "custody.RecoveryDone"),
            _type("keys.changed", "custody", "custody.KeysChanged", is_sealed_only=True),
            _type("entry.carried", None, "custody.EntryCarried", is_sealed_only=True),
        )
    }
)


@cache
def model_of(type_name: str) -> type[Record]:
    """The record that the body of such an entry is.

    Raises:
        KeyError: There is no such type.
    """
    module, _dot, name = TYPES[type_name].model.rpartition(".")
    return cast("type[Record]", getattr(import_module(f"stalklog.records.{module}"), name))


def can_stand_in(type_name: str, log: str) -> bool:
    """Whether an entry of this type belongs in this log; a type that is not known never does."""
    entry_type = TYPES.get(type_name)
    if entry_type is None or log not in LOGS:
        return False
    if entry_type.log is not None:
        return entry_type.log == log
    return entry_type.is_sealed_only or log in RECORD_LOGS
