"""A page of the web as it was saved: its letters, what it shows, and what it says of itself."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.html_text import decode_html, html_text
from stalklog.records.message import Attachment

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD_CHARS: Final = 1 << 18
"""How far into a page its own statements about itself are looked for."""
_LINK: Final = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_META: Final = re.compile(r"<meta\b[^<>]{0,4000}>", re.IGNORECASE)
_CLAIMS: Final = {
    "og:url": "og_url",
    "article:published_time": "published",
    "article:modified_time": "modified",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows and says."""

    source: str
    """Its HTML."""
    title: str
    text: str
    remote: tuple[Attachment, ...]
    """What a browser would fetch, and is not here."""
    flags: frozenset[str]
    words: Mapping[str, str]
    """What it says of its own address and times."""


def read_page(data: bytes, declared: str = "") -> Page:
    """A page from its bytes; never raises, and nothing in it is rendered, run or fetched.

    Args:
        data: Any bytes at all.
        declared: The charset that a header named; empty for none.
    """
    source, is_right = decode_html(data, declared)
    shown = html_text(source)
    odd = {
        "bad-charset": not is_right,
        "hidden-text": bool(shown.hidden.strip()),
        "text-cut": shown.is_cut,
    }
    words = own_words(source)
    own = set(words.values())
    return Page(
        source,
        shown.title,
        shown.text,
        tuple(Attachment(each, status="remote") for each in shown.remote if each not in own),
        frozenset(flag for flag, is_so in odd.items() if is_so),
        words,
    )


def own_words(source: str) -> dict[str, str]:
    """What a page says of its address and its times: its author wrote it, and could write anything.

    Args:
        source: Its HTML.
    """
    head = source[:_HEAD_CHARS]
    found: dict[str, str] = {}
    for tag in _LINK.finditer(head):
        if "canonical" in _attribute(tag[0], "rel").lower().split():
            found.setdefault("canonical", _attribute(tag[0], "href"))
    for tag in _META.finditer(head):
        name = (_attribute(tag[0], "property") or _attribute(tag[0], "name")).lower()
        if name in _CLAIMS:
            found.setdefault(_CLAIMS[name], _attribute(tag[0], "content"))
    return {what: value for what, value in found.items() if value}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", tag, re.IGNORECASE)
    return html.unescape(next(filter(None, found.groups()), "")).strip() if found else ""
