"""What the README and the docs show is what happens: each `console` block is run.

A page is run from its first block to its last in one shell, in a temporary folder that holds a
copy of `demo/`, with `stalklog` on the path, on the day on which the page was written
(`tests/dated_command.py`). A line that begins with `$ ` is a command, which goes on after a
backslash at the end or with lines that begin with `> `; what stands below it, up to the next one,
is its output, errors included. A command must end with 0, unless the next one is `echo $?`, which
shows it.

A page shows real output, and that varies from run to run. So, on both sides:

* a run of 12 or more hex digits counts as any other one of the same length;
* a day (`2026-11-24`, `24 Nov 2026`) and a time of day (`21:30`) count as any other, and several
  spaces as one, as columns are as wide as the days in them;
* in the page, `...` stands for anything within a line, and a line that is only `...` for any
  number of lines.

Spaces at the end of a line do not count. A command with nothing below it may print anything.
Where what is printed has changed, and rightly, `STALKLOG_DOCS_UPDATE=1 pytest tests/test_readme.py`
writes it into the pages; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import dated_command

PROJECT = Path(__file__).resolve().parent.parent
PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")])
STALKLOG = shlex.join([sys.executable, dated_command.__file__])
MARK = "\x01"
LONGEST_S = 600
_DOTS = "\x02"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ .*\n(?:(?!\$ ).*\n)*", re.MULTILINE)
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{12,}(?![0-9A-Za-z])")
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b|\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b")
_TIME = re.compile(r"\b\d\d:\d\d(:\d\d)?\b")
_DELAY = re.compile(r"\(\d+ days? later\)")
"""From a fixed day to the one on which the test runs."""
_SPACES = re.compile(r"(?<=\S) {2,}")


@dataclass(frozen=True)
class Command:
    """A command of a page, and what the page says that it prints."""

    typed: str
    shown: tuple[str, ...]
    source: str = ""
    """Both, as they stand in the page."""


def commands_of(page: str) -> list[Command]:
    """The commands of all `console` blocks of a page, in order."""
    found: list[Command] = []
    for block in _BLOCK.findall(page):
        assert block.startswith("$ "), f"output before a command: {block!r}"
        found += [_command(source) for source in _COMMAND.findall(block)]
    return found


def _command(source: str) -> Command:
    lines = source.splitlines()
    typed = [lines.pop(0).removeprefix("$ ")]
    while lines and (typed[-1].endswith("\\") or lines[0].startswith("> ")):
        typed.append(lines.pop(0).removeprefix("> "))
    return Command("\n".join(typed), tuple(lines), source)


def refreshed(command: Command, printed: str) -> str:
    """The command as it should stand in the page, with what it prints now, cut where it was."""
    lines = _trimmed(printed.splitlines())
    if "..." in command.shown and command.shown.index("...") < len(lines):
        lines = [*lines[: command.shown.index("...")], "..."]
    asked = command.source.splitlines()[: command.typed.count("\n") + 1]
    return "".join(f"{line}\n" for line in (*asked, *lines))


def as_pattern(shown: tuple[str, ...]) -> str:
    """What a page shows, as a pattern for what is printed."""
    pattern = ""
    for line in _trimmed(shown):
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pieces = map(re.escape, _evened(line.replace("...", _DOTS)).split(_DOTS))
            pattern += ".*".join(pieces) + r"\n"
    return pattern


def is_shown(shown: tuple[str, ...], printed: str) -> bool:
    """Whether what was printed is what the page shows."""
    if not shown:
        return True
    lines = "".join(f"{_evened(line)}\n" for line in _trimmed(printed.splitlines()))
    return re.fullmatch(as_pattern(shown), lines) is not None


def run_page(commands: list[Command], folder: Path) -> list[tuple[int, str]]:
    """Run the commands in one shell; gives the exit code and the output of each."""
    for name in ("home", "work", "bin"):
        (folder / name).mkdir()
    shutil.copytree(PROJECT / "demo", folder / "work" / "demo")
    program = folder / "bin" / "stalklog"
    program.write_text(f'#!/bin/sh\nexec {STALKLOG} "$@"\n')
    program.chmod(0o755)
    script = folder / "page.sh"
    end = f"__code=$?; printf '{MARK}%d{MARK}' $__code; (exit $__code)\n"
    script.write_text("".join(f"{one.typed}\n{end}" for one in commands), encoding="utf-8")
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", str(script)],
        cwd=folder / "work",
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )
    parts = ran.stdout.split(MARK)
    return [(int(code), printed) for printed, code in zip(parts[::2], parts[1::2], strict=False)]


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: os.environ[name] for name in ("PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ
    }
    if "PYTHONPATH" in kept:
        places = kept["PYTHONPATH"].split(os.pathsep)
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(place).resolve()) for place in places)
    return {
        **kept,
        "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"]]),
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": "Asia/Kolkata",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        dated_command.SINCE: str(time.time()),
    }


def _trimmed(lines: list[str] | tuple[str, ...]) -> list[str]:
    trimmed = [line.rstrip() for line in lines]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    while trimmed and not trimmed[0]:
        trimmed.pop(0)
    return trimmed


def _evened(text: str) -> str:
    text = _HEX.sub(lambda found: f"<{len(found[0])} hex>", text)
    text = _DELAY.sub("(<delay>)", text)
    return _SPACES.sub(" ", _TIME.sub("<time>", _DAY.sub("<day>", text)))


def _name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```console" in page.read_text("utf-8")], ids=_name
)
def test_each_example_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    commands = commands_of(page.read_text(encoding="utf-8"))
    ran = run_page(commands, tmp_path)
    assert len(ran) == len(commands), "a command ended the shell"
    wrong: list[str] = []
    for at, (command, (code, printed)) in enumerate(zip(commands, ran, strict=True)):
        is_code_shown = at + 1 < len(commands) and commands[at + 1].typed == "echo $?"
        if code and not is_code_shown:
            wrong.append(f"$ {command.typed}\nended with {code}\n{printed}")
        elif not is_shown(command.shown, printed):
            _update(page, command, printed.replace(f"{tmp_path}/work", "..."))
            shown = "\n".join(command.shown)
            wrong.append(f"$ {command.typed}\n--- shown\n{shown}\n--- printed\n{printed}")
    assert not wrong, "\n\n".join(wrong)


def _update(page: Path, command: Command, printed: str) -> None:
    if os.environ.get("STALKLOG_DOCS_UPDATE"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(command.source, refreshed(command, printed)), encoding="utf-8")


def test_a_page_shows_dots_for_what_varies_and_nothing_else() -> None:
    assert is_shown(("Head: 0123456789abcdef", "..."), "Head: fedcba9876543210\nmore\nand more\n")
    assert is_shown(("since 2026-11-24 21:30, ... days",), "since 2020-01-01 03:04, 12 days\n")
    assert is_shown((), "anything")
    assert not is_shown(("Head: 0123456789abcdef",), "Head: 0123456789abcde\n")
    assert not is_shown(("Intact",), "Damaged\n")
    assert not is_shown(("Intact",), "Intact\nand more\n")


def test_a_block_is_read_as_commands_and_their_output() -> None:
    page = "```console\n$ echo a \\\n  b\na b\n\n$ if true\n> then false; fi\n$ echo $?\n1\n```\n"
    found = commands_of(f"{page}```text\n$ no\n```\n")
    assert [(command.typed, command.shown) for command in found] == [
        ("echo a \\\n  b", ("a b", "")),
        ("if true\nthen false; fi", ()),
        ("echo $?", ("1",)),
    ]
    assert "".join(command.source for command in found) in page
    assert refreshed(found[0], "a\nb\n") == "$ echo a \\\n  b\na\nb\n"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_each_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), f"{_name(page)}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_page_promises_what_nobody_can(page: Path) -> None:
    if page.name in {"trust.md", "CONTRIBUTING.md"} or "decisions" in page.parts:
        return  # they say which words are never used
    said = page.read_text(encoding="utf-8").lower()
    for word in ("admissible", "court-ready", "compliant", "tamper-proof", "forensically sound"):
        assert word not in said
