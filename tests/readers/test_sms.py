"""Backups of SMS, MMS and calls: what is in them, what is odd, and what an enemy may write."""

from __future__ import annotations

import base64
import re
import tracemalloc
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.enemy import (
    changed,
    cut_off,
    goes_on_in_line,
    read_in_good_order,
    same_in_blocks,
)
from tests.readers.files import read_file

from stalklog.readers import sms_record, window, xml_tags
from stalklog.readers.base import NO, SURE, Notes
from stalklog.readers.sms import SmsReader
from stalklog.readers.xml_text import unescape
from stalklog.records.message import Party

READER = SmsReader()
HEAD = b"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
RAVI = b'address="+15550100001" contact_name="Ravi"'
PICTURE = b"\xff\xd8\xff not really a picture"
SMS = (
    b'<sms protocol="0" %s date="1709654409123" type="1" subject="null" body="I see you" '
    b'date_sent="1709654408000" readable_date="5 Mar 2024 21:30:09" />' % RAVI
)
SENT = b'<sms %s date="1709654500000" type="2" body="Stop" date_sent="0"/>' % RAVI
MMS = (
    b'<mms date="1709654600000" msg_box="1" %s m_id="id-1" sub="null"><parts>'
    b'<part seq="-1" ct="application/smil" name="0.smil" text="&lt;smil/&gt;"/>'
    b'<part seq="0" ct="image/jpeg" name="null" cl="street.jpg" data="%s"/>'
    b'<part seq="0" ct="text/plain" text="your&#10;street"/></parts><addrs>'
    b'<addr address="+15550100001" type="137"/><addr address="insert-address-token" type="151"/>'
    b"</addrs></mms>" % (RAVI, base64.b64encode(PICTURE))
)
CALL = (
    b'<call number="+15550100001" duration="65" date="1709654700000" type="%d" '
    b'contact_name="Ravi"/>'
)
BACKUP = HEAD + b'<smses count="3" backup_date="1709700000000">\n%s\n%s\n%s\n</smses>' % (
    SMS,
    SENT,
    MMS,
)
CALLS = HEAD + b'<calls count="2">%s%s</calls>' % (CALL % 1, CALL % 3)


def _backup(*records: bytes) -> bytes:
    return b'<smses count="%d">%s</smses>' % (len(records), b"\n".join(records))


def test_what_came_and_what_she_sent() -> None:
    (came, sent, mms), report = read_file(READER, BACKUP)
    assert BACKUP[came.place.start : came.place.end] == SMS
    assert came.place.sha256 == sha256(SMS).hexdigest()
    assert (came.sender, came.recipients) == (Party("Ravi", "+15550100001"), (Party(role="owner"),))
    assert came.received is not None
    assert came.received.instant == datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)
    assert came.received.written == "1709654409123 (5 Mar 2024 21:30:09)"
    assert came.received.zone_source == "epoch"
    assert came.sent is not None
    assert came.sent.instant == datetime(2024, 3, 5, 16, 0, 8, tzinfo=UTC)
    assert (came.text, came.subject, came.flags) == ("I see you", "", ())
    assert sent.sender.role == "owner"
    assert sent.recipients == (Party("Ravi", "+15550100001", "to"),)
    assert sent.received is None
    assert sent.sent is not None
    assert came.conversation == sent.conversation == mms.conversation == "Ravi (+15550100001)"
    assert report.declared == {"messages": 3}
    assert report.facts == {"backup_date": "1709700000000 (2024-03-06 04:40:00 UTC)"}
    assert (report.bytes_covered, report.is_whole) == (len(BACKUP), True)


def test_a_file_in_an_mms_is_decoded_and_hashed() -> None:
    mms = read_file(READER, BACKUP)[0][2]
    assert (mms.text, mms.native_id) == ("your\nstreet", "id-1")
    (picture,) = mms.attachments
    assert (picture.name, picture.media_type, picture.status) == (
        "street.jpg",
        "image/jpeg",
        "present",
    )
    assert (picture.size_bytes, picture.sha256) == (len(PICTURE), sha256(PICTURE).hexdigest())
    assert base64.b64decode(BACKUP[picture.place.start : picture.place.end]) == PICTURE
    assert mms.recipients == (Party(role="owner"),)


