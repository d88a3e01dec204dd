"""What a stranger wrote is shown, and does nothing, in every format."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.report.hostile import STRINGS, full_body, hostile_report

from stalklog.report.base import format_named, write_report
from stalklog.report.csv import GUARDED, guarded
from stalklog.report.json import inert
from stalklog.safety.markdown import fenced, inline
from stalklog.safety.text import ZWJ, ZWNJ, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonValue
    from stalklog.report.base import Part
    from stalklog.report.model import Report

FORMATS = ("html", "md", "csv", "json")
ANY_TEXT = st.text(st.characters(codec="utf-8"))


@cache
def written(text: str, name: str) -> tuple[Part, ...]:
    return write_report(reported(text), format_named(name))


@cache
def reported(text: str) -> Report:
    return hostile_report(text)


def is_visible(char: str) -> bool:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return char in {ZWJ, ZWNJ} or unicodedata.category(char) not in hidden


@pytest.mark.parametrize("text", STRINGS)
@pytest.mark.parametrize("name", FORMATS)
def test_no_file_holds_a_character_that_hides_or_steers(name: str, text: str) -> None:
    for part in written(text, name):
        content = part.data.decode("utf-8-sig")
        structure = "\r\n" if part.name.endswith(".csv") else "\n"
        assert all(is_visible(char) or char in structure for char in set(content)), part.name


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, str]] = set()
        self.targets: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add((tag, ""))
        for name, value in attrs:
            self.elements.add((tag, name))
            if name in {"href", "src", "action", "srcset", "data", "style"}:
                self.targets.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("text", STRINGS)
def test_html_has_the_same_elements_whatever_was_written(text: str) -> None:
    page, benign = (Page(written(t, "html")[0].data.decode()) for t in (text, "word"))
    assert page.elements == benign.elements
    assert all(target.startswith("#") for target in page.targets)
    assert len(set(page.ids)) == len(page.ids)
    assert any(safe(text, keep_newlines=True).strip() in shown for shown in page.texts)


@cache
def markdown_tokens(text: str) -> tuple[list[str], set[str]]:
    """The blocks of the report in Markdown, fences left out, and what stands in lines."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(written(text, "md")[0].data.decode())
    inner = {child.type for token in tokens for child in token.children or []}
    return [token.type for token in tokens if token.type != "fence"], inner


@pytest.mark.parametrize("text", STRINGS)
def test_markdown_has_the_same_structure_whatever_was_written(text: str) -> None:
    blocks, inner = markdown_tokens(text)
    assert inner <= {"text", "text_special", "strong_open", "strong_close", "code_inline"}
    assert not {"html_block", "code_block", "hr", "blockquote_open"} & set(blocks)
    for kind in ("heading_open", "table_open", "tr_open", "td_open"):
        assert blocks.count(kind) == markdown_tokens("word")[0].count(kind)


@given(ANY_TEXT)
def test_a_fence_is_never_closed_from_inside(text: str) -> None:
    shown = safe(text, keep_newlines=True)
    tokens = MarkdownIt("commonmark").parse(f"{fenced(shown)}\n\nafter")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
    assert tokens[0].content.rstrip("\n") == shown.rstrip("\n")


@given(ANY_TEXT)
def test_an_inline_text_is_read_back_as_it_was(text: str) -> None:
    shown = safe(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(f"before {inline(shown)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inner = tokens[1].children or []
    assert {child.type for child in inner} <= {"text", "text_special"}
    assert "".join(child.content for child in inner).split() == ["before", *shown.split()]


@pytest.mark.parametrize("text", STRINGS)
def test_csv_has_no_cell_that_begins_a_formula(text: str) -> None:
    found = False
    for part in written(text, "csv"):
        if not part.name.endswith(".csv"):
            continue
        rows = list(csv.reader(io.StringIO(part.data.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            assert cell.startswith("'") or GUARDED.isdisjoint(cell.lstrip()[:1])
            found = found or unguarded(cell) == safe(text, keep_newlines=True)
    assert found


@given(ANY_TEXT)
def test_the_guard_can_be_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def unguarded(cell: str) -> str:
    return cell.removeprefix("'")


@pytest.mark.parametrize("text", STRINGS)
def test_json_gives_every_record_exactly(text: str) -> None:
    read = json.loads(written(text, "json")[0].data)
    records = {entry["type"]: entry["fields"] for entry in read["entries"]}
    for type_name in ("evidence.added", "threat.logged", "contact.logged", "demand.made"):
        assert records[type_name] == full_body(type_name, text)
    assert b"<" not in written(text, "json")[0].data


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)))
def test_making_json_inert_changes_nothing_that_is_read(value: JsonValue) -> None:
    assert json.loads(inert(json.dumps(value, ensure_ascii=False, indent=1))) == value


@settings(max_examples=25, deadline=None)
@given(ANY_TEXT.filter(lambda text: text.strip() != ""))
def test_any_text_at_all_can_be_reported(text: str) -> None:
    report = hostile_report(text)
    for name in FORMATS:
        for part in write_report(report, format_named(name)):
            assert part.data


def test_very_long_strings_have_room_to_break() -> None:
    css = written("word", "html")[0].data.decode().partition("<style>")[2].partition("</style>")[0]
    for selector in (".said", "blockquote", "code, pre, .code"):
        rules = re.findall(rf"^{re.escape(selector)} \{{([^}}]*)\}}", css, re.MULTILINE)
        assert any("overflow-wrap: anywhere" in rule for rule in rules), selector


def texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_the_hostile_records_have_the_text_in_every_field_that_takes_one() -> None:
    assert sum(text == "word" for text in texts(full_body("evidence.added", "word"))) > 20
    assert sum(text == "word" for text in texts(full_body("threat.logged", "word"))) > 15
