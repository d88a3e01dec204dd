"""Who reads a file: the surest; where two are equally sure, a person, and else it is told."""

from __future__ import annotations

from io import BytesIO

import pytest
from tests.readers import test_slack, test_x
from tests.readers.zips import zipped

from stalklog.readers import table
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, Reading
from stalklog.readers.table import choose_reader, find_reader
from stalklog.records.message import Decision

BOTH = zipped(test_x.FILES | test_slack.FILES_IN_ZIP)
"""Somebody put two exports into one zip."""


class _Sure:
    """A reader that is as sure as it is told to be."""

    version = 1

    def __init__(self, name: str, sureness: int) -> None:
        self.name = name
        self._sureness = sureness

    def match(self, _head: bytes, _name: str) -> int:
        return self._sureness


def _readers(monkeypatch: pytest.MonkeyPatch, *surenesses: int) -> None:
    readers = tuple(_Sure(f"r{at}", sureness) for at, sureness in enumerate(surenesses))
    monkeypatch.setattr(table, "all_readers", lambda: readers)


@pytest.mark.parametrize(
    ("surenesses", "found", "rivals"),
    [
        ((NO, NO), None, ()),
        ((MAYBE, MAYBE), "r0", ()),
        ((LIKELY - 1, LIKELY - 1), "r0", ()),
        ((LIKELY, SURE), "r1", ()),
        ((MAYBE, LIKELY, NO), "r1", ()),
        ((LIKELY, LIKELY), "r0", ("r0", "r1")),
        ((LIKELY, SURE, SURE, SURE), "r1", ("r1", "r2", "r3")),
    ],
)
def test_a_tie_of_two_that_are_likely_is_nobodys_to_decide(
    monkeypatch: pytest.MonkeyPatch,
    surenesses: tuple[int, ...],
    found: str | None,
    rivals: tuple[str, ...],
) -> None:
    _readers(monkeypatch, *surenesses)
    choice = choose_reader(b"x", "x")
    assert (choice.reader.name if choice else None) == found
    told = choice.decisions if choice else ()
    assert [(one.about, one.value, one.by, one.samples) for one in told] == (
        [("read_as", found, "nobody", (rivals,))] if rivals else []
    )


def test_two_exports_in_one_zip_are_a_tie_and_the_report_names_both() -> None:
    choice = choose_reader(BOTH, "x.zip")
    assert choice is not None
    reading = Reading(
        choice.reader, BytesIO(BOTH), "", size_bytes=len(BOTH), decisions=choice.decisions
    )
    assert list(reading)
    (decision,) = reading.report().decisions
    assert (decision.value, decision.by) == ("x-zip", "nobody")
    assert decision.samples == (("x-zip", "slack-zip"),)
    assert decision.reason == "as sure of it: x-zip, slack-zip"


def test_two_chats_in_one_zip_are_told_even_where_neither_is_sure() -> None:
    chat = "".join(f"25/02/24, 10:1{n} pm - Ravi: {n}\n" for n in range(4)).encode()
    data = zipped({"result.json": b'{"name": "A"}', "_chat.txt": chat})
    choice = choose_reader(data, "x.zip")
    assert choice is not None
    (decision,) = choice.decisions
    assert (decision.by, decision.samples) == ("nobody", (("telegram-zip", "whatsapp-zip"),))
    assert not getattr(choose_reader(b"x" + data, "x.zip"), "decisions", ())


def test_what_a_person_chose_is_read_and_said() -> None:
    for data, chosen in ((BOTH, "slack-zip"), (BOTH, "x-zip"), (test_x.EXPORT, "eml"), (b"", "x")):
        choice = choose_reader(data, "x", chosen)
        assert choice is not None
        assert choice.reader.name == chosen
        assert choice.decisions == (Decision("read_as", chosen, "person"),)


def test_a_name_that_no_reader_has_chooses_nothing() -> None:
    assert choose_reader(test_x.EXPORT, "x", "telepathy") == choose_reader(test_x.EXPORT, "x")
    assert choose_reader(b"", "x", "") is None


def test_one_that_is_surest_decides_nothing() -> None:
    choice = choose_reader(test_x.ZIP, "x")
    assert choice is not None
    assert choice.decisions == ()
    assert find_reader(test_x.ZIP, "x") is choice.reader
