"""Logs of IRC in the forms of several programs; and what people may write into them."""

from __future__ import annotations

import time
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers.base import LIKELY, MAYBE, NO, Reading
from stalklog.readers.irc_log import IrcReader
from stalklog.records.message import Party, Said

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = IrcReader()
IRSSI = """\
--- Log opened Mon Dec 31 21:09:43 2018
21:09 -!- ravi [~ravi@192.0.2.7] has joined #homes
21:10 <@asha> who are you?
21:10 < ravi> you know me
21:11  * ravi waves
21:11 -ravi(~ravi@192.0.2.7)- I am outside
21:12 -!- mode/#homes [+b ravi!*@*] by asha
--- Day changed Tue Jan 01 2019
00:01 -!- ravi is now known as ravi_
00:02 < ravi_> happy new year
--- Log closed Tue Jan 01 00:05:00 2019
"""
WEECHAT = """\
2024-03-05 21:30:09\t-->\travi (~ravi@192.0.2.7) has joined #homes
2024-03-05 21:30:12\t@asha\tgo away
2024-03-05 21:30:15\t *\travi laughs
2024-03-05 21:30:20\t--\travi is now known as ravi_
2024-03-05 21:30:25\travi_\t\N{EYES} क
2024-03-05 21:30:30\t<--\travi_ (~ravi@192.0.2.7) has quit (bye)
"""
HEXCHAT = """\
**** BEGIN LOGGING AT Sun Dec 31 23:50:00 2023

Dec 31 23:51:00 *\travi (~ravi@192.0.2.7) has joined
Dec 31 23:52:00 <asha>\tgo away
Dec 31 23:53:00 *\travi laughs
Jan 01 00:01:00 <ravi>\tno
**** ENDING LOGGING AT Mon Jan  1 00:05:00 2024
"""
MIRC = """\
Session Start: Tue Mar 05 21:30:09 2024
Session Ident: #homes
[21:30] * ravi (~ravi@192.0.2.7) has joined #homes
[21:31] <asha> go away
Session Time: Wed Mar 06 00:00:00 2024
[00:01] <ravi> no
Session Close: Wed Mar 06 00:02:00 2024
"""
ZNC = """\
[21:30:09] *** Joins: ravi (~ravi@192.0.2.7)
[21:30:12] <asha> go away
[21:30:15] * ravi laughs
[21:30:20] *** ravi is now known as ravi_
[21:30:21] -ravi_- look
"""
DIRCPROXY = """\

[05 Mar 21:30] --> ravi (n=ravi@192.0.2.7) joined the channel
[05 Mar 21:31] <ravi!n=ravi@192.0.2.7> +I see you
[05 Mar 21:31] <asha> go away
[05 Mar 21:32] *** You disconnected
"""
EGGDROP = """\
[00:00] --- Tue Mar  5 2024
[21:30] ravi (~ravi@192.0.2.7) joined #homes.
[21:30] <ravi> I see you
[21:31] Action: ravi waves
[21:31] -ravi:#homes- I am outside
[21:32] Nick change: ravi -> ravi_
[21:33] #homes: mode change '+b ravi!*@*' by asha!asha@192.0.2.9
[21:34] Topic changed on #homes by asha!asha@192.0.2.9: be kind
[21:35] ravi_ kicked from #homes by asha: enough
[21:36] meera (~m@192.0.2.8) got netsplit.
[21:36] meera (~m@192.0.2.8) left irc: bye
"""
BIP = """\
05-03-2024 21:30:09 -!- ravi!~ravi@192.0.2.7 has joined #homes
05-03-2024 21:30:12 < ravi!~ravi@2001:db8::7: I see you: now
05-03-2024 21:30:15 < * ravi!~ravi@2001:db8::7 waves
05-03-2024 21:30:20 > asha: go away
05-03-2024 21:30:21 > * asha leaves
"""
KONVERSATION = """\

*** Logfile started
*** on Tue Mar  5 21:30:00 2024

[Tuesday 05 March 2024] [21:30:09] Join\travi has joined this channel (~ravi@192.0.2.7).
[Tuesday 05 March 2024] [21:30:12] <ravi>\tI see you
[Tue Mar 5 2024] [21:30:15] *\travi waves
[Tuesday, March 5, 2024] [21:30:20] Quit\travi has left this server (bye).
"""
KVIRC = """\
### Log session started at Tue Mar 5 21:30:00 2024 ###
[21:30:09] *** ravi [~ravi@192.0.2.7] has joined #homes
[21:30:12] <ravi> I see you
### Log session terminated at Tue Mar 5 21:40:00 2024###
"""
UBUNTU = """\
[21:29] <asha> hello
=== ravi [~ravi@192.0.2.7]  has joined #homes
[21:30] <ravi> I see you
=== ravi waves
=== ravi is now known as ravi_
=== mode/#homes [+b ravi!*@*] by asha
"""
TEXTUAL = """\
[2024-03-05T21:30:09+0530] ravi (~ravi@192.0.2.7) joined the channel
[2024-03-05T21:30:12+0530] <ravi> I see you
[2024-03-05T21:30:15+0530] \u2022 ravi: waves
[2024-03-05T21:30:20+0530] ravi is now known as ravi_
"""
LOGS = {
    "irssi": IRSSI, "weechat": WEECHAT, "hexchat": HEXCHAT, "mirc": MIRC, "znc": ZNC,
    "dircproxy": DIRCPROXY, "eggdrop": EGGDROP, "bip": BIP, "konversation": KONVERSATION,
    "kvirc": KVIRC, "ubuntu": UBUNTU, "textual": TEXTUAL,
}  # fmt: skip


