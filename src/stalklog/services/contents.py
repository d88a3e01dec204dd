"""What is inside a piece of evidence: the messages that a reader finds in the vault's own copy.

Everything here is derived. The original is opened for reading, proven and left as it is; what is
found is made again each time, or kept only where it can be deleted.
"""

from __future__ import annotations

from base64 import b64decode
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stalklog.errors import (
    EvidenceUnreadableError,
    NoSuchEntryError,
    StalklogError,
    UnknownFormatError,
)
from stalklog.i18n import gettext as _
from stalklog.readers.base import Reading
from stalklog.readers.member_slice import member_slice
from stalklog.readers.table import choose_reader
from stalklog.readers.thumbnail import thumbnail
from stalklog.records.message import Said
from stalklog.safety.limits import MAX_HEAD_BYTES, MAX_HEADER_BYTES
from stalklog.services.desk import is_zone
from stalklog.services.entries import find_entry
from stalklog.services.mail_header import SINGLE, header_of
from stalklog.services.originals import original_errors, sha256_of
from stalklog.vault.source import Source

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from stalklog.core.entry import JsonValue
    from stalklog.readers.base import Reader
    from stalklog.readers.picture_worker import PictureWorker
    from stalklog.readers.screenshot_text import Tesseract
    from stalklog.readers.table import Choice
    from stalklog.records.message import DateOrder, Message, ReadingReport
    from stalklog.records.picture_text import PictureText
    from stalklog.records.view import Shown
    from stalklog.report.inside import Look
    from stalklog.report.model import Way
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.evidence import AddedFile
    from stalklog.vault.vault import Vault

_ORDERS: Mapping[str, DateOrder] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
_PICTURE = "picture"
"""The reader of pictures: only what it knows is opened to be made small."""
_FIRST = 1
_MOST_FILES = 20
_MOST_BYTES = 64 << 20
"""So much is looked into at once when it is added: a second or two."""
_MAX_SLICE_BYTES = 1 << 20
"""Of a message's exact bytes that are shown: the rest is in the original."""


class Seeing(Protocol):
    """Whoever is shown what is read inside the evidence."""

    def see(self, shown: Shown, message: Message) -> None:
        """One message of an exhibit."""
        ...

    def miss(self) -> None:
        """An exhibit could not be read, or not to its end."""
        ...


