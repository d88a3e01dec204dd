"""One writer at a time: wait for the vault's lock, for so long and no longer."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stalklog.errors import VaultBusyError, VaultError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.vault.disk import Disk, Held

_FIRST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.25


@contextmanager
def locked(disk: Disk, *, exclusive: bool, wait_s: float) -> Iterator[None]:
    """Hold the vault's lock: alone to write, beside other readers to check.

    Raises:
        VaultBusyError: Another had it for all that time; nothing was read or written.
        VaultError: The lock cannot be had at all here; nothing was written.
    """
    held = _acquire(disk, exclusive=exclusive, wait_s=wait_s)
    try:
        yield
    finally:
        held.release()


def _acquire(disk: Disk, *, exclusive: bool, wait_s: float) -> Held:
    until = time.monotonic() + wait_s
    pause_s = _FIRST_PAUSE_S
    while True:
        held = _try(disk, exclusive=exclusive)
        if held is not None:
            return held
        if time.monotonic() >= until:
            raise VaultBusyError(
                _("Another stalklog is writing to this vault. Nothing was changed."),
                hint=_("Wait until it has finished, or wait longer with --wait SECONDS."),
            )
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def _try(disk: Disk, *, exclusive: bool) -> Held | None:
    try:
        return disk.try_lock(exclusive=exclusive)
    except OSError as error:
        raise VaultError(
            _("The vault cannot be locked here ({reason}). Nothing was changed.").format(
                reason=error.strerror or type(error).__name__
            ),
            hint=_("Is the disk read-only, or a network disk? Copy the vault to a local disk."),
        ) from error
