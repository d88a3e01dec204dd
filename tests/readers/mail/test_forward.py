"""A forward is told by marks that are known, and a quoted reply is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.forward import is_inline_forward
from stalklog.readers.mail.forward_mark import BEGUN, DASHED, SUBJECTS
from stalklog.readers.mail.header import parse_header

if TYPE_CHECKING:
    from stalklog.readers.mail.forward_mark import Mark
    from stalklog.readers.mail.header import Header

_FIELDS = "From: Ravi <ravi@example.org>\nDate: Tue, 5 Mar 2024\nSubject: you\nTo: Asha\n\nhi\n"
_HINDI = "प्रेषक: रवि <ravi@example.org>\nदिनांक: 5 मार्च 2024\nविषय: तुम\nप्रति: आशा\n\nनमस्ते\n"
_RULE = "________________________________\n"


def _header(fields: bytes = b"") -> Header:
    return parse_header(fields + b"\n", 0, len(fields) + 1)


def _is_forward(subject: str, text: str, fields: bytes = b"") -> bool:
    return is_inline_forward(_header(fields), subject, text)


@pytest.mark.parametrize("mark", DASHED, ids=lambda mark: f"{mark.languages}-{mark.words}")
def test_every_mark_between_dashes(mark: Mark) -> None:
    words = mark.words
    assert _is_forward("", f"see below\n\n---------- {words} ---------\n{_FIELDS}")
    assert _is_forward("", f"-------- {words} --------\n{_HINDI}")
    assert not _is_forward("", f"> -------- {words} --------\n> {_FIELDS}")
    assert not _is_forward("", f"-------- {words} --------\nand no header\n")


@pytest.mark.parametrize("mark", BEGUN, ids=lambda mark: f"{mark.languages}-{mark.words}")
def test_every_mark_before_a_colon(mark: Mark) -> None:
    words = mark.words
    assert _is_forward("", f"see below\n\n{words}:\n\n{_FIELDS}")
    quoted = "> " + f"{words}:\n\n{_FIELDS}".replace("\n", "\n> ")
    assert _is_forward("Fwd: you", quoted)
    assert not _is_forward("", quoted)
    assert not _is_forward("", f"I will {words}: soon\n{_FIELDS}")


@pytest.mark.parametrize("mark", SUBJECTS, ids=lambda mark: f"{mark.languages}-{mark.words}")
def test_every_beginning_of_a_subject(mark: Mark) -> None:
    subject = f"{mark.words}: you"
    assert _is_forward(subject, f"see below\n{_RULE}{_FIELDS}")
    assert _is_forward(subject, f"-----Original Message-----\n{_FIELDS}")
    assert _is_forward(subject, f"see below\n\n{_FIELDS}")
    assert not _is_forward(subject, "see below\n")
    assert not _is_forward(subject, "He wrote: hi\nThen: nothing\n")


def test_hindi_fields_are_fields() -> None:
    assert _is_forward("Fwd: तुम", f"{_RULE}{_HINDI}")
    assert _is_forward("", f"---------- Forwarded message ---------\n{_HINDI}")


def test_all_fields_in_one_line_are_fields() -> None:
    line = "----- Forwarded Message ----- From: Ravi <ravi@example.org>To: Asha <asha@example.net>"
    assert _is_forward("Fw: you", f"   {line}Sent: Tuesday\n hi")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: you", f"no.\n\n-----Original Message-----\n{_FIELDS}"),
        ("you", f"no.\n\n-----Original Message-----\n{_FIELDS}"),
        ("AW: you", f"nein.\n{_RULE}{_FIELDS}"),
        ("उत्तर: तुम", f"नहीं\n{_RULE}{_HINDI}"),
        (
            "Re: Fwd: you",
            f"On Tuesday he wrote:\n---------- Forwarded message ---------\n{_FIELDS}",
        ),
        ("VS: you", f"{_RULE}{_FIELDS}"),
        ("you", "On Tue, 5 Mar 2024, Ravi <ravi@example.org> wrote:\n> From: me\n> To: you\n"),
        ("you", "Begin forwarded message: that is what Apple writes.\n"),
        ("you", _FIELDS),
    ],
)
def test_these_are_replies_or_talk(subject: str, text: str) -> None:
    assert not _is_forward(subject, text)


def test_thunderbirds_own_field_tells_in_any_language() -> None:
    fields = b"X-Forwarded-Message-Id: <one@example.org>\n"
    text = f"-------- Posla jo --------\n{_FIELDS}"
    assert _is_forward("you", text, fields)
    assert not _is_forward("you", text)
    assert not _is_forward("you", "nothing of it is left", fields)


def test_every_mark_has_a_source() -> None:
    for mark in (*DASHED, *BEGUN, *SUBJECTS):
        assert mark.source
        assert mark.program
        assert mark.languages


@given(st.text(), st.text(alphabet="-_>:\n Forwaded meBgin", max_size=200))
def test_any_text_is_looked_at(subject: str, text: str) -> None:
    is_inline_forward(_header(), subject, text)
