"""What a mail shows and carries: its text, its files, and the mails attached to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.charset import decode
from stalklog.readers.html_text import decode_html, html_text
from stalklog.readers.mail.beginning import count_fields, mail_start
from stalklog.readers.mail.body import decode_body, digest_body, encoding_of
from stalklog.readers.mail.encoded_word import decode_field
from stalklog.readers.mail.extent import Extent
from stalklog.readers.mail.parameter import parse_value
from stalklog.records.message import Attachment
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from stalklog.readers.base import Notes
    from stalklog.readers.mail.part import Part

_MAILS: Final = frozenset({"message/rfc822", "message/global", "message/news"})
_SURE: Final = 2
"""So many fields of a mail make a file that is named like one a mail."""
_MAIL_NAME = re.compile(r"\.eml\Z", re.IGNORECASE)
_FILES: Final = frozenset(
    {"text/calendar", "text/css", "text/csv", "text/directory", "text/rfc822-headers", "text/rtf"}
    | {"text/vcard", "text/x-amp-html", "text/x-vcard", "text/xml"}
)
"""Kinds of text that are not read but opened."""
_NO_FORWARDS: Final = frozenset({"multipart/report", "multipart/digest"})
"""What brings mails without forwarding them: a failed delivery, a list's collection of a day."""
_BYTES_A_CHAR: Final = 8
"""How many bytes a letter takes at most in any charset, escapes among them."""
_ENCODED: Final = 3
"""How many bytes one byte takes at most in any transfer encoding."""
_MOST_WORK: Final = 200_000_000
"""Letters that are compared at most, line by line; beyond that, words have to do."""
_NO_LETTERS = re.compile(r"[\s!-/:-@\[-`{-~\u00ab\u00bb\u2010-\u2027\u2032-\u203a]+")
_WORD = re.compile(r"[^\s<>\[\]()|*_\"'.,:;!?]{2,40}")


@dataclass(slots=True)
class Content:
    """What a mail shows and carries."""

    text: str = ""
    files: list[Attachment] = field(default_factory=list)
    inner: list[Extent] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    charset: str = ""
    """The one that its first text declares."""
    is_forward: bool = False
    """Whether a mail is attached as people attach one."""


def read_content(mail: Extent, top: Part, notes: Notes) -> Content:
    """The content of a mail whose parts are known.

    Args:
        mail: Where it is.
        top: Its outermost part.
        notes: Told what could not be read.
    """
    walk = _Walk(mail, notes)
    walk.content.text = "\n".join(walk.take(top, depth=mail.depth + 1, is_top=True))
    return walk.content


