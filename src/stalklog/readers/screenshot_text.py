"""Text in screenshots, by the tesseract that is installed on this computer, if there is one.

It is never given a stranger's bytes: the picture is first opened in `picture_worker` and made into
a plain PNG. (A tesseract that is given a text instead of a picture takes it for a list of files, or
of web addresses, and opens them.) It reads from a pipe and writes into one, and the system lets it
write no file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from stalklog.readers.base import ReadingError
from stalklog.readers.picture_worker import PictureWorker
from stalklog.records.picture_text import PictureText
from stalklog.safety.confinement import confined
from stalklog.safety.limits import MAX_TEXT_CHARS, MAX_WORKER_BYTES, TEXT_TIMEOUT_S

LANGUAGES: Final = ("eng", "hin")
"""What is looked for: English and Hindi, where tesseract has the data for them."""
_ASK_TIMEOUT_S: Final = 10
_VERSION: Final = re.compile(r"tesseract v?([0-9][\w.+-]*)")
_ONE_BLOCK: Final = "6"
"""How tesseract is told that the picture is one block of text: it then keeps all lines."""


@dataclass(frozen=True, slots=True)
class Tesseract:
    """A tesseract that is installed here."""

    path: str
    version: str
    languages: tuple[str, ...]
    """Those of `LANGUAGES` for which it has data; at least one."""


def find_tesseract() -> Tesseract | None:
    """The tesseract of this computer; None if there is none, or it knows neither language.

    One that lies in the folder in which the person happens to be is not taken: that may be the
    folder of downloads.
    """
    path = shutil.which("tesseract")
    if path is None or not Path(path).is_absolute() or _is_here(Path(path)):
        return None
    version = _VERSION.search(_asked(path, "--version"))
    known = _asked(path, "--list-langs").split()
    languages = tuple(language for language in LANGUAGES if language in known)
    return Tesseract(path, version[1], languages) if version and languages else None


def read_text(
    stream: BinaryIO,
    tesseract: Tesseract,
    worker: PictureWorker | None = None,
    *,
    timeout_s: float = TEXT_TIMEOUT_S,
) -> PictureText:
    """The text in a picture, unverified.

    Args:
        stream: The picture, open at its beginning.
        tesseract: What `find_tesseract` found.
        worker: For many pictures: `with PictureWorker() as worker`.
        timeout_s: How long it may take; then it is given up.

    Raises:
        ReadingError: The picture is not opened, or it took too long, with the reason.
    """
    if worker is not None:
        return _read(worker.make_plain(stream), tesseract, timeout_s)
    with PictureWorker() as own:
        return _read(own.make_plain(stream), tesseract, timeout_s)


def _read(plain: bytes, tesseract: Tesseract, timeout_s: float) -> PictureText:
    languages = "+".join(tesseract.languages)
    command = [tesseract.path, "stdin", "stdout", "-l", languages, "--psm", _ONE_BLOCK]
    limits = {"memory_bytes": MAX_WORKER_BYTES, "seconds": int(timeout_s) + 1}
    try:
        ended = subprocess.run(  # noqa: S603 - a list, no shell, and the bytes are our own
            confined(command, **limits),
            input=plain,
            capture_output=True,
            timeout=timeout_s,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadingError("over-limit", detail="seconds") from error
    except OSError as error:
        raise ReadingError("reader-failed", detail="tesseract") from error
    if ended.returncode:
        raise ReadingError("reader-failed", detail="tesseract")
    text = ended.stdout.decode("utf-8", "replace").replace("\r\n", "\n").strip("\f\n ")
    return PictureText(text[:MAX_TEXT_CHARS], "tesseract", tesseract.version, tesseract.languages)


def _is_here(path: Path) -> bool:
    try:
        return path.parent.samefile(Path.cwd())
    except OSError:  # the folder is gone
        return False


def _asked(path: str, option: str) -> str:
    """What it says of itself; some versions say it where errors go."""
    try:
        ended = subprocess.run(  # noqa: S603 - a list, no shell
            [path, option],
            capture_output=True,
            timeout=_ASK_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (ended.stdout + b"\n" + ended.stderr).decode("utf-8", "replace")
