"""Any text at all is a time, a question or a refusal, and the answer comes at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.errors import RecordNotValidError
from stalklog.records.base import Occurred
from stalklog.records.schema import check_fields
from stalklog.records.threat import Threat
from stalklog.records.typed import build
from stalklog.records.when import Ambiguous, read_follow_up, read_when

ZONES = ["Asia/Kolkata", "Europe/London", "America/St_Johns", "Africa/Cairo", "Pacific/Apia", "UTC"]
VOCABULARY = """
2026-11-20 20/11/2026 03/04/2024 31/04/2026 20.11.2026 20 Nov 2026 November 21:30 9:30 pm am a.m.
24:00 today yesterday tomorrow last next this Tuesday monday evening morning night tonight noon
midnight about ~ around ago days hours 2 3000 +05:30 -00:00 Z UTC IST BST CST EST Europe/London
आज कल परसों शाम रात बजे ९ २०२६ सोमवार of the at in now day before after , ; / : . + -
1900 2199 01:30 02:30 29/02/2024 2026-03-29 2026-10-25 5 weeks +15d +36h from
"""
WORDS = [*VOCABULARY.split(), "\u202f", "\u200d", "\u200e", "\x00"]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=8).map("".join),
)
MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2199, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)


@given(text=TEXTS, now=MOMENTS, zone=st.sampled_from(ZONES))
def test_any_text_is_a_time_a_question_or_a_refusal(text: str, now: datetime, zone: str) -> None:
    try:
        result = read_when(text, now=now, tz=ZoneInfo(zone))
    except RecordNotValidError as error:
        assert error.hint  # noqa: PT017 - a refusal is one of three good outcomes
        return
    found = [one for _label, one in result.readings] if isinstance(result, Ambiguous) else [result]
    assert len(found) >= (2 if isinstance(result, Ambiguous) else 1)
    for occurred in found:
        require_sound(occurred, text)
    if isinstance(result, Ambiguous):
        assert len({label for label, _one in result.readings}) == len(result.readings)


def require_sound(occurred: Occurred, text: str) -> None:
    start = occurred.start_at()
    assert start is not None
    assert start.utcoffset() is not None
    assert occurred.as_typed == text
    assert occurred.tz
    assert occurred.basis is None
    assert check_fields(Threat, {"occurred": occurred.to_body()}) is None
    if occurred.tz[0] not in "+-":
        assert start.utcoffset() == start.astimezone(ZoneInfo(occurred.tz)).utcoffset()


@given(text=TEXTS, base=MOMENTS)
def test_any_follow_up_is_a_day_or_a_refusal(text: str, base: datetime) -> None:
    try:
        read_follow_up(text, base=base)
    except RecordNotValidError:
        return


@given(
    typed=st.dictionaries(
        st.sampled_from(["when", "until", "precision", "basis", "witnesses", "evidence", "how"]),
        st.lists(TEXTS, min_size=1, max_size=2),
    )
)
def test_whatever_is_typed_gives_a_record_or_a_refusal(typed: dict[str, list[str]]) -> None:
    def read(text: str) -> Occurred:
        result = read_when(text, now=datetime(2026, 11, 24, 4, 30, tzinfo=UTC), tz=ZoneInfo("UTC"))
        return result.readings[0][1] if isinstance(result, Ambiguous) else result

    try:
        threat = build(Threat, {**typed, "words": ["invented"]}, read_when=read)
    except RecordNotValidError:
        return
    assert Threat.from_body(threat.to_body()) == threat


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_year_is_read_back_as_itself(zone: str) -> None:
    """With its offset each hour has one reading; without, one or two, and itself among them."""
    info = ZoneInfo(zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for _hour in range(0, 8760, 3):
        local = moment.astimezone(info).replace(minute=0)
        plain = read_when(f"{local:%Y-%m-%d %H:%M}", now=moment, tz=info)
        found = [one for _label, one in plain.readings] if isinstance(plain, Ambiguous) else [plain]
        assert local.isoformat() in [one.start for one in found]
        exact = read_when(local.isoformat(), now=moment, tz=info)
        assert isinstance(exact, Occurred)
        assert exact.start == local.isoformat()
        moment += timedelta(hours=3)