class _Walk:
    def __init__(self, mail: Extent, notes: Notes) -> None:
        self._mail = mail
        self._data = mail.data
        self._notes = notes
        self._left = MAX_TEXT_CHARS
        self.content = Content()

    def take(
        self, part: Part, *, depth: int, is_top: bool = False, is_sent_on: bool = True
    ) -> list[str]:
        """Take a part and those in it; the texts that they show."""
        kind = part.media_type
        if part.children:
            is_sent_on = is_sent_on and kind not in _NO_FORWARDS
            if kind == "multipart/encrypted":
                self._notes.leave("encrypted", self._mail.place_of(part))
            taken = [
                (child, self.take(child, depth=depth + 1, is_sent_on=is_sent_on))
                for child in part.children
            ]
            if kind == "multipart/alternative":
                return self._chosen(taken)
            return [text for _child, texts in taken for text in texts]
        if kind in _MAILS:
            is_spam = part.parameters.get("x-spam-type") == "original"
            self._take_mail(part, depth, is_sent_on=is_sent_on and not is_spam)
            return []
        name, is_attached = _name(part)
        is_text = kind.startswith("text/") and kind not in _FILES and not is_attached
        if is_text and (is_top or not name):
            return [self._text(part)]
        self._take_file(part, name, depth)
        return []

    def _chosen(self, taken: list[tuple[Part, list[str]]]) -> list[str]:
        """Of alternatives the plain text, unless the page says something else.

        A sender can put the threat where only her mail program shows it.
        """
        plain = _texts(taken, "text/plain")
        if not any(map(str.strip, plain)):
            return [text for _part, texts in taken for text in texts]
        other = [text for part, texts in taken if _is_page(part) for text in texts]
        if not other or not _says_more(other, plain):
            return plain
        self.content.flags.add("other-text")
        return [*plain, *other] if _says_more(plain, other) else other

    def _text(self, part: Part) -> str:
        content = self.content
        if self._left <= 0:
            content.flags.add("text-cut")
            return ""
        stop = min(part.end, part.start + self._left * _BYTES_A_CHAR * _ENCODED)
        encoding = encoding_of(part.header.first("content-transfer-encoding"))
        raw, is_whole = decode_body(self._data[part.start : stop], encoding)
        content.flags |= {"text-cut"} if stop < part.end else set()
        content.flags |= {"bad-encoding"} if not is_whole and stop == part.end else set()
        charset = part.parameters.get("charset", "")
        content.charset = content.charset or charset
        if part.media_type == "text/html":
            text, is_right = self._shown(raw, charset)
        else:
            text, is_right = decode(raw, charset)
            text = text.replace("\r\n", "\n")
        content.flags |= set() if is_right else {"bad-charset"}
        if len(text) > self._left:
            content.flags.add("text-cut")
            text = text[: self._left]
        self._left -= len(text)
        return text

    def _shown(self, raw: bytes, charset: str) -> tuple[str, bool]:
        """The text that a page shows; what it would fetch is told as files that are not here."""
        source, is_right = decode_html(raw, charset)
        page = html_text(source, max_chars=self._left)
        content = self.content
        content.files += (Attachment(address, status="remote") for address in page.remote)
        content.flags |= {"hidden-text"} if page.hidden.strip() else set()
        content.flags |= {"text-cut"} if page.is_cut else set()
        return page.text, is_right

    def _take_file(self, part: Part, name: str, depth: int) -> None:
        header, kind = part.header, part.media_type
        place = self._mail.place_of(part)
        if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            is_signed = part.parameters.get("smime-type") == "signed-data"
            self._notes.leave("not-read" if is_signed else "encrypted", place, name)
        if header.first("x-apple-content-length") and part.end - part.start <= 2:  # noqa: PLR2004 - a line end
            self.content.files.append(Attachment(name, kind, status="missing", place=place))
            return
        if kind == "message/external-body":
            address = part.parameters.get("url") or name
            self.content.files.append(Attachment(address, kind, status="remote", place=place))
            return
        encoding = encoding_of(header.first("content-transfer-encoding"))
        raw = memoryview(self._data)[part.start : part.end]
        size_bytes, digest, is_whole = digest_body(raw, encoding)
        if not is_whole:
            self.content.flags.add("bad-encoding")
        self.content.files.append(Attachment(name, kind, size_bytes, digest, place=place))
        if _MAIL_NAME.search(name):
            decoded, _is_whole = decode_body(bytes(raw), encoding)
            if count_fields(decoded, mail_start(decoded), enough=_SURE) == _SURE:
                self._take_mail(part, depth, is_sent_on=True)

    def _take_mail(self, part: Part, depth: int, *, is_sent_on: bool) -> None:
        content = self.content
        content.is_forward |= is_sent_on
        mail = self._mail
        data, base, start, end = mail.data, mail.base, part.start, part.end
        encoding = encoding_of(part.header.first("content-transfer-encoding"))
        if encoding in {"base64", "quoted-printable"}:
            data, is_whole = decode_body(data[start:end], encoding)
            content.flags |= set() if is_whole else {"bad-encoding"}
            base, start, end = None, 0, len(data)
        content.inner.append(Extent(data, base, start, end, mail.place_of(part), depth))


def _name(part: Part) -> tuple[str, bool]:
    """The name of a part, and whether it is meant to be saved rather than shown."""
    disposition, parameters = parse_value(part.header.first("content-disposition"))
    name = parameters.get("filename") or part.parameters.get("name") or ""
    return decode_field(name)[0], disposition == "attachment"


def _texts(taken: list[tuple[Part, list[str]]], media_type: str) -> list[str]:
    return [text for part, texts in taken if part.media_type == media_type for text in texts]


def _is_page(part: Part) -> bool:
    """Whether it is HTML, or holds it together with its pictures."""
    return part.media_type == "text/html" or bool(part.children)


def _says_more(texts: list[str], than: list[str]) -> bool:
    """Whether a line stands in some texts that is not in others, word for word or letter by letter.

    Mail programs break lines, join words and mark links each in its way when they make the plain
    text from a page: neither alone would do.
    """
    known = _letters("\n".join(than))
    words = _words("\n".join(than))
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    is_long = len(known) * len(lines) > _MOST_WORK
    return any(
        (is_long or _letters(line) not in known) and not _words(line) <= words for line in lines
    )


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if "//" not in word and "@" not in word}
