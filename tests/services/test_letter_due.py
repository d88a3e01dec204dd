"""A letter that is logged as sent sets off what is due; one that was only prepared does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.records.view import current
from stalklog.services.desk import Desk
from stalklog.services.dues import dues
from stalklog.services.letter_about import Wish
from stalklog.services.letter_log import Sending
from stalklog.services.letters import draft_letter, write_letter
from stalklog.services.records import amend, note_case
from stalklog.services.settings import Settings
from stalklog.services.status import status
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

SENT = Sending("2026-11-25 10:00", "e-mail")


class Noon:
    """A clock that stands still two hours after the letters were sent."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault", Noon())


def log(desk: Desk, folder: Path, kind: str, sending: Sending, **wish: object) -> str:
    to = {"to": "Example", **wish}
    path = folder / f"{kind}-{len(list(folder.iterdir()))}.txt"
    draft = draft_letter(desk, Wish(kind, **to), path)  # type: ignore[arg-type]
    logged = write_letter(desk, draft, sending).logged
    assert logged is not None
    return logged.id


def rules_of(desk: Desk) -> list[str]:
    return [one.rule.id if one.rule else one.kind for one in dues(desk, None).found.dues]


def done(desk: Desk) -> dict[str, int]:
    return {one.step.key: one.count for one in status(desk).steps}


def fields(desk: Desk, name: str) -> dict[str, object]:
    return next(dict(one.fields) for one in current(desk.open().entries()) if one.id == name)


def test_a_grievance_that_was_sent_has_the_days_of_the_it_rules(desk: Desk, tmp_path: Path) -> None:
    log(desk, tmp_path, "grievance", SENT, country="IN")
    found = {one.rule.id: one.end.on for one in dues(desk, None).found.dues if one.rule and one.end}
    assert str(found["in.it.ack"]) == "2026-11-26"
    assert str(found["in.it.3_1_b"]) == "2026-11-26"
    assert str(found["in.it.resolve"]) == "2026-12-02"


@pytest.mark.parametrize("kind", ["preserve", "abuse"])
def test_a_letter_to_a_provider_of_unknown_kind_is_asked_after(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    log(desk, tmp_path, kind, SENT)
    assert rules_of(desk) == ["any.notice.ack", "any.notice.chase"]
    assert done(desk)["provider"] == 1


@pytest.mark.parametrize("kind", ["preserve", "abuse", "grievance", "police", "stop"])
def test_a_letter_that_was_only_prepared_sets_off_nothing_and_fills_no_step(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    log(desk, tmp_path, kind, Sending(), country="IN")
    assert rules_of(desk) == []
    steps = done(desk)
    assert (steps["demand"], steps["provider"], steps["contacts"]) == (0, 0, 0)


def test_when_it_is_said_to_be_sent_the_days_appear(desk: Desk, tmp_path: Path) -> None:
    name = log(desk, tmp_path, "preserve", Sending())
    amend(desk, name, {"when": ["2026-11-25 10:00"]}, reason="sent")
    assert rules_of(desk) == ["any.notice.ack", "any.notice.chase"]
    assert done(desk)["provider"] == 1


def test_the_text_of_a_letter_saves_nothing_that_came(desk: Desk, tmp_path: Path) -> None:
    log(desk, tmp_path, "preserve", SENT)
    told = status(desk)
    assert (told.counts["evidence"], done(desk)["evidence"]) == (1, 0)


def test_a_day_to_ask_again_that_was_noted_with_it_stays(desk: Desk, tmp_path: Path) -> None:
    log(desk, tmp_path, "preserve", Sending(more={"follow_up": ["2026-12-01"]}))
    assert rules_of(desk) == ["follow_up"]


def test_a_reminder_that_was_only_prepared_answers_nothing(desk: Desk, tmp_path: Path) -> None:
    first = log(desk, tmp_path, "abuse", SENT)
    log(desk, tmp_path, "reminder", Sending(), ids=(first,))
    (one, *_others) = dues(desk, None).found.dues
    assert one.later == ()


def test_an_appeal_beyond_a_provider_goes_to_a_regulator_and_has_its_own_day(
    desk: Desk, tmp_path: Path
) -> None:
    note_case(desk, {"country": ["IN"]})
    first = log(desk, tmp_path, "grievance", Sending("2026-11-10 10:00", "e-mail"))
    appeal = log(desk, tmp_path, "escalation", SENT, ids=(first,))
    assert fields(desk, appeal)["kind"] == "regulator"
    assert fields(desk, appeal)["regarding"] == first
    assert "in.gac.decide" in rules_of(desk)


def test_the_country_is_noted_where_the_case_does_not_say_it(desk: Desk, tmp_path: Path) -> None:
    assert fields(desk, log(desk, tmp_path, "grievance", SENT))["country"] == "IN"
    note_case(desk, {"country": ["IN"]})
    assert "country" not in fields(desk, log(desk, tmp_path, "grievance", SENT))
