"""What may be said on every command: which vault, how to answer, in which language."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.completion import offered
from stalklog.cli.console import Screen
from stalklog.core.clock import SystemClock
from stalklog.errors import UsageError, VaultError
from stalklog.i18n import LANGUAGES, mark, ngettext
from stalklog.i18n import gettext as _
from stalklog.safety.memory import guard_memory

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.cli.secret import Secrets
    from stalklog.keyring import Keyring
    from stalklog.services.desk import Begun, Desk, Progress
    from stalklog.services.settings import ReadOnce
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header

DAMAGED_EXIT = 10
"""Checked, and damaged."""
_LONGEST_WAIT_S = 86_400.0
_PANEL = mark("On every command")
_OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("vault", "--vault", "PATH", mark("The folder of the vault; also $STALKLOG_VAULT.")),
    ("case_name", "--case", "NAME", mark("One of several vaults in your data folder, by name.")),
    ("json", "--json", "", mark("Answer in JSON, for programs.")),
    ("lang", "--lang", "en|hi", mark("The language to speak; also $STALKLOG_LANG.")),
    (
        "passphrase_file",
        "--passphrase-file",
        "FILE",
        mark("A sealed vault's passphrase, in a file; also $STALKLOG_PASSPHRASE_FILE."),
    ),
    (
        "identity",
        "--identity",
        "FILE",
        mark("A sealed vault's key file, if it lies elsewhere; also $STALKLOG_IDENTITY."),
    ),
    ("wait", "--wait", "SECONDS", mark("How long to wait for another writer (30).")),
    ("no_color", "--no-color", "", mark("No colours; also $NO_COLOR.")),
)


@dataclass(frozen=True, slots=True)
class Front:
    """The wishes that every command shares, from before or after its name."""

    vault: str | None = None
    case_name: str | None = None
    wait: str | None = None
    passphrase_file: str | None = None
    identity: str | None = None
    language: str = LANGUAGES[0]
    language_asked: str = ""
    """The language that `--lang` names; empty where it was not given."""
    screen: Screen = field(default_factory=Screen)
    _opened: dict[str, Opening] = field(default_factory=dict)
    _faults: list[str] = field(default_factory=list)
    _told_unopened: list[int] = field(default_factory=list)
    _remembered: list[ReadOnce] = field(default_factory=list)
    _begun: list[Begun] = field(default_factory=list)

    def desk(
        self, *, tz: str | None = None, by: str | None = None, is_held_enough: bool = True
    ) -> Desk:
        """The vault that is meant, and how to work on it.

        Args:
            tz: A zone instead of the vault's.
            by: Who records, instead of the vault's operator.
            is_held_enough: Whether the keys that `unlock` left with the system may be used. Not to
                change the keys: whoever finds the computer unlocked could lock her out.

        Raises:
            NoVaultError: There is none where it was looked for.
            UsageError: A wish cannot be understood.
        """
        from stalklog.services.desk import Begun, Desk  # noqa: PLC0415 - `--help` opens no vault
        from stalklog.services.vaults import find_vault  # noqa: PLC0415 - likewise

        desk = partial(Desk, remembered=self._remembered[0]) if self._remembered else Desk
        vault = find_vault(
            Path(self.vault) if self.vault else None,
            self.case_name,
            environ=os.environ,
            folder=_this_folder(),
        )
        begun = Begun()
        made = desk(
            vault=vault,
            clock=SystemClock(),
            wait_s=self.wait_s(),
            tz=tz,
            by=by,
            begun=begun,
            unlock=partial(self._unlock, is_held_enough=is_held_enough),
            identity=self.identity_path(),
            warn=self._warn,
            tell_unopened=self._tell_unopened,
        )
        self._remembered[:] = [made.remembered]
        self._begun.append(begun)
        return made

    def saved_by_now(self) -> bool | None:
        """Whether what this command wrote is in the vault; None where that is not certain."""
        begun = [one for one in self._begun if one.head]
        return None if any(not one.is_saved for one in begun) else bool(begun)

    def warn_if_changed(self, desk: Desk) -> None:
        """Say that `VAULT` is another than the key at hand was made for, where a key is at hand."""
        opening = self.opening(desk, is_asked=False)
        header = desk.open().header
        if opening is not None and opening.vault not in {"", header.line_sha256}:
            self._warn("VAULT_BAD")

    def _warn(self, fault: str) -> None:
        """Say before anything is read out that somebody else wrote in the vault; once in a run."""
        if self._faults:
            return
        self._faults.append(fault)
        told = _(
            "This vault is not as stalklog wrote it ({fault}): it is damaged, or somebody has "
            "changed it. What follows may be incomplete or put there by somebody else, and what "
            "is added from now on may be readable by others too. Nothing was changed by looking. "
            "What is wrong: stalklog verify"
        )
        self.screen.tell_prose(told.format(fault=fault), style="warn")

    def _tell_unopened(self, count: int) -> None:
        """Say before anything is read out how much this key does not open; once in a run."""
        told = ngettext(
            "{n} entry is sealed to other keys than this one, and is missing in what follows.",
            "{n} entries are sealed to other keys than this one, and are missing in what follows.",
            count,
        )
        if not self._told_unopened:
            self._told_unopened.append(count)
            self.screen.tell_prose(told.format(n=count), style="warn")

    def leave(self) -> None:
        """End the command; not as if all were well where a reading saw that it is not.

        Raises:
            typer.Exit: With the number that `verify` has for a damaged vault.
        """
        if self._faults:
            raise typer.Exit(DAMAGED_EXIT)

    def secrets(self) -> Secrets:
        """Where passphrases come from, and how a new key is shown."""
        from stalklog.cli.secret import Secrets  # noqa: PLC0415 - for sealed vaults only

        guard_memory()
        return Secrets(self.screen, self.passphrase_file)

    def identity_path(self) -> Path | None:
        """Where the key file of a sealed vault lies, if not in the vault."""
        return Path(self.identity) if self.identity else None

    def _unlock(self, disk: Disk, header: Header, *, is_held_enough: bool) -> Opening:
        """Get the keys of a sealed vault, once in a run however often it is read."""
        if header.id not in self._opened:
            from stalklog.services.unlocking import Unlocking  # noqa: PLC0415 - only there

            keyring = self._keyring() if is_held_enough else None
            secrets = self.secrets()
            unlocking = Unlocking(
                secrets.passphrase, keyring, self.identity_path(), secrets.is_tried_again
            )
            found = self._opened[header.id] = unlocking(disk, header)
            if set(header.recipients).isdisjoint(found.recipients):
                self.screen.tell_prose(
                    _("This key opens only what was added while the vault was sealed to it."),
                    style="warn",
                )
        return self._opened[header.id]

    def _keyring(self) -> Keyring | None:
        from stalklog.keyring import find_keyring  # noqa: PLC0415 - for sealed vaults only

        guard_memory()
        return find_keyring(SystemClock())

    def opening(self, desk: Desk, *, is_asked: bool) -> Opening | None:
        """The keys of a sealed vault, for a check that can do without them.

        Args:
            desk: Which vault.
            is_asked: Whether the person wants to be asked for the passphrase.

        Returns:
            None for a plain vault, and where the keys were not given or `VAULT` cannot be read:
            that is for the check to name.
        """
        try:
            vault = desk.open()
        except VaultError:
            return None
        if not vault.header.sealed:
            return None
        if is_asked or self.passphrase_file or self.identity:
            return vault.opening()
        from stalklog.services.unlocking import held  # noqa: PLC0415 - for sealed vaults only

        return held(vault.header, self._keyring())

    def tell_if_readable(self, desk: Desk) -> None:
        """Say of what was just taken out of a sealed vault that it is not sealed."""
        if desk.open().header.sealed:
            self.screen.tell_prose(
                _(
                    "What was written is readable by whoever finds it; only the vault is sealed. "
                    "Keep it where it is safe, and remember that deleting does not erase."
                ),
                style="warn",
            )

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
        passphrase_file=_as_text(merged["passphrase_file"])
        or os.environ.get("STALKLOG_PASSPHRASE_FILE"),
        identity=_as_text(merged["identity"]) or os.environ.get("STALKLOG_IDENTITY"),
        language=_as_text(merged["lang"]) or language_of((), os.environ),
        language_asked=_as_text(merged["lang"]) or "",
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


def _this_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError(
            _("The folder that you are in is not there any more. Nothing was done."),
            hint=_("Go to another one with cd, and run the command again."),
        ) from None


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
    words = offered(LANGUAGES if name == "lang" else ())
    wish = typer.Option(
        option, help=told, metavar=metavar or None, rich_help_panel=_PANEL, autocompletion=words
    )
    kind = Annotated[str | None, wish] if metavar else Annotated[bool, wish]
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None if metavar else False,
        annotation=kind,
    )


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
