from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.report.hostile import STRINGS
from tests.report.test_hostile import Page as Seen

from stalklog.letters.page import ROWS, Listing, joined, make_page, shares
from stalklog.letters.page_html import as_html
from stalklog.letters.page_text import as_markdown, as_text

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.letters.page import Page

COLUMNS = {"connections": 4, "accounts": 3, "contacts": 5, "exhibits": 4}
PARTICULARS = ("person", "relation", "references", "what", "ways", "threatened", "told")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
TALL = "ऋत्विक्छ्रीः " * 30 + "Z" + "\u0301\u0323" * 60 + " 👩🏽‍💻" * 9 + "﷽" * 9 + "W" * 99
"""Wide letters, tall letters, a heap of marks."""


def page(text: str, rows: int, language: str = "en") -> Page:
    listings = [Listing(name, [[text] * width] * rows) for name, width in COLUMNS.items()]
    return make_page(language, [text] * 3, [(name, text) for name in PARTICULARS], listings)


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 60))
def test_what_there_is_is_shared_evenly_and_wholly(wanted: list[int], total: int) -> None:
    given_ = shares(wanted, total)
    assert sum(given_) == min(total, sum(wanted))
    assert all(0 <= got <= most for got, most in zip(given_, wanted, strict=True))
    short = [got for got, most in zip(given_, wanted, strict=True) if got < most]
    assert all(most >= got - 1 for got in given_ for most in short)


def test_what_does_not_fit_is_counted_and_said() -> None:
    made = page("x", 100)
    assert sum(len(section.rows) for section in made.sections) == ROWS
    for section in made.sections:
        assert section.remark == f"and {100 - len(section.rows)} more, which stand in the record"
    assert [section.remark for section in page("x", 9).sections] == [""] * 4
    assert [section.remark for section in page("x", 0).sections] == ["none recorded"] * 4


@pytest.mark.parametrize(
    ("rows", "has_room"), [(0, True), (5, True), (6, False), (9, False), (100, False)]
)
def test_a_page_that_is_not_full_has_room_for_second_lines(rows: int, has_room: bool) -> None:
    made = page("x", rows)
    assert made.has_room is has_room
    assert ('<body class="room">' in as_html(made)) is has_room


def test_a_short_list_leaves_its_room_to_a_long_one() -> None:
    listings = [Listing("accounts", [["a"]]), Listing("exhibits", [["b"]] * 99)]
    assert [len(s.rows) for s in make_page("en", [], [], listings).sections] == [1, ROWS - 1]


def test_as_text_it_fits_a_sheet_of_62_lines() -> None:
    lines = as_text(page("word " * 99, 100)).rstrip("\n").split("\n")
    assert len(lines) <= 62


def test_numbers_that_do_not_fit_on_a_line_are_counted() -> None:
    told = joined([f"FIR {number:020}" for number in range(30)], "en")
    assert re.fullmatch(r"(FIR \d{20}; )+and 2\d more, which stand in the record", told)
    assert joined(["x" * 200], "en") == "x" * 200
    assert joined([], "en") == ""


@pytest.mark.parametrize("text", STRINGS)
def test_no_stranger_adds_a_line_or_an_element(text: str) -> None:
    made = page(text, 3)
    assert as_text(made).count("\n") == as_text(page("word", 3)).count("\n") or not text.strip()
    seen, benign = Seen(as_html(made)), Seen(as_html(page("word", 3)))
    assert seen.elements == benign.elements
    assert seen.targets == []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(as_markdown(made))
    inner = {child.type for token in tokens for child in token.children or []}
    assert inner <= {"text", "text_special", "hardbreak", "strong_open", "strong_close"}


def test_it_loads_nothing_and_runs_nothing() -> None:
    html = as_html(page("word", 1))
    assert "default-src 'none'" in html.replace("&#x27;", "'")
    assert not re.search(r"<script|https?:|url\(|@import", html)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(
    ("text", "rows"),
    [("word", 3), (TALL, 500), ("W" * 400, 500), ("", 0), (TALL, 5), ("W" * 400, 5), (TALL, 6)],
)
def test_printed_it_is_one_a4_page(tmp_path: Path, language: str, text: str, rows: int) -> None:
    if BROWSER is None or shutil.which("pdfinfo") is None:
        pytest.skip("no Chromium and pdfinfo here: whether it prints on one page is not shown")
    source, target = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(as_html(page(text, rows, language)), encoding="utf-8")
    printing = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [*printing, profile, f"--print-to-pdf={target}", source.as_uri()],
        check=True,
        capture_output=True,
        timeout=600,
    )
    told = subprocess.run(["pdfinfo", target], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Pages: +1$", told, re.MULTILINE), told
    assert "(A4)" in told