def _read(log: str) -> list[Message]:
    return read_file(READER, log.encode())[0]


def _walls(messages: list[Message]) -> list[str | None]:
    return [message.sent.wall if message.sent else None for message in messages]


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_every_byte_is_in_one_message_or_before_the_first(log: str) -> None:
    data = log.encode()
    messages, report = read_file(READER, data)
    assert READER.match(data, "any") == LIKELY
    assert b"".join(data[one.place.start : one.place.end] for one in messages) == data.lstrip()
    for one in messages:
        piece = data[one.place.start : one.place.end]
        assert sha256(piece).hexdigest() == one.place.sha256
    assert report.bytes_covered == len(data)
    assert report.is_whole


@pytest.mark.parametrize(
    ("log", "kinds"),
    [
        ("irssi", "ssmmmmsssms"), ("weechat", "smmsms"), ("hexchat", "ssmmms"),
        ("mirc", "sssmsms"), ("znc", "smmsm"), ("dircproxy", "smms"),
        ("eggdrop", "ssmmmssssss"), ("bip", "smmmm"), ("konversation", "sssmms"),
        ("kvirc", "ssms"), ("ubuntu", "msmmss"), ("textual", "smms"),
    ],
)  # fmt: skip
def test_what_people_say_is_told_from_what_the_service_says(log: str, kinds: str) -> None:
    assert "".join(message.kind[0] for message in _read(LOGS[log])) == kinds


@pytest.mark.parametrize(
    ("line", "kind", "label"),
    [
        ("*\tNow talking on #homes", "system", ""),
        ("*\tTopic for #homes is: be kind", "system", ""),
        ("*\tDisconnected (Connection reset by peer)", "system", ""),
        ("*\tNow laughs", "message", "Now"),
        ("*\tTopics are dull", "message", "Topics"),
        (">ravi<\tgo away", "message", ""),
    ],
)
def test_what_hexchat_tells_of_itself_is_nobodys(line: str, kind: str, label: str) -> None:
    message = _read(f"{HEXCHAT}Jan 01 00:06:00 {line}\n")[-1]
    assert (message.kind, message.sender.label, message.text) == (kind, label, line)


def test_a_month_may_stand_in_small_letters() -> None:
    log = HEXCHAT.replace("\nDec ", "\ndec ").replace("\nJan ", "\njan ")
    assert _walls(_read(log)) == _walls(_read(HEXCHAT))


