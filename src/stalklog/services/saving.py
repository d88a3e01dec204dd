"""Save what was planned, once: a command that is tried again finds what it had saved before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from stalklog.i18n import gettext as _
from stalklog.services.desk import Begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.services.desk import Desk
    from stalklog.vault.vault import Vault
    from stalklog.vault.writer import Receipt, Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Saved(Generic[T]):
    """What is in the vault now."""

    planned: T
    """What `plan` gave."""
    head: str
    """SHA-256 of the newest entry."""
    size: int
    """How many entries the vault has."""
    warnings: tuple[str, ...]
    """What the person should know of the vault."""


def save(desk: Desk, vault: Vault, plan: Callable[[Writer], T]) -> Saved[T]:
    """Plan entries and have them on the disk, alone with the vault all the while.

    A command that failed or was stopped at its very end may have left its lines in the vault, and
    the next command keeps them. So a desk that remembers what it began looks for it first.

    Args:
        desk: Which vault, whose clock, zone and name.
        vault: The same vault, open for reading.
        plan: Adds to the writer. What it reads of the vault is the newest: no other command can
            come in between.

    Raises:
        VaultError: It could not be saved; what was acknowledged before is untouched.
    """
    with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
        warnings = warnings_of(writer)
        if desk.begun is not None and _holds(vault, desk.begun):
            found = cast("T", desk.begun.planned)
            return Saved(found, writer.head, writer.size, warnings)
        planned = plan(writer)
        receipt = commit(desk, writer, planned)
    return Saved(planned, receipt.head, receipt.size, warnings)


def commit(desk: Desk, writer: Writer, planned: object = None) -> Receipt:
    """Have on the disk what was planned; the desk knows from then on that it may be there.

    Args:
        desk: Whose command it is.
        writer: That of the vault.
        planned: What a command that is tried again answers with, once it is found saved.

    Raises:
        VaultError, OSError: It could not be saved; what was acknowledged before is untouched.
    """
    begun, size = desk.begun or Begun(), writer.size
    begun.head, begun.planned = writer.head, planned
    try:
        return writer.commit()
    finally:
        begun.is_saved = not writer.is_unsure and writer.size > size
        if not (begun.is_saved or writer.is_unsure):
            begun.head = ""  # no line of it was written


def warnings_of(writer: Writer) -> tuple[str, ...]:
    """What somebody who adds to this vault should know."""
    if writer.makes_notes:
        return ()
    return (
        _(
            "The vault's signing key is missing, so no new signed note was made. The entry is "
            "saved."
        ),
    )


def _holds(vault: Vault, begun: Begun) -> bool:
    return bool(begun.head) and vault.holds_line(begun.head)
