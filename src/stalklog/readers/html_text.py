"""The text that HTML shows, without a browser: nothing is rendered, run or fetched.

One pass over the tags, in time that is linear in the length of any input: the standard library's
parser takes time by the square on unclosed marks. What a style or a script would do is not known
here; only what stands in a tag itself hides text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from stalklog.readers.charset import decode
from stalklog.safety.limits import MAX_REMOTE, MAX_TEXT_CHARS

_TAG = re.compile(r"/?[a-zA-Z][^\s/>]*")
_MARK = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG_MARK = re.compile(r"[>\"']")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0?\.?0+(?![.\d])|\shidden(?=[\s=/>])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:src|background|poster|data|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))",
    re.IGNORECASE,
)
_CSS_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]{1,2000})", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]{1,8})\"|'([^']{1,8})')", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE
)
_META_BYTES: Final = 4096
_REMOTE: Final = ("http://", "https://", "//", "ftp://")
_LINKS: Final = frozenset({"a", "area", "base"})
"""Tags whose address is followed only when somebody clicks."""
_UNSHOWN: Final = frozenset(
    {"script", "style", "template", "iframe", "noembed", "noframes", "object", "head"}
)
_RAW: Final = frozenset({"script", "style", "iframe", "noembed", "noframes", "xmp"})
"""Elements in which no tag is a tag."""
_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "pre", "table"}
)
_LINES: Final = frozenset(
    {"div", "tr", "li", "dt", "dd", "address", "article", "aside", "body", "caption", "center"}
    | {"details", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "legend"}
    | {"main", "nav", "option", "section", "summary", "tbody", "thead", "tfoot", "title", "xmp"}
)
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr"}
)
_SELF_CLOSING: Final = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
"""Elements that the next of their kind ends, unless it is in one of `_HOLDERS` in them."""
_HOLDERS: Final = frozenset({"table", "ul", "ol", "dl", "select"})


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What HTML shows, as far as its tags tell."""

    text: str
    """The text that it shows."""
    title: str = ""
    """Its title."""
    hidden: str = ""
    """Text that its tags hide."""
    remote: tuple[str, ...] = ()
    """Addresses that a browser would fetch by itself: pictures, styles, frames."""
    is_cut: bool = False
    """Whether there is more of any of these."""


def html_text(source: str, *, max_chars: int = MAX_TEXT_CHARS) -> HtmlText:
    """The text that HTML shows; never raises, and takes time by the length of the source.

    Args:
        source: Any text at all.
        max_chars: How much text is kept.
    """
    if "<" in source:
        return _Page(source, max_chars).run()
    flow = _Flow(max_chars)
    flow.say(html.unescape(source))
    return HtmlText(flow.text(), is_cut=flow.is_full)


