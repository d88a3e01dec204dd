from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.safety.text import ZWJ, ZWNJ, safe, safe_name

ANY_TEXT = st.text(st.characters(codec=None))
HINDI = "तुम कहीं भी जाओ, मैं ढूंढ लूँगा। क्‍या श्र‌ी ज्ञ \u0967\u0968"
EMOJI = "👩🏽‍💻 👨‍👩‍👧 ❤️ 🇮🇳 1️⃣"


@given(ANY_TEXT, st.booleans())
def test_nothing_that_hides_or_steers_is_left(text: str, keep_newlines: bool) -> None:
    kept = {ZWJ, ZWNJ, "\n"} if keep_newlines else {ZWJ, ZWNJ}
    for char in safe(text, keep_newlines=keep_newlines):
        category = unicodedata.category(char)
        assert char in kept or category not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(ANY_TEXT, st.booleans())
def test_it_is_idempotent(text: str, keep_newlines: bool) -> None:
    once = safe(text, keep_newlines=keep_newlines)
    assert safe(once, keep_newlines=keep_newlines) == once


@given(ANY_TEXT, st.booleans())
def test_the_result_can_be_written_as_utf8(text: str, keep_newlines: bool) -> None:
    safe(text, keep_newlines=keep_newlines).encode("utf-8")


@pytest.mark.parametrize("text", [HINDI, EMOJI, "ग़ज़ल", "اردو", "தமிழ்", "a\u00a0b", "naïve"])
def test_what_is_only_seen_is_unchanged(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "[U+001B][31mred"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("\u2066x\u2069", "[U+2066]x[U+2069]"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("a\u2028b\u2029", "a[U+2028]b[U+2029]"),
        ("a\tb", "a b"),
        ("a\r\nb", "a[U+000D][U+000A]b"),
        ("\x85\x9b\x7f", "[U+0085][U+009B][U+007F]"),
        ("\ud800", "[U+D800]"),
        ("\ue000\U0010ffff", "[U+E000][U+10FFFF]"),
        ("\U000e0067", "[U+E0067]"),
    ],
)
def test_what_hides_or_steers_is_named(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_line_ends_are_kept_only_when_asked() -> None:
    assert safe("a\nb\r\nc\rd", keep_newlines=True) == "a\nb\nc[U+000D]d"
    assert safe("a\nb") == "a[U+000A]b"


def test_a_name_that_is_not_utf8_shows_its_bytes() -> None:
    assert safe_name(b"caf\xe9\n.txt") == "caf[\\xe9][U+000A].txt"
    assert safe_name("caf\udce9") == "caf[\\xe9]"
    assert safe_name(Path("चैट.png")) == "चैट.png"


@given(st.binary())
def test_any_name_can_be_shown(name: bytes) -> None:
    assert safe(safe_name(name)) == safe_name(name)


def test_time_grows_with_length_only() -> None:
    hostile = "\u202e\x1b" * 50_000
    assert len(safe(hostile)) == 50_000 * len("[U+202E][U+001B]")
