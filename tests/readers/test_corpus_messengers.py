"""Every export of the corpus that these readers know is read, and holds what its manifest counts.

What differs stands in `messengers-differ.tsv`, each row with its reason; a row that no longer
differs fails too.
"""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from tests.readers.files import read_file
from tests.readers.zips import assert_places

from stalklog.readers.table import find_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

DIFFERS = Path(__file__).parent / "messengers-differ.tsv"
READERS = {
    "sms_backup_restore": {"sms-backup"},
    "telegram": {"telegram", "telegram-html"},
    "instagram": {"meta"},
    "messenger": {"meta"},
    "signal": {"signal-text"},
    "discord": {"discord"},
    "google_chat_like": set(),
    "x_twitter": {"x"},
    "slack": {"slack-zip"},
    "imessage": {"imessage"},
    "irc": {"irc"},
}
IN_NO_RANGES = {"imessage"}
"""Readers of formats whose messages do not lie one behind another: no bytes are counted."""
NOT_WHOLE = {
    "sms_backup_restore/devadvance_sms-backup-reader-2/sms_and_mms.xml",
    "slack/langchain-ai_langchain-community/slack_export.zip",
}
"""Its last message and the end of the file are missing; a log of programs in it is not read."""


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
        if row["path"].partition("/")[0] in READERS or row["path"].endswith("/target.json")
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
        files = _files_in(data)
        is_counted = len(files) == 1 and reader.name not in IN_NO_RANGES
        assert report.bytes_covered == (len(data) if is_counted else None), path
        assert report.is_whole == (path not in NOT_WHOLE), path
        assert_places(messages, files)
        assert messages == read_file(reader, data)[0], path


def _files_in(data: bytes) -> dict[str, bytes]:
    """The file, and of a zip the files in it by their names."""
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {"": data} | {name: archive.read(name) for name in archive.namelist()}
