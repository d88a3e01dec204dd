"""When it happened, from the four things that are typed for it: when, until, precision, basis."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.base import Basis, Occurred, Precision
from stalklog.records.when import add_span, day_of, is_span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

WHEN_KEYS = ("when", "until", "precision", "basis")
"""What is typed, under these names, for the one field `occurred`."""
_BARE_CLOCK = re.compile(r"\s*\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Times:
    """How the times and days in one record are read."""

    read_one: Callable[[str], Occurred]
    """Reads one time, asking where it can be read in more than one way."""
    base: datetime | None = None
    """From when a span such as `+15d` counts."""

    def counted_from(self, occurred: Occurred) -> Times:
        """The same, with spans counted from when something happened, where that is known."""
        start = occurred.start_at()
        if start is None:
            return self
        is_named = occurred.tz is not None and occurred.tz[0] not in "+-"
        zone = ZoneInfo(occurred.tz) if is_named and occurred.tz else start.tzinfo
        return replace(self, base=start.astimezone(zone))

    def read(self, name: str, text: str) -> Occurred:
        """Read a time for a field.

        Raises:
            RecordNotValidError: It was not understood; the field is named.
        """
        try:
            return self.read_one(text)
        except RecordNotValidError as error:
            raise RecordNotValidError(f"{name}: {error.message}", hint=error.hint) from None

    def read_day(self, name: str, text: str) -> str:
        """Read a day, or a span such as `+15d`, for a field.

        Raises:
            RecordNotValidError: It was not understood, or there is nothing that it counts from.
        """
        if not is_span(text):
            return day_of(self.read(name, text)).isoformat()
        if self.base is None:
            raise _refusal(_("{field} counts from when it was, which is not known."), name)
        return add_span(self.base, text).isoformat()


def read_occurred(typed: Mapping[str, Sequence[str]], times: Times) -> Occurred:
    """When it happened, from what was typed under `WHEN_KEYS`.

    Raises:
        RecordNotValidError: It was not understood, or the parts contradict one another.
    """
    one = {key: _only(key, texts) for key, texts in typed.items()}
    precision = _choose("precision", one.get("precision"), get_args(Precision))
    basis = cast("Basis | None", _choose("basis", one.get("basis"), get_args(Basis)))
    when, until = one.get("when"), one.get("until")
    if precision == "unknown":
        return _unknown(basis, _join(when, until))
    if when is None:
        raise _refusal(_("Say when it was too, with {field}."), "when")
    occurred = _read_start(when, precision, times)
    if until is not None:
        occurred = _stretch(occurred, when, until, times)
    return _with(_narrow(occurred, precision), basis=basis)


def _unknown(basis: Basis | None, as_typed: str | None) -> Occurred:
    """A time that is not known, with what was typed for it, which nobody needs to understand."""
    try:
        return Occurred(precision="unknown", basis=basis, as_typed=as_typed)
    except ValidationError:
        raise _refusal(_("{field} holds characters that cannot be stored."), "when") from None


def _only(key: str, texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise _refusal(_("{field} takes one value."), key)
    return texts[0]


def _choose(key: str, text: str | None, choices: Sequence[str]) -> str | None:
    if text is None:
        return None
    wanted = text.strip().casefold()
    if wanted not in choices:
        message = _("{field} takes one of: {choices}.").replace("{choices}", ", ".join(choices))
        raise _refusal(message, key)
    return wanted


def _join(when: str | None, until: str | None) -> str | None:
    if when is None or until is None:
        return when or until
    return f"{when} until {until}"


def _read_start(when: str, precision: str | None, times: Times) -> Occurred:
    """A day that is only about right is a span of a whole day, so `about` is read along."""
    if precision != "about":
        return times.read("when", when)
    return _with(times.read("when", f"about {when}"), as_typed=when)


def _stretch(occurred: Occurred, when: str, until: str, times: Times) -> Occurred:
    """The same, up to another time; a bare time of day is one of the day on which it began."""
    text = until
    if _BARE_CLOCK.fullmatch(until) and occurred.start is not None:
        text = f"{occurred.start[:10]} {until}"
    last = times.read("until", text)
    if last.precision == "day":
        last = times.read("until", f"about {text}")
    end, start = last.end or last.start, occurred.start_at()
    reached = None if end is None else _with(last, start=end, end=None).start_at()
    if start is None or reached is None or reached < start:
        message = _("It ends before it starts: write the day of the end too, in {field}.")
        raise _refusal(message, "until")
    return _with(occurred, end=end, precision="range", as_typed=_join(when, until))


def _narrow(occurred: Occurred, precision: str | None) -> Occurred:
    """The same with the precision that the person gave, unless it says more than is known."""
    if precision is None or precision == occurred.precision:
        return occurred
    if precision == "exact" and (occurred.precision == "day" or occurred.end is not None):
        raise _refusal(_("{field} cannot be exact without one time of day."), "precision")
    if precision == "range" and occurred.end is None:
        raise _refusal(_("{field} can only be range with an end, in until."), "precision")
    end = None if precision == "day" else occurred.end
    return _with(occurred, precision=precision, end=end)


def _with(occurred: Occurred, **changes: object) -> Occurred:
    return Occurred.model_validate({**dict(occurred), **changes})


def _refusal(message: str, name: str) -> RecordNotValidError:
    return RecordNotValidError(f"{message.format(field=name)} {_('Nothing was written.')}")
