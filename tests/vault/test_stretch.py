"""A log is cut into stretches of whole lines, and each line of one is judged."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.records.sample import HASH
from tests.vault.model_disk import ModelDisk
from tests.vault.test_check_line import entry
from tests.vault.test_check_lines import BACKWARDS, line
from tests.vault.test_log import LOG, LONGEST, NAME, lines_of, some_logs
from tests.vault.test_tampering import filled

from stalklog.core.merkle import leaf_hash
from stalklog.vault import stretch as tested
from stalklog.vault.check_line import Fault, check_line
from stalklog.vault.stretch import BadLine, Found, Stretch, backwards, read_stretch, read_stretches


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    disk.plant("logs", "folder")
    return disk


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "MAX_LINE_BYTES", LONGEST)
    monkeypatch.setattr(tested, "STRETCH_BYTES", 4)


def pieces_of(stretches: list[Stretch]) -> list[tuple[int, bytes]]:
    """The number and the bytes of every line, with its newline."""
    return [
        (one.number + at, data)
        for one in stretches
        for at, data in enumerate(one.data.splitlines(keepends=True))
    ]


@pytest.mark.usefixtures("small")
def test_no_line_is_lost_divided_or_counted_twice(disk: ModelDisk) -> None:
    for data in some_logs():
        disk.put(NAME, data)
        stretches = list(read_stretches(disk, LOG, None))
        assert {one.log for one in stretches} <= {LOG}
        assert all(one.data.endswith(b"\n") for one in stretches[:-1])
        expected = lines_of(data, 0)
        found = pieces_of(stretches)
        assert [number for number, _piece in found] == [one[0] for one in expected], data
        for (_, piece), (_, offset, length, is_ended, is_too_long) in zip(
            found, expected, strict=True
        ):
            if is_too_long:
                assert len(piece.rstrip(b"\n")) > LONGEST
                assert piece[: LONGEST + 1] == data[offset : offset + LONGEST + 1]
                assert piece.endswith(b"\n") == is_ended
            else:
                assert piece == data[offset : offset + length + is_ended]


@pytest.mark.usefixtures("small")
def test_of_a_line_too_long_no_more_is_kept_than_shows_it(disk: ModelDisk) -> None:
    disk.put(NAME, b"x" * 100)
    assert list(read_stretches(disk, LOG, None)) == [Stretch(LOG, 1, b"x" * (LONGEST + 1))]
    disk.put(NAME, b"x" * 100 + b"\na\n")
    found = list(read_stretches(disk, LOG, None))
    assert pieces_of(found) == [(1, b"x" * (LONGEST + 1) + b"\n"), (2, b"a\n")]


@pytest.mark.usefixtures("small")
def test_a_log_is_read_to_an_offset_or_as_far_as_it_goes(disk: ModelDisk) -> None:
    for data in (b"ab\ncd\nef\ngh\n", b"ab\ncd\nefg"):
        disk.put(NAME, data)
        for end in range(len(data) + 4):
            found = b"".join(one.data for one in read_stretches(disk, LOG, end))
            assert found == data[:end]


def test_a_log_of_some_megabytes_is_more_than_one_stretch(disk: ModelDisk) -> None:
    disk.put(NAME, b"".join(b"%0999d\n" % number for number in range(2500)))
    sizes = [len(one.data) for one in read_stretches(disk, LOG, None)]
    assert sizes == [1_048_000, 1_049_000, 403_000]


def test_what_each_line_holds_is_told_with_its_place_in_the_file() -> None:
    data = b"".join([line(2), b"no entry\n", line(3), b"\n", line(4)])
    share = read_stretch(Stretch(LOG, 10, data))
    places = [(one.seq, one.where) for one in share.facts.rows([0, 1, 2])]
    assert places == [(2, f"{NAME}:10"), (3, f"{NAME}:12"), (4, f"{NAME}:14")]
    wrong = Fault("NOT_JSON", "the line is not what was written")
    assert share.found == [Found(11, None, wrong), Found(13, None, wrong)]
    assert share.bad == [
        BadLine(sha256(one).digest(), leaf_hash(one)) for one in (b"no entry", b"")
    ]
    assert (share.objects, share.quarantined) == ({}, [])


def test_of_an_original_named_twice_the_first_entry_counts() -> None:
    share = read_stretch(Stretch("evidence", 1, line(4, "evidence") + line(6, "evidence")))
    assert share.objects == {HASH: (0, 4)}


def test_each_piece_in_quarantine_is_told_with_its_entry() -> None:
    share = read_stretch(Stretch("custody", 1, line(4, "custody") + line(6, "custody")))
    assert share.quarantined == [("quarantine/a", HASH, 4), ("quarantine/a", HASH, 6)]


def test_a_line_behind_a_later_one_is_told_once_and_the_next_is_held_against_it() -> None:
    data = b"".join(line(seq) for seq in (0, 5, 5, 3, 4, 2))
    share = read_stretch(Stretch(LOG, 1, data))
    assert share.found == [Found(4, 3, backwards()), Found(6, 2, backwards())]
    assert backwards() == Fault("SEQ_BACKWARDS", BACKWARDS)


def test_all_faults_of_a_line_come_with_its_seq() -> None:
    made = entry("threat.logged", "contacts", "T-1")
    share = read_stretch(Stretch(LOG, 7, made + b"\n"))
    faults: list[Fault] = []
    check_line(made, LOG, faults, is_ended=True)
    assert len(faults) == 3
    assert share.found == [Found(7, 3, fault) for fault in faults]


def test_only_the_last_line_may_have_no_end_and_then_it_is_told() -> None:
    data = filled().read(NAME)
    count = data.count(b"\n")
    share = read_stretch(Stretch(LOG, 1, data[:-1]))
    assert len(share.facts) == count
    assert [(one.line, one.fault.code) for one in share.found] == [(count, "LOG_TRUNCATED")]
    assert read_stretch(Stretch(LOG, 1, data)).found == []


def test_what_is_certain_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = filled().read(NAME).splitlines(keepends=True)[0]
    monkeypatch.setattr(tested, "check_line", lambda *_, **__: pytest.fail("it was looked at"))
    assert len(read_stretch(Stretch(LOG, 1, data)).facts) == 1
