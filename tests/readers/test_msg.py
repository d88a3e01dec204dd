"""Outlook's .msg: what it says of a mail, and what it does not hold."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.compound_file import compound
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.outlook_file import (
    FRIEND,
    HEADERS,
    MS_A,
    PICTURE,
    SENT,
    Eight,
    a_mail,
    item,
    note,
)

from stalklog.readers.base import NO, SURE
from stalklog.readers.msg import MsgReader
from stalklog.records.message import Party
from stalklog.safety import limits

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = MsgReader()
TABLE = Path(__file__).parent / "outlook_corpus.tsv"


def one(data: bytes) -> Message:
    (message,) = drain(READER, data).messages
    return message


def mail(**changes: object) -> Message:
    return one(compound(item(note(**changes))))


# What it says


def test_a_mail_without_internet_headers_is_read_from_its_properties() -> None:
    found = one(a_mail())

    assert found.kind == "message"
    assert found.sender == Party("Someone", "someone@example.org")
    assert found.recipients == (
        Party("Ms A", "a@example.com", "to"),
        Party("B", "b@example.com", "cc"),
    )
    assert found.subject == "You know who"
    assert found.text == "I saw you today.\n"
    assert found.native_id == "<1@example.org>"
    assert found.audience == "several"


def test_its_times_are_utc_and_exact() -> None:
    found = mail()

    assert found.sent is not None
    assert found.received is not None
    assert found.sent.instant == SENT
    assert found.sent.written == "2026-10-18T18:29:59.2500000Z"
    assert (found.sent.precision, found.sent.zone_source) == ("millisecond", "epoch")


def test_the_top_message_is_the_whole_file_and_hashes_to_it() -> None:
    data = a_mail()

    assert one(data).place.start == 0
    assert one(data).place.end == len(data)
    assert one(data).place.sha256 == hashlib.sha256(data).hexdigest()
    assert report_of(READER, data)[1].bytes_covered == len(data)


def test_the_internet_headers_go_before_the_properties() -> None:
    found = mail(p007D=HEADERS, p0037="Not this", p0042="Nor this")

    assert found.sender == Party("Someone", "someone@example.org")
    assert found.recipients == (Party("Ms A", "a@example.com", "to"),)
    assert found.subject == "You know who"
    assert found.sent is not None
    assert found.sent.zone == "+05:30"
    assert found.sent.instant == datetime(2026, 10, 18, 18, 29, 59, tzinfo=UTC)


def test_a_hidden_recipient_stands_beside_those_of_the_headers() -> None:
    hidden = {0x0C15: 3, 0x3001: "C", 0x39FE: "c@example.com"}
    found = one(compound(item(note(p007D=HEADERS), [MS_A, hidden])))

    assert found.recipients == (
        Party("Ms A", "a@example.com", "to"),
        Party("C", "c@example.com", "bcc"),
    )


@pytest.mark.parametrize(("headers", "told"), [(HEADERS, "yes"), (None, "no"), (" \r\n", "no")])
def test_whether_there_are_internet_headers_is_a_fact(headers: str | None, told: str) -> None:
    notes = drain(READER, compound(item(note(p007D=headers)))).notes

    assert notes.facts["internet_headers"] == told


def test_without_recipients_the_names_shown_are_taken_without_an_address() -> None:
    found = mail(p0E04="Ms A; B", p0E03="C")

    assert found.recipients == (Party("Ms A", "", "to"), Party("B", "", "to"), Party("C", "", "cc"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("IPM.Note", "message"),
        ("IPM.Note.SMIME.MultipartSigned", "message"),
        ("IPM.Appointment", "appointment"),
        ("IPM.Schedule.Meeting.Request", "appointment"),
        ("IPM.Contact", "contact"),
        ("IPM.DistList", "contact"),
        ("IPM.Post", "post"),
        ("IPM.StickyNote", "other"),
        ("REPORT.IPM.Note.NDR", "system"),
        ("", "message"),
    ],
)
def test_the_class_tells_the_kind(name: str, kind: str) -> None:
    assert mail(p001A=name).kind == kind


def test_a_draft_says_that_it_was_not_sent() -> None:
    assert mail(p0E07=0x8).flags == ("unsent",)
    assert mail(p0E07=0x8, p0039=None).flags == ("unsent",)


def test_an_item_without_a_date_says_so() -> None:
    undated = HEADERS.replace("Date:", "X-Date:")

    assert mail(p0039=None).flags == ("no-date",)
    assert mail(p0039=None, p007D=undated).flags == ("no-date",)
    assert mail(p007D=undated).flags == ()


def test_a_date_far_from_when_it_was_received_is_odd() -> None:
    ahead = HEADERS.replace("2026", "2036")

    assert mail(p007D=ahead).flags == ("date-apart",)
    assert mail(p007D=HEADERS).flags == ()


def test_an_encrypted_mail_is_named() -> None:
    assert drain(READER, compound(item(note(p001A="IPM.Note.SMIME")))).reasons == ["encrypted"]


def test_8_bit_letters_are_read_by_the_code_page() -> None:
    found = mail(p0037=Eight("格式測試".encode("big5")), p3FFD=950)

    assert found.subject == "格式測試"
    assert not found.flags


def test_8_bit_letters_of_western_mail_are_those_of_windows() -> None:
    assert mail(p0037=Eight(b"\x93caf\xe9\x94"), p3FDE=28591).subject == "\u201ccafé\u201d"


def test_letters_that_do_not_fit_are_marked() -> None:
    assert mail(p0037=Eight(b"\xff\xff"), p3FFD=950).flags == ("bad-charset",)


def test_html_is_shown_as_text_where_there_is_no_plain_text() -> None:
    html = "<p>I saw <b>you</b><script>x()</script></p><p>caf\u00e9</p>".encode("cp1252")

    assert mail(p1000=None, p1013=html, p3FDE=1252).text == "I saw you\n\ncafé"


def test_a_subject_prefix_of_a_mailbox_is_no_part_of_the_subject() -> None:
    assert mail(p0037="\x01\x05FW: it").subject == "FW: it"


@pytest.mark.parametrize("most", [1, 2, 3, 1_000])
def test_a_stream_that_gives_little_at_once_is_read_the_same(most: int) -> None:
    data = a_mail()

    assert drain(READER, data, most=most).messages == drain(READER, data).messages


# What comes with it


def test_an_attachment_is_named_hashed_and_placed() -> None:
    data = compound(item(note(), attachments=[PICTURE | {0x3701: b"scarf" * 2_000}]))
    (found,) = one(data).attachments

    assert (found.name, found.media_type) == ("blue scarf.png", "image/png")
    assert found.size_bytes == 10_000
    assert found.sha256 == hashlib.sha256(b"scarf" * 2_000).hexdigest()
    assert found.place.item == "__attach_version1.0_#00000000/__substg1.0_37010102"
    assert found.place.start is not None
    assert data[found.place.start : found.place.end] == b"scarf" * 2_000


def test_a_link_is_remote_and_is_never_followed() -> None:
    link = {0x3705: 7, 0x370D: "https://example.org/scarf.png", 0x3707: "scarf.png"}
    (found,) = one(compound(item(note(), attachments=[link]))).attachments

    assert (found.status, found.name) == ("remote", "https://example.org/scarf.png")


def test_an_attached_mail_is_a_message_with_a_parent() -> None:
    inner = item(note(p0037="The first one", p007D=HEADERS.replace("You", "He")), before_bytes=24)
    data = compound(
        item(note(), attachments=[{0x3705: 5, 0x3001: "The first one"}], inner={0: inner})
    )
    top, attached = drain(READER, data).messages

    assert (top.number, top.parent, top.forwarded) == (1, None, "attached")
    assert (attached.number, attached.parent) == (2, 1)
    assert attached.subject == "He_know_who".replace("_", " ")
    assert attached.place.item == "__attach_version1.0_#00000000/__substg1.0_3701000D"
    assert attached.received is not None
    assert attached.received.instant == SENT
    assert report_of(READER, data)[1].inner == 1


def test_mails_in_mails_end_at_a_limit_that_is_named() -> None:
    deep = item(note(), before_bytes=24)
    for _ in range(limits.MAX_DEPTH + 5):
        deep = item(note(), attachments=[{0x3705: 5}], inner={0: deep}, before_bytes=24)
    found = drain(READER, compound(item(note(), attachments=[{0x3705: 5}], inner={0: deep})))

    assert len(found.messages) == limits.MAX_DEPTH + 1
    assert found.reasons == ["over-limit"]


def test_ten_thousand_attachments_end_at_a_limit_that_is_named() -> None:
    found = drain(READER, compound(item(note(), attachments=[{0x3705: 1}] * 10_000)))

    assert len(found.messages[0].attachments) == limits.MAX_PARTS
    assert "parts-cut" in found.messages[0].flags


def test_too_many_recipients_are_told() -> None:
    found = one(compound(item(note(), [FRIEND] * (limits.MAX_RECIPIENTS + 1))))

    assert len(found.recipients) == limits.MAX_RECIPIENTS
    assert "recipients-cut" in found.flags


# What is none


def test_it_is_known_by_its_directory() -> None:
    assert READER.match(a_mail(), "x") == SURE


def test_another_programs_document_is_not_taken_for_one() -> None:
    document = compound({"WordDocument": b"x" * 5_000})

    assert READER.match(document, "x.msg") == NO
    assert drain(READER, document).error is not None


@pytest.mark.parametrize("name", ["x.msg", "x"])
def test_no_other_bytes_are_taken_for_one(name: str) -> None:
    assert READER.match(b"From: x\n", name) == NO
    assert READER.match(b"", name) == NO


# Hostile


def test_cut_off_at_every_byte_it_gives_an_error_or_what_is_there() -> None:
    data = a_mail()
    for length in range(len(data)):
        found = drain(READER, data[:length])
        assert found.error or found.messages
        assert found.seconds < SMALL_S
        assert found.error or found.notes.unread or length > len(data) - 512


def test_changed_anywhere_it_gives_an_error_or_a_message() -> None:
    data = a_mail()
    dice = random.Random(5)  # noqa: S311 - the same changes each time
    for _ in range(3_000):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(data))] = dice.choice((0, 255, dice.randrange(256)))
        assert drain(READER, bytes(changed)).seconds < SMALL_S


@given(st.binary(max_size=3_000))
def test_any_bytes_behind_the_signature_give_an_error_or_a_message(data: bytes) -> None:
    drain(READER, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)


def test_chains_that_run_in_circles_come_to_an_end() -> None:
    data = bytearray(compound(item(note(), attachments=[{0x3701: b"x" * 400_000, 0x3705: 1}])))
    fat = (int.from_bytes(data[76:80], "little") + 1) * 512
    for at in range(fat, len(data), 4):
        data[at : at + 4] = (3).to_bytes(4, "little")
    found = drain(READER, bytes(data))

    assert found.seconds < 5 * SMALL_S
    assert found.error or found.notes.unread


def test_streams_that_lie_over_each_other_end_at_a_limit_that_is_named() -> None:
    files = [{0x3701: b"x" * 100_000, 0x3705: 1}, *[{0x3701: b"y", 0x3705: 1}] * 200]
    data = bytearray(compound(item(note(), attachments=files)))
    name = "__substg1.0_37010102".encode("utf-16-le")
    first = data.find(name)
    start = bytes(data[first + 116 : first + 128])
    at = first
    while (at := data.find(name, at + 1)) >= 0:
        data[at + 116 : at + 128] = start
    found = drain(READER, bytes(data))

    assert found.error is not None
    assert found.error.reason == "over-limit"


# Files that nobody here wrote


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines if line.startswith("msg")]


def test_the_corpus_is_read_and_each_count_is_the_manifests(corpus: Path) -> None:
    manifest = (corpus / "email" / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    declared = {
        cells[1]: int(cells[8])
        for cells in (line.split("\t") for line in manifest[1:])
        if cells[0] in {"msg", "msg-odd"}
    }
    assert declared.keys() == {row[0] for row in rows()}
    for path, top, inner, headers, _why in rows():
        found = drain(READER, (corpus / "email" / path).read_bytes())
        tops = [message for message in found.messages if message.parent is None]
        assert found.error is None, path
        assert len(tops) == declared[path] == int(top), path
        assert len(found.messages) - len(tops) == int(inner), path
        assert found.notes.facts["internet_headers"] == headers, path
        assert found.seconds < SMALL_S, path


def test_five_of_fourteen_have_internet_headers() -> None:
    proper = [row for row in rows() if row[0].startswith("msg/")]

    assert (sum(row[3] == "yes" for row in proper), len(proper)) == (5, 14)
