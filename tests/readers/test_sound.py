"""Sound and video tell how long they are and what they call themselves, without being played."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from tests.readers import sounds
from tests.readers.pictures import box, full_box
from tests.readers.reading import report_of
from tests.readers.sounds import ONE_OF_EACH, SECONDS, id3, movie, movie_head, mp3, opus
from tinytag import TinyTag

from stalklog.core.media import media_type_of
from stalklog.readers.sound import Sound
from stalklog.records.facts import FACTS

if TYPE_CHECKING:
    from stalklog.records.message import ReadingReport

EACH = pytest.mark.parametrize(("form", "data"), ONE_OF_EACH.items())


def left(report: ReadingReport) -> list[tuple[str, str]]:
    return [(unread.reason, unread.detail) for unread in report.unread]


def seconds_of(report: ReadingReport) -> float:
    return float(report.facts["duration_s"])


@EACH
@pytest.mark.parametrize("one_way", [False, True])
def test_each_form_tells_what_it_is_and_how_long(form: str, data: bytes, one_way: bool) -> None:
    report = report_of(data, one_way=one_way)
    assert report.reader == "sound"
    assert report.facts["format"] == form
    assert seconds_of(report) == pytest.approx(SECONDS, abs=0.1)
    assert report.is_whole
    assert report.total == 0


@EACH
def test_it_tells_the_same_whether_the_stream_can_jump_or_not(form: str, data: bytes) -> None:
    assert report_of(data) == report_of(data, one_way=True), form


@EACH
def test_every_fact_has_words_for_a_person(form: str, data: bytes) -> None:
    assert set(report_of(data).facts) <= set(FACTS), form


@pytest.mark.parametrize("form", ["WAV", "Ogg Opus", "Ogg Vorbis", "FLAC", "MP3", "MP4", "M4A"])
def test_it_says_what_tinytag_says(form: str) -> None:
    data = ONE_OF_EACH[form]
    facts = report_of(data).facts
    other = TinyTag.get(file_obj=BytesIO(data))
    assert other.duration == pytest.approx(float(facts["duration_s"]), abs=0.03)
    assert (facts.get("title"), facts.get("artist")) == (other.title, other.artist)
    if "sample_rate_hz" in facts:
        assert facts["sample_rate_hz"] == str(other.samplerate)
        assert facts["channels"] == str(other.channels)


@pytest.mark.parametrize(
    "data",
    [
        opus("TITLE=Ghar", "ARTIST=Nobody"),
        sounds.vorbis("title=Ghar", "Artist=Nobody"),
        sounds.flac("TITLE=Ghar", "ARTIST=Nobody"),
        sounds.wav(labels=sounds.info(b"INAM", "Ghar") + sounds.info(b"IART", "Nobody")),
        mp3(labels=id3(TIT2="Ghar", TPE1="Nobody")),
        movie(
            movie_head(),
            box(
                b"udta",
                full_box(
                    b"meta",
                    full_box(b"hdlr", bytes(4), b"mdir", bytes(13)),
                    box(
                        b"ilst",
                        sounds.label(b"\xa9nam", "Ghar"),
                        sounds.label(b"\xa9ART", "Nobody"),
                    ),
                ),
            ),
        ),
        movie(movie_head(), sounds.named_labels(title="Ghar", artist="Nobody"), brand=b"qt  "),
    ],
    ids=["Opus", "Vorbis", "FLAC", "WAV", "MP3", "MP4", "QuickTime"],
)
def test_title_and_artist_are_told_and_all_labels_by_name(data: bytes) -> None:
    facts = report_of(data).facts
    assert (facts["title"], facts["artist"]) == ("Ghar", "Nobody")
    assert len(facts["tags"].split(", ")) == 2


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        (0, "Gh\xe4r".encode("latin-1")),
        (1, "घर".encode("utf-16")),
        (2, "घर".encode("utf-16-be")),
        (3, "घर".encode()),
    ],
)
def test_the_letters_of_a_title_are_those_that_were_written(encoding: int, raw: bytes) -> None:
    label = b"TIT2" + (1 + len(raw)).to_bytes(4) + bytes([0, 0, encoding]) + raw
    head = b"ID3\3\0\0" + sounds.seven_bits(len(label))
    assert report_of(mp3(labels=head + label)).facts["title"] in {"Ghär", "घर"}


def test_an_old_label_of_three_letters_is_read() -> None:
    label = b"TT2" + (5).to_bytes(3) + b"\0Ghar"
    labels = b"ID3\2\0\0" + sounds.seven_bits(len(label)) + label
    assert report_of(mp3(labels=labels)).facts["title"] == "Ghar"


def test_a_picture_among_the_labels_is_skipped() -> None:
    cover = b"APIC" + sounds.seven_bits(2_000_000) + bytes(2) + bytes(2_000_000)
    labels = b"ID3\4\0\0" + sounds.seven_bits(len(cover)) + cover
    report = report_of(mp3(labels=labels))
    assert report.is_whole
    assert report.facts["tags"] == "APIC"


def test_an_mp3_is_counted_or_counts_itself() -> None:
    frame_s = 1152 / 44100
    assert seconds_of(report_of(mp3(frames=100))) == pytest.approx(100 * frame_s, abs=0.01)
    assert seconds_of(report_of(mp3(frames=100, count=7000))) == pytest.approx(
        7000 * frame_s, abs=0.01
    )


def test_labels_and_padding_behind_an_mp3_are_no_damage() -> None:
    report = report_of(mp3() + bytes(200_000) + b"TAG" + bytes(125))
    assert report.is_whole
    assert seconds_of(report) == pytest.approx(80 * 1152 / 44100, abs=0.01)


def test_an_mp3_needs_two_frames_to_be_known() -> None:
    assert Sound().match(b"\xff\xfb\x50\xc4 a text that begins so".ljust(500), "x.mp3") == 0


def test_flac_behind_id3_is_flac() -> None:
    assert report_of(id3(TIT2="x") + sounds.flac()).facts["format"] == "FLAC"


def test_a_wav_recorded_into_a_pipe_has_the_length_of_what_is_there() -> None:
    data = sounds.wav()
    at = data.index(b"data") + 4
    for unknown in (bytes(4), b"\xff" * 4):
        report = report_of(data[:at] + unknown + data[at + 4 :])
        assert seconds_of(report) == pytest.approx(SECONDS)
        assert report.is_whole


def test_a_packed_wav_counts_its_samples() -> None:
    head = (2).to_bytes(2, "little") + (1).to_bytes(2, "little") + (8000).to_bytes(4, "little")
    head += (99).to_bytes(4, "little") + bytes(4)
    chunks = b"fmt " + (16).to_bytes(4, "little") + head
    chunks += b"fact" + (4).to_bytes(4, "little") + (16000).to_bytes(4, "little")
    chunks += b"data" + (10).to_bytes(4, "little") + bytes(10)
    data = b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks
    assert seconds_of(report_of(data)) == 2


def test_a_voice_message_that_was_cut_off_is_as_long_as_what_is_there() -> None:
    report = report_of(opus(seconds=5)[:-100])
    assert left(report) == [("damaged", "")]
    assert seconds_of(report) == pytest.approx(4, abs=0.05)


def test_of_several_streams_the_sound_is_measured() -> None:
    picture = sounds.page(b"\x80theora" + bytes(40), 0, flags=2, number=9)
    report = report_of(picture + opus() + sounds.page(bytes(10), 10**12, number=9))
    assert seconds_of(report) == SECONDS


def test_labels_over_several_pages_are_put_together() -> None:
    data = opus("LONG=" + "x" * 1000, "TITLE=Ghar")
    first, second = data.index(b"OggS", 1), data.index(b"OggS", 100)
    whole = data[first:second]
    body = whole[27 + whole[26] :]
    pages = b"".join(
        b"OggS\0\0"
        + b"\xff" * 8
        + (1).to_bytes(4, "little")
        + bytes(8)
        + bytes([len(sizes), *sizes])
        + body[at : at + sum(sizes)]
        for at, sizes in ((0, [255, 255]), (510, [255, 255]), (1020, [len(body) - 1020]))
    )
    report = report_of(data[:first] + pages + data[second:])
    assert report.facts["title"] == "Ghar"
    assert report.is_whole


def test_when_a_video_says_that_it_was_made() -> None:
    for version in (0, 1):
        taken = report_of(movie(movie_head(version=version))).taken
        assert taken is not None
        assert taken.written == "2024-03-03T21:30:00Z"
        assert taken.instant == datetime(2024, 3, 3, 21, 30, tzinfo=UTC)
        assert taken.zone_source == "epoch"


def test_a_video_that_was_never_given_a_time_has_none() -> None:
    assert report_of(movie(movie_head(made=0))).taken is None


def test_an_iphones_own_time_has_a_zone_and_comes_first() -> None:
    labels = sounds.named_labels(creationdate="2024-03-03T21:30:00+0530", make="Example")
    for parts in ((movie_head(), labels), (labels, movie_head())):
        report = report_of(movie(*parts, brand=b"qt  "))
        assert report.taken is not None
        assert report.taken.written == "2024-03-03T21:30:00+0530"
        assert report.taken.instant == datetime(2024, 3, 3, 16, 0, tzinfo=UTC)
        assert (report.taken.zone, report.taken.zone_source) == ("+05:30", "file")
        assert report.facts["make"] == "Example"


@pytest.mark.parametrize(
    "part",
    [
        box(b"udta", box(b"\xa9xyz", (18).to_bytes(2), bytes(2), b"+12.9716+077.5946/")),
        box(b"udta", full_box(b"loci", bytes(2), b"Home\0\0", bytes(12), b"earth\0\0")),
        sounds.named_labels(location_ISO6709="+12.9716+077.5946/"),
    ],
    ids=["Android", "3GP", "iPhone"],
)
def test_a_place_in_a_video_is_told_as_being_there_and_never_where(part: bytes) -> None:
    facts = report_of(movie(movie_head(), part)).facts
    assert facts["gps"] == "yes"
    told = " ".join(facts.values())
    assert "12.97" not in told
    assert "Home" not in told


def test_a_video_has_the_size_of_its_largest_picture() -> None:
    parts = (movie_head(), sounds.track(0, 0), sounds.track(1920, 1080), sounds.track(160, 90))
    facts = report_of(movie(*parts)).facts
    assert (facts["width_px"], facts["height_px"]) == ("1920", "1080")


def test_a_video_whose_description_comes_first_is_read_too() -> None:
    assert seconds_of(report_of(movie(first=True), one_way=True)) == SECONDS


@pytest.mark.parametrize("size", [0, 1])
def test_a_box_to_the_end_and_a_long_box_are_followed(size: int) -> None:
    pictures = (b"\0\0\0\0mdat" if size == 0 else b"\0\0\0\1mdat" + (116).to_bytes(8)) + bytes(100)
    head = box(b"ftyp", b"isom", bytes(4)) + box(b"moov", movie_head())
    for one_way in (False, True):
        report = report_of(head + pictures, one_way=one_way)
        assert report.is_whole
        assert seconds_of(report) == SECONDS


def test_a_video_without_its_description_says_what_is_missing() -> None:
    report = report_of(box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(100)))
    assert left(report) == [("damaged", "moov")]


@pytest.mark.parametrize("form", [form for form in ONE_OF_EACH if form != "FLAC"])
@pytest.mark.parametrize("one_way", [False, True])
def test_a_recording_that_is_cut_off_is_told_as_damaged(form: str, one_way: bool) -> None:
    report = report_of(ONE_OF_EACH[form][:-7], one_way=one_way)
    assert left(report)[0][0] == "damaged"
    assert not report.is_whole


def test_flac_without_its_sound_is_told_as_damaged() -> None:
    data = sounds.flac()
    assert left(report_of(data[: data.index(b"\xff\xf8")])) == [("damaged", "")]


def test_a_kind_of_frame_that_there_is_not_is_damage_and_what_came_before_holds() -> None:
    report = report_of(sounds.amr(frames=50) + b"\x48" + bytes(40))
    assert left(report) == [("damaged", "")]
    assert seconds_of(report) == 1


def test_the_media_types_are_those_of_the_forms() -> None:
    found = {media_type_of(data[:100]) for data in ONE_OF_EACH.values()}
    assert found <= set(Sound.media_types)