@pytest.mark.parametrize(
    ("data", "status", "flags"),
    [
        (b"null", "missing", ()),
        (b"", "missing", ()),
        (b"not base64!", "unread", ("bad-encoding",)),
        (b"AAA", "unread", ("bad-encoding",)),
        (b"AA==AAAA", "unread", ("bad-encoding",)),
        (b"AAAA&#10;AAAA&#xA;AA==", "present", ()),
    ],
)
def test_a_file_that_is_none_is_told(data: bytes, status: str, flags: tuple[str, ...]) -> None:
    (mms,), _report = read_file(READER, _backup(re.sub(rb'data="[^"]*', b'data="' + data, MMS)))
    assert (mms.attachments[0].status, mms.flags) == (status, flags)
    assert mms.text == "your\nstreet"


def test_a_length_of_a_call_that_is_none_is_kept_as_written() -> None:
    odd = CALL % 1
    (call,), _report = read_file(READER, _backup(odd.replace(b'"65"', b'"a while"')))
    assert (call.text, call.duration_s) == ('duration="a while"', None)


def test_calls_are_told_as_calls() -> None:
    (taken, missed), report = read_file(READER, CALLS)
    assert (taken.kind, taken.text, taken.duration_s, taken.flags) == ("call", "", 65, ())
    assert missed.flags == ("missed-call",)
    assert taken.sender == Party("Ravi", "+15550100001")
    assert (report.counts, report.declared) == ({"call": 2}, {"calls": 2})
    (made, declined), _report = read_file(READER, _backup(CALL % 2, CALL % 5))
    assert (made.sender.role, made.recipients[0].id) == ("owner", "+15550100001")
    assert declined.flags == ("rejected-call",)


@pytest.mark.parametrize(
    ("code", "flag"),
    [
        (b"3", "unsent"),
        (b"4", "waiting"),
        (b"5", "failed"),
        (b"6", "waiting"),
        (b"9", "bad-structure"),
    ],
)
def test_what_was_not_sent_is_told(code: bytes, flag: str) -> None:
    (message,), _report = read_file(READER, _backup(SENT.replace(b'type="2"', b'type="%s"' % code)))
    assert message.flags == (flag,)


def test_a_group_has_no_sender_but_the_one_that_is_told() -> None:
    group = MMS.replace(b'"+15550100001" contact_name', b'"+15550100001~+15550100002" contact_name')
    (mms,), _report = read_file(READER, _backup(group))
    assert mms.sender == Party("", "+15550100001")
    assert mms.conversation == "Ravi (+15550100001~+15550100002)"
    (sms,), _report = read_file(READER, _backup(SENT.replace(b'001"', b'001~+15550100002"')))
    assert [party.id for party in sms.recipients] == ["+15550100001", "+15550100002"]


def test_a_declared_count_that_is_wrong_stands_beside_what_was_found() -> None:
    messages, report = read_file(READER, BACKUP.replace(b'count="3"', b'count="58"'))
    assert (len(messages), report.declared) == (3, {"messages": 58})


@pytest.mark.parametrize(
    ("written", "text", "flags"),
    [
        ("&#55357;&#56832;", "\U0001f600", ()),
        ("&#xD83D;&#xDE00;!", "\U0001f600!", ()),
        ("&#55357;", "\ufffd", ("bad-charset",)),
        ("&#56832;&#55357;", "\ufffd\ufffd", ("bad-charset",)),
        ("a&#0;b", "a\ufffdb", ("bad-charset",)),
        ("&#999999999;", "\ufffd", ("bad-charset",)),
        ("&lt;&gt;&amp;&quot;&apos;&#10;", "<>&\"'\n", ()),
        ("&amp;lt;", "&lt;", ()),
        ("&lol9;", "&lol9;", ("bad-structure",)),
        ("you & me", "you & me", ("bad-structure",)),
        ("\ufffd&amp;", "\ufffd&", ()),
    ],
)
def test_letters_as_phones_write_them(written: str, text: str, flags: tuple[str, ...]) -> None:
    assert unescape(written) == (text, flags)


def test_bytes_that_are_no_text_cost_one_letter_and_no_message() -> None:
    (message,), report = read_file(READER, _backup(SMS.replace(b"see", b"s\xff\x01e")))
    assert (message.text, message.flags) == ("I s\ufffd\x01e you", ("bad-charset",))
    assert report.is_whole


