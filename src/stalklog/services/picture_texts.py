"""Text in the pictures of a vault, read out by the person's own tesseract and never verified.

It takes a second a picture, so nothing is read unless it is asked for. In a plain vault what was
read stays in the search index, where it can be deleted; of a sealed vault it is in memory alone.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError, UnknownFormatError, UsageError
from stalklog.i18n import gettext as _
from stalklog.index.document import PICTURE_TEXT, UNDATED, Document, Source
from stalklog.readers.base import ReadingError
from stalklog.readers.picture import Picture
from stalklog.records.message import REASONS
from stalklog.services.contents import Contents
from stalklog.services.entries import find_entry
from stalklog.services.filters import happened_span, told_start

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stalklog.index.index import Index
    from stalklog.readers.picture_worker import PictureWorker
    from stalklog.readers.screenshot_text import Tesseract
    from stalklog.records.picture_text import PictureText
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.vault.vault import Vault

_VERSION: Final = 2
"""Counted up whenever pictures are made ready for it otherwise."""


@dataclass(frozen=True, slots=True)
class OnePicture:
    """The text in one picture."""

    entry: Shown
    text: PictureText
    unreadable_lines: int


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that an index has of the pictures."""

    engines: Mapping[str, str]
    """By which program, version and languages each picture was read, by the entry's id."""
    failed: Mapping[str, str]
    """Why a picture could not be read, by the entry's id."""
    is_there: bool
    """Whether there is a tesseract on this computer; else only what was read before is there."""


