"""Whatever a picture or a recording claims, reading it ends soon, and with facts or a reason."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import tracemalloc
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.readers import pictures, sounds
from tests.readers.pictures import box, draw, exif, full_box, heic, png, save
from tests.readers.reading import OneWay, report_of

from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.picture import Picture
from stalklog.readers.sound import Sound
from stalklog.records.facts import FACTS
from stalklog.records.message import REASONS
from stalklog.safety.limits import MAX_BLOCKS, MAX_FRAMES

if TYPE_CHECKING:
    from stalklog.readers.base import Reader

SMALL_S = 0.3
TINY = {
    **pictures.ONE_OF_EACH,
    "BMP": save(draw((5, 3)), "BMP"),
    "TIFF": save(draw((5, 3)), "TIFF", exif=exif(gps=True)),
    "HEIF": heic(exif(gps=True)),
    "PNG with all": save(draw(), "PNG", exif=exif(gps=True)),
    **sounds.ONE_OF_EACH,
    "WAV": sounds.wav(labels=sounds.info(b"INAM", "x"))[:200],
    "MP3": sounds.mp3(frames=3, labels=sounds.id3(TIT2="x")),
    "AMR": sounds.amr(frames=3),
    "AMR-WB": sounds.amr_wide(frames=3),
}
PICTURE: Final = Picture()
SOUND: Final = Sound()


def read(reader: Reader, data: bytes, *, one_way: bool = False) -> Notes:
    """Read it, whatever it is: nothing but `ReadingError` may come, and soon."""
    notes = Notes()
    begun = time.process_time()
    try:
        assert not list(reader.read(OneWay(data) if one_way else BytesIO(data), "", notes))
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)
    assert time.process_time() - begun < SMALL_S
    assert set(notes.facts) <= set(FACTS)
    assert {unread.reason for unread in notes.unread} <= set(REASONS)
    return notes


def reader_of(form: str) -> Reader:
    return SOUND if form in sounds.ONE_OF_EACH else PICTURE


@pytest.mark.parametrize("form", TINY)
def test_cut_at_every_byte_it_tells_what_is_there(form: str) -> None:
    data = TINY[form]
    for length in range(len(data)):
        read(reader_of(form), data[:length])
        if form in sounds.ONE_OF_EACH:
            read(SOUND, data[:length], one_way=True)


@pytest.mark.parametrize("form", TINY)
def test_changed_at_random_it_tells_facts_or_a_reason(form: str) -> None:
    chance = random.Random(form)  # noqa: S311 - the same changes in each run
    for _time in range(1000):
        data = bytearray(TINY[form])
        for _change in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(len(data))
            data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        if chance.random() < 0.2:
            at = chance.randrange(len(data))
            del data[at : at + chance.randrange(8)]
        read(reader_of(form), bytes(data))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TINY)), st.binary(max_size=300), st.integers(0, 40))
def test_behind_any_beginning_any_bytes_may_stand(form: str, rest: bytes, kept: int) -> None:
    read(reader_of(form), TINY[form][:kept] + rest)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_can_be_matched_and_read(data: bytes) -> None:
    for reader in (PICTURE, SOUND):
        reader.match(data, "")
        read(reader, data)


# Bombs


def test_a_picture_of_50000_by_50000_is_named_and_not_opened() -> None:
    data = png()
    size = (50_000).to_bytes(4) * 2
    notes = read(PICTURE, data[:16] + size + data[24:])
    assert [(unread.reason, unread.detail) for unread in notes.unread] == [("over-limit", "pixels")]


def test_a_gif_of_100000_pictures_stops_at_a_limit() -> None:
    picture = b"\x2c" + bytes(8) + b"\0\2\2\x4c\1\0"
    data = b"GIF89a" + (1).to_bytes(2, "little") * 2 + bytes(3) + picture * 100_000 + b";"
    report = report_of(data)
    assert [(one.reason, one.detail) for one in report.unread] == [("over-limit", "frames")]
    assert "frames" not in report.facts
    assert report_of(data[: 13 + len(picture) * MAX_FRAMES] + b";").is_whole


def test_a_tiff_of_too_many_pages_stops_at_a_limit() -> None:
    pages = MAX_FRAMES + 5
    data = b"II*\0" + (8).to_bytes(4, "little")
    for number in range(1, pages + 1):
        following = 8 + 20 * number if number < pages else 0
        data += b"\1\0\0\1\4\0\1\0\0\0\5\0\0\0" + following.to_bytes(4, "little") + bytes(2)
    assert [one.detail for one in report_of(data).unread] == ["frames"]


@pytest.mark.parametrize("entries", [b"\1\0\0\1\4\0\1\0\0\0\5\0\0\0", b"\0\0"])
def test_a_tiff_that_turns_in_a_circle_ends(entries: bytes) -> None:
    data = b"II*\0\x08\0\0\0" + entries + (8).to_bytes(4, "little")
    assert [one.reason for one in read(PICTURE, data).unread] == ["damaged"]


def test_directories_that_lie_over_one_another_end() -> None:
    entries, pages = 300, 800
    fill = (entries.to_bytes(2, "little") * 2) * ((2 + 12 * entries) // 4)
    following = b"".join((12 + 4 * page).to_bytes(4, "little") for page in range(pages))
    data = b"II*\0\x08\0\0\0" + fill[: 2 + 12 * entries].ljust(2 + 12 * entries) + following
    assert [one.reason for one in read(PICTURE, data).unread] == ["damaged"]


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (PICTURE, b"\xff\xd8\xff" + b"\xff" * 2 * MAX_BLOCKS),
        (PICTURE, b"\xff\xd8" + b"\xff\xda\0\2" * 2 * MAX_BLOCKS),
        (PICTURE, pictures.png()[:33] + (bytes(4) + b"junk" + bytes(4)) * 2 * MAX_BLOCKS),
        (SOUND, box(b"ftyp", b"isom") + box(b"free") * 2 * MAX_BLOCKS),
        (SOUND, sounds.opus(seconds=1) + sounds.page(b"", 0) * 2 * MAX_BLOCKS),
        (SOUND, b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 2 * MAX_BLOCKS),
    ],
    ids=["JPEG fill", "JPEG scans", "PNG chunks", "MP4 boxes", "Ogg", "WAV"],
)
def test_endless_blocks_stop_at_a_limit(reader: Reader, data: bytes) -> None:
    notes = Notes()
    begun = time.process_time()
    assert not list(reader.read(BytesIO(data), "", notes))
    assert time.process_time() - begun < 10
    assert [(one.reason, one.detail) for one in notes.unread] == [("over-limit", "blocks")]


def test_many_values_of_one_label_take_no_longer_for_each() -> None:
    many = "\0".join(f"{number:05}" for number in range(200_000))
    read(SOUND, sounds.mp3(labels=sounds.id3(TPE1=many)))
    read(SOUND, sounds.opus(*(f"ARTIST={number}" for number in range(2_000))))


def test_a_text_that_unpacks_to_much_is_cut() -> None:
    data = png(xmp="x" * 50_000_000)
    tracemalloc.start()
    try:
        read(PICTURE, data)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_thousands_of_items_that_claim_all_of_the_file_are_not_all_read() -> None:
    count = 3000
    kinds = b"".join(
        full_box(b"infe", number.to_bytes(2), bytes(2), b"mime\0", version=2)
        for number in range(count)
    )
    places = b"".join(
        number.to_bytes(2) + bytes(2) + (1).to_bytes(2) + bytes(4) + (1 << 20).to_bytes(4)
        for number in range(count)
    )
    meta = full_box(
        b"meta",
        full_box(b"iinf", count.to_bytes(2), kinds),
        full_box(b"iloc", bytes([0x44, 0]), count.to_bytes(2), places),
    )
    read(PICTURE, box(b"ftyp", b"heic", bytes(4)) + meta + box(b"mdat", bytes(1 << 20)))


def test_a_video_of_any_length_needs_little_memory() -> None:
    class Endless(OneWay):
        """A gigabyte of nothing behind a head."""

        left = 1 << 30

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            if found or size is None or size < 0:
                return found
            given = min(size, self.left)
            self.left -= given
            return bytes(given)

    head = box(b"ftyp", b"isom", bytes(4)) + b"\0\0\0\1mdat" + ((1 << 30) + 16).to_bytes(8)
    notes = Notes()
    tracemalloc.start()
    try:
        list(SOUND.read(Endless(head), "", notes))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert notes.unread[0].detail == "moov"


_ALONE = """
import sys
from io import BytesIO
from stalklog.readers.base import Notes
from stalklog.readers.table import find_reader
data = sys.stdin.buffer.read()
reader = find_reader(data, "")
list(reader.read(BytesIO(data), "", Notes()))  # loads what it needs of our own
def refuse(event, arguments):
    if event.split(".")[0] in {"socket", "subprocess", "os", "open", "ctypes", "tempfile"}:
        print(event, arguments, file=sys.stderr)
        import os
        os._exit(99)
sys.addaudithook(refuse)
notes = Notes()
list(reader.read(BytesIO(data), "", notes))
assert notes.facts
assert not {name for name in sys.modules if name.startswith(("PIL", "pi_heif", "tinytag"))}
"""


@pytest.mark.parametrize("form", TINY)
def test_telling_the_facts_opens_nothing_and_loads_no_decoder(form: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _ALONE], input=TINY[form], capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()
