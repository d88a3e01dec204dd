"""What a check can find: every fault by its name, and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from stalklog.i18n import gettext as _

Severity: TypeAlias = Literal["fault", "warning", "info"]
Verdict: TypeAlias = Literal["intact", "damaged", "not-checked"]

_WARNINGS = frozenset(
    {
        "STATE_BAD",
        "TORN_TAIL",
        "CLOCK_BACKWARDS",
        "PERMISSIONS_WIDE",
        "LINK_UNRESOLVED",
        "KEY_MISSING",
    }
)
_INFORMATION = frozenset({"ORPHAN_OBJECT", "STRAY_FILE", "FOLDER_MISSING", "SEALED_NO_KEY"})
_UNCHECKED = frozenset(
    {"FILE_UNREADABLE", "OBJECT_UNREADABLE", "QUARANTINE_UNREADABLE", "SEALED_NO_KEY"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: data, never an exception."""

    code: str
    """Its name in docs/reference/vault-format.md."""
    where: str
    """The file of the vault, and the line where there is one: `logs/threats.jsonl:3`."""
    seq: int | None
    """The entry that it concerns, where one can be named."""
    message: str

    @property
    def severity(self) -> Severity:
        """How much it weighs: only a fault makes a vault damaged."""
        if self.code in _WARNINGS:
            return "warning"
        return "info" if self.code in _INFORMATION else "fault"

    @property
    def is_unchecked(self) -> bool:
        """Whether it says that something could not be read, not that it is wrong."""
        return self.code in _UNCHECKED


def unreadable(where: str, error: OSError) -> Finding:
    """That a file or folder of the vault cannot be read, which says nothing of what it holds."""
    reason = error.strerror or type(error).__name__
    message = _("it cannot be read ({reason})").format(reason=reason)
    return Finding("FILE_UNREADABLE", where or ".", None, message)


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Damaged by any fault; else not checked where something could not be read; else intact."""
    if any(found.severity == "fault" and not found.is_unchecked for found in findings):
        return "damaged"
    return "not-checked" if any(found.is_unchecked for found in findings) else "intact"
