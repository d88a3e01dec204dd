"""Mailboxes of invented mail in every style that programs write, with where each mail begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from stalklog.readers.mbox_index import index_mbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.mbox_waiting import MboxRange

_DATE = b"Mon Jan  5 08:50:00"


@dataclass(frozen=True, slots=True)
class Style:
    """How a program writes the line between two mails, and what it does with such lines inside."""

    separator: bytes
    is_blank_above: bool = True
    escape: Callable[[bytes], bytes] = lambda body: body
    has_length: bool = False


def mboxo(body: bytes) -> bytes:
    return re.sub(rb"(?m)^From ", b">From ", body)


def mboxrd(body: bytes) -> bytes:
    return re.sub(rb"(?m)^(>*From )", rb">\1", body)


STYLES = {
    "mboxo": Style(b"From asha@example.org " + _DATE + b" 2026", escape=mboxo),
    "mboxrd": Style(b"From asha@example.org  " + _DATE + b" 2026", escape=mboxrd),
    "mboxcl": Style(b"From asha " + _DATE + b" 2026", escape=mboxrd, has_length=True),
    "mboxcl2": Style(b"From asha@example.org " + _DATE + b" 2026", has_length=True),
    "thunderbird": Style(b"From - " + _DATE + b" 2026", is_blank_above=False, escape=mboxo),
    "thunderbird undated": Style(b"From -", is_blank_above=False, escape=mboxo),
    "bare": Style(b"From ", is_blank_above=False, escape=mboxo),
    "takeout": Style(b"From 1844347792267117879@xxx " + _DATE + b" +0000 2026", escape=mboxo),
    "takeout undated": Style(b"From 1844347792267117879@xxx", escape=mboxo),
    "zone behind": Style(b"From asha@example.org " + _DATE + b" 2026 -0400", escape=mboxo),
    "zone before": Style(b"From asha@example.org Sat Sep  1 20:58 EDT 2001", escape=mboxo),
    "uucp": Style(b"From asha " + _DATE + b" 2026 remote from example", escape=mboxo),
    "eudora": Style(b"From ???@??? " + _DATE + b" 2026", escape=mboxo),
    "as in a header": Style(b"From a@example.org Mon, 5 Jan 2026 08:50:00 +0530", escape=mboxo),
    "iso": Style(b"From asha@example.org 2026-01-05T08:50:00Z", escape=mboxo),
    "with a name": Style(b'From "Asha K" <asha@example.org>  ' + _DATE + b" 2026", escape=mboxo),
}

LOOK_ALIKE = b"From b@example.org Tue Jan  6 09:00:00 2026\nFrom: b@example.org\nSubject: in\n\nx\n"
_LINES = st.sampled_from(
    [
        b"",
        b"see you there",
        b"From me to you",
        b"From here on: nothing",
        b">From b@example.org Tue Jan  6 09:00:00 2026",
        b">>From b@example.org Tue Jan  6 09:00:00 2026",
        b"-- ",
        b"--",
        b"--other--",
        b"----- Begin",
        b"Subject: in the text",
        b" From b@example.org Tue Jan  6 09:00:00 2026",
        b"X" * 5_000,
        "नमस्ते".encode(),
        b"\0\x80\xff",
    ]
)
_PLAIN = st.lists(_LINES, max_size=6).map(lambda lines: b"\n".join([*lines, b""]))


@st.composite
def _mails(draw: st.DrawFn, *, with_look_alikes: bool, length: bool | None) -> bytes:
    """A mail, in LF: plain, or a multipart that is closed or not."""
    number = draw(st.integers(0, 10**9))
    head = b"From: asha@example.org\nDate: Mon, 5 Jan 2026 08:50:00 +0530\nMessage-ID: <%d@x>\n"
    head %= number
    body = draw(_PLAIN)
    inner = LOOK_ALIKE if with_look_alikes and draw(st.booleans()) else b""
    shape = draw(st.sampled_from(["plain", "closed", "open"]))
    if shape == "plain":
        body += b"\n" + inner if length is not None else b""
    else:
        boundary = b"=_%d_%d" % (number, draw(st.integers(0, 10**9)))
        head += b'Content-Type: multipart/mixed;\n boundary="%s"\n' % boundary
        parts = b"--%s\n\n%s\n--%s\n\n%s" % (boundary, body, boundary, inner)
        body = parts + b"\n--%s--\n" % boundary if shape == "closed" else b"--%s\n\nx\n" % boundary
    return head + b"\n" + body


@dataclass(frozen=True, slots=True)
class Made:
    """A mailbox, and where its mails begin."""

    data: bytes
    starts: tuple[int, ...]


@st.composite
def mailboxes(draw: st.DrawFn, style: Style) -> Made:
    """A mailbox of some mails in one style."""
    mails = draw(
        st.lists(
            _mails(with_look_alikes=style.escape is not mboxo, length=style.has_length or None),
            min_size=1,
            max_size=5,
        )
    )
    eol = draw(st.sampled_from([b"\n", b"\r\n"]))
    data = draw(st.sampled_from([b"", b"\n", b"\xef\xbb\xbf"]))
    starts = []
    for mail in mails:
        header, _, body = mail.partition(b"\n\n")
        body = style.escape(body).replace(b"\n", eol)
        if style.has_length:
            header += b"\nContent-Length: %d" % len(body)
        starts.append(len(data))
        data += style.separator + eol + header.replace(b"\n", eol) + eol + eol + body
        data += eol if style.is_blank_above else b""
    if not style.has_length and draw(st.booleans()):
        data = data.rstrip(b"\r\n")
    return Made(data, tuple(starts))


def mail(
    number: int = 1, *, separator: bytes = b"From asha@example.org " + _DATE + b" 2026"
) -> bytes:
    """One plain mail in a mailbox."""
    head = b"From: asha@example.org\nDate: Mon, 5 Jan 2026 08:50:00 +0530\nSubject: %d\n" % number
    return separator + b"\n" + head + b"\nhello\n\n"


def ranges(data: bytes) -> list[MboxRange]:
    return list(index_mbox(BytesIO(data)))


def starts(data: bytes) -> tuple[int, ...]:
    """Where the mails begin."""
    return tuple(found.start for found in ranges(data) if not found.is_preamble)


def doubted(data: bytes) -> dict[str, int]:
    """How many places are in doubt, for each reason."""
    counts: dict[str, int] = {}
    for found in ranges(data):
        for reason, count in found.doubted.items():
            counts[reason] = counts.get(reason, 0) + count
    return counts


def assert_tiled(data: bytes, found: list[MboxRange]) -> None:
    """The ranges, joined, are the file."""
    assert [each.start for each in found[1:]] == [each.end for each in found[:-1]]
    assert b"".join(data[each.start : each.end] for each in found) == data
    assert all(each.start <= each.message <= each.end > each.start for each in found)
