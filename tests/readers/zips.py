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
    """Whether every place lies in the file that it names, and its hash is that of its bytes.

    Args:
        messages: What was read.
        files: What was read, by name; what is no zip has the name that is empty.
    """
    for message in messages:
        read = (one.place for one in message.attachments if one.status == "present")
        for place in (message.place, *read):
            if place.start is not None and place.end is not None:
                data = files[place.member]
                assert 0 <= place.start < place.end <= len(data)
                assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
