"""A mailbox is cut where its mails begin, exact to the byte, and nowhere else."""

from __future__ import annotations

import csv
import mailbox
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.readers.mboxes import (
    LOOK_ALIKE,
    STYLES,
    assert_tiled,
    doubted,
    mail,
    mailboxes,
    mboxrd,
    ranges,
    starts,
)

from stalklog.readers import mbox_index
from stalklog.records.message import DOUBTS


def _manifest(corpus: Path) -> list[tuple[Path, int]]:
    with (corpus / "email" / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            (corpus / "email" / row["path"], int(row["n_messages"]))
            for row in rows
            if row["kind"] == "mbox"
        ]


def test_every_mailbox_of_the_corpus_has_the_mails_that_the_manifest_tells(corpus: Path) -> None:
    for path, count in _manifest(corpus):
        assert len(starts(path.read_bytes())) == count, path


def test_the_offsets_are_those_of_an_independent_oracle(corpus: Path) -> None:
    oracle = corpus / "email" / "mbox_oracle_messageparser"
    files = {path.stem: path for path, _count in _manifest(corpus)}
    # the oracle's `mailbox with space.txt` is not in the corpus; its lengths are those of this one
    files["mailbox_with_space"] = files["mailseparators"]
    told = sorted(oracle.glob("offset_*.txt"))
    assert len(told) == 11
    for path in told:
        name = path.stem.removeprefix("offset_")
        lengths = (oracle / f"length_{name}.txt").read_text(encoding="ascii").split()
        found = [each for each in ranges(files[name].read_bytes()) if not each.is_preamble]
        assert [each.start for each in found] == [int(line) for line in path.read_text().split()]
        assert [each.end - each.start for each in found] == [int(line) for line in lengths]


def test_the_ranges_of_every_file_of_the_corpus_tile_it(corpus: Path) -> None:
    files = [path for path in (corpus / "email").rglob("*") if path.is_file()]
    assert len(files) > 500
    for path in files:
        data = path.read_bytes()
        assert_tiled(data, ranges(data))


def test_the_standard_library_agrees_but_where_it_is_explained(corpus: Path) -> None:
    table = Path(__file__).with_name("mbox_second_opinion.tsv")
    with table.open(encoding="utf-8", newline="") as lines:
        explained = {row["path"]: row for row in csv.DictReader(lines, delimiter="\t")}
    seen = set()
    for path, _count in _manifest(corpus):
        name = str(path.relative_to(corpus / "email"))
        own = starts(path.read_bytes())
        box = mailbox.mbox(path, create=False)
        box.keys()  # which reads its table of contents
        other = tuple(start for start, _end in box._toc.values())  # type: ignore[attr-defined]
        box.close()
        if own != other:
            row = explained[name]
            assert (len(own), len(other)) == (int(row["stalklog"]), int(row["mailbox"])), name
            assert set(own) <= set(other), name  # it only ever cuts too often
            assert row["why"]
            seen.add(name)
    assert seen == set(explained)


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_mailbox_of_any_style_is_cut_where_its_mails_begin(
    style: str, data: st.DataObject
) -> None:
    made = data.draw(mailboxes(STYLES[style]))
    found = ranges(made.data)
    assert tuple(each.start for each in found if not each.is_preamble) == made.starts
    assert_tiled(made.data, found)


_PIECES = (
    *(b"\n", b"\r\n", b"\0", b" ", b"From ", b"From - \n", b"A: b\n", b"From: a\n", b"--x\n"),
    *(b"--x--\n", b'Content-Type: multipart/x; boundary="x"\n', b"Mon Jan  5 08:50:00 2026\n"),
    *(b"Content-Length: 0\n", b"Content-Length: 9\n", b"----- Begin Included Message -----\n"),
    *(b"----- End Included Message -----\n", mail(), LOOK_ALIKE),
)


