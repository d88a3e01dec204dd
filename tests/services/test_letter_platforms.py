"""To whose grievance officer one could write is suggested by what the vault holds, never chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.letter_about import Wish
from stalklog.services.letter_platforms import _host
from stalklog.services.letters import draft_letter
from stalklog.services.records import log_contact, note_case
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.services.letter_candidates import Candidate

CHAT = "12/10/26, 9:41 pm - Night Bird: I see you\n13/10/26, 9:42 pm - Night Bird: Answer\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault")


def add(desk: Desk, folder: Path, name: str, text: str = "x", **fields: str) -> None:
    (folder / name).write_text(text, "utf-8")
    add_evidence(desk, [folder / name], {key: [value] for key, value in fields.items()})


def suggested(desk: Desk, **wish: object) -> tuple[Candidate, ...]:
    draft = draft_letter(desk, Wish("grievance", country="IN", **wish), None)  # type: ignore[arg-type]
    assert "To: [______ addressee]" in draft.letter.text
    return draft.origins.candidates


def test_apps_chats_and_web_addresses_name_a_platform_each_once(desk: Desk, tmp_path: Path) -> None:
    note_case(desk, {"identifiers": ["URL:https://www.photos.example/nightbird", "handle:bird"]})
    add(desk, tmp_path, "a.png", kind="screenshot", via="app=Photos")
    add(desk, tmp_path, "WhatsApp Chat with Night Bird.txt", CHAT, kind="chat-export")
    add(desk, tmp_path, "b.png", kind="screenshot", url="https://m.forum.example.org/t/7?x=1")
    found = suggested(desk)
    assert [(one.name, one.ids, one.contacts, one.why) for one in found] == [
        ("Photos", ("E-0001", "https://www.photos.example/nightbird"), (), "platform"),
        ("WhatsApp", ("E-0002",), (), "platform"),
        ("forum.example.org", ("E-0003",), (), "platform"),
    ]
    assert [one.name for one in suggested(desk, ids=("E-0003",))] == [
        "forum.example.org", "photos.example",
    ]  # fmt: skip


def test_nothing_is_suggested_where_the_record_names_none_or_somebody_is_chosen(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, tmp_path, "a.png", kind="screenshot")
    assert suggested(desk) == ()
    add(desk, tmp_path, "b.png", kind="screenshot", via="app=Photos")
    chosen = draft_letter(desk, Wish("grievance", to="Photos", country="IN"), None)
    assert (chosen.about.addressee, chosen.origins.candidates) == ("Photos", ())
    log_contact(desk, {"agency": ["Photos, grievance officer"], "kind": ["grievance-officer"]})
    known = draft_letter(desk, Wish("grievance", country="IN"), None)
    assert (known.about.addressee, known.about.wish.to) == ("Photos, grievance officer", "")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.photos.example/nightbird", "photos.example"),
        ("HTTPS://M.Photos.Example:443/x", "photos.example"),
        ("photos.example/nightbird", "photos.example"),
        ("https://user@photos.example/?a@b.example", "photos.example"),
        ("https://www.co", "www.co"),
        ("https://फ़ोटो.example/x", "फ़ोटो.example"),
        ("nightbird", ""),
        ("", ""),
        ("https://192", ""),
        ("x" * 100_000, ""),
    ],
)
def test_the_site_of_a_web_address(url: str, host: str) -> None:
    assert _host(url) == host
