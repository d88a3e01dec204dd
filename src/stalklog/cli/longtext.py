"""Long texts from standard input or from an editor, never through a file that others can read."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.errors import DeclinedError, UsageError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.cli.field import Field

_EDITORS = ("sensible-editor", "nano", "vi", "notepad")
_MARK = "=====  {option}: {told}"


def from_input(fields: Sequence[Field], typed: dict[str, list[str]]) -> None:
    """Put standard input where `-` was given for a text.

    Raises:
        UsageError: It was asked for twice, or it is no text in UTF-8.
    """
    asked = [field for field in fields if field.kind == "text" and typed.get(field.name) == ["-"]]
    if len(asked) > 1:
        options = ", ".join(field.option for field in asked)
        raise UsageError(
            _("Standard input can fill one option only. Nothing was written."),
            hint=_("It was asked for by: {options}").format(options=options),
        )
    for field in asked:
        try:
            typed[field.name] = [sys.stdin.read().rstrip("\n")]
        except UnicodeDecodeError:
            raise UsageError(
                _("Standard input is no text in UTF-8. Nothing was written."),
                hint=_("Add it as a file instead: stalklog add-evidence FILE"),
            ) from None


def from_editor(fields: Sequence[Field], typed: dict[str, list[str]]) -> None:
    """Let the person write the long texts that are missing in an editor.

    The file lies in a folder of its own that nobody else can open, and is gone afterwards. What
    stands in it is in `typed` however the editor ended.

    Raises:
        DeclinedError: The editor ended with an error.
        UsageError: There is no editor.
    """
    texts = [field for field in fields if field.kind == "text" and not typed.get(field.name)]
    private = os.environ.get("XDG_RUNTIME_DIR")  # kept in memory, where there is one
    folder = private if private and os.access(private, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="text-", dir=folder) as name:
        path = Path(name) / "text.txt"
        path.write_text("\n\n".join(f"{_mark(field)}\n" for field in texts), encoding="utf-8")
        path.chmod(0o600)
        try:
            _run_editor(path)
        finally:
            for field_name, written in _parts(_written(path), texts):
                typed[field_name] = [written]


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""  # the editor took the file away


def _mark(field: Field) -> str:
    return _MARK.format(option=field.option, told=_(field.told))


def _parts(written: str, texts: Sequence[Field]) -> list[tuple[str, str]]:
    names = {_mark(field): field.name for field in texts}
    name, lines = texts[0].name, list[str]()
    found = {text.name: "" for text in texts}
    for line in [*written.split("\n"), *list(names)[:1]]:
        if line.rstrip() in names:
            found[name] = (found[name] + "\n" + "\n".join(lines)).strip("\n")
            name, lines = names[line.rstrip()], []
        else:
            lines.append(line)
    return [(name, text) for name, text in found.items() if text.strip()]


def _run_editor(path: Path) -> None:
    command = _editor()
    try:
        with _deaf_to_ctrl_c():
            ended = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - her own editor
    except OSError:
        raise UsageError(
            _("The editor could not be started. Nothing was written."),
            hint=_("Name one in $EDITOR, such as: EDITOR=nano"),
        ) from None
    if ended.returncode != 0:
        raise DeclinedError(
            _("The editor ended with an error, so nothing was written."),
            hint=_("Run the command again, or give the text as an option."),
        )


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Leave Ctrl-C to the editor: stopping here would end it with everything in it unsaved."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)  # the editor gets its own
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _editor() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if named:
        return shlex.split(named, posix=os.name != "nt")
    found = next((editor for editor in _EDITORS if shutil.which(editor)), None)
    if found is None:
        raise UsageError(
            _("There is no editor. Nothing was written."),
            hint=_("Name one in $EDITOR, or give the text as an option."),
        )
    return [found]
