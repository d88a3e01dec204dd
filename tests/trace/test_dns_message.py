"""A question and an answer of the directory of names are what others take them for, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.trace.dns_message import DnsError, askable, make_question, parse_answer

message = pytest.importorskip("dns.message")
flags = pytest.importorskip("dns.flags")
rcode = pytest.importorskip("dns.rcode")
rrset = pytest.importorskip("dns.rrset")

NAME = "s1._domainkey.example.org"
LONG = "v=DKIM1; k=rsa; p=" + "A" * 400


def _answer(*lines: str, name: str = NAME, code: int = 0, set_flags: int = 0) -> bytes:
    """An answer that another library makes; each line is owner, type and text."""
    made = message.make_response(message.from_wire(make_question(name)), recursion_available=True)
    made.set_rcode(code)
    made.flags |= set_flags
    for line in lines:
        owner, kind, text = line.split(" ", 2)
        made.answer.append(rrset.from_text(f"{owner}.", 300, "IN", kind, text))
    return bytes(made.to_wire(max_size=65535))


def test_the_question_is_what_another_library_reads() -> None:
    read = message.from_wire(make_question(NAME))
    (asked,) = read.question
    assert (str(asked.name), asked.rdtype, asked.rdclass) == (f"{NAME}.", 16, 1)
    assert read.id == 0  # RFC 8484: alike for all, so that nothing tells askers apart
    assert read.flags & flags.RD
    assert read.ednsflags & flags.DO
    (option,) = read.options
    assert (int(option.otype), option.srclen, option.scopelen) == (8, 0, 0)


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        ((f'{NAME} TXT "v=DKIM1; p=abc"',), ("v=DKIM1; p=abc",)),
        ((f'{NAME} TXT "v=DKIM1; k=rsa; p=" "AB" "CD"',), ("v=DKIM1; k=rsa; p=ABCD",)),
        ((f'{NAME} TXT "{LONG[:255]}" "{LONG[255:]}"',), (LONG,)),
        ((f'{NAME} TXT "p="',), ("p=",)),
        ((f'{NAME} TXT "a"', f'{NAME} TXT "b"'), ("a", "b")),
        ((f"{NAME} CNAME x.example.net.", 'x.example.net TXT "p=c"'), ("p=c",)),
        ((f"{NAME} CNAME x.example.net.", 'other.example.net TXT "p=c"'), ()),
        (('other.example.org TXT "p=forged"',), ()),
        ((f"{NAME} CNAME {NAME}.",), ()),
        (("a.example.org A 192.0.2.1",), ()),
        ((), ()),
    ],
)  # fmt: skip
def test_the_texts_under_the_name_are_read(lines: tuple[str, ...], texts: tuple[str, ...]) -> None:
    found = parse_answer(_answer(*lines))
    assert (found.name, found.texts, found.is_authentic) == (NAME, texts, False)


def test_that_nothing_stands_there_and_that_it_is_authentic_are_told() -> None:
    assert parse_answer(_answer(code=rcode.NXDOMAIN)).texts == ()
    assert parse_answer(_answer(f'{NAME} TXT "p=a"', set_flags=flags.AD)).is_authentic


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        make_question(NAME),
        _answer(code=rcode.SERVFAIL),
        _answer(code=rcode.REFUSED),
        _answer(f'{NAME} TXT "p=a"', set_flags=flags.TC),
        _answer(f'{NAME} TXT "p=a"')[:57],
        # a name that points at itself, and one that points forward
        bytes.fromhex("000081800001000000000000" "c00c" "00100001"),
        bytes.fromhex("000081800001000000000000" "c0ff" "00100001"),
        # more records than there are, and a piece longer than its record
        bytes.fromhex("00008180000100ff00000000" "016101620163000010 0001".replace(" ", "")),
        bytes.fromhex("000081800001000100000000" "01610162016300" "00100001" "c00c"
                      "00100001000000000002" "ff41"),
        # another kind of question
        bytes.fromhex("000081800001000000000000" "01610162016300" "00010001"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DnsError):
        parse_answer(data)


@given(st.binary(max_size=300), st.integers(0, 200))
def test_whatever_comes_nothing_else_is_raised(noise: bytes, at: int) -> None:
    good = _answer(f"{NAME} CNAME x.example.net.", 'x.example.net TXT "p=c" "d"')
    for data in (noise, good[:12] + noise, good[:at] + noise[:9] + good[at + 9 :], good[:at]):
        try:
            found = parse_answer(data)
        except DnsError:
            continue
        assert all(isinstance(text, str) for text in found.texts)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("S1._domainkey.Example.org.", "s1._domainkey.example.org"),
        ("a.b._domainkey.bücher.example", "a.b._domainkey.xn--bcher-kva.example"),
        ("s1._domainkey.example", ""),
        ("www.example.org", ""),
        ("_domainkey.example.org", ""),
        ("s1._domainkey", ""),
        ("s 1._domainkey.example.org", ""),
        ("s1..example.org", ""),
        ("s/1._domainkey.example.org", ""),
        ("s1._domainkey.exam\x00ple.org", ""),
        (f"{'a' * 64}._domainkey.example.org", ""),
        (f"{'a.' * 130}org", ""),
        ("", ""),
    ],
)
def test_only_plain_names_are_asked_for(name: str, asked: str) -> None:
    assert askable(name) == asked
    if asked:
        assert str(message.from_wire(make_question(asked)).question[0].name) == f"{asked}."
