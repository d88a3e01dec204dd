"""Which findings make a vault damaged, and which only say that it was not wholly read."""

from __future__ import annotations

import pytest

from stalklog.vault.findings import Finding, unreadable, verdict_of

FAULT = Finding("CHAIN_BROKEN", "logs/threats.jsonl:3", 7, "")
WARNING = Finding("TORN_TAIL", "state", None, "")
UNREAD = Finding("OBJECT_UNREADABLE", "objects/ab/x", 3, "")
"""A fault by its weight, but of the disk: nobody knows what is there."""
SEALED = Finding("SEALED_NO_KEY", "logs/entries.jsonl", None, "")
STRAY = Finding("STRAY_FILE", "x", None, "")


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((), "intact"),
        ((WARNING, STRAY), "intact"),
        ((UNREAD,), "not-checked"),
        ((SEALED,), "not-checked"),
        ((WARNING, SEALED, STRAY), "not-checked"),
        ((FAULT,), "damaged"),
        ((UNREAD, FAULT), "damaged"),
        ((FAULT, SEALED), "damaged"),
    ],
)
def test_a_fault_outweighs_what_was_not_read_and_that_outweighs_a_warning(
    findings: tuple[Finding, ...], verdict: str
) -> None:
    assert verdict_of(findings) == verdict
    assert verdict_of(findings[::-1]) == verdict


@pytest.mark.parametrize(
    ("finding", "severity"),
    [
        (FAULT, "fault"),
        (WARNING, "warning"),
        (UNREAD, "fault"),
        (SEALED, "info"),
        (STRAY, "info"),
        (Finding("A_NEW_CODE", "", None, ""), "fault"),
    ],
)
def test_what_is_not_known_to_be_harmless_is_a_fault(finding: Finding, severity: str) -> None:
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("where", "error", "told"),
    [
        ("logs/threats.jsonl", OSError(5, "Input/output error"), "Input/output error"),
        ("", OSError("no words for it"), "OSError"),
        ("", PermissionError(), "PermissionError"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(
    where: str, error: OSError, told: str
) -> None:
    found = unreadable(where, error)
    assert (found.code, found.where, found.seq) == ("FILE_UNREADABLE", where or ".", None)
    assert found.message == f"it cannot be read ({told})"
    assert verdict_of((found,)) == "not-checked"
