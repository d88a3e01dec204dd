"""How a new entry gets its name and its bytes, in a plain vault and in a sealed one."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from stalklog import __version__
from stalklog.core.canonical import NotCanonicalError
from stalklog.core.clock import format_at, format_offset
from stalklog.errors import NoSuchEntryError, OverLimitError, RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.links import place_of
from stalklog.records.types import CORRECTIONS, TYPES
from stalklog.vault.layout import MAX_ENTRY_BYTES, SEALED_LOGS, log_name
from stalklog.vault.log import EntryError, Id, build_line, parse_id

if TYPE_CHECKING:
    from datetime import tzinfo

    from stalklog.core.clock import Clock
    from stalklog.core.entry import JsonObject
    from stalklog.vault.disk import Disk
    from stalklog.vault.state import State

TOOL = f"stalklog/{__version__}"


@dataclass(frozen=True, slots=True)
class Author:
    """Whose clock, zone and name the entries of a command carry."""

    clock: Clock
    zone: tzinfo
    by: str
    """`self`, or an advocate named as operator."""


class Place(NamedTuple):
    """Where in the chain an entry is about to stand."""

    seq: int
    prev: str


class Written(NamedTuple):
    """An entry as it will stand in a log."""

    id: str
    log: str
    """Whose file it stands in."""
    line: bytes


class Scribe(Protocol):
    """Writes the entries of one command."""

    def require_known(self, link: str, size: int) -> None:
        """Refuse a link that cannot name an entry among the first `size`.

        Raises:
            NoSuchEntryError: There is no such entry, as far as that can be told.
        """
        ...

    def write(
        self, type_name: str, body: JsonObject, place: Place, objects: tuple[str, ...]
    ) -> Written:
        """The entry at that place; the next one counts on from it.

        Raises:
            NoSuchEntryError, RecordNotValidError, OverLimitError: It cannot be written.
        """
        ...

    def last(self, log: str) -> int:
        """The highest number given in that log."""
        ...


class PlainScribe:
    """Counts ids and writes lines that everybody reads."""

    def __init__(self, disk: Disk, state: State, author: Author) -> None:
        self._disk = disk
        self._state = state
        self._author = author
        self._last = {log: told.last for log, told in state.logs.items()}
        self._amendments: dict[Id, int] = {}

    def require_known(self, link: str, size: int) -> None:  # noqa: ARG002 - ids tell it here
        """An id that was given already; see `Scribe`."""
        named = parse_id(link)
        if named is None or named.number > self._last[named.log]:
            raise no_such(link)
        if named.amendment is not None:
            whole = Id(named.log, named.number, None)
            if named.amendment > self._count_amendments(whole):
                raise no_such(link)

    def write(
        self,
        type_name: str,
        body: JsonObject,
        place: Place,
        objects: tuple[str, ...],  # noqa: ARG002 - the body's hash is their name here
    ) -> Written:
        """The entry under the next id of its log; see `Scribe`."""
        identity = self._next_id(type_name, body)
        told = str(identity)
        envelope = stamp(self._author, place)
        envelope |= {"log": identity.log, "id": told, "type": type_name, "body": body}
        line = build(envelope)
        self._keep(identity)
        return Written(told, identity.log, line)

    def last(self, log: str) -> int:
        """The highest number given in that log."""
        return self._last[log]

    def _next_id(self, type_name: str, body: JsonObject) -> Id:
        log = TYPES[type_name].log
        if log is not None:
            return Id(log, self._last[log] + 1, None)
        target = str(body[CORRECTIONS[type_name]])
        named = parse_id(target)
        if named is None or named.amendment is not None:
            raise no_such(target)
        return Id(named.log, named.number, self._count_amendments(named) + 1)

    def _keep(self, identity: Id) -> None:
        if identity.amendment is None:
            self._last[identity.log] = identity.number
        else:
            self._amendments[Id(identity.log, identity.number, None)] = identity.amendment

    def _count_amendments(self, named: Id) -> int:
        known = self._amendments.get(named)
        if known is None:
            data = self._disk.read(log_name(named.log), 0, self._state.logs[named.log].size_bytes)
            known = len(re.findall(rb'"id":"%s\.[0-9]+","log":"' % str(named).encode(), data))
            self._amendments[named] = known
        return known


class SealedScribe:
    """Writes lines that only the recipients read, and needs no secret for it."""

    def __init__(self, author: Author, recipients: tuple[str, ...]) -> None:
        self._author = author
        self.recipients = recipients

    def require_known(self, link: str, size: int) -> None:
        """A place in the chain that there is; of an id only reading can tell. See `Scribe`."""
        place = place_of(link)
        is_known = parse_id(link) is not None if place is None else place < size
        if not is_known:
            raise no_such(link)

    def write(
        self, type_name: str, body: JsonObject, place: Place, objects: tuple[str, ...]
    ) -> Written:
        """The entry, sealed unless its type tells of the vault alone; see `Scribe`."""
        from stalklog.vault.sealed import ANY_LOG, PLAIN_TYPES  # noqa: PLC0415 - only there

        if type_name in PLAIN_TYPES:
            return _placed(place, self._plain(type_name, body, place))
        log = TYPES[type_name].log or ANY_LOG
        return _placed(place, self._sealed(type_name, log, body, place, objects))

    def carry(self, old_line: bytes, log: str, place: Place, objects: tuple[str, ...]) -> Written:
        """The line of a plain vault, carried over with its exact bytes.

        Args:
            old_line: The line, without its newline.
            log: The log in which it stood.
            place: Where it is to stand now.
            objects: Its originals, sealed anew.
        """
        body: JsonObject = {"line_base64": base64.b64encode(old_line).decode()}
        return _placed(place, self._sealed("entry.carried", log, body, place, objects))

    def last(self, log: str) -> int:  # noqa: ARG002 - nobody counts here
        """Nothing: ids are told by reading."""
        return 0

    def _plain(self, type_name: str, body: JsonObject, place: Place) -> bytes:
        return build(
            {
                **stamp(self._author, place),
                "log": "custody",
                "type": type_name,
                "by": "self",
                "tz": "+00:00",
                "body": body,
            }
        )

    def _sealed(
        self, type_name: str, log: str, body: JsonObject, place: Place, objects: tuple[str, ...]
    ) -> bytes:
        from stalklog.vault.sealed import build_sealed  # noqa: PLC0415 - as above

        inner: JsonObject = {
            **stamp(self._author, place),
            "log": log,
            "type": type_name,
            "objects": list(objects),
            "body": body,
        }
        try:
            return build_sealed(inner, self.recipients)
        except NotCanonicalError:
            raise _not_storable() from None
        except EntryError:
            raise _too_long() from None


def _placed(place: Place, line: bytes) -> Written:
    return Written(f"#{place.seq}", SEALED_LOGS[0], line)


def stamp(author: Author, place: Place) -> JsonObject:
    """What every entry has: its place, and who wrote it when with what."""
    now = author.clock.now()
    return {
        "v": 1,
        "seq": place.seq,
        "prev": place.prev,
        "at": format_at(now),
        "tz": format_offset(now, author.zone),
        "by": author.by,
        "tool": TOOL,
        "salt": os.urandom(16).hex(),
    }


def build(envelope: JsonObject) -> bytes:
    """The bytes of a line.

    Raises:
        RecordNotValidError: It holds what no line can hold.
        OverLimitError: It is longer than an entry may be.
    """
    try:
        line = build_line(envelope)
    except NotCanonicalError:
        raise _not_storable() from None
    if len(line) > MAX_ENTRY_BYTES:
        raise _too_long()
    return line


def no_such(link: str) -> NoSuchEntryError:
    """What to tell of a link that names nothing."""
    return NoSuchEntryError(
        _("The vault has no entry {id}. Nothing was written.").format(id=link),
        hint=_("See what there is with: stalklog list all"),
    )


def _not_storable() -> RecordNotValidError:
    return RecordNotValidError(
        _("The record holds characters that cannot be stored. Nothing was written.")
    )


def _too_long() -> OverLimitError:
    return OverLimitError(
        _("The record is longer than an entry may be. Nothing was written."),
        hint=_("Keep the long text as a file with add-evidence, and name it in the record."),
    )
