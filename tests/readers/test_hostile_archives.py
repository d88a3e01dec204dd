"""A zip can lie in every part: what must hold of every reader of exports that are an archive.

The limits themselves stand in one place, which opens the zip, and are tested there; here it is
shown that no reader goes round them, and that what they stop costs none of the chat beside it.
"""

from __future__ import annotations

import ast
import io
import time
import tracemalloc
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.archives import ARCHIVES, WORDS
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.enemy import changed
from tests.readers.test_tar_members import tarred

import stalklog
from stalklog.readers import zip_members
from stalklog.readers.base import Notes
from stalklog.readers.table import all_readers
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from stalklog.readers.base import Reader

SOURCE = Path(stalklog.__file__).parent
READERS: dict[str, Reader] = {reader.name: reader for reader in all_readers()}
ZIPS = [name for name in ARCHIVES if name.endswith("-zip")]
TARS = [name for name in ARCHIVES if name.endswith("-tar")]
EACH = pytest.mark.parametrize("name", ZIPS)
FEW_S = 0.05
LONG_BYTES = 50 << 20
MOST_BYTES = 200 << 20
BOMB = bytes(60 << 20)
ENDINGS = ("", ".json", ".txt", ".js", ".csv", ".html")
OTHERS = (("media/1.jpg", b"x"), (f"files/00/{'00' * 32}", b"y"))
LONG_NAMES = (
    "a/" * 32_000,
    "a" * 64_000,
    "a-/1_" * 12_000,
    "Attachments/" * 5_000,
    "chat_media/" * 5_000,
    "media/" * 10_000,
    "e" + "\u0301\u0316" * 16_000,
)
_DIRECTORY = b"PK\x01\x02"


def _zip(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands there twice
        for name, data in files:
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 21, 30, 0)), data, method)
    return out.getvalue()


def _listed(data: bytes, name: str) -> int:
    """Where the entry of a file begins in the directory of a zip."""
    return data.rindex(name.encode(), data.index(_DIRECTORY)) - 46


def _set(data: bytes, at: int, value: int, size: int) -> bytes:
    return changed(data, at, value.to_bytes(size, "little"), size)


def _encrypted(data: bytes, name: str) -> bytes:
    return _set(data, _listed(data, name) + 8, 1, 2)


def _texts(name: str, data: bytes) -> tuple[list[str], list[str]]:
    """What was read, and why something was not."""
    found = drain(READERS[name], data)
    assert found.seconds < SMALL_S
    reasons = [*found.reasons, *([found.error.reason] if found.error else [])]
    return [message.text for message in found.messages], reasons


def test_no_reader_of_archives_is_left_out() -> None:
    packed = {"application/zip", "application/x-tar"}
    known = {reader.name for reader in all_readers() if packed & {*reader.media_types}}
    assert known - {"wacz"} == ARCHIVES.keys()


def test_a_zip_is_opened_in_one_place_and_a_tar_nowhere_else() -> None:
    opening: dict[str, set[str]] = {"zipfile": set(), "tarfile": set(), "shutil": set()}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in opening.keys() & {one.partition(".")[0] for one in names}:
                opening[name].add(path.stem)
    assert opening["zipfile"] == {"zip_members"}
    assert not opening["tarfile"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_is_beside_the_chat_changes_nothing(name: str) -> None:
    chat = ARCHIVES[name]
    files = ((chat.name, chat.data), *OTHERS)
    data = _zip(*files) if name in ZIPS else tarred(dict(files))
    assert _texts(name, data) == ([*WORDS], [])
    assert report_of(READERS[name], data) == report_of(READERS[name], data)


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_a_mac_puts_beside_it_is_no_file_of_it(name: str) -> None:
    chat = ARCHIVES[name]
    folder, _slash, last = chat.name.rpartition("/")
    forged = chat.of(b"forged", b"forged", b"forged")
    files = (
        (f"__MACOSX/{chat.name}", forged),
        *((f"__MACOSX/{folder}/._{last}{ending}", b"\0\5\x16\7") for ending in ENDINGS),
        (chat.name, chat.data),
    )
    data = _zip(*files) if name in ZIPS else tarred(dict(files))
    assert _texts(name, data) == ([*WORDS], [])


@EACH
def test_a_second_chat_that_cannot_be_read_is_told(name: str) -> None:
    chat = ARCHIVES[name]
    second = f"old/{chat.name}"
    data = _zip((chat.name, chat.data), (second, chat.data))
    at = int.from_bytes(data[_listed(data, second) + 42 :][:4], "little")
    found = drain(READERS[name], _set(data, at, 0, 4))
    assert [message.text for message in found.messages] == [*WORDS]
    assert second in {unread.place.member for unread in found.notes.unread}


@EACH
def test_a_bomb_beside_the_chat_is_named_and_the_chat_is_read(name: str) -> None:
    chat = ARCHIVES[name]
    texts, reasons = _texts(name, _zip((chat.name, chat.data), ("bomb.txt", BOMB)))
    assert texts == [*WORDS]
    assert "over-limit" in reasons


@EACH
def test_a_chat_that_is_a_bomb_is_named_and_not_unpacked(name: str) -> None:
    chat = ARCHIVES[name]
    texts, reasons = _texts(name, _zip((chat.name, chat.data + BOMB)))
    assert not texts
    assert "over-limit" in reasons


@EACH
def test_a_chat_that_is_longer_than_it_says_ends_there(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data))
    said = len(chat.data) // 2
    found = drain(READERS[name], _set(data, _listed(data, chat.name) + 24, said, 4))
    assert len(found.messages) < len(WORDS) or name == "imessage-zip"
    assert found.error or "damaged" in found.reasons or found.reasons
    assert all((one.place.end or 0) <= said for one in found.messages)


