"""Outlook's packed RTF, and the text that an RTF shows."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.compound_file import compound
from tests.readers.drained import drain
from tests.readers.outlook_file import item, note
from tests.readers.test_msg import READER

from stalklog.readers.outlook.compound import Compound
from stalklog.readers.outlook.lzfu import MAX_RTF_BYTES, NotPackedRtfError, unpack_rtf
from stalklog.readers.outlook.rtf import rtf_text

if TYPE_CHECKING:
    from pathlib import Path

HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a80"
    "0fa0"
)
"""MS-OXRTFCP section 4.1."""
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
"""Section 4.2: a reference that reads what it writes."""
PLAIN = b"\x1b\0\0\0\x0f\0\0\0MELA\0\0\0\0" + rb"{\rtf1 you too}"


@pytest.mark.parametrize(
    ("packed", "rtf"),
    [
        (HELLO, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (CROSSING, rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        (PLAIN, rb"{\rtf1 you too}"),
    ],
)
def test_the_examples_of_the_specification_are_unpacked(packed: bytes, rtf: bytes) -> None:
    assert unpack_rtf(packed) == (rtf, True)


@pytest.mark.parametrize("length", range(16, len(HELLO) - 2))
def test_what_is_cut_off_says_so(length: int) -> None:
    assert not unpack_rtf(HELLO[:length])[1]


@pytest.mark.parametrize("data", [b"", b"{\\rtf1}", bytes(40)])
def test_what_is_not_packed_is_refused(data: bytes) -> None:
    with pytest.raises(NotPackedRtfError):
        unpack_rtf(data)


def test_a_bomb_ends_at_a_limit() -> None:
    body, head = bytearray(b"\0aaaaaaaa"), 207 + 8
    for _ in range(50_000):
        body.append(0xFF)
        for _ in range(8):
            body += ((head - 1) % 4096 << 4 | 15).to_bytes(2, "big")
            head += 17
    sizes = (len(body) + 12).to_bytes(4, "little") + b"\0\0\0\x7f"
    bomb = sizes + b"LZFu\0\0\0\0"
    found, is_whole = unpack_rtf(bomb + body)

    assert MAX_RTF_BYTES <= len(found) <= MAX_RTF_BYTES + 17
    assert not is_whole


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1 a\par b\line c\tab d}", "a\nb\nc\td"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\info{\author X}}shown}", "shown"),
        (rb"{\rtf1{\*\generator X;}shown{\*\unknown not}}", "shown"),
        (rb"{\rtf1\ansicpg1251 \'cf\'f0\'e8}", "При"),
        (rb"{\rtf1\ansicpg950 \'ae\'e6}", "格"),
        (rb"{\rtf1{\fonttbl{\f1\fcharset204 X;}}\f1 \'cf{\f0 \'e9}}", "Пé"),
        (rb"{\rtf1\uc1\u2344?\u2375?}", "ने"[0] + "े"),
        (rb"{\rtf1\uc2\u8364 EU!}", "€!"),
        (rb"{\rtf1\uc0\u-10179\u-8704 x}", "\U0001f600x"),
        (rb"{\rtf1\u-10179 x}", "\ufffd"),
        (rb"{\rtf1 \{not\} a \\par}", r"{not} a \par"),
        (rb"{\rtf1 a\~b\_c\-d}", "a\xa0b\u2011cd"),
        (rb"{\rtf1 a{\pict\bin4 {{{{} b}", "a b"),
        (rb"{\rtf1{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}", "link"),
        (rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}a\htmlrtf\par\htmlrtf0{\*\htmltag72 </p>}b}", "a\nb"),
        (b"{\\rtf1 a\r\nb}", "ab"),
        (b"", ""),
        (b"no rtf at all", "no rtf at all"),
        (rb"}}}{\rtf1 x", "x"),
    ],
)
def test_an_rtf_shows_its_text(rtf: bytes, text: str) -> None:
    assert rtf_text(rtf)[0] == text


def test_letters_that_do_not_fit_are_told() -> None:
    assert not rtf_text(rb"{\rtf1\ansicpg950 \'ff\'ff}")[1]


@given(st.binary(max_size=400))
def test_any_bytes_have_a_text(data: bytes) -> None:
    rtf_text(b"{\\rtf1 " + data)[0].encode()


@given(st.text(st.sampled_from("\\{}*'ubin0 1fa\n"), max_size=300))
def test_anything_like_rtf_has_a_text(text: str) -> None:
    rtf_text(text.encode())


@given(st.binary(max_size=200))
def test_any_packed_bytes_are_unpacked_or_cut(data: bytes) -> None:
    unpack_rtf(HELLO[:16] + data)


@pytest.mark.parametrize("piece", [b"{", b"}", b"\\'", b"{\\*", b"\\u1", b"\\bin-9 ", b"\\a"])
def test_a_million_of_anything_takes_linear_time(piece: bytes) -> None:
    begun = time.process_time()
    rtf_text(piece * (1_000_000 // len(piece)))

    assert time.process_time() - begun < 5


def test_a_mail_of_rtf_alone_is_shown_and_one_that_is_damaged_is_named() -> None:
    shown = drain(READER, compound(item(note(p1000=None, p1009=HELLO))))
    damaged = drain(READER, compound(item(note(p1000=None, p1009=b"\0" * 40))))
    cut = drain(READER, compound(item(note(p1000=None, p1009=HELLO[:40]))))

    assert shown.messages[0].text == "hello world"
    assert damaged.reasons == ["damaged"]
    assert cut.messages[0].flags == ("text-cut",)


def test_in_the_corpus_rtf_and_plain_text_say_the_same(corpus: Path) -> None:
    same = 0
    for path in (corpus / "email").glob("msg/*/*.msg"):
        made = Compound(path.read_bytes())
        rtf, is_whole = unpack_rtf(made.read(made.root.streams["__substg1.0_10090102"]).data)
        body = made.root.streams.get("__substg1.0_1000001f")
        assert is_whole, path
        if body is not None:
            plain = made.read(body).data.decode("utf-16-le")
            same += _words(rtf_text(rtf)[0]) == _words(plain)

    assert same >= 9


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
