"""Every mutant of some modules, each in a process of its own, on the tests that judge its module.

Not part of any test run: all of it takes hours. It wants `pip install --group mutation`.

    python -m tests.campaign.mutants                          # core, and every module of the vault
    python -m tests.campaign.mutants vault.log core           # these
    python -m tests.campaign.mutants --since HEAD~20          # functions that are others since then

mutmut makes the mutants; which tests judge a module stands in the table of `tests/mutants.md`.
mutmut's own run first has all tests in one process and forks from it, which does not go with tests
that start threads. Here a process that runs no test forks one for each mutant. Told are the counts
of each module, for the table, and what of the code is another in each mutant that is left.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = Path("src/stalklog")
TABLE: Final = ROOT / "tests" / "mutants.md"
_ROW: Final = re.compile(r"^\| `((?:core|vault)[a-z_.]*)`.*\| (`test.*) \|$", re.MULTILINE)
_QUOTED: Final = re.compile(r"`([^`]+)`")
_LEFT_OUT: Final = (".git", ".venv", ".demo", ".bench", ".fuzzed", "__pycache__", ".*_cache")
_PRELOADED: Final = ("pytest", "hypothesis.stateful", "pydantic", "orjson",
                     "cryptography.hazmat.primitives.asymmetric.ed25519")  # fmt: skip
"""What costs time to load and is never mutated."""
_SENTENCES: Final = frozenset({"_", "ngettext", "mark"})
"""What is said to a person is no rule: mutants inside these are left out."""
_TIMES_AS_LONG: Final = 10
_LEAST_S: Final = 10.0
_ORIGINAL: Final = "__mutmut_orig"
_BY_TESTS: Final = range(1, 6)
"""How pytest ends where something is wrong: a test fails, or not even a test can be loaded."""
Outcome: TypeAlias = Literal["noticed", "never ended", "left", "went wrong"]
_RUNNING = "MUTANT_UNDER_TEST"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of a module."""

    module: str
    """`vault.log`."""
    function: str
    """What mutmut calls the function, and the number of the change."""
    told: str
    """What of the function is another."""


@dataclass(slots=True)
class Tried:
    """A process that tries a mutant."""

    mutant: Mutant
    begun_s: float
    timeout_s: float


@dataclass(slots=True)
class Judges:
    """The tests that judge a module."""

    paths: tuple[str, ...]
    timeout_s: float = field(default=0.0)


def main() -> int:
    """Try them and tell how it went; which may be left is for `tests/mutants.md` to say."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("modules", nargs="*", metavar="MODULE")
    wanted.add_argument("--since", metavar="REVISION", help="functions that are others since")
    wanted.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    options = wanted.parse_args()
    judged_by = judges()
    modules = [one for one in _modules() if _is_wanted(one, options.modules)]
    if not modules:
        wanted.error("no such module")
    for name in _PRELOADED:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        work = Path(place) / "stalklog"
        shutil.copytree(ROOT, work, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
        found = [
            mutant for module in modules for mutant in make_mutants(work, module, options.since)
        ]
        _try_all(work, found, judged_by, options.at_once)
    return 0


def judges() -> dict[str, Judges]:
    """By module, or `core` for all of it: what the table says judges it."""
    found = {}
    for name, cell in _ROW.findall(TABLE.read_text()):
        named = [one for one in _QUOTED.findall(cell) if one.startswith("test")]
        paths = [one if "/" in one else f"tests/vault/{one}" for one in named]
        found[name] = Judges(tuple(paths))
    return found


def _modules() -> list[str]:
    paths = [
        path for part in ("core", "vault") for path in sorted((ROOT / PACKAGE / part).glob("*.py"))
    ]
    return [f"{path.parent.name}.{path.stem}" for path in paths if path.stem != "__init__"]


def _is_wanted(module: str, named: Sequence[str]) -> bool:
    return not named or module in named or module.partition(".")[0] in named


def make_mutants(work: Path, module: str, since: str | None) -> Iterator[Mutant]:
    """Put a module there that is all of its mutants; yield those that are no other sentences."""
    from mutmut.mutation.file_mutation import mutate_file_contents  # noqa: PLC0415 - only here

    path = PACKAGE / f"{module.replace('.', '/')}.py"
    source = (ROOT / path).read_text()
    old = _functions_of(_at(since, path)) if since else frozenset()
    if _functions_of(source) <= old:
        return
    made = mutate_file_contents(str(path), source)
    (work / path).write_text(made.code)
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(made.code))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    for name in made.mutant_names:
        original = functions[name.partition("__mutmut_")[0] + _ORIGINAL]
        before, after = _body_of(original), _body_of(functions[name])
        if before in old or _without_sentences(before) == _without_sentences(after):
            continue
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
        yield Mutant(module, name, "\n".join([*lines][2:]))


def _at(revision: str, path: Path) -> str:
    ran = subprocess.run(
        ["git", "show", f"{revision}:{path}"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return ran.stdout if ran.returncode == 0 else ""


def _functions_of(source: str) -> frozenset[str]:
    return frozenset(
        _body_of(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def _body_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What a function does, whatever it is called."""
    return "\n".join([ast.unparse(function.args), *map(ast.unparse, function.body)])


