"""Make events and steps of the records and of the messages that were read in the exhibits."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.records.axis import standing, within_zones
from stalklog.records.bounds import bounds_of
from stalklog.report.pattern.event import Event, LeftOut, Step, When
from stalklog.report.pattern.sender import Senders
from stalklog.report.words import choice

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Message, Told
    from stalklog.records.view import Shown
    from stalklog.report.pattern.event import StepKind

_COUNTED: Final = frozenset({"message", "call", "post"})
"""Kinds of messages that somebody sends to somebody."""
_REPORTS: Final = frozenset({"report", "statement", "abuse-report", "takedown"})


class Gathering:
    """What was seen so far: entries first to last, and of each exhibit its messages."""

    def __init__(
        self,
        identifiers: JsonValue,
        zone: tzinfo,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self.events: list[Event] = []
        self.steps: list[Step] = []
        self._senders = Senders(identifiers)
        self._zone = zone
        self._since, self._until = since, until
        self._seen: set[bytes] = set()
        self._withdrawn = self._from_others = self._twice = self._unread = self._vague = 0

    def take(self, shown: Shown) -> None:
        """See one entry, corrected."""
        if shown.log == "threats":
            self._take_threat(shown)
        elif not shown.withdrawn and shown.log in {"demands", "contacts"}:
            self._take_step(shown)

    def see(self, shown: Shown, message: Message) -> None:
        """See one message of an exhibit that holds."""
        if message.kind not in _COUNTED or "unsent" in message.flags:
            return
        account = self._senders.of(message.sender)
        told = message.time
        when = self._told(told)
        if not self._is_between(self._placed(told)):
            return
        if not account:
            self._from_others += 1
        elif self._is_new(message):
            self.events.append(
                Event(
                    id=shown.id,
                    kind="message",
                    when=when,
                    channel=_channel(shown),
                    account=account,
                    audience=message.audience or "",
                )
            )
        else:
            self._twice += 1

    def miss(self) -> None:
        """See that an exhibit could not be read, or not wholly."""
        self._unread += 1

    def left_out(self) -> LeftOut:
        """What is not counted."""
        return LeftOut(
            withdrawn=self._withdrawn,
            from_others=self._from_others,
            twice=self._twice,
            unread=self._unread,
            steps=self._vague,
            has_identifiers=bool(self._senders),
        )

    def _take_threat(self, shown: Shown) -> None:
        fields = shown.fields
        when = self._occurred(fields.get("occurred"))
        if not self._is_within(when, shown.recorded_at):
            return
        if shown.withdrawn:
            self._withdrawn += 1
            return
        how = fields.get("how")
        harms = fields.get("threatened_harm")
        self.events.append(
            Event(
                id=shown.id,
                kind="incident",
                when=when,
                channel=choice("threats.how", how) if isinstance(how, str) else _("way not said"),
                harms=tuple(map(str, harms)) if isinstance(harms, list) else (),
                is_in_person=how == "in-person" or bool(fields.get("followed")),
                is_breach=bool(fields.get("breach_of_order")),
            )
        )

    def _take_step(self, shown: Shown) -> None:
        kind = _step_kind(shown)
        if kind is None:
            return
        when = self._occurred(shown.fields.get("occurred"))
        if when is None:
            self._vague += 1
        elif self._is_within(when, None):
            self.steps.append(Step(shown.id, kind, _step_label(shown), when))

    def _is_within(self, when: When | None, recorded_at: str | None) -> bool:
        """Whether it is in the time asked for; where it has none, by when it was recorded."""
        if when is not None:
            return self._is_between((when.first, when.last))
        moment = None if recorded_at is None else datetime.fromisoformat(recorded_at)
        return self._is_between(None if moment is None else (moment, moment))

    def _is_between(self, span: tuple[datetime, datetime] | None) -> bool:
        if span is None:
            return self._since is None and self._until is None
        if self._since is not None and span[1] < self._since:
            return False
        return self._until is None or span[0] <= self._until

    def _placed(self, told: Told | None) -> tuple[datetime, datetime] | None:
        """Where a message stands in time: what has no zone, as if it were in the vault's."""
        found = standing(told, self._zone)
        if told is None or found is None:
            return None
        moment, is_day = found.at, told.precision == "day"
        return moment, moment.replace(hour=23, minute=59, second=59) if is_day else moment

    def _is_new(self, message: Message) -> bool:
        """Whether it was not seen in another exhibit: by the service's id, or by all it says."""
        told = message.sent or message.received
        key = f"\0{message.native_id}" if message.native_id else "\0".join(
            (message.sender.id, message.sender.label, told.written if told else "",
             message.subject, message.text, *(one.sha256 for one in message.attachments))
        )  # fmt: skip
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16]
        is_new = digest not in self._seen
        self._seen.add(digest)
        return is_new

    def _occurred(self, occurred: JsonValue) -> When | None:
        found = bounds_of(occurred)
        if found is None or not isinstance(occurred, dict):
            return None
        precision = occurred.get("precision")
        if precision == "day":  # a day of the calendar, whatever the zone
            return When(*found, found[0].date(), found[1].date())
        first, last = (found[0],) * 2 if precision == "exact" else found
        days = [self._local(moment) for moment in (first, last)]
        hour = days[0].hour if precision == "exact" else None
        return When(first, last, days[0].date(), days[1].date(), hour)

    def _told(self, told: Told | None) -> When | None:
        """None where there is no time, or day and month can be read two ways."""
        if told is None or told.others:
            return None
        if told.instant is not None:
            if told.precision == "day":
                day = told.instant.date()
                return _day(day, has_zone=True)
            local = self._local(told.instant)
            return When(told.instant, told.instant, local.date(), local.date(), local.hour)
        if told.wall is None:
            return None
        wall = datetime.fromisoformat(told.wall).replace(tzinfo=UTC)
        if told.precision == "day":
            return _day(wall.date(), has_zone=False)
        first, last = within_zones(wall, wall)
        return When(first, last, wall.date(), wall.date(), wall.hour, has_zone=False)

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # the first and the last day that a calendar has
            return moment


def _day(day: date, *, has_zone: bool) -> When:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first, last = within_zones(start, start.replace(hour=23, minute=59, second=59))
    return When(first, last, day, day, has_zone=has_zone)


def _channel(shown: Shown) -> str:
    via = shown.fields.get("via")
    app = via.get("app") if isinstance(via, dict) else None
    if isinstance(app, str) and app:
        return app
    return choice("evidence.kind", str(shown.fields.get("kind") or _("file")))


def _step_kind(shown: Shown) -> StepKind | None:
    fields = shown.fields
    if shown.log == "demands":
        return "order" if fields.get("form") == "court-order" or "order" in fields else "demand"
    is_report = str(fields.get("purpose")) in _REPORTS and fields.get("direction") != "in"
    return "report" if is_report else None


def _step_label(shown: Shown) -> str:
    fields: JsonObject = shown.fields
    if shown.log == "demands":
        form = fields.get("form")
        return choice("demands.form", form) if isinstance(form, str) else ""
    return str(fields.get("agency") or "")
