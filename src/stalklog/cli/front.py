"""What may be said on every command: which vault, how to answer, in which language."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.console import Screen
from stalklog.core.clock import SystemClock
from stalklog.errors import UsageError
from stalklog.i18n import LANGUAGES, mark
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.services.desk import Desk, Progress

_LONGEST_WAIT_S = 86_400.0
_PANEL = mark("On every command")
_OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("vault", "--vault", "PATH", mark("The folder of the vault; also $STALKLOG_VAULT.")),
    ("case_name", "--case", "NAME", mark("One of several vaults in your data folder, by name.")),
    ("json", "--json", "", mark("Answer in JSON, for programs.")),
    ("lang", "--lang", "en|hi", mark("The language to speak; also $STALKLOG_LANG.")),
    ("wait", "--wait", "SECONDS", mark("How long to wait for another writer (30).")),
    ("no_color", "--no-color", "", mark("No colours; also $NO_COLOR.")),
)


@dataclass(frozen=True, slots=True)
class Front:
    """The wishes that every command shares, from before or after its name."""

    vault: str | None = None
    case_name: str | None = None
    wait: str | None = None
    language: str = LANGUAGES[0]
    screen: Screen = field(default_factory=Screen)

    def desk(self, *, tz: str | None = None, by: str | None = None) -> Desk:
        """The vault that is meant, and how to work on it.

        Raises:
            NoVaultError: There is none where it was looked for.
            UsageError: A wish cannot be understood.
        """
        from stalklog.services.desk import Begun, Desk  # noqa: PLC0415 - `--help` opens no vault
        from stalklog.services.vaults import find_vault  # noqa: PLC0415 - likewise

        vault = find_vault(
            Path(self.vault) if self.vault else None,
            self.case_name,
            environ=os.environ,
            folder=Path.cwd(),
        )
        wait_s, begun = self.wait_s(), Begun()
        return Desk(vault=vault, clock=SystemClock(), wait_s=wait_s, tz=tz, by=by, begun=begun)

    def wait_s(self) -> float:
        """How long to wait for another writer.

        Raises:
            UsageError: It is no number of seconds.
        """
        try:
            seconds = float(self.wait or 30)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _LONGEST_WAIT_S:
            raise UsageError(
                _("--wait takes a number of seconds. Nothing was done."),
                hint=_("For example: --wait 60"),
            )
        return seconds

    def when_question(self) -> WhenQuestion:
        """What asks the person which day was meant; without a person, an error says so."""
        from stalklog.cli.questions import WhenQuestion  # noqa: PLC0415 - `--help` asks nothing

        return WhenQuestion(self.screen)

    def progress(self) -> Progress:
        """What shows how far long work is: a bar on a terminal, else nothing."""
        from stalklog.cli.progress import progress_for  # noqa: PLC0415 - `--help` does no work

        return progress_for(self.screen)


def front_of(before: Mapping[str, object], after: Mapping[str, object]) -> Front:
    """The wishes of one run: those after the command's name win over those before it."""
    merged = {name: after.get(name) or before.get(name) for name, *_rest in _OPTIONS}
    return Front(
        vault=_as_text(merged["vault"]),
        case_name=_as_text(merged["case_name"]),
        wait=_as_text(merged["wait"]),
        language=_as_text(merged["lang"]) or language_of((), os.environ),
        screen=Screen(is_json=bool(merged["json"]), no_color=bool(merged["no_color"])),
    )


def parameters() -> list[inspect.Parameter]:
    """The options of every command, as a signature has them."""
    return [_parameter(*option) for option in _OPTIONS]


def panel() -> str:
    """The heading of those options in the help."""
    return _(_PANEL)


def names() -> frozenset[str]:
    """What those options are called in Python."""
    return frozenset(name for name, *_rest in _OPTIONS)


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language to speak: `--lang`, else `$STALKLOG_LANG`, else the locale.

    It is read before the command line is understood, as even `--help` speaks it.

    Raises:
        UsageError: A language was asked for that stalklog does not speak.
    """
    asked = _value_of("--lang", arguments)
    if asked is not None and asked not in LANGUAGES:
        raise UsageError(
            _("stalklog does not speak that language. Nothing was done."),
            hint=_("It speaks: {languages}").format(languages=", ".join(LANGUAGES)),
        )
    locale = next(
        (environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), ""
    )
    for language in (asked, environ.get("STALKLOG_LANG"), locale[:2]):
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def _value_of(option: str, arguments: Sequence[str]) -> str | None:
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith(f"{option}="):
            return argument.partition("=")[2]
        if argument == option and number + 1 < len(arguments):
            return arguments[number + 1]
    return None


def _parameter(name: str, option: str, metavar: str, told: str) -> inspect.Parameter:
    wish = typer.Option(option, help=told, metavar=metavar or None, rich_help_panel=_PANEL)
    kind = Annotated[str | None, wish] if metavar else Annotated[bool, wish]
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None if metavar else False,
        annotation=kind,
    )


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