class Contents:
    """One reading of one piece of evidence: its messages, then what the reading came to."""

    def __init__(
        self,
        vault: Vault,
        shown: Shown,
        progress: Progress | None = None,
        wanted_header: int | None = None,
    ) -> None:
        """Find who can read it.

        Args:
            vault: Where it is.
            shown: The piece of evidence.
            progress: Shown how far the reading has come.
            wanted_header: Of which message `header` is kept, in formats that keep it apart; with
                `EVERY` that of the one that was read last.

        Raises:
            NoSuchEntryError: It is not a piece of evidence.
            PassphraseError: It is sealed, and the keys were not given or are others.
            ReadOnlyVaultError: The vault's copy is missing, was changed or cannot be read.
            OverLimitError: It is sealed and too long to be looked into.
        """
        sha256_of(shown)
        self.entry = shown
        self.unreadable_lines = 0
        self._vault = vault
        self._progress = progress
        self._wanted_header = wanted_header
        self._name = _name_of(shown.fields)
        self._reading: Reading | None = None
        self._held = ExitStack()
        with original_errors():
            stream = self._held.enter_context(vault.open_original(shown, must_seek=False))
            read_as = said_of(shown).read_as
            choice = choose_reader(stream.read(MAX_HEAD_BYTES), self._name, read_as)
        self.reader: Reader | None = choice.reader if choice else None
        self._decisions = choice.decisions if choice else ()
        self._stream = stream if self.reader and stream.seekable() else None
        if self._stream is None:
            self._held.close()

    def close(self) -> None:
        """Let go of the original."""
        self._stream = None
        self._held.close()

    def __iter__(self) -> Generator[Message, None, None]:
        """Read it, from its beginning; nothing is found where no reader knows the format.

        Raises:
            PassphraseError, ReadOnlyVaultError, OverLimitError: As above.
        """
        if self.reader is None:
            return
        with original_errors(), self._opened(must_seek=self.reader.must_seek) as stream:
            size = self.entry.fields.get("size_bytes")
            self._reading = Reading(
                self.reader,
                stream,
                self._name,
                size_bytes=size if isinstance(size, int) else 0,
                said=said_of(self.entry),
                decisions=self._decisions,
            )
            self._reading.keep_header_of(self._wanted_header)
            yield from self._advancing(self._reading)

    @contextmanager
    def _opened(self, *, must_seek: bool) -> Iterator[BinaryIO]:
        """The original from its beginning; it is opened, and so proven, once where one can jump."""
        if self._stream is not None and not self._stream.closed:
            self._stream.seek(0)
            yield self._stream
            return
        with self._vault.open_original(self.entry, must_seek=must_seek) as stream:
            yield stream

    @property
    def header(self) -> str:
        """The header that was wanted, where the format keeps it apart and it was come to."""
        return self._reading.header if self._reading else ""

    def header_beside(self, message: Message) -> str:
        """The header of the message that was read last, where the format keeps it apart."""
        return self._reading.header_of(message.number) if self._reading else ""

    def slice_of(self, message: Message, most: int = _MAX_SLICE_BYTES) -> tuple[bytes, int]:
        """A message's exact bytes, `most` of them, and how many they are in all.

        Empty where they are not in one piece of the original, or of a file inside it.
        """
        place = message.place
        if place.start is None or place.end is None:
            return b"", 0
        size_bytes = place.end - place.start
        if place.member:
            with original_errors(), self._opened(must_seek=True) as stream:
                raw = member_slice(stream, place, most)
            return raw, size_bytes if raw else 0
        with original_errors(), self._opened(must_seek=False) as stream:
            _skip(stream, place.start)
            return stream.read(min(size_bytes, most)), size_bytes

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture of a kind that is known."""
        return self.reader is not None and self.reader.name == _PICTURE

    def text_in_picture(self, tesseract: Tesseract, worker: PictureWorker) -> PictureText:
        """The text in the picture, unverified.

        Raises:
            ReadingError: The picture cannot be opened, or took too long.
            PassphraseError, ReadOnlyVaultError, OverLimitError: As above.
        """
        from stalklog.readers.screenshot_text import read_text  # noqa: PLC0415 - only for who asks

        with original_errors(), self._opened(must_seek=False) as stream:
            return read_text(stream, tesseract, worker)

    def small_picture(self, worker: PictureWorker) -> bytes:
        """The picture made small; empty where that cannot be done."""
        with original_errors(), self._opened(must_seek=False) as stream:
            return thumbnail(stream, worker) or b""

    def _advancing(self, reading: Reading) -> Iterator[Message]:
        progress, reached = self._progress, 0
        if progress is None:
            yield from reading
            return
        progress.start(_("reading"), reading.size_bytes, None)
        try:
            for message in reading:
                yield message
                end = message.place.end or 0
                progress.advance(0, max(0, end - reached))
                reached = max(reached, end)
        finally:
            progress.finish()

    def report(self) -> ReadingReport | None:
        """What the reading came to; None where nobody read."""
        return self._reading.report() if self._reading else None


@dataclass(frozen=True, slots=True)
class Found:
    """One message, with the bytes of the original that it was read from."""

    message: Message
    raw: bytes
    """Its exact bytes, as far as they are shown; empty where they are not in one piece."""
    raw_size_bytes: int
    """How many they are in all."""
    contents: Contents


def said_of(shown: Shown) -> Said:
    """What was said of an original that it does not say itself; what is no answer is left out."""
    return said_in(shown.fields, datetime.fromisoformat(shown.recorded_at))


def said_in(fields: Mapping[str, JsonValue], looked_at: datetime) -> Said:
    """The same of fields that are not, or not yet, in the vault."""
    zone, read_as = fields.get("times_zone"), fields.get("read_as")
    return Said(
        date_order=_ORDERS.get(str(fields.get("date_order"))),
        zone=zone if isinstance(zone, str) and is_zone(zone) else None,
        looked_at=looked_at,
        read_as=read_as if isinstance(read_as, str) else None,
    )


def open_contents(
    desk: Desk, name: str, *, progress: Progress | None = None, wanted_header: int | None = None
) -> Contents:
    """What is inside the piece of evidence of that name.

    Raises:
        NoSuchEntryError: There is none, or it is no piece of evidence.
        UnknownFormatError: No reader knows it; it is kept all the same.
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    vault = desk.open()
    found = find_entry(vault, name)
    contents = Contents(vault, found.entry, progress, wanted_header)
    contents.unreadable_lines = found.unreadable_lines
    if contents.reader is None:
        raise UnknownFormatError(
            _("What is inside {id} cannot be read: its format is not one that is known.").format(
                id=found.entry.id
            ),
            hint=_("It is kept as it is all the same, byte for byte."),
        )
    return contents


