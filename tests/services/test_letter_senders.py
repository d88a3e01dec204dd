"""A letter lists the e-mails of the other person by itself, and no other one; each is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.services import letter_senders
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.letter_about import Wish
from stalklog.services.letter_templates import copy_template
from stalklog.services.letters import draft_letter, read_about
from stalklog.services.officer import make_officers_page
from stalklog.services.records import log_contact, log_threat, note_case
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

THEM = "nightbird@mail.example.net"
HER = "a@her.example.org"
DESK = "abuse@mail.example.net"
FRIEND = "friend@elsewhere.example"


def mail(sender: str, to: str = HER, body: str = "I see you.") -> str:
    return (
        f"From: {sender}\nTo: {to}\nSubject: x\nDate: Fri, 9 Oct 2026 22:41:02 +0530\n"
        f"Message-ID: <{sender}>\n\n{body}\n"
    )


FORWARDED = (
    f"From: {FRIEND}\nTo: {HER}\nSubject: Fwd\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee.\n"
    f"--b\nContent-Type: message/rfc822\n\n{mail(THEM)}\n--b--\n"
)


def box(*mails: str) -> str:
    return "".join(f"From x Fri Oct  9 17:11:02 2026\n{one}\n" for one in mails)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault")


def add(desk: Desk, folder: Path, text: str, name: str = "one.eml") -> None:
    (folder / name).write_bytes(text.encode())
    add_evidence(desk, [folder / name], {})


def why(desk: Desk, **wish: tuple[str, ...]) -> str:
    """Why the first exhibit is not listed; empty where it is."""
    about = read_about(desk.open(), Wish("police", **wish))  # type: ignore[arg-type]
    is_listed = "E-0001" in [one.id for one in about.exhibits]
    assert is_listed != ("E-0001" in about.not_listed)
    return about.not_listed.get("E-0001", "")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (mail(THEM), "one.eml", ""),
        (mail(THEM.upper()), "one.eml", ""),
        (mail(f'"{THEM}" <{FRIEND}>'), "one.eml", "other-sender"),
        (mail(HER, THEM), "one.eml", "own"),
        (mail("new@her.example.org", THEM), "one.eml", "to-them"),
        (mail(DESK), "one.eml", "agency"),
        (mail(FRIEND), "one.eml", "other-sender"),
        (FORWARDED, "one.eml", ""),
        (FORWARDED.replace(FRIEND, HER), "one.eml", "own"),
        (
            FORWARDED.replace(f"To: {HER}\nSubject: Fwd", f"To: {THEM}\nSubject: Fwd"),
            "one.eml",
            "to-them",
        ),
        (box(mail(FRIEND), mail(THEM)), "one.mbox", ""),
        (box(mail(FRIEND), mail(HER, THEM)), "one.mbox", "box"),
        ("no mail at all", "note.txt", ""),
    ],
)
def test_who_sent_it_decides(
    desk: Desk, tmp_path: Path, text: str, name: str, expected: str
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"], "contact": [f"Meera, {HER}, 12 Lane"]})
    add(desk, tmp_path, text, name)
    log_contact(desk, {"agency": ["Example Mail"], "kind": ["mail-provider"],
                       "contact_details": [f"Abuse desk <{DESK}>"]})  # fmt: skip
    assert why(desk) == expected


@pytest.mark.parametrize(("name", "text"), [("a.eml", mail(THEM)), ("a.mbox", box(mail(THEM)))])
def test_without_an_account_nobody_can_tell_and_that_is_said(
    desk: Desk, tmp_path: Path, name: str, text: str
) -> None:
    add(desk, tmp_path, text, name)
    assert why(desk) == "no-account"
    assert why(desk, accounts=(THEM,)) == ""
    assert "[______ exhibits]" in draft_letter(desk, Wish("abuse"), None).letter.text


def test_an_agency_at_a_domain_of_theirs_is_not_the_other_person(
    desk: Desk, tmp_path: Path
) -> None:
    note_case(desk, {"identifiers": ["domain:mail.example.net"]})
    log_contact(desk, {"agency": [f"Example Mail, {DESK}"], "kind": ["mail-provider"]})
    add(desk, tmp_path, mail(DESK))
    assert why(desk) == "agency"


@pytest.mark.parametrize("sender", [HER, DESK, FRIEND])
def test_what_she_names_or_an_incident_shows_is_listed_whoever_sent_it(
    desk: Desk, tmp_path: Path, sender: str
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(sender, THEM))
    assert why(desk)
    assert why(desk, ids=("E-0001",)) == ""
    log_threat(desk, {"words": ["x"], "when": ["2026-10-09 22:41"], "evidence": ["E-0001"]})
    assert why(desk) == ""


def test_a_damaged_copy_stops_no_letter_and_is_told(desk: Desk, tmp_path: Path) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(THEM))
    for original in (desk.vault / "objects").rglob("*"):
        if original.is_file():
            original.chmod(0o600)
            original.write_bytes(b"x")
    assert why(desk) == "not-read"


def test_what_would_take_too_long_is_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(THEM))
    monkeypatch.setattr(letter_senders, "MAX_LETTER_MAILS", 0)
    assert why(desk) == "too-many"
    monkeypatch.undo()
    monkeypatch.setattr(letter_senders, "MAX_LETTER_BOX_BYTES", 10)
    add(desk, tmp_path, box(mail(THEM)), "a.mbox")
    about = read_about(desk.open(), Wish("police"))
    assert dict(about.not_listed) == {"E-0002": "too-large"}


def test_of_so_many_those_that_were_added_last_are_looked_into(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    for name in ("one.eml", "two.eml", "three.eml"):
        add(desk, tmp_path, mail(THEM), name)
    monkeypatch.setattr(letter_senders, "MAX_LETTER_MAILS", 1)
    about = read_about(desk.open(), Wish("police"))
    assert dict(about.not_listed) == {"E-0001": "too-many", "E-0002": "too-many"}


def test_neither_letter_nor_page_shows_her_address_provider_or_mail(
    desk: Desk, tmp_path: Path
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(THEM))
    add(desk, tmp_path, mail(HER, THEM), "two.eml")
    sha256 = str(read_about(desk.open(), Wish("police")).material.by_id["E-0002"].fields["sha256"])
    page = tmp_path / "page.txt"
    make_officers_page(desk, Wish("officer"), page)
    letters = [draft_letter(desk, Wish(kind, country="IN"), None).letter.text
               for kind in ("preserve", "abuse", "grievance", "police", "escalation")]  # fmt: skip
    for text in (*letters, page.read_text("utf-8")):
        assert "E-0001" in text
        assert not [one for one in (HER, "her.example", "E-0002", sha256) if one in text]


def test_a_reminder_of_her_own_that_lists_exhibits_lists_theirs(desk: Desk, tmp_path: Path) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(FRIEND))
    add(desk, tmp_path, mail(THEM), "two.eml")
    (tmp_path / "own").mkdir()
    copied = copy_template((), "en/any/reminder", tmp_path / "own" / "mine.md")
    text = (tmp_path / "own" / "mine.md").read_text("utf-8")
    lists = "{{#exhibits}}\n- {{id}}\n{{/exhibits}}\n"
    (tmp_path / "own" / "mine.md").write_text(
        text.replace("\nfields = [", '\nfields = ["exhibits", ') + lists, "utf-8"
    )
    draft = draft_letter(desk, Wish("reminder", folders=(tmp_path / "own",)), None)
    assert (copied.name, draft.template.name) == ("reminder", "mine")
    assert draft.not_listed == {"E-0001": "other-sender"}
    assert "- E-0002" in draft.letter.text
    assert "E-0001" not in draft.letter.text


def test_only_a_letter_that_lists_exhibits_tells_of_those_left_out(
    desk: Desk, tmp_path: Path
) -> None:
    note_case(desk, {"identifiers": [f"e-mail:{THEM}"]})
    add(desk, tmp_path, mail(FRIEND))
    assert draft_letter(desk, Wish("reminder"), None).not_listed == {}
    assert draft_letter(desk, Wish("abuse"), None).not_listed == {"E-0001": "other-sender"}
