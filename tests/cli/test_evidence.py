from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("vault")

_MAIL = b"From: a@example.org\nSubject: x\n\nhello\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in a folder, a name that is not UTF-8, and a link."""
    folder = tmp_path / "phone"
    (folder / "mails").mkdir(parents=True)
    (folder / "mails" / "one.eml").write_bytes(_MAIL)
    Path(os.fsdecode(os.fsencode(folder) + b"/n\xff\x1b[31m.txt")).write_bytes(b"two")
    (folder / "link").symlink_to("mails/one.eml")
    return folder


def test_a_folder_is_taken_whole_and_what_is_left_out_is_named(run: Run, folder: Path) -> None:
    answer = run("add-evidence", str(folder), "--note", "from the phone")
    assert answer.code == 12
    assert "  E-0001  " in answer.out
    assert f"SHA-256 {hashlib.sha256(_MAIL).hexdigest()}" in answer.out
    assert "2 files are in the vault, byte for byte" in answer.out
    assert "The originals are untouched." in answer.out
    assert "One was left out:\n" in answer.err
    assert "phone/link: it is a link" in answer.err
    assert "\x1b" not in answer.out
    assert r"n[\xff][U+001B][31m.txt" in answer.out


def test_its_answer_in_json_has_its_shape(run: Run, folder: Path) -> None:
    answer = run("add-evidence", str(folder), "--json")
    assert (answer.code, answer.err) == (12, "")
    assert set(answer.json) == {"added", "skipped", "head", "size"}
    mail, odd = answer.json["added"]
    shape = {"id", "seq", "path", "sha256", "size_bytes", "media_type", "kind", "stored"}
    assert set(mail) == shape | {"contents"}  # it was recognised
    assert (mail["path"], mail["kind"]) == (str(folder / "mails" / "one.eml"), "email")
    assert set(odd) == {*shape, "path_base64"}
    assert base64.b64decode(odd["path_base64"]).endswith(b"/n\xff\x1b[31m.txt")
    (skipped,) = answer.json["skipped"]
    assert set(skipped) == {"path", "code", "message"}
    assert skipped["code"] == "link"


def test_one_file_exits_0(run: Run, folder: Path) -> None:
    mail = str(folder / "mails" / "one.eml")
    assert run("add-evidence", mail).code == 0
    again = run("add-evidence", mail)
    assert again.code == 0
    assert "(its bytes were in the vault already)" in again.out
    assert "One file is in the vault" in again.out


def test_nothing_to_add_says_so(run: Run, tmp_path: Path) -> None:
    answer = run("add-evidence", str(tmp_path / "nothing"))
    assert answer.code == 12
    assert answer.out.startswith("Nothing was added.\n")


def test_an_empty_name_does_not_mean_the_folder_one_stands_in(run: Run, folder: Path) -> None:
    answer = run("add-evidence", str(folder), "", "--json")
    assert (answer.code, answer.error["error"]) == (2, "usage")
    assert run("list", "evidence", "--json").json == []


def test_every_field_is_an_option(run: Run, folder: Path) -> None:
    mail = str(folder / "mails" / "one.eml")
    run("log-threat", "--when", "today", "--words", "x")
    options = (
        "--kind=email", "--note=-", "--when=2026-11-20", "--until=2026-11-21", "--basis=header",
        "--from-whom=A <a@example.org>", "--asserted-author=him", "--asserted-author-basis=style",
        "--via=app=Mail; account=me@example.org", "--source-device=mobile; owner=me",
        "--acquired=method=export; by=me", "--original=held", "--url=https://example.org/x",
        "--posted-at=2026-11-20", "--tag=first", "--tags=mail", "--for=T-1",
        "--sensitivity=third-party",
    )  # fmt: skip
    answer = run("add-evidence", mail, *options, "--json", stdin="the first mail\n")
    assert answer.code == 0, answer.err
    shown = run("show", "E-1", "--json").json
    assert (shown["note"], shown["tags"]) == ("the first mail", ["first", "mail"])
    assert shown["for"] == ["T-0001"]
    assert shown["source_device"] == {"owner": "me", "type": "mobile"}
    copy = run("add-evidence", mail, "--derived-from=E-1", "--derivation=crop", "--json")
    assert copy.code == 0, copy.err
    told = run("show", "E-1").out
    assert "  Note\n    | the first mail\n" in told
    assert "  When  20 Nov 2026 00:00 to 21 Nov 2026 23:59 +05:30" in told
    assert f"  {shown['sha256']}\n" in told


def test_an_original_comes_back_byte_for_byte_and_nothing_is_written_over(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    run("add-evidence", str(folder / "mails"))
    answer = run("get", "E-0001", "-o", str(tmp_path / "copy.eml"))
    assert answer.code == 0
    assert answer.out.startswith(f"Written, byte for byte: {tmp_path / 'copy.eml'}\n")
    assert (tmp_path / "copy.eml").read_bytes() == _MAIL
    again = run("get", "E-0001", "-o", str(tmp_path / "copy.eml"), "--json")
    assert (again.code, again.error["error"]) == (61, "would-overwrite")
    third = run("get", "E-0001", "--output", str(tmp_path / "third.eml"), "--json")
    assert set(third.json) == {"path", "sha256", "size_bytes"}
    assert third.json["size_bytes"] == len(_MAIL)


def test_where_to_write_it_is_needed(run: Run) -> None:
    answer = run("get", "E-0001")
    assert answer.code == 2
    assert "--output" in answer.err


def test_a_place_below_a_file_cannot_be_written(run: Run, folder: Path, tmp_path: Path) -> None:
    run("add-evidence", str(folder / "mails"))
    (tmp_path / "file").touch()
    answer = run("get", "E-0001", "-o", str(tmp_path / "file" / "copy.eml"), "--json")
    assert (answer.code, answer.error["error"]) == (60, "cannot-write")


def test_of_a_signed_mail_it_is_said_that_its_key_can_go(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = b"DKIM-Signature: v=1; d=example.org; s=s1; b=x\n" + _MAIL
    mails = {"a": _MAIL, "b": signed, "c": _MAIL + b"\nDKIM-Signature: x\n"}
    said: list[str] = []
    monkeypatch.setattr("stalklog.cli.console.Screen.hint", lambda _screen, told: said.append(told))
    for name, data in mails.items():
        (tmp_path / f"{name}.eml").write_bytes(data)
        assert run("add-evidence", str(tmp_path / f"{name}.eml")).code == 0
    (told,) = [one for one in said if "Signed" in one]
    assert "E-0002" in told
    assert told.endswith("stalklog trace E-0002")
