"""A time that lies ahead is written down, and said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from stalklog.services.ahead import words_ahead
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.records import amend, log_contact, log_demand, log_threat
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.core.entry import JsonObject

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


@pytest.mark.parametrize(
    ("start", "is_said"),
    [
        ("2026-11-26T12:00:00Z", False),
        ("2026-11-26T12:10:00Z", False),
        ("2026-11-26T12:10:01Z", True),
        ("2026-11-26T17:41:00+05:30", True),
        ("2026-11-26T17:39:00+05:30", False),
        ("2062-11-26T12:00:00Z", True),
        ("not a time", False),
        (None, False),
    ],
)
def test_what_lies_ahead_is_said(start: str | None, *, is_said: bool) -> None:
    for field in ("occurred", "posted_at"):
        fields: JsonObject = {field: {"start": start, "precision": "minute"}}
        assert bool(words_ahead(fields, NOW)) == is_said
    assert words_ahead({"follow_up": "2062-11-26", "occurred": "2062"}, NOW) == ()


def test_it_is_said_in_the_words_that_were_typed() -> None:
    occurred: JsonObject = {"start": "2062-11-26T12:00:00Z", "as_typed": "26 Nov 2062 5:30 pm"}
    (told,) = words_ahead({"occurred": occurred}, NOW)
    assert "26 Nov 2062 5:30 pm" in told
    (told,) = words_ahead({"occurred": {"start": "2062-11-26T12:00:00Z"}}, NOW)
    assert "2062-11-26T12:00:00Z" in told


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=Still(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault", clock=Still())


def threat(desk: Desk, when: str) -> tuple[str, ...]:
    return log_threat(desk, {"when": [when], "words": ["I know where you work"]}).warnings


def demand(desk: Desk, when: str) -> tuple[str, ...]:
    return log_demand(desk, {"when": [when], "how": ["email"], "to": ["him"]}).warnings


def contact(desk: Desk, when: str) -> tuple[str, ...]:
    return log_contact(desk, {"when": [when], "agency": ["Police"], "kind": ["police"]}).warnings


def amended(desk: Desk, when: str) -> tuple[str, ...]:
    logged = log_threat(desk, {"words": ["again"], "precision": ["unknown"]})
    return amend(desk, logged.id, {"when": [when]}, reason="the day was wrong").warnings


def evidence(desk: Desk, when: str) -> tuple[str, ...]:
    file = desk.vault.with_name("shot.png")
    file.write_bytes(b"x")
    return add_evidence(desk, [file], {"when": [when]}).warnings


@pytest.mark.parametrize("log", [threat, demand, contact, amended, evidence])
def test_it_is_written_down_all_the_same(
    desk: Desk, log: Callable[[Desk, str], tuple[str, ...]]
) -> None:
    for when, is_said in (("25/11/2026 21:30", False), ("25/12/2026 21:30", True)):
        said = [told for told in log(desk, when) if "lies ahead" in told and when in told]
        assert bool(said) == is_said
        assert len(list(desk.open().entries())) > 1
