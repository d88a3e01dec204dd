"""Whoever has the folder can add lines that no writer writes: reading goes on, and says so.

They are forged as well as can be: chain, note and `state` fit, and in a sealed vault they are
sealed to her. So only the check of the record finds them.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.cli.sealed_home import make_home, make_quick
from tests.vault.desk import AUTHOR, OCCURRED

from stalklog.cli.front import front_of
from stalklog.cli.standing import home as show_home
from stalklog.vault.disk import Disk
from stalklog.vault.log import Id
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Run

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.vault.scribe import PlainScribe
    from stalklog.vault.writer import Writer

THREAT: Final[JsonObject] = {"occurred": OCCURRED, "how": "phone", "words": "I know."}
CONTACT: Final[JsonObject] = {
    "agency": "Cyber cell",
    "kind": "cyber-cell",
    "follow_up": "2026-12-05",
}
NO_START: Final[JsonObject] = {"start": "not a date", "precision": "day"}
FORGED: Final[dict[str, tuple[str, JsonObject]]] = {
    "a start that is no date": ("threat.logged", {**THREAT, "occurred": NO_START}),
    "a start that no calendar has": (
        "threat.logged",
        {**THREAT, "occurred": {"start": "2026-02-30T00:00:00Z", "precision": "exact"}},
    ),
    "an end that is a list": (
        "demand.made",
        {"form": "formal", "occurred": {**OCCURRED, "end": ["x"], "precision": "range"}},
    ),
    "occurred that is a text": ("threat.logged", {**THREAT, "occurred": "yesterday"}),
    "a threat without a time": ("threat.logged", {"words": "x"}),
    "a bad follow-up": ("contact.logged", {**CONTACT, "follow_up": "soon"}),
    "a follow-up that is none": ("contact.logged", {**CONTACT, "follow_up": "2026-02-30"}),
    "evidence with a time that is none": (
        "evidence.added",
        {"kind": "photo", "occurred": {"start": 5}},
    ),
    "a correction of a list": ("entry.amended", {"amends": ["T-0001"], "reason": "x"}),
    "a correction of many digits": (
        "entry.withdrawn",
        {"withdraws": "#" + "9" * 5000, "reason": "x"},
    ),
    "a report of nothing": ("report.made", {"ids": 5}),
    "particulars with a time that is none": ("case.noted", {"occurred": "x", "set": {}}),
}
"""What no command can reckon with: it is passed over."""
ODD: Final[dict[str, tuple[str, JsonObject]]] = {
    "a how that is a list": ("threat.logged", {**THREAT, "how": ["phone"]}),
    "words that are a group": ("threat.logged", {**THREAT, "words": {"a": [1, {"b": True}]}}),
    "a field that would pass for the id": ("threat.logged", {**THREAT, "id": "T-0001"}),
    "a kind that is a list": ("contact.logged", {**CONTACT, "kind": ["police"]}),
    "a kind that is a group": ("contact.logged", {**CONTACT, "kind": {"police": True}}),
    "a report that is a text": ("contact.logged", {**CONTACT, "official_report": "obtained"}),
    "a picture without a kind": ("evidence.added", {"kind": ["screenshot"], "name": "a.png"}),
    "a name that is no base64": ("evidence.added", {"kind": "photo", "name_base64": "a"}),
    "a size that is a text": ("evidence.added", {"kind": "photo", "size_bytes": "12"}),
    "a set that is a text": (
        "entry.amended",
        {"amends": "T-0001", "set": "place", "reason": "x"},
    ),
    "a time in a correction that is none": (
        "entry.amended",
        {"amends": "T-0001", "set": {"occurred": NO_START}, "reason": "x"},
    ),
    "particulars that are none": ("case.noted", {"add": {"identifiers": 5}, "set": "alias"}),
    "a number among the ids": (
        "report.made",
        {"sha256": "ab" * 32, "size_bytes": 1, "format": "html", "ids": 5},
    ),
}
"""What is only shown: as it stands there, whatever it is."""
LOG_OF: Final = {
    "threat.logged": "threats",
    "contact.logged": "contacts",
    "demand.made": "demands",
    "evidence.added": "evidence",
    "entry.amended": "threats",
    "entry.withdrawn": "threats",
}
"""In which log of a plain vault it is put; all else is of the custody log."""
QUICK: Final[dict[str, tuple[str, ...]]] = {
    "list": ("list", "--kind", "phone"),
    "list json": ("list", "--since", "2020-01-01", "--until", "2030-01-01", "--json"),
    "status": ("status",),
    "show": ("show", "T-0001"),
}
READING: Final[dict[str, tuple[str, ...]]] = {
    **QUICK,
    "list all": ("list", "all"),
    "list tag": ("list", "--tag", "x", "--from-whom", "x"),
    "status json": ("status", "--json"),
    "due": ("due",),
    "due json": ("due", "--json"),
    "pattern": ("pattern",),
    "pattern json": ("pattern", "--json"),
    "letter": ("letter", "police", "-o", "letter.md"),
    "letter preserve": ("letter", "preserve", "-o", "preserve.txt"),
    "officer": ("letter", "officer", "-o", "officer.html"),
    "timeline": ("timeline",),
    "search": ("search", "x"),
    "case": ("case",),
    "show history": ("show", "T-0001", "--history"),
    "get": ("get", "E-0001", "-o", "copy"),
    "report": ("report", "-o", "r.html"),
    "report md": ("report", "-o", "r.md"),
    "report csv": ("report", "-o", "r", "--format", "csv"),
    "report json": ("report", "-o", "r.json", "--since", "2020-01-01"),
}
_RECORDS: Final = frozenset({"evidence", "threats", "contacts", "demands"})
OF_SOME_LOGS: Final = {
    "case": {"custody"},
    "show": {"threats"},
    "show history": {"threats"},
    "timeline": _RECORDS,
    "search": _RECORDS,
    "get": {"evidence"},
}
"""Commands that read some logs of a plain vault; a sealed one has one log for all."""


def in_one_line(text: str) -> str:
    return " ".join(text.split())


TOLD: Final = (
    "1 line of the vault cannot be read, so something may be missing here. "
    "What is wrong: stalklog verify"
)


@contextmanager
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As whoever has the folder writes: no record is looked at, no link is followed."""
    with monkeypatch.context() as patch:
        patch.setattr("stalklog.records.schema.check_body", lambda _type, _body: None)
        patch.setattr("stalklog.vault.writer.links", lambda _type, _body: ())
        patch.setattr("stalklog.vault.scribe.PlainScribe._next_id", _next_id)
        yield


