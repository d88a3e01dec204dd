"""Letters at the command line: the contract, what comes first, and an advocate's own templates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told

from stalklog.letters.field import LANGUAGES
from stalklog.letters.heading import KINDS

if TYPE_CHECKING:
    from tests.cli.conftest import Run

CANARY = "Kanarie5b2e"


@pytest.fixture
def case(run: Run, vault: Path) -> Path:
    for field in ("name", "contact", "safe_contact"):
        assert run("case", "--set", f"{field}={CANARY}").code == 0
    run("case", "--set", "alias=Ms A", "--set", "operator=Example Trust", "--set", "country=IN")
    run("case", "--identifier", "e-mail:nightbird@example.net")
    Path("mail.eml").write_text("From: nightbird@example.net\n\nI will find you\n")
    run("add-evidence", "mail.eml", "--from-whom", "nightbird", "--url", "https://example.net/1")
    run("log-threat", "--when", "2026-11-20 21:30", "--words", "x", "--evidence", "E-1",
        "--place", CANARY)  # fmt: skip
    run("log-contact", "--agency", "Example Mail", "--kind", "mail-provider",
        "--when", "2026-11-21", "--summary", CANARY)  # fmt: skip
    return vault


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", ["txt", "md"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_made_and_nothing_confidential_is_in_it(
    run: Run, kind: str, language: str, suffix: str
) -> None:
    path = f"l.{suffix}"
    answer = run("letter", kind, "-o", path, "--lang", language, "--json")
    assert answer.code == 0, answer.err
    suggested = {"origins"} if kind == "grievance" else set()
    assert set(answer.json) == {"path", "blanks"} | suggested
    text = Path(path).read_text("utf-8")
    assert all(f"[______ {blank}]" in text for blank in answer.json["blanks"])
    assert CANARY not in text + answer.out + answer.err


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", ["html", "txt", "md"])
def test_the_officers_page_is_made_and_nothing_confidential_is_on_it(
    run: Run, language: str, suffix: str
) -> None:
    path = f"p.{suffix}"
    options = ("--address", "192.0.2.7:51234@2026-10-09T17:11:02Z,E-1", "--lang", language)
    answer = run("letter", "officer", "-o", path, *options, "--json")
    assert answer.code == 0, answer.err
    assert set(answer.json) == {"path", "blanks", "left_out"}
    text = Path(path).read_text("utf-8")
    assert CANARY not in text
    for shown in ("192.0.2.7", "51234", "2026-10-09 17:11:02 UTC", "E-0001", "Ms A"):
        assert shown in text


@pytest.mark.usefixtures("case")
def test_the_page_says_on_the_screen_what_did_not_fit(run: Run) -> None:
    many = [part for n in range(60) for part in ("--address", f"192.0.2.{n}")]
    answer = run("letter", "officer", *many, "-o", "p.html")
    assert answer.code == 0
    assert answer.out.startswith(f"The page is made: {Path('p.html').absolute()}\n")
    assert re.search(r"\d+ lines did not fit on it and are left out", answer.out)
    assert Path("p.html").absolute().as_uri() in "".join(answer.out.split())


@pytest.mark.usefixtures("case")
def test_the_warnings_come_first_and_beside_the_answer(run: Run) -> None:
    assert "A provider may tell" in run("letter", "preserve", "-o", "j.txt", "--json").err
    answer = run("letter", "preserve", "-o", "l.txt")
    assert "A provider may tell its customer" in told(answer.err)
    assert "Save everything first" in told(answer.err)
    assert "A provider may tell" not in told(answer.out)
    run("log-demand", "--when", "2026-11-19", "--words", "Stop.")
    answer = run("letter", "stop", "-o", "s.txt")
    assert "can provoke" in told(answer.err)
    assert "There is a demand already (D-0001)." in told(answer.err)


@pytest.mark.usefixtures("case")
def test_the_answer_says_which_template_and_what_is_left_blank(run: Run) -> None:
    answer = run("letter", "preserve", "-o", "l.txt")
    assert answer.out.startswith(f"The draft is made: {Path('l.txt').absolute()}\n")
    assert "en/IN/preserve (stalklog; no lawyer has reviewed it)" in answer.out
    assert "  - postal address of the organisation\n" in answer.out


@pytest.mark.usefixtures("case", "terminal")
def test_no_question_is_asked_even_of_a_person(run: Run) -> None:
    assert run("letter", "stop", "-o", "s.txt", "--log").code == 0


@pytest.mark.usefixtures("case")
def test_what_was_logged_is_in_the_answer(run: Run) -> None:
    prepared = run("letter", "preserve", "-o", "a.txt", "--log", "--json").json
    assert set(prepared) == {"path", "blanks", "logged"}
    assert set(prepared["logged"]) == {"id", "seq", "head", "size", "text", "sent"}
    assert (prepared["logged"]["id"], prepared["logged"]["sent"]) == ("C-0002", False)
    answer = run("letter", "stop", "-o", "b.txt", "--log", "--when", "2026-11-22 10:00")
    assert "Logged as sent: D-0001, its text as E-0003" in answer.out
    assert run("verify").code == 0
    shown = run("show", "C-0002", "--json").json
    assert "occurred" not in shown
    listed = run("list", "demands", "--json").json
    assert listed[0]["occurred"]["start"] == "2026-11-22T10:00:00+05:30"


@pytest.mark.usefixtures("case")
def test_what_was_prepared_can_be_told_as_sent_later(run: Run) -> None:
    made = run("letter", "stop", "-o", "s.txt", "--log", "--json").json["logged"]
    said = ("--set", "when=2026-11-22 10:00", "--set", "how=e-mail", "--reason", "sent")
    assert run("amend", made["id"], *said).code == 0
    shown = run("show", made["id"], "--json").json
    assert (shown["how"], shown["occurred"]["precision"]) == ("e-mail", "exact")


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("stop", "--when", "2026-11-22"), 2),
        (("stop", "--log", "--follow-up", "+3d"), 2),
        (("preserve", "--log", "--decided-with", "x"), 2),
        (("stop", "word"), 2),
        (("stop", "--kind", "friend"), 2),
        (("stop", "--country", "Indien"), 2),
        (("officer", "--log"), 2),
        (("love",), 2),
        ((), 2),
        (("stop", "-o", "l.docx"), 31),
        (("stop", "-o", "mail.eml"), 31),
        (("officer", "-o", "p.pdf"), 31),
        (("police", "--for", "T-0099"), 40),
        (("preserve", "--address", "nowhere"), 2),
        (("preserve", "--log", "--when", "03/04/2026 10:00"), 41),
        (("stop", "-o", "absent/l.txt"), 60),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(
    run: Run, case: Path, arguments: tuple[str, ...], code: int
) -> None:
    before = (case / "state").read_bytes()
    assert run("letter", *arguments).code == code
    assert (case / "state").read_bytes() == before
    assert list(Path().glob("l*")) == []


@pytest.mark.usefixtures("case")
def test_nothing_is_written_over(run: Run) -> None:
    Path("l.txt").write_text("mine")
    answer = run("letter", "stop", "-o", "l.txt", "--json")
    assert (answer.code, answer.error["code"]) == (61, 61)
    assert Path("l.txt").read_text() == "mine"


@pytest.mark.usefixtures("case")
def test_the_cases_language_is_spoken_where_none_was_asked_for(run: Run) -> None:
    run("case", "--set", "language=hi")
    run("letter", "stop", "-o", "h.txt")
    run("letter", "stop", "-o", "e.txt", "--lang", "en")
    assert "सभी संपर्क बंद करने की माँग" in Path("h.txt").read_text("utf-8")
    assert "Demand to stop all contact" in Path("e.txt").read_text("utf-8")


def test_a_sealed_vault_gives_letters_with_its_key_and_says_that_they_are_readable(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    home = make_home(tmp_path, monkeypatch)
    key = ("--passphrase-file", home.passphrase)
    run("case", "--set", "alias=Ms A", "--set", f"contact={CANARY}")
    run("log-threat", "--when", "2026-11-20 21:30", "--words", "x")
    assert run("letter", "police", "-o", "l.txt").code == 23
    answer = run("letter", "police", "-o", "l.txt", "--log", *key)
    assert answer.code == 0, answer.err
    assert "readable by whoever finds it" in told(answer.err)
    text = Path("l.txt").read_text("utf-8")
    assert "Ms A" in text
    assert CANARY not in text
    assert "Logged as prepared, not sent: #3, its text as #4" in answer.out
    shown = run("show", "@4", "--json", *key).json
    assert shown["for"] == ["C-0001"]
    sent = run("letter", "preserve", "-o", "p.txt", "--log", "--when", "2026-11-22", "--json", *key)
    logged = sent.json["logged"]
    assert (logged["id"], logged["text"], logged["sent"]) == ("#6", "#5", True)
    assert run("show", "@6", "--json", *key).json["sent"] == ["E-0002"]
    assert run("verify", *key).code == 0


def own(run: Run, folder: Path, name: str = "mine.md") -> Path:
    """A template of hers: ours, copied and changed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    assert run("letter", "templates", "en/any/reminder", "-o", str(path)).code == 0
    changed = path.read_text("utf-8").replace("who deals with it now", "who is in charge")
    reviewed = 'reviewed_by = "A. Advocate"\nreviewed_on = 2026-11-01'
    path.write_text(changed.replace('reviewed_by = ""', reviewed), "utf-8")
    return path


