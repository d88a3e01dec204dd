"""A small picture holds pixels alone, and a picture that bites harms nothing but itself."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
import zlib
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.readers import pictures
from tests.readers.pictures import ONE_OF_EACH, draw, exif, heic, png, save
from tests.readers.reading import OneWay

from stalklog.readers import picture_worker
from stalklog.readers.base import ReadingError
from stalklog.readers.picture_worker import PictureWorker
from stalklog.readers.thumbnail import thumbnail
from stalklog.safety.limits import MAX_PIXELS, PICTURE_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EACH = {
    **ONE_OF_EACH,
    "JPEG of two": save(draw(), "MPO", save_all=True, append_images=[draw()]),
    "JPEG for print": save(draw(mode="CMYK"), "JPEG"),
}
needs_heif = pytest.mark.skipif(find_spec("pi_heif") is None, reason="pi-heif is not installed")
if find_spec("pi_heif") is not None:
    EACH["HEIF"] = heic(exif(gps=True))
LARGE = (800, 600)


@pytest.fixture(scope="module")
def worker() -> Iterator[PictureWorker]:
    with PictureWorker() as one:
        yield one


def small(data: bytes, worker: PictureWorker | None = None) -> Image.Image:
    made = thumbnail(BytesIO(data), worker)
    assert made is not None
    return Image.open(BytesIO(made), formats=["JPEG"])


def reason(data: bytes, worker: PictureWorker) -> tuple[str, str]:
    with pytest.raises(ReadingError) as caught:
        worker.make_small(BytesIO(data))
    return caught.value.reason, caught.value.detail


def is_red(picture: Image.Image, x: float, y: float) -> bool:
    found = picture.convert("RGB").getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(found, tuple)
    return found[0] > 150 and found[1] < 80 and found[2] < 80


@pytest.mark.parametrize(("form", "data"), EACH.items())
def test_each_form_has_a_small_picture(form: str, data: bytes, worker: PictureWorker) -> None:
    made = small(data, worker)
    assert made.size == pictures.SIZE, form
    assert made.format == "JPEG"
    assert form == "GIF" or is_red(made, 0.2, 0.2)
    assert form == "GIF" or not is_red(made, 0.8, 0.8)


def test_a_sealed_original_is_read_on_and_on() -> None:
    assert thumbnail(OneWay(png()))


def test_one_picture_alone_needs_no_worker() -> None:
    assert small(png()).size == pictures.SIZE


@pytest.mark.parametrize(
    "size", [LARGE, (1200, 1600), (5000, 10), (3, 9000), (321, 320), (1, 1), (320, 320)]
)
def test_it_is_at_most_320_pixels_and_keeps_its_shape(
    size: tuple[int, int], worker: PictureWorker
) -> None:
    width, height = small(png(size=size), worker).size
    assert max(width, height) == min(320, max(size))
    assert width == max(1, round(size[0] * width / size[0]))
    assert abs(height - size[1] * width / size[0]) <= max(1, size[1] / size[0])


SECRETS = (b"Phone 1", b"Camera 2.0", b"2024:03:03", b"secret", b"ICC_PROFILE", b"Exif", b"http")


@pytest.mark.parametrize(
    "data",
    [
        save(
            draw(LARGE),
            "JPEG",
            exif=exif(gps=True),
            icc_profile=b"secret profile",
            xmp=b"<x>secret</x>",
            comment=b"secret comment",
            dpi=(300, 300),
        ),
        save(
            draw(LARGE),
            "WEBP",
            exif=exif(gps=True),
            icc_profile=b"secret profile",
            xmp=b"<x>secret</x>",
        ),
        save(draw(LARGE), "PNG", exif=exif(gps=True), icc_profile=b"secret profile"),
        png(texts={"secret": "secret"}, xmp="secret", size=LARGE),
        save(draw(LARGE), "TIFF", exif=exif(gps=True), description="secret"),
        save(draw((64, 48), "P"), "GIF", comment=b"secret"),
    ],
    ids=["JPEG", "WebP", "PNG", "PNG texts", "TIFF", "GIF"],
)
def test_nothing_that_the_picture_says_of_itself_goes_along(
    data: bytes, worker: PictureWorker
) -> None:
    assert any(secret in data for secret in SECRETS)
    made = thumbnail(BytesIO(data), worker)
    assert made is not None
    assert not any(secret in made for secret in SECRETS)
    kinds = [made[at + 1] for at in range(len(made) - 1) if made[at] == 0xFF]
    assert not set(kinds[: kinds.index(0xDA)]) & {*range(0xE1, 0xF0), 0xFE}
    with Image.open(BytesIO(made)) as opened:
        assert not opened.getexif()
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_as_it_should_be_seen(
    form: str, orientation: int, worker: PictureWorker
) -> None:
    made = small(save(draw(LARGE), form, exif=exif(orientation=orientation)), worker)
    assert (made.width > made.height) == (orientation <= 4)
    right, low = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1)}.get(
        orientation, (0, 1)
    )
    corners = [(x, y) for x in (0, 1) for y in (0, 1) if is_red(made, 0.2 + 0.6 * x, 0.2 + 0.6 * y)]
    assert corners == [(right, low)]


@needs_heif
@pytest.mark.parametrize(("quarter_turns", "corner"), [(0, (0, 0)), (1, (0, 1)), (2, (1, 1))])
def test_an_iphone_picture_is_turned_by_its_box_alone(
    quarter_turns: int, corner: tuple[int, int], worker: PictureWorker
) -> None:
    made = small(heic(exif(orientation=3), quarter_turns=quarter_turns), worker)
    assert is_red(made, 0.2 + 0.6 * corner[0], 0.2 + 0.6 * corner[1])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16"])
def test_every_way_to_write_pixels_is_shown(mode: str, worker: PictureWorker) -> None:
    if mode == "I;16":
        picture = Image.new(mode, LARGE, 65535)
        picture.paste(20_000, (0, 0, 400, 300))
    else:
        picture = draw(LARGE, "RGBA").convert(mode)
    made = small(save(picture, "PNG" if mode != "PA" else "TIFF"), worker)
    shades = made.convert("L").tobytes()
    assert shades[0] < 100
    assert shades[-1] > 200


def test_what_is_transparent_becomes_white(worker: PictureWorker) -> None:
    made = small(save(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "WEBP", lossless=True), worker)
    assert made.convert("L").getextrema() == (255, 255)


# What is refused, by name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        b"P6 9 9 255\n" + bytes(243),
        save(draw(), "PPM"),
        save(draw(), "PCX"),
        save(draw(), "TGA"),
        save(draw(), "ICO"),
        save(draw(), "EPS"),
        save(draw(), "PDF"),
    ],
    ids=["empty", "text", "EPS", "PPM", "drawn PPM", "PCX", "TGA", "ICO", "drawn EPS", "PDF"],
)
def test_a_form_that_is_not_on_the_list_is_not_opened(data: bytes, worker: PictureWorker) -> None:
    assert reason(data, worker) == ("not-understood", "")
    assert thumbnail(BytesIO(data), worker) is None


def black_png(width: int, height: int, *, rows: int | None = None, clear: bytes = b"") -> bytes:
    """A PNG of so many black pixels of one bit each, packed as small as can be.

    Args:
        width: In pixels.
        height: As it claims.
        rows: As many as there are, if there are fewer.
        clear: Which colour is transparent, if one is.
    """
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _row in range(rows or height)) + packer.flush()
    head = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    chunks = [(b"IHDR", head), (b"tRNS", clear), (b"IDAT", packed), (b"IEND", b"")]
    if not clear:
        del chunks[1]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in chunks
    )


def test_a_bomb_of_pixels_is_over_a_limit_by_name(worker: PictureWorker) -> None:
    assert MAX_PIXELS < 50_000 * 50_000
    assert reason(black_png(50_000, 50_000, rows=40), worker) == ("over-limit", "pixels")
    assert small(png(), worker).size == pictures.SIZE


def test_a_picture_of_too_many_bytes_is_over_a_limit_by_name(
    monkeypatch: pytest.MonkeyPatch, worker: PictureWorker
) -> None:
    monkeypatch.setattr(picture_worker, "MAX_PICTURE_BYTES", 100)
    assert reason(png(), worker) == ("over-limit", "bytes")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded everywhere")
def test_too_much_memory_is_over_a_limit_by_name(worker: PictureWorker) -> None:
    assert MAX_PIXELS > 13_000 * 13_000
    assert reason(black_png(13_000, 13_000, clear=b"\0\1"), worker) == ("over-limit", "memory")


@pytest.mark.parametrize("form", EACH)
def test_a_picture_that_is_cut_off_is_damaged(form: str, worker: PictureWorker) -> None:
    data = EACH[form]
    if form == "GIF":
        data = pictures.gif()[:-20]
    elif form == "TIFF":
        data = pictures.tiff()
    assert reason(data[: len(data) // 2], worker)[0] in {"damaged", "not-understood"}


@pytest.mark.parametrize("form", EACH)
def test_changed_at_random_it_is_shown_or_refused_by_name(form: str, worker: PictureWorker) -> None:
    chance = random.Random(form)  # noqa: S311 - the same changes in each run
    for _time in range(40):
        data = bytearray(EACH[form])
        for _change in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        made = thumbnail(BytesIO(bytes(data)), worker)
        assert made is None or made.startswith(b"\xff\xd8")


def test_without_the_extra_an_iphone_picture_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from stalklog.readers import decoding  # noqa: PLC0415 - else only ever in a process of its own

    monkeypatch.setattr(Image, "OPEN", {name: Image.OPEN.get(name) for name in ("PNG", "JPEG")})
    with pytest.raises(ReadingError) as caught:
        decoding.make_small(heic())
    assert (caught.value.reason, caught.value.detail) == ("no-library", "pi-heif")


# The process


def test_one_process_makes_many_pictures() -> None:
    with PictureWorker() as worker:
        small(png(), worker)
        process = worker._process
        for data in EACH.values():
            small(data, worker)
            assert reason(b"no picture", worker)[0] == "not-understood"
        assert worker._process is process
        assert process is not None
    assert process.returncode is not None


def test_a_process_that_dies_costs_one_picture() -> None:
    with PictureWorker() as worker:
        small(png(), worker)
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        assert reason(png(), worker) == ("reader-failed", "picture")
        assert small(png(), worker).size == pictures.SIZE


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    data = save(draw(LARGE), "PNG")
    with PictureWorker(timeout_s=0.01) as worker:
        begun = time.monotonic()
        assert reason(data, worker) == ("over-limit", "seconds")
        assert time.monotonic() - begun < PICTURE_TIMEOUT_S
        worker._timeout_s = 120
        assert small(png(), worker).size == pictures.SIZE


def test_where_no_process_can_be_started_no_picture_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    assert thumbnail(BytesIO(png())) is None
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with PictureWorker() as worker:
        assert reason(png(), worker) == ("reader-failed", "process")


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_the_process_is_let_write_no_file_and_leave_no_dump() -> None:
    with PictureWorker() as worker:
        small(png(), worker)
        assert worker._process is not None
        import resource  # noqa: PLC0415 - not on Windows

        if not hasattr(resource, "prlimit"):
            pytest.skip("this system does not tell the limits of another process")
        limits = {
            limit: resource.prlimit(worker._process.pid, limit)
            for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_AS)
        }
    assert limits[resource.RLIMIT_FSIZE] == (0, 0)
    assert limits[resource.RLIMIT_CORE] == (0, 0)
    assert limits[resource.RLIMIT_AS][1] == 1 << 30


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_nothing_is_written_and_nothing_connected(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    program = (
        "import sys; from io import BytesIO; from stalklog.readers.thumbnail import thumbnail\n"
        "assert thumbnail(BytesIO(sys.stdin.buffer.read()))"
    )
    calls = "openat,open,creat,mkdir,mkdirat,rename,link,symlink,socket,memfd_create"
    ended = subprocess.run(
        [*f"strace -f -e trace={calls} -o".split(), trace, sys.executable, "-c", program],
        input=EACH.get("HEIF", EACH["JPEG"]),
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    if b"ptrace" in ended.stderr:
        pytest.skip("strace may not trace here")
    assert ended.returncode == 0, ended.stderr
    told = trace.read_text()
    assert "picture_worker" in told or "openat" in told
    wrote = [line for line in told.splitlines() if " = -1 " not in line and "/dev/null" not in line]
    assert not [
        line
        for line in wrote
        if any(
            word in line for word in ("O_WRONLY", "O_RDWR", "O_CREAT", "mkdir", "socket(", "memfd")
        )
    ]
