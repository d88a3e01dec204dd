"""The officer's page as plain text and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.safety.markdown import inline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.letters.page import Page


def as_text(page: Page) -> str:
    """The page as plain text: at most 62 lines, which fit one sheet."""
    return "\n".join(_text_lines(page)) + "\n"


def as_markdown(page: Page) -> str:
    """The page as Markdown, in which no value is markup."""
    return "\n".join(_markdown_lines(page)) + "\n"


def _text_lines(page: Page) -> Iterator[str]:
    yield page.title
    yield from page.opening
    yield ""
    for label, value in page.particulars:
        yield f"{label}: {value}"
    for section in page.sections:
        yield ""
        yield f"{section.title}:"
        for row in section.rows:
            yield "  " + "  ".join(filter(None, row))
        if section.remark:
            yield f"  {section.remark}"


def _markdown_lines(page: Page) -> Iterator[str]:
    yield f"# {inline(page.title)}"
    yield ""
    yield "\\\n".join(map(inline, page.opening))
    yield ""
    for label, value in page.particulars:
        yield f"- **{inline(label)}:** {inline(value)}"
    for section in page.sections:
        yield ""
        yield f"**{inline(section.title)}**"
        yield ""
        for row in section.rows:
            yield "- " + " · ".join(map(inline, filter(None, row)))
        if section.remark:
            yield f"- {inline(section.remark)}"
