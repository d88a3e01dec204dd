"""A mailbox is read mail by mail, each with its place in the untouched file."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.mboxes import LOOK_ALIKE, STYLES, mail, mailboxes

from stalklog.readers import mbox_held, mbox_index, mbox_waiting
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, Reading
from stalklog.readers.mbox import Mbox
from stalklog.readers.table import find_reader
from stalklog.records.message import DOUBTS, FLAGS

if TYPE_CHECKING:
    from stalklog.records.message import Message, ReadingReport


def read(data: bytes) -> tuple[list[Message], ReadingReport]:
    reading = Reading(Mbox(), BytesIO(data), "mailbox", size_bytes=len(data))
    return list(reading), reading.report()


def own(messages: list[Message]) -> list[Message]:
    """Without those that are attached to another one."""
    return [message for message in messages if message.parent is None]


def assert_placed(data: bytes, message: Message) -> None:
    place = message.place
    if place.sha256 and not place.part:
        assert sha256(data[place.start : place.end]).hexdigest() == place.sha256


def test_every_mailbox_of_the_corpus_is_read_whole(corpus: Path) -> None:
    with (corpus / "email" / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [*csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    files = [row for row in rows if row["kind"] == "mbox"]
    assert len(files) == 24
    for row in files:
        path = Path(row["path"])
        data = (corpus / "email" / path).read_bytes()
        reader = find_reader(data[: 1 << 16], path.name)
        assert reader is not None
        assert reader.name == "mbox", path
        messages, report = read(data)
        assert len(own(messages)) == int(row["n_messages"]), path
        assert (report.is_whole, report.bytes_covered) == (True, len(data))
        for message in messages:
            assert_placed(data, message)


def test_a_mail_saved_with_its_separator_is_one_mail(corpus: Path) -> None:
    count = 0
    for path in sorted((corpus / "email" / "eml").rglob("*")):
        if path.is_file() and Mbox().match(path.read_bytes()[: 1 << 16], path.name) > MAYBE:
            messages, _report = read(path.read_bytes())
            assert len(own(messages)) == 1, path
            count += 1
    assert count == 58


@pytest.mark.parametrize(
    ("head", "sureness"),
    [
        (mail(), SURE),
        (b"\xef\xbb\xbf\r\n" + mail(), SURE),
        (b"From - \r\nX-Mozilla-Status: 0001\r\n", SURE),
        (b"From asha@example.org Mon Jan  5 08:50:00 2026\n\nno header\n", LIKELY),
        (b"From somebody, some time\nFrom: a@example.org\n\nx", LIKELY),
        (b"kept by Asha\n\n" + mail(), MAYBE),
        (b"From me to you\n\nwith love\n", NO),
        (b"From: a@example.org\nSubject: b\n\nFrom here\n", NO),
        (b"", NO),
    ],
)
def test_a_mailbox_is_known_by_its_beginning(head: bytes, sureness: int) -> None:
    assert Mbox().match(head, "x.txt") == sureness


@given(st.binary(max_size=200).map(lambda more: b"\nFrom " + more) | st.binary(max_size=200))
def test_any_beginning_is_judged(head: bytes) -> None:
    assert NO <= Mbox().match(head, "") <= SURE


def test_a_mail_is_placed_behind_its_separator_line() -> None:
    data = mail(1) + mail(2)
    messages, _report = read(data)
    assert [message.subject for message in messages] == ["1", "2"]
    assert [message.number for message in messages] == [1, 2]
    second = messages[1].place
    assert data[second.start : second.end] == mail(2).partition(b"\n")[2]
    for message in messages:
        assert_placed(data, message)


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_mailbox_of_any_style_is_read(style: str, data: st.DataObject) -> None:
    made = data.draw(mailboxes(STYLES[style]))
    messages, report = read(made.data)
    assert len(own(messages)) == len(made.starts)
    assert {message.sender.id for message in messages} == {"asha@example.org"}
    assert (report.is_whole, report.bytes_covered) == (True, len(made.data))
    for message in messages:
        assert_placed(made.data, message)
        assert set(message.flags) <= set(FLAGS)


QUOTED = mail().replace(b"hello", b"hello\n>From b@example.org, she said\n>>From b\n> From c")


def test_a_quoted_from_line_is_shown_as_it_was_written_and_flagged() -> None:
    (message,), _report = read(QUOTED)
    assert message.text.strip() == "hello\nFrom b@example.org, she said\n>From b\n> From c"
    assert message.flags == ("from-quoted",)
    assert message.place.sha256 == sha256(QUOTED.partition(b"\n")[2]).hexdigest()


def test_a_mail_whose_writer_does_not_quote_is_shown_as_it_stands() -> None:
    (message,), _report = read(QUOTED.rstrip() + b"\nFrom here on it is worse\n")
    assert ">From b@example.org" in message.text
    assert "from-quoted" not in message.flags


def test_an_encoded_from_line_was_not_quoted_by_the_mailbox() -> None:
    head, _, _body = mail().partition(b"\n\n")
    data = head + b"\nContent-Transfer-Encoding: base64\n\nPkZyb20gaGVyCg==\n\n"
    (message,), _report = read(data)
    assert message.text.strip() == ">From her"
    assert not message.flags


def test_a_line_that_looks_like_a_mail_is_flagged_and_told_where() -> None:
    first = mail().rstrip() + b"\n" + LOOK_ALIKE
    (message,), report = read(first)
    assert message.flags == ("header-in-body",)
    (doubt,) = report.doubts
    assert (doubt.reason, doubt.place.start) == ("no-blank-line", first.index(b"From b"))
    assert report.doubted == {"no-blank-line": 1}
    assert doubt.reason in DOUBTS
    assert report.is_whole


def test_a_separator_tells_the_time_only_where_the_mail_tells_none() -> None:
    timeless = mail().replace(b"Date:", b"X-Date:")
    (message,), _report = read(timeless)
    assert message.received is not None
    assert message.received.written == "Mon Jan  5 08:50:00 2026"
    assert (message.received.wall, message.received.instant) == ("2026-01-05T08:50:00", None)
    (message,), _report = read(mail())
    assert message.received is None
    (message,), _report = read(timeless.replace(b"From asha@example.org ", b"From - "))
    assert message.received is None  # when it was fetched


def test_a_mail_that_lost_its_separator_is_read_all_the_same() -> None:
    above = mail(1).partition(b"\n")[2]
    messages, report = read(above + mail(2))
    assert [message.subject for message in messages] == ["1", "2"]
    assert messages[0].place.start == 0
    assert report.facts["preamble"] == f"0-{len(above)}"
    assert report.is_whole
    (message,), _report = read(above)
    assert message.subject == "1"


def test_what_stands_before_the_first_mail_is_named_as_not_understood() -> None:
    messages, report = read(b"kept by Asha\n\n" + mail())
    assert len(messages) == 1
    (unread,) = report.unread
    assert (unread.reason, unread.place.start, unread.place.end) == ("not-understood", 0, 14)
    assert report.bytes_covered == report.bytes_total
    assert not report.is_whole


@pytest.mark.parametrize("lines", [700, 5_000], ids=["by a little", "by far"])
def test_of_a_mail_over_the_limit_the_header_is_read(
    monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(mbox_index, "BLOCK_BYTES", 5_000)
    monkeypatch.setattr(mbox_held, "MAX_MAIL_BYTES", 50_000)
    monkeypatch.setattr(mbox_held, "_AHEAD_BYTES", 40_000)
    monkeypatch.setattr(mbox_held, "_SLICE_BYTES", 10_000)
    monkeypatch.setattr(mbox_waiting, "MAX_MAIL_BYTES", 50_000)
    head = mail(2).partition(b"\n\n")[0] + b"\nContent-Type: multipart/mixed; boundary=xy\n\n"
    long = head + (b"x" * 79 + b"\n") * lines + b"\n"
    data = mail(1) + long + mail(3)
    messages, report = read(data)
    assert [message.subject for message in messages] == ["1", "2", "3"]
    second = messages[1]
    assert second.flags == ("parts-cut",)
    assert second.sender.id == "asha@example.org"
    assert second.place.end == len(mail(1) + long)
    assert second.place.sha256
    assert_placed(data, second)
    (unread,) = report.unread
    assert unread.reason == "over-limit"
    assert (unread.place.start, unread.place.end) == (len(mail(1) + head), second.place.end)
    assert report.bytes_covered == len(data)


def test_of_what_is_over_the_limit_little_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox_held, "MAX_MAIL_BYTES", 50_000)
    monkeypatch.setattr(mbox_held, "_AHEAD_BYTES", 40_000)
    monkeypatch.setattr(mbox_held, "_SLICE_BYTES", 10_000)
    held = mbox_held.Held()
    for _ in range(1_000):
        held.keep(b"x" * 5_000)
        assert len(held._held) < 100_000


def test_what_is_over_the_limit_before_the_first_mail_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mbox_index, "BLOCK_BYTES", 5_000)
    monkeypatch.setattr(mbox_held, "MAX_MAIL_BYTES", 50_000)
    monkeypatch.setattr(mbox_held, "_AHEAD_BYTES", 40_000)
    for above in (b"x" * 79 + b"\n", b"From me to you\n"):
        messages, report = read(above * 10_000 + b"\n" + mail())
        assert [message.subject for message in messages] == ["1"]
        (unread,) = report.unread
        assert unread.reason == "over-limit"
        place = unread.place
        assert (place.start, place.end) == (0, len(above) * 10_000 + 1)
        hashed = sha256(above * 10_000 + b"\n").hexdigest()
        assert place.sha256 == ("" if above.startswith(b"From ") else hashed)


def test_mails_attached_to_a_mail_name_it_as_their_parent() -> None:
    head, _, _body = mail(1).partition(b"\n\n")
    inner = mail(7).partition(b"\n")[2]
    data = (
        head
        + b"\nContent-Type: multipart/mixed; boundary=xy\n\n--xy\n"
        + b"Content-Type: message/rfc822\n\n"
        + inner
        + b"\n--xy--\n\n"
        + mail(2)
    )
    messages, _report = read(data)
    assert [(each.number, each.parent, each.subject) for each in messages] == [
        (1, None, "1"),
        (2, 1, "7"),
        (3, None, "2"),
    ]
