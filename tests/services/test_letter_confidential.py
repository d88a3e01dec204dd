"""What of the person stands in a letter all the same is found and told; nothing is struck out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.services.letter_confidential import confidential_in

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

HERS: JsonObject = {
    "alias": "Ms A",
    "operator": "Example Trust",
    "name": "Asha Udaharan",
    "contact": "+91 55555 09876, quiet.bird@example.org",
    "safe_contact": "the sister, 055555-04321, evenings",
}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("As recorded: “ASHA, answer me”", "name"),
        ("write to Quiet.Bird@example.org.", "contact"),
        ("we call 05555509876", "contact"),
        ("we call (+91) 55555 09876", "contact"),
        ("we call 0091-55555-04321 then", "safe_contact"),
    ],
)
def test_it_is_found_however_it_is_written(line: str, field: str) -> None:
    assert confidential_in(HERS, f"To: Example Mail\n{line}\n") == {field: line}


def test_a_name_in_hindi_is_found_as_a_whole_word() -> None:
    case: JsonObject = {"name": "आशा"}
    assert confidential_in(case, "“आशा, जवाब दो”") == {"name": "“आशा, जवाब दो”"}
    assert confidential_in(case, "आशाओं के साथ, निराशा") == {}


@pytest.mark.parametrize(
    "line",
    [
        "Ms A, Example Trust, evenings, the sister",
        "Ashan, ashamed, xquiet.bird@example.org, quiet.bird@example.organic",
        "+91 55555 098760, 2026-10-09 17:11:00 UTC, 55555",
        "SHA-256 5b66a43b63c410c84c5bc4a0f7bb9363a35617cd15b1c3a1dd4df5d2c7a34b17",
    ],
)
def test_what_only_looks_like_it_is_not(line: str) -> None:
    assert confidential_in(HERS, line) == {}


def test_a_long_line_is_told_by_its_beginning() -> None:
    told = confidential_in(HERS, "T-0001: " + "x " * 100 + "Asha")["name"]
    assert told.startswith("T-0001: x")
    assert told.endswith("…")
    assert len(told) < 60
    assert confidential_in({}, "Asha") == {}
