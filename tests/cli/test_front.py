from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import pytest
import typer

from stalklog import __version__
from stalklog.cli.app import COMMANDS, FrontDoor, app
from stalklog.cli.command import build, take_words_as_they_are, with_context
from stalklog.cli.front import language_of
from stalklog.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

_HEAVY = ("pydantic", "jinja2", "cryptography", "dateutil", "rich")


def test_the_version_in_words_and_in_json(run: Run) -> None:
    assert run("--version").out == f"stalklog {__version__}\n"
    assert run("--version", "--json").json == {"schema": 1, "version": __version__}
    assert run("--json", "--version").json == {"schema": 1, "version": __version__}


def test_the_help_names_every_command(run: Run) -> None:
    answer = run("--help")
    assert (answer.code, answer.err) == (0, "")
    for listed in COMMANDS:
        assert f"  {listed.name} " in answer.out


@pytest.mark.parametrize("name", [listed.name for listed in COMMANDS])
def test_each_command_has_help_with_what_every_command_takes(run: Run, name: str) -> None:
    answer = run(name, "--help")
    assert (answer.code, answer.err) == (0, "")
    for option in ("--vault", "--case", "--json", "--lang", "--wait", "--no-color"):
        assert option in answer.out


@pytest.mark.parametrize("listed", [one for one in COMMANDS if one.examples], ids=lambda o: o.name)
def test_the_help_shows_examples(run: Run, listed: object) -> None:
    name, examples = listed.name, listed.examples  # type: ignore[attr-defined]
    told = run(name, "--help").out
    for example in examples:
        assert f"    {example}\n" in told


def test_the_few_fields_that_matter_come_first(run: Run) -> None:
    told = run("log-threat", "--help").out
    assert told.index("The essentials:") < told.index("--words") < told.index("More, for who")
    assert told.index("More, for who") < told.index("--weapon") < told.index("On every command:")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--version", "--json"]])
def test_the_front_door_opens_without_the_heavy_parts(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom stalklog.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "import json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, check=True
    )
    loaded = json.loads(ended.stderr)
    assert not [name for name in loaded if name.split(".")[0] in _HEAVY]
    ours = {name.split(".")[1] for name in loaded if name.startswith("stalklog.")}
    assert ours <= {"cli", "core", "errors", "i18n", "safety"}


def test_what_every_command_takes_may_stand_before_or_after_its_name(
    run: Run, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STALKLOG_VAULT")
    before = run("--vault", str(vault), "--json", "status")
    after = run("status", "--vault", str(vault), "--json")
    assert before.json == after.json
    elsewhere = run("--vault", str(vault), "status", "--vault", str(tmp_path / "nothing"))
    assert elsewhere.code == 21


def test_a_vault_is_found_by_name_and_in_the_folder_above(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init", "--case", "Ms B").code == 0
    assert (home / "data" / "stalklog" / "Ms B" / "VAULT").is_file()
    assert run("status", "--case", "Ms B").code == 0
    assert run("status").code == 21
    inside = home / "data" / "stalklog" / "Ms B" / "objects"
    monkeypatch.chdir(inside)
    assert run("status").code == 0


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("wait", ["soon", "-1", "nan", "1e9"])
def test_a_wait_that_is_no_time_is_a_usage_error(run: Run, wait: str) -> None:
    answer = run("status", f"--wait={wait}")
    assert (answer.code, answer.out) == (2, "")
    assert "--wait" in answer.err


def test_the_language_is_asked_for_then_the_environment_then_the_locale() -> None:
    assert language_of(["--lang", "hi"], {"STALKLOG_LANG": "en"}) == "hi"
    assert language_of(["--lang=hi"], {}) == "hi"
    assert language_of([], {"STALKLOG_LANG": "hi", "LANG": "en_IN"}) == "hi"
    assert language_of([], {"LANG": "hi_IN.UTF-8"}) == "hi"
    assert language_of([], {"LANG": "de_DE.UTF-8"}) == "en"
    assert language_of(["--", "--lang", "hi"], {}) == "en"
    assert language_of(["--lang"], {}) == "en"
    with pytest.raises(UsageError):
        language_of(["--lang", "tlh"], {})


def test_a_language_that_is_not_spoken_is_a_usage_error(run: Run) -> None:
    answer = run("safety", "--lang", "tlh", "--json")
    assert (answer.code, answer.error["error"]) == (2, "usage")
    assert "en, hi" in answer.error["hint"]


def test_completion_offers_commands_and_options(home: Path) -> None:
    del home
    assert "log-threat" in _complete("stalklog log-", 1)
    assert "--words" in _complete("stalklog log-threat --wor", 2)


def test_completion_can_be_installed(home: Path) -> None:
    command = [sys.executable, "-m", "stalklog", "--show-completion"]
    shown = subprocess.run(
        ["bash", "-c", f"{' '.join(command)}; true"], capture_output=True, check=True, text=True
    )
    assert "_STALKLOG_COMPLETE" in shown.stdout
    del home


def test_a_command_that_is_not_there_completes_to_nothing() -> None:
    door = typer.main.get_command(app)
    assert isinstance(door, FrontDoor)
    context = door.make_context("stalklog", ["nothing"], resilient_parsing=True)
    assert door.resolve_command(context, ["nothing"])[1] is None


def test_a_hidden_option_stays_hidden() -> None:
    hidden = typer.Option("--hidden", hidden=True)
    parameter = inspect.Parameter(
        "hidden",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, hidden],
    )
    made = build(with_context(print, [parameter]), name="x", told="x", examples=())
    context = made.make_context("x", [])
    assert "--hidden" not in made.get_help(context)


def test_what_takes_no_words_is_left_as_it_is() -> None:
    number = inspect.Parameter(
        "number",
        inspect.Parameter.KEYWORD_ONLY,
        default=1,
        annotation=Annotated[int, typer.Option("--number")],
    )
    made = build(with_context(print, [number]), name="x", told="x", examples=())
    assert made.make_context("x", ["--number", "3"]).params["number"] == 3
    take_words_as_they_are([None])


def _complete(words: str, number: int) -> str:
    environ = {
        "_STALKLOG_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(number),
        "PYTHONPATH": ":".join(sys.path),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "stalklog"], env=environ, capture_output=True, text=True, check=True
    )
    return ended.stdout