def find_message(desk: Desk, name: str, number: int, *, most: int = _MAX_SLICE_BYTES) -> Found:
    """One message inside a piece of evidence, beside its bytes, `most` of them.

    Raises:
        NoSuchEntryError: There is no such message.
        UnknownFormatError, PassphraseError, ReadOnlyVaultError, OverLimitError: As above.
    """
    with closing(open_contents(desk, name, wanted_header=number)) as contents:
        return message_in(contents, number, most=most)


def message_in(contents: Contents, number: int, *, most: int = _MAX_SLICE_BYTES) -> Found:
    """The same of contents that are open, and keep that message's header.

    Raises:
        NoSuchEntryError: There is no such message.
        UnknownFormatError, PassphraseError, ReadOnlyVaultError, OverLimitError: As above.
    """
    with closing(iter(contents)) as messages:
        found = next((message for message in messages if message.number == number), None)
    if found is not None:
        raw, size_bytes = contents.slice_of(found, most)
        return Found(found, raw, size_bytes, contents)
    report = contents.report()
    if report is not None and report.lacks_library:
        raise UnknownFormatError(
            _("What is inside {id} cannot be read: it needs a part of stalklog that is not "
              "installed. It is kept as it is all the same, byte for byte.").format(
                id=contents.entry.id
            ),
            hint=_("To read it: pip install 'stalklog[outlook]'"),
        )  # fmt: skip
    raise NoSuchEntryError(
        _("There is no message {number} in {id}. Nothing was changed.").format(
            number=number, id=contents.entry.id
        ),
        hint=_("Which there are: stalklog messages {id}").format(id=contents.entry.id),
    )


def recognise(
    added: Sequence[AddedFile],
    said: Said = Said(),  # noqa: B008 - frozen
) -> dict[str, ReadingReport]:
    """What files that were just added hold, by id; read where they came from, without a key.

    Of many files none is read, as that would take far longer than adding them: `messages` and
    `search` read them when they are wanted. A file that no reader knows is left out.
    """
    if is_too_much(added):
        return {}
    found = {file.id: _recognise(Path(file.path), said) for file in added}
    return {name: report for name, report in found.items() if report is not None}


def is_too_much(added: Sequence[AddedFile]) -> bool:
    """Whether they are too many or too long to be looked into at once."""
    return len(added) > _MOST_FILES or sum(file.size_bytes for file in added) > _MOST_BYTES


def _recognise(path: Path, said: Said) -> ReadingReport | None:
    try:
        with closing(Source(path)) as source, source.stream() as stream:
            choice = choose_reader(stream.read(MAX_HEAD_BYTES), path.name, said.read_as)
            if choice is None:
                return None
            stream.seek(0)
            return read_through(choice, stream, path.name, source.size_bytes, said)
    except (OSError, EvidenceUnreadableError):
        return None  # it changed, or went, since it was copied


