"""The days that a written date can mean, by the order of day, month and year in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from stalklog.readers.english_date import MONTHS
from stalklog.readers.whatsapp.grammar import MARKS, NAMED_DATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.records.message import DateOrder

    _Fields = tuple[DateOrder, int | None, int, int]

FIRST_DAY: Final = "2009-01-01"
"""WhatsApp began in 2009: no message is older."""
_ERAS: Final = {
    "R": 2018, "令和": 2018, "H": 1988, "平成": 1988, "S": 1925, "昭和": 1925, "民國": 1911,
    "BE": -543, "พศ": -543, "AD": 0, "CE": 0, "г": 0,  # noqa: RUF001
}  # fmt: skip
"""What is added to a year of each era to make it one of the common calendar."""
_FIELDS = re.compile(
    r"([^\W\d_]{0,2})(\d{1,4})\D+?(\d{1,2})[^\w]*[年月]?[^\w]*([^\W\d_]{0,2})(\d{1,4})(.*)"
)
_FILL = re.compile(f"[ .日\u00a0\u2009\u202f{MARKS}]")
_OTHER_DIGITS = re.compile(r"(?![0-9०-९])\d")  # noqa: RUF001
"""In the languages that write these, the year never stands first with two digits."""
_HYPHENS = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_BUDDHIST: Final = range(2400, 2700)
_COMMON: Final = range(1900, 2200)
_TWO_DIGITS: Final = 2
_MAX_DAY: Final = 31
_THAI: Final = range(52, 94)
"""Two digits of a Buddhist year from 2009 to 2050: as years of the common calendar they are none
in which there was a WhatsApp."""


@dataclass(frozen=True, slots=True)
class Days:
    """What one written date can mean."""

    all: Mapping[DateOrder, str]
    """By order: the day, `2024-02-03`, if it lies in a time in which it can have been written.
    Empty where it is no date."""
    likely: frozenset[DateOrder]
    """The same without a year of two digits that stands first where hardly any phone writes it."""


def parse_days(written: str, last_day: str) -> Days:
    """The days that a date can mean.

    Args:
        written: As the export has it.
        last_day: `2026-11-03`: a later day is impossible.
    """
    found: dict[DateOrder, str] = {}
    if named := NAMED_DATE.match(written):
        orders = _named_orders(named)
    else:
        fields = _FIELDS.match(written)
        orders = _orders(written, fields) if fields else []
    for order, year, month, day in orders:
        if year and 1 <= month <= 12 and 1 <= day <= _MAX_DAY:  # noqa: PLR2004 - months
            try:
                found[order] = date(year, month, day).isoformat()
            except ValueError:
                continue
    possible = {order: day for order, day in found.items() if FIRST_DAY <= day <= last_day} or found
    is_weak = {"ymd"} < possible.keys() and bool(_HYPHENS.match(written))
    return Days(possible, frozenset(possible) - ({"ymd"} if is_weak else set()))


def is_without_year(written: str) -> bool:
    """Whether a date with the name of a month, which may have a time beside it, tells no year."""
    named = NAMED_DATE.search(written)
    return named is not None and not named["year"]


def _named_orders(named: re.Match[str]) -> list[_Fields]:
    """The same day in every order: the name of a month can be read in one way only."""
    month = MONTHS.get(named["month"] or named["month2"], 0)
    year, day = int(named["year"] or 0), int(named["day"] or named["day2"])
    return [(order, year, month, day) for order in ("dmy", "mdy", "ymd")]


def _orders(written: str, fields: re.Match[str]) -> list[_Fields]:
    """Order, year, month and day, as far as the digits allow the order."""
    first_era, first, middle, last_era, last, behind = fields.groups()
    behind = _FILL.sub("", behind)
    one, two, three = int(first), int(middle), int(last)
    if first_era or len(first) > _TWO_DIGITS:
        return [("ymd", _year(first, first_era or behind), two, three)]
    year = _year(last, last_era or behind)
    found: list[_Fields] = [
        ("dmy", year, two, one),
        ("mdy", year, one, two),
    ]
    if (
        len(last) <= _TWO_DIGITS
        and not last_era
        and (one > _MAX_DAY or _may_begin(written, fields))
    ):
        found.append(("ymd", _year(first, ""), two, three))
    return found


def _may_begin(written: str, fields: re.Match[str]) -> bool:
    """Whether a year of two digits may stand first.

    So phones write in Nepali, Basque, Yakut and Korean, without a nought before day or month; with
    noughts and hyphens in Esperanto, and formerly in the French of Canada.
    """
    if _HYPHENS.match(written):
        return True
    is_so = ("/" in written or ". " in written) and not _OTHER_DIGITS.search(written)
    return is_so and not any(number.startswith("0") for number in (fields[3], fields[5]))


def _year(digits: str, era: str) -> int | None:
    """The year of the common calendar; None in a calendar that is not known."""
    year = int(digits)
    if era:
        added = _ERAS.get(era)
        if added is None or len(digits) > _TWO_DIGITS or added > 0:
            return None if added is None else year + added
    if len(digits) <= _TWO_DIGITS:
        return year + (2500 - 543 if year in _THAI or era in {"BE", "พศ"} else 2000)
    if year in _BUDDHIST:
        return year - 543
    return year if year in _COMMON else None
