"""A picture tells its facts without being opened, and a place only as being there."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.readers import pictures
from tests.readers.pictures import ONE_OF_EACH, SIZE, draw, exif, gif, heic, png, save, tiff
from tests.readers.reading import report_of

from stalklog.core.media import media_type_of
from stalklog.readers.picture import Picture
from stalklog.readers.table import find_reader
from stalklog.records.facts import FACTS
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_FACT_NAMES, MAX_PIXELS

if TYPE_CHECKING:
    from stalklog.records.message import ReadingReport

HEIC = heic(exif())
EACH = {**ONE_OF_EACH, "HEIF": HEIC}


def left(report: ReadingReport) -> list[tuple[str, str]]:
    return [(unread.reason, unread.detail) for unread in report.unread]


@pytest.mark.parametrize(("form", "data"), EACH.items())
def test_each_form_tells_what_it_is_and_how_large(form: str, data: bytes) -> None:
    report = report_of(data)
    assert report.reader == "picture"
    assert report.facts["format"] == form
    assert (report.facts["width_px"], report.facts["height_px"]) == tuple(map(str, SIZE))
    assert report.is_whole
    assert report.total == 0


@pytest.mark.parametrize(("form", "data"), EACH.items())
def test_every_fact_has_words_for_a_person(form: str, data: bytes) -> None:
    assert set(report_of(data).facts) <= set(FACTS), form


@pytest.mark.parametrize(
    ("options", "data"),
    [
        (f"{form} {mode} {options}", save(draw((71, 33), mode), form, **options))
        for form, modes, choices in (
            ("PNG", ("1", "L", "P", "RGB", "RGBA", "I;16"), ({}, {"optimize": True})),
            ("JPEG", ("L", "RGB", "CMYK"), ({}, {"progressive": True}, {"quality": 1})),
            ("GIF", ("L", "P"), ({}, {"interlace": 1})),
            ("WEBP", ("RGB", "RGBA"), ({}, {"lossless": True}, {"quality": 1})),
            ("BMP", ("1", "L", "P", "RGB"), ({},)),
            ("AVIF", ("RGB",), ({},)),
            ("TIFF", ("1", "L", "RGB"), ({}, {"compression": "tiff_lzw"}, {"big_tiff": False})),
        )
        for mode in modes
        for options in choices
    ],
)
def test_it_says_of_the_size_what_pillow_says(options: str, data: bytes) -> None:
    report = report_of(data)
    with Image.open(BytesIO(data)) as opened:
        assert (report.facts["width_px"], report.facts["height_px"]) == tuple(
            map(str, opened.size)
        ), options
    assert report.is_whole


@pytest.mark.parametrize(
    "data",
    [
        save(draw(), "JPEG", exif=exif()),
        save(draw(), "WEBP", exif=exif()),
        save(draw(), "PNG", exif=exif()),
        save(draw(), "TIFF", exif=exif()),
        HEIC,
    ],
    ids=["JPEG", "WebP", "PNG", "TIFF", "HEIF"],
)
def test_a_camera_is_told_with_the_time_as_written_and_as_understood(data: bytes) -> None:
    report = report_of(data)
    assert report.facts["make"] == "Example"
    assert report.facts["model"] == "Phone 1"
    assert report.facts["software"] == "Camera 2.0"
    taken = report.taken
    assert taken is not None
    assert taken.written == pictures.WRITTEN
    assert taken.wall == "2024-03-03T21:30:00"
    assert taken.instant == datetime(2024, 3, 3, 16, 0, tzinfo=UTC)
    assert (taken.zone, taken.zone_source, taken.precision) == ("+05:30", "file", "second")


@pytest.mark.parametrize("offset", ["", "   :  ", "+5:30", "+99:99", "Asia/Kolkata"])
def test_a_time_without_an_offset_has_no_zone_and_no_instant(offset: str) -> None:
    taken = report_of(save(draw(), "JPEG", exif=exif(offset=offset))).taken
    assert taken is not None
    assert taken.wall == "2024-03-03T21:30:00"
    assert (taken.zone, taken.zone_source, taken.instant) == (None, "none", None)


@pytest.mark.parametrize("written", ["2024:02:30 10:00:00", "yesterday", "2024:03:03 24:30:00"])
def test_a_time_that_cannot_be_is_kept_as_written_alone(written: str) -> None:
    taken = report_of(save(draw(), "JPEG", exif=exif(taken=written))).taken
    assert taken is not None
    assert (taken.written, taken.wall, taken.instant) == (written, None, None)


@pytest.mark.parametrize("written", ["", "    :  :     :  :  ", "0000:00:00 00:00:00"])
def test_a_time_that_was_never_set_is_no_time(written: str) -> None:
    assert report_of(save(draw(), "JPEG", exif=exif(taken=written))).taken is None


@pytest.mark.parametrize(
    "data",
    [
        save(draw(), "JPEG", exif=exif(gps=True)),
        save(draw(), "WEBP", exif=exif(gps=True)),
        save(draw(), "PNG", exif=exif(gps=True)),
        save(draw(), "TIFF", exif=exif(gps=True)),
        heic(exif(gps=True)),
        png(xmp="<x exif:GPSLatitude='12,58.28N' exif:GPSLongitude='77,35.67E'/>"),
        save(draw(), "JPEG", xmp=b"<x exif:GPSLatitude='12,58.28N'/>"),
    ],
    ids=["JPEG", "WebP", "PNG", "TIFF", "HEIF", "PNG with XMP", "JPEG with XMP"],
)
def test_a_place_is_told_as_being_there_and_never_where(data: bytes) -> None:
    report = report_of(data)
    assert report.facts["gps"] == "yes"
    told = " ".join(value for name, value in report.facts.items() if "px" not in name)
    assert not any(part in told for part in pictures.COORDINATES)


def test_without_a_place_nothing_is_told_of_one() -> None:
    assert "gps" not in report_of(save(draw(), "JPEG", exif=exif())).facts


def test_a_place_that_was_left_empty_is_none() -> None:
    block = Image.Exif()
    block.get_ifd(0x8825).update({0: b"\2\3\0\0", 2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)})
    nowhere = 3 * (bytes(4) + (1).to_bytes(4))
    raw = block.tobytes()
    assert raw.count(nowhere) == 2
    raw = raw.replace(nowhere, bytes(len(nowhere)))
    assert "gps" not in report_of(save(draw(), "JPEG", exif=raw)).facts


def test_a_last_directory_without_a_next_one_is_no_damage() -> None:
    block = b"MM\0*\0\0\0\x08" + b"\0\1" + b"\1\x12\0\3\0\0\0\1\0\5\0\0"
    report = report_of(save(draw(), "PNG", exif=block))
    assert report.facts["orientation"] == "5"
    assert report.is_whole


@pytest.mark.parametrize("orientation", range(1, 9))
def test_how_it_is_turned_is_told(orientation: int) -> None:
    data = save(draw(), "JPEG", exif=exif(orientation=orientation))
    assert report_of(data).facts["orientation"] == str(orientation)


@pytest.mark.parametrize(
    ("quarter_turns", "orientation"), [(None, "1"), (0, "1"), (1, "8"), (2, "3"), (3, "6")]
)
def test_an_iphone_picture_is_turned_by_its_box_and_not_by_exif(
    quarter_turns: int | None, orientation: str
) -> None:
    data = heic(exif(orientation=5), quarter_turns=quarter_turns)
    assert report_of(data).facts["orientation"] == orientation


def test_the_number_of_pictures_in_one_file_is_told() -> None:
    assert report_of(gif(7)).facts["frames"] == "7"
    assert report_of(tiff(3)).facts["frames"] == "3"
    several = [draw().rotate(turn) for turn in (0, 90, 180)]
    for form in ("PNG", "WEBP"):
        data = save(several[0], form, save_all=True, append_images=several[1:])
        assert report_of(data).facts["frames"] == "3"
    assert "frames" not in report_of(png()).facts


def test_texts_in_a_png_are_told_by_name_alone() -> None:
    facts = report_of(png(texts={"Title": "secret-1", "Comment": "secret-2"})).facts
    assert facts["text_chunks"] == "Title, Comment"
    assert "secret" not in " ".join(facts.values())


def test_a_text_behind_the_pixels_is_told_too() -> None:
    data = png()
    text = b"Late\0invented"
    chunk = len(text).to_bytes(4) + b"tEXt" + text + bytes(4)
    at = data.index(b"IEND") - 4
    assert report_of(data[:at] + chunk + data[at:]).facts["text_chunks"] == "Late"


def test_the_time_of_the_last_change_is_told_as_written() -> None:
    data = png()
    chunk = (7).to_bytes(4) + b"tIME" + (2024).to_bytes(2) + bytes([3, 3, 21, 30, 0]) + bytes(4)
    at = data.index(b"IEND") - 4
    report = report_of(data[:at] + chunk + data[at:])
    assert report.facts["changed"] == "2024-03-03T21:30:00Z"
    assert report.taken is None


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WebP"])
def test_bytes_behind_its_end_are_counted(form: str) -> None:
    report = report_of(EACH[form] + b"something else")
    assert report.facts["trailing_bytes"] == "14"
    assert report.is_whole


def test_a_second_picture_behind_a_jpeg_is_counted_among_what_is_behind_it() -> None:
    report = report_of(save(draw(), "MPO", save_all=True, append_images=[draw()]))
    assert report.facts["format"] == "JPEG"
    assert int(report.facts["trailing_bytes"]) > 500
    assert report.is_whole


@pytest.mark.parametrize(("form", "data"), EACH.items())
def test_a_picture_that_is_cut_off_is_told_as_damaged(form: str, data: bytes) -> None:
    report = report_of(data[:-12])
    assert left(report) == [("damaged", "")], form
    assert not report.is_whole
    assert report.facts["format"] == form


def test_where_it_is_damaged_is_told() -> None:
    data = png()
    assert report_of(data[:-3]).unread[0].place.start == len(data) - 4


def test_damaged_exif_is_told_with_its_place_and_the_rest_holds() -> None:
    data = save(draw(), "JPEG", exif=exif())
    at = data.index(b"MM\0*")
    report = report_of(data.replace(b"MM\0*\0\0\0\x08", b"MM\0*\x7f\xff\xff\xff"))
    assert left(report) == [("damaged", "EXIF")]
    assert report.unread[0].place.start == at
    assert report.facts["width_px"] == "64"


def test_a_picture_of_too_many_pixels_is_over_a_limit_and_its_size_is_told() -> None:
    data = png()
    side = 50_000
    size = side.to_bytes(4) * 2
    report = report_of(data[:16] + size + data[24:])
    assert side * side > MAX_PIXELS
    assert left(report) == [("over-limit", "pixels")]
    assert report.facts["width_px"] == str(side)


def test_long_facts_are_cut_and_show_it() -> None:
    block = Image.Exif()
    block[0x10F] = "m" * 5000
    facts = report_of(save(draw(), "JPEG", exif=block)).facts
    assert facts["make"] == "m" * MAX_FACT_CHARS + "…"


def test_only_so_many_names_are_listed() -> None:
    names = [f"{number:02}" for number in range(MAX_FACT_NAMES + 5)]
    facts = report_of(png(texts=dict.fromkeys(names, "x"))).facts
    assert facts["text_chunks"] == ", ".join(names[:MAX_FACT_NAMES])


def test_a_bitmap_is_not_known_by_two_letters_alone() -> None:
    assert find_reader(b"BMW has called\n" * 10, "x.bmp") is None


def test_what_is_drawn_by_a_program_is_no_picture() -> None:
    for head in (b"%!PS-Adobe-3.0 EPSF-3.0\n", b"8BPS\0\1", b"<svg xmlns=", b"\xd7\xcd\xc6\x9a"):
        assert Picture().match(head.ljust(200), "x.png") == 0


def test_the_media_types_are_those_of_the_forms() -> None:
    assert {media_type_of(data[:100]) for data in EACH.values()} <= set(Picture.media_types)
