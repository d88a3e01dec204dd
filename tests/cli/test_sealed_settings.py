"""What somebody writes into the settings of a sealed vault changes nothing of hers unseen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, put, told
from tests.vault.sealed_desk import HERS, RECOVERY

from stalklog.core.note import Signer
from stalklog.vault.disk import Disk
from stalklog.vault.keys import read_owner
from stalklog.vault.layout import SETTINGS
from stalklog.vault.recovery_proof import is_tried, sign_tried
from stalklog.vault.vault import load_header

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.cli.sealed_home import SealedHome

THREAT = ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live.")
REMINDER = "was not tested yet"


@pytest.fixture
def hers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedHome:
    make_quick(monkeypatch)
    return make_home(tmp_path, monkeypatch)


def change(vault: Path, **settings: object) -> None:
    """As whoever has the folder does."""
    place = vault / SETTINGS
    place.write_text(json.dumps({**json.loads(place.read_text()), **settings}), encoding="utf-8")


def test_no_name_is_taken_from_the_settings_of_a_sealed_vault(run: Run, hers: SealedHome) -> None:
    key = ("--passphrase-file", hers.passphrase)
    change(hers.vault, operator="Mr B", name="Mr B's")
    answer = run(*THREAT)
    assert "Mr B" not in answer.out
    assert run("show", "T-0001", "--json", *key).json["by"] == "self"
    status = run("status", *key)
    assert "Mr B" not in status.out
    assert run("status", "--json", *key).json["name"] is None
    run("keys", "recover", "--test", "--recovery-file", hers.paper)
    assert "Mr B" not in (hers.vault / SETTINGS).read_text()


def test_a_plain_vault_has_its_name_and_its_operator(run: Run, vault: Path) -> None:
    change(vault, operator="An advocate", name="Of Ms A")
    assert run(*THREAT).out.count("\n") == 3  # the id, the size, the head: as ever
    assert run("show", "T-0001", "--json").json["by"] == "An advocate"
    assert run("status", "--json").json["name"] == "Of Ms A"


@pytest.mark.parametrize(
    "command",
    [
        THREAT,
        ("log-contact", "--agency", "Cyber cell", "--kind", "cyber-cell"),
        ("log-demand", "--when", "2026-11-19", "--words", "Stop."),
        ("add-evidence", "{mail}"),
        ("amend", "#1", "--set", "place=x", "--reason", "y"),
        ("withdraw", "#1", "--reason", "y"),
        ("case", "--set", "alias=Ms A"),
    ],
)
def test_each_receipt_names_the_zone_that_times_are_understood_in(
    run: Run, hers: SealedHome, tmp_path: Path, command: tuple[str, ...]
) -> None:
    mail = put(tmp_path / "mail.txt", "a mail")
    run(*THREAT)
    given = [part.format(mail=mail) for part in command]
    for zone in ("Asia/Kolkata", "America/New_York"):
        change(hers.vault, tz=zone)
        answer = run(*given)
        assert answer.code == 0, answer.err
        assert f"Times in {zone}" in told(answer.out)
        assert "Written by" not in answer.out


def test_who_writes_and_the_zone_of_a_command_are_named(run: Run, hers: SealedHome) -> None:
    del hers
    said = told(run(*THREAT, "--by", "An advocate", "--tz", "Europe/London").out)
    assert "Times in Europe/London Written by An advocate" in said


def test_settings_that_are_gone_are_seen_too(run: Run, hers: SealedHome) -> None:
    (hers.vault / SETTINGS).unlink()
    assert "Times in UTC" in told(run(*THREAT).out)


@pytest.mark.parametrize("zone", ["Moon", "../../etc/passwd", ""])
def test_a_zone_that_there_is_not_stops_no_reading_and_is_told_where_it_matters(
    run: Run, hers: SealedHome, tmp_path: Path, zone: str
) -> None:
    key = ("--passphrase-file", hers.passphrase)
    assert run(*THREAT).code == 0
    change(hers.vault, tz=zone)
    for command in (("status",), ("list", "custody"), ("show", "T-0001", "--history"), ("verify",)):
        assert run(*command, *key).code == 0, command
    for filtered in ("list", "timeline"):
        answer = run(filtered, "--since", "2020-01-01", "--until", "2199-01-01", *key)
        assert answer.code == 0
        assert "T-0001" in answer.out
        assert told(answer.err).count("--since and --until are taken in UTC") == 1
    answer = run(*THREAT)
    assert answer.code == 2
    assert "in the file settings" in told(answer.err)
    assert run(*THREAT, "--tz", "Asia/Kolkata").code == 0
    assert run("report", "-o", str(tmp_path / "r.html"), *key).code == 2


# The reminder


def reminds(run: Run, hers: SealedHome) -> bool:
    status = REMINDER in told(run("status", "--passphrase-file", hers.passphrase).out)
    assert status == (REMINDER in told(run("keys").out))
    assert status == (run("keys", "--json").json["recovery_tested_at"] is None)
    return status


@pytest.mark.parametrize("signature", [None, "", "c2ln", "\ud800", "A" * 88])
def test_a_day_that_somebody_wrote_there_silences_nothing(
    run: Run, hers: SealedHome, signature: str | None
) -> None:
    written = {} if signature is None else {"recovery_tested_signature": signature}
    change(hers.vault, recovery_tested_at="2026-11-24", **written)
    assert reminds(run, hers)


def test_a_test_silences_it_for_that_day_and_that_key_only(
    run: Run, hers: SealedHome, tmp_path: Path
) -> None:
    tried = ("keys", "recover", "--test", "--recovery-file", hers.paper)
    assert run(*tried).code == 0
    assert not reminds(run, hers)
    signed = (hers.vault / SETTINGS).read_bytes()
    change(hers.vault, recovery_tested_at="2030-01-01")
    assert reminds(run, hers)
    (hers.vault / SETTINGS).write_bytes(signed)
    assert not reminds(run, hers)
    paper = str(tmp_path / "paper-2.txt")
    new = ("keys", "add", "--recovery", "--recovery-to", paper)
    assert run(*new, "--passphrase-file", hers.passphrase).code == 0
    assert reminds(run, hers)
    (hers.vault / SETTINGS).write_bytes(signed)
    assert reminds(run, hers)
    assert run("keys", "recover", "--test", "--recovery-file", paper).code == 0
    assert not reminds(run, hers)


def test_a_recovery_silences_it_too(run: Run, hers: SealedHome) -> None:
    new = ("--new-passphrase-file", hers.passphrase)
    assert run("keys", "recover", "--recovery-file", hers.paper, *new).code == 0
    assert not reminds(run, hers)


def test_only_the_owner_of_this_vault_can_sign_it(hers: SealedHome) -> None:
    disk = Disk(hers.vault)
    header = load_header(disk)
    owner = read_owner(disk, header, HERS)
    disk.close()
    recovery, on = RECOVERY.recipients[0], "2026-11-24"
    good = sign_tried(owner, header, recovery=recovery, on=on)
    assert is_tried(header, recovery=recovery, on=on, signature=good)
    assert not is_tried(header, recovery=HERS.recipients[0], on=on, signature=good)
    assert not is_tried(header, recovery=recovery, on="2026-11-25", signature=good)
    other = Signer.make(f"{header.origin}/owner")
    forged = sign_tried(other, header, recovery=recovery, on=on)
    assert not is_tried(header, recovery=recovery, on=on, signature=forged)
