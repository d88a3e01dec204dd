"""Secrets at a terminal: typed unseen, shown once, gone from the screen; and one real scrypt."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, Self

import pytest
import segno
from tests.cli.sealed_home import OTHER, PASSPHRASE, make_home, make_quick, put, told
from tests.vault.sealed_desk import RECOVERY

from stalklog.cli.paper import Paper, can_clear, qr_rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Run
    from tests.cli.sealed_home import SealedHome

CLEARED: Final = "\x1b[2J\x1b[3J\x1b[H"
SECRET: Final = RECOVERY.secrets[0]
THREAT: Final = ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live.")


@dataclass
class Person:
    """Types what she is asked for without an echo, and remembers the prompts."""

    typed: list[str | BaseException]
    prompts: list[str] = field(default_factory=list)

    def __call__(self, prompt: str, stream: object = None) -> str:
        assert stream is sys.stderr
        self.prompts.append(prompt)
        answer = self.typed.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    make_quick(monkeypatch)
    monkeypatch.setenv("TERM", "xterm")
    who = Person([])
    monkeypatch.setattr("getpass.getpass", who)
    monkeypatch.setattr("stalklog.cli.secret._can_type", lambda: True)
    monkeypatch.setattr("stalklog.cli.console.Screen.can_ask", lambda screen: not screen.is_json)
    return who


@pytest.fixture
def hers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, person: Person) -> SealedHome:
    del person
    return make_home(tmp_path, monkeypatch)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cleared is written, as on a terminal."""
    monkeypatch.setattr("stalklog.cli.paper._clear", lambda: sys.stderr.write(CLEARED))


