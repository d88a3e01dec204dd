"""Check the signed tree heads against the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.core.note import NoteFormatError, NoteSignatureError
from stalklog.i18n import gettext as _
from stalklog.vault.checkpoint import load_note
from stalklog.vault.findings import Finding, unreadable
from stalklog.vault.layout import LATEST_NOTE

if TYPE_CHECKING:
    from stalklog.core.note import Checkpoint
    from stalklog.vault.check_chain import Chain
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header


def find_notes(disk: Disk, header: Header | None, findings: list[Finding]) -> dict[str, Checkpoint]:
    """The notes of the vault that its key signed, by their names."""
    notes: dict[str, Checkpoint] = {}
    if header is None:
        return notes
    for name in _names(disk):
        try:
            notes[name] = load_note(disk, header, name)
        except NoteFormatError as error:
            findings.append(Finding("CHECKPOINT_BAD_FORMAT", name, None, str(error)))
        except NoteSignatureError as error:
            findings.append(Finding("CHECKPOINT_BAD_SIGNATURE", name, None, str(error)))
        except OSError as error:
            findings.append(unreadable(name, error))
    return notes


def check_notes(notes: dict[str, Checkpoint], chain: Chain, findings: list[Finding]) -> None:
    """Each note vouches for a root: the tree must have had it at that size."""
    for name, note in notes.items():
        if note.size > chain.total:
            message = _("it vouches for {size} entries, and there are {found}").format(
                size=note.size, found=chain.total
            )
            findings.append(Finding("CHECKPOINT_AHEAD", name, chain.total, message))
        elif note.size in chain.roots and chain.roots[note.size] != note.root:
            message = _("an entry that it vouches for was changed")
            findings.append(Finding("CHECKPOINT_WRONG_ROOT", name, None, message))


def _names(disk: Disk) -> list[str]:
    try:
        kept = disk.list("checkpoints") if disk.kind("checkpoints") == "folder" else []
    except OSError:
        return []  # that the folder cannot be read is said where names are checked
    names = {f"checkpoints/{name}" for name in kept if name.endswith(".note")}
    return sorted(names | {LATEST_NOTE})
