"""The page that lists what is read names each reader of these services, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from stalklog.readers.table import all_readers

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "discord-google-x-slack.md"
SERVICES = ("discord", "google-chat", "x", "slack")


def test_each_reader_has_its_row() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    known = [
        one.name for one in all_readers() if re.match(rf"({'|'.join(SERVICES)})(-|$)", one.name)
    ]
    assert listed == known
