"""`state` is taken only as it was written: every other form of it is as good as none."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.records.types import LOGS
from stalklog.vault.layout import SEALED_LOGS
from stalklog.vault.state import LogState, State, StateError, empty_state, parse_state

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

HEX = st.binary(min_size=32, max_size=32)
COUNTS = st.integers(0, 2**53 - 1)
HEAD = "ab" * 32
SEALED = State(1, HEAD, SEALED_LOGS[0], {SEALED_LOGS[0]: LogState(7)}, (bytes(32),))
PLAIN = State(
    3, HEAD, "threats", {log: LogState(n + 5, n) for n, log in enumerate(LOGS)}, (bytes(32),) * 2
)


def with_fields(state: State, **fields: JsonValue) -> bytes:
    """A state of which some fields were changed, under a checksum that fits."""
    value: JsonObject = canonical.decode(state.to_bytes()[:-1]) | fields
    del value["sha256"]
    value["sha256"] = sha256_hex(canonical.encode(value))
    return canonical.encode(value) + b"\n"


def logs_with(**fields: JsonValue) -> JsonObject:
    """The field `logs` of the plain state, of whose threats some fields were changed."""
    logs = cast("JsonObject", canonical.decode(PLAIN.to_bytes()[:-1])["logs"])
    return logs | {"threats": cast("JsonObject", logs["threats"]) | fields}


@given(COUNTS, HEX, st.sampled_from(LOGS), st.lists(COUNTS, min_size=10, max_size=10), st.data())
def test_what_was_written_is_read(
    size: int, head: bytes, last_log: str, counts: list[int], data: st.DataObject
) -> None:
    count = size.bit_count()
    nodes = tuple(data.draw(st.lists(HEX, min_size=count, max_size=count)))
    logs = {log: LogState(counts[n], counts[n + 5]) for n, log in enumerate(LOGS)}
    state = State(size, head.hex(), last_log, logs, nodes)
    assert parse_state(state.to_bytes()) == state
    assert not state.is_sealed
    assert (state.tree().size, state.tree().nodes) == (size, nodes)


def test_a_sealed_state_is_one_of_the_one_log_without_numbers() -> None:
    assert b'"logs":{"entries":{"bytes":7}}' in SEALED.to_bytes()
    assert parse_state(SEALED.to_bytes(), SEALED_LOGS) == SEALED
    assert SEALED.is_sealed
    with pytest.raises(StateError):
        parse_state(SEALED.to_bytes())
    with pytest.raises(StateError):
        parse_state(PLAIN.to_bytes(), SEALED_LOGS)


def test_a_new_vault_has_an_empty_state() -> None:
    state = empty_state(HEAD)
    assert (state.size, state.head, state.last_log, state.frontier) == (0, HEAD, LOGS[-1], ())
    assert state.logs == dict.fromkeys(LOGS, LogState(0, 0))
    assert parse_state(state.to_bytes()) == state


FORM = "a field has another form"
LOG_FORM = "a log has another form"
FITS = "the frontier does not fit the size"
OTHER = "other fields, or another checksum"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "not one line"),
        (PLAIN.to_bytes()[:-1], "not one line"),
        (b"x" + PLAIN.to_bytes(), "NOT_JSON"),
        (b"\xff\n", "NOT_UTF8"),
        (b"{}\n", OTHER),
        (PLAIN.to_bytes().replace(b'"size":3', b'"size":5'), OTHER),
        (with_fields(PLAIN, more=1), OTHER),
        (with_fields(PLAIN, v=2), FORM),
        (with_fields(PLAIN, size=-1), FORM),
        (with_fields(PLAIN, size=True), FORM),
        (with_fields(PLAIN, size="3"), FORM),
        (with_fields(PLAIN, head=HEAD.upper()), FORM),
        (with_fields(PLAIN, head=HEAD + "a"), FORM),
        (with_fields(PLAIN, head=3), FORM),
        (with_fields(PLAIN, last_log="thread"), FORM),
        (with_fields(PLAIN, frontier="x"), FORM),
        (with_fields(PLAIN, logs=[]), FORM),
        (with_fields(PLAIN, logs={}), FORM),
        (with_fields(PLAIN, logs=logs_with() | {"more": {"bytes": 1, "last": 1}}), FORM),
        (with_fields(PLAIN, size=1), FITS),
        (with_fields(PLAIN, frontier=[HEAD]), FITS),
        (with_fields(PLAIN, frontier=[HEAD, "x"]), FITS),
        (with_fields(PLAIN, frontier=[HEAD, HEAD, "x"]), FITS),
        (with_fields(PLAIN, logs=logs_with() | {"threats": 1}), LOG_FORM),
        (with_fields(PLAIN, logs=logs_with(more=1)), LOG_FORM),
        (with_fields(PLAIN, logs=logs_with(bytes=-1)), LOG_FORM),
        (with_fields(PLAIN, logs=logs_with(bytes="1")), LOG_FORM),
        (with_fields(PLAIN, logs=logs_with(last=-1)), LOG_FORM),
        (with_fields(PLAIN, logs=logs_with(last=None)), LOG_FORM),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_any_other_form_is_no_state_and_why_is_said(data: bytes, fault: str) -> None:
    with pytest.raises(StateError) as caught:
        parse_state(data)
    assert str(caught.value) == fault


def test_counts_may_be_nothing() -> None:
    data = with_fields(PLAIN, logs=logs_with(bytes=0, last=0))
    assert parse_state(data).logs["threats"] == LogState(0, 0)