@pytest.mark.usefixtures("case")
def test_a_template_of_hers_is_copied_changed_checked_and_used(run: Run, tmp_path: Path) -> None:
    path = own(run, tmp_path / "templates")
    told_of = "reminder: Reminder (en; A. Advocate)"
    assert run("letter", "check", str(path)).out == f"OK  {path}  {told_of}\n"
    answer = run("letter", "reminder", "--templates", str(path.parent), "-o", "l.txt")
    assert f"en/any/mine ({path}; A. Advocate)" in answer.out
    text = Path("l.txt").read_text("utf-8")
    assert "who is in charge" in text
    assert "Template reviewed by A. Advocate on 1 November 2026." in text


@pytest.mark.usefixtures("case")
def test_templates_in_her_own_folder_are_found_unasked(run: Run, home: Path) -> None:
    own(run, home / "config" / "stalklog" / "templates" / "en")
    run("letter", "reminder", "-o", "l.txt")
    assert "who is in charge" in Path("l.txt").read_text("utf-8")


@pytest.mark.usefixtures("case")
def test_a_bad_template_of_hers_is_passed_over_and_named(run: Run, tmp_path: Path) -> None:
    path = own(run, tmp_path)
    path.write_text(path.read_text("utf-8") + "{{contact}}", "utf-8")
    answer = run("letter", "reminder", "--templates", str(tmp_path), "-o", "l.txt")
    assert answer.code == 0
    assert f"The template {path} was passed over" in told(answer.err)
    assert "en/any/reminder (stalklog;" in answer.out


