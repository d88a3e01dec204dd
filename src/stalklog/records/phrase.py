"""What a person typed for a time, taken apart into words whose every one is understood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records import vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CHARS = 200
"""Longer than any time that a person would type."""
_INVISIBLE = {ord(mark): None for mark in "\u200e\u200f\ufeff"}
"""Direction marks that phones put around the times that they copy."""
MAX_SPAN = 36_500
"""A hundred years of days: what is further away is a slip."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_OFFSET = r"[+-]\d{1,2}(?::?\d{2})?"


@dataclass(slots=True)
class Phrase:
    """The parts of a time that were named; each is named at most once."""

    about: bool = False
    days: list[tuple[int, int, int]] = field(default_factory=list)
    """The readings of a calendar date: year, month, day."""
    away: tuple[int, ...] = ()
    """The readings of a day as counted from today."""
    is_week_count: bool = False
    """Whether the day was counted in weeks, which is less close."""
    weekday: int | None = None
    which: str = ""
    """`last`, `next` or nothing, before the weekday."""
    clock: list[tuple[int, int, int]] = field(default_factory=list)
    """The readings of the time of day: hour, minute, second; hour 24 is the day's end."""
    is_half_day: bool = False
    """Whether the hour is one of twelve, and it was not said which half of the day."""
    part: str = ""
    """`morning`, `afternoon`, `evening`, `night`."""
    zone: str = ""
    """`+05:30`, a name such as `asia/kolkata`, or letters such as `ist`."""
    minutes_away: int | None = None
    """A moment as counted from now."""
    said: set[str] = field(default_factory=set)
    """Which parts were named so far."""

    def name(self, part: str) -> None:
        """Note that a part was named, and refuse it the second time."""
        if part in self.said:
            raise not_understood()
        self.said.add(part)


def not_understood() -> RecordNotValidError:
    """The time cannot be read in any way."""
    return RecordNotValidError(_("The time was not understood. Nothing was written."), hint=_hint())


def refuse(message: str) -> NoReturn:
    """Refuse a time, saying why.

    Raises:
        RecordNotValidError: Always.
    """
    raise RecordNotValidError(f"{message} {_('Nothing was written.')}", hint=_hint())


def _hint() -> str:
    return _("Write it like one of these: 2026-11-20 21:30, 20 Nov 2026 9:30 pm, yesterday 21:30")


def take_apart(text: str) -> Phrase:
    """Name every part of what was typed.

    Raises:
        RecordNotValidError: There is something in it that is not understood.
    """
    if len(text) > MAX_CHARS:
        refuse(_("The time is longer than a time can be."))
    rest = _plain(text)
    if not rest:
        refuse(_("The time is empty."))
    phrase = Phrase()
    while rest:
        rest = _take_one(phrase, rest).lstrip()
    return phrase


def _plain(text: str) -> str:
    """The same in small letters, ASCII digits and single spaces; only for reading."""
    shown = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).casefold()
    shown = unicodedata.normalize("NFC", shown)
    plain = "".join(_plain_char(char) for char in shown)
    plain = re.sub(r"(?<=\d)t(?=\d)", " ", plain)
    plain = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", plain)
    plain = plain.replace("~", " ~ ").replace(",", " ").replace("[", " ").replace("]", " ")
    return " ".join(plain.split())


