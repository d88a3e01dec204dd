"""What an interrupted command left, and what becomes of it: docs/reference/vault-format.md.

Run under the lock before anything is written. Nothing is deleted: what does not belong goes to
`quarantine/`. Nothing is repaired that an interruption cannot have done: then the vault opens for
reading only.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from stalklog.core.canonical import NotCanonicalError, decode
from stalklog.core.hashing import sha256_hex
from stalklog.core.note import NoteFormatError, NoteSignatureError
from stalklog.errors import ReadOnlyVaultError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.atomic import temporary_name
from stalklog.vault.checkpoint import load_note
from stalklog.vault.disk import ABSENT
from stalklog.vault.layout import FOLDERS, OBJECT_FOLDERS, SEALED_LOGS, STATE, log_name
from stalklog.vault.log import read_last_line, read_lines
from stalklog.vault.objects import hash_file
from stalklog.vault.state import StateError, empty_state, parse_state
from stalklog.vault.tail import ends_a_line, read_tails, sort_tails

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject
    from stalklog.core.merkle import Frontier
    from stalklog.core.note import Checkpoint
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.state import State
    from stalklog.vault.tail import Rest, Tail

CUT_NAME = re.compile(
    rf"({'|'.join((*LOGS, *SEALED_LOGS))})-([0-9]{{1,15}})-(?:[0-9a-f]{{16}}|[0-9a-f]{{64}})"
)
"""The name that a torn tail gets in `quarantine/`: its log, its offset, its hash."""
_NOTE_NAME = re.compile(r"([0-9]{1,16})\.note")
_MAX_STATE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Footing:
    """Where a writer stands when it begins."""

    state: State
    tree: Frontier
    cuts: tuple[JsonObject, ...]
    """Quarantined tails that no entry names yet, for one `recovery.done`."""
    is_recovered: bool
    """Whether `latest.note` and `state` must be written even if nothing is added."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the person said yes to in `repair`; nothing of it is done unasked."""

    sign_anew: bool = False
    """`latest.note` is missing or invalid: sign the tree as it stands."""
    set_aside: bool = False
    """Whole lines past `state` contradict the chain: move them to quarantine."""


NOTHING_MORE = Allowed()


def find_footing(disk: Disk, header: Header, allowed: Allowed = NOTHING_MORE) -> Footing:
    """Bring the vault to where the next entry may be added, and say where that is.

    Args:
        disk: The vault, whose lock is held.
        header: What `VAULT` says.
        allowed: What may be done beyond the mending of an interruption.

    Raises:
        ReadOnlyVaultError: The vault is damaged in a way that no interruption explains; no log and
            no object was changed.
        OSError: The disk cannot read it, or write what has to be mended.
    """
    _require_logs(disk, header)
    _make_missing_folders(disk)
    clear_temporary(disk)
    state = read_state(disk, header.logs)
    base = empty_state(header.line_sha256, header.logs) if state is None else state
    _require_foundation(disk, base)
    tree = base.tree()
    tail = sort_tails(read_tails(disk, base), base, tree)
    is_vouched = _require_tail(disk, header, base, tail, allowed)
    if state is None and not allowed.set_aside:
        _require_torn_only(tail)
    named = frozenset(_named_cuts(disk, tail.state)) if _has_cuts(disk, tail) else frozenset()
    _rewrite(disk, base, tail)
    _cut(disk, tail)
    was_interrupted = state is None or not is_vouched or bool(tail.good or tail.rests)
    return Footing(tail.state, tree, _unnamed_cuts(disk, named), was_interrupted)


def load_state(disk: Disk, logs: tuple[str, ...] = LOGS) -> State | None:
    """What the last command acknowledged; None where `state` is missing, bad or not readable."""
    try:
        return read_state(disk, logs)
    except OSError:
        return None


