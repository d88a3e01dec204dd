"""What is read quickly is what is read slowly; and what is usual is read quickly."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

import orjson
import pytest
from bench.large_vault import make_large_vault
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.sample import BODIES
from tests.vault.altered import altered_bytes, altered_objects, dumped
from tests.vault.campaign import IS_LONG
from tests.vault.test_tampering import filled

from stalklog.records.types import LOGS
from stalklog.vault.check_line import Fault, check_line
from stalklog.vault.disk import Disk
from stalklog.vault.layout import log_name
from stalklog.vault.line_form import read_quickly
from stalklog.vault.stretch import read_stretch, read_stretches

if TYPE_CHECKING:
    from pathlib import Path

LINES = [(log, line) for log in LOGS for line in filled().read(log_name(log)).splitlines() if line]


def agrees(line: bytes, log: str) -> bool:
    """Whether it was read quickly; then the long way must say the same, and nothing is wrong."""
    quickly, faults = read_quickly(line, log), list[Fault]()
    if quickly is not None:
        assert check_line(line, log, faults, is_ended=True) == quickly
        assert not faults
    return quickly is not None


def faults_of(line: bytes, log: str) -> list[str]:
    """What the long way finds wrong with it."""
    faults: list[Fault] = []
    check_line(line, log, faults, is_ended=True)
    return [fault.code for fault in faults]


@settings(max_examples=30_000 if IS_LONG else 300, deadline=None)
@given(st.data())
def test_what_is_read_quickly_is_certain(data: st.DataObject) -> None:
    log, line = data.draw(st.sampled_from(LINES))
    value = json.loads(line)
    if data.draw(st.booleans()):
        value["type"] = data.draw(st.sampled_from(sorted(BODIES)))
        value["body"] = BODIES[value["type"]]
    if data.draw(st.booleans()):
        log = data.draw(st.sampled_from(LOGS))
    agrees(data.draw(altered_bytes(dumped(data.draw(altered_objects(value))))), log)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("seq", -1),
        ("seq", 1.0),
        ("prev", "0" * 63),
        ("salt", "G" * 32),
        ("log", "demands"),
        ("id", "T-0000"),
        ("id", "E-0001"),
        ("id", "T-0001.0"),
        ("at", "2026-11-24T04:30:00Z"),
        ("tz", "Z"),
        ("by", 1),
        ("type", "evidence.added"),
        ("more", 1),
    ],
)
def test_another_envelope_is_not_read_quickly(field: str, value: object) -> None:
    line = next(line for log, line in LINES if log == "threats")
    assert agrees(line, "threats")
    assert not agrees(dumped(json.loads(line) | {field: value}), "threats")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2026-02-30T04:30:00.000Z"),
        ("at", "2026-11-24T24:30:00.000Z"),
        ("at", "2026-11-24T04:30:60.000Z"),
        ("at", "0000-11-24T04:30:00.000Z"),
        ("tz", "+24:00"),
        ("tz", "+05:60"),
    ],
)
def test_a_time_that_is_none_is_a_fault(field: str, value: str) -> None:
    line = next(line for log, line in LINES if log == "threats")
    other = dumped(json.loads(line) | {field: value})
    assert not agrees(other, "threats")
    assert faults_of(other, "threats") == ["SCHEMA_BAD"]


def test_a_day_that_only_leap_years_have_is_for_the_long_way_to_judge() -> None:
    line = next(line for log, line in LINES if log == "threats")
    for at, is_there in (("2024-02-29T00:00:00.000Z", True), ("2026-02-29T00:00:00.000Z", False)):
        other = dumped(json.loads(line) | {"at": at})
        assert not agrees(other, "threats")
        assert faults_of(other, "threats") == ([] if is_there else ["SCHEMA_BAD"])


def test_only_utf8_is_read_quickly() -> None:
    line = next(line for log, line in LINES if log == "threats")
    assert not agrees(line.replace(b"know", b"kn\xffw"), "threats")


def test_a_number_of_thousands_of_digits_is_no_id() -> None:
    line = next(line for log, line in LINES if log == "threats")
    faults: list[Fault] = []
    number = dumped(json.loads(line) | {"id": "T-" + "9" * 5000})
    facts = check_line(number, "threats", faults, is_ended=True)
    assert facts is not None
    assert [fault.code for fault in faults] == ["ID_BAD"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("large") / "vault"
    make_large_vault(root, 2000)
    return root


def test_nearly_all_of_a_long_case_is_read_quickly(large: Path) -> None:
    disk = Disk(large)
    lines = [(log, line) for log in LOGS for line in disk.read(log_name(log)).splitlines()]
    disk.close()
    assert sum(agrees(line, log) for log, line in lines) > 0.9 * len(lines)


def test_a_line_costs_no_more_than_a_few_times_its_parsing(large: Path) -> None:
    """Measured beside a plain loop in the same process, the best of many rounds in turn."""
    disk = Disk(large)
    stretches = [part for log in LOGS for part in read_stretches(disk, log, None)]
    disk.close()
    lines = [line for part in stretches for line in part.data.splitlines()]
    plain, ours = [], []
    for _ in range(7):
        start = time.process_time()
        for line in lines:
            orjson.loads(line)
            hashlib.sha256(line).digest()
            hashlib.sha256(b"\0" + line).digest()
        middle = time.process_time()
        for part in stretches:
            read_stretch(part)
        plain.append(middle - start)
        ours.append(time.process_time() - middle)
    assert min(ours) < 7 * min(plain)
