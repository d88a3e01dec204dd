"""Make a report, and write down that it was made before it appears."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stalklog import __version__
from stalklog.core.haste import without_circles
from stalklog.core.note import NoteFormatError, NoteSignatureError
from stalklog.errors import OutputError, VaultBusyError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.records.view import case as case_of
from stalklog.records.view import current
from stalklog.report.base import FORMATS, MANIFEST, format_for, format_named, write_report
from stalklog.report.build import build
from stalklog.report.filtering import choose
from stalklog.report.model import Facts, Finding
from stalklog.report.pattern.gathering import Gathering
from stalklog.report.sheet import make_sheet, write_sheet
from stalklog.services.beside import find_beside
from stalklog.services.checks import verify
from stalklog.services.contents import look_inside
from stalklog.services.custody import Custody
from stalklog.services.entries import read_entries
from stalklog.services.output import give_name, taken, write_file
from stalklog.services.own_servers import servers_in
from stalklog.services.saving import commit, warnings_of
from stalklog.vault.checkpoint import MAX_NOTE_BYTES, load_note
from stalklog.vault.disk import FOLDER_MODE, Disk
from stalklog.vault.layout import LATEST_NOTE

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown
    from stalklog.report.base import Format, Part
    from stalklog.report.model import Choice
    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.vault import Vault
    from stalklog.vault.verify import Verification

_SHEET = "confidential-sheet"
_TRIES = 3
"""So often a report is made again because something was added while it was made."""


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
    sheet: Path | None = None
    """The confidential sheet, a file of its own, where one was asked for."""
    unreadable_lines: int = 0
    """Lines of the vault that cannot be read: what stands in them is not in the report."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """Something finished that waits under a temporary name until it is logged."""

    path: Path
    format: str
    parts: tuple[Part, ...]
    is_folder: bool
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def temporary(self) -> Path:
        return self.path.with_name(f".{self.token}.part")

    @property
    def sha256(self) -> str:
        """By which it is logged: of a folder, the hash of its manifest."""
        named = {part.name: part.data for part in self.parts}
        data = named[MANIFEST] if self.is_folder else self.parts[0].data
        return hashlib.sha256(data).hexdigest()

    @property
    def size_bytes(self) -> int:
        return sum(len(part.data) for part in self.parts)


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
        format_name: `html`, `md`, `csv`, `json` or `ics`; None for what the target's ending says.
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
    _require_free(path)
    if choice.confidential_sheet:
        _require_free(sheet_path(path))
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
    day = desk.clock.now().astimezone(desk.reading_zone()).date()
    return Path(f"report-{day.isoformat()}{chosen.suffix}")


def _make(
    desk: Desk, path: Path, chosen: Format, choice: Choice, progress: Progress | None
) -> Made | None:
    vault = desk.open()
    opening = vault.opening() if vault.header.sealed else None
    checked = verify(desk, progress=progress, opening=opening, is_identity_missed=False)
    vault_size = vault.state.size if vault.state else None
    shown_entries, particulars = _read(desk, vault, progress)
    if progress is not None:
        progress.start(_("making the report"), None, None)
    facts = _facts(desk, vault, checked)
    included = choose(shown_entries, choice)[0]
    seen = Gathering(
        particulars.get("identifiers"), desk.reading_zone(), choice.since, choice.until
    )
    for entry in included:
        seen.take(entry)
    looks = look_inside(vault, included, progress, seen, servers_in(particulars))
    beside, told = find_beside(desk, shown_entries, particulars, seen)
    with without_circles():
        report = build(shown_entries, particulars, facts, choice, looks, beside)
        drafts = [_Draft(path, chosen.name, write_report(report, chosen), chosen.is_folder)]
    sheet = make_sheet(particulars, facts, choice)
    if sheet is not None:
        drafts.append(_Draft(sheet_path(path), _SHEET, (write_sheet(sheet),), is_folder=False))
    shown = sum(map(len, (report.exhibits, report.threats, report.demands, report.contacts)))
    try:
        for draft in drafts:
            _write(draft)
        with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
            if vault_size is not None and writer.size != vault_size:
                return None
            writer.keep_note()
            for draft in drafts:
                writer.add("report.made", _body(draft, choice, writer.size))
            receipt = commit(desk, writer)
            warnings = warnings_of(writer)
        for draft in drafts:
            _appear(draft)
    finally:
        if progress is not None:
            progress.finish()
        for draft in drafts:
            _remove(draft.temporary)
    return Made(
        path=path,
        sha256=drafts[0].sha256,
        format=chosen.name,
        entries=shown,
        size=receipt.size,
        head=receipt.head,
        sheet=drafts[1].path if len(drafts) > 1 else None,
        unreadable_lines=vault.unreadable_lines,
        warnings=(*_nothing_shown(choice, shown), *told, *warnings),
    )


def _read(desk: Desk, vault: Vault, progress: Progress | None) -> tuple[list[Shown], JsonObject]:
    """Every entry as corrected since, and the particulars of the case."""
    custody = Custody(desk)
    with without_circles():
        entries = read_entries(vault, progress=progress)
        return [custody.placed(entry) for entry in current(entries)], case_of(entries)


def sheet_path(path: Path) -> Path:
    """Where the confidential sheet of a report lies: beside it, under a name of its own."""
    return path.with_name(f"{path.stem}-confidential.html")


def _require_free(path: Path) -> None:
    if os.path.lexists(path):
        raise taken()


def _body(draft: _Draft, choice: Choice, size: int) -> JsonObject:
    body: JsonObject = {
        "sha256": draft.sha256,
        "size_bytes": draft.size_bytes,
        "format": draft.format,
        "checkpoint_size": size,
    }
    ids: list[JsonValue] = [name for name in choice.ids if not name.startswith("#")]
    return {**body, "ids": ids} if ids else body


def _nothing_shown(choice: Choice, shown: int) -> tuple[str, ...]:
    if shown:
        return ()
    if choice.only or choice.ids or choice.since or choice.until:
        return (_("Nothing in the vault fits what was asked for, so the report shows no entries."),)
    return (_("There are no entries in the vault yet, so the report shows none."),)


def _facts(desk: Desk, vault: Vault, checked: Verification) -> Facts:
    note, signed = _read_note(desk, vault)
    header = vault.header
    return Facts(
        vault_id=header.id,
        origin=header.origin,
        key=header.key,
        size=checked.size,
        head=checked.head,
        root=checked.root,
        note=note if signed == checked.size else "",
        signed=signed,
        verdict=checked.verdict,
        entries=checked.entries,
        objects=checked.objects,
        bytes_=checked.size_bytes,
        completeness=checked.completeness,
        tool=f"stalklog/{__version__}",
        generated_at=desk.clock.now(),
        tz=desk.tz or desk.settings.tz,
        findings=tuple(
            Finding(found.code, found.severity, found.where, found.message)
            for found in checked.findings
        ),
        first_broken_seq=checked.first_broken_seq,
    )


def _read_note(desk: Desk, vault: Vault) -> tuple[str, int | None]:
    """The newest signed note, and how many entries it vouches for; None where it is not good."""
    disk = Disk(desk.vault)
    try:
        signed = load_note(disk, vault.header).size
        return disk.read(LATEST_NOTE, 0, MAX_NOTE_BYTES).decode(errors="replace"), signed
    except (NoteFormatError, NoteSignatureError, OSError):
        return "", None
    finally:
        disk.close()


def _write(draft: _Draft) -> None:
    try:
        if not draft.is_folder:
            write_file(draft.temporary, draft.parts[0].data)
            return
        draft.temporary.mkdir(mode=FOLDER_MODE)
        for part in draft.parts:
            write_file(draft.temporary / part.name, part.data)
    except OSError as error:
        raise _cannot_write(error) from error


def _appear(draft: _Draft) -> None:
    """Give it its name, never over another that came up meanwhile: services/output.py."""
    try:
        give_name(draft.temporary, draft.path)
    except FileExistsError:
        raise WouldOverwriteError(
            _(
                "Something of that name came up meanwhile; it was not touched. There is no report "
                "now, though the log says that it was made."
            ),
            hint=_("Make it again under another name with -o."),
        ) from None
    except OSError as error:
        raise OutputError(
            _(
                "The report cannot be written there ({reason}). There is none now, though the log "
                "says that it was made."
            ).format(reason=error.strerror),
            hint=_("Name another place with -o."),
        ) from error


def _remove(temporary: Path) -> None:
    with suppress(OSError):  # where it could not be made it cannot be removed
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)


def _cannot_write(error: OSError) -> OutputError:
    return OutputError(
        _("The report cannot be written there ({reason}).").format(reason=error.strerror),
        hint=_("Name another place with -o."),
    )
