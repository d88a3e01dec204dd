"""Outlook's mailboxes: what libpff gives of them, and that it cannot harm what asks it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.drained import drain
from tests.readers.outlook_file import HEADERS, SENT, ticks

from stalklog.readers.base import NO, SURE, Notes
from stalklog.readers.outlook import pst_process
from stalklog.readers.outlook.heap import HeapError, read_heap
from stalklog.readers.outlook.pst_process import MAX_CRASHES
from stalklog.readers.pst import PstReader, _Mailbox
from stalklog.records.message import Party
from stalklog.safety import limits

if TYPE_CHECKING:
    from tests.readers.drained import Drained

Json: TypeAlias = Any
READER = PstReader()
STAND_IN = Path(__file__).parent / "library"
TABLE = Path(__file__).parent / "outlook_corpus.tsv"
HEAD = b"!BDN\0\0\0\0SM".ljust(512, b"\0")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is found before libpff."""
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(STAND_IN), before))))


def mailbox(*folders: dict[str, Json], **more: Json) -> bytes:
    return HEAD + json.dumps({"id": 290, "folders": folders} | more).encode()


def folder(name: str, *items: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {"id": next(_IDS), "name": name, "items": items} | more


def item(subject: str, **more: Json) -> dict[str, Json]:
    values = {0x001A: "IPM.Note", 0x0037: subject, 0x0042: "Someone", 0x1000: "I saw you."}
    return {"id": next(_IDS), "values": values | more.pop("values", {})} | more


_IDS = iter(range(1_000, 1 << 20))
A_MAILBOX = mailbox(
    folder(
        "Inbox",
        item(
            "one",
            values={0x007D: HEADERS, 0x1009: "rtf", 0x1013: "<p>x</p>"},
            people=[{0x0C15: 1, 0x3001: "Ms A", 0x39FE: "a@example.com"}],
            files=[{"id": 77, "values": {0x3707: "a.png", 0x3705: 1}, "data": "c2NhcmY="}],
        ),
        item("", values={0x1A: "IPM.Contact"}),
        values={0x3602: 5},
        folders=[folder("Deeper", item("two"))],
    ),
    store={"id": 33, "values": {0x3001: "A's", 0x67FF: 99}},
)


def subjects(found: Drained) -> list[str]:
    return [message.subject for message in found.messages]


# What it gives


@pytest.mark.usefixtures("library")
def test_a_whole_mailbox_is_read() -> None:
    found = drain(READER, A_MAILBOX)
    assert subjects(found) == ["You know who", "", "two"]
    assert found.error is None
    assert not found.notes.unread


@pytest.mark.usefixtures("library")
def test_items_come_folder_by_folder_with_their_descriptors() -> None:
    inbox = folder("Inbox", item("one"), item("two"), folders=[folder("Deeper", item("three"))])
    found = drain(READER, mailbox(folder("Top", folders=[inbox, folder("Sent", item("four"))])))

    assert subjects(found) == ["one", "two", "three", "four"]
    assert [message.conversation for message in found.messages] == [
        "Top/Inbox",
        "Top/Inbox",
        "Top/Inbox/Deeper",
        "Top/Sent",
    ]
    assert found.messages[0].place.item == f"descriptor:{inbox['items'][0]['id']}"
    assert found.messages[0].place.start is None
    assert not found.notes.unread


@pytest.mark.usefixtures("library")
def test_an_item_says_what_its_properties_say() -> None:
    people = [{0x0C15: 1, 0x3001: "Ms A", 0x39FE: "a@example.com"}]
    data = b"scarf" * 50_000
    attached = {
        "id": 77,
        "values": {0x3707: "scarf.png", 0x3705: 1},
        "data": base64.b64encode(data).decode(),
    }
    one = item("x", values={0x007D: HEADERS}, people=people, files=[attached])
    found = drain(READER, mailbox(folder("Inbox", one)))
    (message,) = found.messages
    (file,) = message.attachments

    assert message.sender == Party("Someone", "someone@example.org")
    assert message.recipients == (Party("Ms A", "a@example.com", "to"),)
    assert (file.name, file.size_bytes) == ("scarf.png", len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.place.item == "descriptor:77"
    assert found.notes.facts["items_with_internet_headers"] == "1"


@pytest.mark.usefixtures("library")
def test_contacts_and_lists_are_counted_as_such() -> None:
    kinds = ("IPM.Contact", "IPM.DistList", "IPM.Appointment", "IPM.Note", "IPM.Task")
    found = drain(READER, mailbox(folder("x", *(item("", values={0x1A: kind}) for kind in kinds))))

    assert [message.kind for message in found.messages] == [
        "contact",
        "contact",
        "appointment",
        "message",
        "other",
    ]


@pytest.mark.usefixtures("library")
def test_what_folders_declare_is_told_beside_what_was_found() -> None:
    data = mailbox(folder("a", item("x"), values={0x3602: 5}), folder("b", values={0x3602: 2}))

    assert drain(READER, data).notes.declared == {"items": 7}


@pytest.mark.usefixtures("library")
def test_the_name_and_a_password_are_facts() -> None:
    data = mailbox(store={"id": 33, "values": {0x3001: "A's", 0x67FF: 99}})
    facts = drain(READER, data).notes.facts

    assert facts == facts | {"mailbox_kind": "PST", "mailbox_name": "A's", "password": "yes"}


@pytest.mark.usefixtures("library")
def test_items_in_no_folder_are_read_too() -> None:
    found = drain(READER, mailbox(orphans=[item("lost")]))

    assert subjects(found) == ["lost"]
    assert found.notes.facts["items_in_no_folder"] == "1"


@pytest.mark.usefixtures("library")
def test_the_mailbox_can_be_read_from_any_place() -> None:
    assert not drain(READER, mailbox(seek=1) + b" " * 300_000).error


@pytest.mark.usefixtures("library")
def test_a_stream_that_gives_little_at_once_is_read_the_same() -> None:
    assert subjects(drain(READER, mailbox(folder("x", item("one"))), most=3)) == ["one"]


@pytest.mark.usefixtures("library")
def test_what_libpff_cannot_give_is_named_and_the_rest_is_read() -> None:
    files = [{"id": 5, "do": "fail"}, {"id": 6, "size": 9, "data": base64.b64encode(b"x").decode()}]
    inbox = folder("Inbox", {"id": 1, "do": "fail"}, item("two", files=files))
    found = drain(READER, mailbox(folder("bad", do="fail"), inbox))

    assert subjects(found) == ["two"]
    assert [file.status for file in found.messages[0].attachments] == ["unread", "unread"]
    assert found.reasons == ["damaged"] * 4


@pytest.mark.usefixtures("library")
def test_a_folder_that_comes_twice_is_read_once() -> None:
    again = folder("Inbox", item("one"))
    found = drain(READER, mailbox(again, again))

    assert subjects(found) == ["one"]
    assert found.reasons == ["damaged"]


@pytest.mark.usefixtures("library")
def test_folders_in_folders_end_at_a_limit_that_is_named() -> None:
    deep = folder("x", item("x"))
    for _ in range(limits.MAX_DEPTH + 5):
        deep = folder("x", item("x"), folders=[deep])
    found = drain(READER, mailbox(deep))

    assert len(found.messages) == limits.MAX_DEPTH + 1
    assert found.reasons == ["over-limit"]


@pytest.mark.usefixtures("library")
def test_a_folder_that_declares_without_end_comes_to_an_end() -> None:
    found = drain(READER, mailbox(folder("x", count=4_000_000_000), folder("y", item("y"))))

    assert subjects(found) == ["y"]
    assert 1_000 < found.notes.unread_count < 2_000


# The library misbehaves


@pytest.mark.usefixtures("library")
def test_an_item_that_crashes_the_library_is_named_and_the_rest_is_read() -> None:
    inbox = folder("Inbox", item("one"), {"id": 2, "do": "crash"}, item("three"))
    found = drain(READER, mailbox(inbox, folder("Sent", item("four"))))

    assert subjects(found) == ["one", "three", "four"]
    assert [(unread.reason, unread.detail) for unread in found.notes.unread] == [
        ("damaged", "libpff failed: Inbox #2")
    ]


@pytest.mark.usefixtures("library")
def test_a_library_that_always_crashes_is_given_up() -> None:
    found = drain(READER, mailbox(folder("x", *[{"id": 2, "do": "crash"}] * 50, item("last"))))

    assert found.error is not None
    assert found.error.reason == "damaged"
    assert len(found.reasons) == MAX_CRASHES


@pytest.mark.usefixtures("library")
def test_a_mailbox_that_crashes_while_it_is_opened_is_damaged() -> None:
    found = drain(READER, mailbox(do="crash"))

    assert found.error is not None
    assert found.error.reason == "damaged"


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """An item may take two seconds; to begin, as long as a process needs on a busy machine."""
    monkeypatch.setattr(pst_process, "STEP_S", 2.0)
    monkeypatch.setattr(pst_process, "_OPEN_BYTES_A_S", 16)


@pytest.mark.usefixtures("library", "short_steps")
def test_a_library_that_hangs_is_ended() -> None:
    begun = time.monotonic()
    found = drain(READER, mailbox(folder("x", item("one"), {"id": 2, "do": "hang"}, item("three"))))

    assert subjects(found) == ["one", "three"]
    assert found.reasons == ["damaged"]
    assert time.monotonic() - begun < 60


@pytest.mark.usefixtures("library", "short_steps")
def test_time_that_the_reader_takes_is_not_the_librarys() -> None:
    long = item("two", values={0x1000: "longer than a pipe holds " * 40_000})
    messages = READER.read(io.BytesIO(mailbox(folder("x", item("one"), long))), "", Notes())
    first = next(messages)
    time.sleep(2.5)

    assert [first.subject, *(message.subject for message in messages)] == ["one", "two"]


@pytest.mark.usefixtures("library")
def test_what_c_prints_is_not_what_is_told() -> None:
    found = drain(READER, mailbox(folder("x", item("one", do="print"), item("two"))))

    assert subjects(found) == ["one", "two"]
    assert not found.notes.unread


@pytest.mark.skipif(sys.platform != "linux", reason="memory has a limit on Linux")
@pytest.mark.usefixtures("library")
def test_memory_without_end_is_refused_and_the_rest_is_read() -> None:
    found = drain(READER, mailbox(folder("x", {"id": 2, "do": "eat"}, item("two"))))

    assert subjects(found) == ["two"]
    assert found.reasons == ["damaged"]


@pytest.mark.skipif(os.name != "posix", reason="powers are given up on POSIX")
def test_the_library_can_write_no_file(tmp_path: Path) -> None:
    code = (
        "import signal, sys; from stalklog.readers.outlook.pst_worker import _give_up_powers\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); _give_up_powers(0)\n"
        "open(sys.argv[1], 'wb', buffering=0).write(b'x')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x")], capture_output=True, check=False
    )

    assert b"OSError" in ended.stderr
    assert not (tmp_path / "x").read_bytes()


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pypff.py").write_text("raise ImportError")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(tmp_path), before))))
    found = drain(READER, mailbox())

    assert found.error is not None
    assert found.error.reason == "no-library"


