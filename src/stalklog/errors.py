"""Everything that can go wrong, with what to tell the person and what the command exits with."""

from __future__ import annotations

from typing import ClassVar


class StalklogError(Exception):
    """Something went wrong that we can explain.

    A message has three beats: what happened; what is untouched; what to do next (the `hint`).
    It never holds text out of the evidence, a person's name or a passphrase.
    """

    exit_code: ClassVar[int]
    """What the command exits with: one number, one meaning."""
    code: ClassVar[str]
    """A short, stable name of the error for `--json`."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(StalklogError):
    """The command line was wrong, or something that is needed is missing."""

    exit_code = 2
    code = "usage"


class DeclinedError(StalklogError):
    """The person was asked and said no."""

    exit_code = 3
    code = "declined"


class VaultError(StalklogError):
    """The vault cannot do this, for a reason that has no number of its own."""

    exit_code = 20
    code = "vault"


class NoVaultError(StalklogError):
    """There is no vault where one was looked for."""

    exit_code = 21
    code = "no-vault"


class VaultBusyError(StalklogError):
    """Another stalklog is writing to the vault at this moment."""

    exit_code = 22
    code = "vault-busy"


class PassphraseError(StalklogError):
    """The vault is sealed, and the passphrase was wrong or was not given."""

    exit_code = 23
    code = "passphrase"


class NewerVaultError(StalklogError):
    """The vault was made by a newer stalklog than this one."""

    exit_code = 24
    code = "newer-vault"


class ReadOnlyVaultError(StalklogError):
    """Refused: it would change what is written, or the vault is damaged and only readable."""

    exit_code = 25
    code = "read-only"


class EvidenceUnreadableError(StalklogError):
    """A file that should become evidence cannot be read, or it changed while it was read."""

    exit_code = 30
    code = "unreadable"


class UnknownFormatError(StalklogError):
    """A format was asked for that stalklog does not know."""

    exit_code = 31
    code = "unknown-format"


class OverLimitError(StalklogError):
    """Something is larger, deeper or more than stalklog takes."""

    exit_code = 32
    code = "over-limit"


class NoSuchEntryError(StalklogError):
    """The vault has no entry of that name."""

    exit_code = 40
    code = "no-such-entry"


class RecordNotValidError(StalklogError):
    """A record holds something that its field does not take."""

    exit_code = 41
    code = "record-not-valid"


class NetworkNotAllowedError(StalklogError):
    """The network would be needed and was not asked for."""

    exit_code = 50
    code = "network-not-allowed"


class NetworkNotReachableError(StalklogError):
    """The network was asked for and did not answer."""

    exit_code = 51
    code = "network-not-reachable"


class OutputError(StalklogError):
    """The answer cannot be written there."""

    exit_code = 60
    code = "cannot-write"


class WouldOverwriteError(StalklogError):
    """A file is in the way, and stalklog never writes over one."""

    exit_code = 61
    code = "would-overwrite"


class InterruptedByUserError(StalklogError):
    """The person stopped the command."""

    exit_code = 130
    code = "interrupted"
