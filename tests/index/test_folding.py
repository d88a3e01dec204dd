from __future__ import annotations

import itertools
import sqlite3
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.index.sample import letters, texts

from stalklog.index import folding
from stalklog.index.folding import Places, flat, fold, is_joined, uneven, words

FEW_S = 0.5

ANY_TEXT = st.one_of(st.text(st.characters(codec=None), max_size=8), letters, texts)

hindi = st.text(
    st.sampled_from("कन्दमबफणडँू\u093c\u095bख़ि०।aB “”—…🔪👍🏽\ufe0f\u200d\u200c\u0951\n"), max_size=30
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CALL Me", "call me"),
        ("café", "cafe\u0301"),
        ("café", "CAFE"),
        ("Straße", "STRASSE"),
        ("don\u2019t", "don't"),
        ("“no”", '"no"'),
        ("\uff48\uff45\uff4c\uff4c\uff4f", "hello"),  # wide letters
        ("\U0001d421\U0001d41e\U0001d425\U0001d425\U0001d428", "hello"),  # bold, of mathematics
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),  # struck through
        ("ki\u200bll", "kill"),
        ("co\u00adoperate", "cooperate"),
        ("\u202aRavi\u202c", "Ravi"),
        ("ज़िंदगी", "जिंदगी"),
        ("\u095b", "\u091c\u093c"),  # za, composed and not
        ("\u0929", "\u0928\u093c"),
        ("हँसी", "हंसी"),
        ("हिन्दी", "हिंदी"),
        ("सम्बन्ध", "संबंध"),
        ("घण्टा", "घंटा"),
        ("क्\u200dया", "क्या"),
        ("श्र\u200cी", "श्री"),
        ("९८७६५ ४३२१०", "98765 43210"),
        ("👍🏽", "👍"),
        ("❤\ufe0f", "❤"),
        ("1\ufe0f\u20e3", "1"),
    ],
)
def test_two_ways_to_type_it_are_alike(one: str, other: str) -> None:
    assert flat(one) == flat(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("कल", "काल"),  # a vowel sign is part of the word
        ("दिन", "दीन"),
        ("तुम", "तुम्हें"),
        ("पता", "पत्ता"),
        ("जन्म", "जंम"),  # a nasal before another row stays
        ("か", "が"),  # voiced kana
        ("1.5", "15"),
        ("a-b", "ab"),
    ],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert flat(one) != flat(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't go!", ["don", "t", "go"]),
        ("तुम्हें ढूँढ़ लूँगा।", ["तुम्हें", "ढूंढ", "लूंगा"]),
        ("क्\u200dया? ज्ञ", ["क्या", "ज्ञ"]),
        ("मैं🔪तुम", ["मैं", "🔪", "तुम"]),
        ("👩‍👧", ["👩", "👧"]),
        ("snake_case a_b", ["snake", "case", "a", "b"]),
        ("e-mail: a.b@example.org", ["e", "mail", "a", "b", "example", "org"]),
        ("₹500", ["₹", "500"]),
        ("தமிழ் ไม่ 한국", ["தமிழ்", "ไม่", "한국"]),
        ("… — । \0", []),
    ],
)
def test_words_are_what_a_person_would_say(text: str, expected: list[str]) -> None:
    assert words(fold(text)) == expected


@given(ANY_TEXT)
@example("\u0928\u094d\u093c\u0926")  # a nukta between virama and consonant
@example("か\u200c\u3099")
@example("\uff76\uff9e")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert flat(flat(text)) == flat(text)


@given(ANY_TEXT)
def test_what_is_folded_can_be_stored_and_has_no_mark_of_the_index(text: str) -> None:
    fold(text).encode()
    assert "\ufdd0" not in fold(text)
    assert "\0" not in fold(text)


@given(ANY_TEXT)
def test_canonically_equal_texts_are_alike(text: str) -> None:
    assert flat(unicodedata.normalize("NFD", text)) == flat(unicodedata.normalize("NFC", text))


@given(ANY_TEXT)
def test_words_are_runs_of_letters_digits_and_marks(text: str) -> None:
    """By the categories that Unicode tells, and not by the class that `words` uses."""

    def is_inside(letter: str) -> bool:
        kind = unicodedata.category(letter)
        is_symbol = kind[0] == "S" and not letter.isascii()
        return kind[0] in "LN" or kind in {"Mn", "Mc", "Co", "Cn"} or is_symbol

    runs = itertools.groupby(fold(text), is_inside)
    assert words(fold(text)) == ["".join(run) for inside, run in runs if inside]


