from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.readers.compound_file import compound
from tests.readers.outlook_file import HEADERS, note
from tests.readers.outlook_file import item as outlook_item

from stalklog.core.clock import SystemClock
from stalklog.records.view import current
from stalklog.services import letter_mails
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.letter_about import Wish
from stalklog.services.letter_mails import Mails, read_mails
from stalklog.services.letters import draft_letter
from stalklog.services.records import note_case
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.core.entry import JsonValue

MAIL = (
    "From: Night Bird <nightbird@mail.example.net>\nTo: a@example.org\nSubject: hello\n"
    "Date: Fri, 9 Oct 2026 22:41:02 +0530\nMessage-ID: <one@mail.example.net>\n\nI see you.\n"
)
FORWARDED = MAIL.replace("Subject: hello", "Subject: Fwd: hello").replace(
    "I see you.",
    "---------- Forwarded message ---------\nFrom: Night Bird <nightbird@mail.example.net>\n"
    "Date: Thu, 8 Oct 2026 at 10:00\nSubject: hello\nTo: <a@example.org>\n\nI see you.",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(tmp_path / "vault")
    note_case(desk, {"identifiers": ["e-mail:nightbird@mail.example.net"]})
    return desk


def found(desk: Desk, tmp_path: Path, *mails: str) -> dict[str, dict[str, str]]:
    for number, mail in enumerate(mails):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(mail.encode())
        add_evidence(desk, [path], {})
    entries = current(desk.open().entries(("evidence",)))
    return {name: dict(told) for name, told in read_mails(desk.open(), entries).told.items()}


def test_a_mail_is_told_by_its_message_id_and_the_date_in_its_header(
    desk: Desk, tmp_path: Path
) -> None:
    assert found(desk, tmp_path, MAIL) == {
        "E-0001": {"message_id": "<one@mail.example.net>", "header_date": "2026-10-09 17:11:02 UTC"}
    }


def test_a_mail_as_outlook_saves_it_is_told_by_its_header(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "item.msg"
    path.write_bytes(compound(outlook_item(note(p007D=HEADERS))))
    add_evidence(desk, [path], {})
    entries = current(desk.open().entries(("evidence",)))
    assert read_mails(desk.open(), entries).told["E-0001"]["message_id"] == "<1@example.org>"


def test_a_forwarded_mail_is_not_told_by_the_forwarders_header(desk: Desk, tmp_path: Path) -> None:
    assert found(desk, tmp_path, FORWARDED) == {"E-0001": {}}


def test_a_mail_that_went_to_the_other_person_shows_no_message_id(
    desk: Desk, tmp_path: Path
) -> None:
    hers = MAIL.replace("Night Bird <nightbird@mail.example.net>", "a@example.org").replace(
        "To: a@example.org", "To: nightbird@mail.example.net"
    )
    assert found(desk, tmp_path, hers)["E-0001"]["message_id"]
    entries = current(desk.open().entries(("evidence",)))
    identifiers: JsonValue = [{"kind": "email", "value": "nightbird@mail.example.net"}]
    told = read_mails(desk.open(), entries, identifiers)
    assert (told.told["E-0001"], told.times) == ({}, {})


def test_what_is_no_mail_or_says_nothing_is_left_out(desk: Desk, tmp_path: Path) -> None:
    told = found(
        desk, tmp_path, "no mail at all\n", "From: a@example.org\nTo: b@example.org\n\nx\n"
    )
    assert told == {"E-0002": {"message_id": "", "header_date": ""}}


def test_a_damaged_original_stops_no_letter(desk: Desk, tmp_path: Path) -> None:
    found(desk, tmp_path, MAIL)
    for original in (desk.vault / "objects").rglob("*"):
        if original.is_file():
            original.chmod(0o600)
            original.write_bytes(b"changed")
    entries = current(desk.open().entries(("evidence",)))
    assert read_mails(desk.open(), entries) == Mails({}, {})
    named = draft_letter(desk, Wish("abuse", ids=("E-0001",)), None)
    assert "E-0001" in named.letter.text


def test_a_letter_names_a_mail_by_its_id(desk: Desk, tmp_path: Path) -> None:
    found(desk, tmp_path, MAIL)
    text = draft_letter(desk, Wish("abuse"), None).letter.text
    assert "dated 2026-10-09 17:11:02 UTC in its header, Message-ID <one@mail.example.net>" in text


def test_so_many_of_the_newest_are_looked_into_and_no_more(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_mails, "MAX_LETTER_MAILS", 2)
    assert list(found(desk, tmp_path, MAIL, MAIL + "2", MAIL + "3")) == ["E-0002", "E-0003"]


PERIOD = "From 2026-10-09 17:11:02 UTC to 2026-10-14 17:35:17 UTC, and from then on"
LATER = MAIL.replace("Fri, 9 Oct 2026 22:41:02 +0530", "Wed, 14 Oct 2026 23:05:17 +0530")


def test_a_time_that_stands_only_in_a_header_widens_the_period(desk: Desk, tmp_path: Path) -> None:
    found(desk, tmp_path, MAIL, LATER)
    assert PERIOD in draft_letter(desk, Wish("preserve", country="IN"), None).letter.text


def test_a_date_far_from_the_receipt_does_not_stretch_the_period(
    desk: Desk, tmp_path: Path
) -> None:
    forged = MAIL.replace("Fri, 9 Oct 2026 22:41:02 +0530", "Thu, 1 Jan 1970 00:00:00 +0000")
    stamp = "Received: from a (a [192.0.2.7]) by mx.example.org; Fri, 9 Oct 2026 22:41:02 +0530\n"
    found(desk, tmp_path, stamp + forged, LATER)
    assert PERIOD in draft_letter(desk, Wish("preserve"), None).letter.text


def test_the_header_of_a_forwarded_copy_tells_no_time(desk: Desk, tmp_path: Path) -> None:
    found(desk, tmp_path, FORWARDED)
    text = draft_letter(desk, Wish("preserve"), None).letter.text
    assert "From [______ beginning of the period, in UTC]" in text
