"""Open a stranger's picture and make another one of it; only ever run in a process of its own.

What comes out is drawn from the pixels alone: nothing that the picture says of itself goes along.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image, UnidentifiedImageError

from stalklog.readers.base import ReadingError
from stalklog.readers.headers.brands import is_picture
from stalklog.safety.limits import MAX_PIXELS, MAX_SIDE_PIXELS, MAX_TEXT_PIXELS

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

SIDE_PX: Final = 320
"""The longer side of a small picture."""
_FORMATS: Final = {
    "PNG": "PngImagePlugin",
    "JPEG": "JpegImagePlugin",
    "GIF": "GifImagePlugin",
    "WEBP": "WebPImagePlugin",
    "BMP": "BmpImagePlugin",
    "TIFF": "TiffImagePlugin",
}
"""What is opened, by which part of Pillow: no format that is itself a program, such as EPS."""
_QUALITY: Final = 80
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def make_ready() -> None:
    """Load what opens pictures, and set its limits; once, before the first picture."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # an error from twice as many on, else a warning
    for plugin in _FORMATS.values():
        import_module(f"PIL.{plugin}")
    with suppress(ImportError):
        from pi_heif import register_heif_opener  # noqa: PLC0415 - an extra

        register_heif_opener(
            thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
        )


def make_small(data: bytes) -> bytes:
    """A JPEG of at most `SIDE_PX`, turned as it should be seen; what is transparent becomes white.

    Raises:
        ReadingError: It is not opened, with the reason.
    """
    try:
        with _open(data) as picture:
            picture.draft(None, (2 * SIDE_PX, 2 * SIDE_PX))
            small = _pixels(picture)
            small.thumbnail((SIDE_PX, SIDE_PX))
            return _written(_turned(_on_white(small), picture), "JPEG")
    except ReadingError:
        raise
    except Exception as error:  # whatever Pillow raises of a stranger's bytes
        raise _named(error) from error


def make_plain(data: bytes) -> bytes:
    """A grey PNG of the same size, turned as it should be seen.

    Raises:
        ReadingError: It is not opened, with the reason.
    """
    try:
        with _open(data) as picture:
            _require_readable(picture.size)
            return _written(_turned(_on_white(_pixels(picture)).convert("L"), picture), "PNG")
    except ReadingError:
        raise
    except Exception as error:  # whatever Pillow raises of a stranger's bytes
        raise _named(error) from error


def _open(data: bytes) -> ImageFile:
    formats: list[str] = [name for name in (*_FORMATS, "HEIF") if name in Image.OPEN]
    if "HEIF" not in formats and is_picture(data):
        raise ReadingError("no-library", detail="pi-heif")
    return Image.open(BytesIO(data), formats=formats)


def _require_readable(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_TEXT_PIXELS or max(size) > MAX_SIDE_PIXELS:
        raise ReadingError("over-limit", detail="pixels")


def _named(error: Exception) -> ReadingError:
    match error:
        case Image.DecompressionBombError():
            return ReadingError("over-limit", detail="pixels")
        case MemoryError():
            return ReadingError("over-limit", detail="memory")
        case UnidentifiedImageError():
            return ReadingError("not-understood")
        case _:
            return ReadingError("damaged")


def _pixels(picture: Image.Image) -> Image.Image:
    """The pixels in grey or colour, with how clear each is if that is told."""
    picture.load()
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture if picture.mode in {"RGB", "L"} else picture.convert("RGB")


def _on_white(made: Image.Image) -> Image.Image:
    if made.mode != "RGBA":
        return made
    white = Image.new("RGB", made.size, "white")
    white.paste(made, mask=made.getchannel("A"))
    return white


def _turned(made: Image.Image, picture: Image.Image) -> Image.Image:
    """As it should be seen; where that cannot be read, as it is."""
    orientation = 1
    with suppress(Exception):  # whatever Pillow raises of a stranger's bytes
        orientation = picture.getexif().get(_ORIENTATION, 1)
    return made.transpose(_TURNS[orientation]) if orientation in _TURNS else made


def _written(made: Image.Image, form: str) -> bytes:
    """A new file with these pixels, and nothing else that came along with them."""
    bare = Image.frombytes(made.mode, made.size, made.tobytes())
    file = BytesIO()
    if form == "JPEG":
        bare.save(file, "JPEG", quality=_QUALITY)
    else:
        bare.save(file, "PNG", compress_level=1)
    return file.getvalue()