def _without_sentences(body: str) -> str:
    arguments, _newline, rest = body.partition("\n")
    return f"{arguments}\n{ast.unparse(_Silent().visit(ast.parse(rest)))}"


class _Silent(ast.NodeTransformer):
    """Takes out what is said to a person."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in _SENTENCES:
            node.args = [ast.Constant(None) for _one in node.args]
        return node


def _try_all(
    work: Path, found: Sequence[Mutant], judged_by: dict[str, Judges], at_once: int
) -> None:
    """Try each, and tell at once those that no test notices; then the counts."""
    waiting, counted = [*reversed(found)], dict[str, Counter[Outcome]]()
    running: dict[int, Tried] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                mutant = waiting.pop()
                by = judged_by.get(mutant.module) or judged_by[mutant.module.partition(".")[0]]
                if not by.timeout_s:
                    by.timeout_s = _time_unchanged(work, by)
                pid = _start(work, f"stalklog.{mutant.module}.{mutant.function}", by.paths)
                running[pid] = Tried(mutant, time.monotonic(), by.timeout_s)
            for pid in [*running]:
                outcome = _outcome_of(pid, running[pid])
                if outcome is not None:
                    _tell(running.pop(pid).mutant, outcome, counted)
            time.sleep(0.005)
    finally:
        for pid in running:
            _end_group(pid)
        _tell_counts(counted)


def _time_unchanged(work: Path, by: Judges) -> float:
    """How long a mutant may take: the tests must pass without one, and that is timed."""
    begun_s = time.monotonic()
    pid = _start(work, "", by.paths)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        sys.exit(f"{' '.join(by.paths)}: failed without any mutant")
    return _LEAST_S + _TIMES_AS_LONG * (time.monotonic() - begun_s)


def _outcome_of(pid: int, tried: Tried) -> Outcome | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        _end_group(pid)  # what its tests started and left
        code = os.waitstatus_to_exitcode(status)
        return "noticed" if code in _BY_TESTS else "went wrong" if code else "left"
    if time.monotonic() - tried.begun_s < tried.timeout_s:
        return None
    _end_group(pid)
    os.waitpid(pid, 0)
    return "never ended"


def _end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _start(work: Path, mutant: str, tests: Sequence[str]) -> int:
    """Fork, and have the tests run there."""
    pid = os.fork()
    if pid:
        return pid
    code = 70  # of no test
    try:
        code = _run_tests(work, mutant, tests)
    finally:
        os._exit(code)


def _run_tests(work: Path, mutant: str, tests: Sequence[str]) -> int:
    import pytest  # noqa: PLC0415 - loaded already

    os.setsid()
    os.chdir(work)  # noqa: TID251 - a process that ends with its tests
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(silent, descriptor)
    os.environ[_RUNNING] = mutant
    path = [str(work / "src"), str(work)]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.path[:0] = path
    for name in [name for name in sys.modules if name.partition(".")[0] in {"tests", "stalklog"}]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory(prefix="mutant-") as base:
        arguments = ["-x", "-q", "--assert=plain", f"--basetemp={base}/t"]
        for plugin in ("cacheprovider", "xdist", "unraisableexception"):
            arguments += "-p", f"no:{plugin}"
        return int(pytest.main([*arguments, *tests]))


def _tell(mutant: Mutant, outcome: Outcome, counted: dict[str, Counter[Outcome]]) -> None:
    counted.setdefault(mutant.module, Counter())[outcome] += 1
    if outcome != "noticed":
        _say(f"{outcome}: {mutant.module}.{mutant.function}\n{mutant.told}\n")


def _tell_counts(counted: dict[str, Counter[Outcome]]) -> None:
    _say("| Module | Mutants | Noticed | Never ended | Left |\n|---|---|---|---|---|")
    for module, counts in counted.items():
        left = counts["left"] + counts["went wrong"]
        figures = counts.total(), counts["noticed"], counts["never ended"], left
        _say(f"| `{module}` | {' | '.join(map(str, figures))} |")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
