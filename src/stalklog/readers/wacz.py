"""Web archives of browsers, zipped with a list of their pages: WACZ of Webrecorder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import orjson

from stalklog.readers.archive import whole
from stalklog.readers.base import LIKELY, SURE, ReadingError
from stalklog.readers.export import ZipReader
from stalklog.readers.web.capture import Capturing
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member, MemberStream, ZipMembers
    from stalklog.records.message import Message

_ARCHIVE: Final = re.compile(r"\Aarchive/[^/]+\.warc(?:\.gz)?\Z")
_LIST: Final = re.compile(
    r"\A(?:datapackage\.json|pages/[^/]+\.jsonl|indexes/[^/]+\.(?:cdx|idx)(?:\.gz)?)\Z"
)
_PACKAGE: Final = "datapackage.json"
_PAGES: Final = "pages/pages.jsonl"
_PAGE: Final = re.compile(rb'^[ \t]*\{[^\n]*"url"[ \t]*:', re.MULTILINE)
_TOLD: Final = {
    "wacz_version": "wacz_version",
    "software": "software",
    "created": "created",
    "modified": "modified",
    "title": "title",
    "mainPageUrl": "main_page",
    "mainPageDate": "main_page_captured",
}
_MAX_LIST_BYTES: Final = 16 << 20
"""Of a list of what is inside: about 200 bytes a file or page."""


class WaczReader(ZipReader):
    """A web archive with its pages listed, in one zip."""

    name = "wacz"
    version = 1
    signs = ((SURE, _ARCHIVE), (LIKELY, _LIST))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """What was captured, archive by archive in the order of the zip."""
        package = _package(members, notes)
        capturing = Capturing(notes)
        for member in members:
            try:
                opened = members.open(member)
                if _ARCHIVE.fullmatch(member.name):
                    yield from capturing.read(cast("BinaryIO", opened), member.name)
                elif member.name == _PAGES:
                    notes.declare("pages", len(_PAGE.findall(opened.read(_MAX_LIST_BYTES))))
                _compare(opened, member, package.get(member.name, ""), notes)
            except ReadingError as error:
                notes.leave(error.reason, error.place, error.detail)
        for path in package.keys() - members.names:
            notes.leave("damaged", Place(member=path), "missing")
        capturing.tell()


def _package(zipped: ZipMembers, notes: Notes) -> dict[str, str]:
    """The files that the archive lists, with their checksums; what it says of itself is told."""
    member = next((member for member in zipped if member.name == _PACKAGE), None)
    if member is None:
        notes.leave("damaged", Place(member=_PACKAGE), "missing")
        return {}
    try:
        found = orjson.loads(whole(zipped, member, _MAX_LIST_BYTES))
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)
        return {}
    except ValueError:
        notes.leave("damaged", Place(member=_PACKAGE))
        return {}
    found = found if isinstance(found, dict) else {}
    for key, what in _TOLD.items():
        if isinstance(found.get(key), str) and found[key]:
            notes.tell(what, found[key])
    listed = found.get("resources")
    return (
        dict(_resource(each) for each in listed if _resource(each)[0])
        if isinstance(listed, list)
        else {}
    )


def _resource(listed: object) -> tuple[str, str]:
    """A file's path and checksum, as strings whatever stands there."""
    fields = cast("dict[str, object]", listed) if isinstance(listed, dict) else {}
    path, checksum = fields.get("path"), fields.get("hash")
    return path if isinstance(path, str) else "", checksum if isinstance(checksum, str) else ""


def _compare(opened: MemberStream, member: Member, listed: str, notes: Notes) -> None:
    """Whether a file is what the archive and the zip list.

    Raises:
        ReadingError: It is damaged.
    """
    found = opened.sha256()
    algorithm, _colon, value = listed.partition(":")
    is_other = algorithm == "sha256" and value.lower() != found
    if is_other or not opened.is_sound:
        place = Place(0, opened.position, member=member.name, sha256=found)
        notes.leave("damaged", place, "checksum")
