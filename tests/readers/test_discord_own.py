"""Discord's own data package: only what its owner wrote, and that it is only that is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.enemy import (
    assert_changed_in_good_order,
    assert_cut_anywhere,
    assert_same_in_blocks,
)
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers import discord_own
from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.discord_own import DiscordOwnReader
from stalklog.readers.discord_own_zip import DiscordOwnZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER, ZIP_READER = DiscordOwnReader(), DiscordOwnZipReader()
MOMENT = datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
NUMBER = (int(MOMENT.timestamp() * 1000 + 123) - 1_420_070_400_000) << 22
FIRST = {"ID": NUMBER, "Timestamp": "2024-03-05 16:00:09", "Contents": "stop क", "Attachments": ""}
FILES = {
    **FIRST, "ID": str(NUMBER + (1000 << 22)), "Timestamp": "2024-03-05 16:00:10", "Contents": "",
    "Attachments": "https://cdn.example.org/a.png https://cdn.example.org/b.png",
}  # fmt: skip
MOVED = {**FIRST, "Timestamp": "2024-03-05 21:30:09"}
JSON = json.dumps([FIRST, FILES, MOVED], ensure_ascii=False).encode()
CSV = (
    "ID,Timestamp,Contents,Attachments\n"
    f'{NUMBER},2024-03-05 16:00:09.123000+00:00,"stop, ""now""\n",\n'
    f"{NUMBER},2024-03-05 16:00:00+00:00,x,https://cdn.example.org/a.png\n"
).encode()
CHANNEL, OTHER, OLD = "184324186284621824", "502291754930929684", "446865271341187072"
USER = {"id": "200000000000000001", "username": "meera", "email": "meera@example.org"}
FILES_IN_ZIP = {
    "Messages/index.json": json.dumps(
        {CHANNEL: "general in House", OTHER: "Direct Message with ravi#0", OLD: None}
    ).encode(),
    f"Messages/c{CHANNEL}/channel.json": json.dumps(
        {"id": CHANNEL, "type": "GUILD_TEXT", "name": "general", "guild": {"name": "House"}}
    ).encode(),
    f"Messages/c{CHANNEL}/messages.json": JSON,
    f"Messages/c{OTHER}/messages.json": JSON,
    f"Messages/c{OTHER}/channel.json": json.dumps(
        {"id": OTHER, "type": "DM", "recipients": [USER["id"], "201"]}
    ).encode(),
    f"Messages/c{OLD}/messages.csv": CSV,
    "Account/user.json": json.dumps({**USER, "big": ["x"] * 9}).encode(),
    "Servers/index.json": b'{"1": "House"}',
    "README.txt": b"Welcome",
}
ZIP = zipped(FILES_IN_ZIP)


@pytest.mark.parametrize("data", [JSON, CSV])
def test_that_the_others_are_not_in_it_is_told(data: bytes) -> None:
    messages, report = read_file(READER, data)
    assert report.facts["holds"].startswith("only what the owner of the account wrote")
    assert {one.sender.role for one in messages} == {"owner"}
    assert_places(messages, {"": data})
    assert (report.bytes_covered, report.is_whole) == (len(data), True)


def test_a_time_without_a_zone_is_in_utc_if_the_number_proves_it() -> None:
    first, _files, moved = read_file(READER, JSON)[0]
    assert first.sent is not None
    assert (first.sent.instant, first.sent.zone_source) == (MOMENT, "epoch")
    assert (first.native_id, first.flags) == (str(NUMBER), ())
    assert moved.sent is not None
    assert (moved.sent.instant, moved.sent.wall) == (None, "2024-03-05T21:30:09")
    assert moved.flags == ("no-zone",)


def test_rows_and_files() -> None:
    first, second = read_file(READER, CSV)[0]
    assert first.text == 'stop, "now"\n'
    assert first.flags == ()
    assert second.flags == ("id-time",)
    assert [one.status for one in read_file(READER, JSON)[0][1].attachments] == ["remote"] * 2


def test_more_files_than_are_listed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_own, "MAX_PARTS", 1)
    message = read_file(READER, JSON)[0][1]
    assert (len(message.attachments), message.flags) == (1, ("parts-cut",))


def test_the_whole_package_with_channels_and_owner() -> None:
    messages, report = read_file(ZIP_READER, ZIP)
    assert_places(messages, FILES_IN_ZIP)
    assert len(messages) == 8
    assert {one.sender for one in messages} == {Party("meera", USER["id"], "owner")}
    assert list(dict.fromkeys(one.conversation for one in messages)) == [
        f"House / general ({CHANNEL})", f"Direct Message with ravi#0 ({OTHER})", OLD,
    ]  # fmt: skip
    assert messages[3].recipients == (Party("", "201", "to"),)
    assert (messages[0].recipients, report.facts["channels with messages"]) == ((), "3")
    assert [one.detail for one in report.unread] == ["2 files without messages"]
    assert report.bytes_covered is None


def test_a_folder_in_another_language_and_numbers_without_a_letter() -> None:
    renamed = {
        name.replace("Messages/c", "Nachrichten/").replace("Messages", "Nachrichten"): data
        for name, data in FILES_IN_ZIP.items()
    }
    data = zipped(renamed)
    assert ZIP_READER.match(data, "x") == SURE
    assert [one.text for one in read_file(ZIP_READER, data)[0]] == [
        one.text for one in read_file(ZIP_READER, ZIP)[0]
    ]


def test_it_is_known_by_its_fields_and_names() -> None:
    for data in (JSON, CSV, b"\xef\xbb\xbf" + JSON):
        found = find_reader(data, "x")
        assert found is not None
        assert found.name == "discord-own"
    found = find_reader(ZIP, "x")
    assert found is not None
    assert found.name == "discord-own-zip"
    assert READER.match(b'[{"Timestamp": "x"}]', "messages.json") == NO
    assert ZIP_READER.match(zipped({f"m/c{OLD}/channel.json": b""}), "x") == LIKELY
    assert ZIP_READER.match(zipped({"messages/x/messages.json": b""}), "package.zip") == NO


def test_what_is_damaged_costs_no_other_channel() -> None:
    files = {**FILES_IN_ZIP, f"Messages/c{CHANNEL}/messages.json": JSON[:-5] + b"\xff{"}
    files["Messages/index.json"] = files["Account/user.json"] = b"no json"
    messages, report = read_file(ZIP_READER, zipped(files))
    assert len(messages) == 7
    reasons = {one.reason for one in report.unread}
    assert {"damaged", "not-understood", "not-read"} <= reasons
    at = ZIP.index(JSON[:0] + b"Messages/c" + OLD.encode())
    changed = bytearray(ZIP)
    changed[at + 60] ^= 0xFF
    found, report = read_file(ZIP_READER, bytes(changed))
    assert len(found) >= 6
    assert not report.is_whole


@pytest.mark.parametrize(
    "wrong",
    [{"ID": None}, {"Timestamp": 3, "Contents": None}, {"Attachments": ["x"]}, {"ID": "x" * 99}],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, json.dumps([{**FIRST, **wrong}]).encode())
    assert (len(messages), report.is_whole) == (1, True)


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(READER, JSON)
    assert_cut_anywhere(READER, CSV)
    assert_cut_anywhere(ZIP_READER, ZIP, 11)


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, JSON), (READER, CSV), (ZIP_READER, ZIP))


@given(at=st.integers(0, len(ZIP) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for reader, data in ((READER, JSON), (READER, CSV), (ZIP_READER, ZIP)):
        spot = at % len(data)
        changed = data[:spot] + piece + data[spot + size :]
        assert_changed_in_good_order(reader, changed)
        if reader is READER:
            assert_places(read_file(reader, changed)[0], {"": changed})
