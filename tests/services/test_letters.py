"""Letters from a real vault: they appear whole or not at all, and what is logged is what was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import StandingClock

from stalklog.core.clock import SystemClock
from stalklog.errors import (
    NoSuchEntryError,
    OutputError,
    RecordNotValidError,
    UnknownFormatError,
    UsageError,
    WouldOverwriteError,
)
from stalklog.records.view import current
from stalklog.services.checks import verify
from stalklog.services.connections import read_connection
from stalklog.services.desk import Desk
from stalklog.services.letter_about import Wish
from stalklog.services.letter_log import Sending
from stalklog.services.letters import draft_letter, write_letter
from stalklog.services.officer import make_officers_page
from stalklog.services.records import log_contact, log_demand, log_threat, note_case
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.records.view import Shown
    from stalklog.services.letters import MadeLetter

ACCOUNT = "nightbird@example.net"
MOMENT = "2026-10-09T17:11:02"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    desk = Desk(tmp_path / "vault")
    note_case(
        desk,
        {
            "alias": ["Ms A"],
            "operator": ["Example Trust"],
            "country": ["IN"],
            "identifiers": [f"e-mail:{ACCOUNT}", "phone:12345"],
        },
    )
    log_threat(desk, {"words": ["x"], "when": ["2026-11-20 21:30"]})
    contact = {"agency": ["Example Mail"], "kind": ["mail-provider"], "when": ["2026-11-21 10:00"]}
    log_contact(desk, contact)
    return desk


def made(
    desk: Desk, path: Path, kind: str, sending: Sending | None = None, **wish: object
) -> MadeLetter:
    draft = draft_letter(desk, Wish(kind, **wish), path)  # type: ignore[arg-type]
    return write_letter(desk, draft, sending)


def entries(desk: Desk) -> dict[str, Shown]:
    return {entry.id: entry for entry in current(desk.open().entries())}


def test_a_letter_is_written_and_nothing_is_logged_unasked(desk: Desk, tmp_path: Path) -> None:
    before = desk.open().state
    letter = made(desk, tmp_path / "l.txt", "preserve")
    data = (tmp_path / "l.txt").read_bytes()
    assert letter.sha256 == hashlib.sha256(data).hexdigest()
    assert b"To: Example Mail" in data
    assert desk.open().state == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_only_its_owner_can_open_it(desk: Desk, tmp_path: Path) -> None:
    made(desk, tmp_path / "l.txt", "stop")
    assert (tmp_path / "l.txt").stat().st_mode & 0o077 == 0


def test_what_was_only_prepared_is_logged_as_that(desk: Desk, tmp_path: Path) -> None:
    letter = made(desk, tmp_path / "l.txt", "preserve", Sending())
    assert letter.logged is not None
    assert not letter.logged.is_sent
    found = entries(desk)
    contact, text = found[letter.logged.id], found[letter.logged.text_id]
    assert contact.fields == {
        "agency": "Example Mail",
        "kind": "mail-provider",
        "direction": "out",
        "purpose": "preservation-notice",
        "summary": "Letter prepared, not sent: Request to preserve records.",
        "outcome": "pending",
    }
    assert (text.fields["for"], text.fields["tags"]) == ([contact.id], ["letter"])
    assert text.fields["sha256"] == letter.sha256
    assert "blanks were open in it" in str(text.fields["note"])
    assert verify(desk).verdict == "intact"


def test_what_was_sent_has_its_time_and_names_its_text(desk: Desk, tmp_path: Path) -> None:
    sending = Sending("2026-11-22 09:30", "e-mail", {"follow_up": ["+7d"]})
    letter = made(desk, tmp_path / "l.md", "abuse", sending)
    assert letter.logged is not None
    assert letter.logged.is_sent
    found = entries(desk)
    contact, text = found[letter.logged.id], found[letter.logged.text_id]
    occurred = contact.fields["occurred"]
    assert isinstance(occurred, dict)
    assert (occurred["start"], contact.fields["how"]) == ("2026-11-22T09:30:00+05:30", "e-mail")
    assert contact.fields["sent"] == [text.id]
    assert contact.fields["follow_up"] == "2026-11-29"
    assert contact.fields["summary"] == "Letter sent: Report of abuse of your service."
    assert (text.fields["media_type"], "for" in text.fields) == ("text/markdown", False)
    parts: list[bytes] = []
    desk.open().copy_original(text, parts.append)
    assert b"".join(parts) == (tmp_path / "l.md").read_bytes()


def test_a_demand_that_was_not_sent_has_no_time(desk: Desk, tmp_path: Path) -> None:
    letter = made(
        desk,
        tmp_path / "l.md",
        "stop",
        Sending(),
        to="Night Bird",
        accounts=("nightbird@example.net",),
    )
    assert letter.logged is not None
    demand = entries(desk)[letter.logged.id]
    assert demand.fields["occurred"] == {"precision": "unknown"}
    assert demand.fields["how"] == "not sent yet: prepared as a letter"
    assert (demand.fields["form"], demand.fields["to"]) == ("formal", "Night Bird")
    assert demand.fields["identifiers"] == [{"kind": "e-mail", "value": ACCOUNT}]
    words = str(demand.fields["words"])
    assert words.startswith("Demand to stop all contact\n")
    assert "DRAFT" not in words
    assert "\\" not in words


def test_a_demand_that_was_sent_has_its_time(desk: Desk, tmp_path: Path) -> None:
    more = {"decided_with": ["an advocate"]}
    letter = made(desk, tmp_path / "l.txt", "stop", Sending("2026-11-22 09:30", "", more))
    assert letter.logged is not None
    demand = entries(desk)[letter.logged.id]
    occurred = demand.fields["occurred"]
    assert isinstance(occurred, dict)
    assert occurred["start"] == "2026-11-22T09:30:00+05:30"
    assert (demand.fields["how"], demand.fields["decided_with"]) == ("letter", "an advocate")
    assert entries(desk)[letter.logged.text_id].fields["for"] == [demand.id]


@pytest.mark.parametrize(
    ("kind", "agency", "purpose"),
    [
        ("preserve", "mail-provider", "preservation-notice"),
        ("abuse", "mail-provider", "abuse-report"),
        ("grievance", "grievance-officer", "takedown"),
        ("police", "police", "report"),
        ("reminder", "mail-provider", "status"),
        ("escalation", "regulator", "appeal"),
    ],
)
def test_each_letter_is_logged_as_what_it_is_for(
    desk: Desk, tmp_path: Path, kind: str, agency: str, purpose: str
) -> None:
    letter = made(desk, tmp_path / "l.txt", kind, Sending())
    assert letter.logged is not None
    fields = entries(desk)[letter.logged.id].fields
    assert (fields["kind"], fields["purpose"]) == (agency, purpose)
    assert (fields.get("regarding") == "C-0001") == (kind in {"reminder", "escalation"})


def test_where_a_name_is_taken_nothing_is_written_and_nothing_logged(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "l.txt").write_text("mine")
    before = desk.open().state
    with pytest.raises(WouldOverwriteError):
        made(desk, tmp_path / "l.txt", "preserve", Sending())
    assert ((tmp_path / "l.txt").read_text(), desk.open().state) == ("mine", before)


def test_where_it_cannot_be_logged_no_file_appears(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RecordNotValidError):
        made(desk, tmp_path / "l.txt", "preserve", Sending("no time at all"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vault"]


def test_where_it_cannot_be_written_nothing_is_logged(desk: Desk, tmp_path: Path) -> None:
    before = desk.open().state
    with pytest.raises(OutputError):
        made(desk, tmp_path / "absent" / "l.txt", "preserve", Sending())
    assert desk.open().state == before


@pytest.mark.parametrize("name", ["l.docx", "l.pdf", "l.html", "l.xyz"])
def test_other_formats_are_refused_plainly(desk: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownFormatError) as refused:
        draft_letter(desk, Wish("stop"), tmp_path / name)
    assert ("yet" in refused.value.message) == (name in {"l.docx", "l.pdf"})
    with pytest.raises(UnknownFormatError):
        make_officers_page(desk, Wish("officer"), tmp_path / name.replace("html", "pdf"))


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("love"), UsageError),
        (Wish("grievance", country="US"), UsageError),
        (Wish("stop", template="absent"), UsageError),
        (Wish("police", ids=("T-0099",)), NoSuchEntryError),
    ],
)
def test_what_cannot_be_made_is_refused(
    desk: Desk, tmp_path: Path, wish: Wish, error: type[Exception]
) -> None:
    with pytest.raises(error):
        draft_letter(desk, wish, tmp_path / "l.txt")


def test_a_second_demand_is_warned_of_and_made(desk: Desk, tmp_path: Path) -> None:
    assert not any("D-0001" in one for one in draft_letter(desk, Wish("stop"), None).warnings)
    log_demand(desk, {"words": ["Stop."], "when": ["2026-11-20 21:30"]})
    draft = draft_letter(desk, Wish("stop"), tmp_path / "l.txt")
    assert draft.warnings[-1].startswith("There is a demand already (D-0001).")
    assert write_letter(desk, draft).path.is_file()


def test_the_language_is_what_was_asked_then_the_cases(desk: Desk) -> None:
    def language(asked: str = "") -> str:
        found = draft_letter(desk, Wish("stop", language=asked), None)
        return found.template.heading.language

    assert (language(), language("hi")) == ("en", "hi")
    note_case(desk, {"language": ["Hindi"]})
    assert (language(), language("en")) == ("hi", "en")


def test_without_a_file_it_is_named_by_kind_and_day(desk: Desk) -> None:
    standing = Desk(desk.vault, StandingClock())
    assert str(draft_letter(standing, Wish("stop"), None).path) == "letter-stop-2026-11-24.txt"


@pytest.mark.parametrize(
    ("typed", "address", "port", "moment"),
    [
        ("192.0.2.7", "192.0.2.7", "", None),
        ("192.0.2.7:51234", "192.0.2.7", "51234", None),
        ("192.0.2.7@2026-10-09T17:11:02Z", "192.0.2.7", "", "2026-10-09T17:11:02+00:00"),
        ("2001:db8::1", "2001:db8::1", "", None),
        ("2001:db8::1@2026-10-09 22:41:02", "2001:db8::1", "", "2026-10-09T22:41:02+05:30"),
        (
            "[2001:db8::1]:443@2026-10-09T17:11:02Z",
            "2001:db8::1",
            "443",
            "2026-10-09T17:11:02+00:00",
        ),
    ],
)
def test_a_connection_is_read_as_it_is_typed(
    desk: Desk, typed: str, address: str, port: str, moment: str | None
) -> None:
    found = read_connection(desk, typed)
    assert (found.address, found.port, found.exhibit) == (address, port, "")
    assert (found.at.isoformat() if found.at else None) == moment


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", UsageError),
        ("mail.example.net", UsageError),
        ("192.0.2.7:0", UsageError),
        ("192.0.2.7:65536", UsageError),
        ("192.0.2.7:99999999999999999999", UsageError),
        ("2001:db8::1:443x", UsageError),
        ("192.0.2.7@2026-10-09", UsageError),
        ("192.0.2.7@03/04/2026 10:00", RecordNotValidError),
        ("192.0.2.7@never", RecordNotValidError),
        ("192.0.2.7,E-0099", NoSuchEntryError),
        ("192.0.2.7,E-0099:2", NoSuchEntryError),
        ("192.0.2.7,E-0001:0", UsageError),
        ("192.0.2.7,E-0001:x", UsageError),
        ("x" * 100_000, UsageError),
    ],
)
def test_what_is_no_connection_is_refused(desk: Desk, typed: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_connection(desk, typed)


def test_the_page_for_the_officer_is_made_in_each_format(desk: Desk, tmp_path: Path) -> None:
    for name, told in (
        ("p.html", "<!doctype html>"),
        ("p.md", "# One page"),
        ("p.txt", "One page"),
    ):
        page = make_officers_page(desk, Wish("officer"), tmp_path / name)
        data = (tmp_path / name).read_bytes()
        assert data.decode().startswith(told)
        assert page.sha256 == hashlib.sha256(data).hexdigest()
        assert (page.left_out, page.blanks) == (0, ("postal address",))
    with pytest.raises(WouldOverwriteError):
        make_officers_page(desk, Wish("officer"), tmp_path / "p.md")
