"""Make a report, and write down that it was made before it appears."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog import __version__
from stalklog.errors import OutputError, VaultBusyError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.records.view import case as case_of
from stalklog.records.view import current
from stalklog.report.base import FORMATS, MANIFEST, format_for, format_named, write_report
from stalklog.report.build import build
from stalklog.report.model import Facts, Finding
from stalklog.services.checks import verify
from stalklog.services.settings import read_settings
from stalklog.vault.disk import Disk
from stalklog.vault.layout import LATEST_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.report.base import Format, Part
    from stalklog.report.model import Choice
    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.verify import Verification
    from stalklog.vault.writer import Receipt

_TRIES = 3
"""So often a report is made again because something was added while it was made."""
_MAX_NOTE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Made:
    """A report that lies where it was asked for."""

    path: Path
    sha256: str
    """Of the file; of a folder, of its manifest."""
    format: str
    entries: int
    """How many records it shows."""
    size: int
    """How many entries the vault has now, the one about the report among them."""
    head: str


def make_report(
    desk: Desk,
    target: Path | None,
    *,
    format_name: str | None,
    choice: Choice,
    progress: Progress | None = None,
) -> Made:
    """Check the vault, make a report of it, log it, and only then let it appear.

    Args:
        desk: Which vault, whose clock and zone.
        target: The file or folder to make; None for a name of the day in this folder.
        format_name: `html`, `md`, `csv` or `json`; None for what the target's ending says.
        choice: What is shown.
        progress: Shown how far the check has come.

    Raises:
        UnknownFormatError: There is no such format; nothing was written.
        WouldOverwriteError: Something is there already; it is untouched.
        OutputError: It cannot be written there; the vault is untouched.
        ReadOnlyVaultError: The vault is damaged, and the report could not be logged.
    """
    chosen = _choose_format(target, format_name)
    path = target or _default_target(desk, chosen)
    if os.path.lexists(path):
        raise WouldOverwriteError(
            _("There is something of that name already. It was not touched."),
            hint=_("Name another place with -o."),
        )
    for _try in range(_TRIES):
        made = _make(desk, path, chosen, choice, progress)
        if made is not None:
            return made
    raise VaultBusyError(
        _("Entries were added while the report was made. No report was written."),
        hint=_("Run it again when the other command has finished."),
    )


def _choose_format(target: Path | None, name: str | None) -> Format:
    if name is not None:
        return format_named(name)
    return (format_for(target) if target is not None else None) or FORMATS[0]


def _default_target(desk: Desk, chosen: Format) -> Path:
    day = desk.clock.now().astimezone(desk.zone()).date()
    return Path(f"report-{day.isoformat()}{chosen.suffix}")


def _make(
    desk: Desk, path: Path, chosen: Format, choice: Choice, progress: Progress | None
) -> Made | None:
    checked = verify(desk, progress=progress)
    vault = desk.open()
    entries = list(vault.entries())
    report = build(current(entries), case_of(entries), _facts(desk, checked), choice)
    parts = write_report(report, chosen)
    sha256, size_bytes = _identity(parts, chosen)
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _write(temporary, parts, chosen)
        with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
            if writer.size != len(entries):
                return None
            writer.keep_note()
            writer.add("report.made", _body(sha256, size_bytes, chosen, choice, writer.size))
            receipt = writer.commit()
        _appear(temporary, path)
    finally:
        _remove(temporary)
    return _made(path, sha256, chosen, len(report.items), receipt)


def _made(path: Path, sha256: str, chosen: Format, shown: int, receipt: Receipt) -> Made:
    return Made(path, sha256, chosen.name, shown, receipt.size, receipt.head)


def _body(sha256: str, size_bytes: int, chosen: Format, choice: Choice, size: int) -> JsonObject:
    body: JsonObject = {
        "sha256": sha256,
        "size_bytes": size_bytes,
        "format": chosen.name,
        "checkpoint_size": size,
    }
    ids: list[JsonValue] = [name for name in choice.ids if not name.startswith("#")]
    return {**body, "ids": ids} if ids else body


def _facts(desk: Desk, checked: Verification) -> Facts:
    disk = Disk(desk.vault)
    header = desk.open().header
    try:
        note = disk.read(LATEST_NOTE, 0, _MAX_NOTE_BYTES).decode(errors="replace")
    except OSError:
        note = ""
    finally:
        disk.close()
    return Facts(
        vault_id=header.id,
        origin=header.origin,
        key=header.key,
        size=checked.size,
        head=checked.head,
        root=checked.root,
        note=note,
        verdict=checked.verdict,
        entries=checked.entries,
        objects=checked.objects,
        bytes_=checked.size_bytes,
        completeness=checked.completeness,
        tool=f"stalklog/{__version__}",
        generated_at=desk.clock.now(),
        tz=desk.tz or read_settings(desk.vault).tz,
        findings=tuple(
            Finding(found.code, found.severity, found.where, found.message)
            for found in checked.findings
        ),
        first_broken_seq=checked.first_broken_seq,
    )


def _identity(parts: Sequence[Part], chosen: Format) -> tuple[str, int]:
    """The hash and size by which the report is logged: of a folder, its manifest's."""
    named = {part.name: part.data for part in parts}
    data = named[MANIFEST] if chosen.is_folder else parts[0].data
    return hashlib.sha256(data).hexdigest(), sum(len(part.data) for part in parts)


def _write(temporary: Path, parts: Sequence[Part], chosen: Format) -> None:
    try:
        if not chosen.is_folder:
            _write_file(temporary, parts[0].data)
            return
        temporary.mkdir(mode=0o700)
        for part in parts:
            _write_file(temporary / part.name, part.data)
    except OSError as error:
        raise _cannot_write(error) from error


def _write_file(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "wb") as out:  # noqa: PTH123 - a descriptor that only this user can open
        out.write(data)
        out.flush()
        os.fsync(fd)


def _appear(temporary: Path, path: Path) -> None:
    if os.path.lexists(path):
        raise WouldOverwriteError(
            _("Something of that name has come up meanwhile. It was not touched."),
            hint=_("Make the report again under another name."),
        )
    try:
        temporary.rename(path)
    except OSError as error:
        raise _cannot_write(error) from error


def _remove(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        temporary.unlink(missing_ok=True)


def _cannot_write(error: OSError) -> OutputError:
    return OutputError(
        _("The report cannot be written there ({reason}).").format(reason=error.strerror),
        hint=_("Name another place with -o."),
    )
