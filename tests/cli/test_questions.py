"""The log commands as a person meets them: questions on stderr, answers from the keyboard."""

from __future__ import annotations

import builtins
import os
import sys
from typing import TYPE_CHECKING, TypeAlias

import pytest

from stalklog.cli import interview, questions
from stalklog.cli.console import Screen
from stalklog.cli.questions import Questions, StoppedError
from stalklog.errors import RecordNotValidError, VaultBusyError
from stalklog.services import records
from stalklog.vault import lock
from stalklog.vault.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer, Run

CTRL_C = "<ctrl-c>"
Talk: TypeAlias = "Callable[..., Answer]"


@pytest.fixture
def talk(run: Run, monkeypatch: pytest.MonkeyPatch, terminal: None) -> Talk:
    """Run a command and answer its questions; `CTRL_C` stands behind what is begun."""
    del terminal

    def start(*arguments: str, answers: list[str]) -> Answer:
        waiting = iter(answers)
        begun = ""

        def readline() -> str:
            nonlocal begun
            answer = next(waiting)
            if CTRL_C in answer:
                begun = answer.removesuffix(CTRL_C)
                raise KeyboardInterrupt
            return answer + "\n"

        monkeypatch.setattr(questions, "_begun_line", lambda: begun)
        monkeypatch.setattr(questions, "_next_line", readline)
        answer = run(*arguments)
        assert not list(waiting), "a question was not asked"
        return answer

    return start


@pytest.mark.usefixtures("vault")
class TestThreat:
    def test_free_recall_comes_first_and_then_a_few_gentle_questions(
        self, talk: Talk, run: Run
    ) -> None:
        answer = talk(
            "log-threat",
            answers=[
                "He called.", "I hung up.", "", "yesterday 21:30", "phone",
                "तुम्हें देख लूंगा", "", "I had not answered.", "", "",
            ],
        )  # fmt: skip
        assert answer.code == 0
        asked = [
            "In your own words, what happened?", "When was it?", "How did it reach you?",
            "Do you know exact words?", "What led up to it", "Is something in the vault",
        ]  # fmt: skip
        assert sorted(asked, key=answer.err.index) == asked
        assert answer.out.lstrip().startswith("Logged as T-0001.")
        shown = run("show", "T-1", "--json").json
        assert shown["recollection"] == "He called.\nI hung up."
        assert shown["words"] == "तुम्हें देख लूंगा"
        assert shown["how"] == "phone"
        assert shown["occurred"]["as_typed"] == "yesterday 21:30"

    def test_every_question_can_be_skipped(self, talk: Talk, run: Run) -> None:
        talk("log-threat", answers=["He called.", "", "", "", "", "", ""])
        shown = run("show", "T-1", "--json").json
        assert shown["occurred"] == {"precision": "unknown"}
        assert shown["recollection"] == "He called."

    def test_what_was_given_as_an_option_is_not_asked(self, talk: Talk, run: Run) -> None:
        answer = talk("log-threat", "--words", "x", "--how", "phone", answers=["today", "", ""])
        assert "exact words" not in answer.err
        assert run("show", "T-1", "--json").json["words"] == "x"

    def test_nothing_is_asked_where_nothing_needed_is_missing(self, talk: Talk) -> None:
        answer = talk("log-threat", "--when", "today", "--words", "x", answers=[])
        assert (answer.code, answer.err) == (0, "")

    def test_one_sentence_is_asked_for_again_where_there_is_none(self, talk: Talk) -> None:
        answer = talk("log-threat", answers=["", "today", "", "", "", "", "A silent call.", ""])
        assert "Something is needed here" in answer.err
        assert "Logged as T-0001" in answer.out

    def test_without_a_sentence_nothing_is_logged(self, talk: Talk) -> None:
        answer = talk("log-threat", answers=["", "today", "", "", "", "", ""])
        assert answer.code == 2
        assert "Nothing was written." in answer.err

    def test_a_slip_is_put_right_where_it_was_made(self, talk: Talk, run: Run) -> None:
        answer = talk(
            "log-threat",
            answers=[
                "He called.", "", "10:15", "today 10:15", "77", "1" * 5_000, "phone", "", "",
                "E-0009", "",
            ],
        )  # fmt: skip
        assert answer.code == 0
        assert "has no day" in answer.err
        assert "Nothing was written" not in answer.err
        assert answer.err.count("Please give one of the numbers") == 2
        assert "no entry E-0009" in answer.err
        assert run("show", "T-1", "--json").json["occurred"]["as_typed"] == "today 10:15"

    def test_several_pieces_of_evidence_can_be_named(
        self, talk: Talk, run: Run, tmp_path: Path
    ) -> None:
        for name in "ab":
            (tmp_path / name).write_text(name)
            run("add-evidence", str(tmp_path / name))
        talk("log-threat", answers=["x", "", "", "", "", "", "E-1, @2"])
        assert run("show", "T-1", "--json").json["evidence"] == ["E-0001", "E-0002"]

    def test_a_date_with_two_readings_is_a_question_that_is_asked_once(
        self, talk: Talk, run: Run
    ) -> None:
        answer = talk("log-threat", answers=["x", "", "03/04/2026", "1", "", "", "", ""])
        assert answer.code == 0
        assert answer.err.count("Which one is meant?") == 1
        assert "1 Friday 3 April 2026" in answer.err
        occurred = run("show", "T-1", "--json").json["occurred"]
        assert occurred["start"].startswith("2026-04-03T")
        assert occurred["as_typed"] == "03/04/2026"

    def test_none_of_the_readings_asks_for_the_day_again(self, talk: Talk) -> None:
        answer = talk("log-threat", answers=["x", "", "कल", "", "today", "", "", "", ""])
        assert answer.code == 0
        assert "None of the readings was meant." in answer.err

    def test_none_of_the_readings_of_an_option_is_a_no(self, talk: Talk) -> None:
        answer = talk("log-threat", "--when", "03/04/2026", "--words", "x", answers=[""])
        assert answer.code == 3

    def test_ctrl_c_at_a_reading_stops(self, talk: Talk) -> None:
        answer = talk("log-threat", "--when", "03/04/2026", "--words", "x", answers=[CTRL_C])
        assert answer.code == 130