class Copied:
    """A person who copies the key from the screen, and types it from her paper."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paper = ""
        self._answers = 0
        show_key = Paper._show_key

        def copied(paper: Paper, key: str) -> None:
            self.paper = f"{key[:20].lower()} {key[20:]}"
            show_key(paper, key)

        monkeypatch.setattr(Paper, "_show_key", copied)
        monkeypatch.setattr("stalklog.cli.questions._next_line", self._answer)

    def _answer(self) -> str:
        self._answers += 1
        return ("\n", f"{self.paper}\n")[self._answers - 1]


def require_untested(run: Run, answer: Answer, vault: Path) -> None:
    assert "The recovery key on paper is not yet tested." in answer.out
    assert "stalklog keys recover --test" in told(answer.out)
    assert run("--vault", str(vault), "keys", "--json").json["recovery_tested_at"] is None


def init(run: Run, tmp_path: Path, *more: str, stdin: str = "") -> Answer:
    return run("init", str(tmp_path / "v"), *more, stdin=stdin)


class TestInit:
    @pytest.mark.usefixtures("terminal")
    def test_a_person_is_asked_and_shown_the_key_until_it_is_on_the_paper(
        self, run: Run, tmp_path: Path, person: Person
    ) -> None:
        person.typed = ["short", PASSPHRASE, "mistyped", PASSPHRASE, PASSPHRASE]
        answer = init(run, tmp_path, stdin="y\n\nWRONG1\n\n\n")
        assert (answer.code, person.typed) == (0, [])
        assert "Seal it? [y/N]" in answer.err
        assert "is lost for everybody" in told(answer.err)
        assert "at least 8 characters" in answer.err
        assert "The two are not the same" in answer.err
        shown, asked, again, asked_again, after = answer.err.split(CLEARED)
        for text in (shown, again):
            assert "AGE-SECRET-KEY-1" in text
            assert "█" in text
        assert "a letter is wrong or missing" in told(again)
        for text in (asked, asked_again):
            assert "From your paper: the whole recovery key" in told(text)
        assert "The paper may be wrong. A new key for it: stalklog keys add --recovery" in after
        assert "SECRET-KEY" not in asked + asked_again + after + answer.out

    @pytest.mark.usefixtures("terminal")
    def test_the_end_of_the_key_is_taken_as_it_is_written(
        self, run: Run, tmp_path: Path, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "stalklog.services.sealing.Identities.make", lambda: RECOVERY, raising=True
        )
        person.typed = [PASSPHRASE, PASSPHRASE]
        end = SECRET[-6:].lower()
        answer = init(run, tmp_path, "--sealed", stdin=f"\n{end[:3]} {end[3:]}\n")
        assert answer.code == 0
        assert "These letters are right." in answer.err
        assert answer.err.count(CLEARED) == 2
        require_untested(run, answer, tmp_path / "v")

    def test_every_question_about_the_paper_can_be_skipped(
        self, run: Run, tmp_path: Path, person: Person
    ) -> None:
        person.typed = [PASSPHRASE, PASSPHRASE]
        answer = init(run, tmp_path, "--sealed", stdin="\n\n")
        assert (answer.code, "may be wrong" in answer.err) == (0, False)
        require_untested(run, answer, tmp_path / "v")

    @pytest.mark.usefixtures("terminal")
    @pytest.mark.parametrize("command", ["init", "seal", "keys"])
    def test_only_the_whole_key_from_the_paper_counts_as_a_test(
        self,
        run: Run,
        tmp_path: Path,
        person: Person,
        monkeypatch: pytest.MonkeyPatch,
        command: str,
    ) -> None:
        vault = tmp_path / "v"
        lines: tuple[str, ...] = ("init", str(vault), "--sealed")
        person.typed = [PASSPHRASE, PASSPHRASE]
        if command == "keys":
            vault = make_home(tmp_path, monkeypatch).vault
            lines, person.typed = ("keys", "add", "--recovery"), [PASSPHRASE]
        if command == "seal":
            run("init", str(tmp_path / "plain"), "--plain")
            lines = ("--vault", str(tmp_path / "plain"), "seal", str(vault))
        hers = Copied(monkeypatch)
        answer = run(*lines)
        assert (answer.code, person.typed) == (0, [])
        assert "The recovery key on your paper was tested: it works." in answer.out
        assert run("--vault", str(vault), "keys", "--json").json["recovery_tested_at"]
        assert "AGE-SECRET" not in answer.err.rpartition(CLEARED)[2].upper() + answer.out
        paper = put(tmp_path / "paper", hers.paper.upper().replace(" ", ""))
        test = ("keys", "recover", "--test", "--recovery-file", paper)
        assert run("--vault", str(vault), *test).code == 0

    @pytest.mark.parametrize("stdin", ["\n", "n\n"])
    def test_no_is_no(self, run: Run, tmp_path: Path, person: Person, stdin: str) -> None:
        assert init(run, tmp_path, stdin=stdin).code == 0
        assert person.prompts == []
        assert (tmp_path / "v" / "README.txt").exists()

    @pytest.mark.parametrize(
        "typed",
        [
            [KeyboardInterrupt()],
            [PASSPHRASE, KeyboardInterrupt()],
            ["", "", ""],
            [PASSPHRASE, "a", PASSPHRASE, "b", PASSPHRASE, "c"],
        ],
    )
    def test_who_stops_or_chooses_none_has_made_nothing(
        self, run: Run, tmp_path: Path, person: Person, typed: list[str | BaseException]
    ) -> None:
        is_stopped = isinstance(typed[-1], KeyboardInterrupt)
        person.typed = list(typed)
        key = ("--identity", str(tmp_path / "stick"))
        answer = init(run, tmp_path, "--sealed", *key)
        assert (answer.code, answer.out) == (130 if is_stopped else 2, "")
        assert not list(tmp_path.glob("[vs]*"))

    @pytest.mark.usefixtures("terminal")
    def test_ctrl_c_at_the_key_clears_it_and_makes_nothing(
        self, run: Run, tmp_path: Path, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop() -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr("stalklog.cli.questions._next_line", stop)
        person.typed = [PASSPHRASE, PASSPHRASE]
        answer = init(run, tmp_path, "--sealed", "--identity", str(tmp_path / "stick"))
        assert answer.code == 130
        assert "SECRET-KEY" not in answer.err.split(CLEARED)[1]
        assert not list(tmp_path.glob("[vs]*"))

    def test_a_name_is_refused_before_a_passphrase_is_asked_for(
        self, run: Run, tmp_path: Path, person: Person
    ) -> None:
        assert init(run, tmp_path, "--name", "Asha", stdin="y\n").code == 2
        assert init(run, tmp_path, "--sealed", "--operator", "An advocate").code == 2
        assert person.prompts == []


class TestReading:
    def test_the_passphrase_is_asked_for_once_and_not_on_stdout(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        run(*THREAT)
        for command in (("list",), ("list", "--json"), ("status", "--json"), ("report",)):
            person.typed, person.prompts = [PASSPHRASE], []
            answer = run(*command)
            assert (answer.code, person.prompts) == (0, ["Passphrase: "])
            assert "about two seconds" in answer.err
            assert "Passphrase" not in answer.out

    @pytest.mark.parametrize("typed", [[""], [EOFError()], [OTHER, ""], [OTHER, OTHER, OTHER]])
    def test_a_wrong_one_or_none_is_23(
        self, run: Run, hers: SealedHome, person: Person, typed: list[str | BaseException]
    ) -> None:
        del hers
        person.typed = list(typed)
        answer = run("list", "--json")
        assert (answer.code, answer.out) == (23, "")
        assert len(person.prompts) == len(typed)

    def test_who_mistyped_it_is_asked_again(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        person.typed = [OTHER, OTHER, PASSPHRASE]
        answer = run("list")
        assert answer.code == 0
        assert answer.err.count("This is not the passphrase.") == 2
        person.prompts = []
        assert run("list", "--passphrase-file", hers.other).code == 23
        assert person.prompts == []

    def test_what_is_no_text_is_a_usage_error(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        person.typed = [UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "of another keyboard")]
        assert run("list").code == 2

    def test_whether_to_check_the_inside_is_asked_for_by_an_option(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        run(*THREAT)
        assert run("verify").code == 11
        assert person.prompts == []
        person.typed = [PASSPHRASE]
        assert run("verify", "--inside").code == 0

    def test_the_old_passphrase_is_asked_for_before_a_new_one(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        person.typed = [PASSPHRASE, OTHER, OTHER]
        assert run("keys", "change-passphrase").code == 0
        assert person.prompts == ["Passphrase: ", "New passphrase: ", "Once more: "]
        person.typed, person.prompts = [PASSPHRASE] * 3, []
        assert run("keys", "change-passphrase").code == 23
        person.typed = [OTHER]
        assert run("list").code == 0


@pytest.mark.usefixtures("terminal")
class TestPaper:
    def test_it_is_typed_in_view_with_slips_and_spaces_and_cleared(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        slip = SECRET[:-1] + ("Q" if SECRET[-1] != "Q" else "P")
        paper = " ".join(SECRET[at : at + 6] for at in range(0, len(SECRET), 6)).lower()
        answer = run("keys", "recover", "--test", stdin=f"{slip}\n{paper}\n")
        assert answer.code == 0
        assert "A letter is wrong or missing" in told(answer.err)
        assert CLEARED in answer.err
        assert person.prompts == []

    def test_one_that_is_wrong_is_told_before_a_passphrase_is_chosen(
        self, run: Run, hers: SealedHome, person: Person
    ) -> None:
        del hers
        answer = run("keys", "recover", stdin="no key at all\n" * 3)
        assert (answer.code, person.prompts) == (23, [])
        assert run("keys", "recover", stdin="\n").code == 23


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("name", ["dumb", "unknown", "", None])
def test_a_terminal_that_cannot_be_cleared_is_told_of_before_and_after(
    run: Run,
    hers: SealedHome,
    tmp_path: Path,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    name: str | None,
) -> None:
    del hers
    if name is None:
        monkeypatch.delenv("TERM")
    else:
        monkeypatch.setenv("TERM", name)
    person.typed = [PASSPHRASE, PASSPHRASE]
    for answer in (
        init(run, tmp_path, "--sealed", stdin="\n"),
        run("keys", "recover", "--test", stdin=f"{SECRET}\n"),
    ):
        assert answer.code == 0
        before, after = told(answer.err).split("This terminal cannot be cleared by a program: the")
        assert "what is on it stays" in before
        assert "the screen is cleared" not in before
        assert "Clear both by hand, or close the window." in after
        assert CLEARED not in answer.err


def test_the_old_console_of_windows_takes_no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.cli.paper.os", SimpleNamespace(name="nt", environ={}))
    assert not can_clear()
    windows = SimpleNamespace(name="nt", environ={"WT_SESSION": "1"})
    monkeypatch.setattr("stalklog.cli.paper.os", windows)
    assert can_clear()


@pytest.mark.parametrize("is_coloured", [True, False])
def test_the_code_on_the_screen_says_the_key(is_coloured: bool) -> None:
    rows = qr_rows(SECRET, is_coloured=is_coloured)
    assert (len(rows), {len(row) for row in rows}) == (17, {33})
    halves = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    drawn = [[halves[letter][half] for letter in row] for row in rows for half in (0, 1)]
    dark = [[dot if is_coloured else 1 - dot for dot in row] for row in drawn]
    matrix = [list(row) for row in segno.make(SECRET, error="l").matrix_iter(border=2)]
    assert dark[: len(matrix)] == [[int(bool(dot)) for dot in row] for row in matrix]
    assert all(dot == 0 for row in dark[len(matrix) :] for dot in row)


@pytest.mark.parametrize("columns", [80, 60, 40])
def test_the_key_fits_the_screen_however_narrow(
    run: Run,
    tmp_path: Path,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    person.typed = [PASSPHRASE, PASSPHRASE]
    answer = init(run, tmp_path, "--sealed", stdin="\n")
    assert answer.code == 0
    shown = answer.err[answer.err.index("█") - 4 :].split("Please write it down")[0].split("\n")
    assert max(map(len, shown)) <= columns
    assert columns < 80 or len(shown) <= 21


def test_a_screen_that_cannot_draw_shows_the_key_as_text(
    run: Run, tmp_path: Path, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stalklog.cli.paper._can_draw", lambda: False)
    person.typed = [PASSPHRASE, PASSPHRASE]
    answer = init(run, tmp_path, "--sealed", stdin="\n")
    assert "█" not in answer.err
    assert "AGE-SECRET-KEY-1" in answer.err


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_at_a_real_terminal_with_the_real_scrypt_nothing_typed_is_shown(tmp_path: Path) -> None:
    vault, words = tmp_path / "v", "चार शब्द  जो साथ\u200d नहीं"
    with _Terminal("init", str(vault), "--sealed") as seen:
        for prompt in ("New passphrase: ", "Once more: "):
            seen.wait_for(prompt)
            seen.type(words + "\n")
        seen.wait_for("when it is on the paper.")
        seen.type("\n")
        seen.wait_for("the whole recovery key")
        seen.type("\n")
        seen.wait_for("What you can do next")
    assert seen.code == 0
    assert words not in seen.text
    before, between, after = seen.text.split(CLEARED)
    assert "AGE-SECRET-KEY-1" in before
    assert "SECRET" not in between + after
    with _Terminal("--vault", str(vault), "list", "--json", out=tmp_path / "out") as seen:
        seen.wait_for("Passphrase: ")
        seen.type(words + "\n")
    assert (seen.code, words in seen.text) == (0, False)
    assert (tmp_path / "out").read_text().startswith('[{"id": "X-0001"')


class _Terminal:
    """A command at a pseudo-terminal of its own."""

    def __init__(self, *args: str, out: Path | None = None) -> None:
        self._args = args
        self._out = out
        self.text = ""
        self.code: int | None = None

    def __enter__(self) -> Self:
        self._fd, end = pty.openpty()
        out = end if self._out is None else os.open(self._out, os.O_WRONLY | os.O_CREAT, 0o600)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stalklog", *self._args],
            stdin=end, stdout=out, stderr=end, start_new_session=True,
            env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
            preexec_fn=lambda: _take_terminal(end),  # noqa: PLW1509 - no threads here
        )  # fmt: skip
        os.close(end)
        if out != end:
            os.close(out)
        return self

    def __exit__(self, error: object, *_given: object) -> None:
        if error is not None:
            self._process.kill()
        while self._process.poll() is None:
            self._read()
        self._read()
        self.code = self._process.returncode
        os.close(self._fd)

    def wait_for(self, text: str) -> None:
        until = time.monotonic() + 60
        while text not in self.text:
            assert time.monotonic() < until, self.text
            self._read()

    def type(self, text: str) -> None:
        """Answer a prompt: behind it the echo is switched off, and nothing is to be seen."""
        import termios  # noqa: PLC0415 - not everywhere

        until = time.monotonic() + 60
        while termios.tcgetattr(self._fd)[3] & termios.ECHO:
            assert time.monotonic() < until, self.text
            time.sleep(0.01)
        os.write(self._fd, text.encode())

    def _read(self) -> None:
        if select.select([self._fd], [], [], 0.1)[0]:
            try:
                self.text += os.read(self._fd, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                time.sleep(0.05)


def _take_terminal(fd: int) -> None:
    import fcntl  # noqa: PLC0415 - not everywhere
    import termios  # noqa: PLC0415 - likewise

    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
