"""What is inside a piece of evidence: its messages in order, one of them whole, and no damage."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told
from tests.readers.test_line_chat import PHONE as LINE_CHAT
from tests.readers.test_x import ZIP as X_ZIP
from tests.readers.zips import zipped

from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

NASTY = "Nobody \x1b[31m\u202egnp.exe"


def mail(folder: Path, name: str = "mail.eml", *, inner: bool = True) -> Path:
    """A mail of invented people, with another one attached, and a sender who means harm."""
    first = EmailMessage()
    first["From"] = "Somebody <somebody@example.org>"
    first["To"] = "asha@example.org"
    first["Subject"] = "the first"
    first["Date"] = "Fri, 20 Nov 2026 09:15:00 +0530"
    first.set_content("I waited for you.\n")
    outer = EmailMessage()
    outer["From"] = "nobody@example.org"
    outer["To"] = "asha@example.org"
    outer["Subject"] = NASTY.replace("\x1b", "")
    outer["Date"] = "Fri, 20 Nov 2026 21:30:00 +0530"
    outer.set_content(f"I know where you live. {NASTY}\n")
    if inner:
        outer.add_attachment(first)
    path = folder / name
    path.write_bytes(outer.as_bytes())
    return path


@pytest.mark.usefixtures("vault")
def test_what_was_recognised_is_said_when_it_is_added(run: Run, tmp_path: Path) -> None:
    answer = run("add-evidence", str(mail(tmp_path)))
    assert "2 messages, 20 Nov 2026" in answer.out
    (tmp_path / "unknown.bin").write_bytes(b"\0\1\2")
    answer = run("add-evidence", str(tmp_path / "unknown.bin"), str(mail(tmp_path)), "--json")
    unknown, known = answer.json["added"]
    assert "contents" not in unknown
    assert (known["contents"]["reader"], known["contents"]["messages"]) == ("eml", 2)


@pytest.mark.usefixtures("vault")
def test_what_is_odd_is_marked_in_the_list_and_counted_below_it(run: Run, tmp_path: Path) -> None:
    backup = tmp_path / "sms.xml"
    sms = '<sms address="5550001" date="170965110000{n}" type="{n}" body="word {n}"/>'
    backup.write_text(f"<smses>{''.join(sms.format(n=n) for n in (1, 3, 3, 5))}</smses>")
    run("add-evidence", str(backup))
    shown = run("messages", "E-0001").out
    assert "word 1\n" in shown
    assert shown.count("word 3  [a draft, not sent]\n") == 2
    assert "word 5  [sending failed]\n" in shown
    assert "  2 of them: it is a draft that had not been sent\n" in shown
    summary = run("messages", "E-0001", "--summary", "--json").json
    assert summary["odd"] == {"unsent": 2, "failed": 1}


@pytest.mark.usefixtures("vault")
def test_of_a_zip_the_exact_bytes_of_a_message_are_shown_too(run: Run, tmp_path: Path) -> None:
    chat = "".join(f"25/02/24, 10:1{n} pm - Ravi: {n}\n" for n in range(4))
    (tmp_path / "chat.zip").write_bytes(zipped({"a/_chat.txt": chat.encode()}))
    run("add-evidence", str(tmp_path / "chat.zip"))
    shown = run("show", "E-0001", "--message", "3").out
    assert "Where    a/_chat.txt, bytes 58 to 87\n" in shown
    assert "    | 25/02/24, 10:12 pm - Ravi: 2\n" in shown


@pytest.mark.usefixtures("vault")
def test_a_day_that_can_be_read_two_ways_is_in_a_span_if_one_reading_is(
    run: Run, tmp_path: Path
) -> None:
    chat = tmp_path / "chat.txt"
    lines = [f"03/{month:02}/24, 10:15 pm - Ravi: month {month}\n" for month in range(1, 13)]
    chat.write_text("".join(lines), encoding="utf-8")
    run("add-evidence", str(chat))
    answer = run("messages", "E-0001", "--since", "2024-02-01", "--until", "2024-03-02")
    shown = [line.strip() for line in answer.out.splitlines() if "month" in line]
    assert [line.split("  ")[0] for line in shown if line.startswith("month")] == [
        "month 1",  # 3 January or 1 March
        "month 2",
    ]
    assert "not known" not in answer.err


@pytest.mark.usefixtures("vault")
def test_an_export_that_is_cut_off_is_told_when_it_is_added(run: Run, tmp_path: Path) -> None:
    whole = '{"name": "A", "type": "personal_chat", "id": 1, "messages": [%s]}'
    one = '{"id": 1, "type": "message", "date": "2024-03-03T21:30:00", "from": "A", "text": "x"}'
    for name, text in (("whole.json", whole % one), ("cut.json", (whole % f"{one}, {one}")[:-40])):
        (tmp_path / name).write_text(text)
        out = told(run("add-evidence", str(tmp_path / name)).out)
        assert "a Telegram export: 1 message" in out
        assert ("is damaged or cut off" in out) == (name == "cut.json")


@pytest.mark.usefixtures("vault")
def test_a_zip_whose_end_is_missing_is_told_when_it_is_added(run: Run, tmp_path: Path) -> None:
    chat = "".join(f"25/02/24, 10:1{n} pm - Ravi: {n}\n" for n in range(4))
    data = zipped({"_chat.txt": chat.encode()})
    (tmp_path / "chat.zip").write_bytes(data[:-30])
    out = told(run("add-evidence", str(tmp_path / "chat.zip")).out)
    assert "a WhatsApp chat: nothing that is a message. Not read: " in out


@pytest.mark.usefixtures("vault")
def test_a_second_chat_in_a_zip_is_named_with_what_to_do(run: Run, tmp_path: Path) -> None:
    chat = "".join(f"25/02/24, 10:1{n} pm - Ravi: {n}\n" for n in range(4))
    texts = {f"WhatsApp Chat with {name}.txt": chat.encode() for name in ("Ravi", "Priya")}
    (tmp_path / "chats.zip").write_bytes(zipped(texts))
    out = told(run("add-evidence", str(tmp_path / "chats.zip")).out)
    assert "4 messages" in out
    assert "another text that looks like a chat: is not read here: add it by itself." in out


@pytest.mark.usefixtures("vault")
def test_many_files_are_added_without_being_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stalklog.services.contents._MOST_FILES", 1)
    files = [str(mail(tmp_path, name)) for name in ("1.eml", "2.eml")]
    answer = run("add-evidence", *files, "--json")
    assert all("contents" not in file for file in answer.json["added"])
    assert "was not looked at yet, as it is much" in told(run("add-evidence", *files).out)
    assert "not looked at" not in run("add-evidence", files[0]).out


@pytest.mark.usefixtures("vault")
def test_a_forwarded_copy_is_told_from_an_original_with_how_to_get_that(
    run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.eml"
    copy.write_text(
        "From: asha@example.org\nTo: help@example.org\nSubject: Fwd: the window\n\n"
        "---------- Forwarded message ---------\nFrom: Nobody <nobody@example.org>\n"
        "Date: Fri, 20 Nov 2026\nSubject: the window\nTo: asha@example.org\n\nI see you.\n"
    )
    answer = run("add-evidence", str(copy), str(mail(tmp_path)))
    assert "1 is somebody's copy of another message: ask for the original" in told(answer.out)
    assert "Show original, Download original" in told(run("show", "E-0001", "--message", "1").out)
    assert "ask for the original" in told(run("messages", "E-0001", "--summary").out)
    assert run("messages", "E-0001", "--summary", "--json").json["copies"] == 1
    for args in (("show", "E-0002", "--message", "1"), ("messages", "E-0002")):
        shown = run(*args).out
        assert "Download original" not in shown
        assert "copy" not in shown


@pytest.mark.usefixtures("vault")
def test_to_whom_it_went_is_told_as_what_its_header_says(run: Run, tmp_path: Path) -> None:
    run("add-evidence", str(mail(tmp_path, inner=False)))
    assert "To whom, it says  to one person alone: 1" in run("messages", "E-0001").out
    shown = run("show", "E-0001", "--message", "1").out
    assert "To whom, it says  to one person alone\n" in shown


@pytest.mark.usefixtures("vault")
def test_the_messages_are_shown_in_order_those_inside_others_too(run: Run, tmp_path: Path) -> None:
    run("add-evidence", str(mail(tmp_path)))
    answer = run("messages", "E-1", "--json")
    assert answer.code == 0
    first, second = map(json.loads, answer.out.splitlines())
    assert first["sender"] == {"id": "nobody@example.org"}
    assert first["sent"]["instant"] == "2026-11-20T16:00:00.000Z"
    assert first["sent"]["written"] == "Fri, 20 Nov 2026 21:30:00 +0530"
    assert (second["parent"], second["number"], second["text"]) == (1, 2, "I waited for you.\n")
    shown = run("messages", "E-0001")
    assert shown.out.index("nobody@example.org") < shown.out.index("Somebody")
    assert "20 Nov 2026 21:30 +05:30" in shown.out
    assert "2 messages (1 of them inside another)" in shown.out


@pytest.mark.usefixtures("vault")
def test_a_date_without_a_year_is_no_moment_and_was_not_misunderstood(
    run: Run, tmp_path: Path
) -> None:
    log = tmp_path / "homes.log"
    log.write_text("[05 Mar 21:30] <ravi> I see you\n[05 Mar 21:31] *** You disconnected\n")
    assert "a log of IRC" in run("add-evidence", str(log)).out
    assert "05 Mar 21:30 (not a whole date)" in run("messages", "E-0001").out


@pytest.mark.usefixtures("vault")
def test_messages_are_chosen_by_sender_and_time(run: Run, tmp_path: Path) -> None:
    run("add-evidence", str(mail(tmp_path)))
    for wish, numbers in {
        ("--from-whom", "SOMEBODY"): [2],
        ("--from-whom", "example.org"): [1, 2],
        ("--since", "2026-11-20 12:00"): [1],
        ("--until", "2026-11-20 12:00"): [2],
        ("--since", "2026-11-21"): [],
    }.items():
        lines = run("messages", "E-0001", "--json", *wish).out.splitlines()
        assert [json.loads(line)["number"] for line in lines] == numbers
    summary = run("messages", "E-0001", "--json", "--summary").json
    assert (summary["messages"], summary["inner"], summary["whole"]) == (2, 1, True)
    assert "nobody@example.org (1)" in run("messages", "E-0001", "--summary").out


def export(folder: Path) -> Path:
    """An account with two chats; one of them stands newest first, and says too much of itself."""
    chats = [
        {"name": name, "type": "private_supergroup", "id": number, "messages": [
            {"id": at, "type": "message", "date_unixtime": str(1_790_000_000 + at), "from": name,
             "text": f"{name} {at}"}
            for at in numbers]}
        for number, (name, numbers) in enumerate({"Ravi": (9, 4, 1), "Asha": (2, 3)}.items())
    ]  # fmt: skip
    path = folder / "result.json"
    path.write_text(json.dumps({"chats": {"about": "Telegram", "list": chats}}), encoding="utf-8")
    return path


@pytest.mark.usefixtures("vault")
def test_one_chat_of_several_is_shown_in_the_order_of_time(run: Run, tmp_path: Path) -> None:
    run("add-evidence", str(export(tmp_path)))
    lines = run("messages", "E-0001", "--json", "--chat", "RAVI").out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [3, 2, 1]
    lines = run("messages", "E-0001", "--json").out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4, 5]
    shown = run("messages", "E-0001", "--chat", "ravi").out
    assert shown.index("Ravi 1") < shown.index("Ravi 4") < shown.index("Ravi 9")
    assert "Asha 2" not in shown
    nobody = run("messages", "E-0001", "--chat", "meera")
    assert nobody.code == 0
    assert "No message is in a chat of that name" in nobody.err


@pytest.mark.usefixtures("vault")
def test_the_chats_in_an_export_are_listed_with_their_counts(run: Run, tmp_path: Path) -> None:
    run("add-evidence", str(export(tmp_path)))
    summary = run("messages", "E-0001", "--json", "--summary").json
    assert summary["conversations"] == [
        {"name": "Ravi", "messages": 3},
        {"name": "Asha", "messages": 2},
    ]
    shown = run("messages", "E-0001", "--summary").out
    assert "Ravi  3 messages" in shown
    assert "Asha  2 messages" in shown


@pytest.mark.usefixtures("vault")
def test_what_a_file_says_of_itself_is_told_beside_what_is_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sms.xml"
    row = '<sms address="+1" date="1700000000000" type="1" body="I see you" />'
    path.write_text(f'<smses count="58">{row}{row}</smses>', encoding="utf-8")
    told = "The file says that it holds 58 messages; 2 are there."
    assert told in " ".join(run("add-evidence", str(path)).out.split())
    shown = " ".join(run("messages", "E-0001", "--summary").out.split())
    assert told in shown
    assert "this alone does not show that something was removed" in shown


@pytest.mark.usefixtures("vault")
def test_one_message_is_shown_beside_its_bytes_and_nothing_steers_the_screen(
    run: Run, tmp_path: Path
) -> None:
    run("add-evidence", str(mail(tmp_path)))
    answer = run("show", "E-0001", "--message", "1")
    assert answer.code == 0
    assert "I know where you live." in answer.out
    assert "=?utf-8?" in answer.out  # as it stands in the original
    for steering in ("\x1b[31m", "\u202e"):
        assert steering not in answer.out
    assert "[U+202E]" in answer.out
    value = run("show", "E-0001", "--message", "2", "--json").json
    assert (value["id"], value["message"]["parent"]) == ("E-0001", 1)


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("messages", "E-0009"), 40),
        (("messages", "X-0001"), 40),
        (("messages", "E-0002"), 31),
        (("show", "E-0001", "--message", "3"), 40),
        (("show", "E-0001", "--message", "one"), 2),
        (("show", "E-0001", "--message", "9" * 5000), 2),
        (("show", "E-0002", "--message", "1"), 31),
    ],
)
def test_what_is_not_there_is_told_by_name(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: int
) -> None:
    (tmp_path / "unknown.bin").write_bytes(b"\0\1\2")
    run("add-evidence", str(mail(tmp_path)), str(tmp_path / "unknown.bin"))
    answer = run(*args)
    assert (answer.code, answer.out) == (code, "")
    assert "Traceback" not in answer.err


def test_of_an_original_that_was_changed_nothing_is_shown(
    run: Run, tmp_path: Path, vault: Path
) -> None:
    added = run("add-evidence", str(mail(tmp_path)), "--json").json["added"][0]
    stored = vault / object_name(added["sha256"])
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes().replace(b"live", b"love"))
    answer = run("messages", "E-0001")
    assert (answer.code, answer.out) == (25, "")
    assert "missing or was changed" in told(answer.err)


def test_in_a_sealed_vault_it_needs_the_key_and_leaves_nothing_readable(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    home = make_home(tmp_path, monkeypatch)
    assert "2 messages" in run("add-evidence", str(mail(tmp_path))).out
    assert run("messages", "#1").code == 23
    answer = run("messages", "#1", "--passphrase-file", home.passphrase)
    assert answer.code == 0
    assert "Somebody" in answer.out
    kept = b"".join(path.read_bytes() for path in home.vault.rglob("*") if path.is_file())
    assert b"Somebody" not in kept


@pytest.mark.usefixtures("vault")
def test_a_row_says_what_its_words_need_not(run: Run, tmp_path: Path) -> None:
    missed = b'<calls count="1"><call number="+911" date="1709654409123" type="3" /></calls>'
    (tmp_path / "calls.xml").write_bytes(missed)
    row = {"sender_name": "Ravi", "timestamp_ms": 1709654409123, "is_unsent": True}
    loved = {"reaction": "x", "actor": "Asha"}
    (tmp_path / "message_1.json").write_text(
        json.dumps({"messages": [row | {"reactions": [loved]}]})
    )
    for name in ("calls.xml", "message_1.json"):
        assert run("add-evidence", str(tmp_path / name)).code == 0
    assert "[call]  [not answered]" in run("messages", "E-0001").out
    out = run("messages", "E-0002").out
    assert "[deleted]" in out
    assert "x  [reaction]" in out


@pytest.mark.usefixtures("vault")
def test_a_summary_tells_first_what_was_written(run: Run, tmp_path: Path) -> None:
    lines = (
        "13/04/24, 9:00 pm - Messages and calls are end-to-end encrypted.\n",
        "13/04/24, 9:05 pm - Ravi: I see you\n",
        "14/04/24, 9:05 pm - Ravi: still\n",
    )
    (tmp_path / "chat.txt").write_text("".join(lines), encoding="utf-8")
    told = (
        "a WhatsApp chat: 2 messages, 1 note of the service, 13 Apr 2024 to 14 Apr 2024 (no zone)"
    )
    assert told in run("add-evidence", str(tmp_path / "chat.txt")).out
    assert "13 Apr 2024 to 14 Apr 2024 (no zone)" in run("messages", "E-0001", "--summary").out


@pytest.mark.usefixtures("vault")
def test_who_made_the_export_is_told_beside_the_name(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "x.zip"
    chat.write_bytes(X_ZIP)
    assert run("add-evidence", str(chat)).code == 0
    out = run("show", "E-0001", "--message", "2").out
    assert "@meera <2>, the owner of the phone or account" in out


@pytest.mark.usefixtures("vault")
def test_a_day_is_told_without_an_hour_that_nobody_wrote(run: Run, tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_bytes(LINE_CHAT)
    assert run("add-evidence", str(tmp_path / "line.txt")).code == 0
    out = run("messages", "E-0001").out
    assert "     1  5 Mar 2024 (no zone)" in out
    assert "5 Mar 2024 21:30 (no zone)  Ravi" in out


@pytest.mark.usefixtures("vault")
def test_how_long_a_call_was_is_told_in_words_and_exactly(run: Run, tmp_path: Path) -> None:
    calls = tmp_path / "calls.xml"
    calls.write_text(
        '<?xml version="1.0"?><calls count="2">'
        '<call number="+15550100001" duration="65" date="1709654700000" type="1" />'
        '<call number="+15550100001" duration="0" date="1709654800000" type="3" /></calls>',
        encoding="utf-8",
    )
    assert run("add-evidence", str(calls)).code == 0
    out = run("messages", "E-0001").out
    assert "[call]  [1 min 5 s]\n" in out
    assert "[call]  [0 s]  [not answered]\n" in out
    assert "Lasted" in run("show", "E-0001", "--message", "1").out
    assert 'duration="65"' in run("show", "E-0001", "--message", "1").out  # as it stands there
    line = run("messages", "E-0001", "--json").out.splitlines()[0]
    assert json.loads(line)["duration_s"] == 65
    path = tmp_path / "report.md"
    assert run("report", "-o", str(path)).code == 0
    assert "lasted 1 min 5 s" in path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("vault")
def test_of_mixed_chats_each_row_stands_below_the_name_of_its_chat(
    run: Run, tmp_path: Path
) -> None:
    rows = "".join(
        f'<sms address="+1555010000{who}" date="{1709654700000 + n}" type="{kind}" body="{n}" '
        f'contact_name="{name}" />'
        for n, (who, name, kind) in enumerate([(1, "Ravi", 1), (1, "Ravi", 2), (2, "Meera", 2)])
    )
    backup = tmp_path / "sms.xml"
    backup.write_text(f'<?xml version="1.0"?><smses count="3">{rows}</smses>', encoding="utf-8")
    assert run("add-evidence", str(backup)).code == 0
    lines = run("messages", "E-0001").out.splitlines()[:8]
    heads = [line.strip() for line in lines if line.strip().startswith("in ")]
    assert heads == ["in Ravi (+15550100001)", "in Meera (+15550100002)"]
    assert lines.index("        in Meera (+15550100002)") == 5  # above the last, which she sent