@given(st.lists(st.sampled_from(_PIECES) | st.binary(max_size=20), max_size=40).map(b"".join))
@settings(max_examples=500, deadline=None)
def test_the_ranges_of_any_bytes_tile_them(data: bytes) -> None:
    found = ranges(data)
    assert_tiled(data, found)
    for each in found:
        assert set(each.doubted) <= set(DOUBTS)
        for doubt in each.doubts:
            at = doubt.place.start
            assert at is not None
            assert each.start <= at <= each.end
            assert data.startswith(b"From ", at)


def test_blocks_of_any_size_make_the_same_ranges(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [path.read_bytes() for path, _count in _manifest(corpus)]
    for data in (*files, mail() * 1_000, mail().replace(b"\n", b"\r\n") * 1_000):
        monkeypatch.setattr(mbox_index, "BLOCK_BYTES", 1 << 30)
        whole = ranges(data)
        for size in (1 << 10, 16_411):
            monkeypatch.setattr(mbox_index, "BLOCK_BYTES", size)
            assert ranges(data) == whole, (data[:100], size)


def test_one_mail_is_one() -> None:
    assert starts(mail()) == (0,)
    assert starts(mail().rstrip()) == (0,)
    assert starts(b"From asha@example.org Mon Jan  5 08:50:00 2026\n\nno header\n") == (0,)
    assert starts(b"From somebody, some time\nFrom: a@example.org\n\nx") == (0,)


def test_a_byte_order_mark_stands_before_the_first_mail() -> None:
    data = b"\xef\xbb\xbf" + mail(1) + mail(2)
    first, *mails = ranges(data)
    assert (first.start, first.end, first.is_preamble) == (0, 3, True)
    assert [data[each.start : each.start + 5] for each in mails] == [b"From "] * 2


def test_what_stands_before_the_first_mail_is_a_range_of_its_own() -> None:
    above = b"kept by Asha\nFrom her phone\n\n"
    first, second = ranges(above + mail())
    assert (first.start, first.end, first.is_preamble) == (0, len(above), True)
    assert first.doubted == {"no-date": 1}
    assert (second.start, second.is_preamble) == (len(above), False)


def test_a_file_without_a_mail_is_one_range() -> None:
    assert not ranges(b"")
    (only,) = ranges(b"From me to you\nwith love\n")
    assert only.is_preamble


def test_the_mail_begins_behind_its_separator_line() -> None:
    (found,) = ranges(mail())
    assert mail()[found.message :].startswith(b"From: asha@example.org\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\nFrom me to you: with love\nDear: you\n", "no-date"),
        (b"\nFrom b@example.org Tue Jan  6 09:00:00 2026\nwas the line\n", "no-header"),
        (b"From b@example.org Tue Jan  6 09:00:00 2026\nFrom: b\nDate: x\n", "no-blank-line"),
        (b"From \nDear: all\n", "no-blank-line"),
        (b"\nFrom " + b"0f" * 20 + b" Mon Sep 17 00:00:00 2001\nFrom: b\nDate: x\n", "patch"),
    ],
)
def test_a_line_that_only_looks_like_it_is_kept_as_a_doubt(line: bytes, reason: str) -> None:
    head = mail().rstrip() + b"\n"
    data = head + line + b"\n" + mail(2)
    assert starts(data) == (0, len(head) + len(line) + 1)
    (doubt,) = ranges(data)[0].doubts
    assert doubt.reason == reason
    assert doubt.place.start == len(head) + line.index(b"From ")


@pytest.mark.parametrize(
    "line",
    [
        b"From a@example.org Mon, Jan  5 08:50:00 2026",
        b"From a@example.org  Mon Jan 05 08:50 2026",
        b"From a@example.org Thu Jul 16 03:42:38 1998 WETDST",
        b"From 28668125511680@xxx Thu Apr 16 09:53:04 +0000 2015",
        b"From a at example.org  Wed Feb  1 19:06:04 2006",
        b"From MAILER-DAEMON Mon Jan  5 08:50:00 2026",
        b"From - Mon Jan  5 08:50:00 2026\n>From - Sun Jan  4 08:50:00 2026",
        b"From a@example.org Mon Jan  5 08:50:00 2026 \r",
    ],
)
def test_lines_that_programs_write_part_two_mails(line: bytes) -> None:
    assert starts(mail(1) + mail(2, separator=line)) == (0, len(mail(1)))


