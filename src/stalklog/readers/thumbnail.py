"""A small picture of a picture, which may be kept and shown."""

from __future__ import annotations

from typing import BinaryIO

from stalklog.readers.base import ReadingError
from stalklog.readers.picture_worker import PictureWorker


def thumbnail(stream: BinaryIO, worker: PictureWorker | None = None) -> bytes | None:
    """A JPEG of at most 320 pixels a side, turned as it should be seen; None if there can be none.

    Nothing that the picture says of itself is in it: no place, no device, no time. Nothing is
    written to the disk.

    Args:
        stream: The picture, open at its beginning.
        worker: For many pictures: `with PictureWorker() as worker`. Without one a process is
            started for this picture alone, which costs more than the picture does.
    """
    try:
        if worker is not None:
            return worker.make_small(stream)
        with PictureWorker() as own:
            return own.make_small(stream)
    except ReadingError:
        return None
