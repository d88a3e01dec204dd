"""What letters take from mails: what was observed and is theirs, and nothing that is claimed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.records.tags import REGISTRY_TAG
from stalklog.services import letter_origins
from stalklog.services.connections import read_connection
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.letter_about import Wish
from stalklog.services.letters import draft_letter
from stalklog.services.officer import make_officers_page
from stalklog.services.records import log_threat, note_case
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.services.letters import Draft

THEM, HER = "nightbird@mail.example.net", "meera@example.org"
ADDRESS, CLAIMED, GOOGLES = "192.0.47.66", "198.18.0.1", "209.85.221.41"
HOP = (
    "Received: from evil (unknown [{address}]) by mx.example.org (Postfix) with ESMTP id 1;\n"
    "\tFri, 20 Nov 2026 21:30:04 +0000\n"
)
BELOW = f"Received: from home ([{CLAIMED}]) by mail.example.net; Fri, 20 Nov 2026 21:30:00 +0000\n"
RELAYED = (
    "Received: from mail-wr1-f41.google.com (mail-wr1-f41.google.com. [{address}])\n"
    "\tby mx.google.com with ESMTPS id y2 for <m@gmail.com>;\n"
    "\tFri, 20 Nov 2026 21:30:04 -0800 (PST)\n"
)


def mail(hops: str = "", *, sender: str = THEM, to: str = HER, text: str = "I see you.") -> str:
    return (
        f"{hops}From: {sender}\nTo: {to}\nSubject: x\n"
        f"Date: Fri, 20 Nov 2026 21:30:00 +0000\nMessage-ID: <1@example.net>\n\n{text}\n"
    )


def seen(address: str = ADDRESS) -> str:
    return HOP.format(address=address) + BELOW


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(tmp_path / "vault")
    note_case(desk, {"alias": ["Ms A"], "identifiers": [f"e-mail:{THEM}"]})
    return desk


def add(desk: Desk, folder: Path, *mails: str, name: str = "{n}.eml") -> None:
    for number, text in enumerate(mails):
        path = folder / name.format(n=number)
        path.write_bytes(text.encode())
        add_evidence(desk, [path], {})


def letter(desk: Desk, folder: Path, kind: str = "preserve", *ids: str, trust: str = "") -> Draft:
    trusted = (trust,) if trust else ()
    return draft_letter(desk, Wish(kind, ids=ids, trusted_by=trusted), folder / "l.txt")


def reasons(draft: Draft) -> dict[str, str]:
    return {**draft.not_listed, **{one.id: one.why for one in draft.origins.left_out}}


@pytest.mark.parametrize("kind", ["preserve", "abuse", "police"])
def test_what_her_own_server_recorded_stands_in_the_letter_with_time_and_exhibit(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    add(desk, tmp_path, mail(seen()))
    draft = letter(desk, tmp_path, kind, trust="example.org")
    (one,) = draft.origins.connections
    assert (one.address, one.port, one.exhibit) == (ADDRESS, "", "E-0001")
    assert one.at is not None
    assert f"{one.at:%Y-%m-%d %H:%M:%S}" == "2026-11-20 21:30:04"
    assert ADDRESS in draft.letter.text
    assert "2026-11-20 21:30:04 UTC" in draft.letter.text
    assert CLAIMED not in draft.letter.text


def test_what_is_only_claimed_is_left_out_and_said(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen()))
    draft = letter(desk, tmp_path)
    assert reasons(draft) == {"E-0001": "claimed"}
    assert ADDRESS not in draft.letter.text


def test_a_server_that_is_noted_in_the_case_counts_for_every_letter(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, tmp_path, mail(seen()))
    note_case(desk, {"trusted_by": ["192.0.2.9, example.org"]})
    draft = letter(desk, tmp_path)
    assert [one.address for one in draft.origins.connections] == [ADDRESS]
    assert "trusted" not in draft.letter.text
    assert "192.0.2.9" not in draft.letter.text


def test_mails_of_others_and_her_own_are_left_out_unless_they_are_named(
    desk: Desk, tmp_path: Path
) -> None:
    ticket = mail(seen(), sender="abuse@provider.example")
    hers = mail(seen(), sender=HER, to=THEM)
    add(desk, tmp_path, ticket, hers)
    assert reasons(letter(desk, tmp_path, trust="example.org")) == {
        "E-0001": "other-sender",
        "E-0002": "to-them",
    }
    named = letter(desk, tmp_path, "preserve", "E-0001", "E-0002", trust="example.org")
    assert [one.exhibit for one in named.origins.connections] == ["E-0001"]
    assert reasons(named) == {"E-0002": "to-them"}


def test_a_mail_that_an_incident_shows_is_taken_whoever_sent_it(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen(), sender="new@elsewhere.example"))
    log_threat(desk, {"words": ["x"], "when": ["2026-11-20 21:30"], "evidence": ["E-0001"]})
    found = letter(desk, tmp_path, trust="example.org").origins
    assert [one.exhibit for one in found.connections] == ["E-0001"]


def test_an_address_of_her_own_network_is_never_put_in(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen("10.1.2.3")))
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert reasons(draft) == {"E-0001": "own"}
    assert "10.1.2.3" not in draft.letter.text


def test_a_forwarded_copy_tells_of_the_forwarding_only(desk: Desk, tmp_path: Path) -> None:
    text = "---------- Forwarded message ---------\nFrom: N <n@example.net>\nDate: x\n\nhello"
    add(desk, tmp_path, mail(seen(), text=text).replace("Subject: x", "Subject: Fwd: x"))
    assert reasons(letter(desk, tmp_path, trust="example.org")) == {"E-0001": "copy"}


@pytest.mark.parametrize("kind", ["preserve", "police"])
def test_a_mail_that_she_redirected_shows_her_own_connection_and_names_none(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    """It still says that the other person wrote it; the address recorded last is hers."""
    hers = f"Resent-From: {HER}\nResent-To: help@example.org\n"
    add(desk, tmp_path, mail(f"{seen()}{hers}{seen('192.0.47.9')}"))
    draft = letter(desk, tmp_path, kind, "E-0001", trust="example.org")
    assert reasons(draft) == {"E-0001": "copy"}
    assert ADDRESS not in draft.letter.text
    assert "E-0001" in draft.letter.text


def test_of_a_mailbox_that_is_named_their_mails_are_taken(desk: Desk, tmp_path: Path) -> None:
    other = mail(seen("192.0.47.9"), sender="friend@example.org")
    box = "".join(f"From x Fri Nov 20 21:30:00 2026\n{one}\n" for one in (mail(seen()), other))
    add(desk, tmp_path, box, name="{n}.mbox")
    assert letter(desk, tmp_path, trust="example.org").origins.connections == ()
    found = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org").origins
    assert [one.address for one in found.connections] == [ADDRESS]
    assert [(one.why, one.count) for one in found.left_out] == [("other-sender", 1)]


def test_where_one_large_provider_connected_the_letter_goes_there(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, tmp_path, mail(RELAYED.format(address=GOOGLES)), mail(seen()))
    draft = letter(desk, tmp_path, trust="example.org")
    assert draft.origins.addressee.startswith("Google")
    assert "To: Google" in draft.letter.text
    assert "abuse@gmail.com" in draft.origins.candidates[0].contacts
    assert reasons(draft) == {"E-0002": "other-provider"}


def test_whoever_was_named_is_written_to(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(RELAYED.format(address=GOOGLES)))
    draft = draft_letter(desk, Wish("preserve", to="Example Mail"), tmp_path / "l.txt")
    assert draft.origins.addressee == ""
    assert "To: Example Mail" in draft.letter.text


def test_of_two_providers_none_is_chosen(desk: Desk, tmp_path: Path) -> None:
    yahoos = RELAYED.replace("mail-wr1-f41.google.com", "sonic.mail.yahoo.com")
    add(
        desk,
        tmp_path,
        mail(RELAYED.format(address=GOOGLES)),
        mail(yahoos.format(address="66.163.184.1")),
    )
    draft = letter(desk, tmp_path)
    assert len(draft.origins.candidates) == 2
    assert draft.origins.addressee == ""
    assert "To: [______ addressee]" in draft.letter.text


def test_the_provider_of_an_account_is_shown_and_never_chosen(desk: Desk, tmp_path: Path) -> None:
    page = "https://www.instagram.com/nobody"
    note_case(desk, {"identifiers": [f"e-mail:{THEM}", "e-mail:n@gmail.com", f"URL:{page}"]})
    found = letter(desk, tmp_path).origins
    assert [(one.why, one.ids) for one in found.candidates] == [
        ("account", ("n@gmail.com",)),
        ("account", (page,)),
    ]
    assert "abuse@gmail.com" in found.candidates[0].contacts
    assert found.addressee == ""


def test_a_name_that_the_other_side_gives_itself_makes_no_addressee(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, tmp_path, mail(RELAYED.format(address=ADDRESS)))
    found = letter(desk, tmp_path).origins
    assert found.addressee == ""
    assert found.candidates == ()


def test_typed_connections_stand_alone(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen()))
    typed = (read_connection(desk, "192.0.2.7"),)
    wish = Wish("preserve", connections=typed, trusted_by=("example.org",))
    draft = draft_letter(desk, wish, tmp_path / "l.txt")
    assert ADDRESS not in draft.letter.text
    assert "192.0.2.7" in draft.letter.text


def test_a_registrys_answer_in_the_vault_names_whom_to_ask_and_is_no_exhibit(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, tmp_path, mail(seen()))
    entity = {
        "objectClassName": "entity",
        "roles": ["abuse"],
        "vcardArray": ["vcard", [["email", {}, "text", "abuse@isp.example"]]],
    }
    answer = {
        "objectClassName": "ip network",
        "name": "EXAMPLE-NET",
        "startAddress": "192.0.47.0",
        "endAddress": "192.0.47.255",
        "entities": [entity],
    }
    path = tmp_path / "rdap.json"
    path.write_text(json.dumps(answer))
    add_evidence(desk, [path], {"tags": [REGISTRY_TAG]})
    draft = letter(desk, tmp_path, trust="example.org")
    (one,) = draft.origins.candidates
    assert (one.name, one.contacts, one.ids) == ("EXAMPLE-NET", ("abuse@isp.example",), ("E-0002",))
    assert one.why == "registry"
    assert draft.origins.addressee == ""
    assert "E-0002" not in draft.letter.text


def test_the_officers_page_names_the_same_connections(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen()))
    wish = Wish("officer", trusted_by=("example.org",))
    made = make_officers_page(desk, wish, tmp_path / "p.txt")
    assert len(made.origins.connections) == 1
    assert ADDRESS in (tmp_path / "p.txt").read_text()


def test_a_damaged_original_is_said_and_stops_no_letter(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path, mail(seen()))
    for original in (desk.vault / "objects").rglob("*"):
        if original.is_file():
            original.chmod(0o600)
            original.write_bytes(b"x")
    assert reasons(letter(desk, tmp_path, trust="example.org")) == {"E-0001": "not-read"}


def test_only_so_many_mails_are_looked_into_and_that_is_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_origins, "MAX_LETTER_MAILS", 1)
    add(desk, tmp_path, mail(seen()), mail(seen()))
    draft = letter(desk, tmp_path, trust="example.org")
    assert reasons(draft) == {"E-0001": "too-many"}, "of the newest the records are still there"


def test_every_reason_has_its_sentence() -> None:
    assert all(letter_origins.WHY_NOT.values())