def read_state(disk: Disk, logs: tuple[str, ...]) -> State | None:
    """What the last command acknowledged; None where `state` is missing or bad.

    Raises:
        OSError: The disk cannot read it: that says nothing of what it holds.
    """
    try:
        return parse_state(disk.read(STATE, 0, _MAX_STATE_BYTES), logs)
    except (*ABSENT, StateError):
        return None


def _make_missing_folders(disk: Disk) -> None:
    """What copies a vault may leave out empty folders; what they held would be missed by name."""
    there = set(disk.list(""))
    if "objects" in there:
        there.update(f"objects/{name}" for name in disk.list("objects"))
    for folder in (*FOLDERS, *OBJECT_FOLDERS):
        if folder not in there:
            disk.make_folder(folder)
            disk.sync_folder(folder.rpartition("/")[0])


def clear_temporary(disk: Disk) -> None:
    """Move what an interrupted command left in `tmp/` to `quarantine/`, never over another."""
    left = disk.list("tmp")
    if not left:
        return
    taken = set(disk.list("quarantine"))
    number = 0
    for name in left:
        while f"tmp-{number}" in taken:
            number += 1
        taken.add(f"tmp-{number}")
        disk.rename(f"tmp/{name}", f"quarantine/tmp-{number}")
    disk.sync_folder("quarantine")


def refuse(code: str) -> NoReturn:
    """Open no further: the vault is damaged.

    Raises:
        ReadOnlyVaultError: Always, naming the fault.
    """
    raise ReadOnlyVaultError(
        _("The vault is damaged ({fault}) and can only be read. Nothing was changed.").format(
            fault=code
        ),
        hint=_("See all that is wrong with: stalklog verify. What can be done: stalklog repair"),
    )


def _require_logs(disk: Disk, header: Header) -> None:
    for log in header.logs:
        kind = disk.kind(log_name(log))
        if kind != "file":
            refuse("LOG_MISSING" if kind is None else "LOG_NOT_FILE")


def _require_foundation(disk: Disk, state: State) -> None:
    """The logs reach as far as `state` says, and the last line is the one that it names."""
    for log in state.logs:
        if disk.size(log_name(log)) < state.logs[log].size_bytes:
            refuse("LOG_TRUNCATED")
        if not ends_a_line(disk, log, state.logs[log].size_bytes):
            refuse("NOT_JSON")
    if state.size:
        line = read_last_line(disk, state.last_log, state.logs[state.last_log].size_bytes)
        if line is None or sha256_hex(line) != state.head:
            refuse("CHAIN_BROKEN")


def _require_tail(disk: Disk, header: Header, base: State, tail: Tail, allowed: Allowed) -> bool:
    """Nothing below a valid note is shorter or different, and the rests are only torn."""
    latest = _find_note(disk, header, allowed)
    for note in (latest, *_kept_notes(disk, header, base.size)):
        if note is not None and note.size > tail.state.size:
            refuse("CHECKPOINT_AHEAD")
        if note is not None and note.size >= base.size and _root_at(note, base, tail) != note.root:
            refuse("CHECKPOINT_WRONG_ROOT")
    if tail.fault and not allowed.set_aside:
        refuse(tail.fault)
    return latest is not None


def _find_note(disk: Disk, header: Header, allowed: Allowed) -> Checkpoint | None:
    try:
        return load_note(disk, header)
    except NoteFormatError:
        fault = "CHECKPOINT_BAD_FORMAT"
    except NoteSignatureError:
        fault = "CHECKPOINT_BAD_SIGNATURE"
    if not allowed.sign_anew:
        refuse(fault)
    return None


def _kept_notes(disk: Disk, header: Header, size: int) -> Iterator[Checkpoint]:
    """The valid notes that were kept of that size or above: mostly none, unless `state` is old."""
    for name in disk.list("checkpoints"):
        kept = _NOTE_NAME.fullmatch(name)
        if kept and int(kept[1]) >= size:
            with suppress(NoteFormatError, NoteSignatureError):
                yield load_note(disk, header, f"checkpoints/{name}")


