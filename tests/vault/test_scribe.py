"""A new entry gets the next id of its log, its place in the chain and its author."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from tests.vault.desk import AUTHOR
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, STRANGER, inner_bytes

from stalklog import __version__
from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.errors import NoSuchEntryError, OverLimitError, RecordNotValidError
from stalklog.records.types import LOGS
from stalklog.vault import scribe as tested
from stalklog.vault.layout import MAX_ENTRY_BYTES, log_name
from stalklog.vault.scribe import Author, Place, PlainScribe, SealedScribe, build, stamp
from stalklog.vault.state import LogState, State

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.vault.scribe import Written

PLACE = Place(7, "0a" * 32)
LONG = "x" * MAX_ENTRY_BYTES
AMENDMENTS = b'{"id":"T-0002.1","log":"threats"}\n{"id":"T-0002.2","log":"threats"}\n'


@pytest.fixture
def plain() -> PlainScribe:
    """Three threats, of which the second has two amendments; what lies past them does not count."""
    disk = ModelDisk()
    disk.plant("logs", "folder")
    for log in LOGS:
        disk.put(log_name(log), b'{"id":"T-0003.1","log":"threats"}\n')
    disk.put(log_name("threats"), AMENDMENTS + b'{"id":"T-0002.3","log":"threats"}\n')
    logs = dict.fromkeys(LOGS, LogState(0))
    logs["threats"], logs["custody"] = LogState(len(AMENDMENTS), 3), LogState(0, 12345)
    return PlainScribe(disk, State(7, "0a" * 32, "threats", logs, ()), AUTHOR)


@pytest.fixture
def sealed() -> SealedScribe:
    return SealedScribe(AUTHOR, HERS.recipients)


def written(scribe: PlainScribe | SealedScribe, type_name: str, body: JsonObject) -> Written:
    return scribe.write(type_name, body, PLACE, ("ab" * 32,))


def value_of(line: bytes) -> dict[str, Any]:
    """What stands in a line, which is canonical, without its salt."""
    value: dict[str, Any] = canonical.decode(line)
    assert re.fullmatch(r"[0-9a-f]{32}", str(value.pop("salt")))
    return value


STAMPED = {
    "v": 1,
    "seq": 7,
    "prev": "0a" * 32,
    "at": "2026-11-24T04:30:00.000Z",
    "tz": "+05:30",
    "by": "self",
    "tool": f"stalklog/{__version__}",
}


def test_an_entry_says_who_wrote_it_when_and_where_it_stands() -> None:
    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)

    author = Author(Clock(), timezone(-timedelta(hours=3)), "an advocate")
    first, second = stamp(author, PLACE), stamp(author, PLACE)
    assert first.pop("salt") != second.pop("salt")
    changed = {"at": "2026-01-02T03:04:05.678Z", "tz": "-03:00", "by": "an advocate"}
    assert first == second == {**STAMPED, **changed}


# A plain vault


def test_the_whole_entry_stands_in_a_plain_line(plain: PlainScribe) -> None:
    made = written(plain, "threat.logged", {"words": "x"})
    assert (made.id, made.log) == ("T-0004", "threats")
    body = {"words": "x"}
    entry = {"log": "threats", "id": "T-0004", "type": "threat.logged", "body": body}
    assert value_of(made.line) == {**STAMPED, **entry}


def test_ids_count_up_in_each_log(plain: PlainScribe) -> None:
    types = ("threat.logged", "evidence.added", "threat.logged", "case.noted", "report.made")
    assert [written(plain, name, {}).id for name in types] == [
        "T-0004",
        "E-0001",
        "T-0005",
        "X-12346",
        "X-12347",
    ]
    assert {log: plain.last(log) for log in LOGS} == {
        "evidence": 1,
        "threats": 5,
        "contacts": 0,
        "demands": 0,
        "custody": 12347,
    }


def test_corrections_count_up_under_what_they_correct(plain: PlainScribe) -> None:
    bodies: list[tuple[str, JsonObject]] = [
        ("entry.amended", {"amends": "T-0002"}),
        ("entry.withdrawn", {"withdraws": "T-0002"}),
        ("entry.amended", {"amends": "T-0003"}),
        ("entry.amended", {"amends": "T-0002"}),
        ("entry.amended", {"amends": "X-0002"}),
    ]
    made = [written(plain, name, body) for name, body in bodies]
    assert [one.id for one in made] == ["T-0002.3", "T-0002.4", "T-0003.1", "T-0002.5", "X-0002.1"]
    assert [one.log for one in made] == ["threats"] * 4 + ["custody"]
    assert plain.last("threats") == 3


def test_an_entry_that_only_speaks_of_amending_is_none(plain: PlainScribe) -> None:
    assert written(plain, "threat.logged", {"amends": "T-0002"}).id == "T-0004"


@pytest.mark.parametrize("target", ["T-0002.1", "T-2", "#3", ""])
def test_what_is_no_record_cannot_be_corrected(plain: PlainScribe, target: str) -> None:
    with pytest.raises(NoSuchEntryError) as caught:
        written(plain, "entry.amended", {"amends": target})
    assert caught.value.message == f"The vault has no entry {target}. Nothing was written."
    assert "stalklog list" in caught.value.hint


@pytest.mark.parametrize(
    ("link", "is_known"),
    [
        *(("T-0001", True), ("T-0003", True), ("T-0004", False), ("E-0001", False)),
        *(("X-12345", True), ("X-12346", False), ("T-1", False), ("#1", False)),
        *(("T-0002.1", True), ("T-0002.2", True), ("T-0002.3", False), ("T-0001.1", False)),
        ("T-0004.1", False),
    ],
)
def test_only_an_id_that_was_given_can_be_named(
    plain: PlainScribe, link: str, is_known: bool
) -> None:
    if is_known:
        plain.require_known(link, 0)
    else:
        with pytest.raises(NoSuchEntryError, match=f"has no entry {re.escape(link)}\\."):
            plain.require_known(link, 99)


def test_what_this_command_plans_can_be_named_by_it(plain: PlainScribe) -> None:
    written(plain, "threat.logged", {})
    written(plain, "entry.amended", {"amends": "T-0002"})
    plain.require_known("T-0004", 0)
    plain.require_known("T-0002.3", 0)
    with pytest.raises(NoSuchEntryError):
        plain.require_known("T-0002.4", 0)


def test_the_lines_of_a_log_are_counted_once_for_each_record(
    plain: PlainScribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    disk = plain._disk

    def read(*arguments: Any) -> bytes:  # noqa: ANN401
        asked.append(arguments)
        return ModelDisk.read(disk, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(disk, "read", read)
    for _ in range(3):
        plain.require_known("T-0002.1", 0)
    assert asked == [(log_name("threats"), 0, len(AMENDMENTS))]


def test_an_entry_of_the_greatest_length_is_written_and_no_longer_one() -> None:
    room = MAX_ENTRY_BYTES - len(build({"a": ""}))
    assert len(build({"a": "x" * room})) == MAX_ENTRY_BYTES
    with pytest.raises(OverLimitError) as caught:
        build({"a": "x" * (room + 1)})
    assert "longer than an entry may be" in caught.value.message
    assert "add-evidence" in caught.value.hint


def test_what_no_line_can_hold_is_not_valid() -> None:
    with pytest.raises(RecordNotValidError, match="cannot be stored"):
        build({"a": "\ud800"})


# A sealed vault


def test_nothing_of_an_entry_is_seen_outside(sealed: SealedScribe) -> None:
    made = written(sealed, "threat.logged", {"words": "x"})
    inside = inner_bytes(made.line)
    assert (made.id, made.log) == ("#7", "entries")
    outer = json.loads(made.line)
    del outer["sealed"]
    assert outer == {
        "v": 1,
        "seq": 7,
        "prev": "0a" * 32,
        "commit": sha256_hex(inside),
        "objects": ["ab" * 32],
    }
    entry = {"log": "threats", "type": "threat.logged", "body": {"words": "x"}}
    assert value_of(inside) == {**STAMPED, **entry, "objects": ["ab" * 32]}


@pytest.mark.parametrize(
    ("type_name", "log"),
    [("case.noted", "custody"), ("entry.amended", "entries"), ("entry.withdrawn", "entries")],
)
def test_of_a_correction_the_log_is_not_known(
    sealed: SealedScribe, type_name: str, log: str
) -> None:
    assert value_of(inner_bytes(written(sealed, type_name, {}).line))["log"] == log


def test_what_tells_of_the_vault_alone_is_not_sealed_and_names_nobody() -> None:
    author = Author(AUTHOR.clock, AUTHOR.zone, "an advocate")
    made = written(SealedScribe(author, HERS.recipients), "vault.created", {})
    plain = {"log": "custody", "type": "vault.created", "by": "self", "tz": "+00:00", "body": {}}
    assert value_of(made.line) == {**STAMPED, **plain}
    assert (made.id, made.log) == ("#7", "entries")


def test_a_line_is_carried_with_its_exact_bytes(sealed: SealedScribe) -> None:
    made = sealed.carry(b"\xff old", "threats", PLACE, ("ab" * 32,))
    body = {"line_base64": base64.b64encode(b"\xff old").decode()}
    entry = {"log": "threats", "type": "entry.carried", "body": body, "objects": ["ab" * 32]}
    assert value_of(inner_bytes(made.line)) == {**STAMPED, **entry}
    assert (made.id, made.log) == ("#7", "entries")


def test_a_line_is_sealed_to_whom_the_scribe_was_told() -> None:
    made = written(SealedScribe(AUTHOR, STRANGER.recipients), "threat.logged", {})
    assert b'"threat.logged"' in inner_bytes(made.line, STRANGER)


def test_what_cannot_be_sealed_is_told_as_in_a_plain_vault(sealed: SealedScribe) -> None:
    with pytest.raises(OverLimitError, match="longer than an entry may be"):
        written(sealed, "threat.logged", {"words": LONG})
    with pytest.raises(RecordNotValidError, match="cannot be stored"):
        written(sealed, "threat.logged", {"words": "\ud800"})


@pytest.mark.parametrize(
    ("link", "is_known"),
    [
        *(("#0", True), ("#6", True), ("#7", False), ("#8", False), ("T-0001", True)),
        *(("T-9999.1", True), ("T-1", False), ("", False)),
    ],
)
def test_only_a_place_that_there_is_can_be_named(
    sealed: SealedScribe, link: str, is_known: bool
) -> None:
    if is_known:
        sealed.require_known(link, 7)
    else:
        with pytest.raises(NoSuchEntryError, match=f"has no entry {re.escape(link)}\\."):
            sealed.require_known(link, 7)


def test_of_a_sealed_log_no_number_is_known(sealed: SealedScribe) -> None:
    assert sealed.last("entries") == 0
    assert sealed.recipients == HERS.recipients
    assert STAMPED["tool"] == tested.TOOL
