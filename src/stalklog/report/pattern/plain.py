"""The pattern as JSON, for programs: numbers, days and ids, with texts exactly as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.report.pattern.count import Around, Channel, Pair, Pattern


def to_json(found: Pattern) -> JsonObject:
    """All counts; periods and hours without anything are left out."""
    left = found.left_out
    return {
        "zone": found.zone,
        "incidents": found.total.incidents,
        "messages": found.total.messages,
        "first": _day(found.first),
        "last": _day(found.last),
        "days": found.days,
        "unit": found.unit,
        "periods_in_all": len(found.periods),
        "periods": [
            {
                "from": period.start.isoformat(),
                **_pair(period.counts),
                "steps": [step.id for step in period.steps],
            }
            for period in found.periods
            if period.steps or not period.counts.is_none
        ],
        "channels": [_channel(one) for one in found.channels],
        "identifiers": [_channel(one) for one in found.accounts],
        "hours": [
            {"hour": hour, **_pair(pair)}
            for hour, pair in enumerate(found.hours)
            if not pair.is_none
        ],
        "hour_not_known": _pair(found.hours_unknown),
        "audience": {name or "not_told": number for name, number in found.audience},
        "around": [_around(one) for one in found.around],
        "longest_gap": None
        if found.gap is None
        else {
            "from": found.gap.start.isoformat(),
            "to": found.gap.end.isoformat(),
            "days": found.gap.days,
        },
        "harms": dict(found.harms),
        "in_person": found.in_person,
        "breaches": found.breaches,
        "without_time": _pair(found.undated),
        "timed_too_roughly": _pair(found.rough),
        "messages_without_zone": found.without_zone,
        "not_counted": {
            "withdrawn": left.withdrawn,
            "messages_from_others": left.from_others,
            "messages_twice": left.twice,
            "exhibits_not_read": left.unread,
            "steps_without_time": left.steps,
        },
    }


def _around(one: Around) -> JsonObject:
    return {
        "id": one.step.id,
        "kind": one.step.kind,
        "on": one.step.when.first_day.isoformat(),
        "before": _pair(one.before),
        "days_before": one.days_before,
        "after": _pair(one.after),
        "days_after": one.days_after,
        "not_clear": _pair(one.unclear),
        "first_after": _day(one.first_after),
    }


def _channel(one: Channel) -> JsonObject:
    return {"label": one.label, **_pair(one.counts), "first": _day(one.first)}


def _pair(pair: Pair) -> JsonObject:
    return {"incidents": pair.incidents, "messages": pair.messages}


def _day(day: date | None) -> JsonValue:
    return None if day is None else day.isoformat()
