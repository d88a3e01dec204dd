"""In which order day and month stand in an export: proved by it, said by a person, or open.

First what the dates themselves leave possible; then files whose names hold their day, if these fit
one order alone; then what the person says. What is still open is kept both ways. How dates are
padded, how close together they lie and where the phone may come from are no proof. Only against a
year of two digits in front, which few phones write, it counts that the chat would go far back in
time by it, or be of one day of the month in many years.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Day  # noqa: N812 - a date that is written is something else here
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from stalklog.i18n import gettext
from stalklog.readers.whatsapp.day import parse_days
from stalklog.records.message import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.readers.whatsapp.day import Days
    from stalklog.records.message import DateOrder

ORDERS: Final[tuple[DateOrder, ...]] = ("dmy", "mdy", "ymd")
_SAMPLES: Final = 3
_FAR: Final = timedelta(days=180)
"""No clock that is put right, and no phone that was offline, moves a message so far."""
_MANY_YEARS: Final = 3
"""A message on the same day in two years is a birthday."""
_NO_LAST_DAY: Final = "9999-12-31"
"""By it no day is later than it can be."""


@dataclass(slots=True)
class Dates:
    """What is known of the dates of an export before it is decided."""

    days: dict[str, Days] = field(default_factory=dict)
    """Of each date as written, what it can mean; doubtful messages are not among them."""
    named: Iterable[tuple[str, str]] = ()
    """Dates as written, each with the day that the name of a file beside it tells; looked for only
    if the dates themselves do not tell."""


@dataclass(frozen=True, slots=True)
class Order:
    """How dates are read."""

    value: DateOrder | None
    """The order; None where it is open."""
    live: frozenset[DateOrder]
    """The orders in question; of a date that fits none of them, all are."""

    def read(self, days: Days) -> tuple[str, ...]:
        """The days that a date may be: one, unless it is open."""
        if self.value in days.all:
            return (days.all[cast("DateOrder", self.value)],)
        orders = (self.live & days.all.keys()) or days.likely
        return tuple(dict.fromkeys(days.all[order] for order in ORDERS if order in orders))


def decide(
    dates: Dates, said: DateOrder | None, lines: Mapping[str, str]
) -> tuple[Order, Decision | None]:
    """The order, and what is written down of the decision; nothing where nothing had to be decided.

    Args:
        dates: Of the export.
        said: What the person says.
        lines: To each date as written, a line in which it stands.
    """
    known = [days for days in dates.days.values() if days.all]
    if not known:
        return Order(said, frozenset()), None
    possible = _common(days.all.keys() for days in known)
    against = _against_year_in_front(known, possible)
    if against or any("ymd" not in days.likely for days in known):
        live = possible - {"ymd"} or possible
    else:
        live = possible
    if said and said in possible:
        live |= {said}  # an unlikely order is no proof against a person
    if len(live) == 1:
        (order,) = live
        return Order(order, live), _proved(order, dates, said, against)
    shown = tuple(order for order in ORDERS if order in (live or {"dmy", "mdy"}))
    named = _named(dates, live) if live else None
    if named:
        reason = gettext("The day stands in the name of a file that came with a message.")
        return Order(named, live), Decision(
            "date_order", named, "file", reason + _denied(named, said)
        )
    samples = _samples(dates, shown, lines)
    if not samples:
        return Order(said if said in live else None, live), None
    if said and (said in live or not live):
        reason = gettext("The dates can be read in more than one way.")
        return Order(said, live), Decision("date_order", said, "person", reason, samples, shown)
    reason = (
        gettext("Nothing there proves which.")
        if live
        else gettext("Some of the dates can only be read day first, others only month first.")
    )
    return Order(None, live), Decision("date_order", "", "nobody", reason, samples, shown)


def _common(sets: Iterable[Iterable[DateOrder]]) -> frozenset[DateOrder]:
    """The orders that fit every date."""
    return frozenset(ORDERS).intersection(*sets)


def _against_year_in_front(known: list[Days], orders: frozenset[DateOrder]) -> str:
    """What speaks against it, where other orders fit as well; empty for nothing.

    Few phones write a year of two digits in front: it is no proof of that order that another one
    is as strange.
    """
    others = orders - {"ymd"}
    if "ymd" not in orders or not others:
        return ""
    days = _days(known, "ymd")
    if _steps_far(days) and not all(_steps_far(_days(known, one)) for one in others):
        return gettext("With the year in front the chat would go far back in time.")
    years = len({day.year for day in days})
    if years < _MANY_YEARS or len({day.day for day in days}) > 1:
        return ""
    told = gettext(
        "With the year in front all of it would be of one day of the month in {n} years."
    )
    return told.format(n=years)


def _days(known: list[Days], order: DateOrder) -> list[Day]:
    return [Day.fromisoformat(one.all[order]) for one in known]


def _steps_far(days: list[Day]) -> bool:
    """Whether a day is far before the one that stands above it."""
    return any(earlier - later > _FAR for earlier, later in pairwise(days))


def _proved(order: DateOrder, dates: Dates, said: DateOrder | None, against: str) -> Decision:
    """The decision where the dates leave one order; the date that shows it best is named."""
    if against and order != "ymd":
        return Decision("date_order", order, "file", against + _denied(order, said))
    known = {written: days for written, days in dates.days.items() if days.all}
    one = min(known, key=lambda written: len(known[written].likely))
    reason = gettext("{date} can be read in one way only.").format(date=one)
    if order != "ymd" and "ymd" in known[one].all:
        reason = gettext(
            "{date} can be read in one way only, unless the phone writes the year first."
        ).format(date=one)
    if len(known[one].likely) > 1:
        reason = gettext("Only one order fits all of its dates.")
    elif len(parse_days(one, _NO_LAST_DAY).likely) > 1:
        reason = gettext(
            "Read otherwise, {date} is later than the day on which the file was added."
        ).format(date=one)
    return Decision("date_order", order, "file", reason + _denied(order, said))


def _denied(order: DateOrder, said: DateOrder | None) -> str:
    if said in {None, order}:
        return ""
    return " " + gettext("It is not the order that was said: {said}.").format(said=said)


def _named(dates: Dates, live: frozenset[DateOrder]) -> DateOrder | None:
    """The one order by which dates are the days that stand in names of files."""
    fitting = {
        orders
        for written, day in dates.named
        if written in dates.days
        and (orders := frozenset(o for o in live if dates.days[written].all.get(o) == day))
    }
    single = {order for orders in fitting if len(orders) == 1 for order in orders}
    return single.pop() if len(single) == 1 else None


def _samples(
    dates: Dates, shown: tuple[DateOrder, ...], lines: Mapping[str, str]
) -> tuple[tuple[str, ...], ...]:
    """Lines whose date is not the same day in every order."""
    found: list[tuple[str, ...]] = []
    for written, days in dates.days.items():
        readings = [days.all.get(order) for order in shown]
        if len({*readings}) > 1 and all(readings) and written in lines:
            found.append((lines[written], *(_with_weekday(day or "") for day in readings)))
            if len(found) == _SAMPLES:
                break
    return tuple(found)


def _with_weekday(day: str) -> str:
    """`2024-02-03 Sat`: the three letters are the same in every language, and translated later."""
    return f"{day} {_WEEKDAYS[Day.fromisoformat(day).weekday()]}"


_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
