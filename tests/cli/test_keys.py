"""`keys`, `unlock`, `lock`, `seal` and `init --sealed`, as a program and a person give them."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import OTHER, make_home, make_quick, put, told
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY

from stalklog.core.clock import SystemClock
from stalklog.errors import VaultError
from stalklog.keyring import find_keyring
from stalklog.vault.layout import IDENTITY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Run
    from tests.cli.sealed_home import SealedHome

    from stalklog.services.settings import Settings

THREAT = ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live.")
DEVANAGARI = "चार शब्द जो साथ\u200d नहीं"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


@pytest.fixture
def hers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedHome:
    return make_home(tmp_path, monkeypatch)


def require_told_readable(answer: Answer, file: Path) -> None:
    said = told(answer.err)
    assert f"The recovery key now lies readable in {file}:" in said
    assert "Print it or copy it onto paper" in said
    assert "remove the file" in said
    assert "readable" not in answer.out


def changed(answer: Answer, place: str) -> None:
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {"id", "seq", "head", "size", "recipients"}
    assert answer.json["id"] == place


def dayless(told: str) -> str:
    """The same on every day: without the vault's zone it may be another one."""
    return re.sub(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b", "<day>", told)


class TestKeys:
    def test_who_can_read_is_listed_without_a_key(self, run: Run, hers: SealedHome) -> None:
        del hers
        assert run("keys", "--json").json == {
            "recipients": [
                {"recipient": HERS.recipients[0], "role": "yours"},
                {"recipient": RECOVERY.recipients[0], "role": "recovery"},
            ],
            "changes": [],
            "keys_changed": [],
            "recovery_tested_at": None,
        }
        shown = told(run("keys", "list").out)
        assert f"{RECOVERY.recipients[0]} the recovery key" in shown
        assert "was not tested yet: stalklog keys recover --test" in shown

    def test_an_advocate_is_added_and_removed(self, run: Run, hers: SealedHome) -> None:
        key = ("--passphrase-file", hers.passphrase, "--json")
        changed(run("keys", "add", *ADVOCATE.recipients, *key), "#1")
        again = run("keys", "add", *ADVOCATE.recipients, *key)
        assert (again.code, again.error["error"]) == (2, "usage")
        assert "somebody else's" in run("keys").out
        changed(run("keys", "remove", *ADVOCATE.recipients, *key), "#2")
        assert run("keys", "remove", *ADVOCATE.recipients, *key).code == 2
        assert run("keys", "remove", *RECOVERY.recipients, *key).code == 2
        assert "changed 2 times. #1 " in told(run("keys").out)
        assert run("verify", "--passphrase-file", hers.passphrase).code == 0

    @pytest.mark.parametrize(
        "command",
        [("keys", "mend"), ("keys", "add"), ("keys", "remove"), ("keys", "add", "age1nonsense")],
    )
    def test_what_it_does_not_know_is_a_usage_error(
        self, run: Run, hers: SealedHome, command: tuple[str, ...]
    ) -> None:
        answer = run(*command, "--passphrase-file", hers.passphrase, "--json")
        assert (answer.code, answer.error["error"]) == (2, "usage")
        assert run("keys", "--json").json["changes"] == []

    @pytest.mark.parametrize("more", [(), ("--new-key",)])
    def test_the_passphrase_is_changed(
        self, run: Run, hers: SealedHome, more: tuple[str, ...]
    ) -> None:
        run(*THREAT)
        command = ("keys", "change-passphrase", *more, "--new-passphrase-file", hers.other)
        assert run(*command, "--json").code == 23
        answer = run(*command, "--passphrase-file", hers.passphrase)
        assert answer.code == 0
        expected = "still reads what was added before now" if more else "--new-key"
        assert expected in told(answer.out)
        assert run("list", "--passphrase-file", hers.passphrase).code == 23
        assert run("list", "--passphrase-file", hers.other).code == 0
        now = run("keys", "--json").json["recipients"][0]["recipient"]
        assert (now == HERS.recipients[0]) == (not more)

    def test_a_change_is_told_even_if_the_disk_fails_right_behind_it(
        self, run: Run, hers: SealedHome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> bool:
            raise VaultError("The vault cannot be read. Nothing was changed.")

        monkeypatch.setattr("stalklog.services.unlocking.lock", refuse)
        command = ("keys", "change-passphrase", "--new-passphrase-file", hers.other)
        answer = run(*command, "--passphrase-file", hers.passphrase)
        assert answer.code == 0
        assert "The keys are changed" in told(answer.out)
        assert "stalklog lock" in told(answer.err)
        assert "Nothing was changed" not in answer.err
        assert run("list", "--passphrase-file", hers.other).code == 0

    def test_a_check_tells_what_it_found_though_the_settings_cannot_be_read(
        self, run: Run, hers: SealedHome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("keys", "add", *ADVOCATE.recipients, "--passphrase-file", hers.passphrase)
        expected = run("verify", "--passphrase-file", hers.passphrase)

        def refuse(_vault: object) -> Settings:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr("stalklog.services.settings.read_settings", refuse)
        answer = run("verify", "--passphrase-file", hers.passphrase)
        assert (answer.code, dayless(answer.out)) == (0, dayless(expected.out))
        assert run("status", "--passphrase-file", hers.passphrase).code == VaultError.exit_code

    @pytest.mark.parametrize("bad", ["", "short", "four\twords far apart"])
    def test_a_passphrase_that_cannot_be_used_changes_nothing(
        self, run: Run, hers: SealedHome, tmp_path: Path, bad: str
    ) -> None:
        file = put(tmp_path / "bad", bad + "\n")
        before = (hers.vault / IDENTITY).read_bytes()
        command = ("keys", "change-passphrase", "--new-passphrase-file", file)
        assert run(*command, "--passphrase-file", hers.passphrase).code == 2
        assert (hers.vault / IDENTITY).read_bytes() == before

    def test_without_a_terminal_a_new_passphrase_is_named(self, run: Run, hers: SealedHome) -> None:
        answer = run("keys", "change-passphrase", "--passphrase-file", hers.passphrase, "--json")
        assert (answer.code, answer.error["error"]) == (2, "usage")
        assert "--new-passphrase-file FILE" in answer.error["hint"]

    def test_the_recovery_key_is_tested_and_gives_a_new_passphrase(
        self, run: Run, hers: SealedHome
    ) -> None:
        run(*THREAT)
        assert run("keys", "recover", "--test", "--json").code == 23
        assert run("keys", "recover", "--test", "--recovery-file", hers.other).code == 23
        assert run("keys", "--json").json["recovery_tested_at"] is None
        tested = run("keys", "recover", "--test", "--recovery-file", hers.paper, "--json")
        assert tested.json == {"recovery": "works"}
        assert run("keys", "--json").json["recovery_tested_at"]
        assert "worked on" in run("keys").out
        (hers.vault / IDENTITY).unlink()
        command = ("keys", "recover", "--new-passphrase-file", hers.other)
        assert run(*command, "--recovery-file", hers.passphrase).code == 23
        answer = run(*command, "--recovery-file", hers.paper, "--json")
        assert answer.json["identity"] == {"path": str(hers.vault / IDENTITY)}
        assert (answer.json["id"], answer.err) == ("#2", "")
        assert run("show", "T-0001", "--passphrase-file", hers.other).code == 0

    def test_a_new_recovery_key_takes_the_place_of_the_old_one(
        self, run: Run, hers: SealedHome, tmp_path: Path
    ) -> None:
        run("keys", "recover", "--test", "--recovery-file", hers.paper)
        paper = tmp_path / "paper-2.html"
        command = ("keys", "add", "--recovery", "--recovery-to", str(paper))
        assert run(*command).code == 23
        assert not paper.exists()
        answer = run(*command, "--passphrase-file", hers.passphrase)
        assert "Whoever has the old paper" in told(answer.out)
        require_told_readable(answer, paper)
        assert "The recovery key on paper is not yet tested." in answer.out
        assert run("keys", "--json").json["recovery_tested_at"] is None
        assert run("keys", "recover", "--test", "--recovery-file", hers.paper).code == 23
        assert run("keys", "recover", "--test", "--recovery-file", str(paper)).code == 0
        assert run(*command, "--passphrase-file", hers.passphrase).code == 61

    def test_a_plain_vault_has_none(self, run: Run, vault: Path) -> None:
        del vault
        for command in (("keys",), ("unlock",), ("lock",)):
            answer = run(*command, "--json")
            assert (answer.code, answer.error["error"]) == (2, "usage")
            assert "stalklog seal PATH" in answer.error["hint"]


class TestUnlock:
    @pytest.fixture(autouse=True)
    def _kernel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ring = find_keyring(SystemClock())
        if ring is None:
            pytest.skip("this system has no keyring, so nothing can be held: nothing was tried")
        monkeypatch.setattr("stalklog.cli.front.Front._keyring", lambda _front: ring)
        monkeypatch.setattr("stalklog.cli.keys.find_keyring", lambda _clock: ring)

    def test_while_it_is_unlocked_reading_asks_for_nothing(
        self, run: Run, hers: SealedHome
    ) -> None:
        run(*THREAT)
        key = ("--passphrase-file", hers.passphrase)
        assert run("unlock", "--json").code == 23
        assert run("unlock", "--passphrase-file", hers.other).code == 23
        assert run("list").code == 23
        assert "store" not in run("unlock", *key).out
        assert run("unlock", "--for", "1", "--json", *key).json == {"unlocked_s": 60}
        try:
            assert run("list").code == 0
            assert run("verify").code == 0
        finally:
            assert run("lock", "--json").json == {"was_unlocked": True}
        assert run("list").code == 23
        assert run("lock").out == "It was locked already.\n"

    def test_who_finds_it_unlocked_can_neither_keep_it_so_nor_change_the_keys(
        self, run: Run, hers: SealedHome
    ) -> None:
        run("unlock", "--for", "1", "--passphrase-file", hers.passphrase)
        try:
            assert run("list").code == 0
            assert run("unlock", "--for", "1440").code == 23
            assert run("keys", "add", *ADVOCATE.recipients).code == 23
            new = ("--new-passphrase-file", hers.other)
            assert run("keys", "change-passphrase", *new).code == 23
            assert run("list").code == 0
        finally:
            run("lock")

    def test_a_change_of_keys_locks_it(self, run: Run, hers: SealedHome) -> None:
        key = ("--passphrase-file", hers.passphrase)
        run("unlock", "--for", "1", *key)
        assert run("keys", "add", *ADVOCATE.recipients, *key).code == 0
        assert run("list").code == 23

    @pytest.mark.parametrize("minutes", ["0", "-1", "1441", "x", "१५", "1" * 5_000])
    def test_a_time_that_is_none_is_a_usage_error(
        self, run: Run, hers: SealedHome, minutes: str
    ) -> None:
        answer = run("unlock", "--for", minutes, "--passphrase-file", hers.passphrase)
        assert (answer.code == 2) == (minutes != "१५")
        run("lock")


class Lasting:
    """A store of the system's that keeps what it is given."""

    is_lasting = True

    def hold(self, name: str, secret: str, *, for_s: int) -> None:
        self.held = (name, secret, for_s)


def test_a_store_that_outlasts_the_day_is_told_of(
    run: Run, hers: SealedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, key = Lasting(), ("--passphrase-file", hers.passphrase)
    monkeypatch.setattr("stalklog.cli.keys.find_keyring", lambda _clock: ring)
    answer = run("unlock", *key)
    assert answer.code == 0
    assert "it may stay in the store until somebody next reads this vault" in told(answer.out)
    assert ring.held[1:] == (HERS.to_text(), 900)
    assert run("unlock", "--json", *key).json == {"unlocked_s": 900}


def test_a_system_that_holds_nothing_says_so(run: Run, hers: SealedHome) -> None:
    answer = run("unlock", "--passphrase-file", hers.passphrase, "--json")
    assert (answer.code, answer.error["error"]) == (20, "vault")
    assert run("lock", "--json").json == {"was_unlocked": False}


class TestInit:
    @pytest.fixture
    def secret(self, tmp_path: Path) -> str:
        return put(tmp_path / "p.txt", DEVANAGARI + "\n")

    def nothing_was_made(self, tmp_path: Path, answer: Answer, code: int) -> None:
        assert (answer.code, answer.out) == (code, "")
        assert not (tmp_path / "v").exists()

    @pytest.mark.parametrize("paper", ["r.txt", "r.html"])
    def test_a_sealed_vault_is_made_without_a_terminal(
        self, run: Run, tmp_path: Path, secret: str, paper: str
    ) -> None:
        to = tmp_path / paper
        answer = run(
            "init", str(tmp_path / "v"), "--sealed", "--passphrase-file", secret,
            "--recovery-to", str(to), "--recipient", ADVOCATE.recipients[0], "--json",
        )  # fmt: skip
        assert answer.code == 0
        require_told_readable(answer, to)
        assert set(answer.json) == {"vault", "id", "head", "size"}
        assert to.stat().st_mode & 0o777 == 0o600
        at = ("--vault", str(tmp_path / "v"))
        assert [one["role"] for one in run(*at, "keys", "--json").json["recipients"]] == [
            "yours", "recovery", "other",
        ]  # fmt: skip
        assert run(*at, "list", "--passphrase-file", secret).code == 0
        assert run(*at, "keys", "recover", "--test", "--recovery-file", str(to)).code == 0
        assert "stalklog" not in to.read_text()  # whoever finds the paper is told nothing

    def test_in_words_it_says_what_a_loss_means(
        self, run: Run, tmp_path: Path, secret: str
    ) -> None:
        answer = run(
            "init", str(tmp_path / "v"), "--sealed", "--passphrase-file", secret,
            "--recovery-to", str(tmp_path / "r"),
        )  # fmt: skip
        assert "Lost passphrase and lost recovery key mean lost evidence." in told(answer.out)
        assert "stalklog keys recover --test" in told(answer.out)

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            (("--name", "Asha"), 2),
            (("--operator", "An advocate"), 2),
            (("--plain",), 2),
            (("--recipient", "age1nonsense"), 2),
            (("--tz", "Moon"), 2),
            (("--passphrase-file", "/nowhere/at/all"), 2),
            (("--vault", "v"), 2),
        ],
    )
    def test_what_does_not_fit_makes_nothing(
        self, run: Run, tmp_path: Path, secret: str, more: tuple[str, ...], code: int
    ) -> None:
        answer = run(
            "init", str(tmp_path / "v"), "--sealed", "--passphrase-file", secret,
            "--recovery-to", str(tmp_path / "r"), *more,
        )  # fmt: skip
        self.nothing_was_made(tmp_path, answer, code)
        assert not (tmp_path / "r").exists()

    def test_without_a_terminal_what_is_missing_is_named(
        self, run: Run, tmp_path: Path, secret: str
    ) -> None:
        to = ("init", str(tmp_path / "v"), "--sealed", "--json")
        none = run(*to, "--recovery-to", str(tmp_path / "r"))
        self.nothing_was_made(tmp_path, none, 2)
        assert "--passphrase-file FILE" in none.error["hint"]
        none = run(*to, "--passphrase-file", secret)
        self.nothing_was_made(tmp_path, none, 2)
        assert "--recovery-to FILE" in none.error["hint"]

    @pytest.mark.parametrize("option", ["--recovery-to", "--recipient"])
    def test_what_is_for_a_sealed_vault_makes_no_plain_one(
        self, run: Run, tmp_path: Path, option: str
    ) -> None:
        answer = run("init", str(tmp_path / "v"), option, "x", "--json")
        self.nothing_was_made(tmp_path, answer, 2)
        assert "stalklog init --sealed" in answer.error["hint"]

    def test_a_file_in_the_way_is_not_touched_and_nothing_is_made(
        self, run: Run, tmp_path: Path, secret: str
    ) -> None:
        there = put(tmp_path / "there", "of another vault")
        to = ("init", str(tmp_path / "v"), "--sealed", "--passphrase-file", secret)
        for more in (
            ("--recovery-to", there),
            ("--recovery-to", there, "--identity", str(tmp_path / "stick")),
            ("--recovery-to", str(tmp_path / "r"), "--identity", there),
        ):
            self.nothing_was_made(tmp_path, run(*to, *more), 61)
        assert run("init", str(tmp_path), *to[2:], "--recovery-to", str(tmp_path / "r")).code == 61
        assert (tmp_path / "there").read_text() == "of another vault"
        assert not (tmp_path / "stick").exists()
        assert not (tmp_path / "r").exists()
        nowhere = run(*to, "--recovery-to", str(tmp_path / "no" / "r"))
        self.nothing_was_made(tmp_path, nowhere, 60)

    def test_the_key_lies_on_a_stick(
        self, run: Run, tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STALKLOG_IDENTITY", str(tmp_path / "stick"))
        made = run(
            "init", str(tmp_path / "v"), "--sealed", "--passphrase-file", secret,
            "--recovery-to", str(tmp_path / "r"),
        )  # fmt: skip
        assert made.code == 0
        assert not (tmp_path / "v" / IDENTITY).exists()
        at = ("--vault", str(tmp_path / "v"), "--passphrase-file", secret)
        assert run(*at, "list").code == 0
        monkeypatch.delenv("STALKLOG_IDENTITY")
        assert run(*at, "list").code == 20
        assert run(*at, "list", "--identity", str(tmp_path / "stick")).code == 0


class TestSeal:
    @pytest.fixture
    def secret(self, tmp_path: Path) -> str:
        return put(tmp_path / "p.txt", OTHER + "\n")

    def test_a_plain_vault_is_sealed_and_left_as_it_is(
        self, run: Run, vault: Path, tmp_path: Path, secret: str
    ) -> None:
        run(*THREAT)
        plain = run("list", "--json").json
        answer = run(
            "seal", str(tmp_path / "closed"), "--new-passphrase-file", secret,
            "--recovery-to", str(tmp_path / "r"), "--json",
        )  # fmt: skip
        assert answer.code == 0
        require_told_readable(answer, tmp_path / "r")
        assert set(answer.json) == {"vault", "id", "carried", "size", "head"}
        assert (answer.json["carried"], answer.json["size"]) == (2, 3)
        at = ("--vault", str(tmp_path / "closed"), "--passphrase-file", secret)
        sealed = [entry for entry in run(*at, "list", "--json").json if entry["seq"]]
        assert [{**entry, "seq": entry["seq"] - 1} for entry in sealed] == plain
        assert run("verify", "--vault", str(vault)).code == 0

    def test_in_words_it_says_what_can_still_be_read(
        self, run: Run, vault: Path, tmp_path: Path, secret: str
    ) -> None:
        del vault
        answer = run(
            "seal", str(tmp_path / "closed"), "--passphrase-file", secret,
            "--recovery-to", str(tmp_path / "r"),
        )  # fmt: skip
        assert answer.code == 0
        assert "Deleting does not erase" in told(answer.out)
        assert "The recovery key on paper is not yet tested." in answer.out

    @pytest.mark.parametrize("more", [(), ("--new-passphrase-file",)])
    def test_what_cannot_be_sealed_is_refused_before_a_passphrase_is_chosen(
        self, run: Run, vault: Path, tmp_path: Path, secret: str, more: tuple[str, ...]
    ) -> None:
        given = (*more, secret) if more else ()
        paper = ("--recovery-to", str(tmp_path / "r"))
        assert run("seal", str(vault), *given, *paper).code == 61
        assert not (tmp_path / "r").exists()

    def test_a_sealed_vault_is_not_sealed_again(
        self, run: Run, hers: SealedHome, tmp_path: Path
    ) -> None:
        answer = run("seal", str(tmp_path / "again"), "--json")
        assert (answer.code, answer.error["error"]) == (2, "usage")
        assert "sealed already" in answer.error["message"]
        assert hers.vault.exists()
        assert not (tmp_path / "again").exists()
