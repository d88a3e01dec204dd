from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("vault")

_TIME = ("--when", "2026-11-20 21:30")
_RECEIPT = {"id", "seq", "head", "size"}


def test_a_threat_is_logged_with_a_receipt(run: Run) -> None:
    answer = run("log-threat", *_TIME, "--words", "I will find you")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Logged as T-0001. It is safely on the disk.\n  Entries  2\n")
    shown = run("show", "T-0001", "--json").json
    assert shown["words"] == "I will find you"
    assert shown["occurred"]["as_typed"] == "2026-11-20 21:30"
    assert shown["occurred"]["start"] == "2026-11-20T21:30:00+05:30"


def test_the_answer_of_log_threat_has_its_shape(run: Run) -> None:
    answer = run("log-threat", *_TIME, "--words", "x", "--json")
    assert set(answer.json) == _RECEIPT
    assert (answer.json["id"], answer.json["seq"], answer.json["size"]) == ("T-0001", 1, 2)
    assert len(answer.json["head"]) == 64


def test_an_option_is_a_field_with_hyphens(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_text("From: a@example.org\n\nx\n")
    assert run("add-evidence", str(tmp_path / "mail.eml")).code == 0
    options = (
        "--words-certainty=sure", "--language=Hindi", "--translation=y", "--place=bus stop",
        "--threatened-harm=injury", "--threatened-harm=third party", "--target=me",
        "--condition=if I leave", "--speaker=him", "--identified-by=voice",
        "--concealed-identity=yes", "--witness=name=Ms B; heard=yes", "--witnesses=Mr C",
        "--weapon=none seen", "--followed=on foot", "--monitoring=a tag", "--effect=no sleep",
        "--actions-taken=moved", "--actions-taken=told a friend", "--breach-of-order=12/2026",
        "--evidence=E-0001", "--first-note=e-1", "--how=phone", "--basis=memory",
    )  # fmt: skip
    answer = run("log-threat", *_TIME, "--words=x", *options, "--json")
    assert answer.code == 0, answer.err
    shown = run("show", "T-0001", "--json").json
    assert shown["threatened_harm"] == ["injury", "third party"]
    assert shown["concealed_identity"] is True
    assert shown["witnesses"] == [{"heard": True, "name": "Ms B"}, {"name": "Mr C"}]
    assert shown["actions_taken"] == ["moved", "told a friend"]
    assert shown["evidence"] == ["E-0001"]
    assert shown["first_note"] == "E-0001"
    assert shown["occurred"]["basis"] == "memory"


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["log-threat", "--words", "x"], "--when"),
        (["log-threat", *_TIME], "--words or --recollection or --behaviour or --circumstances"),
        (["log-contact", "--kind", "police"], "--agency"),
        (["log-contact", "--agency", "Police"], "--kind"),
        (["log-demand", "--words", "x"], "--when"),
        (["log-demand", *_TIME], "--words or --to"),
        (["amend", "T-0001", "--reason", "x"], "--set"),
        (["amend", "T-0001", "--set", "place=x"], "--reason"),
        (["withdraw", "T-0001"], "--reason"),
        (["withdraw", "T-0001", "--reason", " "], "--reason"),
    ],
)
def test_what_is_needed_and_missing_is_a_usage_error_that_names_the_option(
    run: Run, arguments: list[str], missing: str
) -> None:
    answer = run(*arguments, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.error["message"].startswith(missing)
    assert answer.error["message"].endswith("Nothing was written.")
    assert run("status", "--json").json["size"] == 1


def test_an_unknown_time_is_enough(run: Run) -> None:
    assert run("log-threat", "--precision", "unknown", "--behaviour", "a gift").code == 0
    assert "time not known" in run("list", "threats").out


def test_a_time_that_can_be_read_two_ways_is_an_error_that_names_both(run: Run) -> None:
    answer = run("log-threat", "--when", "03/04/2026 21:00", "--words", "x")
    assert (answer.code, answer.out) == (41, "")
    told = " ".join(answer.err.split())
    assert "3 April 2026" in told
    assert "4 March 2026" in told


def test_a_zone_can_be_named_for_one_command(run: Run) -> None:
    assert run("log-threat", *_TIME, "--words", "x", "--tz", "Europe/London").code == 0
    assert run("show", "T-1", "--json").json["occurred"]["start"] == "2026-11-20T21:30:00+00:00"
    assert run("log-threat", *_TIME, "--words", "x", "--tz", "Moon").code == 2


def test_who_writes_can_be_named_for_one_command(run: Run) -> None:
    assert run("log-threat", *_TIME, "--words", "x", "--by", "Advocate A").code == 0
    assert run("show", "T-1", "--json").json["by"] == "Advocate A"


def test_a_text_comes_from_standard_input(run: Run) -> None:
    assert run("log-threat", *_TIME, "--words", "-", stdin="two\nlines\n").code == 0
    assert run("show", "T-1", "--json").json["words"] == "two\nlines"


def test_standard_input_fills_one_text_only_and_must_be_text(run: Run) -> None:
    twice = run("log-threat", *_TIME, "--words", "-", "--effect", "-", stdin="x")
    assert twice.code == 2
    assert "--words, --effect" in twice.err
    assert run("log-threat", *_TIME, "--words", "-", stdin=b"\xff\xfe").code == 2


def test_a_contact_takes_its_files_with_it(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    answer = run(
        "log-contact", "--agency", "Example Mail", "--kind", "mail-provider", "--when",
        "2026-11-20", "--reference", "ticket:4711", "--follow-up", "+15d",
        "--attach", str(letter), "--json",
    )  # fmt: skip
    assert set(answer.json) == {*_RECEIPT, "attached"}
    (attached,) = answer.json["attached"]
    assert set(attached) == {
        "id", "seq", "path", "sha256", "size_bytes", "media_type", "kind", "stored",
    }  # fmt: skip
    assert (attached["id"], attached["stored"]) == ("E-0001", "new")
    shown = run("show", "C-0001", "--json").json
    assert shown["references"] == [{"type": "ticket", "value": "4711"}]
    assert shown["follow_up"] == "2026-12-05"
    assert shown["sent"] == ["E-0001"]


def test_beside_what_was_sent_a_file_is_the_proof_of_sending(run: Run, tmp_path: Path) -> None:
    for name in ("letter", "receipt"):
        (tmp_path / f"{name}.txt").write_text(name)
    assert run("add-evidence", str(tmp_path / "letter.txt")).code == 0
    answer = run(
        "log-contact", "--agency", "A", "--kind", "isp", "--when", "2026-11-20",
        "--sent", "E-1", "--attach", str(tmp_path / "receipt.txt"), "--json",
    )  # fmt: skip
    assert [one["kind"] for one in answer.json["attached"]] == ["proof-of-sending"]
    shown = run("show", "C-0001", "--json").json
    assert (shown["sent"], shown["proof_of_sending"]) == (["E-0001"], ["E-0002"])


def test_a_contact_is_told_in_words_too(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    answer = run("log-contact", "--agency", "A", "--kind", "ngo", "--attach", str(letter))
    assert "Logged as C-0001." in answer.out
    assert "  E-0001  " in answer.out
    assert run("log-contact", "--agency", "A", "--kind", "ngo", "--json").json["attached"] == []


def test_an_order_of_a_court_is_no_second_demand(run: Run) -> None:
    own = ("log-demand", *_TIME, "--words", "Do not contact me.")
    order = ("log-demand", *_TIME, "--form", "court-order", "--order")
    for command in ((*order, "court=A; from=2026-12-01; until=2026-12-01"), own,
                    (*order, "court=A; until=2027-12-01")):  # fmt: skip
        answer = run(*command)
        assert (answer.code, "already" in answer.err) == (0, False)
    assert "There is a demand already (D-0002)" in run(*own).err
    backwards = run(*order, "court=A; from=2026-12-02; until=2026-12-01")
    assert (backwards.code, "order ends before it starts" in backwards.err) == (41, True)
    late = ("amend", "D-1", "--set", "order=court=A; from=2026-12-02; until=2026-12-01")
    assert run(*late, "--reason", "x").code == 41


def test_a_second_demand_gets_a_warning_on_stderr(run: Run) -> None:
    first = run("log-demand", *_TIME, "--words", "Do not contact me.", "--json")
    assert (set(first.json), first.err) == (_RECEIPT, "")
    second = run("log-demand", *_TIME, "--words", "Do not contact me.", "--json")
    assert set(second.json) == _RECEIPT
    assert second.err.startswith("Note: There is a demand already (D-0001).")


def test_an_amendment_is_a_new_entry(run: Run) -> None:
    run("log-threat", *_TIME, "--words", "x", "--place", "home", "--witness", "Ms B")
    answer = run(
        "amend", "T-1", "--set", "place=the bus stop", "--set", "actions-taken=a",
        "--set", "actions-taken=b", "--unset", "witnesses", "--reason", "remembered", "--json",
    )  # fmt: skip
    assert set(answer.json) == _RECEIPT
    assert answer.json["id"] == "T-0001.1"
    shown = run("show", "T-0001", "--json").json
    assert shown["amended"] is True
    assert (shown["place"], shown["actions_taken"]) == ("the bus stop", ["a", "b"])
    assert "witnesses" not in shown
    told = run("amend", "@1", "--set", "place=home", "--reason", "no")
    assert told.out.startswith("Amended. What stood there before stays in the vault, as T-0001.2.")


def test_a_set_without_a_value_is_a_usage_error(run: Run) -> None:
    assert run("amend", "T-1", "--set", "place", "--reason", "x").code == 2


def test_a_withdrawal_stays_with_its_reason(run: Run) -> None:
    run("log-threat", *_TIME, "--words", "x")
    answer = run("withdraw", "T-0001", "--reason", "logged twice")
    assert answer.out.startswith("Withdrawn. It stays in the vault, marked, with your reason, as ")
    assert run("show", "T-1", "--json").json["withdrawn"] is True
    assert "Withdrawn: logged twice" in run("show", "T-1").out
    assert "(withdrawn) x" in run("list").out


def test_an_entry_that_is_not_there_has_its_own_exit_code(run: Run) -> None:
    assert run("withdraw", "T-0009", "--reason", "x").code == 40


def test_the_case_is_noted_and_told(run: Run) -> None:
    assert run("case").out == "Nothing is noted of the case yet.\n"
    answer = run(
        "case", "--set", "alias=Ms A", "--set", "safe-contact=by day", "--identifier",
        "e-mail:nobody@example.org", "--reference", "FIR:12/2026", "--json",
    )  # fmt: skip
    assert set(answer.json) == {"id", "seq", "head", "case"}
    assert answer.json["case"]["alias"] == "Ms A"
    told = run("case", "--unset", "safe-contact").out
    assert told.startswith("Noted as X-0003. The case now says:\n  Alias ")
    assert "e-mail: nobody@example.org" in told
    assert "FIR: 12/2026" in run("case").out
    assert set(run("case", "--json").json["case"]) == {"alias", "identifiers", "references"}


def test_a_vault_without_its_signing_key_still_takes_entries_and_says_so(
    run: Run, vault: Path
) -> None:
    run("log-threat", *_TIME, "--words", "x")
    (vault / "keys" / "signer").unlink()
    answer = run("amend", "T-1", "--set", "place=home", "--reason", "remembered", "--json")
    assert set(answer.json) == _RECEIPT
    assert answer.err.startswith("Note: The vault's signing key is missing")
