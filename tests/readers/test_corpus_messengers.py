"""Every export of the corpus that these readers know is read, and holds what its manifest counts.

What differs stands in `messengers-differ.tsv`, each row with its reason; a row that no longer
differs fails too.
"""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.readers.files import read_file

from stalklog.readers.table import find_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from stalklog.records.message import Place

DIFFERS = Path(__file__).parent / "messengers-differ.tsv"
READERS = {
    "sms_backup_restore": {"sms-backup"},
    "telegram": {"telegram", "telegram-html"},
    "instagram": {"meta"},
    "messenger": {"meta"},
    "signal": {"signal-text"},
    "imessage": {"imessage"},
    "irc": {"irc"},
}
IN_NO_RANGES = {"imessage"}
"""Readers of formats whose messages do not lie one behind another: no bytes are counted."""
CUT_OFF = {"sms_backup_restore/devadvance_sms-backup-reader-2/sms_and_mms.xml"}
"""Its last message and the end of the file are missing."""


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def exports(corpus: Path) -> dict[str, tuple[int, bytes]]:
    """Of each export the count of the manifest, and its bytes."""
    folder = corpus / "chats"
    return {
        row["path"]: (int(row["n_messages"]), (folder / row["path"]).read_bytes())
        for row in _table(folder / "MANIFEST.tsv")
        if row["path"].partition("/")[0] in READERS and not row["path"].endswith("/target.json")
    }


def test_each_export_is_the_messages_that_the_manifest_counts(
    exports: dict[str, tuple[int, bytes]],
) -> None:
    found: dict[str, tuple[str, str]] = {}
    for path, (expected, data) in exports.items():
        reader = find_reader(data[:MAX_HEAD_BYTES], "any name")
        messages = read_file(reader, data)[0] if reader else []
        if len(messages) != expected:
            found[path] = (str(expected), str(len(messages)))
    assert found == {row["path"]: (row["manifest"], row["found"]) for row in _table(DIFFERS)}


def test_each_export_is_known_read_whole_and_every_place_holds(
    exports: dict[str, tuple[int, bytes]],
) -> None:
    unknown = {row["path"] for row in _table(DIFFERS) if row["found"] == "0"}
    for path, (expected, data) in exports.items():
        reader = find_reader(data[:MAX_HEAD_BYTES], "any name")
        if path in unknown or not (expected or reader):
            assert reader is None, path
            continue
        assert reader is not None, path
        assert reader.name in READERS[path.partition("/")[0]], path
        messages, report = read_file(reader, data)
        covered = None if reader.name in IN_NO_RANGES else len(data)
        assert report.bytes_covered == covered, path
        assert report.is_whole == (path not in CUT_OFF), path
        for message in messages:
            for place in (message.place, *(each.place for each in message.attachments)):
                _assert_place(data, place)
        assert messages == read_file(reader, data)[0], path


def _assert_place(data: bytes, place: Place) -> None:
    if place.start is not None:
        assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