def read_picture_text(desk: Desk, name: str) -> OnePicture:
    """Read the text in one picture, anew.

    Raises:
        NoSuchEntryError: There is none of that name, or it is no piece of evidence.
        UnknownFormatError: It is no picture, or cannot be opened; it is kept all the same.
        UsageError: There is no tesseract on this computer.
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    from stalklog.readers.picture_worker import PictureWorker  # noqa: PLC0415 - only for these
    from stalklog.readers.screenshot_text import find_tesseract  # noqa: PLC0415

    vault = desk.open()
    found = find_entry(vault, name)
    with closing(Contents(vault, found.entry)) as contents:
        if not contents.is_picture:
            raise UnknownFormatError(
                _("{id} is no picture that is known. Nothing was changed.").format(
                    id=found.entry.id
                ),
                hint=_("What is in other files: stalklog messages {id}").format(id=found.entry.id),
            )
        tesseract = find_tesseract()
        if tesseract is None:
            raise UsageError(
                _("To read the text in a picture needs tesseract, which is not on this computer. "
                  "Nothing was done, and the picture is kept as it is."),
                hint=how_to_get(),
            )  # fmt: skip
        with PictureWorker() as worker:
            try:
                text = contents.text_in_picture(tesseract, worker)
            except ReadingError as error:
                raise UnknownFormatError(
                    _("The text in {id} was not read: the picture {reason}.").format(
                        id=found.entry.id, reason=_reason_in_words(error.reason)
                    ),
                    hint=_("It is kept as it is all the same, byte for byte."),
                ) from error
    return OnePicture(found.entry, text, found.unreadable_lines)


def how_to_get() -> str:
    """How a person gets tesseract."""
    return _(
        "It is free: see the page look-inside of the how-to. On Debian and Ubuntu: "
        "sudo apt install tesseract-ocr tesseract-ocr-hin"
    )


def keys_of_texts(known: Iterable[str], entries: Iterable[Shown]) -> set[str]:
    """Which keys of an index are texts of the pictures among these entries."""
    wanted = {_key(shown) for shown in entries}
    return wanted.intersection(known)


def fill_texts(
    index: Index, vault: Vault, entries: Sequence[Shown], progress: Progress | None = None
) -> bool:
    """Read every picture that was not read yet into an index, each kept as soon as it is read.

    Args:
        index: Where they are kept.
        vault: Where the pictures are.
        entries: Among which they are, as they stand corrected.
        progress: Shown how far it has come; it can be interrupted at any moment.

    Returns:
        Whether there is a tesseract on this computer.

    Raises:
        IndexFailedError: The index went wrong.
    """
    from stalklog.readers.screenshot_text import find_tesseract  # noqa: PLC0415 - only for these

    pictures = [shown for shown in entries if _is_picture(shown)]
    tesseract = find_tesseract()
    if tesseract is not None:
        told = index.told()
        engine = _engine(tesseract)
        fresh = [one for one in pictures if not told.get(_key(one), "").startswith(f"{engine}\n")]
        _fill(index, vault, fresh, tesseract, progress)
    return tesseract is not None


def has_texts(index: Index, entries: Iterable[Shown]) -> bool:
    """Whether each of the pictures among these entries was read, in vain or not.

    Raises:
        IndexFailedError: The index went wrong.
    """
    told = index.told()
    return all(_key(shown) in told for shown in filter(_is_picture, entries))


def texts_of(index: Index, entries: Iterable[Shown], *, is_there: bool) -> Texts:
    """Which of the pictures among these entries an index has the texts of.

    Raises:
        IndexFailedError: The index went wrong.
    """
    told = index.told()
    engines: dict[str, str] = {}
    failed: dict[str, str] = {}
    for shown in filter(_is_picture, entries):
        engine, _newline, failure = told.get(_key(shown), "").partition("\n")
        if failure:
            failed[shown.id] = _reason_in_words(failure)
        elif engine:
            engines[shown.id] = engine
    return Texts(engines, failed, is_there)


def _fill(
    index: Index,
    vault: Vault,
    pictures: Collection[Shown],
    tesseract: Tesseract,
    progress: Progress | None,
) -> None:
    from stalklog.readers.picture_worker import PictureWorker  # noqa: PLC0415 - only for these

    if not pictures:
        return
    if progress is not None:
        total_bytes = sum(map(_size_of, pictures))
        progress.start(_("reading the text in pictures"), total_bytes, len(pictures))
    try:
        with PictureWorker() as worker:
            for shown in pictures:
                text, failure = _read(vault, shown, tesseract, worker)
                _keep(index, shown, text, f"{_engine(tesseract)}\n{failure}")
                if progress is not None:
                    progress.advance(1, _size_of(shown))
    finally:
        if progress is not None:
            progress.finish()


def _keep(index: Index, shown: Shown, text: str, told: str) -> None:
    with index.filling() as filling:
        source = Source(_key(shown), shown.seq, shown.id)
        filling.replace(source, _documents(shown, text), lambda: told)


def _read(
    vault: Vault, shown: Shown, tesseract: Tesseract, worker: PictureWorker
) -> tuple[str, str]:
    """The text, and why there is none: a name of `REASONS`, or what a person is told."""
    try:
        with closing(Contents(vault, shown)) as contents:
            return contents.text_in_picture(tesseract, worker).text, ""
    except ReadingError as error:
        return "", error.reason
    except StalklogError as error:
        return "", error.message


def _documents(shown: Shown, text: str) -> list[Document]:
    if not text:
        return []
    start = told_start(shown)
    return [Document(text, start or UNDATED, start, kind=PICTURE_TEXT)]


def _engine(tesseract: Tesseract) -> str:
    return f"tesseract {tesseract.version} {'+'.join(tesseract.languages)}"


def _reason_in_words(reason: str) -> str:
    return _(REASONS[reason]) if reason in REASONS else reason


def _key(shown: Shown) -> str:
    start, _end = happened_span(shown)
    return f"{shown.line_sha256} {shown.id} picture-text {_VERSION} {start.isoformat()}"


def _is_picture(shown: Shown) -> bool:
    return shown.type == "evidence.added" and shown.fields.get("media_type") in Picture.media_types


def _size_of(shown: Shown) -> int:
    size_bytes = shown.fields.get("size_bytes")
    return size_bytes if isinstance(size_bytes, int) else 1