def test_no_process_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = pst_process._start

    def watched(size_bytes: int, first: int, broken: set[int]) -> subprocess.Popen[bytes]:
        started.append(start(size_bytes, first, broken))
        return started[-1]

    monkeypatch.setattr(pst_process, "_start", watched)
    assert drain(READER, HEAD).error
    assert [each.returncode is None for each in started] == [False]


# What is told is not believed


@pytest.mark.parametrize(
    "line",
    [
        b"no JSON",
        b"[]",
        b'{"read": [0, 99999999]}',
        b'{"read": [-1, 2]}',
        b'{"read": [5, 9999]}',
        b'{"read": "x"}',
        b'{"a": 1, "b": 2}',
        b"{}",
        b"[" * 100_000,
    ],
)
def test_a_library_that_tells_what_is_none_is_given_up(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import sys; sys.stdout.buffer.write({line!r} + b'\\n'); sys.stdout.flush(); input()"
    monkeypatch.setattr(
        pst_process,
        "_start",
        lambda *_given: subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ),
    )
    found = drain(READER, HEAD)

    assert found.error is not None
    assert found.error.reason == "damaged"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("AAAA"),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["id", "folder", "values", "recipients", "files", "inner",
                                       "size", "55", "4096", "14085", "x"]), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(st.sampled_from(["item", "store", "declared", "failed", "x"]), JSON)
