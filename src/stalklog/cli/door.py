"""The one error door: whatever goes wrong leaves through here, with its exit code and in words."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

import typer

from stalklog import __version__
from stalklog.cli.console import Screen, unanswered, write_json
from stalklog.core.clock import SystemClock
from stalklog.errors import (
    InterruptedByUserError,
    OutputError,
    StalklogError,
    UsageError,
    VaultError,
)
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

_BUG_EXIT = 1
_OF_THE_SYSTEM = frozenset(
    code
    for name in (
        "EIO", "ENXIO", "ENODEV", "ESTALE", "EREMOTEIO", "ETIMEDOUT", "ENOSPC", "EDQUOT", "EFBIG",
        "EROFS", "EACCES", "EPERM", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY",
    )
    if (code := getattr(errno, name, None)) is not None
)  # fmt: skip
"""What no program can help: a failing disk, a place that may not be read, a system at its end."""


class BugError(StalklogError):
    """A mistake in stalklog itself."""

    exit_code = _BUG_EXIT
    code = "bug"


@contextlib.contextmanager
def error_door(screen: Screen) -> Iterator[None]:
    """Turn whatever goes wrong inside into words on stderr and an exit code.

    Raises:
        SystemExit: With the error's number, when something went wrong.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing may pass this door
        told = _in_our_words(error)
        try:
            _tell(screen, told)
        except (OSError, OutputError):
            _close_quietly(sys.stderr)  # nothing can be told: the number says it
        raise SystemExit(told.exit_code) from None


@contextlib.contextmanager
def quiet_when_nobody_reads() -> Iterator[None]:
    """Leave without a word when whoever read the answer has gone (`stalklog list | head`).

    Raises:
        typer.Exit: With the number of an answer that cannot be written.
    """
    try:
        yield
        _flush()
    except BrokenPipeError:
        _close_quietly(sys.stdout)
        raise typer.Exit(OutputError.exit_code) from None


def flush_answer() -> None:
    """Have all of the answer with whoever reads it before the command ends.

    Raises:
        SystemExit: Nobody reads it; nothing is said.
        OutputError: It cannot be written there; what the command did is done.
    """
    try:
        _flush()
    except BrokenPipeError:
        _close_quietly(sys.stdout)
        raise SystemExit(OutputError.exit_code) from None


def interrupted(*, is_saved: bool | None = False) -> InterruptedByUserError:
    """What is said when the person stops a command.

    Args:
        is_saved: Whether what it wrote is in the vault; None where that is not certain.
    """
    if is_saved:
        return InterruptedByUserError(
            _("Stopped, as you asked. What this command wrote into the vault is saved."),
            hint=_("See it with: stalklog list all"),
        )
    if is_saved is None:
        from stalklog.vault.vault import see_first  # noqa: PLC0415 - for this alone

        return InterruptedByUserError(
            _("Stopped, as you asked. It is not certain that this was saved."), hint=see_first()
        )
    return InterruptedByUserError(
        _("Stopped, as you asked. Nothing that was acknowledged is lost."),
        hint=_("You can run the same command again at any time."),
    )


def _in_our_words(error: BaseException) -> StalklogError:
    if isinstance(error, StalklogError):
        return error
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return interrupted()
    if isinstance(error, typer.TyperException):
        return _wrong_command_line(error)
    if isinstance(error, OSError) and error.errno in _OF_THE_SYSTEM:
        return _refused(error)
    return _bug(error)


def _refused(error: OSError) -> VaultError:
    return VaultError(
        _("The disk or the system refused: {reason}. What was saved before is untouched.").format(
            reason=error.strerror
        ),
        hint=_(
            "Run the command again. If it is refused again, copy the vault to another disk and "
            "check the copy with: stalklog verify"
        ),
    )


def _wrong_command_line(error: typer.TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", None) or "stalklog"
    message = " ".join(error.format_message().split())
    ended = message if message.endswith((".", "?")) else f"{message}."
    return UsageError(
        _("{what} Nothing was done.").format(what=ended),
        hint=_("How it is used: {command} --help").format(command=path),
    )


def _bug(error: BaseException) -> BugError:
    message = _(
        "Something went wrong inside stalklog. It is a mistake in the program, not yours. "
        "Nothing that was acknowledged is lost."
    )
    path = _write_details(error)
    if path is None:
        return BugError(message, hint=_("Please report it, with what you were doing."))
    hint = _("Please report it. Where it went wrong, without your data, is in {path}")
    return BugError(message, hint=hint.format(path=path))


def _write_details(error: BaseException) -> Path | None:
    """Keep where it went wrong in a file that only its owner can read; None if that fails too.

    The messages of the exceptions are left out: they can hold words of the evidence.
    """
    from stalklog.places import debug_folder  # noqa: PLC0415 - for a bug only

    lines = [f"stalklog {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"]
    told: BaseException | None = error
    while told is not None:
        lines.append(f"\n{type(told).__module__}.{type(told).__qualname__}\n")
        lines.extend(traceback.format_tb(told.__traceback__))
        told = told.__cause__ or told.__context__
    folder = debug_folder()
    path = folder / f"{SystemClock().now():%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(lines)
    except OSError:
        return None
    return path


def _tell(screen: Screen, error: StalklogError) -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _close_quietly(sys.stdout)  # else Python would try once more, and say so in its own words
    if screen.is_json:
        told: JsonObject = {
            "code": error.exit_code,
            "error": error.code,
            "message": error.message,
            "hint": error.hint,
        }
        write_json(told, sys.stderr)
        return
    screen.tell_prose(error.message, style="bold")
    screen.tell_prose(error.hint)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # nobody reads any more: nothing to tell
    except OSError as error:
        raise unanswered(error) from error


def _close_quietly(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def has_flag(flag: str, arguments: Sequence[str]) -> bool:
    """Whether a flag stands on the command line, known even where the rest is wrong."""
    before_rest = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return flag in before_rest
