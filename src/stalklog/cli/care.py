"""Nothing that a person typed is lost: it is offered to be kept, saved again, or shown to her.

The one place that decides where it goes when it cannot be saved: to the terminal at which it was
typed, never to a file, as a sealed vault may leave nothing readable on the disk. Only her own no,
or a second Ctrl-C, lets go of it without a word: somebody may be looking over her shoulder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stalklog.cli.console import Screen
from stalklog.cli.questions import Questions, StoppedError
from stalklog.errors import (
    InterruptedByUserError,
    ReadOnlyVaultError,
    StalklogError,
    VaultBusyError,
    VaultError,
)
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.services.desk import Desk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Care:
    """Looks after what was typed for one command until it is saved."""

    screen: Screen
    desk: Desk
    typed: dict[str, list[str]]
    """What was typed so far, by field; it grows while questions are answered."""
    complete: Callable[[], None]
    """Makes what was typed so far enough to be saved, when she has to leave in the middle."""
    is_edited: bool = False
    """Whether some of it was typed in an editor: then it stands nowhere else."""

    def gather(self, ask: Callable[[], None]) -> None:
        """Have something typed; Ctrl-C offers to keep it.

        Raises:
            InterruptedByUserError: She wants nothing kept.
            KeyboardInterrupt: She stopped before anything was typed.
            StalklogError: It cannot go on; what was typed stands on the screen.
        """
        try:
            ask()
        except KeyboardInterrupt:
            self._offer_to_keep()
        except StalklogError as error:
            self._show(error)
            raise

    def save(self, write: Callable[[], T]) -> T:
        """Save what was typed; where that fails or is stopped, offer again.

        Raises:
            InterruptedByUserError: She wants nothing kept.
            StalklogError: It could not be saved; what was typed stands on the screen.
        """
        while True:
            try:
                return write()
            except KeyboardInterrupt:
                self._offer_to_keep()
            except StalklogError as error:
                if not (_may_pass(error) and self._is_tried_again(error)):
                    self._show(error)
                    raise

    def _offer_to_keep(self) -> None:
        if not any(self.typed.values()):
            raise KeyboardInterrupt
        self.screen.tell()
        try:
            is_kept = self.screen.can_ask() and Questions(self.screen).yes(
                _("Keep what you wrote so far?"), default=True
            )
        except StoppedError:
            is_kept = False
        if not is_kept:
            raise InterruptedByUserError(self._stopped())
        self.complete()

    def _stopped(self) -> str:
        if self.desk.begun is not None and self.desk.begun.head:
            return _("Stopped, as you asked. It may have been saved already: stalklog list")
        return _("Stopped, as you asked. Nothing was written.")

    def _is_tried_again(self, error: StalklogError) -> bool:
        if not self.screen.can_ask():
            return False
        self.screen.tell()
        self.screen.tell_prose(error.message, style="bold")
        self.screen.tell_prose(error.hint)
        try:
            return Questions(self.screen).yes(_("Try again?"), default=True)
        except StoppedError:
            return False

    def _show(self, error: StalklogError) -> None:
        is_here = self.screen.can_ask() or self.is_edited
        if isinstance(error, InterruptedByUserError) or not (is_here and any(self.typed.values())):
            return
        tell = self.screen.tell
        tell()
        tell(_("What you typed, so that nothing is lost:"))
        for name, values in self.typed.items():
            for value in values:
                tell("--", name.replace("_", "-"))
                for line in value.split("\n"):
                    tell("    ", line)
        tell()
        self.screen.tell_prose(_("Each can be given again, as the option of that name."))


def _may_pass(error: StalklogError) -> bool:
    """Whether the same may be saved a moment later: the vault was busy, or the disk was full."""
    return isinstance(error, VaultError | VaultBusyError | ReadOnlyVaultError)
