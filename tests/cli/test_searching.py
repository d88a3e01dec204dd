"""Words are found in everything, and everything stands on one axis of time."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told
from tests.cli.test_inside import mail
from tests.readers.test_pst import STAND_IN, folder, item, mailbox
from tests.readers.test_sms import HEAD, SENT, SMS

from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def keep_all(run: Run, folder: Path) -> None:
    """A mail with another one inside, a threat, a demand and a contact."""
    assert run("add-evidence", str(mail(folder))).code == 0
    assert run("log-threat", "--when", "2026-11-21 08:00", "--words", "मैं जानता हूँ").code == 0
    demand = ("log-demand", "--when", "2026-11-20 12:00", "--how", "e-mail", "--words", "Stop.")
    assert run(*demand).code == 0
    contact = ("log-contact", "--agency", "Cyber cell", "--kind", "cyber-cell")
    assert run(*contact, "--when", "2026-11-22", "--summary", "They know where I live.").code == 0


def ids(run: Run, *args: str) -> list[tuple[str, int | None]]:
    answer = run("search", *args, "--json")
    assert answer.code == 0
    return [(hit["id"], hit["message"]) for hit in answer.json]


@pytest.mark.usefixtures("vault")
def test_words_are_found_in_messages_and_records_newest_first(run: Run, tmp_path: Path) -> None:
    keep_all(run, tmp_path)
    assert ids(run, "know", "WHERE") == [("C-0001", None), ("E-0001", 1)]
    assert ids(run, '"where you live"') == [("E-0001", 1)]
    assert ids(run, "wait*") == [("E-0001", 2)]
    assert ids(run, "जानता") == [("T-0001", None)]
    assert ids(run, "जान") == []
    assert ids(run, "--anywhere", "जान") == [("T-0001", None)]
    assert ids(run, "know", "--from-whom", "NOBODY") == [("E-0001", 1)]
    assert ids(run, "know", "--until", "2026-11-21") == [("E-0001", 1)]
    assert ids(run, "nowhere") == []
    answer = run("search", "live")
    assert "E-0001 message 1  20 Nov 2026 21:30 +05:30" in answer.out
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out


@pytest.mark.usefixtures("vault")
def test_a_part_says_that_it_is_one(run: Run, tmp_path: Path) -> None:
    keep_all(run, tmp_path)
    answer = run("search", "know", "--limit", "1", "--json")
    assert len(answer.json) == 1
    assert "the newest 1 of 2" in told(answer.err)
    assert run("search", "know", "--json").err == ""
    for wrong in ("0", "-1", "x", "9" * 5000, "१"):
        assert run("search", "know", f"--limit={wrong}").code == 2


def keep_dated(run: Run, folder: Path, dates: list[str]) -> None:
    """Mails about a scarf, each with such a line of its date; an empty one for none."""
    for number, date in enumerate(dates):
        told = f"Date: {date}\n" if date else ""
        path = folder / f"{number}.eml"
        path.write_text(f"From: a@example.org\nTo: b@example.org\n{told}\na scarf\n")
        assert run("add-evidence", str(path)).code == 0


@pytest.mark.usefixtures("vault")
def test_what_has_no_time_comes_last_and_is_told_where_a_time_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    keep_dated(run, tmp_path, ["", "Fri, 20 Nov 2020 09:15:00 +0530", ""])
    assert ids(run, "scarf") == [("E-0002", 1), ("E-0003", 1), ("E-0001", 1)]
    for asked in (("--until", "2026-12-31"), ("--since", "2020-01-01")):
        answer = run("search", "scarf", *asked, "--json")
        assert [hit["id"] for hit in answer.json] == ["E-0002"]
        assert "2 more have these words, and their time is not known" in told(answer.err)
    assert "not known" not in run("search", "scarf", "--json").err
    assert "2 messages or entries are not on the axis" in told(run("timeline").err)


@pytest.mark.usefixtures("vault")
def test_a_bad_date_takes_no_message_off_the_axis_that_its_provider_dated(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "bad.eml").write_text(
        "Received: from a.example.net (a.example.net [192.0.2.7]) by mx.example.org;"
        " Fri, 20 Nov 2026 09:15:00 +0530\n"
        "From: a@example.org\nTo: b@example.org\nDate: yesterday or so\n\na scarf\n"
    )
    run("add-evidence", str(tmp_path / "bad.eml"))
    span = ("--since", "2026-11-20", "--until", "2026-11-20")
    assert ids(run, "scarf", *span) == [("E-0001", 1)]
    (hit,) = run("timeline", *span, "--json").json
    assert (hit["id"], hit["at"]) == ("E-0001", "2026-11-20T03:45:00.000Z")
    assert "20 Nov 2026 09:15 +05:30" in run("messages", "E-0001", *span).out
    shown = run("show", "E-0001", "--message", "1").out
    assert "yesterday or so (not understood)" in shown
    summary = run("messages", "E-0001", "--summary", "--json").json
    assert summary["first"] == "2026-11-20T03:45:00.000Z"


@pytest.mark.usefixtures("vault")
def test_of_what_tells_only_a_day_no_time_of_day_is_shown(run: Run) -> None:
    run("log-threat", "--when", "2026-11-21", "--words", "a scarf")
    assert "T-0001  21 Nov 2026  threat" in run("search", "scarf").out
    assert "T-0001  time of day not known  threat" in run("timeline").out
    run("amend", "T-0001", "--set", "when=2026-11-21 08:00", "--reason", "I looked")
    assert "T-0001  21 Nov 2026 08:00 +05:30  threat" in run("search", "scarf").out
    assert "T-0001  08:00 +05:30  threat" in run("timeline").out


@pytest.mark.usefixtures("vault")
def test_on_the_day_of_a_demand_without_a_time_nothing_is_later_for_certain(
    run: Run, tmp_path: Path
) -> None:
    keep_dated(
        run, tmp_path, ["Fri, 20 Nov 2026 23:00:00 +0530", "Sat, 21 Nov 2026 00:30:00 +0530"]
    )
    run("log-demand", "--when", "2026-11-20", "--how", "e-mail", "--words", "Stop.")
    later = {hit["id"]: hit["after_demand"] for hit in run("timeline", "--json").json}
    assert later == {"D-0001": False, "E-0001": False, "E-0002": True}


@pytest.mark.usefixtures("vault")
def test_a_date_that_cannot_be_does_not_press_the_picture_of_all_others(
    run: Run, tmp_path: Path
) -> None:
    keep_dated(
        run,
        tmp_path,
        ["Mon, 1 Jun 2026 09:15:00 +0530", "Thu, 4 Jun 2026 09:15:00 +0530",
         "Tue, 1 Jan 3609 00:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 +0000"],
    )  # fmt: skip
    shown = run("timeline").out
    assert "2 in all; at most 1 a day" in shown
    assert "2 are not drawn: their dates are before 1971 or have not come yet." in shown
    assert "1 Jan 3609" in shown


@pytest.mark.usefixtures("vault")
def test_a_correction_is_found_and_what_it_replaced_is_not(run: Run, tmp_path: Path) -> None:
    keep_all(run, tmp_path)
    assert ids(run, "जानता") == [("T-0001", None)]
    run("amend", "T-0001", "--set", "words=another thing", "--reason", "misheard")
    assert ids(run, "जानता") == []
    assert ids(run, "another thing") == [("T-0001", None)]
    run("withdraw", "T-0001", "--reason", "twice")
    assert "(withdrawn)" in run("search", "another").out


def test_the_index_can_be_deleted_or_spoilt_at_any_time(
    run: Run, tmp_path: Path, vault: Path
) -> None:
    keep_all(run, tmp_path)
    found = ids(run, "know")
    index = vault / "cache" / "search.sqlite"
    assert index.is_file()
    assert run("verify").code == 0
    index.unlink()
    assert ids(run, "know") == found
    for spoilt in (b"", b"no index", index.read_bytes()[:5000]):
        index.write_bytes(spoilt)
        assert ids(run, "know") == found
    index.unlink()
    index.symlink_to(tmp_path / "elsewhere")
    assert ids(run, "know") == found
    assert not (tmp_path / "elsewhere").exists()


def test_evidence_that_was_changed_stops_no_search_and_is_named(
    run: Run, tmp_path: Path, vault: Path
) -> None:
    keep_all(run, tmp_path)
    sha256 = json.loads(run("show", "E-0001", "--json").out)["sha256"]
    stored = vault / object_name(sha256)
    stored.chmod(0o600)
    stored.write_bytes(b"changed")
    answer = run("search", "know", "--json")
    assert [hit["id"] for hit in answer.json] == ["C-0001"]
    assert "E-0001 was not looked into" in told(answer.err)


@pytest.mark.usefixtures("vault")
def test_everything_stands_on_one_axis_and_the_demand_is_marked(run: Run, tmp_path: Path) -> None:
    keep_all(run, tmp_path)
    answer = run("timeline", "--json")
    assert [(hit["id"], hit["message"], hit["after_demand"]) for hit in answer.json] == [
        ("E-0001", 2, False),
        ("D-0001", None, False),
        ("E-0001", 1, True),
        ("T-0001", None, True),
        ("C-0001", None, False),
    ]
    shown = run("timeline").out
    assert shown.index("the demand to stop") < shown.index("Later than the demand to stop:")
    assert "2 of those shown are later" in told(shown)
    assert "5 in all" in shown
    assert [hit["id"] for hit in run("timeline", "--since", "2026-11-21", "--json").json] == [
        "T-0001",
        "C-0001",
    ]
    answer = run("timeline", "--limit", "2")
    assert "3 older ones are not shown" in told(answer.err)


@pytest.mark.usefixtures("vault")
def test_an_empty_vault_has_an_empty_axis(run: Run) -> None:
    assert "Nothing in the vault has a time" in run("timeline").out
    assert run("timeline", "--json").json == []
    assert run("search", "word").out.startswith("Nothing was found.")


def test_a_sealed_vault_is_searched_in_memory_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    home = make_home(tmp_path, monkeypatch)
    keep_all(run, tmp_path)
    assert run("search", "know").code == 23
    answer = run("search", "know", "--json", "--passphrase-file", home.passphrase)
    assert [hit["id"] for hit in answer.json] == ["C-0001", "E-0001"]
    assert not (home.vault / "cache").exists()
    assert run("timeline", "--passphrase-file", home.passphrase).code == 0
    assert not (home.vault / "cache").exists()


CHAT = (
    "25/09/26, 9:30 pm - Messages and calls are end-to-end encrypted.\n"
    "25/09/26, 9:31 pm - Nobody: I see your window.\n"
    "23/11/26, 8:00 am - Nobody: The window again.\n"
    "23/11/26, 8:05 am - Asha: Stop.\n"
)


def keep_chat(run: Run, folder: Path, *wishes: str) -> None:
    (folder / "chat.txt").write_text(CHAT, encoding="utf-8")
    assert run("add-evidence", str(folder / "chat.txt"), *wishes).code == 0


@pytest.mark.usefixtures("vault")
def test_a_time_without_a_zone_is_never_told_as_a_moment(run: Run, tmp_path: Path) -> None:
    keep_chat(run, tmp_path)
    first, second = run("search", "window", "--json").json
    assert (first["at"], first["wall"]) == (None, "2026-11-23T08:00:00")
    assert (second["at"], second["wall"]) == (None, "2026-09-25T21:31:00")
    assert "23 Nov 2026 08:00 (no zone)" in run("search", "window").out
    keep_chat(run, tmp_path, "--times-zone", "Asia/Kolkata")
    told_ = [hit for hit in run("search", "window", "--json").json if hit["id"] == "E-0002"]
    assert [hit["at"] for hit in told_] == ["2026-11-23T02:30:00.000Z", "2026-09-25T16:01:00.000Z"]
    assert all("wall" not in hit for hit in told_)


@pytest.mark.usefixtures("vault")
def test_what_has_no_zone_stands_on_the_axis_and_is_later_only_where_that_is_certain(
    run: Run, tmp_path: Path
) -> None:
    keep_chat(run, tmp_path)
    demand = ("log-demand", "--how", "chat", "--words", "Stop.", "--when")
    assert run(*demand, "2026-11-22 12:00").code == 0
    chat = [hit for hit in run("timeline", "--json").json if hit["id"] == "E-0001"]
    assert [hit["after_demand"] for hit in chat] == [False] * 4  # 20 hours later, in some zone
    assert run("amend", "D-0001", "--set", "when=2026-11-21 12:00", "--reason", "day").code == 0
    chat = [hit for hit in run("timeline", "--json").json if hit["id"] == "E-0001"]
    assert [hit["after_demand"] for hit in chat] == [False, False, True, True]
    assert "08:00 (no zone)" in run("timeline").out


@pytest.mark.usefixtures("vault")
def test_timeline_and_report_place_a_chat_without_a_zone_alike(run: Run, tmp_path: Path) -> None:
    keep_chat(run, tmp_path)
    said = ("log-threat", "--words", "I will come.", "--when")
    for when in ("2026-09-25 20:00", "2026-09-26 03:00"):
        assert run(*said, when).code == 0
    axis = [hit["id"] for hit in run("timeline", "--json").json]
    assert list(dict.fromkeys(axis)) == ["T-0001", "E-0001", "T-0002"]
    path = tmp_path / "report.json"
    assert run("report", "-o", str(path)).code == 0
    rows = json.loads(path.read_text(encoding="utf-8"))["chronology"]
    assert [row["id"] for row in rows] == ["T-0001", "E-0001", "T-0002"]
    assert [row["zone_known"] for row in rows] == [True, False, True]
    change = ("amend", "E-0001", "--set", "times_zone=Asia/Tokyo", "--reason", "her phone")
    assert run(*change).code == 0
    axis = [hit["id"] for hit in run("timeline", "--json").json]
    (tmp_path / "report.json").unlink()
    assert run("report", "-o", str(path)).code == 0
    rows = json.loads(path.read_text(encoding="utf-8"))["chronology"]
    assert (
        [row["id"] for row in rows] == list(dict.fromkeys(axis)) == ["E-0001", "T-0001", "T-0002"]
    )
    assert all(row["zone_known"] for row in rows)


@pytest.mark.usefixtures("vault")
def test_messages_without_a_zone_are_chosen_by_day_and_what_has_no_time_is_counted(
    run: Run, tmp_path: Path
) -> None:
    keep_chat(run, tmp_path)
    lines = run("messages", "E-0001", "--since", "2026-11-01", "--json").out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [3, 4]
    (tmp_path / "undated.eml").write_bytes(
        b"From: nobody@example.org\nTo: asha@example.org\nSubject: x\n\nI see you.\n"
    )
    run("add-evidence", str(tmp_path / "undated.eml"))
    answer = run("messages", "E-0002", "--since", "2026-11-01", "--json")
    assert answer.out == ""
    assert "1 message is left out because its time is not known" in told(answer.err)
    assert run("messages", "E-0002", "--json").err == ""


@pytest.mark.usefixtures("vault")
def test_both_readings_of_a_day_stand_beside_what_was_found(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("03/02/24, 7:05 pm - Ravi: the scarf\n" * 3, encoding="utf-8")
    run("add-evidence", str(chat))
    assert "3 Feb 2024 19:05 or 2 Mar 2024 19:05 (no zone)  Ravi\n" in run("search", "scarf").out
    hit = run("search", "scarf", "--json").json[0]
    assert (hit["at"], hit["remarks"]) == (None, ["ambiguous-date"])
    assert hit["readings"] == ["2024-02-03T19:05:00", "2024-03-02T19:05:00"]


@pytest.mark.usefixtures("vault")
def test_whose_a_message_is_and_what_kind_of_call_is_said_beside_it(
    run: Run, tmp_path: Path
) -> None:
    sms = '<sms address="5550001" date="170965110000{n}" type="{n}" body="scarf {n}"/>'
    call = '<call number="5550001" contact_name="Ravi" date="1709651200000" type="3" duration="0"/>'
    (tmp_path / "sms.xml").write_text(f"<smses>{sms.format(n=2)}{sms.format(n=3)}</smses>")
    (tmp_path / "calls.xml").write_text(f"<calls>{call}</calls>")
    run("add-evidence", str(tmp_path / "sms.xml"), str(tmp_path / "calls.xml"))
    run("log-demand", "--when", "2024-03-05 12:00", "--how", "e-mail", "--words", "Stop.")
    found = run("search", "scarf").out
    assert "  the owner of the phone or account\n    scarf 2" in found
    assert "  the owner of the phone or account  [a draft, not sent]\n    scarf 3" in found
    axis = run("timeline")
    assert "  Ravi <5550001>  [call]  [not answered]\n" in axis.out
    assert "1 of those shown is later than the demand to stop" in told(axis.out)


@pytest.mark.usefixtures("vault")
def test_what_was_read_only_in_part_is_told_at_each_search(run: Run, tmp_path: Path) -> None:
    whole = HEAD + b"<smses count='2'>" + SMS + SENT + b"</smses>"
    for name, data in (("whole.xml", whole), ("cut.xml", whole[:-60])):
        (tmp_path / name).write_bytes(data)
        assert run("add-evidence", str(tmp_path / name)).code == 0
    for _try in range(2):
        answer = run("search", "see", "--json")
        assert [hit["id"] for hit in answer.json] == ["E-0002", "E-0001"]
        assert "Read only in part, so something may be missing here: E-0002." in told(answer.err)
        assert "Read only in part" in told(run("timeline", "--json").err)
    run("withdraw", "E-0002", "--reason", "cut off")
    assert "Read only in part" in told(run("search", "see", "--json").err)


@pytest.mark.usefixtures("vault")
def test_a_mailbox_that_needs_an_extra_is_named_until_that_is_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail.pst").write_bytes(mailbox(folder("Inbox", item("the scarf"))))
    run("add-evidence", str(tmp_path / "mail.pst"))
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "pypff.py").write_text("raise ImportError")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "none"), before]))
    monkeypatch.setattr("stalklog.services.documents.libraries", tuple)
    for _try in range(2):
        answer = run("search", "scarf", "--json")
        assert answer.json == []
        assert "Not looked into: E-0001. What is there needs a part" in told(answer.err)
        assert "stalklog[outlook]" in told(answer.err)
    assert "pip install 'stalklog[outlook]'" in run("messages", "E-0001").out
    answer = run("messages", "E-0001", "--json")
    assert answer.out == ""
    assert "Read only in part, so something may be missing here." in told(answer.err)
    answer = run("show", "E-0001", "--message", "1")
    assert answer.code == 31
    assert "It is kept as it is all the same, byte for byte." in told(answer.err)
    again = run("add-evidence", str(tmp_path / "mail.pst"))
    assert "pip install 'stalklog[outlook]'" in told(again.out)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(STAND_IN), before]))
    monkeypatch.setattr("stalklog.services.documents.libraries", lambda: ("pypff",))
    answer = run("search", "scarf", "--json")
    assert [(hit["id"], hit["message"]) for hit in answer.json] == [("E-0002", 1), ("E-0001", 1)]
    assert answer.err == ""


@pytest.mark.usefixtures("vault")
def test_a_page_stands_where_the_person_says_that_it_was_posted(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html><title>Forum</title><body>the scarf</body></html>")
    said = ("--url", "https://forum.example.org/t/1", "--posted-at", "2026-10-05 20:00")
    assert run("add-evidence", str(page), *said).code == 0
    (hit,) = run("timeline", "--json").json
    assert (hit["id"], hit["message"], hit["at"]) == ("E-0001", None, "2026-10-05T14:30:00.000Z")
    assert ids(run, "scarf", "--until", "2026-10-06") == [("E-0001", 1)]
    assert ids(run, "scarf", "--since", "2026-10-06") == []
    assert "5 Oct 2026 20:00" in run("list").out
    assert run("list", "evidence", "--since", "2026-10-06", "--json").json == []
    for command in (("messages", "E-0001"), ("show", "E-0001", "--message", "1")):
        shown = told(run(*command).out)
        assert "said when it was added Address https://forum.example.org/t/1 Posted 5 Oct" in shown
    run("amend", "E-0001", "--set", "posted_at=2026-10-07 20:00", "--reason", "looked again")
    assert ids(run, "scarf", "--since", "2026-10-06") == [("E-0001", 1)]


@pytest.mark.usefixtures("vault")
def test_the_name_of_a_chat_is_not_run_into_the_words(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Ravi.txt"
    chat.write_text("13/04/24, 7:05 pm - Ravi: I see you\n" * 3, encoding="utf-8")
    assert run("add-evidence", str(chat)).code == 0
    assert "I see you / Ravi" in run("search", "see").out
    assert "I see you / Ravi" in run("timeline").out
