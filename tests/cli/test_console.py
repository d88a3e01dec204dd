from __future__ import annotations

import io
import json
import sys

import pytest

from stalklog.cli.console import (
    Screen,
    bold,
    dim,
    json_name,
    size_in_words,
    warn,
    write_json,
)

_EVIL = "a\x1b[31m\u202eb"
_SAFE = "a[U+001B][31m[U+202E]b"


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def _sit(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    """A terminal with colours."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return terminal


def test_strangers_words_are_safe_wherever_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _sit(monkeypatch)
    shown = Screen(no_color=True)
    shown.say(_EVIL, bold(_EVIL))
    shown.tell(_EVIL)
    shown.prompt(_EVIL)
    shown.prose(_EVIL)
    shown.tell_prose(_EVIL, style="warn")
    shown.hint(_EVIL)
    shown.heading(_EVIL)
    shown.pairs([("x", _EVIL)])
    shown.quote(_EVIL)
    shown.table(("a",), [(_EVIL,), (dim(_EVIL),)])
    told = screen.getvalue()
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert told.count(_SAFE) == 12


def test_a_line_of_a_stranger_cannot_pass_for_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _sit(monkeypatch)
    Screen(no_color=True).quote("x\nLogged as T-0002.")
    assert screen.getvalue() == "    | x\n    | Logged as T-0002.\n"
    Screen(no_color=True).say("x\nLogged as T-0002.")
    assert "x[U+000A]Logged" in screen.getvalue()


def test_markup_in_a_table_is_only_text(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _sit(monkeypatch)
    Screen(no_color=True).table(("a",), [("[bold]x[/bold] :smile: 123",)])
    assert "[bold]x[/bold] :smile: 123" in screen.getvalue()


def test_colours_are_for_terminals_and_can_be_declined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = _sit(monkeypatch)
    Screen().say(bold("x"), warn(""))
    assert screen.getvalue() == "\x1b[1mx\x1b[0m\n"
    assert Screen().has_colour(screen)
    assert not Screen(no_color=True).has_colour(screen)
    assert not Screen().has_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Screen().has_colour(screen)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not Screen().has_colour(screen)


def test_a_table_has_colours_too(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _sit(monkeypatch)
    Screen().table(("a", "b"), [(warn("x"), "y")])
    assert "\x1b[33mx" in screen.getvalue()


def test_programs_and_pipes_get_no_hints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = _sit(monkeypatch)
    Screen(is_json=True).hint("x")
    assert screen.getvalue() == ""


def test_a_question_needs_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    _sit(monkeypatch)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    assert Screen().can_ask()
    assert not Screen(is_json=True).can_ask()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert not Screen().can_ask()


def test_json_is_exact_in_any_encoding() -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write_json({"a": _EVIL + "पत्र"}, narrow)
    narrow.seek(0)
    assert json.loads(narrow.read()) == {"a": _EVIL + "पत्र"}
    wide = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    write_json("पत्र", wide)
    write_json("n\udcff", wide)
    wide.seek(0)
    assert wide.read() == '"पत्र"\n"n\\udcff"\n'


def test_a_screen_that_lacks_letters_shows_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    _sit(monkeypatch)
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    Screen().say("पत्र")
    narrow.seek(0)
    assert narrow.read() == "\\u092a\\u0924\\u094d\\u0930\n"


def test_a_name_that_is_not_utf8_comes_safe_and_in_base64() -> None:
    assert json_name("a.txt") == {"path": "a.txt"}
    assert json_name("n\udcff") == {"path": r"n[\xff]", "path_base64": "bv8="}


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 KB"),
        (5 * 10**12, "5000.0 GB"),
    ],
)
def test_sizes_in_words(size: int, told: str) -> None:
    assert size_in_words(size) == told