def test_who_speaks_stands_without_the_mark_of_a_rank_and_with_the_host() -> None:
    messages = _read(IRSSI)
    assert [(one.sender.label, one.text) for one in messages if one.kind == "message"] == [
        ("asha", "who are you?"), ("ravi", "you know me"), ("ravi", "* ravi waves"),
        ("ravi", "I am outside"), ("ravi_", "happy new year"),
    ]  # fmt: skip
    assert messages[5].sender == Party("ravi", "~ravi@192.0.2.7")
    assert _read(DIRCPROXY)[1].sender == Party("ravi", "n=ravi@192.0.2.7")
    assert [one.sender.label for one in _read(WEECHAT)] == ["", "asha", "ravi", "", "ravi_", ""]


def test_who_speaks_in_further_forms() -> None:
    ravi, asha = Party("ravi", "~ravi@2001:db8::7"), Party("asha")
    assert [(one.sender, one.text) for one in _read(BIP)[1:]] == [
        (ravi, "I see you: now"), (ravi, "* ravi waves"),
        (asha, "go away"), (asha, "* asha leaves"),
    ]  # fmt: skip
    told = {
        name: [(one.sender.label, one.text) for one in _read(log) if one.kind == "message"]
        for name, log in LOGS.items()
    }
    assert told["eggdrop"] == [
        ("ravi", "I see you"), ("ravi", "Action: ravi waves"), ("ravi", "I am outside"),
    ]  # fmt: skip
    assert told["konversation"] == [("ravi", "I see you"), ("ravi", "*\travi waves")]
    assert told["kvirc"] == [("ravi", "I see you")]
    assert told["ubuntu"] == [
        ("asha", "hello"), ("ravi", "I see you"), ("ravi", "=== ravi waves"),
    ]  # fmt: skip
    assert told["textual"] == [("ravi", "I see you"), ("ravi", "\u2022 ravi: waves")]


def test_a_line_without_a_time_is_of_nobody_who_has_not_spoken() -> None:
    messages = _read(f"=== ravi waves\n{UBUNTU}=== Log of Tuesday\n")
    assert [(one.kind, one.sender.label) for one in (messages[0], messages[-1])] == [
        ("system", ""), ("system", ""),
    ]  # fmt: skip


def test_times_in_further_forms() -> None:
    assert _walls(_read(EGGDROP))[1:3] == ["2024-03-05T21:30:00"] * 2
    assert _walls(_read(BIP))[0] == "2024-03-05T21:30:09"
    assert _walls(_read(KONVERSATION)) == [
        None, "2024-03-05T21:30:00", "2024-03-05T21:30:09", "2024-03-05T21:30:12",
        "2024-03-05T21:30:15", "2024-03-05T21:30:20",
    ]  # fmt: skip
    assert _walls(_read(KVIRC))[2:] == ["2024-03-05T21:30:12", "2024-03-05T21:40:00"]
    event, _said, action, *_ = _read(UBUNTU)[1:]
    assert (event.sent, event.flags) == (None, ())
    assert (action.sent, action.flags) == (None, ("no-date",))
    first = _read(KONVERSATION)[2].sent
    assert first is not None
    assert first.written == "[Tuesday 05 March 2024] [21:30:09]"


def test_a_day_that_the_log_tells_holds_until_it_tells_another() -> None:
    assert _walls(_read(IRSSI)) == [
        "2018-12-31T21:09:43", *["2018-12-31T21:09:00"], *["2018-12-31T21:10:00"] * 2,
        *["2018-12-31T21:11:00"] * 2, "2018-12-31T21:12:00", "2019-01-01T00:00:00",
        "2019-01-01T00:01:00", "2019-01-01T00:02:00", "2019-01-01T00:05:00",
    ]  # fmt: skip
    assert _walls(_read(MIRC))[2:6] == [
        "2024-03-05T21:30:00", "2024-03-05T21:31:00", "2024-03-06T00:00:00", "2024-03-06T00:01:00",
    ]  # fmt: skip
    day = _read(IRSSI)[7].sent
    assert day is not None
    assert (day.precision, day.written) == ("day", "Tue Jan 01 2019")