@pytest.mark.usefixtures("case")
def test_a_folder_of_templates_that_is_not_there_is_said(run: Run) -> None:
    answer = run("letter", "reminder", "--templates", "nowhere", "-o", "l.txt")
    assert (answer.code, Path("l.txt").exists()) == (2, False)
    assert "no folder that is there. Nothing was written." in told(answer.err)


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("reference", "options", "template"),
    [
        ("GD/DD:42", (), "en/IN/escalation-police"),
        ("FIR:42/2026", (), "en/any/escalation"),
        ("FIR:42/2026", ("--kind", "police"), "en/IN/escalation-police"),
    ],
)
def test_where_there_is_an_fir_no_letter_says_that_there_is_none(
    run: Run, reference: str, options: tuple[str, ...], template: str
) -> None:
    run("log-contact", "--agency", "Station", "--kind", "police", "--when", "2026-11-22",
        "--reference", reference)  # fmt: skip
    answer = run("letter", "escalation", "--for", "C-0002", *options, "-o", "l.txt")
    assert f"{template} (stalklog;" in answer.out
    is_said = "has not been recorded" in Path("l.txt").read_text("utf-8")
    assert is_said == template.endswith("police")


def test_a_check_tells_what_is_wrong_by_line_and_ends_with_41(run: Run, tmp_path: Path) -> None:
    path = own(run, tmp_path)
    lines = path.read_text("utf-8").rstrip("\n").count("\n") + 1
    path.write_text(
        path.read_text("utf-8").rstrip("\n") + "\n{{contact}}\n{{ 7 * 7 }}\n{% x %}\n", "utf-8"
    )
    answer = run("letter", "check", str(path))
    assert answer.code == 41
    for more, wrong in ((1, "no field contact"), (2, "Between the braces"), (3, "A brace that")):
        assert f"  line {lines + more}: " in answer.out
        assert wrong in answer.out
    assert answer.out.endswith("3 things are wrong\n")
    found = run("letter", "check", str(path), "--json")
    assert (found.code, set(found.json)) == (41, {"path", "problems"})
    assert [one["line"] for one in found.json["problems"]] == [lines + n for n in (1, 2, 3)]