def _next_id(scribe: PlainScribe, type_name: str, body: JsonObject) -> Id:
    """The next id of the log; a correction, whatever it names, goes to the threats."""
    log = LOG_OF.get(type_name, "custody")
    if body.get("amends") == "T-0001":
        return Id(log, 1, scribe._count_amendments(Id(log, 1, None)) + 1)
    return Id(log, scribe.last(log) + 1, None)


def forge(path: Path, monkeypatch: pytest.MonkeyPatch, type_name: str, body: JsonObject) -> None:
    disk = Disk(path)
    with (
        _unchecked(monkeypatch),
        Vault(disk).writing(AUTHOR, wait_s=0) as writer,
    ):
        writer.add(type_name, _with_original(writer, type_name, body))
        writer.commit()
    disk.close()


def _with_original(writer: Writer, type_name: str, body: JsonObject) -> JsonObject:
    if type_name != "evidence.added":
        return body
    stored = writer.store([b"whatever"])
    return {"size_bytes": stored.size_bytes, **body, "sha256": stored.sha256}


@pytest.fixture(params=["plain", "sealed"])
def key(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> tuple[str, ...]:
    """A vault with a threat, an original and a contact; gives how commands open it."""
    if request.param == "plain":
        assert run("init", str(tmp_path / "vault"), "--tz", "Asia/Kolkata").code == 0
        monkeypatch.setenv("STALKLOG_VAULT", str(tmp_path / "vault"))
        found: tuple[str, ...] = ()
    else:
        make_quick(monkeypatch)
        found = ("--passphrase-file", make_home(tmp_path, monkeypatch).passphrase)
    (tmp_path / "a.png").write_bytes(b"a picture")
    for command in (
        ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live."),
        ("add-evidence", str(tmp_path / "a.png")),
        ("log-contact", "--agency", "Cyber cell", "--kind", "cyber-cell"),
    ):
        assert run(*command).code == 0
    return found


@pytest.fixture
def vault_path(tmp_path: Path, key: tuple[str, ...]) -> Path:
    return tmp_path / ("sealed" if key else "vault")


def lines_concerned(command: str, forgeries: Iterable[str], key: tuple[str, ...]) -> int:
    """How many of the forged lines a command comes upon."""
    logs = {*_RECORDS, "custody"} if key else OF_SOME_LOGS.get(command, {*_RECORDS, "custody"})
    return sum(LOG_OF.get(FORGED[forgery][0], "custody") in logs for forgery in forgeries)


@pytest.mark.parametrize("forgery", FORGED)
def test_reading_passes_over_it_and_says_so_and_verify_names_it(
    run: Run,
    key: tuple[str, ...],
    vault_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    forgery: str,
) -> None:
    before = run("list", "--json", *key).json
    forge(vault_path, monkeypatch, *FORGED[forgery])
    for name, command in QUICK.items():
        answer = run(*command, *key)
        assert answer.code == 0, (name, answer.err)
        assert (TOLD in in_one_line(answer.err)) == lines_concerned(name, (forgery,), key), name
    assert run("list", "--json", *key).json == before
    verified = run("verify", "--json", *key)
    assert verified.code == 10
    assert {found["code"] for found in verified.json["findings"]} & {"SCHEMA_BAD", "ID_BAD"}


def test_what_is_only_odd_is_shown_as_it_stands_there(
    run: Run, key: tuple[str, ...], vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for type_name, body in ODD.values():
        forge(vault_path, monkeypatch, type_name, body)
    for name, command in READING.items():
        answer = run(*command, *key)
        assert answer.code == 0, (name, answer.err)
        assert "cannot be read" not in answer.err, name
    listed = run("list", "--json", *key).json
    assert len({entry["id"] for entry in listed}) == len(listed)
    for entry in listed:
        assert run("show", entry["id"], "--history", *key).code == 0, entry
    assert run("verify", *key).code == 10


def test_every_reading_command_passes_over_them_all(
    run: Run, key: tuple[str, ...], vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for type_name, body in FORGED.values():
        forge(vault_path, monkeypatch, type_name, body)
    for name, command in READING.items():
        answer = run(*command, *key)
        assert answer.code == 0, (name, answer.err)
        count = lines_concerned(name, FORGED, key)
        assert in_one_line(answer.err).count(f"{count} line") == 1, (name, answer.err)


@pytest.mark.usefixtures("terminal")
def test_the_home_of_a_plain_vault_passes_over_it(
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    vault: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del tmp_path, run
    forge(vault, monkeypatch, *FORGED["a bad follow-up"])
    show_home(front_of({}, {}))
    said = capsys.readouterr()
    assert "What you can do" in said.out
    assert TOLD in in_one_line(said.err)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2026-02-30T04:30:00.000Z"),
        ("at", "2026-11-24T25:30:00.000Z"),
        ("tz", "+99:99"),
        ("tz", "-24:00"),
    ],
)
def test_a_time_of_recording_that_is_none_is_passed_over_and_named(
    run: Run,
    key: tuple[str, ...],
    vault_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    field: str,
    value: str,
) -> None:
    _stamped(monkeypatch, vault_path, {field: value})
    for name, command in READING.items():
        answer = run(*command, *key)
        assert answer.code == 0, (name, answer.err)
        if key or "threats" in OF_SOME_LOGS.get(name, _RECORDS):
            assert TOLD in in_one_line(answer.err), name
    answer = run("verify", "--json", *key)
    assert answer.code == 10
    assert "SCHEMA_BAD" in {found["code"] for found in answer.json["findings"]}


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
@pytest.mark.parametrize("tz", ["-23:59", "+23:59"])
def test_the_first_and_the_last_day_of_the_calendar_stop_nothing(
    run: Run,
    key: tuple[str, ...],
    vault_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    tz: str,
) -> None:
    start = f"{at[:19]}{tz}"
    for precision in ("day", "about", "exact"):
        body: JsonObject = {**THREAT, "occurred": {"start": start, "precision": precision}}
        _stamped(monkeypatch, vault_path, {"at": at, "tz": tz}, body)
    for name, command in {**READING, "show it": ("show", "T-0003")}.items():
        answer = run(*command, *key)
        assert answer.code == 0, (name, answer.err)
        assert "cannot be read" not in answer.err


def _stamped(
    monkeypatch: pytest.MonkeyPatch,
    path: Path,
    changes: dict[str, Any],
    body: JsonObject = THREAT,
) -> None:
    from stalklog.vault import scribe  # noqa: PLC0415 - beside its only use

    real = scribe.stamp
    with monkeypatch.context() as patch:
        patch.setattr(
            "stalklog.vault.scribe.stamp", lambda author, place: real(author, place) | changes
        )
        forge(path, monkeypatch, "threat.logged", body)


def _written_without_bounds(value: JsonValue) -> bytes:
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode()


@pytest.mark.parametrize("levels", [60, 300, 700])
def test_what_is_nested_too_deep_to_be_shown_is_passed_over(
    run: Run, key: tuple[str, ...], vault_path: Path, monkeypatch: pytest.MonkeyPatch, levels: int
) -> None:
    deep: JsonValue = "x"
    for _ in range(levels):
        deep = [deep]
    with monkeypatch.context() as patch:
        patch.setattr("stalklog.core.canonical.encode", _written_without_bounds)
        forge(vault_path, monkeypatch, "threat.logged", {**THREAT, "words": deep})
    for command in (("list",), ("list", "--json"), ("show", "T-0001"), ("status",)):
        answer = run(*command, *key)
        assert answer.code == 0, answer.err
        assert TOLD in in_one_line(answer.err)


def test_brackets_in_a_text_are_no_nesting(run: Run, key: tuple[str, ...]) -> None:
    told = ("log-threat", "--when", "2026-11-21", "--words", "[" * 100 + "{" * 100)
    assert run(*told).code == 0
    listed = run("list", "threats", *key)
    assert (listed.code, listed.err) == (0, "")
    assert "[[[[" in listed.out


def test_ids_after_it_are_those_that_verify_counts_with(
    run: Run, key: tuple[str, ...], vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge(vault_path, monkeypatch, *FORGED["a threat without a time"])
    more = ("log-threat", "--when", "2026-11-21", "--words", "He rang again.")
    assert run(*more).code == 0
    amended = ("amend", "T-0003", "--set", "place=the gate", "--reason", "remembered")
    assert run(*amended).code == 0
    listed = {entry["id"]: entry for entry in run("list", "threats", "--json", *key).json}
    assert set(listed) == {"T-0001", "T-0003"}
    assert listed["T-0003"]["place"] == "the gate"
    found = json.loads(run("verify", "--json", *key).out)["findings"]
    assert {one["code"] for one in found} - {"CLOCK_BACKWARDS"} == {"SCHEMA_BAD"}
