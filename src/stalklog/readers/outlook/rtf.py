r"""What an RTF text shows, without its form (RTF 1.9.1).

Where Outlook wrapped HTML in it (MS-OXRTFEX) the tags are left out, and what the RTF itself shows
stays. Nothing in it is run, and nothing that it embeds is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from stalklog.readers.charset import decode
from stalklog.readers.outlook.codepage import charset_of

_TOKEN: Final = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])"
    rb"|[\r\n\0]+"
    rb"|(?P<text>[^\\{}\r\n\0]+)"
    rb"|\\",
    re.DOTALL,
)
_HIDDEN: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata datastore listtable filetbl fldinst "
    b"listoverridetable revtbl rsidtbl xmlnstbl latentstyles generator bkmkstart bkmkend private "
    b"header headerl headerr headerf footer footerl footerr footerf".split()
)
"""Groups that hold no text of the message."""
_WORDS: Final = {
    b"par": "\n",
    b"line": "\n",
    b"sect": "\n",
    b"page": "\n",
    b"row": "\n",
    b"tab": "\t",
    b"cell": "\t",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"bullet": "\u2022",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"zwj": "\u200d",
    b"zwnj": "\u200c",
}
_SYMBOLS: Final = {b"~": "\xa0", b"_": "\u2011", b"\r": "\n", b"\n": "\n", b"\t": "\t"}
_ESCAPED: Final = frozenset({b"\\", b"{", b"}"})
_CHARSETS: Final = {
    0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254,
    163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}  # fmt: skip
"""The code page of a font's character set."""
_MAX_GROUPS: Final = 10_000
"""Groups in one another; beyond it an opening brace opens nothing."""


def rtf_text(rtf: bytes) -> tuple[str, bool]:
    """The text that an RTF shows, and whether all its letters could be decoded.

    Args:
        rtf: Any bytes at all.
    """
    return _Rtf().read(rtf)


@dataclass(frozen=True, slots=True)
class _Group:
    is_hidden: bool = False
    is_font_table: bool = False
    font: int = 0
    fallback_chars: int = 1
    """How many characters after a `\\u` stand for it where it is not known."""


@dataclass(slots=True)
class _Rtf:
    codepage: int = 1252
    fonts: dict[int, int] = field(default_factory=dict)
    out: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    skip: int = 0
    is_whole: bool = True

    def read(self, rtf: bytes) -> tuple[str, bool]:
        group, is_starred, place = _Group(), False, 0
        outer: list[_Group] = []
        while (token := _TOKEN.match(rtf, place)) is not None:
            place = token.end()
            word, symbol, brace = token["word"], token["symbol"], token["brace"]
            if brace is not None:
                self._flush(group)
                self.skip = 0
                if brace == b"{" and len(outer) < _MAX_GROUPS:
                    outer.append(group)
                elif brace == b"}" and outer:
                    group = outer.pop()
            elif symbol == b"*":
                is_starred = True
                continue
            elif word == b"bin":
                place += max(0, int(token["number"] or 0))
            elif word is not None:
                group = self._word(group, word, token["number"], is_starred=is_starred)
            elif not group.is_hidden:
                self._shown(group, token)
            is_starred = False
        self._flush(group)
        text = "".join(self.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text, self.is_whole

    def _word(
        self, group: _Group, word: bytes, number: bytes | None, *, is_starred: bool
    ) -> _Group:
        value = int(number or 0)
        if is_starred or word in _HIDDEN:
            self._flush(group)
            return replace(group, is_hidden=True, is_font_table=word == b"fonttbl")
        if word == b"ansicpg":
            self.codepage = value or self.codepage
        elif word == b"f":
            self._flush(group)
            return replace(group, font=value)
        elif word == b"fcharset" and group.is_font_table:
            self.fonts[group.font] = _CHARSETS.get(value, 0)
        elif word == b"uc":
            return replace(group, fallback_chars=max(0, min(value, 32)))
        elif group.is_hidden:
            return group
        elif word == b"u":
            self._flush(group)
            self.out.append(chr(value % 0x10000))
            self.skip = group.fallback_chars
        elif word in _WORDS:
            self._flush(group)
            self.out.append(_WORDS[word])
        return group

    def _shown(self, group: _Group, token: re.Match[bytes]) -> None:
        symbol, text = token["symbol"], token["text"]
        if token["hex"] is not None:
            if self.skip:
                self.skip -= 1
            else:
                self.pending.append(int(token["hex"], 16))
        elif symbol in _SYMBOLS:
            self._flush(group)
            self.out.append(_SYMBOLS[symbol])
        elif symbol in _ESCAPED or text is not None:
            found = symbol if text is None else text
            skipped = min(self.skip, len(found))
            self.skip -= skipped
            self.pending += found[skipped:]

    def _flush(self, group: _Group) -> None:
        if self.pending:
            raw = bytes(self.pending)
            self.pending.clear()
            text, is_whole = decode(raw, charset_of(self.fonts.get(group.font, 0) or self.codepage))
            self.is_whole = self.is_whole and is_whole
            self.out.append(text)