def test_fts5_cuts_every_letter_there_is_as_we_do() -> None:
    codes = [code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) != "Cn"]
    codes = [code for code in codes if not 0x4E00 < code < 0x9FFF and not 0xAC01 < code < 0xD7A0]
    codes = [
        code for code in codes if not 0x17000 < code < 0x18D00 and not 0x20000 < code < 0x31000
    ]
    codes = [code for code in codes if unicodedata.category(chr(code)) != "Co" or code % 4096 == 0]
    texts_ = [
        fold(" ".join(f"x{chr(code)}y {chr(code)}" for code in codes[start : start + 500]))
        for start in range(0, len(codes), 500)
    ]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (body, content='', tokenize='ascii')")
    connection.executemany("INSERT INTO words (rowid, body) VALUES (?, ?)", enumerate(texts_))
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab('words', 'instance')")
    found: list[list[str]] = [[] for _ in texts_]
    for term, text in connection.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
        found[text].append(term)
    assert found == [words(text) for text in texts_]
    assert sum(map(len, found)) > len(codes)


@given(hindi)
def test_the_quick_way_for_hindi_is_the_long_way(text: str) -> None:
    folded = text.translate(folding._LETTERS)
    long_way = unicodedata.normalize("NFC", folding._NASAL.sub("ं", folded))
    assert fold(text) == (text.lower() if text.isascii() else long_way)


@given(ANY_TEXT, ANY_TEXT)
@example("क\u094d\u00ad", "ष")
@example("か\u00ad", "\u3099")
@example("न\u094d\u200b", "द")
@example("\u1112", "\u1161")
@example("\uff76", "\uff9e")
def test_what_is_not_joined_folds_the_same_apart(before: str, after: str) -> None:
    if not is_joined(before + after, len(before)):
        assert fold(before) + fold(after) == fold(before + after)


@pytest.mark.parametrize(
    "whole", ["e\u0301", "क्ष", "न्\u200dद", "कि", "👩🏽\u200d💻", "🇮🇳", "❤\ufe0f", "\r\n"]
)
def test_a_cluster_is_joined_throughout(whole: str) -> None:
    text = f"a{whole}b"
    assert all(is_joined(text, at) for at in range(2, 1 + len(whole)))
    assert not is_joined(text, 1)
    assert not is_joined(text, 1 + len(whole))


def test_flags_are_joined_in_pairs() -> None:
    assert [is_joined("🇮🇳🇮🇳", at) for at in range(5)] == [False, True, False, True, False]


@given(st.one_of(ANY_TEXT, hindi))
@example("ऩ्\u200dफ़ 🔪 ण्ड़…")
def test_it_is_known_where_each_letter_went(text: str) -> None:
    odd = uneven(text, fold(text))
    if odd is None:
        return
    sizes = [1] * len(text)
    for place, size in odd:
        assert sizes[place] == 1
        assert size != 1
        sizes[place] = size
    ends = [0, *itertools.accumulate(sizes)]
    for at in range(len(text) + 1):
        if not is_joined(text, at):
            assert len(fold(text[:at])) == ends[at]
    whence = [place for place, size in enumerate(sizes) for _ in range(size)]
    assert [Places(odd).of(at) for at in range(len(whence))] == whence


def test_where_letters_went_is_known_for_what_people_write() -> None:
    for text in ("हिन्दी में ज़रा", "naïve Straße", "मैं 👍🏽 ok", "한국 がか"):
        assert uneven(text, fold(text)) is not None
    assert uneven("e\u0301か\u3099", fold("e\u0301か\u3099")) is None


def test_the_letters_of_hindi_that_become_none_or_several_are_known() -> None:
    letters_ = [chr(code) for code in range(1, 0x1FB00) if folding._HINDI.fullmatch(chr(code))]
    uneven_ = [one for one in letters_ if not one.isascii() and len(fold(one)) != 1]
    assert uneven_ == [
        one for one in letters_ if folding._UNEVEN.match(one) and len(fold(one)) != 1
    ]
    assert all(one in uneven_ for one in "\u093c\u200d\u2026🔪\ufe0f\U0001f3fb")


def test_the_letters_of_hindi_that_are_folded_are_known() -> None:
    letters_ = [chr(code) for code in range(1, 0x1FB00) if folding._HINDI.fullmatch(chr(code))]
    changed = [one for one in letters_ if folding._LETTERS[ord(one)] != one]
    assert changed == [one for one in letters_ if folding._CHANGING.match(one) and one in changed]


def test_marks_without_end_on_one_letter_take_no_long_time() -> None:
    began = time.process_time()
    fold("a" + "\u302a\u3099" * 100_000)
    assert time.process_time() - began < FEW_S
