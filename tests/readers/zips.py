"""Zips made of files, and the check that what was read of one lies where it is said to lie."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.records.message import Message


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Files in a zip, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def assert_places(messages: Iterable[Message], files: Mapping[str, bytes]) -> None:
    """Each place is a range of a file in the zip, with the hash of its bytes."""
    for message in messages:
        places = [message.place]
        places += [one.place for one in message.attachments if one.status == "present"]
        for place in places:
            data = files[place.member]
            assert place.end is not None
            assert place.end <= len(data)
            assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