def _plain_char(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Zs" or char in "\t\n":
        return " "
    if category[0] == "C" and char not in "\u200c\u200d":
        raise not_understood()
    return char


def _take_one(phrase: Phrase, rest: str) -> str:
    """Take the first part off, and give back what is left."""
    for pattern, take in _PATTERNS:
        found = _compiled(pattern).match(rest)
        if found is not None:
            take(phrase, found)
            return rest[found.end() :]
    raise not_understood()


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first tried: to compile them all takes longer than to read a time."""
    return re.compile(pattern)


def _year(text: str) -> int:
    year = int(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        refuse(_("The year is not between 1900 and 2199."))
    return year


def _take_year_first(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.days = [(_year(found[1]), int(found[3]), int(found[4]))]


def _take_year_last(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("day")
    year, first, second = _year(found[4]), int(found[1]), int(found[3])
    phrase.days = [(year, second, first)]
    if first != second:
        phrase.days.append((year, first, second))


def _take_day_month(phrase: Phrase, found: re.Match[str]) -> None:
    _take_named_month(phrase, found[1], found[2], found[3])


def _take_month_day(phrase: Phrase, found: re.Match[str]) -> None:
    _take_named_month(phrase, found[2], found[1], found[3])


def _take_named_month(phrase: Phrase, day: str, month: str, year: str) -> None:
    phrase.name("day")
    phrase.days = [(_year(year), words.MONTHS[month], int(day))]


def _take_yearless(_phrase: Phrase, _found: re.Match[str]) -> None:
    refuse(_("The day has no year in four digits, and none is guessed."))


def _take_digital(phrase: Phrase, found: re.Match[str]) -> None:
    _take_clock(phrase, found[1], found[2], found[3], found[4])


def _take_hour(phrase: Phrase, found: re.Match[str]) -> None:
    _take_clock(phrase, found[1], "0", None, found[2])


def _take_oclock(phrase: Phrase, found: re.Match[str]) -> None:
    _take_clock(phrase, found[1], found[2] or "0", None, None)
    phrase.is_half_day = 1 <= phrase.clock[0][0] <= 12  # noqa: PLR2004 - hours on a dial


def _take_clock(
    phrase: Phrase, hour_text: str, minute_text: str, second_text: str | None, half: str | None
) -> None:
    phrase.name("clock")
    hour, minute, second = int(hour_text), int(minute_text), int(second_text or 0)
    if hour == 24 and minute == second == 0:  # noqa: PLR2004 - ISO 8601's end of a day
        refuse(_("24:00 is better written as 00:00 of the next day."))
    if half is not None:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours on a dial
            refuse(_("With am or pm the hour is one of 1 to 12."))
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - the last of each
        refuse(_("There is no such time of day."))
    phrase.clock = [(hour, minute, second)]
    phrase.is_half_day = False


def _take_offset(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("zone")
    digits = found[2].replace(":", "")
    hours, minutes = int(digits[:-2] or 0) if len(digits) > 2 else int(digits), 0  # noqa: PLR2004
    if len(digits) > 2:  # noqa: PLR2004 - more than the hours
        minutes = int(digits[-2:])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:  # noqa: PLR2004 - no zone is further away
        refuse(_("There is no such offset from UTC."))
    if found[1] == "-" and hours == minutes == 0:
        refuse(_("-00:00 means that the offset is not known."))
    phrase.zone = f"{found[1]}{hours:02d}:{minutes:02d}"


def _take_ago(phrase: Phrase, found: re.Match[str]) -> None:
    _take_span(phrase, found[1], found[2], -1)


def _take_ahead(phrase: Phrase, found: re.Match[str]) -> None:
    _take_span(phrase, found[1], found[2], 1)


def _take_span(phrase: Phrase, count_text: str, unit: str, direction: int) -> None:
    phrase.name("day")
    count = 1 if count_text in {"a", "an", "one", "एक"} else int(count_text)
    if unit in words.UNIT_MINUTES:
        phrase.name("clock")
        phrase.minutes_away = direction * count * words.UNIT_MINUTES[unit]
        span = count
    else:
        span = count * words.UNIT_DAYS[unit]
        phrase.away = (direction * span,)
        phrase.is_week_count = words.UNIT_DAYS[unit] > 1
    if span > MAX_SPAN:
        refuse(_("That is more than a hundred years away."))


def _take_before_yesterday(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.away = (-2,)


def _take_after_tomorrow(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.away = (2,)


def _take_now(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.name("clock")
    phrase.minutes_away = 0


def _take_this_part(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.name("part")
    phrase.away, phrase.part = (0,), words.PARTS[found[1]]


def _take_last_night(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.name("part")
    phrase.away, phrase.part = (-1,), words.NIGHT


def _take_tonight(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.name("part")
    phrase.away, phrase.part = (0,), words.NIGHT


def _take_weekday(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("weekday")
    phrase.weekday = words.WEEKDAYS[found[2]]
    if found[1]:
        phrase.which = "last" if found[1] in words.PAST_WORDS else "next"


def _take_away(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("day")
    phrase.away = words.DAYS_AWAY[found[1]]


def _take_part(phrase: Phrase, found: re.Match[str]) -> None:
    phrase.name("part")
    phrase.part = words.PARTS[found[1]]


def _take_noon(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("clock")
    phrase.clock = [(12, 0, 0)]


def _take_midnight(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.name("clock")
    phrase.clock = [(0, 0, 0), (24, 0, 0)]


def _take_about(phrase: Phrase, _found: re.Match[str]) -> None:
    phrase.about = True


def _take_zone_word(phrase: Phrase, found: re.Match[str]) -> None:
    if "clock" not in phrase.said:
        raise not_understood()
    phrase.name("zone")
    phrase.zone = "+00:00" if found[1] in words.UTC_WORDS else found[1]


def _take_filler(_phrase: Phrase, _found: re.Match[str]) -> None:
    """A word that changes nothing."""


def _any(table: object) -> str:
    """One of these words, the longest first."""
    known = sorted((str(word) for word in table), key=len, reverse=True)  # type: ignore[attr-defined]
    return "(" + "|".join(re.escape(word) for word in known if word != "-") + ")"


_END = r"(?=\s|$)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_HALF = r"(?:\s?([ap]m))"
_ZONE_END = rf"(?=\s|$|z{_END}|{_OFFSET}{_END})"
_COUNT = r"(\d{1,6}|a|an|one|एक)"
_UNITS = _any([*words.UNIT_DAYS, *words.UNIT_MINUTES])

_PATTERNS: list[tuple[str, Callable[[Phrase, re.Match[str]], None]]] = [
    (rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_END}", _take_year_first),
    (rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_END}", _take_year_last),
    (rf"{_DAY}[ -]?(?:of )?{_any(words.MONTHS)}\.?[ -]?(\d{{4}}){_END}", _take_day_month),
    (rf"{_any(words.MONTHS)}\.?[ -]{_DAY}[ -](\d{{4}}){_END}", _take_month_day),
    (rf"{_DAY}[ -]?(?:of )?{_any(words.MONTHS)}\.?(?![^\s\d-])", _take_yearless),
    (rf"{_any(words.MONTHS)}\.?[ -]{_DAY}{_END}", _take_yearless),
    (rf"\d{{1,2}}([-/.])\d{{1,2}}\1\d{{2}}{_END}", _take_yearless),
    (rf"\d{{1,2}}[-/]\d{{1,2}}{_END}", _take_yearless),
    (rf"(\d{{1,2}})(?:[:.](\d{{2}}))?\s?{_any(words.OCLOCK_WORDS)}{_END}", _take_oclock),
    (
        rf"(\d{{1,2}})[:.](\d{{2}})(?:[:.](\d{{2}})(?:\.\d{{1,9}})?)?{_HALF}?{_ZONE_END}",
        _take_digital,
    ),
    (rf"(\d{{1,2}}){_HALF}{_ZONE_END}", _take_hour),
    (rf"at (\d{{1,2}})(){_END}", _take_oclock),
    (rf"(\d{{1,2}})()(?= (?:at|in the) {_any(words.PARTS)}{_END})", _take_oclock),
    (rf"(?:utc|gmt)?([+-])(\d{{1,2}}(?::?\d{{2}})?){_END}", _take_offset),
    (rf"{_COUNT} {_UNITS} {_any(words.AGO_WORDS)}{_END}", _take_ago),
    (rf"in {_COUNT} {_UNITS}{_END}", _take_ahead),
    (rf"{_COUNT} {_UNITS} from now{_END}", _take_ahead),
    (rf"(?:the )?day before yesterday{_END}", _take_before_yesterday),
    (rf"(?:the )?day after tomorrow{_END}", _take_after_tomorrow),
    (rf"(?:just )?now{_END}", _take_now),
    (rf"this {_any(words.PARTS)}{_END}", _take_this_part),
    (rf"last night{_END}", _take_last_night),
    (rf"tonight{_END}", _take_tonight),
    (
        rf"(?:{_any([*words.PAST_WORDS, *words.COMING_WORDS])} )?{_any(words.WEEKDAYS)}{_END}",
        _take_weekday,
    ),
    (rf"{_any(words.DAYS_AWAY)}{_END}", _take_away),
    (rf"{_any(words.PARTS)}{_END}", _take_part),
    (rf"{_any(words.NOON_WORDS)}{_END}", _take_noon),
    (rf"{_any(words.MIDNIGHT_WORDS)}{_END}", _take_midnight),
    (rf"{_any(words.ABOUT_WORDS)}{_END}", _take_about),
    (rf"{_any(words.FILLERS)}{_END}", _take_filler),
    (rf"([a-z]+(?:/[a-z0-9_+-]+)+|[a-z]{{1,5}}){_END}", _take_zone_word),
]
"""What a time can consist of, the longer forms first."""
