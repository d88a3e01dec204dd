"""The files that a record names: what WhatsApp writes in place of a picture or a recording.

The words are those of several languages; where they are not known, a name as WhatsApp gives it, or
that of a file beside the text, is enough.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from stalklog.readers.whatsapp.grammar import MARKS
from stalklog.readers.whatsapp.words import MEDIA_OMITTED, ONE_OMITTED
from stalklog.records.message import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator


class Files(Protocol):
    """The files that came with an export."""

    def find(self, name: str) -> Attachment | None:
        """The file of a name; None where there is none."""
        ...


_ATTACHED: Final = frozenset(
    {
        "file attached", "datei angehängt", "fichier joint", "archivo adjunto", "archivo adjuntado",
        "arquivo anexado", "ficheiro anexado", "file allegato", "bestand bijgevoegd",
        "arxiu adjunt", "bifogad fil", "vedlagt fil", "fil vedhæftet", "liitetiedosto",
        "załączony plik", "soubor byl přiložen", "súbor pripojený", "fájl csatolva",
        "fișier atașat", "файл добавлен", "файл додано", "dosya ekli", "file terlampir",
        "fail dilampirkan", "tệp đính kèm", "συνημμένο αρχείο", "קובץ מצורף", "الملف مرفق",
        "پیوستہ فائل", "फाइल अटैच कर दी गई है", "फाइल संलग्न", "ફાઇલ જોડાયેલ",
        "ফাইল সংযুক্ত হয়েছে", "ਅਟੈਚ ਕੀਤੀ ਫਾਇਲ", "ಕಡತ ಸೇರಿಸಲಾಯಿತು", "ഫയൽ ചേർത്തു",
        "添付ファイル有り", "ファイル添付", "文件附件", "附件檔案", "파일 첨부됨", "ไฟล์ที่แนบ",
    }
)  # fmt: skip
_LABELS: Final = frozenset(
    {
        "attached", "anhang", "angehängt", "pièce jointe", "adjunto", "adjunt", "anexo", "anexado",
        "allegato", "bijgevoegd", "bifogat", "vedlagt", "vedhæftet", "liite", "příloha", "príloha",
        "csatolva", "atașare", "załączono", "прикреплено", "додано", "eklendi", "terlampir",
        "dilampir", "đính kèm", "επισυνάφθηκε", "מצורף", "المُرفق", "پیوستہ", "अटैच किया गया",
        "संलग्न केले", "જોડાયેલ", "添付ファイル", "附件", "첨부됨", "แนบ",
    }
)  # fmt: skip
_OMITTED: Final = frozenset(map(str.casefold, MEDIA_OMITTED | ONE_OMITTED))
_FIRST_LINE = re.compile(
    rf"[{MARKS}]{{0,3}}([^\r\n]{{0,250}}\.\w{{0,10}})(?: \u2022 [^()\r\n\u2022]{{1,40}}?)? "
    rf"[{MARKS}]?\(([^()\r\n]{{3,60}})\)[ ]?(?=\r?\n|$)"
)
_BRACKETS = re.compile(rf"([{MARKS}]?)<([^<>\r\n:]{{2,30}}?)[ \u00a0]?: ?([^<>\r\n]{{1,255}})>")
_WHOLE = re.compile(rf"[{MARKS}]{{0,2}}<([^<>\r\n]{{3,60}})>[ ]?(?=\r?\n|$)")
_ONE: Final = frozenset(map(str.casefold, ONE_OMITTED))
_MARKED = re.compile(r"[\u200e\u200f]([^\r\n\u200e\u200f]{3,60})(?=[\r\n]|\Z)")
_OWN_NAME = re.compile(
    r"(?:(?:IMG|VID|PTT|AUD|STK|DOC)-\d{8}-WA\d{4}|\d{8}-[A-Z]+-\d{4}(?:-\d\d){5})\.\w{1,5}\Z",
    re.ASCII,
)
"""As WhatsApp names files itself."""


def attachments(body: str, files: Files | None) -> tuple[Attachment, ...]:
    """The files that a record names, and whether they are there.

    Args:
        body: The text of the record.
        files: Those that came with it; None where only the text did.
    """
    if "<" not in body and ")" not in body and "\u200e" not in body:
        return ()
    return tuple(_found(body, files))


def _found(body: str, files: Files | None) -> Iterator[Attachment]:
    first = _FIRST_LINE.match(body) if ")" in body else None
    if first and _is_file(first[1], files, is_told=first[2].casefold() in _ATTACHED):
        yield _attachment(first[1], files)
    for one in _BRACKETS.finditer(body) if "<" in body else ():
        label, name = one[2].strip(" "), one[3].rstrip(" ")
        is_told = label.casefold() in _LABELS or one[1] == "\u200e"
        if _is_file(name, files, is_told=is_told):
            yield _attachment(name, files)
    whole = _WHOLE.match(body) if "<" in body else None
    if whole and whole[1].casefold() in _OMITTED:
        yield Attachment(status="omitted")
    marked = _MARKED.finditer(body) if "\u200e" in body else ()
    left_out = next((one for one in marked if one[1].rstrip(".。").casefold() in _ONE), None)
    if left_out:
        name = body[: left_out.start()].partition("\u2022")[0].strip(" \u200e\u00a0")
        yield Attachment(name=name if "." in name and "\n" not in name else "", status="omitted")


def _is_file(name: str, files: Files | None, *, is_told: bool) -> bool:
    """Whether it is the name of a file, and no words between brackets."""
    return (
        (is_told and "." in name)
        or _OWN_NAME.match(name) is not None
        or (files is not None and files.find(name) is not None)
    )


def _attachment(name: str, files: Files | None) -> Attachment:
    found = files.find(name) if files else None
    return replace(found, name=name) if found else Attachment(name=name, status="missing")
