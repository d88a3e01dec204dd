"""Find a vault, or make one."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.errors import NoVaultError, UsageError, VaultError
from stalklog.i18n import gettext as _
from stalklog.places import vaults_folder
from stalklog.services.desk import find_zone
from stalklog.vault.create import create_vault as _create
from stalklog.vault.create import require_free as _require_free
from stalklog.vault.disk import FOLDER_MODE, Disk
from stalklog.vault.layout import HEADER
from stalklog.vault.scribe import Author
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.core.clock import Clock
    from stalklog.core.entry import JsonObject
    from stalklog.services.settings import Settings
    from stalklog.vault.create import Sealing

DEFAULT_CASE = "case"
_CASE_NAME = re.compile(r"[\w][\w .-]{0,63}")


@dataclass(frozen=True, slots=True)
class Created:
    """A new vault."""

    vault: Path
    id: str
    head: str
    """SHA-256 of entry 0: worth keeping elsewhere."""
    size: int
    settings: Settings
    """What it is set to."""


def find_vault(
    given: Path | None, case: str | None, *, environ: Mapping[str, str], folder: Path
) -> Path:
    """The vault that a command means: named, in the environment, around here, or the default.

    Args:
        given: What `--vault` named.
        case: What `--case` named, one of the vaults in the user's data folder.
        environ: The environment, for `STALKLOG_VAULT`.
        folder: Where to begin to look upwards.

    Raises:
        NoVaultError: There is none; nothing was made.
    """
    for path in _candidates(given, case, environ, folder):
        if _is_vault(path) or os.path.isdir(path / "logs"):  # noqa: PTH112 - as below
            return path.absolute()
    raise NoVaultError(
        _("There is no vault here. Nothing was changed."),
        hint=_("Make one with: stalklog init. Or name one with --vault PATH."),
    )


def default_vault(case: str | None) -> Path:
    """Where the vault of that case lies when nothing else is said.

    Raises:
        UsageError: The case's name cannot be a folder's.
    """
    name = case or DEFAULT_CASE
    if not _CASE_NAME.fullmatch(name) or name.endswith("."):
        raise UsageError(
            _("A case's name may have letters, digits, spaces, dots and hyphens. Nothing was made.")
        )
    return vaults_folder() / name


def require_free(path: Path) -> None:
    """Refuse a folder with something in it, before a person chooses a passphrase for nothing.

    Raises:
        WouldOverwriteError: A vault or other files are there.
        ReadOnlyVaultError: There are logs or objects but no `VAULT`.
    """
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where one may not look
        disk = Disk(path)
        try:
            _require_free(disk)
        finally:
            disk.close()


def create_vault(
    path: Path,
    *,
    clock: Clock,
    settings: Settings,
    sealing: Sealing | None = None,
    first: JsonObject | None = None,
) -> Created:
    """Make a vault in a folder that is new or empty.

    Args:
        path: The folder.
        clock: What time it is.
        settings: Its zone, language and names; a sealed vault holds no names in plain words.
        sealing: To whom it is sealed (`services.sealing.new_keys`); None for a plain vault.
        first: What entry 0 says of the vault that this one goes on from.

    Raises:
        UsageError: There is no such zone; nothing was made.
        WouldOverwriteError: Something is there already; it is untouched.
        VaultError: It cannot be made there.
    """
    author = Author(clock, find_zone(settings.tz), settings.operator or "self")
    disk = Disk(_make_folder(path))
    try:
        receipt = _create(
            disk,
            author,
            settings=settings.to_json(),
            readme=None if sealing else _readme(),
            first=first or {},
            sealing=sealing,
        )
        vault_id = Vault(disk).header.id
        with suppress(OSError):  # a file system without permissions
            path.chmod(FOLDER_MODE)  # it was there, and empty
    finally:
        disk.close()
    return Created(path.absolute(), vault_id, receipt.head, receipt.size, settings)


def _candidates(
    given: Path | None, case: str | None, environ: Mapping[str, str], folder: Path
) -> list[Path]:
    if given is not None:
        return [given]
    if case is not None:
        return [default_vault(case)]
    if environ.get("STALKLOG_VAULT"):
        return [Path(environ["STALKLOG_VAULT"])]
    around = [place for place in (folder, *folder.parents) if _is_vault(place)]
    return [*around[:1], default_vault(None)]


def _is_vault(path: Path) -> bool:
    return os.path.isfile(path / HEADER)  # noqa: PTH113 - Path.is_file raises where one may not look


def _make_folder(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise VaultError(
            _("The folder cannot be made there ({reason}). Nothing was changed.").format(
                reason=error.strerror
            ),
            hint=_("Name another place: stalklog init PATH"),
        ) from error
    return path


def _readme() -> str:
    return _(
        "This folder is a stalklog vault: a record of evidence.\n"
        "\n"
        "Please do not rename, edit or delete anything in it: any change is found and named.\n"
        "To copy it, copy the whole folder.\n"
        "\n"
        "logs/      what was recorded, one line an entry, in the order of their numbers (seq)\n"
        "objects/   the originals, each under the SHA-256 of its bytes\n"
        "\n"
        "With stalklog: stalklog --vault THIS_FOLDER verify\n"
        "\n"
        "By hand: each original is named by its hash, so\n"
        "    cd objects && sha256sum */*\n"
        "must print for each file its own name. In each line of the logs, prev is the SHA-256 of\n"
        "the line with the number before it, without its newline, in whichever log that one is\n"
        "(for the first line: of the line in the file VAULT). To see it for the newest line of a\n"
        "log: tail -n 1 logs/custody.jsonl | tr -d '\\n' | sha256sum\n"
    )