@pytest.mark.usefixtures("vault")
class TestCtrlC:
    def test_it_offers_to_keep_what_was_written_the_begun_line_too(
        self, talk: Talk, run: Run
    ) -> None:
        answer = talk("log-threat", answers=["He called.", f"I hung{CTRL_C}", ""])
        assert answer.code == 0
        assert "Keep what you wrote so far? [Y/n]" in answer.err
        shown = run("show", "T-1", "--json").json
        assert shown["recollection"] == "He called.\nI hung"
        assert shown["occurred"] == {"precision": "unknown"}

    def test_nothing_is_kept_against_her_will(self, talk: Talk, run: Run) -> None:
        answer = talk("log-threat", answers=[f"He called{CTRL_C}", "perhaps", "n"])
        assert answer.code == 130
        assert answer.err.endswith("Stopped, as you asked. Nothing was written.\n")
        assert run("status", "--json").json["size"] == 1

    def test_a_second_one_is_a_no(self, talk: Talk) -> None:
        assert talk("log-threat", answers=[f"He called{CTRL_C}", CTRL_C]).code == 130

    def test_with_nothing_written_it_just_stops(self, talk: Talk) -> None:
        answer = talk("log-threat", answers=[CTRL_C])
        assert answer.code == 130
        assert "Keep" not in answer.err

    def test_a_begun_choice_is_not_taken_for_an_answer(self, talk: Talk, run: Run) -> None:
        talk("log-threat", answers=["x", "", "today", f"pho{CTRL_C}", "y"])
        assert "how" not in run("show", "T-1", "--json").json

    def test_a_time_alone_is_kept_with_a_remark(self, talk: Talk, run: Run) -> None:
        talk("log-threat", answers=["", "today", CTRL_C, "y"])
        assert run("show", "T-1", "--json").json["circumstances"] == "Not written down yet."

    def test_a_contact_is_kept_without_its_agency(self, talk: Talk, run: Run) -> None:
        talk("log-contact", answers=["They called back.", "", CTRL_C, "y"])
        shown = run("show", "C-1", "--json").json
        assert (shown["agency"], shown["kind"]) == ("not stated yet", "other")
        assert shown["summary"] == "They called back."

    def test_a_time_that_was_begun_is_kept_as_it_was_typed(self, talk: Talk, run: Run) -> None:
        talk("log-threat", answers=["He called.", "", f"last Tues{CTRL_C}", "y"])
        occurred = run("show", "T-1", "--json").json["occurred"]
        assert occurred == {"precision": "unknown", "as_typed": "last Tues"}

    def test_at_the_question_which_reading_is_meant_it_offers_to_keep_too(
        self, talk: Talk, run: Run
    ) -> None:
        answer = talk("log-threat", answers=["He called.", "", "03/04/2026", CTRL_C, "y"])
        assert answer.code == 0, answer.err
        shown = run("show", "T-1", "--json").json
        assert shown["recollection"] == "He called."
        assert shown["occurred"] == {"precision": "unknown", "as_typed": "03/04/2026"}

    def test_a_time_that_was_given_anew_is_kept_as_it_was_understood(
        self, talk: Talk, run: Run
    ) -> None:
        talk("log-threat", answers=["x", "", "03/04/2026", "", "today 10:00", CTRL_C, "y"])
        assert run("show", "T-1", "--json").json["occurred"]["precision"] == "exact"

    def test_while_it_waits_for_another_writer_it_offers_to_keep(
        self, talk: Talk, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited = iter([True])

        def wait(*_arguments: object, **_named: object) -> object:
            if next(waited, False):
                raise KeyboardInterrupt
            return acquire(*_arguments, **_named)  # type: ignore[arg-type]

        acquire = lock._acquire
        monkeypatch.setattr(lock, "_acquire", wait)
        answer = talk("log-threat", "--when", "today", answers=["x", "", "", "", "", "", "y"])
        assert answer.code == 0, answer.err
        assert "Keep what you wrote so far? [Y/n]" in answer.err
        assert run("show", "T-1", "--json").json["recollection"] == "x"

    def test_at_the_very_end_it_is_not_logged_twice(
        self, talk: Talk, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish = Writer.publish
        stopped = iter([True])

        def stop(writer: Writer) -> None:
            if next(stopped, False):
                raise KeyboardInterrupt
            publish(writer)

        monkeypatch.setattr(Writer, "publish", stop)
        answer = talk("log-threat", "--when", "today", answers=["x", "", "", "", "", "", "y"])
        assert answer.code == 0, answer.err
        assert "Logged as T-0001." in answer.out
        assert [shown["id"] for shown in run("list", "threats", "--json").json] == ["T-0001"]

    def test_a_no_at_the_very_end_does_not_say_that_nothing_was_written(
        self, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(_writer: Writer) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Writer, "publish", stop)
        answer = talk("log-threat", "--when", "today", answers=["x", "", "", "", "", "", "n"])
        assert answer.code == 130
        assert "It may have been saved already" in answer.err
        assert "Nothing was written" not in answer.err


@pytest.mark.usefixtures("vault")
class TestContact:
    def test_its_questions(self, talk: Talk, run: Run) -> None:
        answer = talk(
            "log-contact",
            answers=[
                "They took the report.", "", "", "Cyber cell", "cy", "1", "2026-11-20", "phone",
                "what:1", "4711", "requested", "soon", "+15d",
            ],
        )  # fmt: skip
        assert answer.code == 0, answer.err
        assert "This one is needed" in answer.err
        assert "Please begin with what it is" in answer.err
        shown = run("show", "C-1", "--json").json
        assert shown["references"] == [{"type": "other", "value": "4711"}]
        assert shown["official_report"] == {"status": "requested"}
        assert (shown["kind"], shown["direction"]) == ("cyber-cell", "out")
        assert shown["follow_up"] == "2026-12-05"


@pytest.mark.usefixtures("vault")
class TestDemand:
    def test_it_says_first_that_nothing_is_sent(self, talk: Talk, run: Run) -> None:
        answer = talk(
            "log-demand", answers=["Stop.", "", "today", "", "him", "e-mail:nobody@example.org"]
        )
        assert answer.err.startswith("This only writes down what was said; nothing is sent.")
        shown = run("show", "D-1", "--json").json
        assert shown["identifiers"] == [{"kind": "e-mail", "value": "nobody@example.org"}]


@pytest.mark.usefixtures("vault")
class TestNothingIsLost:
    @pytest.fixture(autouse=True)
    def _busy_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real, calls = records.log_threat, iter([False, True])

        def log(*args: object, **named: object) -> object:
            if next(calls, True):
                return real(*args, **named)  # type: ignore[arg-type]
            raise VaultBusyError("Busy. Nothing was written.", hint="Try again later.")

        monkeypatch.setattr(records, "log_threat", log)

    def test_a_failed_write_can_be_tried_again(self, talk: Talk) -> None:
        answer = talk("log-threat", answers=["x", "", "", "", "", "", "", ""])
        assert answer.code == 0
        assert "Try again? [Y/n]" in answer.err

    @pytest.mark.parametrize("last", ["n", CTRL_C])
    def test_or_else_what_was_typed_stands_on_the_screen(self, talk: Talk, last: str) -> None:
        answer = talk(
            "log-threat", answers=["He called.", "I hung up.", "", "", "", "", "", "", last]
        )
        assert answer.code == 22
        assert "What you typed, so that nothing is lost:" in answer.err
        assert "--recollection\n    He called.\n    I hung up.\n" in answer.err

    def test_what_cannot_pass_by_itself_is_not_tried_again(
        self, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_arguments: object, **_named: object) -> object:
            raise RecordNotValidError("No. Nothing was written.")

        monkeypatch.setattr(records, "log_threat", refuse)
        answer = talk("log-threat", answers=["He called.", "", "", "", "", "", ""])
        assert answer.code == 41
        assert "--recollection\n    He called.\n" in answer.err


@pytest.mark.usefixtures("vault")
class TestAmend:
    def test_the_reason_is_asked_for(self, talk: Talk, run: Run) -> None:
        run("log-threat", "--when", "today", "--words", "x")
        assert talk("amend", "T-1", "--set", "place=home", answers=["remembered"]).code == 0
        assert talk("withdraw", "T-1", answers=[CTRL_C]).code == 130
        assert talk("withdraw", "T-1", answers=[""]).code == 2

    def test_a_reason_is_not_lost_either(
        self, talk: Talk, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("log-threat", "--when", "today", "--words", "x")
        answer = talk("withdraw", "T-1", answers=[f"logged twi{CTRL_C}", "y"])
        assert answer.code == 0, answer.err
        assert run("show", "T-1", "--json").json["withdrawn"] is True

        def busy(*_arguments: object, **_named: object) -> object:
            raise VaultBusyError("Busy. Nothing was written.")

        monkeypatch.setattr(records, "amend", busy)
        answer = talk("amend", "T-1", "--set", "place=home", answers=["remembered", "n"])
        assert answer.code == 22
        assert "--reason\n    remembered\n" in answer.err


class TestReading:
    def test_a_paste_with_an_empty_line_goes_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = iter(["one", "", "two", ""])
        monkeypatch.setattr(questions, "_next_line", lambda: next(lines) + "\n")
        waiting = iter([True, False])
        monkeypatch.setattr(questions, "_more_is_waiting", lambda: next(waiting))
        assert Questions(Screen()).text("?") == "one\n\ntwo"
        assert capsys.readouterr().out == ""

    def test_the_end_of_the_input_is_an_empty_answer(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(questions, "_next_line", lambda: "")
        assert Questions(Screen()).line("?") == ""
        assert Questions(Screen()).yes("?", default=True)
        assert not Questions(Screen()).yes("?", default=False)
        assert "[y/N]" in capsys.readouterr().err

    def test_a_line_editor_is_used_where_there_is_one(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(builtins, "input", lambda prompt: f"{prompt}typed")
        assert Questions(Screen()).line("?") == "> typed"

        def gone(_prompt: str) -> str:
            raise EOFError

        monkeypatch.setattr(builtins, "input", gone)
        assert Questions(Screen()).line("?") == ""
        del capsys

    def test_without_a_line_editor_a_begun_line_is_not_known(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(sys.modules, "readline", raising=False)
        assert questions._begun_line() == ""
        import readline  # noqa: PLC0415 - its presence is the point

        assert questions._begun_line() == readline.get_line_buffer()

    def test_whether_more_is_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading) as stdin, os.fdopen(writing, "w") as keyboard:
            monkeypatch.setattr(sys, "stdin", stdin)
            assert not questions._more_is_waiting()
            keyboard.write("x")
            keyboard.flush()
            assert questions._more_is_waiting()
            monkeypatch.setattr(os, "name", "nt")
            assert not questions._more_is_waiting()

    def test_ctrl_c_carries_the_lines_before_it(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def stop() -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(questions, "_next_line", stop)
        with pytest.raises(StoppedError) as stopped:
            Questions(Screen()).text("?")
        assert stopped.value.text == ""
        del capsys

    def test_long_choices_stand_one_below_the_other(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(questions, "_next_line", lambda: "1")
        choices = ("a" * 30, "b" * 30)
        assert Questions(Screen()).choice("?", choices) == choices[0]
        assert f"   1 {'a' * 30}\n   2 {'b' * 30}\n" in capsys.readouterr().err


def test_the_interview_is_opened_only_for_a_person(
    run: Run, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del vault
    monkeypatch.setattr(interview, "Interview", None)
    assert run("log-threat", "--when", "today", "--words", "x").code == 0
