"""Every command at a sealed vault, with its key and without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.sealed_home import PASSPHRASE, make_home, make_quick, put, told
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY, STRANGER

from stalklog.cli.front import front_of
from stalklog.cli.standing import home as show_home

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Run
    from tests.cli.sealed_home import SealedHome

THREAT = ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live.")
CONTACT = ("log-contact", "--agency", "Cyber cell", "--kind", "cyber-cell", "--when", "2026-11-21")
DEMAND = ("log-demand", "--when", "2026-11-19", "--how", "e-mail", "--words", "Stop.")


@pytest.fixture
def home_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedHome:
    make_quick(monkeypatch)
    return make_home(tmp_path, monkeypatch)


@pytest.fixture
def mail(tmp_path: Path) -> str:
    return put(tmp_path / "mail.txt", "From: nobody@example.org\n\nI know where you live.\n")


def by(answer: Answer) -> dict[str, Any]:
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.usefixtures("home_")
def test_each_entry_is_added_without_a_key_and_named_by_its_place(run: Run, mail: str) -> None:
    logged = {"id", "seq", "head", "size"}
    added = by(run("add-evidence", mail, "--json"))
    assert [(item["id"], item["seq"], item["stored"]) for item in added["added"]] == [
        ("#1", 1, "new")
    ]
    for seq, (command, shape) in enumerate(
        (
            (THREAT, logged),
            ((*CONTACT, "--attach", mail), logged | {"attached"}),
            (DEMAND, logged),
            (("amend", "#2", "--set", "place=bus stop", "--reason", "remembered"), logged),
            (("withdraw", "@2", "--reason", "twice"), logged),
            (("case", "--set", "alias=Ms A", "--identifier", "phone:12345"), logged - {"size"}),
        ),
        2,
    ):
        place = seq if seq == 2 else seq + 1  # an attached file is an entry before its contact
        answer = by(run(*command, "--json"))
        assert set(answer) == shape, command
        assert (answer["id"], answer["seq"]) == (f"#{place}", place)


def test_in_words_a_place_is_told_so_that_a_shell_takes_it(
    run: Run, home_: SealedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    del home_
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    shown: list[str] = []
    monkeypatch.setattr(
        "stalklog.cli.console.Screen.hint", lambda _screen, text: shown.append(text)
    )
    answer = run(*THREAT)
    assert answer.out.startswith("Logged as #1. It is safely on the disk.\n")
    amended = run("amend", "#1", "--set", "place=x", "--reason", "y")
    assert "as #2." in amended.out
    assert "stalklog show @1" in shown[0]
    assert "amend @1" in shown[0]
    assert "stalklog show @2 --history" in shown[1]
    assert not any("#" in text for text in shown)
    assert run("case", "--set", "alias=A").out.startswith("Noted as #3.\n")


READING = (
    ("list",), ("list", "threats", "--since", "2026-11-01"), ("show", "T-0001"), ("show", "#1"),
    ("show", "@1", "--history"), ("get", "E-0001", "-o", "out"), ("status",), ("report",),
    ("report", "--format", "csv", "-o", "folder"), ("case",), ("verify", "--inside"),
    ("keys", "add", *ADVOCATE.recipients), ("keys", "remove", *RECOVERY.recipients),
)  # fmt: skip


@pytest.mark.parametrize("command", READING, ids=lambda words: " ".join(words[:2]))
def test_without_a_key_reading_exits_23_and_says_how_to_go_on(
    run: Run, home_: SealedHome, home: Path, command: tuple[str, ...]
) -> None:
    run(*THREAT)
    before = (home_.vault / "logs" / "entries.jsonl").read_bytes()
    answer = run(*command, "--json")
    assert (answer.code, answer.out) == (23, "")
    assert (answer.error["code"], answer.error["error"]) == (23, "passphrase")
    assert "--passphrase-file FILE" in answer.error["hint"]
    assert "stalklog unlock" in answer.error["hint"]
    plain = run(*command)
    assert (plain.code, plain.out) == (23, "")
    assert (home_.vault / "logs" / "entries.jsonl").read_bytes() == before
    assert not [path for path in home.rglob("*") if path.is_file()]  # nothing half is left


def test_with_the_key_everything_reads_as_in_a_plain_vault(
    run: Run, home_: SealedHome, mail: str, tmp_path: Path
) -> None:
    run("add-evidence", mail)
    run(*THREAT, "--evidence", "#1")
    run("amend", "@2", "--set", "place=the bus stop", "--reason", "remembered")
    run("case", "--set", "alias=Ms A")
    key = ("--passphrase-file", home_.passphrase, "--json")
    listed = run("list", *key)
    assert [(entry["id"], entry["amended"]) for entry in listed.json] == [
        ("X-0001", False), ("E-0001", False), ("T-0001", True), ("X-0002", False),
    ]  # fmt: skip
    for name in ("T-0001", "#2", "@2", "t-1", "#3"):
        shown = by(run("show", name, "--history", *key))
        assert (shown["id"], shown["place"], shown["evidence"]) == (
            "T-0001", "the bus stop", ["E-0001"],
        )  # fmt: skip
        assert [change["id"] for change in shown["history"]] == ["T-0001.1"]
    assert run("case", *key).json == {"case": {"alias": "Ms A"}}
    out = tmp_path / "copy.txt"
    assert run("get", "#1", "-o", str(out), *key).json["size_bytes"] == len(out.read_bytes())
    assert out.read_text() == (tmp_path / "mail.txt").read_text()


@pytest.mark.parametrize("name", ["T-0009", "@99", "#99", "nonsense", "@" + "1" * 5_000])
def test_an_entry_that_is_not_there_is_40_as_far_as_it_can_be_told(
    run: Run, home_: SealedHome, name: str
) -> None:
    run(*THREAT)
    assert run("show", name, "--passphrase-file", home_.passphrase).code == 40
    amended = run("amend", name, "--set", "place=x", "--reason", "y", "--json")
    if name == "T-0009":  # nobody without the key can tell
        assert amended.json["id"] == "#2"
    else:
        assert (amended.code, amended.error["error"]) == (40, "no-such-entry")


@pytest.mark.parametrize("name", ["#0", "@0", "X-0001", "T-0001.1"])
@pytest.mark.parametrize("command", [("amend", "--set", "place=x"), ("withdraw",)])
def test_what_can_never_be_corrected_is_refused_without_a_key(
    run: Run, home_: SealedHome, name: str, command: tuple[str, ...]
) -> None:
    del home_
    answer = run(*command, name, "--reason", "x", "--json")
    assert (answer.code, answer.error["error"]) == (41, "record-not-valid")
    assert "cannot be amended or withdrawn" in answer.error["message"]


def test_verify_without_a_key_says_what_it_could_not_check(run: Run, home_: SealedHome) -> None:
    run(*THREAT)
    answer = run("verify", "--json")
    assert (answer.code, answer.json["verdict"], answer.json["size"]) == (11, "not-checked", 2)
    assert [one["code"] for one in answer.json["findings"]] == ["SEALED_NO_KEY"]
    plain = run("verify")
    assert plain.code == 11
    assert plain.out.startswith("Nothing is damaged, but not everything was read.\n")
    head = f"2:{answer.json['head']}"
    assert run("verify", "--expect", head, "--json").json["completeness"] == "checked"
    opened = run("verify", "--passphrase-file", home_.passphrase, "--json")
    assert (opened.code, opened.json["verdict"], opened.json["findings"]) == (0, "intact", [])
    assert run("verify", "--inside", "--passphrase-file", home_.passphrase).code == 0
    assert run("verify", "--passphrase-file", home_.other).code == 23


def test_a_damaged_line_is_found_with_a_key_and_without(run: Run, home_: SealedHome) -> None:
    run(*THREAT)
    log = home_.vault / "logs" / "entries.jsonl"
    log.chmod(0o600)
    data = log.read_bytes()
    at = data.index(b'"sealed":"') + 300
    log.write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    for key in ((), ("--passphrase-file", home_.passphrase)):
        answer = run("verify", "--json", *key)
        assert (answer.code, answer.json["verdict"]) == (10, "damaged"), key


def test_what_is_taken_out_is_said_to_be_readable(
    run: Run, home_: SealedHome, mail: str, tmp_path: Path
) -> None:
    run("add-evidence", mail)
    key = ("--passphrase-file", home_.passphrase)
    for command in (
        ("get", "E-0001", "-o", str(tmp_path / "1")),
        ("report", "-o", str(tmp_path / "2.html")),
        ("report", "--format", "csv", "-o", str(tmp_path / "3")),
    ):
        for more in ((), ("--json",)):
            place = (*command[:-1], f"{command[-1]}{'j' if more else ''}")
            answer = run(*place, *key, *more)
            assert answer.code == 0, answer.err
            assert "readable by whoever finds it" in told(answer.err)
            assert "readable" not in answer.out


@pytest.mark.usefixtures("terminal")
def test_an_editor_is_refused_as_it_keeps_copies(run: Run, home_: SealedHome) -> None:
    del home_
    for command in ("log-threat", "log-contact", "log-demand"):
        answer = run(command, "--edit")
        assert answer.code == 2
        assert "an editor keeps copies" in told(answer.err)


def test_status_tells_of_the_keys_and_reminds_until_the_recovery_key_was_tested(
    run: Run, home_: SealedHome
) -> None:
    key = ("--passphrase-file", home_.passphrase)
    found = run("status", *key, "--json").json["sealed"]
    assert found == {
        "readers": 2, "key_changes": [], "keys_changed": [],
        "recovery_tested_at": None, "unopened_lines": 0,
    }  # fmt: skip
    before = told(run("status", *key).out)
    assert "2 keys open what is added now." in before
    assert "stalklog keys recover --test" in before
    run("keys", "recover", "--test", "--recovery-file", home_.paper)
    run("keys", "add", *ADVOCATE.recipients, *key)
    after = told(run("status", *key).out)
    assert "3 keys open what is added now. The keys were changed: #1 " in after
    assert "recover --test" not in after
    assert run("status", *key, "--json").json["sealed"]["key_changes"] == ["#1"]


def test_the_home_of_a_sealed_vault_shows_nothing_of_what_is_in_it(
    run: Run, home_: SealedHome, capsys: pytest.CaptureFixture[str]
) -> None:
    del home_
    run(*THREAT)
    run("case", "--set", "alias=Ms A")
    show_home(front_of({}, {}))
    shown = capsys.readouterr().out
    assert shown.startswith("A sealed vault.\n3 entries are in it.\n")
    assert "Ms A" not in shown
    assert "1 threat" not in shown
    assert "it needs no passphrase" in shown
    assert "recover --test" in told(shown)


def test_an_advocate_reads_what_came_later_and_is_told_so(
    run: Run, home_: SealedHome, tmp_path: Path
) -> None:
    run(*THREAT)
    run("keys", "add", *ADVOCATE.recipients, "--passphrase-file", home_.passphrase)
    run(*DEMAND)
    hers = put(tmp_path / "advocate.txt", ADVOCATE.to_text())
    answer = run("list", "--identity", hers, "--json")
    assert answer.code == 0
    assert [entry["seq"] for entry in answer.json] == [0, 2, 3]
    assert "opens only what was added while the vault was sealed to it" in told(answer.err)
    assert "1 entry is sealed to other keys than this one" in told(answer.err)
    checked = run("verify", "--identity", hers, "--json")
    assert (checked.code, checked.json["verdict"]) == (11, "not-checked")


def test_the_key_may_lie_elsewhere_by_option_or_environment(
    run: Run, home_: SealedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*THREAT)
    hers = put(tmp_path / "stick", HERS.to_text())
    assert run("list", "--identity", hers).code == 0
    monkeypatch.setenv("STALKLOG_IDENTITY", hers)
    assert run("list").code == 0
    assert run("verify").code == 0
    assert run("list", "--identity", home_.paper).code == 0  # the option wins
    gone = run("list", "--identity", str(tmp_path / "unplugged"), "--json")
    assert (gone.code, gone.error["error"]) == (20, "vault")
    assert "--identity FILE" in gone.error["hint"]
    stranger = put(tmp_path / "stranger", STRANGER.to_text())
    assert run("list", "--identity", stranger).code == 23
    assert run("list", "--identity", put(tmp_path / "junk", "no key")).code == 23


def test_the_passphrase_comes_from_a_file_by_option_or_environment(
    run: Run, home_: SealedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALKLOG_PASSPHRASE_FILE", home_.passphrase)
    assert run("list").code == 0
    assert run("verify").code == 0
    wrong = run("list", "--passphrase-file", home_.other, "--json")
    assert (wrong.code, wrong.error["error"]) == (23, "passphrase")
    assert "stalklog keys recover" in wrong.error["hint"]
    for text in ("", "\n", "\r\n", "\ufeff\n"):
        empty = run("list", "--passphrase-file", put(tmp_path / "e", text), "--json")
        assert (empty.code, empty.error["error"]) == (2, "usage"), repr(text)
    assert run("list", "--passphrase-file", str(tmp_path / "none")).code == 2
    (tmp_path / "latin").write_bytes(b"caf\xe9 caf\xe9\n")
    assert run("list", "--passphrase-file", str(tmp_path / "latin")).code == 2


def test_a_secret_that_is_no_file_is_told_and_a_pipe_is_taken(
    run: Run, home_: SealedHome, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    assert run("list", "--passphrase-file", f"/dev/fd/{reading}").code == 0
    os.close(reading)
    for place in ("/dev/zero", str(tmp_path)):
        for option, code in (("--passphrase-file", 2), ("--identity", 20)):
            answer = run("list", option, place, "--json")
            assert (answer.code, answer.error["code"]) == (code, code)
            assert "neither a file nor a pipe" in answer.error["message"]
        assert run("keys", "recover", "--test", "--recovery-file", place).code == 2
        new = run("keys", "change-passphrase", "--identity", home_.paper,
                  "--new-passphrase-file", place)  # fmt: skip
        assert new.code == 2
    large = put(tmp_path / "large", "x" * 70_000)
    answer = run("list", "--passphrase-file", large, "--json")
    assert "too large" in answer.error["message"]


def test_a_debug_folder_and_the_default_vault_lie_where_stalklog_home_says(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    monkeypatch.setenv("STALKLOG_HOME", str(tmp_path / "recipes"))
    passphrase = put(tmp_path / "p", "four words far apart\n")
    made = run(
        "init", "--sealed", "--passphrase-file", passphrase,
        "--recovery-to", str(tmp_path / "r"), "--json",
    )  # fmt: skip
    assert made.json["vault"] == str(tmp_path / "recipes" / "case")
    assert run(*THREAT, "--json").json["id"] == "#1"

    def broken(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("stalklog.services.checks.verify", broken)
    assert run("verify").code == 1
    assert list((tmp_path / "recipes" / "debug").iterdir())
    assert not list(home.iterdir())


@pytest.mark.usefixtures("terminal")
def test_the_questions_take_places_and_ask_for_no_passphrase(
    run: Run, home_: SealedHome, mail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_given: object, **_named: object) -> str:
        raise AssertionError("a passphrase was asked for")

    monkeypatch.setattr("getpass.getpass", never)
    monkeypatch.setattr("stalklog.cli.secret._can_type", lambda: True)
    assert "Note:" not in run(*DEMAND).err
    again = run(*DEMAND)
    assert (again.code, "one is enough" in again.err) == (0, False)  # the first cannot be read
    run("add-evidence", mail)
    questions = ("words", "yesterday 21:30", "", "", "", "#3 @99", "#3 e-1")
    answer = run("log-threat", "--behaviour", "x", stdin="\n".join(questions) + "\n" * 20)
    assert (answer.code, "The vault has no entry @99." in answer.err) == (0, True), answer.err
    shown = run("show", "@4", "--identity", home_.paper, "--json").json
    assert shown["evidence"] == ["E-0001", "E-0001"]
    no_such = run("log-threat", "--when", "today", "--words", "x", "--evidence", "@77")
    assert no_such.code == 40
    assert run(*CONTACT, "--follow-up", "+15d").code == 0
    assert run("amend", "@1", "--set", "place=x", stdin="remembered\n").code == 0
    assert run("withdraw", "@1", stdin="twice\n").code == 0
    assert run("list", "--passphrase-file", home_.passphrase).code == 0


@pytest.mark.usefixtures("terminal")
def test_tried_again_after_a_failure_it_is_logged_once(
    run: Run, home_: SealedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stalklog.vault.writer import Writer  # noqa: PLC0415 - broken here only

    real, failures = Writer.publish, [OSError(28, "No space left on device")]

    def publish(writer: Writer) -> None:
        if failures:
            raise failures.pop()
        real(writer)

    monkeypatch.setattr(Writer, "publish", publish)
    answer = run("log-threat", "--when", "2026-11-20", stdin="He stood there.\n" + "\n" * 30)
    assert answer.code == 0, answer.err
    assert "Try again?" in answer.err
    listed = run("list", "threats", "--passphrase-file", home_.passphrase, "--json").json
    assert len(listed) == 1


def test_keys_says_that_the_vault_is_another_than_her_key_was_made_for(
    home_: SealedHome, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("keys", "list", "--passphrase-file", home_.passphrase)
    answer = run(*asked)
    assert (answer.code, answer.err) == (0, "")
    bound = HERS.for_vault("ab" * 32)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", lambda _data, _typed: bound)
    answer = run(*asked)
    assert answer.code == 10
    assert "VAULT_BAD" in answer.err
