"""Mail as Apple's program keeps it: the mail inside it, and what the program noted."""

from __future__ import annotations

import plistlib
from datetime import UTC, datetime

import pytest
from tests.readers.files import read_file
from tests.readers.mail.mails import PLAIN, POST, WITH_FILES

from stalklog.readers import emlx
from stalklog.readers.base import LIKELY, NO
from stalklog.readers.emlx import EmlxReader

READER = EmlxReader()
PLIST = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>date-received</key><integer>1709654409</integer>
<key>flags</key><integer>8590195713</integer>
<key>remote-id</key><string>42</string>
<key>list</key><array><string>not told</string></array>
</dict></plist>
"""
PLIST_WITH_A_LONG_NUMBER = PLIST.replace(b"1709654409", b"99999999999999999999999")
"""Right, but no time that ever was."""


def _emlx(mail: bytes, plist: bytes = PLIST, *, more: int = 0) -> bytes:
    return b"%-10d\n%s%s" % (len(mail) + more, mail, plist)


def test_the_mail_lies_between_its_count_and_its_plist() -> None:
    data = _emlx(PLAIN)
    (message,), report = read_file(READER, data)
    assert data[message.place.start : message.place.end] == PLAIN
    assert message.text == "You cannot hide.\n"
    assert report.declared == {"bytes": len(PLAIN)}
    assert report.facts == {
        "plist.date-received": "1709654409",
        "plist.flags": "8590195713",
        "plist.remote-id": "42",
    }
    assert (report.bytes_covered, report.is_whole) == (len(data), True)


def test_when_it_came_is_taken_from_the_plist_if_the_mail_does_not_tell() -> None:
    (post,), _report = read_file(READER, _emlx(POST))
    assert post.received is not None
    assert post.received.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert (post.received.written, post.received.zone_source) == ("1709654409", "epoch")
    (mail,), _report = read_file(READER, _emlx(PLAIN))
    assert mail.received is not None
    assert mail.received.zone_source == "file"


def test_a_count_beyond_the_file_is_clamped_and_told() -> None:
    for plist in (b"", PLIST):
        data = _emlx(PLAIN, plist, more=5000)
        (message,), report = read_file(READER, data)
        assert data[message.place.start : message.place.end] == PLAIN
        assert "partial" in report.facts
        assert report.declared == {"bytes": len(PLAIN) + 5000}


def test_a_partial_message_is_told_by_its_name() -> None:
    assert "partial" in read_file(READER, _emlx(PLAIN), "12.partial.emlx")[1].facts


@pytest.mark.parametrize(
    "plist",
    [
        b"no plist",
        PLIST[:200],
        b"<plist><array/></plist>",
        plistlib.dumps({"flags": 1}, fmt=plistlib.FMT_BINARY),
        PLIST_WITH_A_LONG_NUMBER,
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><plist><string>&b;</string></plist>',
        b"<plist>" + b"<array>" * 5000 + b"</array>" * 5000 + b"</plist>",
    ],
)
def test_a_plist_that_is_none_takes_nothing_from_the_mail(plist: bytes) -> None:
    (message,), report = read_file(READER, _emlx(PLAIN, plist))
    assert message.text == "You cannot hide.\n"
    assert {unread.reason for unread in report.unread} <= {"not-understood"}
    assert report.is_whole == (plist == PLIST_WITH_A_LONG_NUMBER)


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (_emlx(PLAIN), LIKELY),
        (_emlx(WITH_FILES), LIKELY),
        (b"12\nhello", NO),
        (PLAIN, NO),
        (b"12", NO),
        (b"", NO),
    ],
)
def test_it_is_known_by_its_count(data: bytes, sureness: int) -> None:
    assert READER.match(data, "1.emlx") == sureness


def test_without_a_count_it_is_given_up() -> None:
    messages, report = read_file(READER, b"no count\n" + PLAIN)
    assert not messages
    assert [unread.reason for unread in report.unread] == ["not-understood"]


def test_over_the_limit_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emlx, "MAX_MAIL_BYTES", 100)
    messages, report = read_file(READER, _emlx(PLAIN))
    assert not messages
    assert [unread.reason for unread in report.unread] == ["over-limit"]


def test_cut_off_at_every_byte() -> None:
    data = _emlx(PLAIN)
    for end in range(len(data)):
        _messages, report = read_file(READER, data[:end])
        reasons = {unread.reason for unread in report.unread}
        assert reasons <= {"not-understood", "damaged", "over-limit"}
