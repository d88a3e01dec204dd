"""Passphrases and the recovery key: asked for without an echo, shown once, kept nowhere."""

from __future__ import annotations

import getpass
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, bold, dim
from stalklog.cli.questions import Questions
from stalklog.errors import OutputError, PassphraseError, UsageError, WouldOverwriteError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.vault.cipher import Identities

_MAX_PASSPHRASE_BYTES = 4096
_KEY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")
_LAST = 6
"""So many letters show that the key is on the paper."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
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
        self.screen.tell(dim(_("Opening it takes about two seconds.")))
        return typed

    def new_passphrase(self, file: str | None) -> str:
        """A new passphrase, typed twice or taken from a file.

        Raises:
            UsageError: There is nobody to ask and no file, or the two differ again and again.
        """
        if file:
            return _read_first_line(file)
        if not _can_type():
            raise UsageError(
                _("A sealed vault needs a passphrase. Nothing was made."),
                hint=_("Without a terminal it comes from a file: --passphrase-file FILE"),
            )
        self.screen.tell_prose(
            _(
                "Choose a passphrase that nobody who knows you would guess: four or five words "
                "that do not belong together are good. It is not shown while you type."
            )
        )
        for _again in range(_TRIES):
            first = self._hidden(_("New passphrase: "))
            if first == self._hidden(_("Once more: ")):
                return first
            self.screen.tell(_("The two are not the same. Once again, please."))
        raise UsageError(_("The two were not the same. Nothing was made."))

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
        return self._hidden(_("Recovery key, as it stands on the paper (it is not shown): "))

    def hand_over(self, recovery: Identities, file: str | None) -> str:
        """Show the recovery key once, or write it to a file; gives it as it was written down.

        Raises:
            WouldOverwriteError: The file is there already; nothing was made.
            UsageError: There is nobody to show it to, and no file.
        """
        if file:
            return _key_in(_write_recovery(Path(file), recovery))
        if not _can_type():
            raise UsageError(
                _("A sealed vault needs somewhere to put its recovery key. Nothing was made."),
                hint=_("Without a terminal it goes to a file: --recovery-to FILE"),
            )
        return self._show(recovery.secrets[0])

    def _show(self, secret: str) -> str:
        screen = self.screen
        screen.tell()
        screen.tell(bold(_("The recovery key. It is shown this once.")))
        screen.tell_prose(
            _(
                "Write it on paper, or take its picture with a device that the other person never "
                "has. Give it to somebody you trust: whoever has it can read the vault. If you "
                "lose the passphrase and this key, nobody can read the vault again, ever."
            )
        )
        screen.tell()
        for group in _grouped(secret):
            screen.tell("    ", bold(group))
        screen.tell()
        for row in qr_rows(secret):
            screen.tell("    ", row)
        questions = Questions(screen)
        self._wait_for_paper(questions, secret)
        if sys.stderr.isatty():
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
        return secret

    def _wait_for_paper(self, questions: Questions, secret: str) -> None:
        while True:
            typed = questions.line(
                _("From your paper: what are its last {count} letters?").format(count=_LAST),
                note=_("Enter to skip. The screen is cleared then."),
            )
            if not typed or typed.upper() == secret[-_LAST:]:
                return
            self.screen.tell(_("  These are others. Please compare it letter by letter."))

    def _hidden(self, prompt: str) -> str:
        try:
            return getpass.getpass(prompt, stream=sys.stderr)
        except EOFError:
            return ""


def qr_rows(text: str) -> list[str]:
    """A QR code for a screen: two dots above one another in each letter, dark on light."""
    import segno  # noqa: PLC0415 - 20 ms, for keys only

    matrix = [list(row) for row in segno.make(text, error="m").matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    shown = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return [
        "".join(shown[bool(above), bool(below)] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(matrix[::2], matrix[1::2], strict=True)
    ]


def _grouped(secret: str) -> list[str]:
    """The key in rows of a few letters, as a person copies it."""
    groups = [secret[at : at + 6] for at in range(0, len(secret), 6)]
    return [" ".join(groups[at : at + 5]) for at in range(0, len(groups), 5)]


def _write_recovery(path: Path, recovery: Identities) -> str:
    """Write the key for paper, read it back, and give what stands there."""
    is_page = path.suffix.lower() in {".html", ".htm"}
    text = _page(recovery) if is_page else recovery.to_text()
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        return path.read_text(encoding="utf-8")
    except FileExistsError:
        raise WouldOverwriteError(
            _("There is a file of that name already. It was not touched."),
            hint=_("Name another file with --recovery-to."),
        ) from None
    except OSError as error:
        raise OutputError(
            _("The recovery key cannot be written there ({reason}). Nothing was made.").format(
                reason=error.strerror
            ),
            hint=_("Name another file with --recovery-to."),
        ) from error


def _page(recovery: Identities) -> str:
    """A page to print: the key as text and as a QR code, and not a word of what it is for."""
    import segno  # noqa: PLC0415 - as above

    secret = recovery.secrets[0]
    picture = segno.make(secret, error="m").svg_inline(scale=5, border=2)
    rows = "<br>".join(_grouped(secret))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Key</title>'
        "<style>body{font:16px/1.6 monospace;margin:2em}</style>"
        f"<p>{secret}</p><p>{rows}</p>{picture}</html>\n"
    )


def _key_in(text: str) -> str:
    found = _KEY.search(text)
    return found[0] if found else text


def _read_first_line(file: str) -> str:
    return _read(file).split("\n", 1)[0].rstrip("\r")


def _read(file: str) -> str:
    try:
        return Path(file).read_bytes()[:_MAX_PASSPHRASE_BYTES].decode()
    except (OSError, ValueError):
        raise UsageError(
            _("The file with the secret cannot be read. Nothing was done."),
            hint=_("It is a file with one line of text in UTF-8."),
        ) from None


def _can_type() -> bool:
    """Whether a person sits at a terminal; `--json` or not."""
    return sys.stdin.isatty() and sys.stderr.isatty()
