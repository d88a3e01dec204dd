from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.index.sample import letters, texts

from stalklog.index.folding import flat, fold, is_joined
from stalklog.index.marks import WIDTH, Marker, Origins, Walk
from stalklog.index.query import Query, parse_query

LONG = st.lists(texts, min_size=1, max_size=30).map(" ".join)


def _shown(text: str, typed: str, *, anywhere: bool = False) -> str:
    snippet = Marker(parse_query(typed, anywhere=anywhere)).snippet(text)
    assert snippet is not None
    return "".join(f"[{piece}]" if is_hit else piece for piece, is_hit in snippet.pieces())


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("I will FIND you.", "find", "I will [FIND] you."),
        ("I will find you, you", '"find you"', "I will [find you], you"),
        ("finding, find", "find*", "[finding], [find]"),
        ("don\u2019t, Don't", "don't", "[don\u2019t], [Don't]"),
        ("cafe\u0301!", "cafe", "[cafe\u0301]!"),
        ("तुम्हें ढूँढ़ लूँगा।", "ढूंढ", "तुम्हें [ढूँढ़] लूँगा।"),
        ("यह हिन्दी है", "हिंदी", "यह [हिन्दी] है"),
        ("वह क्\u200dया है", "क्या", "वह [क्\u200dया] है"),
        ("k\u200bi\u200bll", "kill", "[k\u200bi\u200bll]"),
        ("आओ🔪👍🏽", "👍", "आओ🔪[👍🏽]"),
        ("か\u3099x", "が", "か\u3099x"),
        ("Straße", "strasse", "[Straße]"),
    ],
)
def test_what_was_found_is_marked_in_the_original(text: str, typed: str, shown: str) -> None:
    if shown == text:
        assert Marker(parse_query(typed)).snippet(text) is None
    else:
        assert _shown(text, typed) == shown


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("I will KILL\n you", "ill  you", "I w[ill] KILL\n you"),
        ("I kill\n  you", "ill you", "I k[ill\n  you]"),
        ("हिन्दी", "ि", "[हि]न्दी"),  # a whole cluster, not its sign alone
        ("हिन्दी", "ंद", "हि[न्दी]"),
        ("ﬁnd", "in", "[ﬁn]d"),
        ("が か\u3099", "か\u3099", "[が] [か\u3099]"),
    ],
)
def test_a_part_is_marked_in_whole_clusters(text: str, typed: str, shown: str) -> None:
    if "[ill] KILL" in shown:
        assert Marker(parse_query(typed, anywhere=True)).snippet(text) is not None
        assert _shown(text, typed, anywhere=True) == "I will K[ILL\n you]"
    else:
        assert _shown(text, typed, anywhere=True) == shown


def test_with_nothing_to_look_for_the_beginning_is_shown() -> None:
    snippet = Marker(Query()).snippet("word " * 100)
    assert snippet is not None
    assert snippet.text.startswith("word word")
    assert (snippet.spans, snippet.is_cut_before, snippet.is_cut_after) == ((), False, True)


def test_of_a_long_text_the_part_with_most_terms_is_shown() -> None:
    text = "knife " + "x " * 300 + "the knife, and a gun " + "y " * 300
    snippet = Marker(parse_query("gun knife")).snippet(text)
    assert snippet is not None
    assert "the knife, and a gun" in snippet.text
    assert (snippet.is_cut_before, snippet.is_cut_after) == (True, True)
    assert [piece for piece, is_hit in snippet.pieces() if is_hit] == ["knife", "gun"]
    assert len(snippet.text) <= WIDTH
    assert not snippet.text[0].isspace()
    assert text[text.index(snippet.text) - 1] == " "


@given(LONG, st.data())
def test_a_snippet_is_a_part_of_the_text_with_a_hit_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = flat(text[start : start + 5])
    snippet = Marker(Query(parts=(part,) if part else ())).snippet(text)
    if snippet is None:
        assert part not in flat(text)
        return
    assert "".join(piece for piece, _ in snippet.pieces()) == snippet.text
    at = text.index(snippet.text)
    assert snippet.is_cut_before or text.startswith(snippet.text)
    assert snippet.is_cut_after or text.endswith(snippet.text)
    assert len(snippet.text) <= WIDTH + 16
    assert bool(snippet.spans) == bool(part)
    previous = 0
    for first, end in snippet.spans:
        assert previous <= first < end <= len(snippet.text)
        previous = end
    assert at >= 0


@given(LONG, st.integers(0, 300))
def test_a_cut_falls_into_no_cluster(text: str, start: int) -> None:
    part = flat(text[start : start + 3])
    snippet = Marker(Query(parts=(part,) if part else ())).snippet(text)
    if snippet is None or not snippet.text:
        return
    places = [at for at in range(len(text)) if text.startswith(snippet.text, at)]
    assert any(
        not is_joined(text, at) and not is_joined(text, at + len(snippet.text)) for at in places
    )
    if snippet.is_cut_before:
        assert unicodedata.category(snippet.text[0])[0] != "M"


@pytest.mark.parametrize("cluster", ["कि", "क्ष", "e\u0301\u0302", "👩🏽\u200d💻", "🇮🇳", "न्\u200dद"])
@pytest.mark.parametrize("shift", range(6))
def test_a_text_without_spaces_is_cut_between_clusters(cluster: str, shift: int) -> None:
    text = "-" * shift + cluster * 100 + "-kill-" + cluster * 100
    for typed in ("kill", "-"):
        snippet = Marker(parse_query(typed, anywhere=True)).snippet(text)
        assert snippet is not None
        start = text.index(snippet.text)
        assert not is_joined(text, start)
        assert not is_joined(text, start + len(snippet.text))
        assert snippet.is_cut_after


@given(st.one_of(texts, letters), st.data())
@example("क\u094d\u200dष", None)
def test_both_ways_back_to_the_original_agree(text: str, data: st.DataObject | None) -> None:
    folded = fold(text)
    if not folded:
        return
    start = 0 if data is None else data.draw(st.integers(0, len(folded) - 1))
    end = len(folded) if data is None else data.draw(st.integers(start + 1, len(folded)))
    first, last = Origins(text, folded).of((start, end))
    walked = Origins(text, folded)
    walked._places = Walk(text)
    assert (first, last) == walked.of((start, end))
    assert folded[start:end] in fold(text[first:last])


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301" * 200_000 + " kill",
        "🇮🇳" * 100_000 + " kill",
        "क\u094d" * 100_000 + " kill",
        "kill " * 40_000,
        " " * 200_000 + "kill",
        "か\u3099" * 100_000 + " kill",
        "か\u3099" * 100_000 + " kill" * 1_000,
    ],
)
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    began_s = time.process_time()
    assert "[kill]" in _shown(text, "kill")
    assert "[kill]" in _shown(text, "kill", anywhere=True)
    assert time.process_time() - began_s < 3
