"""Text in screenshots is read by the person's own tesseract, which sees no stranger's bytes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.readers.pictures import exif, png, save

from stalklog.readers import screenshot_text
from stalklog.readers.base import ReadingError
from stalklog.readers.picture_worker import PictureWorker
from stalklog.readers.screenshot_text import Tesseract, find_tesseract, read_text
from stalklog.safety import limits

HINDI = Path(__file__).parent / "data" / "hindi.png"
"""Two invented lines, drawn by hand because few computers have the letters for the first."""
FOUND = find_tesseract()
needs_tesseract = pytest.mark.skipif(FOUND is None, reason="tesseract is not installed")
needs_hindi = pytest.mark.skipif(
    FOUND is None or "hin" not in FOUND.languages, reason="tesseract has no Hindi here"
)
needs_script = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def screenshot(*lines: str, dark: bool = False) -> Image.Image:
    paper, ink = ("black", "white") if dark else ("white", "black")
    picture = Image.new("RGB", (900, 80 + 90 * len(lines)), paper)
    drawing = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(lines):
        drawing.text((40, 40 + 90 * number), line, fill=ink, font=font)
    return picture


def tesseract() -> Tesseract:
    assert FOUND is not None
    return FOUND


@needs_tesseract
@pytest.mark.parametrize(("form", "dark"), [("PNG", False), ("JPEG", True)])
def test_english_is_read_with_the_name_of_the_engine(form: str, dark: bool) -> None:
    data = save(screenshot("You will be sorry", "Call me tonight", dark=dark), form)
    found = read_text(BytesIO(data), tesseract())
    assert found.text.split("\n") == ["You will be sorry", "Call me tonight"]
    assert found.engine == "tesseract"
    assert found.engine_version == tesseract().version
    assert found.languages == tesseract().languages


@needs_hindi
def test_hindi_is_read_beside_english() -> None:
    with PictureWorker() as worker, HINDI.open("rb") as stream:
        found = read_text(stream, tesseract(), worker)
    assert found.text.split("\n") == ["मुझे पता है तुम कहाँ हो", "Call me tonight"]


@needs_tesseract
def test_a_picture_that_lies_on_its_side_is_turned_first() -> None:
    picture = screenshot("You will be sorry").transpose(Image.Transpose.ROTATE_90)
    data = save(picture, "JPEG", exif=exif(orientation=6))
    assert read_text(BytesIO(data), tesseract()).text == "You will be sorry"


@needs_tesseract
def test_a_picture_without_text_has_none() -> None:
    assert (
        read_text(BytesIO(save(Image.new("RGB", (300, 200), "white"), "PNG")), tesseract()).text
        == ""
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"/etc/passwd\nhttp://192.0.2.1/x.png\n", ("not-understood", "")),
        (png()[:60], ("damaged", "")),
        (png(size=(40_000, 1)), ("over-limit", "pixels")),
    ],
    ids=["a list of files", "cut off", "too wide"],
)
def test_what_is_not_opened_never_reaches_tesseract(
    monkeypatch: pytest.MonkeyPatch, data: bytes, expected: tuple[str, str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("it was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(ReadingError) as caught:
        read_text(BytesIO(data), Tesseract("/usr/bin/tesseract", "5", ("eng",)))
    assert (caught.value.reason, caught.value.detail) == expected


def stand_in(folder: Path, program: str) -> Tesseract:
    """A program in the place of tesseract."""
    place = folder / "tesseract"
    place.write_text(f"#!/bin/sh\n{program}\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    return Tesseract(str(place), "5.0", ("eng",))


@needs_script
def test_it_is_given_our_own_png_and_no_name_of_a_file(tmp_path: Path) -> None:
    program = 'echo "$@"; head -c 8 | od -An -c | tr -d " \\n"; echo; echo "$OMP_THREAD_LIMIT"'
    data = save(screenshot("x"), "JPEG", exif=exif(gps=True))
    told = read_text(BytesIO(data), stand_in(tmp_path, program)).text.split("\n")
    assert told == ["stdin stdout -l eng --psm 6", r"211PNG\r\n032\n", "1"]


@needs_script
def test_one_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_text(BytesIO(png()), stand_in(tmp_path, "exec sleep 60"), timeout_s=0.5)
    assert (caught.value.reason, caught.value.detail) == ("over-limit", "seconds")


@needs_script
def test_one_that_fails_or_is_gone_is_told(tmp_path: Path) -> None:
    broken = stand_in(tmp_path, "exit 3")
    for engine in (broken, Tesseract(str(tmp_path / "gone"), "5", ("eng",))):
        with pytest.raises(ReadingError) as caught:
            read_text(BytesIO(png()), engine)
        assert (caught.value.reason, caught.value.detail) == ("reader-failed", "tesseract")


@needs_script
def test_long_text_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(screenshot_text, "MAX_TEXT_CHARS", 10)
    found = read_text(BytesIO(png()), stand_in(tmp_path, "echo 0123456789abc"))
    assert found.text == "0123456789"


# Which tesseract


@needs_script
@pytest.mark.parametrize(
    ("known", "languages"),
    [("eng hin osd", ("eng", "hin")), ("hin", ("hin",)), ("deu eng", ("eng",))],
)
def test_english_and_hindi_are_taken_where_there_is_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: str, languages: tuple[str, ...]
) -> None:
    listed = "\\n".join(known.split())
    stand_in(
        tmp_path,
        f'[ "$1" = --version ] && echo "tesseract 5.3.0" >&2 || printf "List:\\n{listed}\\n"',
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = find_tesseract()
    assert found == Tesseract(str(tmp_path / "tesseract"), "5.3.0", languages)


@needs_script
@pytest.mark.parametrize("program", ["echo deu", "exit 1", "echo tesseract 5.0"])
def test_one_that_knows_neither_language_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    stand_in(tmp_path, program)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_tesseract() is None


def test_without_one_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_tesseract() is None


@needs_script
@pytest.mark.parametrize("path", [".", "", "{here}", "inner"])
def test_one_in_the_folder_of_downloads_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "inner").mkdir()
    for folder in (tmp_path, tmp_path / "inner"):
        stand_in(folder, f'touch "{tmp_path}/started"; echo "tesseract 5.0\neng"')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path.format(here=tmp_path) or f":{tmp_path}/none")
    assert find_tesseract() is None
    assert not (tmp_path / "started").exists()


@needs_tesseract
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_nothing_is_written_anywhere(tmp_path: Path) -> None:
    trace, folder = tmp_path / "trace", tmp_path / "temporary"
    folder.mkdir()
    program = (
        "import sys; from io import BytesIO\n"
        "from stalklog.readers.screenshot_text import find_tesseract, read_text\n"
        "print(read_text(BytesIO(sys.stdin.buffer.read()), find_tesseract()).text)"
    )
    calls = "openat,open,creat,mkdir,mkdirat,rename,link,symlink,memfd_create,execve"
    ended = subprocess.run(
        [*f"strace -f -s 200 -e trace={calls} -o".split(), trace, sys.executable, "-c", program],
        input=save(screenshot("You will be sorry"), "PNG"),
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)},
    )
    if b"ptrace" in ended.stderr:
        pytest.skip("strace may not trace here")
    assert ended.stdout == b"You will be sorry\n", ended.stderr
    told = [line for line in trace.read_text().splitlines() if " = -1 " not in line]
    assert any('"stdin", "stdout"' in line for line in told)
    writes = ("O_WRONLY", "O_RDWR", "O_CREAT", "creat(", "mkdir", "rename", "link(", "memfd")
    assert not [
        line for line in told if "/dev/null" not in line and any(word in line for word in writes)
    ]
    assert not list(folder.iterdir())


def test_the_limits_let_through_what_people_send() -> None:
    assert limits.MAX_TEXT_PIXELS > 1440 * 3200 * 10
    assert limits.MAX_SIDE_PIXELS > 3200 * 10
