"""What lies past `state`: what goes on with the chain, what is torn, and what is wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import add_files, log_threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import give, init_sealed, lines_of
from tests.vault.test_tampering import filled

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier, leaf_hash
from stalklog.records.types import LOGS
from stalklog.vault.layout import HEADER, SEALED_LOGS, log_name, parse_header
from stalklog.vault.log import parse_id, parse_line
from stalklog.vault.state import LogState, State, empty_state
from stalklog.vault.tail import Rest, Tail, ends_a_line, read_tails, sort_tails

if TYPE_CHECKING:
    from stalklog.core.entry import JsonValue

TOTAL = 24
LOG = "threats"


def lines() -> list[tuple[str, bytes]]:
    """The log and the bytes, with the newline, of each entry in the order of the chain."""
    by_seq = {
        parse_line(line[:-1])[0].seq: (log, line)
        for log in LOGS
        for line in filled().read(log_name(log)).splitlines(keepends=True)
    }
    return [by_seq[seq] for seq in range(TOTAL)]


def states() -> list[State]:
    """The state at each size, entry by entry."""
    state, tree = empty_state(parse_header(filled().read(HEADER)).line_sha256), Frontier()
    found = [state]
    for log, line in lines():
        tree.add(leaf_hash(line[:-1]))
        parts = parse_id(parse_line(line[:-1])[0].id)
        before = state.logs[log]
        last = parts.number if parts and parts.amendment is None else before.last
        ends = {**state.logs, log: LogState(before.size_bytes + len(line), last)}
        state = State(tree.size, sha256_hex(line[:-1]), log, ends, tree.nodes)
        found.append(state)
    return found


def past(state: State, end: State) -> dict[str, bytes]:
    """The bytes of each log between two states; one without any is left out."""
    whole = {log: filled().read(log_name(log))[: end.logs[log].size_bytes] for log in LOGS}
    tails = {log: data[state.logs[log].size_bytes :] for log, data in whole.items()}
    return {log: data for log, data in tails.items() if data}


@pytest.mark.parametrize("size", range(TOTAL + 1))
def test_the_chain_goes_on_from_any_state_to_its_end(size: int) -> None:
    found, tree = states(), states()[size].tree()
    tails = read_tails(filled(), found[size])
    assert tails == past(found[size], found[TOTAL])
    assert sort_tails(tails, found[size], tree) == Tail(
        found[TOTAL],
        [leaf_hash(line[:-1]) for _log, line in lines()[size:]],
        past(found[size], found[TOTAL]),
        [],
        None,
    )
    assert tree.nodes == found[TOTAL].frontier


@pytest.mark.parametrize("size", range(TOTAL))
def test_what_is_torn_is_left_over_where_the_chain_ends(size: int) -> None:
    base, end = states()[max(0, size - 3)], states()[size]
    (log, line), tails = lines()[size], past(base, end)
    tails[log] = tails.get(log, b"") + line[:-1]
    assert sort_tails(tails, base, base.tree()) == Tail(
        end,
        [leaf_hash(line[:-1]) for _log, line in lines()[base.size : size]],
        past(base, end),
        [Rest(log, end.logs[log].size_bytes, line[:-1])],
        None,
    )


def changed(line: bytes, **fields: JsonValue) -> bytes:
    return canonical.encode(canonical.decode(line[:-1]) | fields) + b"\n"


def next_line() -> bytes:
    """An entry that would be the next of its log, if it went on with the chain."""
    line = next(line for log, line in lines() if log == LOG)
    return changed(line, seq=TOTAL, prev=states()[TOTAL].head, id="T-0099")


def test_the_next_line_is_taken() -> None:
    state = states()[TOTAL]
    tail = sort_tails({LOG: next_line()}, state, state.tree())
    assert (tail.state.size, tail.state.logs[LOG].last) == (TOTAL + 1, 99)
    assert (tail.rests, tail.fault) == ([], None)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (next_line()[:-1], None),
        (b"no entry\n", None),
        (b" " * (1 << 20) + b"x\n", None),
        (changed(next_line(), seq=TOTAL + 1), None),
        (changed(next_line(), seq=TOTAL - 1), "SEQ_REPEAT"),
        (changed(next_line(), prev="0" * 64), "CHAIN_BROKEN"),
        (changed(next_line(), id="E-0099"), "ID_BAD"),
        (changed(next_line(), log="evidence"), "WRONG_LOG"),
        (changed(next_line(), seq=TOTAL - 1, log="evidence"), "WRONG_LOG"),
        (b"{}\n", "SCHEMA_BAD"),
    ],
    ids=[
        *("no end", "no entry", "too long", "gap", "repeat", "break", "another id"),
        *("another log", "repeat of another log", "no fields"),
    ],
)
@pytest.mark.parametrize("before", [b"", b"{torn\n"], ids=["alone", "after a torn one"])
def test_what_no_interruption_leaves_is_told(line: bytes, fault: str | None, before: bytes) -> None:
    state = states()[TOTAL]
    tail = sort_tails({"contacts": b"{torn\n", LOG: before + line}, state, state.tree())
    assert (tail.state, tail.leaves, tail.good) == (state, [], {})
    assert [rest.data for rest in tail.rests if rest.log == LOG] == [before + line]
    assert tail.fault == fault


def test_only_the_logs_that_are_asked_for_are_read() -> None:
    state = states()[0]
    assert set(read_tails(filled(), state)) == set(LOGS)
    assert set(read_tails(filled(), state, [LOG])) == {LOG}


def test_a_line_ends_where_its_newline_does() -> None:
    assert ends_a_line(filled(), LOG, 0)
    for before, after in pairwise(state.logs[LOG].size_bytes for state in states()):
        assert ends_a_line(filled(), LOG, after)
        if after > before:
            assert not ends_a_line(filled(), LOG, after - 1)
            assert not ends_a_line(filled(), LOG, before + 1)


def test_a_sealed_chain_goes_on_as_a_plain_one_does() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1))
    stored, log = lines_of(disk), SEALED_LOGS[0]
    base = empty_state(parse_header(disk.read(HEADER)).line_sha256, SEALED_LOGS)
    torn = {log: disk.read(log_name(log)) + b"{torn"}
    tail = sort_tails(torn, base, base.tree())
    ends = {log: LogState(disk.size(log_name(log)))}
    leaves = [leaf_hash(line) for line in stored]
    head = sha256_hex(stored[-1])
    assert tail.state == State(len(stored), head, log, ends, tail.state.frontier)
    assert (tail.leaves, tail.fault) == (leaves, None)
    assert tail.rests == [Rest(log, disk.size(log_name(log)), b"{torn")]
