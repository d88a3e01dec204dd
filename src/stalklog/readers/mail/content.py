"""What a mail shows and carries: its text, its files, and the mails attached to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.readers.charset import decode
from stalklog.readers.html_text import decode_html, html_text
from stalklog.readers.mail.body import decode_body
from stalklog.readers.mail.encoded_word import decode_field
from stalklog.readers.mail.parameter import parse_value
from stalklog.records.message import Attachment, Place
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from stalklog.readers.base import Notes
    from stalklog.readers.mail.part import Budget, Part

_MAILS: Final = frozenset({"message/rfc822", "message/global", "message/news"})
_BYTES_A_CHAR: Final = 8
"""How many bytes a letter takes at most in any charset, escapes among them."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A mail that is attached to another one."""

    data: bytes
    base: int | None
    start: int
    end: int
    number: str
    place: tuple[int, int] | None
    sha256: str
    depth: int


@dataclass(slots=True)
class Content:
    """What a mail shows and carries."""

    texts: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    charset: str = ""
    is_forward: bool = False
    left: int = MAX_TEXT_CHARS

    @property
    def text(self) -> str:
        """All of its text."""
        return "\n".join(self.texts)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Its files."""
        return tuple(self.files)


def read_content(
    data: bytes, top: Part, base: int | None, place: Place, budget: Budget, notes: Notes
) -> Content:
    """The content of a mail whose parts are known; never raises.

    Args:
        data: The whole mail.
        top: Its outermost part.
        base: Where `data` begins in the original; None if it had to be decoded first.
        place: Where the mail is.
        budget: What is left to be read.
        notes: Told what could not be read.
    """
    walk = _Walk(data, base, place, budget, notes)
    walk.take(top, depth=1, is_top=True)
    return walk.content


class _Walk:
    def __init__(
        self, data: bytes, base: int | None, place: Place, budget: Budget, notes: Notes
    ) -> None:
        self._data = data
        self._base = base
        self._place = place
        self._budget = budget
        self._notes = notes
        self.content = Content()

    def take(self, part: Part, *, depth: int, is_top: bool = False) -> None:
        if part.media_type == "multipart/alternative":
            self._take_alternative(part, depth)
            return
        if part.children:
            for child in part.children:
                self.take(child, depth=depth + 1)
            return
        if part.media_type in _MAILS:
            self._take_mail(part, depth)
            return
        name, is_attached = self._name(part)
        is_text = part.media_type in {"text/plain", "text/html"} and not is_attached
        if is_text and (is_top or not name):
            self._take_text(part)
        else:
            self._take_file(part, name)

    def _take_alternative(self, part: Part, depth: int) -> None:
        plain = [child for child in part.children if child.media_type == "text/plain"]
        before = len(self.content.texts)
        for child in plain:
            self.take(child, depth=depth + 1)
        has_text = any(text.strip() for text in self.content.texts[before:])
        for child in part.children:
            if child in plain or (child.media_type == "text/html" and has_text):
                continue
            self.take(child, depth=depth + 1)

    def _name(self, part: Part) -> tuple[str, bool]:
        """The name of a part, and whether it is meant to be saved rather than shown."""
        disposition, parameters = parse_value(part.header.first("content-disposition"))
        name = parameters.get("filename") or part.parameters.get("name") or ""
        return decode_field(name)[0], disposition == "attachment"

    def _bytes(self, part: Part) -> bytes:
        raw = self._data[part.start : part.end]
        decoded, is_whole = decode_body(raw, part.header.first("content-transfer-encoding"))
        if not is_whole:
            self.content.flags.add("bad-encoding")
        return decoded

    def _take_text(self, part: Part) -> None:
        content = self.content
        if content.left <= 0:
            content.flags.add("text-cut")
            return
        raw = self._bytes(part)[: content.left * _BYTES_A_CHAR]
        charset = part.parameters.get("charset", "")
        content.charset = content.charset or charset
        if part.media_type == "text/html":
            source, is_right = decode_html(raw, charset)
            shown = html_text(source, max_chars=content.left)
            text = shown.text
            content.files += (Attachment(address, status="remote") for address in shown.remote)
            content.flags |= {"hidden-text"} if shown.hidden.strip() else set()
            content.flags |= {"text-cut"} if shown.is_cut else set()
        else:
            text, is_right = decode(raw, charset)
            text = text.replace("\r\n", "\n")
        if not is_right:
            content.flags.add("bad-charset")
        if len(text) > content.left:
            content.flags.add("text-cut")
            text = text[: content.left]
        content.left -= len(text)
        content.texts.append(text)

    def _take_file(self, part: Part, name: str) -> None:
        decoded = self._bytes(part)
        self.content.files.append(
            Attachment(
                name,
                part.media_type,
                len(decoded),
                sha256(decoded).hexdigest(),
                place=self._place_of(part),
            )
        )

    def _place_of(self, part: Part) -> Place:
        raw = self._data[part.start : part.end]
        base = self._base
        return Place(
            None if base is None else base + part.start,
            None if base is None else base + part.end,
            part=part.number,
            member=self._place.member,
            item=self._place.item,
            sha256="" if base is None else sha256(raw).hexdigest(),
        )

    def _take_mail(self, part: Part, depth: int) -> None:
        self.content.is_forward = True
        encoding = part.header.first("content-transfer-encoding").strip().lower()
        base = self._base
        place = None if base is None else (base + part.start, base + part.end)
        raw = self._data[part.start : part.end]
        digest = sha256(raw).hexdigest() if place else ""
        if encoding in {"base64", "quoted-printable"}:
            decoded = self._bytes(part)
            found = Inner(decoded, None, 0, len(decoded), part.number, place, digest, depth)
        else:
            found = Inner(self._data, base, part.start, part.end, part.number, place, digest, depth)
        self.content.inner.append(found)
