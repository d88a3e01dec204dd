"""The recovery key and its paper: shown once or written to a file, and typed again from there."""

from __future__ import annotations

import os
import sys
import textwrap
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.cli.console import Part, Screen, Styled, bold, good, warn
from stalklog.cli.questions import Questions
from stalklog.cli.receipt import shown_path
from stalklog.errors import OutputError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.services.keys import Handed, is_key, tidy
from stalklog.services.secret_file import read_secret_file

if TYPE_CHECKING:
    from stalklog.vault.cipher import Identities

_BEGIN = "AGE-SECRET-KEY-1"
_LAST = 6
"""So many letters are a quick look at whether the key is on the paper."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_UNCLEARABLE = frozenset({"", "dumb", "unknown"})
"""What terminals call themselves that take no commands, such as those inside an editor."""
_TRIES = 3
_INDENT, _BETWEEN = "  ", "   "
_NARROWEST, _WIDEST = 36, 48
"""How wide the text beside the QR code may be."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a person at a terminal has the recovery key on."""

    screen: Screen

    def show(self, secret: str) -> Handed:
        """Show the key until it is on the paper, and offer to have it typed from there.

        The screen is cleared in between: what is typed then comes from the paper, and shows that
        it is right. Where the screen cannot be cleared nothing would be shown by it.
        """
        is_wrong = False
        while True:
            self._show_once(secret, is_again=is_wrong)
            typed = self._asked_back() if can_clear() else ""
            if typed == secret:
                return Handed(typed, is_tested=True)
            if typed == secret[-_LAST:]:
                self.screen.tell(_("These letters are right."))
                return Handed(secret)
            if not typed:
                break
            is_wrong = True
        if is_wrong:
            told = _("The paper may be wrong. A new key for it: stalklog keys add --recovery")
            self.screen.tell_prose(told, style="warn")
        return Handed(secret)

    def _show_once(self, secret: str, *, is_again: bool) -> None:
        try:
            self.screen.tell()
            if is_again:
                told = _(
                    "That was not the key: a letter is wrong or missing. Here it is once more, so "
                    "that you can compare the paper with it."
                )
                self.screen.tell_prose(told, style="warn")
                self.screen.tell()
            self._show_key(secret)
            question = _("Please write it down now. Press Enter when it is on the paper.")
            Questions(self.screen).line(question, note=_told_then())
        finally:
            self._take_away()

    def _asked_back(self) -> str:
        """What she types from her paper; empty where she skips it."""
        try:
            question = _("From your paper: the whole recovery key, to see that it is right.")
            note = _(
                "Spaces do not matter. Its last {count} letters alone are a quick look. Enter "
                "skips this; you can test the paper later. Then the screen is cleared."
            )
            return tidy(Questions(self.screen).line(question, note=note.format(count=_LAST)))
        finally:
            self._take_away()

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

    def typed(self) -> str:
        """A key in full view, as nobody types so long a one blindly; a slip is told at once."""
        question = _("The recovery key, as it stands on the paper:")
        note = f"{_('Spaces do not matter.')} {_told_then()}"
        typed = ""
        try:
            for _again in range(_TRIES):
                typed = Questions(self.screen).line(question, note=note)
                if not typed or is_key(typed):
                    break
                self.screen.tell_prose(
                    _("  A letter is wrong or missing. Please compare it with the paper."),
                    style="warn",
                )
        finally:
            self._take_away()
        return typed

    def _take_away(self) -> None:
        """Have the key on the screen no longer, or say that it is still there."""
        if can_clear():
            _clear()
            return
        self.screen.tell_prose(
            _(
                "This terminal cannot be cleared by a program: the key still stands in this "
                "window, and in what can be scrolled back to. Clear both by hand, or close the "
                "window."
            ),
            style="warn",
        )


def show_test(screen: Screen, *, is_tested: bool) -> None:
    """Say whether the paper was shown to work, and if not how to do that."""
    if is_tested:
        screen.say("  ", good(_("The recovery key on your paper was tested: it works.")))
        return
    screen.say("  ", warn(_("The recovery key on paper is not yet tested.")))
    screen.prose(
        _("When you have a quiet moment, test it: stalklog keys recover --test"), indent="  "
    )


def tell_if_in_file(screen: Screen, file: str | None) -> None:
    """Say of a recovery key that was written to a file that it lies there for everybody to read."""
    if file:
        screen.tell_prose(
            _(
                "The recovery key now lies readable in {file}: whoever finds it reads the vault. "
                "Print it or copy it onto paper, give that to somebody you trust, and then remove "
                "the file, from the bin as well. Deleting does not erase."
            ).format(file=shown_path(Path(file))),
            style="warn",
        )


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
        bold(_("The recovery key. It is not shown later.")),
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


def can_clear() -> bool:
    """Whether a program can take away what stands on the screen; where it is not known, no."""
    if os.name == "nt":
        return "WT_SESSION" in os.environ
    return os.environ.get("TERM", "") not in _UNCLEARABLE


def _told_then() -> str:
    if can_clear():
        return _("Then the screen is cleared.")
    return _("This terminal cannot be cleared by a program: what is on it stays.")


def _clear() -> None:
    """Have the key on the screen no longer, nor in what can be scrolled back to."""
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def _grouped(secret: str) -> list[str]:
    """The key in rows of a few letters, as a person copies it."""
    begin, rest = secret[: len(_BEGIN)], secret[len(_BEGIN) :]
    groups = [rest[at : at + 6] for at in range(0, len(rest), 6)]
    return [begin, *(" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))]


def write_recovery(path: Path, recovery: Identities) -> str:
    """Write the key for paper, read it back, and give what stands there.

    Raises:
        WouldOverwriteError: There is such a file already; it is untouched.
        OutputError: It cannot be written there.
    """
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
