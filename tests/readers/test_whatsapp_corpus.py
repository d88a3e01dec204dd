"""Every WhatsApp export of the corpus holds as many messages as its manifest counts.

What differs stands in a table beside this file, each row with its reason; a row that no longer
differs fails too.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.readers.whatsapp.asked import read_chat

from stalklog.readers.table import find_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

DIFFERS = Path(__file__).parent / "whatsapp-corpus.tsv"


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


@pytest.fixture(scope="module")
def chats(corpus: Path) -> dict[str, tuple[int, bytes]]:
    """The count that the manifest gives and the bytes of each export."""
    folder = corpus / "chats"
    rows = [
        row
        for row in _table(folder / "MANIFEST.tsv")
        if row["path"].startswith("whatsapp/") and row["path"].endswith((".txt", ".zip"))
    ]
    return {
        row["path"]: (int(row["n_messages"]), (folder / row["path"]).read_bytes()) for row in rows
    }


def test_each_is_known_and_holds_what_the_manifest_counts(
    chats: dict[str, tuple[int, bytes]],
) -> None:
    assert chats
    differs: dict[str, str] = {}
    for path, (count, data) in chats.items():
        found = find_reader(data[:MAX_HEAD_BYTES], "a name says nothing")
        assert found is not None, path
        assert found.name == "whatsapp", path
        messages, report = read_chat(data)
        assert report.is_whole, path
        if len(messages) != count:
            differs[path] = str(len(messages))
    assert differs == {row["path"]: row["found"] for row in _table(DIFFERS)}


def test_none_is_read_otherwise_than_by_proof_or_both_ways(
    chats: dict[str, tuple[int, bytes]],
) -> None:
    for path, (_count, data) in chats.items():
        messages, report = read_chat(data)
        by = {one.by for one in report.decisions if one.about == "date_order"}
        assert by <= {"file", "nobody"}, path
        for message in messages:
            assert message.sent
            assert ("ambiguous-date" in message.flags) == bool(message.sent.others)
            assert by == {"nobody"} or not message.sent.others, path
