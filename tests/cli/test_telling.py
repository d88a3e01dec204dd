from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stalklog.cli.telling import (
    delay_in_words,
    excerpt,
    label,
    occurred_in_words,
    recorded_in_words,
    summary_of,
    told_fields,
)
from stalklog.records.view import Shown

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

_SHOWN = Shown(
    id="T-0001",
    seq=1,
    log="threats",
    type="threat.logged",
    recorded_at="2026-11-20T18:30:00.000Z",
    tz="+05:30",
    by="self",
    tool="stalklog/0",
    line_sha256="0" * 64,
    fields={},
)


def _at(start: str, precision: str = "exact", end: str | None = None) -> JsonObject:
    ended: JsonObject = {"end": end} if end else {}
    return {"start": start, "precision": precision, **ended}


@pytest.mark.parametrize(
    ("occurred", "told"),
    [
        (None, ""),
        ({"precision": "unknown"}, "time not known"),
        (_at("2026-11-20T21:30:00+05:30"), "20 Nov 2026 21:30 +05:30"),
        (_at("2026-11-20T21:30:00Z"), "20 Nov 2026 21:30 +00:00"),
        (_at("2026-11-20T21:30:00+05:30", "about"), "about 20 Nov 2026 21:30 +05:30"),
        (_at("2026-11-20T00:00:00+05:30", "day"), "20 Nov 2026"),
        (
            _at("2026-11-20T00:00:00+05:30", "day", "2026-11-22T00:00:00+05:30"),
            "20 Nov 2026 to 22 Nov 2026",
        ),
        (
            _at("2026-11-20T18:00:00+05:30", "range", "2026-11-20T21:00:00+05:30"),
            "20 Nov 2026 18:00 to 21:00 +05:30",
        ),
        (
            _at("2026-11-20T18:00:00+05:30", "range", "2026-11-21T21:00:00+05:30"),
            "20 Nov 2026 18:00 to 21 Nov 2026 21:00 +05:30",
        ),
    ],
)
def test_when_something_happened_in_words(occurred: object, told: str) -> None:
    assert occurred_in_words(occurred) == told  # type: ignore[arg-type]


def test_a_list_leaves_the_offset_out() -> None:
    span = _at("2026-11-20T18:00:00+05:30", "range", "2026-11-20T21:00:00+05:30")
    assert occurred_in_words(span, has_offset=False) == "20 Nov 2026 18:00 to 21:00"


@pytest.mark.parametrize(
    ("occurred", "told"),
    [
        (None, ""),
        (_at("2026-11-20T23:45:00+05:30"), "within the hour"),
        (_at("2026-11-20T21:30:00+05:30"), "2 hours later"),
        (_at("2026-11-18T21:30:00+05:30"), "2 days later"),
        (_at("2026-11-22T21:30:00+05:30"), ""),
        (_at("2026-11-21T00:00:00+05:30", "day"), "the same day"),
        (_at("2026-11-20T00:00:00+05:30", "day"), "1 day later"),
        (_at("2026-11-25T00:00:00+05:30", "day"), ""),
    ],
)
def test_how_long_after_it_happened_it_was_recorded(occurred: object, told: str) -> None:
    shown = replace(_SHOWN, fields={"occurred": occurred} if occurred else {})  # type: ignore[dict-item]
    assert delay_in_words(shown) == told


def test_when_it_was_recorded_is_told_by_the_recorders_clock() -> None:
    assert recorded_in_words(_SHOWN) == "21 Nov 2026 00:00 +05:30"
    assert recorded_in_words(replace(_SHOWN, tz="-05:00")) == "20 Nov 2026 13:30 -05:00"
    assert recorded_in_words(_SHOWN, is_day=True) == "21 Nov 2026"


def test_a_long_text_is_cut_in_a_list() -> None:
    assert excerpt("word " * 100).endswith("word…")
    assert len(excerpt("x" * 200)) == 120


@pytest.mark.parametrize(
    ("log", "fields", "told"),
    [
        ("evidence", {"kind": "email", "name": "a.eml", "note": "x"}, "email · a.eml · x"),
        ("evidence", {"name_base64": "bv8="}, r"n[\xff]"),
        ("threats", {"how": "phone"}, "phone"),
        ("custody", {}, "package.made"),
    ],
)
def test_what_an_entry_is_about(log: str, fields: dict[str, object], told: str) -> None:
    shown = replace(_SHOWN, log=log, type="package.made", fields=fields)  # type: ignore[arg-type]
    expected = "a package was made" if log == "custody" else told
    assert summary_of(shown) == expected


def test_an_event_without_words_of_its_own_is_told_by_its_name() -> None:
    assert summary_of(replace(_SHOWN, log="custody", type="new.thing")) == "new.thing"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, []),
        (True, ["yes"]),
        (False, ["no"]),
        (3, ["3"]),
        (["a", "b"], ["a", "b"]),
        ({"kind": "e-mail", "value": "a@example.org"}, ["e-mail: a@example.org"]),
        ({"status": "requested"}, ["requested"]),
        ({"name": "B", "told_later": True}, ["name: B, told later: yes"]),
        ({"precision": "unknown"}, ["time not known"]),
    ],
)
def test_a_field_is_told_in_lines(value: object, told: list[str]) -> None:
    assert list(told_fields(value)) == told  # type: ignore[arg-type]


def test_a_label() -> None:
    assert (label("sha256"), label("from_whom")) == ("SHA-256", "From whom")
