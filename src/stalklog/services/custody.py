"""What a sealed vault's own entries say, as a reader wants it told.

They stand in plain, so they hold nothing of hers, not even her zone: each has the offset +00:00.
And a change of the keys holds the new list only: who came and who went, the one before it shows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from stalklog.core.clock import format_offset, parse_at
from stalklog.errors import StalklogError
from stalklog.vault.disk import Disk
from stalklog.vault.vault import load_header

if TYPE_CHECKING:
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk
    from stalklog.vault.key_history import ChangeOfKeys

_NO_ZONE = "+00:00"


class Custody:
    """The custody log of one vault; of a plain one everything is told as it stands."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def placed(self, shown: Shown) -> Shown:
        """The entry, in the vault's zone where it holds none of its own."""
        if shown.log != "custody" or shown.tz != _NO_ZONE or not self._is_plain_in_sealed(shown):
            return shown
        try:
            offset = format_offset(parse_at(shown.recorded_at), self._desk.reading_zone())
        except OverflowError:  # the first and the last day that a calendar has
            return shown
        return replace(shown, tz=offset)

    def change_of_keys(self, shown: Shown) -> ChangeOfKeys | None:
        """What a change of the keys changed; None of anything else, and where it is not signed."""
        if shown.type != "keys.changed":
            return None
        return next((change for change in self._history if change.seq == shown.seq), None)

    def _is_plain_in_sealed(self, shown: Shown) -> bool:
        from stalklog.vault.sealed import PLAIN_TYPES  # noqa: PLC0415 - for sealed vaults only

        return self._is_sealed and shown.type in PLAIN_TYPES

    @cached_property
    def _is_sealed(self) -> bool:
        return self._desk.open().header.sealed

    @cached_property
    def _history(self) -> tuple[ChangeOfKeys, ...]:
        from stalklog.vault.key_history import read_history  # noqa: PLC0415 - only there

        disk = Disk(self._desk.vault)
        try:
            return read_history(disk, load_header(disk))
        except (OSError, ValueError, StalklogError):
            return ()  # what is wrong is for `verify` to say
        finally:
            disk.close()
