"""The words of a letter that are not the template's: sorts of things, months, times."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from stalklog.core.clock import read_moment
from stalklog.letters.field import read_data
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

_DAY: Final = timedelta(days=1)


def word(group: str, key: str, language: str) -> str:
    """What something is called in a letter; a word that is not in the table stays as it is."""
    found = _table().get(group, {}).get(key)
    return found[language] if found else safe(key)


def is_word(group: str, key: str) -> bool:
    """Whether the table has it."""
    return key in _table().get(group, {})


def day_words(day: date, language: str) -> str:
    """A day as a letter is dated: `26 November 2026`."""
    return f"{day.day} {word('month', str(day.month), language)} {day.year}"


def moment_words(occurred: object, language: str) -> tuple[str, str]:
    """When something was, in UTC and on the clock where it was noted; empty where not known.

    Args:
        occurred: A record's `occurred`; anything else is a time that is not known.
        language: Of the letter.
    """
    body = occurred if isinstance(occurred, dict) else {}
    start, end = read_moment(body.get("start")), read_moment(body.get("end"))
    if start is None:
        return "", ""
    precision = str(body.get("precision", ""))
    if precision == "day":
        return _whole_days(start, end, _zone(start, body), language)
    zone = _zone(start, body)
    local = _span(start, end, zone, precision, language)
    utc = _span(_utc(start), None if end is None else _utc(end), "UTC", precision, language)
    return utc, local


def short_words(occurred: object, language: str) -> str:
    """When something was, in few words: in UTC to the minute, or the day alone; or nothing."""
    body = occurred if isinstance(occurred, dict) else {}
    start, end = read_moment(body.get("start")), read_moment(body.get("end"))
    if start is None:
        return ""
    if body.get("precision") == "day":
        return str(start.date())
    first = _utc(start)
    words = f"{first:%Y-%m-%d %H:%M}"
    if end is not None and end != start:
        last = _utc(end)
        words += f" - {last:%H:%M}" if last.date() == first.date() else f" - {last:%Y-%m-%d %H:%M}"
    elif body.get("precision") == "about":
        words = word("time", "about", language).format(at=words)
    return f"{words} UTC"


def utc_words(moment: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{_clock(_utc(moment))} UTC"


def _span(start: datetime, end: datetime | None, zone: str, precision: str, language: str) -> str:
    """The zone stands behind the last time: in Hindi, words follow on it."""
    if end is not None and end != start:
        key = "from-to" if precision == "exact" else "between"
        last = f"{_clock(end)} {zone}"
        return word("time", key, language).format(first=_clock(start), last=last)
    at = f"{_clock(start)} {zone}"
    return word("time", "about", language).format(at=at) if precision == "about" else at


def _whole_days(start: datetime, end: datetime | None, zone: str, language: str) -> tuple[str, str]:
    """A day whose hour is not known: in UTC the span that it can have been."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    last = first
    if end is not None and end > start:
        close = end - timedelta(microseconds=1)
        last = close.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        spans = word("time", "between", language).format(
            first=_clock(_utc(first)), last=utc_words(last + _DAY)
        )
    except OverflowError:  # the last day that a calendar has
        spans = f"{_clock(first)} UTC"
    days = f"{first.date()}" if first == last else f"{first.date()} - {last.date()}"
    local = word("time", "day", language).format(day=days, zone=zone)
    return spans, local


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _zone(start: datetime, body: Mapping[str, object]) -> str:
    offset = start.isoformat()[-6:]
    name = body.get("tz")
    is_named = isinstance(name, str) and name[:1] not in {"+", "-", ""}
    return f"{offset} {safe(str(name))}" if is_named else offset


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last day that a calendar has
        return moment


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = read_data("words")
    return found