@pytest.mark.parametrize(
    "line",
    [
        b"From Monday on, at 08:50, in 2026",
        b"From a@example.org",
        b"From 08:50 to 09:50",
        b"From a@example.org Mon Jan  5 08:50:00 2026 he wrote",
        b"From a@example.org Foo Jan  5 08:50:00 2026",
        b"From a@example.org Mon Jan  5 2026",
        b"FROM a@example.org Mon Jan  5 08:50:00 2026",
        b"From: a@example.org Mon Jan  5 08:50:00 2026",
        b"From 12@xxx",
        b"From a" + b"b" * 1_000 + b" Mon Jan  5 08:50:00 2026",
    ],
)
def test_lines_that_people_write_do_not(line: bytes) -> None:
    assert starts(mail(1) + mail(2, separator=line)) == (0,)


def test_a_file_of_patches_is_cut_at_its_patches() -> None:
    line = b"From " + b"0f" * 20 + b" Mon Sep 17 00:00:00 2001"
    data = mail(1, separator=line) + mail(2, separator=line)
    assert len(starts(data)) == 2


def _multipart(inside: bytes, *, end: bytes) -> bytes:
    return (
        mail().split(b"Subject", maxsplit=1)[0]
        + b"Content-Type: multipart/mixed; boundary=xy\n\n--xy\n\n"
        + inside
        + end
    )


def test_a_mail_inside_an_open_part_is_no_new_one() -> None:
    first = _multipart(b"\n" + LOOK_ALIKE, end=b"\n--xy--\n\n")
    data = first + mail(2)
    assert starts(data) == (0, len(first))
    assert doubted(data) == {"inside-part": 1}


def test_a_mail_behind_a_closed_multipart_is_a_new_one() -> None:
    first = _multipart(b"hello\n", end=b"--xy--\n\n")
    data = first + LOOK_ALIKE + b"\n--xy\n"
    assert starts(data) == (0, len(first))


def test_a_multipart_that_is_never_closed_does_not_swallow_what_follows() -> None:
    first = _multipart(b"hello\n", end=b"\n")
    data = first + mail(2) + mail(3)
    assert starts(data) == (0, len(first), len(first) + len(mail(2)))
    assert doubted(data) == {"unclosed": 1}


def test_a_header_that_is_no_mails_is_no_new_mail_inside_an_open_part() -> None:
    inside = b"\nFrom b@example.org Tue Jan  6 09:00:00 2026\nDear: all\n\nhello\n"
    assert starts(_multipart(inside, end=b"\n")) == (0,)
    assert doubted(_multipart(inside, end=b"\n")) == {"inside-part": 1}


def test_two_mails_that_share_a_boundary_are_two() -> None:
    first = _multipart(b"hello\n", end=b"\n")  # never closed
    second = _multipart(b"hello\n", end=b"--xy--\n\n")
    data = first + second + mail(3)
    assert starts(data) == (0, len(first), len(first) + len(second))


def test_a_multipart_is_waited_for_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.mbox_waiting.MAX_AHEAD_BYTES", 50_000)
    text = b"x" * 70 + b"\n"
    for count, mails in ((400, 1), (800, 2)):
        data = _multipart(b"\n" + LOOK_ALIKE, end=text * count + b"--xy--\n")
        assert len(starts(data)) == mails
        assert_tiled(data, ranges(data))


def test_no_more_mails_wait_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.mbox_waiting.MAX_WAITING_MAILS", 10)
    inner = mail() * 9
    assert len(starts(_multipart(b"\n" + inner, end=b"--xy--\n"))) == 1
    assert len(starts(_multipart(b"\n" + inner * 2, end=b"--xy--\n"))) > 1


