"""What becomes an event, what a step, and what is left out and said to be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from tests.report.ledger import Ledger, occurred
from tests.report.pattern.events import KOLKATA

from stalklog.records.message import Message, Party, Place, Told
from stalklog.records.view import current
from stalklog.report.pattern.gathering import Gathering

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Audience

CASE: JsonValue = [{"kind": "e-mail", "value": "him@example.org"}]
SENT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 30, tzinfo=UTC)
MAIL: JsonObject = {"kind": "email", "name": "a.eml"}


def gathered(
    ledger: Ledger, since: datetime | None = None, until: datetime | None = None
) -> Gathering:
    found = Gathering(CASE, KOLKATA, since, until)
    for shown in current(ledger.entries):
        found.take(shown)
    return found


def threat(ledger: Ledger, when: JsonObject, **fields: JsonValue) -> None:
    ledger.add("threat.logged", {"occurred": when, "words": "x", **fields})


def message(
    number: int = 1,
    *,
    sender: str = "him@example.org",
    told: Told | None = None,
    native_id: str = "",
    text: str = "x",
    audience: Audience | None = None,
    flags: tuple[str, ...] = (),
) -> Message:
    return Message(
        number=number,
        place=Place(),
        sender=Party("Him", sender),
        sent=told or Told("x", instant=SENT),
        native_id=native_id,
        text=text,
        audience=audience,
        flags=flags,
    )


def exhibit(body: JsonObject = MAIL) -> tuple[Gathering, object]:
    ledger = Ledger()
    ledger.evidence(b"x", body)
    (shown,) = current(ledger.entries)
    return Gathering(CASE, KOLKATA), shown


@pytest.mark.parametrize(
    ("when", "first", "last", "hour"),
    [
        (occurred("2026-11-20T20:00:00+00:00"), "2026-11-21", "2026-11-21", 1),
        (occurred("2026-11-20T00:00:00-08:00", "day"), "2026-11-20", "2026-11-20", None),
        (occurred("2026-11-20T23:30:00+05:30", "about"), "2026-11-20", "2026-11-21", None),
        (occurred("2026-11-20T21:00:00+05:30", "range", end="2026-11-21T03:00:00+05:30"),
         "2026-11-20", "2026-11-21", None),
        (occurred("2026-11-20T21:00:00+05:30", end="2026-11-21T03:00:00+05:30"),
         "2026-11-20", "2026-11-20", 21),
    ],
    ids=["exact", "day", "about", "range", "went on"],
)  # fmt: skip
def test_a_threat_has_its_day_and_hour_in_the_zone_of_the_vault(
    when: JsonObject, first: str, last: str, hour: int | None
) -> None:
    ledger = Ledger()
    threat(ledger, when)
    (found,) = gathered(ledger).events
    assert found.when is not None
    days = (found.when.first_day.isoformat(), found.when.last_day.isoformat(), found.when.hour)
    assert days == (first, last, hour)


def test_a_threat_brings_what_was_noted_of_it() -> None:
    ledger = Ledger()
    threat(ledger, {"precision": "unknown"}, how="in-person", threatened_harm=["death"],
           breach_of_order="12/2026")  # fmt: skip
    threat(ledger, occurred("2026-11-20T21:00:00+05:30"), followed="to the gate")
    first, second = gathered(ledger).events
    assert (first.when, first.channel, first.harms) == (None, "in person", ("death",))
    assert (first.is_in_person, first.is_breach) == (True, True)
    assert (second.is_in_person, second.is_breach, second.channel) == (True, False, "way not said")


def test_what_was_withdrawn_is_counted_as_left_out() -> None:
    ledger = Ledger()
    threat(ledger, occurred("2026-11-20T21:00:00+05:30"))
    ledger.withdraw("T-0001", "twice")
    found = gathered(ledger)
    assert (found.events, found.left_out().withdrawn) == ([], 1)


def test_steps_are_demands_orders_and_reports() -> None:
    ledger = Ledger()
    when = occurred("2026-11-20T21:00:00+05:30")
    for body in (
        {"occurred": when, "form": "formal"},
        {"occurred": when, "form": "police-warning"},
        {"occurred": when, "form": "court-order"},
        {"occurred": when, "words": "x", "order": {"no": "1"}},
        {"occurred": {"precision": "unknown"}, "words": "x"},
    ):
        ledger.add("demand.made", body)  # type: ignore[arg-type]
    for purpose, direction in (
        ("report", "out"),
        ("takedown", "out"),
        ("report", "in"),
        ("status", "out"),
    ):
        ledger.add("contact.logged", {"agency": "A", "kind": "police", "occurred": when,
                                      "purpose": purpose, "direction": direction})  # fmt: skip
    found = gathered(ledger)
    assert [(one.id, one.kind) for one in found.steps] == [
        ("D-0001", "demand"),
        ("D-0002", "demand"),
        ("D-0003", "order"),
        ("D-0004", "order"),
        ("C-0001", "report"),
        ("C-0002", "report"),
    ]
    assert found.left_out().steps == 1


def test_since_and_until_bound_it_all() -> None:
    ledger = Ledger()
    threat(ledger, occurred("2026-11-19T21:00:00+05:30"))
    threat(ledger, occurred("2026-11-21T21:00:00+05:30"))
    threat(ledger, {"precision": "unknown"})  # recorded on 1 September
    ledger.add("demand.made", {"occurred": occurred("2026-11-01T21:00:00+05:30"), "words": "x"})
    found = gathered(ledger, datetime(2026, 11, 20, tzinfo=UTC), LATE)
    assert [one.id for one in found.events] == ["T-0002"]
    assert found.steps == []
    early = gathered(ledger, until=datetime(2026, 11, 20, tzinfo=UTC))
    assert [one.id for one in early.events] == ["T-0001", "T-0003"]


def test_messages_of_the_identifiers_are_counted_and_others_left_out() -> None:
    found, shown = exhibit()
    found.see(shown, message(1, audience="alone"))  # type: ignore[arg-type]
    found.see(shown, message(2, sender="desk@example.com"))  # type: ignore[arg-type]
    (event,) = found.events
    assert (event.kind, event.account, event.audience) == ("message", "him@example.org", "alone")
    assert (event.channel, event.id) == ("e-mail", "E-0001")
    assert event.when is not None
    assert (event.when.first_day, event.when.hour) == (date(2026, 11, 20), 21)
    assert found.left_out().from_others == 1


def test_what_no_one_sent_is_no_message() -> None:
    found, shown = exhibit()
    for kind in ("system", "reaction", "page", "contact"):
        found.see(shown, Message(1, Place(), kind=kind, sender=Party("", "him@example.org")))  # type: ignore[arg-type]
    found.see(shown, message(flags=("unsent",)))  # type: ignore[arg-type]
    assert (found.events, found.left_out().from_others) == ([], 0)


@pytest.mark.parametrize(
    ("one", "other", "events"),
    [
        (message(1, native_id="<1@x>"), message(9, native_id="<1@x>", text="other"), 1),
        (message(1, native_id="<1@x>"), message(1, native_id="<2@x>"), 2),
        (message(1), message(9), 1),
        (message(1), message(1, text="other"), 2),
        (message(1), message(1, told=Told("y", instant=SENT)), 2),
    ],
)
def test_what_stands_in_two_exhibits_is_counted_once(
    one: Message, other: Message, events: int
) -> None:
    found, shown = exhibit()
    found.see(shown, one)  # type: ignore[arg-type]
    found.see(shown, other)  # type: ignore[arg-type]
    assert (len(found.events), found.left_out().twice) == (events, 2 - events)


def test_a_time_without_a_zone_is_counted_as_shown_and_held_against_all_zones() -> None:
    found, shown = exhibit({"kind": "chat-export", "name": "c.txt", "via": {"app": "Example Chat"}})
    found.see(shown, message(told=Told("x", wall="2026-11-20T23:30:00")))  # type: ignore[arg-type]
    (event,) = found.events
    assert event.channel == "Example Chat"
    assert event.when is not None
    assert (event.when.first_day, event.when.hour) == (date(2026, 11, 20), 23)
    assert not event.when.has_zone
    assert event.when.first == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert event.when.last == datetime(2026, 11, 21, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "is_dated"),
    [
        (Told("x", wall="2026-03-04T10:00:00", others=("2026-04-03T10:00:00",)), False),
        (Told("x"), False),
        (Told("x", wall="2026-03-04T00:00:00", precision="day"), True),
        (Told("x", instant=SENT, precision="day"), True),
        (Told("x", wall="0001-01-01T00:00:00"), True),
        (Told("x", wall="9999-12-31T23:59:59"), True),
        (Told("x", instant=datetime.max.replace(tzinfo=UTC)), True),
    ],
)
def test_every_time_that_a_reader_tells_is_taken(told: Told, is_dated: bool) -> None:
    found, shown = exhibit()
    found.see(shown, message(told=told))  # type: ignore[arg-type]
    (event,) = found.events
    assert (event.when is not None) is is_dated
    if event.when is not None and told.precision == "day":
        assert event.when.hour is None