def test_a_check_without_a_file_tells_what_a_template_may_use(run: Run) -> None:
    answer = run("letter", "check")
    assert answer.code == 0
    for name in ("postal_address", "exhibits", "sha256", "provider-may-tell", "escalation"):
        assert name in answer.out
    assert "safe_contact" not in answer.out
    found = run("letter", "check", "--json").json
    assert set(found) == {"kinds", "warnings", "fields"}
    assert {one["name"] for one in found["fields"]} >= {"alias", "exhibits"}


def test_a_file_that_cannot_be_read_is_told(run: Run) -> None:
    assert run("letter", "check", "absent.md").code == 2


def test_of_a_folder_each_template_is_ok_or_told_by_file_and_line(run: Run, tmp_path: Path) -> None:
    good = own(run, tmp_path / "templates")
    assert run("letter", "check", str(good.parent)).code == 0
    text = good.read_text("utf-8")
    line = text[: text.index("{{addressee}}")].count("\n") + 1
    (good.parent / "hi").mkdir()
    wrong = text.replace("To: {{addressee}}", "To: {{adressee}}")
    (good.parent / "hi" / "other.md").write_text(wrong, "utf-8")
    (good.parent / "hi" / "latin.md").write_bytes(b"\xe4")
    (good.parent / "letter.docx").write_bytes(b"PK")
    answer = run("letter", "check", str(good.parent))
    assert answer.code == 41
    assert "OK  mine.md  reminder: Reminder (en; A. Advocate)\n" in answer.out
    assert "hi/other.md\n  line 13: fields in the heading names addressee, which" in answer.out
    assert f"\n  line {line}: There is no field adressee; there is addressee. All" in answer.out
    assert "hi/latin.md\n  line 1: The file is not text in UTF-8." in answer.out
    assert "Not looked at: letter.docx. A template is a text file" in told(answer.out)
    assert answer.out.endswith("in 2 templates\n")
    found = run("letter", "check", str(good.parent), "--json")
    assert (found.code, set(found.json)) == (41, {"path", "templates", "not_looked_at"})
    rows = {one["path"]: [two["line"] for two in one["problems"]]
            for one in found.json["templates"]}  # fmt: skip
    assert rows["mine.md"] == []
    assert line in rows["hi/other.md"]


def test_a_folder_without_a_template_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = run("letter", "check", str(tmp_path / "empty"))
    assert (answer.code, told(answer.out)) == (0, f"There is no template in {tmp_path}/empty.")


def test_the_templates_are_listed_with_who_reviewed_them(run: Run, tmp_path: Path) -> None:
    path = own(run, tmp_path)
    answer = run("letter", "templates", "--templates", str(tmp_path))
    assert answer.code == 0
    assert "hi/IN/grievance" in answer.out
    assert "nobody yet" in answer.out
    found = run("letter", "templates", "--templates", str(tmp_path), "--json").json
    assert (found[0]["name"], found[0]["reviewed_by"]) == ("en/any/mine", "A. Advocate")
    assert (found[0]["from"], found[1]["from"]) == (str(path), "stalklog")
    assert {one["kind"] for one in found} == set(KINDS)


