"""Whoever has a reader read otherwise counts its version up: what was read before is read anew.

The index of a vault goes by the versions alone. So the messages that each reader makes of a few
exports stand beside this file as a hash, with the version that made them.
"""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.readers import test_irc, test_meta, test_sms, test_telegram
from tests.readers.files import read_file
from tests.readers.test_recognition import CHATS
from tests.readers.whatsapp.chats import ANDROID, IPHONE

from stalklog.readers.table import all_readers
from stalklog.records.message_json import message_to_json

if TYPE_CHECKING:
    from stalklog.readers.base import Reader

TABLE: Final = Path(__file__).parent / "versions.tsv"
_MAIL: Final = (
    b"From: Ravi <ravi@example.org>\nTo: asha@example.org\nSubject: I see you\n"
    b"Date: Tue, 5 Mar 2024 21:30:00 +0530\nMessage-ID: <1@example.org>\n\nAt the gate.\n"
)
_MORE: Final[dict[str, tuple[bytes, ...]]] = {
    "whatsapp": (
        ANDROID,
        IPHONE,
        b"24/3/18, 7:05 pm - Ravi: a\n" * 3,
        b"03/04/24, 7:05 pm - Ravi: a\n" * 3,
        b"Dec 31, 2013, 9:30 PM - Ravi: a\nJan 3, 9:30 PM - Ravi: b\nJan 4, 7:00 AM - Ravi left\n",
        b"14. 3. 2024. 21:05:00 Ravi: a\n" * 3,
    ),
    "sms-backup": (test_sms.BACKUP, test_sms.CALLS),
    "telegram": (test_telegram.EXPORT,),
    "meta": (test_meta.EXPORT, test_meta.CLEAN),
    "irc": tuple(one.encode() for one in test_irc.LOGS.values()),
    "eml": (_MAIL,),
    "mbox": (b"From ravi@example.org Tue Mar  5 21:30:00 2024\n" + _MAIL,),
    "html": (
        b"<html><head><title>I see you</title></head><body><p>At the gate.</p></body></html>",
    ),
}
EXPORTS: Final = {
    name: (*((CHATS[name],) if name in CHATS else ()), *_MORE.get(name, ()))
    for name in (*CHATS, *(name for name in _MORE if name not in CHATS))
}
_READERS: Final = {reader.name: reader for reader in all_readers()}


def _row(reader: Reader, exports: tuple[bytes, ...]) -> dict[str, str]:
    """What stands in the table of this reader."""
    found = [read_file(reader, data)[0] for data in exports]
    assert all(found)
    messages = [message_to_json(message) for each in found for message in each]
    told = json.dumps(messages, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return {
        "reader": reader.name,
        "version": str(reader.version),
        "export": sha256(b"\0".join(exports)).hexdigest()[:16],
        "messages": sha256(told).hexdigest()[:16],
    }


def _table() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["reader"]: row for row in csv.DictReader(lines, delimiter="\t")}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_version_reads_as_it_did(name: str) -> None:
    found, kept = _row(_READERS[name], EXPORTS[name]), _table()[name]
    new = "\t".join(found.values())
    is_same = found["export"] == kept["export"] and found["messages"] == kept["messages"]
    if found["export"] == kept["export"] and not is_same:
        assert found["version"] != kept["version"], f"{name} reads otherwise: count its version up"
    assert found == kept, f"the row in {TABLE.name} is to be: {new}"


def test_the_table_has_no_row_too_many() -> None:
    assert [*_table()] == [*EXPORTS]
