"""The officer's page as HTML: one sheet of A4 when printed, nothing loaded, nothing run."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.letters.page import Page, Section

_STYLE: Final = """
@page { size: A4 portrait; margin: 12mm; }
* { box-sizing: border-box; margin: 0; padding: 0; }
body { width: 186mm; margin: 0 auto; color: #000; background: #fff;
  font: 8.5pt/4.6mm "Noto Sans", "Segoe UI", "Noto Sans Devanagari", "Nirmala UI", sans-serif; }
h1 { font-size: 14pt; line-height: 8mm; height: 8mm; overflow: hidden; }
h2 { font-size: 9pt; line-height: 5.4mm; height: 6mm; margin-top: 1.2mm; overflow: hidden;
  border-bottom: .3mm solid #000; white-space: nowrap; }
p, .row { height: 4.6mm; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.row { display: grid; column-gap: 2mm; }
.row > * { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; height: 4.6mm; }
.facts { margin-top: 1.5mm; }
.facts .row { grid-template-columns: 50mm 1fr; }
.facts b { font-weight: 600; }
.connections .row { grid-template-columns: 62mm 32mm 1fr 18mm; }
.accounts .row { grid-template-columns: 36mm 1fr 18mm; }
.contacts .row { grid-template-columns: 14mm 34mm 1fr 54mm 18mm; }
.exhibits .row { grid-template-columns: 14mm 26mm 1fr 96mm; }
.exhibits .row > :last-child { font: 6.8pt/4.6mm "Noto Sans Mono", Menlo, monospace; }
.room .facts .row, .room .contacts .row { height: auto; }
.room .facts .row > *, .room .contacts .row > * { height: auto; max-height: 9.2mm;
  white-space: normal; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 2; }
.remark { font-style: italic; }
@media screen { body { padding: 12mm 0; } }
"""


def as_html(page: Page) -> str:
    """The page as one HTML file."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f'<!doctype html>\n<html lang="{escape(page.language)}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_policy())}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="format-detection" content="telephone=no">'
    yield f"<title>{escape(page.title)}</title>\n<style>{_STYLE}</style>\n</head>"
    yield '<body class="room">' if page.has_room else "<body>"
    yield f"<h1>{escape(page.title)}</h1>"
    yield from (f"<p>{_isolated(line)}</p>" for line in page.opening)
    yield '<div class="facts">'
    for label, value in page.particulars:
        yield f'<div class="row"><b>{escape(label)}</b><span>{_isolated(value)}</span></div>'
    yield "</div>"
    for section in page.sections:
        yield from _section(section)
    yield "</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    yield f'<section class="{escape(section.name)}"><h2>{escape(section.title)}</h2>'
    for row in section.rows:
        yield (
            '<div class="row">'
            + "".join(f"<span>{_isolated(cell)}</span>" for cell in row)
            + "</div>"
        )
    if section.remark:
        yield f'<p class="remark">{escape(section.remark)}</p>'
    yield "</section>"


def _isolated(text: str) -> str:
    """A text that turns no other text round, whatever script it is in."""
    return f"<bdi>{escape(text)}</bdi>"


def _policy() -> str:
    """The page's own law: nothing from outside, no script, no style but this one."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