@EACH
def test_files_that_lie_over_the_chat_are_not_read(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data), ("other.txt", b"other"))
    texts, reasons = _texts(name, _set(data, _listed(data, "other.txt") + 42, 10, 4))
    assert not texts
    assert "damaged" in reasons


@EACH
def test_too_many_files_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "MAX_MEMBERS", 10)
    chat = ARCHIVES[name]
    many = [(f"{number}.txt", b"x") for number in range(10)]
    assert _texts(name, _zip((chat.name, chat.data), *many)) == ([], ["over-limit"])


@EACH
def test_an_encrypted_file_is_named_and_the_chat_is_read(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data), ("secret.txt", b"secret"))
    texts, reasons = _texts(name, _encrypted(data, "secret.txt"))
    assert texts == [*WORDS]
    assert "encrypted" in reasons


@EACH
def test_an_encrypted_chat_is_named(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data), ("open.txt", b"x"))
    texts, reasons = _texts(name, _encrypted(data, chat.name))
    assert not texts
    assert "encrypted" in reasons


@EACH
def test_a_zip_inside_is_a_file_like_any_other(name: str) -> None:
    chat = ARCHIVES[name]
    inner = _zip((chat.name, chat.of(*(b"forged" for _word in WORDS))))
    for _level in range(5):
        inner = _zip(("inner.zip", inner), (chat.name, chat.data))
    assert _texts(name, inner)[0] == [*WORDS]


@EACH
@pytest.mark.parametrize("folder", ["../../", "/", "C:\\", "a/../../"])
def test_names_that_lead_out_are_told_and_only_names(name: str, folder: str) -> None:
    chat = ARCHIVES[name]
    found = drain(READERS[name], _zip((chat.name, chat.data), (f"{folder}etc/passwd", b"x")))
    assert [message.text for message in found.messages] == [*WORDS]
    assert found.notes.facts["names_leading_out"] == "yes"


@EACH
def test_a_chat_that_stands_there_twice_is_told_and_the_first_holds(name: str) -> None:
    chat = ARCHIVES[name]
    forged = chat.of(b"forged", b"forged", b"forged")
    found = drain(READERS[name], _zip((chat.name, chat.data), (chat.name, forged)))
    assert [message.text for message in found.messages[:3]] == [*WORDS]
    assert found.notes.facts["names_twice"] == "yes"
    assert len(found.messages) == 2 * len(WORDS) or found.reasons


@EACH
def test_a_changed_byte_of_the_chat_is_told_and_costs_no_other(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data), method=zipfile.ZIP_STORED)
    at = data.index(b"two")
    texts, reasons = _texts(name, changed(data, at, b"owt", 3))
    assert texts == ["one", "owt", "three"]
    assert reasons == ["damaged"]


@pytest.mark.parametrize("long", LONG_NAMES)
@pytest.mark.parametrize("name", [*ARCHIVES, "wacz"])
def test_by_names_without_end_it_is_known_quickly(name: str, long: str) -> None:
    files = {long: b"", "x.json": b""}
    head = (_zip(*files.items()) if name not in TARS else tarred(files, 2))[:MAX_HEAD_BYTES]
    seconds = []
    for _time in range(2):
        began = time.process_time()
        READERS[name].match(head, "file")
        seconds.append(time.process_time() - began)
    assert min(seconds) < FEW_S


@pytest.mark.parametrize("long", LONG_NAMES)
@pytest.mark.parametrize("name", ARCHIVES)
def test_names_without_end_take_no_long_time(name: str, long: str) -> None:
    chat = ARCHIVES[name]
    files = [(chat.name, chat.data), *((f"{long}{number}", b"x") for number in range(3))]
    data = _zip(*files) if name in ZIPS else tarred(dict(files), 2)
    assert _texts(name, data)[0] == [*WORDS]


@EACH
def test_cut_off_anywhere_it_is_refused(name: str) -> None:
    chat = ARCHIVES[name]
    data = _zip((chat.name, chat.data), *OTHERS)
    for end in range(0, len(data), 1 + len(data) // 1_000):
        assert _texts(name, data[:end]) == ([], ["damaged"])


@pytest.mark.parametrize("name", TARS)
def test_a_tar_cut_off_anywhere_gives_what_is_there(name: str) -> None:
    chat = ARCHIVES[name]
    data = tarred(dict([(chat.name, chat.data), *OTHERS]))
    for end in range(len(data)):
        texts, reasons = _texts(name, data[:end])
        assert texts == [*WORDS][: len(texts)]
        assert reasons or texts == [*WORDS]


@pytest.mark.parametrize("name", ARCHIVES)
@given(at=st.integers(0, 1 << 16), piece=st.binary(max_size=8))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_time(name: str, at: int, piece: bytes) -> None:
    chat = ARCHIVES[name]
    files = ((chat.name, chat.data), *OTHERS)
    data = _zip(*files) if name in ZIPS else tarred(dict(files))
    _texts(name, changed(data, at % len(data), piece, len(piece)))


@pytest.mark.parametrize("name", ARCHIVES)
def test_words_of_50_mb_fit_in_memory_and_cost_no_other_message(name: str) -> None:
    chat = ARCHIVES[name]
    files = ((chat.name, chat.of(b"first", b"x" * LONG_BYTES, b"last")),)
    data = _zip(*files, method=zipfile.ZIP_STORED) if name in ZIPS else tarred(dict(files))
    tracemalloc.start()
    texts = [one.text[:20] for one in READERS[name].read(io.BytesIO(data), "x", Notes())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_BYTES
    assert (texts[0], texts[-1]) == ("first", "last")