def test_a_year_that_must_have_begun_is_not_guessed() -> None:
    messages = _read(HEXCHAT)
    assert _walls(messages) == [
        "2023-12-31T23:50:00", "2023-12-31T23:51:00", "2023-12-31T23:52:00",
        "2023-12-31T23:53:00", None, "2024-01-01T00:05:00",
    ]  # fmt: skip
    assert messages[4].flags == ("no-year",)
    assert messages[4].sent is not None
    assert (messages[4].sent.written, messages[4].sent.precision) == ("Jan 01 00:01:00", "second")


def test_a_day_that_must_have_begun_is_not_guessed() -> None:
    log = "--- Log opened Mon Dec 31 21:09:43 2018\n21:10 <a> x\n00:10 <a> y\n21:11 <a> z\n"
    messages = _read(log)
    assert _walls(messages) == ["2018-12-31T21:09:43", "2018-12-31T21:10:00", None, None]
    assert messages[2].flags == messages[3].flags == ("no-day",)


def test_a_time_without_a_day_or_a_year_is_no_moment() -> None:
    for log, flag in ((ZNC, "no-day"), (DIRCPROXY, "no-year")):
        for message in _read(log):
            assert message.flags == (flag,)
            assert message.sent is not None
            assert (message.sent.instant, message.sent.wall) == (None, None)
            assert message.sent.precision in {"minute", "second"}


def test_a_zone_that_a_person_says_makes_it_a_moment() -> None:
    said = Said(zone="Asia/Kolkata")
    data = WEECHAT.encode()
    reading = Reading(READER, BytesIO(data), "", size_bytes=len(data), said=said)
    first = next(iter(reading)).sent
    assert first is not None
    assert first.instant is not None
    assert (first.instant.isoformat(), first.zone_source) == ("2024-03-05T16:00:09+00:00", "person")


def test_an_offset_in_the_log_makes_it_a_moment() -> None:
    message = _read("[2024-03-05T21:30:09+0530] <a> x\n2024-03-05T21:30:09.123Z <a> y\n")[0]
    assert message.sent is not None
    assert message.sent.instant is not None
    assert message.flags == ()


def test_each_line_is_decoded_by_itself() -> None:
    data = (
        "21:30 <a> café\n".encode()
        + "21:31 <b> café\n".encode("latin-1")
        + "21:32 <a> क\n".encode()
    )
    messages = read_file(READER, data)[0]
    assert [message.text for message in messages] == ["café", "caf\ufffd", "क"]
    assert ["bad-charset" in message.flags for message in messages] == [False, True, False]


@pytest.mark.parametrize(
    ("line", "kind", "nick"),
    [
        ("21:31 <ravi> 21:30 <asha> I am a liar", "message", "ravi"),
        ("21:31 <ravi> --- Day changed Tue Jan 01 2030", "message", "ravi"),
        ("21:31 <ravi> -!- asha has quit", "message", "ravi"),
        ("21:31 <ravi> === asha [a@b] has quit", "message", "ravi"),
        ("21:31 <ravi> Action: asha lies", "message", "ravi"),
        ("21:31 <ravi> Nick change: asha -> ravi", "message", "ravi"),
        ("21:31 <ravi> ### Log session started at Tue Mar 5 21:30:00 2030 ###", "message", "ravi"),
        ("21:31 -ravi- *** on Tue Mar  5 21:30:00 2030", "message", "ravi"),
        ("21:31  * ravi (a@b.example) has joined #homes", "message", "ravi"),
        ("21:31 -!- Topic: Log opened Mon Jan 01 00:00:00 2001", "system", ""),
    ],
)
def test_words_of_a_person_are_no_line_of_the_log(line: str, kind: str, nick: str) -> None:
    messages = _read(f"{IRSSI}--- Log opened Mon Mar 04 21:30:00 2019\n{line}\n21:32 <asha> stop\n")
    said, after = messages[-2:]
    assert (said.kind, said.sender.label) == (kind, nick)
    assert after.sent is not None
    assert after.sent.wall == "2019-03-04T21:32:00"