def test_the_word_null_may_be_what_somebody_wrote() -> None:
    (message,), _report = read_file(READER, _backup(SMS.replace(b"I see you", b"null")))
    assert message.text == "null"


def test_a_time_in_seconds_is_told_from_one_in_milliseconds() -> None:
    (message,), _report = read_file(READER, _backup(SMS.replace(b"1709654408000", b"1709654408")))
    assert message.sent is not None
    assert message.sent.instant == datetime(2024, 3, 5, 16, 0, 8, tzinfo=UTC)
    assert message.sent.precision == "second"


@pytest.mark.parametrize(
    ("date", "flag"), [(b"today", "bad-date"), (b"null", "no-date"), (b"9" * 18, "bad-date")]
)
def test_a_date_that_is_none_is_told(date: bytes, flag: str) -> None:
    (message,), _report = read_file(READER, _backup(SENT.replace(b"1709654500000", date)))
    assert message.flags == (flag,)
    assert message.sent is None or message.sent.written == date.decode()


def test_nothing_is_ever_expanded() -> None:
    laughs = b'<!DOCTYPE smses [<!ENTITY lol "lol">' + b"".join(
        b'<!ENTITY lol%d "%s">' % (number, b"&lol%d;" % (number - 1) * 10)
        for number in range(1, 10)
    )
    data = HEAD + laughs + b"]>" + _backup(SMS.replace(b"I see you", b"&lol9;"))
    (message,), report = read_file(READER, data)
    assert (message.text, message.flags) == ("&lol9;", ("bad-structure",))
    assert [(unread.reason, unread.detail) for unread in report.unread] == [("not-read", "DTD")]
    assert READER.match(data, "") > NO


def test_a_broken_tag_is_named_and_the_next_one_is_read() -> None:
    broken = SMS.replace(b'body="I see', b"body=I see")
    data = _backup(SENT, broken, SENT)
    messages, report = read_file(READER, data)
    assert [message.text for message in messages] == ["Stop", "Stop"]
    (unread,) = report.unread
    assert unread.reason == "damaged"
    assert data[unread.place.start : unread.place.end].rstrip() == broken


def test_an_mms_without_its_end_ends_where_the_next_begins() -> None:
    data = _backup(MMS.removesuffix(b"</mms>"), SENT)
    (mms, sms), report = read_file(READER, data)
    assert (mms.flags, sms.flags) == (("cut-off",), ())
    assert mms.place.end == sms.place.start
    assert len(mms.attachments) == 1
    (last,), report = read_file(READER, data.split(b"<sms ")[0])
    assert last.flags == ("cut-off",)
    assert not report.is_whole


def test_words_between_tags_are_named() -> None:
    data = b"<smses count='1'>hello %s <!-- a <sms/> --> <x/></smses>" % SMS
    messages, report = read_file(READER, data)
    assert len(messages) == 1
    assert [unread.reason for unread in report.unread] == ["not-understood", "not-read"]


def test_single_quotes_and_repeated_names_are_read() -> None:
    data = _backup(
        b"<sms address='1' date = '1709654409123' type=\"1\" body='say \"no\" > yes' body='b'/>"
    )
    (message,), _report = read_file(READER, data)
    assert message.text == 'say "no" > yes'
    assert message.flags == ("bad-structure",)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"body=\"it's > and ' there\"", "it's > and ' there"),
        (b"body='a > b' x=\"1\"", "a > b"),
        (b'body=\'" >\' x="1"', '" >'),
        (b'body=\'"b"="c" >\' x="1"', '"b"="c" >'),
        (b'\x1fbody="x"', "x"),
        (b'x="1"\x1fbody="x" ', "x"),
        (b'body = "x"\r\n\ty="2"', "x"),
        (b'body="data"', "data"),
        (b'body="x" "', None),
        (b'body="a < b"', None),
        (b'body="x" y="', None),
    ],
)
@pytest.mark.parametrize("block", [3, 1 << 18])
def test_a_tag_is_read_the_same_however_its_quotes_stand(
    written: bytes, text: str | None, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "BLOCK_BYTES", block)
    data = _backup(b'<sms address="+1" date="1709654409123" type="1" ' + written + b" />", SENT)
    messages, report = read_file(READER, data)
    assert [one.text for one in messages[:-1]] == ([] if text is None else [text])
    assert ("damaged" in {one.reason for one in report.unread}) == (text is None)


