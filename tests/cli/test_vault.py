from __future__ import annotations

import errno
import re
import time
from typing import TYPE_CHECKING

import pytest

from stalklog.cli.zone import local_zone
from stalklog.services.guidance import safety_lines
from stalklog.vault.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

_HEAD = re.compile(r"\b1:[0-9a-f]{64}\b")


def test_a_new_vault_is_named_with_its_head_advice_and_what_comes_next(
    run: Run, tmp_path: Path
) -> None:
    answer = run("init", str(tmp_path / "v"), "--name", "Notes", "--operator", "An NGO")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"Your vault is ready: {tmp_path / 'v'}\n")
    assert "Time zone  Asia/Kolkata\n" in answer.out
    assert _HEAD.search(answer.out)
    told = " ".join(answer.out.split())
    for line in safety_lines():
        assert line in told
    assert "stalklog log-threat" in answer.out


def test_its_answer_in_json_has_its_shape(run: Run, tmp_path: Path) -> None:
    answer = run("init", str(tmp_path / "v"), "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {"vault", "id", "head", "size"}
    assert (answer.json["vault"], answer.json["size"]) == (str(tmp_path / "v"), 1)


def test_without_a_path_it_lies_in_the_users_data_folder(run: Run, home: Path) -> None:
    assert run("init", "--json").json["vault"] == str(home / "data" / "stalklog" / "case")
    assert run("--vault", str(home / "v"), "init", "--json").json["vault"] == str(home / "v")


def test_a_place_that_is_named_twice_is_a_usage_error(run: Run) -> None:
    assert run("--vault", "a", "init", "b").code == 2


def test_nothing_is_made_where_something_is(run: Run, vault: Path) -> None:
    answer = run("init", str(vault), "--json")
    assert (answer.code, answer.error["error"]) == (61, "would-overwrite")


def test_an_init_that_was_interrupted_is_finished_and_leaves_nothing_half(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "v" / "tmp").mkdir(parents=True)
    (tmp_path / "v" / "tmp" / "0123456789abcdef01234567").write_bytes(b"half a key")
    assert run("init", str(tmp_path / "v")).code == 0
    assert not list((tmp_path / "v" / "tmp").iterdir())
    assert (tmp_path / "v" / "quarantine" / "tmp-0").read_bytes() == b"half a key"


def test_an_init_on_a_disk_that_fails_is_told_as_that(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_disk: Disk, _folder: str) -> list[str]:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Disk, "list", fail)
    answer = run("init", str(tmp_path / "v"), "--json")
    assert (answer.code, answer.error["error"]) == (20, "vault")
    assert answer.error["message"].startswith("Not saved: Input/output error.")


def test_a_zone_that_is_not_there_is_a_usage_error(run: Run) -> None:
    assert run("init", "v", "--tz", "Moon").code == 2


def test_a_place_that_cannot_even_be_looked_at_has_no_vault(run: Run) -> None:
    answer = run("--vault", "n" * 300, "status", "--json")
    assert (answer.code, answer.error["error"]) == (21, "no-vault")


def test_an_intact_vault_is_proven_in_plain_words(run: Run, vault: Path) -> None:
    del vault
    answer = run("verify")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Intact: no change was found.\n")
    assert "was not checked" in answer.out
    answer = run("verify", "--json")
    assert set(answer.json) == {
        "verdict", "entries", "objects", "bytes", "size", "head", "root", "completeness",
        "findings",
    }  # fmt: skip
    assert (answer.json["verdict"], answer.json["completeness"]) == ("intact", "not-checked")


def test_a_head_that_was_kept_shows_that_nothing_was_cut_off(run: Run, vault: Path) -> None:
    del vault
    head = run("status", "--json").json["head"]
    answer = run("verify", "--expect", f"1:{head}")
    assert answer.code == 0
    assert "Nothing was cut off" in answer.out
    wrong = run("verify", "--expect", f"2:{head}", "--json")
    assert (wrong.code, wrong.json["verdict"]) == (10, "damaged")
    assert run("verify", "--expect", "head").code == 2


