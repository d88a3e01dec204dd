"""The originals in the vault: which entry has one, and what to tell where it cannot be read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stalklog.errors import (
    NoSuchEntryError,
    OverLimitError,
    PassphraseError,
    ReadOnlyVaultError,
)
from stalklog.i18n import gettext as _
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError
from stalklog.vault.disk import NotRegularFileError
from stalklog.vault.original import OriginalChangedError, TooLongToOpenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.records.view import Shown


def sha256_of(shown: Shown) -> str:
    """The hash of an entry's original.

    Raises:
        NoSuchEntryError: It is not a piece of evidence.
    """
    sha256 = shown.fields.get("sha256")
    if shown.type != "evidence.added" or not isinstance(sha256, str):
        raise NoSuchEntryError(
            _("{id} is not a piece of evidence: it has no original.").format(id=shown.id),
            hint=_("See what there is with: stalklog list evidence"),
        )
    return sha256


@contextmanager
def original_errors(*, is_ours: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Tell what is wrong with the vault's copy of an original that is read inside.

    Args:
        is_ours: Whether an error comes from elsewhere, and is raised again as it is.

    Raises:
        PassphraseError: It is sealed to other keys.
        ReadOnlyVaultError: It is missing, was changed, or cannot be read.
        OverLimitError: It is too long to be opened in memory.
    """
    try:
        yield
    except NotForThisKeyError:
        raise PassphraseError(
            _("This original is sealed to other keys than yours. Nothing was written.")
        ) from None
    except TooLongToOpenError:
        raise OverLimitError(
            _(
                "This original is too long to be looked into while it is sealed, as nothing "
                "readable may touch the disk. It is kept whole. Nothing was written."
            ),
            hint=_("Take it out to a place that is safe: stalklog get ID -o FILE"),
        ) from None
    except (
        FileNotFoundError,
        NotADirectoryError,
        NotRegularFileError,
        OriginalChangedError,
        SealedBadError,
    ):
        raise damaged() from None
    except OSError as error:
        if is_ours():
            raise
        raise ReadOnlyVaultError(
            _(
                "The vault's copy of this original cannot be read ({reason}). Nothing was written."
            ).format(reason=error.strerror or type(error).__name__),
            hint=_("See what is wrong with: stalklog verify"),
        ) from error


def damaged() -> ReadOnlyVaultError:
    """What to tell where the vault's copy is not what was put in."""
    return ReadOnlyVaultError(
        _("The vault's copy of this original is missing or was changed. Nothing was written."),
        hint=_("See what is wrong with: stalklog verify"),
    )