def test_whatever_is_told_makes_messages_or_nothing(what: str, value: object) -> None:
    told = _Mailbox(Notes())
    list(told.take(what, value))
    told.tell()


# An item inside an item


def heap(values: dict[int, tuple[int, bytes | int]], *, block_bytes: int = 8176) -> bytes:
    """A heap with properties; a number is where a value lies elsewhere, or the value itself."""
    pieces = [b"", b""]
    rows = b""
    for number, (kind, value) in sorted(values.items()):
        if isinstance(value, bytes):
            pieces.append(value)
            value = len(pieces) << 5  # noqa: PLW2901 - its address
        rows += struct.pack("<HHI", number, kind, value)
    pieces[0] = struct.pack("<BBBBI", 0xB5, 2, 6, 0, 2 << 5)
    pieces[1] = rows
    body = b"".join(pieces)
    ends = [12]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    head = struct.pack("<HBBI4x", 12 + len(body), 0xEC, 0xBC, 1 << 5)
    page_map = struct.pack("<HH", len(pieces), 0) + struct.pack(f"<{len(ends)}H", *ends)
    found = head + body + page_map
    assert len(found) <= block_bytes
    return found


INNER = heap(
    {
        0x001A: (0x1F, "IPM.Note".encode("utf-16-le")),
        0x0037: (0x1F, "The first one".encode("utf-16-le")),
        0x0039: (0x40, struct.pack("<Q", ticks(SENT))),
        0x0E07: (0x03, 0x10),
        0x1000: (0x1F, 0x3F),
    }
)


