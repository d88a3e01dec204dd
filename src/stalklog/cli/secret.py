"""Passphrases and the recovery key: asked for without an echo, shown once, kept nowhere."""

from __future__ import annotations

import getpass
import os
import re
import sys
import textwrap
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.cli.console import Part, Screen, Styled, bold, dim
from stalklog.cli.questions import Questions
from stalklog.errors import OutputError, PassphraseError, UsageError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.services.keys import MIN_PASSPHRASE, is_key, require_passphrase, tidy
from stalklog.services.secret_file import read_secret_file

if TYPE_CHECKING:
    from stalklog.vault.cipher import Identities

_KEY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")
_BEGIN = "AGE-SECRET-KEY-1"
_LAST = 6
"""So many letters show that the key is on the paper."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_TRIES = 3
_INDENT, _BETWEEN = "  ", "   "
_NARROWEST, _WIDEST = 36, 48
"""How wide the text beside the QR code may be."""


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
        try:
            return self._typed_from_paper()
        finally:
            _clear()

    def _typed_from_paper(self) -> str:
        """A key in full view, as nobody types so long a one blindly; a slip is told at once."""
        question = _("The recovery key, as it stands on the paper:")
        note = _("Spaces do not matter. The screen is cleared then.")
        typed = ""
        for _again in range(_TRIES):
            typed = Questions(self.screen).line(question, note=note)
            if not typed or is_key(typed):
                break
            self.screen.tell_prose(
                _("  A letter is wrong or missing. Please compare it with the paper."), style="warn"
            )
        return typed

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
        try:
            self.screen.tell()
            self._show_key(secret)
            self._wait_for_paper(Questions(self.screen), secret)
        finally:
            _clear()
        return secret

    def _show_key(self, secret: str) -> None:
        """The key as a QR code and, beside it or below it, as text."""
        screen = self.screen
        is_coloured = screen.has_colour(sys.stderr)
        code = qr_rows(secret, is_coloured=is_coloured) if _can_draw() else []
        left = len(code[0]) + len(_INDENT) + len(_BETWEEN) if code else 0
        width = min(screen.width() - left - 1, _WIDEST)
        if width < _NARROWEST:
            for row in code:
                screen.tell(_INDENT, Styled(row, "paper"))
            code, width = [], min(screen.width() - 1, _WIDEST)
        for row, told in zip_longest(code, _told_of(secret, width)):
            drawn: list[Part] = [_INDENT, Styled(row, "paper"), _BETWEEN] if row else []
            blank = " " * left if code and not row else ""
            screen.tell(*drawn, blank, told or "")

    def _wait_for_paper(self, questions: Questions, secret: str) -> None:
        while True:
            typed = questions.line(
                _("From your paper: what are its last {count} letters?").format(count=_LAST),
                note=_("Enter skips this. Then the screen is cleared."),
            )
            if not typed or tidy(typed) == secret[-_LAST:]:
                return
            self.screen.tell(_("  The key ends otherwise. Please compare it letter by letter."))

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


def qr_rows(text: str, *, is_coloured: bool) -> list[str]:
    """A QR code for a screen, dark on light: two dots above one another in each letter.

    Args:
        text: What it says.
        is_coloured: Whether the letters are drawn in black on white; else the screen is taken to
            be dark, as most are, and its own light colour makes the light dots.
    """
    import segno  # noqa: PLC0415 - 20 ms, for keys only

    matrix = [list(row) for row in segno.make(text, error="l").matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    letters = " ▀▄█" if is_coloured else "█▄▀ "
    return [
        "".join(
            letters[bool(above) + 2 * bool(below)]
            for above, below in zip(upper, lower, strict=True)
        )
        for upper, lower in zip(matrix[::2], matrix[1::2], strict=True)
    ]


def _told_of(secret: str, width: int) -> list[Part]:
    """The key as text, and what to do with it, in lines of that width."""
    prose = _(
        "Write it on paper, or take its picture with a device that the other person never has. "
        "Give it to somebody you trust: whoever has it can read the vault. If you lose both the "
        "passphrase and this key, nobody can read the vault again, ever. (0 is a zero: there is "
        "no O and no I in it.)"
    )
    return [
        bold(_("The recovery key. It is shown this once.")),
        "",
        *map(bold, _grouped(secret)),
        "",
        *textwrap.wrap(prose, width),
    ]


def _can_draw() -> bool:
    try:
        " ▀▄█".encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _clear() -> None:
    """Have the key on the screen no longer, nor in what can be scrolled back to."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def _grouped(secret: str) -> list[str]:
    """The key in rows of a few letters, as a person copies it."""
    begin, rest = secret[: len(_BEGIN)], secret[len(_BEGIN) :]
    groups = [rest[at : at + 6] for at in range(0, len(rest), 6)]
    return [begin, *(" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))]


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
        return read_secret_file(path).decode()
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