def test_a_film_in_a_message_takes_no_memory() -> None:
    film = base64.b64encode(bytes(range(256)) * 150_000)
    data = _backup(re.sub(rb'data="[^"]*', lambda _found: b'data="' + film, MMS), SENT)
    expected = sha256(bytes(range(256)) * 150_000).hexdigest()
    tracemalloc.start()
    (mms, sms) = READER.read(BytesIO(data), "", Notes())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20 < len(film)
    assert mms.attachments[0].sha256 == expected
    assert mms.place.sha256 == sha256(data[mms.place.start : mms.place.end]).hexdigest()
    assert sms.text == "Stop"


def test_a_text_as_long_as_a_film_is_cut_and_told() -> None:
    data = _backup(SMS.replace(b"I see you", b"a" * (9 << 20)), SENT)
    (long, short), report = read_file(READER, data)
    assert (len(long.text), long.flags) == (1_000_000, ("text-cut",))
    assert short.text == "Stop"
    assert report.is_whole


def test_a_long_tag_that_breaks_off_is_named_and_the_next_is_read() -> None:
    data = _backup(re.sub(rb'data="[^"]*"', b'data="' + b"A" * (3 << 20), MMS), SENT)
    messages, report = read_file(READER, data)
    assert [message.text for message in messages][-1] == "Stop"
    assert "damaged" in {unread.reason for unread in report.unread}


def test_parts_and_addresses_stop_at_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_record, "MAX_PARTS", 2)
    monkeypatch.setattr(sms_record, "MAX_RECIPIENTS", 1)
    (mms,), _report = read_file(READER, _backup(MMS))
    assert mms.flags == ("parts-cut", "recipients-cut")
    monkeypatch.setattr(xml_tags, "MAX_ATTRIBUTES", 3)
    monkeypatch.setattr(xml_tags, "_LONG_BYTES", 64)
    monkeypatch.setattr(window, "BLOCK_BYTES", 64)
    (message,), report = read_file(READER, _backup(SMS.replace(b"I see", b"I see" * 200)))
    assert "cut-off" in message.flags
    assert "damaged" in {unread.reason for unread in report.unread}


@pytest.mark.parametrize("block", [1, 7, 64, 300])
def test_however_it_is_cut_into_blocks_it_reads_the_same(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_file(READER, BACKUP)
    same_in_blocks(READER, BACKUP, block, monkeypatch)
    monkeypatch.setattr(window, "BLOCK_BYTES", block)
    monkeypatch.setattr(xml_tags, "_LONG_BYTES", 100)
    assert read_file(READER, BACKUP)[0] == whole[0]


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (BACKUP, SURE),
        (CALLS, SURE),
        (b"\xef\xbb\xbf" + BACKUP, SURE),
        (HEAD + b"<!-- from a phone --><smses>" + SMS, SURE),
        (HEAD + b"<html><smses count='1'>", NO),
        (b"He wrote <smses count='1'>", NO),
        (b"<smsesx count='1'>", NO),
        (b"", NO),
    ],
)
def test_it_is_known_by_its_first_element(data: bytes, sureness: int) -> None:
    assert READER.match(data, "sms.xml") == sureness


def test_cut_off_at_every_byte() -> None:
    for data, found in cut_off(READER, BACKUP):
        assert found.reasons or b"<smses" not in data


@given(
    at=st.integers(0, len(BACKUP) - 1),
    piece=st.sampled_from(
        [b"<", b">", b'"', b"'", b"&", b"\0", b"\xff", b"</mms>", b"<!--", b"<!["]
    ),
    size=st.integers(0, 30),
)
@settings(max_examples=150, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    read_in_good_order(READER, changed(BACKUP, at, piece, size))


@pytest.mark.parametrize(
    "piece", [b"<", b"<sms ", b"<sms a='", b"<mms>", b"<!--", b"<!DOCTYPE[", b"<a>"]
)
def test_endless_beginnings_take_time_in_line(piece: bytes) -> None:
    goes_on_in_line(READER, b"<smses>", piece, 20_000)


@given(data=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_in_good_order(data: bytes) -> None:
    read_in_good_order(READER, b"<smses>" + data)