def look_inside(
    vault: Vault,
    entries: Iterable[Shown],
    progress: Progress | None = None,
    seen: Seeing | None = None,
    trusted_by: Sequence[str] = (),
) -> dict[str, Look]:
    """What a report shows of what is inside the evidence; what cannot be read is left out.

    That an original is damaged or sealed to others is told by the check that a report makes.

    Args:
        vault: Where it is.
        entries: Whose evidence is looked into.
        progress: Shown how far the reading has come.
        seen: Shown every message on the way, those too that are only counted.
        trusted_by: Mail servers that the person vouches for.
    """
    looks: dict[str, Look] = {}
    with ExitStack() as held:
        pictures = _Pictures(held)
        for shown in entries:
            if shown.type != "evidence.added" or shown.withdrawn:
                continue
            is_whole = False
            with suppress(StalklogError):
                with closing(Contents(vault, shown, wanted_header=_FIRST)) as contents:
                    look = _look(contents, pictures, seen, trusted_by)
                is_whole = look is None or look.report.is_whole
                if look is not None:
                    looks[shown.id] = look
            if seen is not None and not is_whole:
                seen.miss()
            if progress is not None:
                progress.advance(1, 0)
    return looks


def _look(
    contents: Contents, pictures: _Pictures, seen: Seeing | None, trusted_by: Sequence[str]
) -> Look | None:
    from stalklog.report.inside import MOST_MESSAGES, Look  # noqa: PLC0415 - 40 ms, for reports

    messages = _shown_to(seen, contents)
    first = tuple(islice(messages, MOST_MESSAGES))
    for _message in messages:  # read to the end, to be counted
        pass
    report = contents.report()
    if report is None:
        return None
    small = pictures.small(contents) if contents.is_picture else b""
    return Look(first, report, small, _way(contents, first, trusted_by))


def _shown_to(seen: Seeing | None, contents: Contents) -> Iterator[Message]:
    for message in contents:
        if seen is not None:
            seen.see(contents.entry, message)
        yield message


def _way(contents: Contents, messages: Sequence[Message], trusted_by: Sequence[str]) -> Way | None:
    """The way of a mail that is an exhibit by itself; of those in a mailbox `trace` tells."""
    reader = contents.reader.name if contents.reader else ""
    if reader not in SINGLE or not messages:
        return None
    from stalklog.services.ways import way_of  # noqa: PLC0415 - 20 ms, for a report only
    from stalklog.trace.trust import parse_trust  # noqa: PLC0415 - likewise

    raw, _size = contents.slice_of(messages[0], MAX_HEADER_BYTES)
    header = header_of(reader, raw, contents.header)
    return way_of(_FIRST, header.fields, parse_trust(trusted_by)) if header.is_there else None


class _Pictures:
    """Makes pictures small in one process beside, which is started for the first of them.

    They are made anew for each report: what lies in a cache anybody with the folder could replace.
    """

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self._worker: PictureWorker | None = None

    def small(self, contents: Contents) -> bytes:
        """A small picture; empty for one that cannot be made, or that needs care."""
        sensitivity = contents.entry.fields.get("sensitivity")
        if isinstance(sensitivity, list) and set(map(str, sensitivity)) - {"normal"}:
            return b""
        if self._worker is None:
            from stalklog.readers.picture_worker import PictureWorker  # noqa: PLC0415 - only there

            self._worker = self._held.enter_context(PictureWorker())
        return contents.small_picture(self._worker)


def read_through(
    choice: Choice, stream: BinaryIO, name: str, size_bytes: int, said: Said
) -> ReadingReport:
    """Read to the end, and keep only what the reading came to."""
    reading = Reading(
        choice.reader,
        stream,
        name,
        size_bytes=size_bytes,
        said=said,
        decisions=choice.decisions,
    )
    for _message in reading:
        pass
    return reading.report()


def _skip(stream: BinaryIO, count: int) -> None:
    if stream.seekable():
        stream.seek(count)
        return
    while count > 0:
        skipped = len(stream.read(min(count, 1 << 20)))
        if not skipped:
            return
        count -= skipped


def _name_of(fields: Mapping[str, JsonValue]) -> str:
    name, encoded = fields.get("name"), fields.get("name_base64")
    if isinstance(name, str):
        return name
    if not isinstance(encoded, str):
        return ""
    try:
        return b64decode(encoded).decode("utf-8", "replace")
    except ValueError:  # no writer of ours wrote that
        return ""
