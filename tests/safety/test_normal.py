"""The normal form is Python's, and marks without end take no long time."""

from __future__ import annotations

import re
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.safety.normal import nfc

FEW_S = 0.5
MARKS = (
    "\u0301\u0316",
    "\u0316\u0301",
    "\u302a\u3099",
    "\u0f71\u0f72",
    "\u0f73",
    "\u0344",
    "\u3099",
)
ORDINARY = st.sampled_from("aeुकझ़Żé한 \n😀가\u0301\u093c\u0323!") | st.characters(codec="utf-8")


@given(st.text(ORDINARY, max_size=300))
def test_it_is_what_python_says(text: str) -> None:
    if not re.search(r"[^\w\x00-\x7f]{31}", text):
        assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("marks", MARKS)
def test_marks_without_end_take_no_long_time(marks: str) -> None:
    for text in ("a" + marks * 500_000, "a" + marks[0] * 500_000 + marks[-1] * 500_000):
        began = time.process_time()
        found = nfc(text + "e\u0301")
        assert time.process_time() - began < FEW_S
        assert found.startswith("a" + marks[0])


def test_what_stands_before_and_behind_many_marks_is_in_normal_form() -> None:
    many = "\u0301\u0316" * 40
    assert nfc(f"e\u0301x{many}y{'z' * 60}e\u0301") == f"\u00e9x{many}y{'z' * 60}\u00e9"


def test_every_mark_is_one_here() -> None:
    for number in range(sys.maxunicode + 1):
        parts = unicodedata.normalize("NFD", chr(number))
        if unicodedata.combining(parts[0]):
            assert not re.match(r"[\w\x00-\x7f]", chr(number)), hex(number)