def test_a_damaged_vault_exits_10_and_each_finding_is_named(run: Run, vault: Path) -> None:
    run("log-threat", "--when", "today", "--words", "x")
    log = vault / "logs" / "threats.jsonl"
    log.chmod(0o600)
    log.write_bytes(log.read_bytes().replace(b'"words":"x"', b'"words":"y"'))
    answer = run("verify")
    assert (answer.code, answer.err) == (10, "")
    assert answer.out.startswith("Damaged: something was changed or is missing.\n")
    assert "What was found\n" in answer.out
    assert "fault" in answer.out
    findings = run("verify", "--json").json["findings"]
    assert findings
    for finding in findings:
        assert set(finding) == {"code", "severity", "where", "seq", "message"}
    beyond = run("repair", "--json")
    assert (beyond.code, beyond.out) == (25, "")


def test_something_that_cannot_be_read_exits_11(
    run: Run, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del vault
    from stalklog.services import checks  # noqa: PLC0415 - patched here only
    from stalklog.vault.findings import Finding  # noqa: PLC0415 - likewise

    real = checks.verify

    def unread(*args: object, **named: object) -> object:
        from dataclasses import replace  # noqa: PLC0415 - likewise

        found = Finding("OBJECT_UNREADABLE", "objects/ab", 1, "It could not be read.")
        return replace(real(*args, **named), findings=(found,))  # type: ignore[arg-type]

    monkeypatch.setattr(checks, "verify", unread)
    answer = run("verify")
    assert answer.code == 11
    assert answer.out.startswith("Nothing is damaged, but not everything was read.\n")
    assert "OBJECT_UNREADABLE" in answer.out


def test_a_whole_vault_needs_no_repair(run: Run, vault: Path) -> None:
    del vault
    answer = run("repair")
    assert (answer.code, answer.out) == (0, "Nothing needs to be repaired.\n")
    assert set(run("repair", "--json").json) == {"repair", "message", "head", "size"}


@pytest.fixture
def unsigned(vault: Path) -> Path:
    """A vault whose newest signed note is gone."""
    (vault / "checkpoints" / "latest.note").unlink()
    return vault


@pytest.mark.usefixtures("unsigned")
class TestRepair:
    def test_nothing_is_done_without_a_person(self, run: Run) -> None:
        answer = run("repair")
        assert (answer.code, answer.out) == (3, "")
        assert "signed anew" in " ".join(answer.err.split())
        assert "--yes" in answer.err

    def test_agreeing_beforehand_is_enough(self, run: Run) -> None:
        answer = run("repair", "--yes")
        assert answer.code == 0
        assert answer.out.startswith("Done.")
        assert run("verify").code == 0

    @pytest.mark.usefixtures("terminal")
    @pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 3), ("\n", 3)])
    def test_a_person_is_asked(self, run: Run, typed: str, code: int) -> None:
        answer = run("repair", stdin=typed)
        assert answer.code == code
        assert "Do this? [y/N]" in answer.err

    @pytest.mark.usefixtures("terminal")
    def test_ctrl_c_is_no_yes(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        from stalklog.cli import questions  # noqa: PLC0415 - patched here only

        def stop() -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(questions, "_next_line", stop)
        assert run("repair").code == 130


def test_the_zone_of_this_computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from stalklog.cli import zone  # noqa: PLC0415 - patched here only

    assert local_zone({"TZ": ":Europe/London"}) == "Europe/London"
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    monkeypatch.setattr(zone, "_LINK", link)
    assert local_zone({}) == "Asia/Tokyo"
    link.unlink()
    link.symlink_to("/etc/elsewhere")
    name = tmp_path / "timezone"
    name.write_text("Asia/Kolkata\n")
    monkeypatch.setattr(zone, "_NAME", name)
    assert local_zone({"TZ": "Nowhere/At_All"}) == "Asia/Kolkata"
    link.unlink()
    monkeypatch.setattr(time, "tzname", ("India Standard Time", ""))
    assert local_zone({}) == "Asia/Kolkata"
    monkeypatch.setattr(time, "tzname", ("XYZ", ""))
    assert local_zone({}) == "UTC"


def test_verify_names_a_damaged_header(run: Run, tmp_path: Path) -> None:
    vault = tmp_path / "v"
    run("init", str(vault))
    (vault / "VAULT").write_bytes(b"{}\n")
    answer = run("verify", "--vault", str(vault), "--json")
    assert answer.code == 10
    assert "VAULT_BAD" in {found["code"] for found in answer.json["findings"]}
