"""How far long work is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    import rich.progress

    from stalklog.services.desk import Progress

_PATIENCE_S = 0.4
"""Work that is done sooner than this needs no bar."""
_PAUSE_S = 0.1
"""How often a bar is told at the most: many small files would else be slowed down by it."""


def progress_for(screen: Screen) -> Progress:
    """A bar where a person looks on, else silence."""
    if screen.is_json or not sys.stderr.isatty():
        return Silence()
    return Bar(screen)


class Silence:
    """Says nothing: nobody looks on."""

    def start(self, what: str, total_bytes: int | None, total_files: int | None) -> None:
        """Work begins."""

    def advance(self, files: int, size_bytes: int) -> None:
        """So much more is done."""

    def finish(self) -> None:
        """Work has ended."""


@dataclass(slots=True)
class _Work:
    what: str
    total_bytes: int | None
    total_files: int | None
    began_s: float
    told_s: float
    files: int = 0
    done_bytes: int = 0


class Bar:
    """Files, bytes, rate and time left, on stderr; it goes when the work is done."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._work: _Work | None = None
        self._shown: rich.progress.Progress | None = None
        self._was_long = False

    def start(self, what: str, total_bytes: int | None, total_files: int | None) -> None:
        """Work begins; after long work it is shown at once, as it may be long and not countable."""
        self.finish()
        now_s = time.monotonic()
        self._work = _Work(what, total_bytes, total_files, now_s, now_s)
        if self._was_long:
            self._shown = self._show(self._work, is_counted=total_bytes is not None)

    def advance(self, files: int, size_bytes: int) -> None:
        """So much more is done."""
        work = self._work
        if work is None:
            return
        work.files += files
        work.done_bytes += size_bytes
        now_s = time.monotonic()
        if self._shown is None and now_s - work.began_s > _PATIENCE_S:
            self._shown = self._show(work, is_counted=True)
            self._was_long = True
        elif now_s - work.told_s < _PAUSE_S:
            return
        if self._shown is not None:
            work.told_s = now_s
            _tell(self._shown, work)

    def finish(self) -> None:
        """Work has ended, well or not."""
        work, self._work = self._work, None
        if self._shown is not None:
            if work is not None:
                _tell(self._shown, work)
            self._shown.stop()
            self._shown = None

    def _show(self, work: _Work, *, is_counted: bool) -> rich.progress.Progress:
        from rich.console import Console  # noqa: PLC0415 - 50 ms, and short work shows no bar
        from rich.progress import (  # noqa: PLC0415 - likewise
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        console = Console(
            file=sys.stderr,
            markup=False,
            highlight=False,
            no_color=not self._screen.has_colour(sys.stderr),
        )
        files = TextColumn("{task.fields[files]}", markup=False)
        counts = (files, DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            *(counts if is_counted else (TimeElapsedColumn(),)),
            console=console,
            transient=True,
        )
        shown.add_task(work.what, total=work.total_bytes, files=_files(work))
        shown.start()
        return shown


def _tell(shown: rich.progress.Progress, work: _Work) -> None:
    shown.update(shown.task_ids[0], completed=work.done_bytes, files=_files(work))


def _files(work: _Work) -> str:
    if work.total_files is None and not work.files:
        return ""
    if work.total_files is None:
        return _("{files} files").format(files=work.files)
    return _("{files} of {total} files").format(files=work.files, total=work.total_files)