@pytest.mark.usefixtures("library")
def test_an_attached_item_is_a_message_with_a_parent_as_far_as_it_can_be_read() -> None:
    attached = {
        "id": 9,
        "values": {0x3705: 5, 0x3001: "The first one"},
        "data": base64.b64encode(INNER).decode(),
    }
    found = drain(READER, mailbox(folder("x", item("FW", files=[attached]), item("next"))))
    top, inner, following = found.messages

    assert (top.forwarded, inner.parent, inner.subject) == ("attached", 1, "The first one")
    assert inner.sent is not None
    assert inner.sent.instant == SENT
    assert inner.flags == ("cut-off",)
    assert (following.number, following.parent) == (3, None)
    assert [(unread.reason, unread.detail) for unread in found.notes.unread] == [
        ("not-read", "BODY"),
        ("not-read", "attachments"),
    ]


def test_a_heap_cut_off_anywhere_is_refused() -> None:
    for length in range(len(INNER)):
        with pytest.raises(HeapError):
            read_heap(INNER[:length])


@given(st.lists(st.tuples(st.integers(0, len(INNER) - 1), st.integers(0, 255)), max_size=6))
def test_a_heap_changed_anywhere_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(INNER)
    for at, value in changes:
        data[at] = value
    with suppress(HeapError):
        read_heap(bytes(data))


# Files that nobody here wrote


def test_it_is_known_by_its_signature() -> None:
    assert READER.match(HEAD, "x") == SURE
    assert READER.match(b"!BDN", "x.pst") == NO
    assert READER.match(b"", "") == NO


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines if line.startswith("pst")]


def test_the_corpus_is_read_and_each_count_is_the_manifests(corpus: Path) -> None:
    pytest.importorskip("pypff")
    manifest = (corpus / "email" / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    declared = {
        cells[1]: int(cells[8])
        for cells in (line.split("\t") for line in manifest[1:])
        if cells[0] == "pst"
    }
    assert declared.keys() == {row[0] for row in rows()}
    for path, top, inner, headers, _why in rows():
        found = drain(READER, (corpus / "email" / path).read_bytes())
        tops = [message for message in found.messages if message.parent is None]
        assert found.error is None, path
        assert len(tops) == declared[path] == int(top) == found.notes.declared["items"], path
        assert len(found.messages) - len(tops) == int(inner), path
        assert found.notes.facts["items_with_internet_headers"] == headers, path


@pytest.mark.parametrize("seed", range(12))
def test_a_mailbox_of_the_corpus_cut_or_changed_comes_to_an_end(corpus: Path, seed: int) -> None:
    pytest.importorskip("pypff")
    data = bytearray((corpus / "email/pst/tika/testPST_variousBodyTypes.pst").read_bytes())
    dice = random.Random(seed)  # noqa: S311 - the same changes each time
    if seed % 3 == 0:
        data = data[: dice.randrange(len(data))]
    for _ in range(dice.choice((1, 8, 64)) if seed % 3 else 0):
        at = dice.randrange(len(data) // 4) * 4
        data[at : at + 4] = dice.choice((b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f"))

    begun = time.monotonic()
    drain(READER, bytes(data))

    assert time.monotonic() - begun < 20
