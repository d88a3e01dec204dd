"""Whatever a line holds: if it is read at all, every command can show it."""

from __future__ import annotations

import copy
import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.sample import BODIES, HASH
from tests.report.sample import sample
from tests.vault.altered import altered_objects
from tests.vault.campaign import IS_LONG

from stalklog.cli.case import _show_case
from stalklog.cli.console import Screen
from stalklog.cli.due import due_json
from stalklog.cli.entry import _row, _show_one, entry_json
from stalklog.core.entry import Entry
from stalklog.due.due import find_due
from stalklog.due.reading import shipped_rules
from stalklog.records.readable import is_readable
from stalklog.records.types import CORRECTIONS, LOGS
from stalklog.records.view import case, current
from stalklog.report.base import FORMATS, write_report
from stalklog.report.build import build
from stalklog.report.model import Choice
from stalklog.services.custody import Custody
from stalklog.services.desk import Desk
from stalklog.services.filters import Filter
from stalklog.services.status import _Tally

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.records.view import Shown

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
FILTERS: Final = (
    Filter(since=LONG_AGO, until=datetime(2030, 1, 1, tzinfo=UTC)),
    Filter(kind="phone", tag="night"),
    Filter(from_whom="b"),
)
EDGES: Final = ("2026-11-24T04:30:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
FACTS: Final = sample().facts()
RULES: Final = shipped_rules()


def entry_of(seq: int, log: str, type_name: str, body: JsonObject, at: str) -> Entry:
    prefix = {"evidence": "E", "threats": "T", "contacts": "C", "demands": "D", "custody": "X"}[log]
    return Entry(seq, log, f"{prefix}-{seq:04d}", type_name, at, "-11:00", "self", "t", body, HASH)


@settings(max_examples=5_000 if IS_LONG else 150, deadline=None)
@given(st.data())
def test_what_is_read_is_shown_by_every_command(data: st.DataObject) -> None:
    type_name = data.draw(st.sampled_from(sorted(set(BODIES) - set(CORRECTIONS))))
    log = data.draw(st.sampled_from(LOGS))
    at = data.draw(st.sampled_from(EDGES))
    body = data.draw(altered_objects(copy.deepcopy(BODIES[type_name])))
    amended = data.draw(altered_objects(copy.deepcopy(BODIES["entry.amended"])))
    entries = [
        entry
        for entry in (
            entry_of(3, log, type_name, body, at),
            entry_of(4, log, "entry.amended", {**amended, "amends": "#3"}, at),
        )
        if is_readable(entry.type, entry.body)
    ]
    shown = current(entries)
    show_all(shown)
    with redirect_stdout(io.StringIO()):
        _show_case(Screen(), case(entries))
    report_all(shown, case(entries))


def show_all(found: list[Shown]) -> None:
    custody, tally = Custody(Desk(Path("nowhere"))), _Tally()
    for shown in found:
        for chosen in FILTERS:
            chosen.takes(shown)
        tally.take(shown)
        json.dumps(entry_json(shown))
        with redirect_stdout(io.StringIO()):
            Screen().table(("", "", ""), [_row(shown, custody)])
            _show_one(Screen(), shown, custody, UTC)
    for country in ("IN", "UK", "US", None):
        facts = tally.gathering.facts(country)
        for due in find_due(facts, RULES, datetime(2026, 11, 24, tzinfo=UTC), UTC).dues:
            json.dumps(due_json(due))


def report_all(shown: list[Shown], particulars: JsonObject) -> None:
    choice = Choice(since=LONG_AGO)
    report = build(shown, particulars, FACTS, choice)
    for made in FORMATS:
        write_report(report, made)


def test_no_field_passes_for_what_the_entry_is() -> None:
    body: JsonObject = {**BODIES["threat.logged"], "id": "T-0001", "seq": 1, "withdrawn": True}
    (shown,) = current([entry_of(3, "threats", "threat.logged", body, EDGES[0])])
    answer = entry_json(shown)
    assert (answer["id"], answer["seq"], answer["withdrawn"]) == ("T-0003", 3, False)
    assert list(answer)[:6] == ["id", "seq", "log", "type", "recorded_at", "by"]
