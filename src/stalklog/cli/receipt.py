"""What a person gets in hand when something was written: ids, hashes, the size and the head."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from stalklog.cli.console import Part, Screen, dim, ident, json_name, size_in_words
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.safety.text import safe_name

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.services.desk import Desk
    from stalklog.services.evidence import AddedFile
    from stalklog.services.intake import Skipped


class Headed(Protocol):
    """Anything that says how far the one chain has come."""

    @property
    def size(self) -> int:
        """How many entries the vault has now."""
        ...

    @property
    def head(self) -> str:
        """SHA-256 of the newest entry."""
        ...


def id_to_type(name: str) -> str:
    """An id as a shell takes it: `@41` for `#41`, which would begin a remark there."""
    return name.replace("#", "@", 1)


def show_receipt(screen: Screen, written: Headed, desk: Desk) -> None:
    """Say how far the chain has come: two lines worth keeping elsewhere."""
    rows: list[tuple[str, Part]] = [
        (_("Entries"), str(written.size)),
        (_("Head"), dim(written.head)),
    ]
    screen.pairs([*rows, *recorded_as(desk)])


def recorded_as(desk: Desk) -> list[tuple[str, Part]]:
    """Of a sealed vault, the zone in which times were understood, and who wrote if not herself."""
    found = desk.recorded_as()
    if found is None:
        return []
    by: list[tuple[str, Part]] = [] if found.by == "self" else [(_("Written by"), found.by)]
    return [(_("Times in"), found.zone), *by]


def show_warnings(screen: Screen, warnings: Sequence[str]) -> None:
    """Say what the person should know, beside the answer."""
    for warning in warnings:
        screen.tell_prose(_("Note: {warning}").format(warning=warning), style="warn")


def show_unreadable(screen: Screen, lines: int) -> None:
    """Say beside the answer that it may lack something: lines of the vault cannot be read."""
    if lines:
        told = ngettext(
            "{n} line of the vault cannot be read, so something may be missing here. What is "
            "wrong: stalklog verify",
            "{n} lines of the vault cannot be read, so something may be missing here. What is "
            "wrong: stalklog verify",
            lines,
        )
        screen.tell_prose(told.format(n=lines), style="warn")


def show_added(
    screen: Screen, added: Sequence[AddedFile], inside: Mapping[str, str] = MappingProxyType({})
) -> None:
    """One line a file, and below it the hash that names its bytes, and what was found in it.

    Args:
        screen: Where it is shown.
        added: The files.
        inside: By id, what was found in a file.
    """
    screen.say_all(line for file in added for line in _lines_of(file, inside.get(file.id)))


def _lines_of(file: AddedFile, inside: str | None) -> Iterator[tuple[Part, ...]]:
    held = _(" (its bytes were in the vault already)") if file.stored != "new" else ""
    about = f"  {size_in_words(file.size_bytes)}, {file.media_type}{held}"
    yield "  ", ident(file.id), "  ", safe_name(file.path), dim(about)
    yield "    ", dim(f"SHA-256 {file.sha256}")
    if inside is not None:
        yield "    ", inside


def show_skipped(screen: Screen, skipped: Sequence[Skipped]) -> None:
    """Name every file that was left out, and why."""
    for file in skipped:
        screen.tell("  ", safe_name(file.path), ": ", file.message)


def added_json(added: Sequence[AddedFile]) -> list[JsonObject]:
    """The files that were added, as `--json` shows them."""
    return [
        {
            "id": file.id,
            "seq": file.seq,
            **json_name(file.path),
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "media_type": file.media_type,
            "kind": file.kind,
            "stored": file.stored,
        }
        for file in added
    ]


def skipped_json(skipped: Sequence[Skipped]) -> list[JsonValue]:
    """The files that were left out, as `--json` shows them."""
    return [
        {**json_name(file.path), "code": file.code, "message": file.message} for file in skipped
    ]


def shown_path(path: Path) -> str:
    """A path of ours, safe to show."""
    return safe_name(os.fspath(path))
