"""Copy files into the vault, byte for byte, and take them out again."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from stalklog.core.haste import without_circles
from stalklog.errors import (
    EvidenceUnreadableError,
    OutputError,
    WouldOverwriteError,
)
from stalklog.i18n import gettext as _
from stalklog.services.ahead import words_ahead
from stalklog.services.entries import find_entry
from stalklog.services.intake import Candidate, Skipped, find_files
from stalklog.services.kinds import kind_and_type
from stalklog.services.originals import damaged, original_errors, sha256_of
from stalklog.services.output import create_file, give_name
from stalklog.services.saving import save
from stalklog.services.sensitive import require_keepable, words_on
from stalklog.services.typing_in import read_change
from stalklog.vault.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from stalklog.core.entry import JsonObject
    from stalklog.records.view import Shown
    from stalklog.services.desk import AskWhen, Desk, Progress, Typed
    from stalklog.vault.objects import Stored
    from stalklog.vault.source import SourceTimes
    from stalklog.vault.vault import Vault
    from stalklog.vault.writer import Planned, Writer

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, as a file system counts
_TRIES = 2
"""A file that changes while it is read is read once more, then left out by name."""


class AddedFile(NamedTuple):
    """A file that is in the vault now."""

    id: str
    seq: int
    path: str
    sha256: str
    size_bytes: int
    media_type: str
    kind: str
    stored: str
    """`new`, or `already-held` where the vault had the same bytes."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the files that were named."""

    added: tuple[AddedFile, ...]
    skipped: tuple[Skipped, ...]
    head: str
    size: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Got:
    """An original, taken out."""

    path: Path
    sha256: str
    size_bytes: int
    unreadable_lines: int
    """Lines of the log that cannot be read."""


def add_evidence(
    desk: Desk,
    paths: Sequence[Path],
    typed: Typed,
    *,
    ask_when: AskWhen | None = None,
    progress: Progress | None = None,
) -> Added:
    """Copy files, and folders whole, into the vault; the sources are left as they are.

    Args:
        desk: Which vault, whose clock, zone and name.
        paths: Files and folders.
        typed: The fields that hold for each of them.
        ask_when: Asks which reading of a date was meant.
        progress: Shown how far it has come.

    Raises:
        RecordNotValidError: A field does not fit; nothing was added.
        NoSuchEntryError: A field names an entry that is not there; nothing was added.
        VaultError: It could not be saved; nothing was added.
    """
    vault = desk.open()
    fields = read_change("evidence.added", typed, desk, vault, ask_when)
    require_keepable(fields)
    found = list(find_files(paths, vault=desk.vault))
    _start(progress, found)
    try:
        with without_circles():
            saved = save(desk, vault, lambda writer: _take(writer, found, fields, progress))
    finally:
        if progress is not None:
            progress.finish()
    added, skipped = saved.planned
    ahead = words_ahead(fields, desk.clock.now())
    warnings = (*words_on(fields), *ahead, *saved.warnings)
    return Added(added, skipped, saved.head, saved.size, warnings)


def add_files(writer: Writer, paths: Sequence[Path], fields: JsonObject) -> tuple[AddedFile, ...]:
    """Copy files as part of another command; all of them or none.

    Raises:
        EvidenceUnreadableError: One cannot be read; nothing was added.
    """
    files = (Candidate(os.fspath(path), path.name, None, 0) for path in paths)
    return tuple(_take_one(writer, file, fields) for file in files)


def get_original(desk: Desk, entry_id: str, target: Path) -> Got:
    """Write the original of a piece of evidence to a new file, byte for byte.

    Raises:
        NoSuchEntryError: There is no such evidence.
        WouldOverwriteError: The file is there already; it is untouched.
        ReadOnlyVaultError: The vault's copy is missing, was changed, or cannot be read; nothing
            was written.
        OutputError: It cannot be written there.
    """
    vault = desk.open()
    found = find_entry(vault, entry_id)
    shown = found.entry
    sha256 = sha256_of(shown)
    if os.path.lexists(target):
        raise _taken()
    size_bytes = _write_out(vault, shown, sha256, target)
    return Got(target, sha256, size_bytes, found.unreadable_lines)


def _start(progress: Progress | None, found: Sequence[Candidate | Skipped]) -> None:
    if progress is not None:
        files = [item for item in found if isinstance(item, Candidate)]
        progress.start(_("copying"), sum(item.size_bytes for item in files), len(files))


