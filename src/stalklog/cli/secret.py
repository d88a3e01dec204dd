"""Passphrases and the recovery key: asked for without an echo, shown once, kept nowhere."""

from __future__ import annotations

import getpass
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim
from stalklog.cli.paper import Paper, write_recovery
from stalklog.errors import PassphraseError, UsageError
from stalklog.i18n import gettext as _
from stalklog.services.keys import MIN_PASSPHRASE, Handed, require_passphrase
from stalklog.services.secret_file import read_secret_file

if TYPE_CHECKING:
    from stalklog.vault.cipher import Identities

_KEY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets come from in this run: a file, or the person at the terminal."""

    screen: Screen
    passphrase_file: str | None = None

    def passphrase(self) -> str:
        """The vault's passphrase.

        Raises:
            PassphraseError: There is no file for it, and nobody to ask.
            UsageError: The file cannot be read.
        """
        if self.passphrase_file:
            return _read_first_line(self.passphrase_file)
        if not _can_type():
            raise PassphraseError(
                _("The vault is sealed: reading it needs its passphrase. Nothing was changed."),
                hint=_(
                    "Give it on a terminal, or with --passphrase-file FILE. Adding and logging "
                    "need none. To read for a while without it: stalklog unlock"
                ),
            )
        typed = self._hidden(_("Passphrase: "))
        if not typed:
            raise PassphraseError(_("No passphrase was given. Nothing was changed."))
        self.screen.tell(dim(_("Opening it takes about two seconds.")))
        return typed

    def is_tried_again(self, failures: int) -> bool:
        """Whether a person who mistyped her passphrase is asked once more."""
        if self.passphrase_file or failures >= _TRIES:
            return False
        self.screen.tell(_("This is not the passphrase. Once again, please."))
        return True

    def new_passphrase(self, file: str | None) -> str:
        """A new passphrase, typed twice or taken from a file.

        Raises:
            UsageError: There is nobody to ask and no file, or it is too short, or the two differ,
                again and again.
        """
        if file:
            return require_passphrase(_read_first_line(file))
        if not _can_type():
            raise UsageError(
                _("A new passphrase is needed. Nothing was done."),
                hint=_(
                    "Without a terminal it comes from a file: --passphrase-file FILE for a new "
                    "vault, --new-passphrase-file FILE for one that is there."
                ),
            )
        self.screen.tell_prose(
            _(
                "Choose a passphrase that nobody who knows you would guess: four or five words "
                "that do not belong together are good. It is not shown while you type."
            )
        )
        for _again in range(_TRIES):
            first = self._hidden(_("New passphrase: "))
            if len(first) < MIN_PASSPHRASE:
                told = _("It needs at least {count} characters. Once again, please.")
                self.screen.tell(told.format(count=MIN_PASSPHRASE))
            elif first == self._hidden(_("Once more: ")):
                return first
            else:
                self.screen.tell(_("The two are not the same. Once again, please."))
        raise UsageError(_("No passphrase was chosen. Nothing was done."))

    def recovery_key(self, file: str | None) -> str:
        """The recovery key, typed from the paper or taken from a file.

        Raises:
            PassphraseError: There is no file for it, and nobody to ask.
        """
        if file:
            return _key_in(_read(file))
        if not _can_type():
            raise PassphraseError(
                _("The recovery key is needed. Nothing was changed."),
                hint=_("Without a terminal it comes from a file: --recovery-file FILE"),
            )
        return Paper(self.screen).typed()

    def hand_over(self, recovery: Identities, file: str | None) -> Handed:
        """Show the recovery key, or write it to a file; gives it as it was written down.

        Raises:
            WouldOverwriteError: The file is there already; nothing was made.
            UsageError: There is nobody to show it to, and no file.
        """
        if file:
            return Handed(_key_in(write_recovery(Path(file), recovery)))
        if not _can_type():
            raise UsageError(
                _("A sealed vault needs somewhere to put its recovery key. Nothing was made."),
                hint=_("Without a terminal it goes to a file: --recovery-to FILE"),
            )
        return Paper(self.screen).show(recovery.secrets[0])

    def _hidden(self, prompt: str) -> str:
        try:
            return getpass.getpass(prompt, stream=sys.stderr)
        except EOFError:
            self.screen.tell()
            return ""
        except UnicodeDecodeError:
            raise UsageError(
                _("What was typed is not text as this terminal should send it. Nothing was done.")
            ) from None
        except KeyboardInterrupt:
            self.screen.tell()  # so that what is said next has a line of its own
            raise


def _key_in(text: str) -> str:
    found = _KEY.search(text)
    return found[0] if found else text


def _read_first_line(file: str) -> str:
    """The first line of a file.

    Raises:
        UsageError: The file cannot be read, or the line is empty.
    """
    line = _read(file).removeprefix("\ufeff").split("\n", 1)[0].rstrip("\r")
    if not line:
        raise UsageError(
            _("The first line of the file is empty: there is no passphrase. Nothing was done."),
            hint=_("It is a file with one line of text in UTF-8."),
        )
    return line


def _read(file: str) -> str:
    try:
        return read_secret_file(Path(file)).decode()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except ValueError:
        reason = _("it is not text in UTF-8")
    raise UsageError(
        _("The file with the secret cannot be read ({reason}). Nothing was done.").format(
            reason=reason
        ),
        hint=_("It is a file with one line of text in UTF-8."),
    )


def _can_type() -> bool:
    """Whether a person sits at a terminal; `--json` or not."""
    return sys.stdin.isatty() and sys.stderr.isatty()