def test_a_template_is_copied_as_it_stands_and_never_over_another(run: Run) -> None:
    assert run("letter", "templates", "police").code == 0
    copied = Path("police.md").read_text("utf-8")
    assert copied.startswith("+++\n")
    assert run("letter", "templates", "police").code == 61
    assert run("letter", "templates", "absent").code == 40


def test_a_strangers_name_does_nothing_on_the_screen(run: Run, case: Path) -> None:
    del case
    run("log-contact", "--agency", "\x1b]0;x\x07Mail", "--kind", "isp", "--when", "2026-11-22")
    answer = run("letter", "preserve", "--to", "\x1b]0;x\x07Mail", "-o", "l.txt", "--log")
    assert "\x1b" not in answer.out + answer.err + Path("l.txt").read_text("utf-8")


def test_json_is_one_object_on_one_line(run: Run, case: Path) -> None:
    del case
    answer = run("letter", "stop", "-o", "l.txt", "--json")
    assert answer.out.count("\n") == 1
    assert json.loads(answer.out) == answer.json


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("kind", ["abuse", "officer"])
def test_mails_of_others_are_named_on_the_screen_and_not_in_the_letter(
    run: Run, tmp_path: Path, kind: str
) -> None:
    held = len(run("list", "evidence", "--json").json)
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(10):
        mail = f"From: f{number}@elsewhere.example\nTo: a@example.org\nSubject: x\n\nx\n"
        (folder / f"{number}.eml").write_text(mail, "utf-8")
    run("add-evidence", str(folder))
    answer = run("letter", kind, "-o", "l.txt")
    ids = [f"E-{number:04}" for number in range(held + 1, held + 11)]
    shown = told(answer.out)
    assert "Not listed in it: the other person may not have sent these" in shown
    assert f"{', '.join(ids[:8])} and 2 more: the sender is none of the accounts noted" in shown
    assert "with --for ID, again for each." in shown
    text = Path("l.txt").read_text("utf-8")
    assert not [name for name in ids if name in text]
    found = run("letter", kind, "-o", "m.txt", "--json").json["not_listed"]
    assert {(one["id"], one["why"]) for one in found} >= {(name, "other-sender") for name in ids}


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("target", ["l.txt", "l.md"])
def test_it_is_told_where_a_quoted_word_names_her(run: Run, target: str) -> None:
    said = "In it stands what the case keeps confidential."
    run("case", "--set", f"name={CANARY} Udaharan", "--set", "contact=+91 55555 09876")
    assert said not in run("letter", "police", "-o", "before.txt").err
    run("log-threat", "--when", "2026-11-21", "--words", f"{CANARY}, I will call 055555 09876")
    told = " ".join(run("letter", "police", "-o", target).err.split())
    assert said in told
    assert re.search(r"name: - T-0002: .*… contact: - T-0002: ", told)
    assert CANARY in Path(target).read_text("utf-8"), "what was said is not struck out"
    assert said not in run("letter", "preserve", "-o", f"other-{target}").err


@pytest.mark.usefixtures("case")
def test_the_page_tells_what_is_blank_and_what_names_her(run: Run) -> None:
    run("case", "--set", f"name={CANARY}", "--set", "relation=the former husband of " + CANARY)
    answer = run("letter", "officer", "-o", "o.html")
    assert "Left blank, to be filled in\n  - postal address\n" in answer.out
    assert "name: Relation to the other person: the former husband" in " ".join(answer.err.split())


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("what", ["preserve", "officer"])
def test_a_typed_connection_by_which_nobody_is_found_is_told(run: Run, what: str) -> None:
    typed = ("--address", "192.168.1.1:443", "--address", "8.8.8.8@2099-01-01T00:00:00Z")
    told = " ".join(run("letter", what, *typed, "-o", "l.txt").err.split())
    assert "192.168.1.1: an address inside a private network" in told
    assert "8.8.8.8: its time is still to come" in told
    assert "192.168.1.1" in Path("l.txt").read_text("utf-8"), "it is hers to decide"
    good = ("--address", "8.8.8.8:443@2026-10-09T17:11:02Z")
    assert "Look at it again" not in run("letter", what, *good, "-o", "m.txt").err
