from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stalklog.cli.table import GAP, cell_width, cells_of, folded, shortened, widths_of

WIDE = "警察署"
MARKED = "तुम्हें"

texts = st.text(st.sampled_from("ab \u0924\u0941\u094d\u0902e\u0301\u200d警"), max_size=40)


@pytest.mark.parametrize(("text", "width"), [("abc", 3), (WIDE, 6), ("e\u0301", 1), (MARKED, 3)])
def test_a_letter_takes_as_many_columns_as_on_a_terminal(text: str, width: int) -> None:
    assert cell_width(text) == width


@given(texts, st.integers(2, 30))
def test_folding_loses_nothing_and_tears_no_letter(text: str, width: int) -> None:
    lines = list(folded(text, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert cell_width(line) <= width
    for line in lines[1:]:
        is_mark = line[:1] and unicodedata.category(line[0]).startswith("M")
        assert not is_mark or f" {line[0]}" in text, "torn from its letter"


@example("警a", 2)
@given(texts, st.integers(2, 30))
def test_what_is_shortened_fits_and_says_so(text: str, width: int) -> None:
    told = shortened(text, width)
    assert cell_width(told) <= width
    assert told == text or told.endswith("…")


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=5), st.integers(40, 100))
def test_every_line_of_a_table_fits_the_screen(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    widths = widths_of(rows, width)
    for row in rows:
        for line in cells_of(row, widths):
            assert len(line) == len(row)
            assert cell_width(GAP.join(line)) <= width


def test_a_long_cell_before_the_last_leaves_room_for_it() -> None:
    widths = widths_of([("fault", "objects/ab/" + "0" * 64, "What it means, " * 9)], 80)
    assert sum(widths) + 2 * len(GAP) == 80
    assert widths[-1] == 24


def test_a_table_of_ten_times_the_rows_takes_about_ten_times_as_long() -> None:
    def seconds(count: int) -> float:
        rows = [(f"T-{n:04d}", "20 Nov 2026", "phone: I will find you " * 6) for n in range(count)]
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            widths = widths_of(rows, 100)
            for row in rows:
                list(cells_of(row, widths))
            best = min(best, time.process_time() - began)
        return best

    assert seconds(5_000) < 25 * seconds(500)