def decode_html(data: bytes, declared: str = "") -> tuple[str, bool]:
    """The letters of HTML, and whether that is certain: as declared outside, else as it says.

    Args:
        data: Any bytes at all.
        declared: The charset that the mail or the server names; empty for none.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return decode(data[3:], "utf-8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(data, "utf-16")
    if not declared:
        found = _META_CHARSET.search(data, 0, _META_BYTES)
        declared = found[1].decode("ascii") if found else ""
        if declared.lower().startswith("utf-16"):
            declared = "utf-8"  # it was read as ASCII: HTML Standard, prescan, step 12
    return decode(data, declared)


class _Page:
    def __init__(self, source: str, max_chars: int) -> None:
        self._source = source
        self._shown = _Flow(max_chars)
        self._unseen = _Flow(max_chars)
        self._flow = self._shown
        self._title: list[str] = []
        self._is_title = False
        self._remote: dict[str, None] = {}
        self._is_cut = False
        self._hiding = ""
        self._hiding_depth = 0
        self._holders = 0
        self._unshown: dict[str, int] = {}
        self._has_quotes = True

    def run(self) -> HtmlText:
        source, position = self._source, 0
        end = len(source)
        while position < end and not self._shown.is_full:
            found = _MARK.search(source, position)
            if not found:
                self._say(source[position:])
                break
            mark = found.start()
            if mark > position:
                self._say(source[position:mark])
            position = self._pass(mark)
        self._is_cut |= position < end and self._shown.is_full
        return HtmlText(
            self._shown.text(),
            _SPACE.sub(" ", html.unescape("".join(self._title))).strip(),
            self._unseen.text(),
            tuple(self._remote),
            self._is_cut or self._shown.is_full,
        )

    def _pass(self, mark: int) -> int:
        """Take the tag, comment or bare `<` at `mark`; where to go on."""
        source = self._source
        found = _TAG.match(source, mark + 1)
        if found:
            name, end = found[0].lower(), self._tag_end(found.end())
            self._take(name, source[found.end() : end])
            return self._pass_raw(name, end) if name in _RAW else end
        if source.startswith("<!--", mark):
            return self._behind("-->", mark + 2)
        if source.startswith(("<!", "<?", "</"), mark):
            return self._behind(">", mark + 2)
        self._say("<")
        return mark + 1

    def _behind(self, what: str, position: int) -> int:
        found = self._source.find(what, position)
        return len(self._source) if found < 0 else found + len(what)

    def _pass_raw(self, name: str, position: int) -> int:
        """Where the element ends whose text is none."""
        found = re.compile(f"</{name}", re.IGNORECASE).search(self._source, position)
        return found.start() if found else len(self._source)

    def _tag_end(self, position: int) -> int:
        """Where a tag ends; one quote that is never closed ends the belief in quotes for good."""
        source, at = self._source, position
        if source.startswith(">", at):
            return at + 1
        while self._has_quotes:
            found = _TAG_MARK.search(source, at)
            if not found:
                return len(source)
            if found[0] == ">":
                return found.end()
            at = source.find(found[0], found.end()) + 1
            if not at:
                self._has_quotes = False
        return self._behind(">", position)

    def _say(self, text: str) -> None:
        if self._is_title:
            self._title.append(text[:1000])
        elif not self._unshown:
            self._flow.say(html.unescape(text) if "&" in text else text)

    def _take(self, name: str, inside: str) -> None:
        is_end = name.startswith("/")
        name = name.removeprefix("/")
        if not is_end and ("//" in inside or "url(" in inside) and name not in _LINKS:
            self._take_remote(inside)
        if name in _UNSHOWN:
            self._take_unshown(name, is_end=is_end)
            if not is_end or name != "head":
                return
        if name == "body":
            self._unshown.clear()
        if name == "title":
            self._is_title = not is_end and not self._title
        if self._hiding or "style" in inside or "hidden" in inside:
            self._follow_hidden(name, inside, is_end=is_end)
        self._lay_out(name, inside, is_end=is_end)

    def _take_unshown(self, name: str, *, is_end: bool) -> None:
        depth = self._unshown.get(name, 0) + (-1 if is_end else 1)
        if depth > 0:
            self._unshown[name] = depth
        else:
            self._unshown.pop(name, None)

    def _take_remote(self, inside: str) -> None:
        found = [next(filter(None, match.groups()), "") for match in _ADDRESS.finditer(inside)]
        if "url(" in inside:
            found += _CSS_ADDRESS.findall(html.unescape(inside))
        for address in found:
            address = html.unescape(address).strip()  # noqa: PLW2901 - the same, cleaned
            if not address.lower().startswith(_REMOTE):
                continue
            if len(self._remote) == MAX_REMOTE:
                self._is_cut = True
                return
            self._remote[address[:2000]] = None

    def _follow_hidden(self, name: str, inside: str, *, is_end: bool) -> None:
        """Keep account of the one outermost element that hides its text."""
        if self._hiding and name in _HOLDERS:
            self._holders += -1 if is_end else 1
        if name == self._hiding:
            self._hiding_depth += -1 if is_end else 1
            if not is_end and name in _SELF_CLOSING and not self._holders:
                self._hiding_depth = 0
        elif self._hiding == "p" and (name in _LINES or name in _PARAGRAPHS):
            self._hiding_depth = 0  # a paragraph ends where a block begins
        if self._hiding and self._hiding_depth <= 0:
            self._hiding = ""
            self._flow = self._shown
        is_styled = not is_end and name not in _VOID and ("style" in inside or "hidden" in inside)
        if is_styled and not self._hiding and _HIDDEN.search(inside):
            self._hiding, self._hiding_depth, self._holders = name, 1, 0
            self._flow = self._unseen

    def _lay_out(self, name: str, inside: str, *, is_end: bool) -> None:
        flow = self._flow
        if name == "br":
            flow.end_line()
        elif name in _PARAGRAPHS:
            flow.part(2)
            if name == "pre":
                flow.is_pre = not is_end
        elif name in _LINES:
            flow.part(1)
        elif name in {"td", "th"}:
            flow.say(" ")
        elif name == "img":
            found = _ALT.search(inside)
            alt = html.unescape(found[1] or found[2]) if found else ""
            if alt and not alt.isascii() and not any(map(str.isalnum, alt)):
                flow.say(alt)  # an emoji, which mail programs send as a picture


class _Flow:
    """Text that grows, with white space as it is shown."""

    def __init__(self, max_chars: int) -> None:
        self.is_pre = False
        self.is_full = False
        self._left = max_chars
        self._said: list[str] = []
        self._lines = 0
        self._is_open = False
        """Whether something stands on the current line."""
        self._has_space = False

    def say(self, text: str) -> None:
        if not self.is_pre:
            if "  " in text or not text.isprintable():  # no space but " " is printable
                text = _SPACE.sub(" ", text)
            if text == " " or not text:
                self._has_space |= bool(text) and self._is_open
                return
            if text[0] == " ":
                self._has_space |= self._is_open
                text = text[1:]
        if not text:
            return
        if self._lines:
            self._add("\n" * self._lines if self._said else "")
            self._lines = 0
        elif self._has_space:
            self._add(" ")
        self._has_space = False
        if not self.is_pre and text[-1] == " ":
            self._has_space = True
            text = text[:-1]
        self._add(text)
        self._is_open = True

    def part(self, lines: int) -> None:
        """Begin on a new line, with an empty one before it if `lines` is 2."""
        self._has_space = False
        self._is_open = False
        self._lines = max(self._lines, lines)

    def end_line(self) -> None:
        self._has_space = False
        self._is_open = False
        self._lines = min(self._lines + 1, 3)

    def text(self) -> str:
        return "".join(self._said).strip("\n")

    def _add(self, text: str) -> None:
        self.is_full = len(text) > self._left
        self._said.append(text[: self._left])
        self._left -= len(self._said[-1])