def _root_at(note: Checkpoint, base: State, tail: Tail) -> bytes:
    tree = base.tree()
    for leaf in tail.leaves[: note.size - base.size]:
        tree.add(leaf)
    return tree.root()


def _require_torn_only(tail: Tail) -> None:
    """Without `state` only a last line without a newline, or zeros, is what a crash leaves."""
    for rest in tail.rests:
        if b"\n" in rest.data:
            refuse("STATE_BAD")


def _rewrite(disk: Disk, base: State, tail: Tail) -> None:
    """Write the good lines again: after a kill they are readable, but perhaps not on the disk."""
    for log, data in tail.good.items():
        disk.write_at(log_name(log), base.logs[log].size_bytes, data)
        disk.sync(log_name(log))


def _cut(disk: Disk, tail: Tail) -> None:
    """Move the rests to `quarantine/`; each log is cut only when its rest is safe there."""
    for rest in tail.rests:
        _quarantine(disk, rest)
    if tail.rests:
        disk.sync_folder("quarantine")
    for rest in tail.rests:
        disk.truncate(log_name(rest.log), rest.offset)
        disk.sync(log_name(rest.log))


def _quarantine(disk: Disk, rest: Rest) -> None:
    """Copy a rest to `quarantine/`, never over other bytes: those stay, whoever put them there."""
    sha256 = sha256_hex(rest.data)
    for part in (sha256[:16], sha256):
        name = f"quarantine/{rest.log}-{rest.offset}-{part}"
        kind = disk.kind(name)
        if kind is None:
            _copy_to(disk, name, rest.data)
            return
        if kind == "file" and disk.read(name) == rest.data:
            disk.sync(name)
            return
    refuse("TORN_TAIL")


def _copy_to(disk: Disk, name: str, data: bytes) -> None:
    temporary = temporary_name()
    writing = disk.create(temporary)
    try:
        writing.write(data)
        writing.sync()
    finally:
        writing.close()
    disk.rename(temporary, name)


def _has_cuts(disk: Disk, tail: Tail) -> bool:
    return bool(tail.rests) or any(map(CUT_NAME.fullmatch, disk.list("quarantine")))


def _unnamed_cuts(disk: Disk, named: frozenset[str]) -> tuple[JsonObject, ...]:
    found = {
        name: cut
        for name in disk.list("quarantine")
        if name not in named and (cut := CUT_NAME.fullmatch(name)) and _is_kept(disk, name)
    }
    return tuple(_describe(disk, name, cut) for name, cut in sorted(found.items()))


def _is_kept(disk: Disk, name: str) -> bool:
    """Whether a file is there: a link or a pipe of such a name was put there by somebody else."""
    return disk.kind(f"quarantine/{name}") == "file"


def _describe(disk: Disk, name: str, cut: re.Match[str]) -> JsonObject:
    file = f"quarantine/{name}"
    sha256, size_bytes = hash_file(disk, file)
    return {
        "log": cut[1],
        "offset": int(cut[2]),
        "bytes": size_bytes,
        "sha256": sha256,
        "file": file,
    }


def _body_of(line: bytes) -> JsonObject:
    """The body of a line that the chain holds, whatever the form of the vault."""
    try:
        body = decode(line).get("body")
    except NotCanonicalError as error:
        refuse(error.code)
    return body if isinstance(body, dict) else {}


def _named_cuts(disk: Disk, state: State) -> Iterator[str]:
    log = SEALED_LOGS[0] if state.is_sealed else "custody"
    for line in read_lines(disk, log, 0, state.logs[log].size_bytes):
        if b'"recovery.done"' not in line.data:
            continue
        cuts = _body_of(line.data).get("cut")
        for cut in cuts if isinstance(cuts, list) else []:
            if isinstance(cut, dict) and isinstance(cut.get("file"), str):
                yield str(cut["file"]).rpartition("/")[2]