def test_an_included_message_is_no_new_one() -> None:
    begin, end = b"----- Begin Included Message -----\n\n", b"----- End Included Message -----\n\n"
    first = mail() + begin + LOOK_ALIKE + end
    assert starts(first + mail(2)) == (0, len(first))
    assert doubted(first + mail(2)) == {"inside-included": 1}
    assert len(starts(mail() + begin + LOOK_ALIKE)) == 2  # it never ends


def _with_length(body: bytes, length: int) -> bytes:
    head, _, _body = mail().partition(b"\n\n")
    return head + b"\nContent-Length: %d\n\n" % length + body


@pytest.mark.parametrize("gap", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("is_last", [False, True])
def test_a_length_is_believed_where_it_ends_exactly(gap: bytes, *, is_last: bool) -> None:
    body = b"hello\n\n" + LOOK_ALIKE
    first = _with_length(body, len(body)) + gap
    data = first + (b"" if is_last else mail(2))
    assert starts(data) == ((0,) if is_last else (0, len(first)))
    assert doubted(data) == {"inside-length": 1}


@pytest.mark.parametrize("off", [-3, -1, 2, 3, 1_000, 10**9, 10**15])
def test_a_length_that_ends_elsewhere_is_not_believed(off: int) -> None:
    body = b"hello\n\n" + LOOK_ALIKE
    first = _with_length(body, len(body) + off) + b"\n"
    data = first + mail(2)
    assert len(starts(data)) == 3
    assert not doubted(data)


def test_a_length_ends_where_a_mail_can_begin_and_not_at_any_words() -> None:
    body = b"hello\n"
    data = _with_length(body + b"From me to you\n", len(body)) + b"\n" + mail(2)
    assert len(starts(data)) == 2


def test_a_length_over_the_limit_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"hello\n\n" + LOOK_ALIKE
    assert len(starts(_with_length(body, len(body)))) == 1
    monkeypatch.setattr("stalklog.readers.mbox_header.MAX_MAIL_BYTES", len(body) - 1)
    assert len(starts(_with_length(body, len(body)))) == 2


def test_a_length_inside_a_length_is_the_outer_ones() -> None:
    inner = _with_length(b"hi\n", 3)
    outer = _with_length(b"\n" + inner + inner, 1 + 2 * len(inner))
    assert starts(outer + mail(2)) == (0, len(outer))


def test_an_older_separator_in_a_header_is_part_of_it() -> None:
    above, _, below = mail(separator=b"From - Mon Jan 05 08:50:00 2026").partition(b"\n")
    data = above + b"\nX-Mozilla-Status: 0011\n>From - Mon Jan 05 08:50:00 2026\n" + below
    assert starts(data + data) == (0, len(data))


def test_quotes_and_folds_in_a_boundary_are_understood() -> None:
    for said in (b'"x\\"y"', b'\n\t"x\\"y"', b' "x\\"y" ; charset=us-ascii'):
        first = _multipart(b"\n" + LOOK_ALIKE, end=b"\n--xy--\n\n")
        first = first.replace(b"boundary=xy", b"boundary=" + said).replace(b"--xy", b'--x"y')
        assert starts(first + mail(2)) == (0, len(first))


def test_doubts_are_counted_beyond_what_is_listed() -> None:
    data = mail() + b"From me\n" * 1_000
    (found,) = ranges(data)
    assert found.doubted == {"no-date": 1_000}
    assert len(found.doubts) == 20
    places = [doubt.place.start or 0 for doubt in found.doubts]
    assert all(second - first == 8 for first, second in pairwise(places))


def test_an_mboxrd_mailbox_of_a_mailbox_is_one_mail() -> None:
    data = mail() + mboxrd(mail(2) + mail(3))
    assert starts(data) == (0,)
