"""The reference lists every name that an answer can hold, with the words for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.services import lookup, signing_keys
from stalklog.trace import address, claims, edge, profile, rdap, received, signature, skew, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "trace.md"
TABLES: tuple[Mapping[str, str], ...] = (
    address.KINDS,
    claims.REASONS,
    edge.REASONS,
    profile.RESTS_ON,
    rdap.PROBLEMS,
    received.PROBLEMS,
    signature.STATES,
    skew.OBSERVATIONS,
    wording.PROVIDERS,
    lookup.STATES,
    signing_keys.STATES,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: next(iter(table)))
def test_each_name_stands_there_with_its_meaning(table: Mapping[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, meaning in table.items():
        assert f"| `{name}` | {meaning} |" in page


def test_each_provider_stands_there_with_what_it_rests_on() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for one in profile.load_profiles().mail:
        assert f"| {one.name} | {profile.RESTS_ON[one.rests_on]} | {one.basis} |" in page


def test_every_reason_without_an_origin_has_its_words() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in wording.WHY_NOT:
        assert f"| `{name}` |" in page
