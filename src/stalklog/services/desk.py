"""Where and how a command works: which vault, whose clock, zone and name."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stalklog.core.clock import SystemClock
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.services.settings import ReadOnce
from stalklog.vault.disk import Disk
from stalklog.vault.scribe import Author
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from pathlib import Path

    from stalklog.core.clock import Clock
    from stalklog.records.base import Occurred
    from stalklog.records.when import Ambiguous
    from stalklog.services.settings import Settings
    from stalklog.vault.vault import Unlock, Warn

_FAILING: Final = frozenset({errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""Errors that say nothing of whether there is such a zone."""

Typed: TypeAlias = Mapping[str, Sequence[str]]
"""What was typed for each field, in the order typed."""
AskWhen: TypeAlias = "Callable[[Ambiguous], Occurred]"
"""Asks which reading of a date was meant, or raises."""


class Progress(Protocol):
    """Shown how far long work has come."""

    def start(self, what: str, total_bytes: int | None, total_files: int | None) -> None:
        """The work begins; how much there is, where that is known."""
        ...

    def advance(self, files: int, size_bytes: int) -> None:
        """So much more is done."""
        ...

    def finish(self) -> None:
        """The work is done."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedAs:
    """What is recorded with everything, and comes from outside the proof."""

    zone: str
    """The zone that times without one are meant in."""
    by: str
    """`self`, or who writes instead."""


@dataclass(slots=True)
class Begun:
    """What a command began to save: tried again, it must not save it twice."""

    head: str = ""
    """SHA-256 of its last line, from when that is written on: it may be in the vault."""
    planned: object = None
    """What it would have answered."""
    is_saved: bool = False
    """Whether it is in the vault for certain."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and how a command works."""

    vault: Path
    """The vault's folder."""
    clock: Clock = field(default_factory=SystemClock)
    wait_s: float = 30.0
    """How long to wait for another writer."""
    tz: str | None = None
    """A zone (IANA name) instead of the vault's."""
    by: str | None = None
    """Who records, instead of the vault's operator."""
    unlock: Unlock | None = None
    """Gets the secret keys of a sealed vault when something in it is to be read."""
    identity: Path | None = None
    """Where the identity file lies, if not in the vault: on a stick, for example."""
    warn: Warn | None = None
    """Told where a reading of a sealed vault saw that somebody else wrote in it."""
    tell_unopened: Callable[[int], object] | None = None
    """Told how many entries the key at hand does not open, before anything is read out."""
    begun: Begun | None = None
    """Where this desk is for one command that may be tried again: what it began to save."""
    remembered: ReadOnce = field(default_factory=ReadOnce, repr=False, compare=False)
    """The settings that the command began with."""

    @property
    def settings(self) -> Settings:
        """What the vault was set to when this desk first looked.

        Raises:
            OSError: The disk cannot read them.
        """
        return self.remembered.of(self.vault)

    def open(self) -> Vault:
        """The vault, for reading.

        Raises:
            NoVaultError, NewerVaultError, VaultError: It cannot be opened.
        """
        return Vault(Disk(self.vault), self.unlock, self.warn, self.tell_unopened)

    def zone(self) -> ZoneInfo:
        """The zone that times without one are meant in.

        Raises:
            UsageError: There is no such zone.
        """
        if self.tz is not None:
            return find_zone(self.tz)
        try:
            return find_zone(self.settings.tz)
        except UsageError:
            raise UsageError(
                _("The vault's settings name a time zone that there is not. Nothing was done."),
                hint=_(
                    "Put a name such as Asia/Kolkata there, in the file settings of the vault's "
                    "folder; or give one with --tz, where the command takes it."
                ),
            ) from None

    def recorded_as(self) -> RecordedAs | None:
        """What a receipt of a sealed vault names, so that none of it is changed unseen.

        None for a plain vault: there whoever has the folder can read, and change, everything.
        """
        if not self.settings.is_sealed:
            return None
        return RecordedAs(self.tz or self.settings.tz, self.by or "self")

    def reading_zone(self) -> tzinfo:
        """The zone to show times in: where the settings name none that there is, UTC."""
        try:
            return self.zone()
        except UsageError:
            return UTC

    def author(self) -> Author:
        """Whose clock, zone and name new entries carry.

        Raises:
            UsageError: There is no such zone.
            OSError: The disk cannot read the settings, which the receipt will need too.
        """
        settings = self.settings
        by = self.by or settings.operator or "self"
        return Author(self.clock, self.zone(), by)


def is_zone(name: str) -> bool:
    """Whether there is a zone of that IANA name."""
    try:
        find_zone(name)
    except UsageError:
        return False
    return True


def find_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as `Asia/Kolkata`.

    Raises:
        UsageError: There is no such zone.
        OSError: The system fails to read it.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno in _FAILING:
            raise
        raise UsageError(
            _("There is no time zone of that name. Nothing was changed."),
            hint=_("Use a name such as Asia/Kolkata with --tz."),
        ) from None
