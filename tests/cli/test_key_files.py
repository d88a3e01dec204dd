"""`verify` says where a key file is gone, and what to do; where hers lies, she says herself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told
from tests.vault.sealed_desk import HERS

from stalklog.vault.layout import IDENTITY, OWNER, RECOVERY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.cli.sealed_home import SealedHome


@pytest.fixture
def hers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> SealedHome:
    make_quick(monkeypatch)
    made = make_home(tmp_path, monkeypatch)
    assert run("log-threat", "--when", "2026-11-20", "--words", "I know.").code == 0
    return made


@pytest.mark.parametrize("name", [OWNER, RECOVERY])
def test_a_key_file_that_is_gone_is_told_and_is_no_damage(
    run: Run, hers: SealedHome, name: str
) -> None:
    (hers.vault / name).unlink()
    key = ("--passphrase-file", hers.passphrase)
    for given, code in (((), 11), (key, 0)):
        answer = run("verify", "--json", *given)
        assert answer.code == code
        (found,) = [one for one in answer.json["findings"] if one["severity"] == "warning"]
        assert (found["code"], found["where"], found["seq"]) == ("KEY_MISSING", name, None)
    said = told(run("verify", *key).out)
    assert said.startswith("Intact: no change was found.")
    assert f"warning KEY_MISSING {name}" in said


def test_the_way_on_from_a_lost_copy_for_the_recovery_key_is_the_one_that_is_told(
    run: Run, hers: SealedHome
) -> None:
    (hers.vault / RECOVERY).unlink()
    new = ("--new-passphrase-file", hers.passphrase)
    changed = run("keys", "change-passphrase", *new, "--passphrase-file", hers.passphrase)
    assert changed.code == 0, changed.err
    assert run("verify", "--passphrase-file", hers.passphrase, "--json").json["findings"] == []
    assert run("keys", "recover", "--test", "--recovery-file", hers.paper).code == 0


def test_her_key_file_is_missed_unless_she_names_another_place_for_it(
    run: Run, hers: SealedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick.age"
    (hers.vault / IDENTITY).rename(stick)
    found = run("verify", "--json").json["findings"]
    assert [one["where"] for one in found if one["code"] == "KEY_MISSING"] == [IDENTITY]
    there = ("--identity", str(stick), "--passphrase-file", hers.passphrase)
    named = run("verify", "--json", *there)
    assert (named.code, named.json["findings"]) == (0, [])
    monkeypatch.setenv("STALKLOG_IDENTITY", str(stick))
    monkeypatch.setenv("STALKLOG_PASSPHRASE_FILE", hers.passphrase)
    assert run("verify", "--json").json["findings"] == []


class Ring:
    """A system that holds her key, as after `unlock`."""

    def find(self, _vault_id: str) -> str:
        return HERS.to_text()


def test_a_report_says_nothing_of_where_she_keeps_her_key(
    run: Run, hers: SealedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hers.vault / IDENTITY).rename(tmp_path / "stick.age")
    (hers.vault / OWNER).unlink()
    monkeypatch.setattr("stalklog.cli.front.Front._keyring", lambda _front: Ring())
    assert run("report", "-o", str(tmp_path / "r.json")).code == 0
    report = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert OWNER in report
    assert IDENTITY not in report


def test_repair_has_nothing_to_do_with_it(run: Run, hers: SealedHome) -> None:
    (hers.vault / OWNER).unlink()
    assert run("repair", "--yes", "--json").json["repair"] == "nothing"


RECOVER = ("keys", "recover")


def recovered(run: Run, hers: SealedHome, *more: str) -> str:
    files = ("--new-passphrase-file", hers.other, "--recovery-file", hers.paper)
    answer = run(*RECOVER, *files, *more)
    assert answer.code == 0, answer.err
    return told(answer.out + " " + answer.err)


def test_recovery_says_where_her_key_file_went(run: Run, hers: SealedHome, tmp_path: Path) -> None:
    said = recovered(run, hers)
    assert f"Your key file is {hers.vault / IDENTITY}." in said
    assert "There was none" not in said
    stick = tmp_path / "stick.age"
    (hers.vault / IDENTITY).rename(stick)
    said = recovered(run, hers)
    assert f"Your key file is {hers.vault / IDENTITY}. There was none in this folder" in said
    assert "--identity FILE" in said
    assert "still opens with the old passphrase" in said


def test_recovery_writes_her_key_file_where_she_says(
    run: Run, hers: SealedHome, tmp_path: Path
) -> None:
    (hers.vault / IDENTITY).unlink()
    stick = tmp_path / "stick.age"
    said = recovered(run, hers, "--identity", str(stick))
    assert f"Your key file is {stick}." in said
    assert "There was none" not in said
    assert not (hers.vault / IDENTITY).exists()
    at = ("--identity", str(stick), "--passphrase-file", hers.other)
    assert run("list", *at).code == 0
    more = ("--new-passphrase-file", hers.other, "--recovery-file", hers.paper, "--json")
    answer = run(*RECOVER, *more, "--identity", str(stick))
    assert answer.json["identity"] == {"path": str(stick)}
    assert answer.err == ""


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_it_is_said_while_there_is_time_to_stop(run: Run, hers: SealedHome) -> None:
    files = ("--recovery-file", hers.paper, "--new-passphrase-file")
    said = told(run(*RECOVER, *files, "/does/not/exist").err)
    assert "Ctrl-C" not in said
    (hers.vault / IDENTITY).unlink()
    stopped = run(*RECOVER, *files, "/does/not/exist")
    assert stopped.code != 0
    assert f"A new one goes into the vault's folder: {hers.vault / IDENTITY}." in told(stopped.err)
    assert "keys recover --identity FILE" in told(stopped.err)
    assert not (hers.vault / IDENTITY).exists()