def test_a_time_that_goes_backwards_is_told() -> None:
    messages = _read("2024-03-05 21:30:09 <a> x\n2024-03-05 21:30:08 <a> y\n")
    assert [message.flags for message in messages] == [("no-zone",), ("time-backwards", "no-zone")]


def test_lines_of_no_known_form_are_one_range_that_is_named() -> None:
    log = "what is this\n21:30 <a> x\nsome\n\nwords\n21:31 <a> y\nend"
    messages, report = read_file(READER, log.encode())
    assert [message.text for message in messages] == ["x", "y"]
    odd = [log[one.place.start : one.place.end] for one in report.unread]
    assert odd == ["what is this\n", "some\n\nwords\n", "end"]
    assert report.bytes_covered == len(log)
    assert not report.is_whole


def test_spaces_around_words_stay_and_line_ends_do_not() -> None:
    messages = _read("\ufeff\n\n21:30 <a>  x \r\n\r\n21:31 <a>\n")
    assert [message.text for message in messages] == [" x ", ""]


@pytest.mark.parametrize(
    ("text", "sureness"),
    [
        ("", NO), ("hello\n", NO), ("21:30 <a> x\n", MAYBE), ("21:30 <a> x\n21:31 <b> y\n", LIKELY),
        ("21:30 <a> x\nand\nso\n", NO), ("2024-03-05 21:30:09\ta\tb\n" * 3, MAYBE),
        ("21:30 Ravi: hello\n" * 3, NO), ("[2024-03-05, 21:30] Ravi: <a> x\n" * 3, NO),
        ("21:30 <a> x\n21:31 <b> y\0\n", NO), ("=== a\n=== b c\n" * 3, NO),
        ("=== Heading ===\n=== Notes of the day\n" * 5, NO), ("05-03-2024 21:30:09 x\n" * 3, NO),
        ("05-03-2024 21:30:09 - a: x\n" * 3, NO), ("[Tuesday 05 March 2024] x\n" * 3, NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_lines(text: str, sureness: int) -> None:
    assert READER.match(text.encode(), "x.log") == sureness


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_cut_off_at_every_byte_no_byte_is_lost(log: str) -> None:
    data = log.encode()
    for end in range(len(data)):
        found = drain(READER, data[:end], most=7)
        assert found.notes.bytes_covered == end
        assert found.seconds < SMALL_S


_PIECES = st.sampled_from(
    [*IRSSI.split("\n"), *HEXCHAT.split("\n"), "\n", "\r", "\t", " ", "<", "--- "]
)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=30))
@settings(deadline=None)
def test_any_lines_are_covered_and_hold(pieces: list[str]) -> None:
    data = "\n".join(pieces).encode("utf-8", "surrogatepass")
    found = drain(READER, data)
    spans = [message.place for message in found.messages]
    spans += [unread.place for unread in found.notes.unread]
    assert found.notes.bytes_covered == len(data)
    end = None
    for place in sorted(spans, key=lambda place: place.start or 0):
        assert end is None or place.start == end
        end = place.end
    if end is not None:
        assert end == len(data)


@pytest.mark.parametrize(
    "piece",
    [
        b"21:30 <a",
        b"<",
        b"-",
        b"* ",
        b"21:30 -a(",
        b"[",
        b"\t",
        b" ",
        b"\n",
        b"=== ",
        b"=== a",
        b"21:30 a (b@",
        b"05-03-2024 21:30:09 < ",
        b"21:30 a is ",
        b"[Tuesday 05 March 2024] ",
    ],
)
def test_long_lines_take_no_long_time(piece: bytes) -> None:
    data = b"21:30 <a> x\n" + piece * (400_000 // len(piece))
    began = time.process_time()
    drain(READER, data)
    assert time.process_time() - began < 4 * SMALL_S