def _take(
    writer: Writer,
    found: Sequence[Candidate | Skipped],
    fields: JsonObject,
    progress: Progress | None,
) -> tuple[tuple[AddedFile, ...], tuple[Skipped, ...]]:
    added: list[AddedFile] = []
    skipped: list[Skipped] = []
    for item in found:
        if isinstance(item, Skipped):
            skipped.append(item)
            continue
        try:
            added.append(_take_one(writer, item, fields, progress))
        except EvidenceUnreadableError as error:
            skipped.append(Skipped(item.path, error.code, error.message))
    return tuple(added), tuple(skipped)


def _take_one(
    writer: Writer, item: Candidate, fields: JsonObject, progress: Progress | None = None
) -> AddedFile:
    require_keepable(fields)
    source = Source(item.path)
    try:
        stored = _store(writer, source, progress)
        kind, media_type = kind_and_type(source.head, item.name)
        body = _body(item, stored, media_type, source.times) | fields
        body.setdefault("kind", kind)
        planned = writer.add("evidence.added", body)
    finally:
        source.close()
    return _added(planned, item, stored, body)


def _store(writer: Writer, source: Source, progress: Progress | None) -> Stored:
    for remaining in reversed(range(_TRIES)):
        try:
            return writer.store(
                _counted(source.blocks(), progress) if progress else source.blocks()
            )
        except EvidenceUnreadableError:
            if not remaining:
                raise
    raise AssertionError  # the loop returns or raises


def _counted(blocks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for block in blocks:
        yield block
        progress.advance(0, len(block))
    progress.advance(1, 0)


def _body(item: Candidate, stored: Stored, media_type: str, times: SourceTimes) -> JsonObject:
    source_times: JsonObject = {"mtime": _moment(times.modified_ns)}
    if times.born_ns is not None:
        source_times["birth_time"] = _moment(times.born_ns)
    body: JsonObject = {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "media_type": media_type,
        "source_times": source_times,
    }
    body |= _named("name", item.name)
    if item.relative_path is not None:
        body |= _named("relative_path", item.relative_path)
    return body


def _named(field: str, name: str) -> JsonObject:
    try:
        name.encode()
    except UnicodeEncodeError:
        return {f"{field}_base64": base64.b64encode(os.fsencode(name)).decode()}
    return {field: name}


def _moment(nanoseconds: int) -> str:
    """The moment in UTC to the microsecond, or the earliest there is where it is out of range."""
    try:
        moment = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        moment = _EPOCH
    return moment.isoformat() + "Z"


def _added(planned: Planned, item: Candidate, stored: Stored, body: JsonObject) -> AddedFile:
    return AddedFile(
        id=planned.id,
        seq=planned.seq,
        path=item.path,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=str(body["media_type"]),
        kind=str(body["kind"]),
        stored="new" if stored.is_new else "already-held",
    )


def _write_out(vault: Vault, shown: Shown, sha256: str, target: Path) -> int:
    """Write to a temporary file beside the target, compare, then give it its name."""
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        size_bytes = _copy_out(vault, shown, sha256, temporary)
        give_name(temporary, target)
    except FileExistsError:
        raise _taken() from None
    except OSError as error:
        raise OutputError(
            _("It cannot be written there ({reason}). The vault is untouched.").format(
                reason=error.strerror
            )
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return size_bytes


def _copy_out(vault: Vault, shown: Shown, sha256: str, temporary: Path) -> int:
    with open(create_file(temporary), "wb") as out:  # noqa: PTH123 - a descriptor
        copy = _Copy(out)
        _copy_original(vault, shown, copy)
        if copy.digest.hexdigest() != sha256:
            raise damaged()
        out.flush()
        os.fsync(out.fileno())
    return copy.size_bytes


class _Copy:
    """What is written out, hashed on its way; remembers if it was the writing that failed."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.digest = hashlib.sha256()
        self.size_bytes = 0
        self.has_failed = False

    def write(self, block: bytes) -> None:
        self.digest.update(block)
        try:
            self.size_bytes += self._out.write(block)
        except OSError:
            self.has_failed = True
            raise


def _copy_original(vault: Vault, shown: Shown, copy: _Copy) -> None:
    """The vault's copy; where that fails, the vault is named, never the place it is written to."""
    with original_errors(is_ours=lambda: copy.has_failed):
        vault.copy_original(shown, copy.write)


def _taken() -> WouldOverwriteError:
    return WouldOverwriteError(
        _("There is a file of that name already. It was not touched."),
        hint=_("Name another file with -o."),
    )
