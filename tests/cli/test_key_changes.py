"""Each change of the keys is told, with the key and without: the day, who came and who went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told
from tests.vault.sealed_desk import ADVOCATE, HERS, STRANGER

from stalklog.cli.front import front_of
from stalklog.cli.standing import home as show_home
from stalklog.core.canonical import decode, encode
from stalklog.core.note import Signer
from stalklog.errors import ReadOnlyVaultError, VaultError
from stalklog.vault.keys import read_owner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.cli.sealed_home import SealedHome

    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header

THEIRS, HER_OWN = ADVOCATE.recipients[0], HERS.recipients[0]
ADDED = f"added: {THEIRS[:12]}…{THEIRS[-6:]} (somebody else's)"
REMOVED = f"removed: {THEIRS[:12]}…{THEIRS[-6:]} (somebody else's)"
NOBODY = "nobody was added or removed (a new passphrase, for example)"


@pytest.fixture
def hers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedHome:
    make_quick(monkeypatch)
    return make_home(tmp_path, monkeypatch)


@pytest.fixture
def changed(run: Run, hers: SealedHome, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """An advocate came and went, and the passphrase was set anew, all shortly before midnight UTC.

    Gives how her commands open the vault.
    """
    key = ("--passphrase-file", hers.passphrase)
    assert run("log-threat", "--when", "2026-11-20", "--words", "I know.").code == 0
    with monkeypatch.context() as patch:
        patch.setattr("stalklog.vault.scribe.format_at", lambda _now: "2026-11-24T20:00:00.000Z")
        for command in (
            ("add", THEIRS),
            ("remove", THEIRS),
            ("change-passphrase", "--new-passphrase-file", hers.other),
        ):
            assert run("keys", *command, *key).code == 0
    return ("--passphrase-file", hers.other)


EXPECTED = [
    {
        "seq": 2,
        "at": "2026-11-24T20:00:00.000Z",
        "came": [{"recipient": THEIRS, "role": "other"}],
        "went": [],
    },
    {
        "seq": 3,
        "at": "2026-11-24T20:00:00.000Z",
        "came": [],
        "went": [{"recipient": THEIRS, "role": "other"}],
    },
    {"seq": 4, "at": "2026-11-24T20:00:00.000Z", "came": [], "went": []},
]


def test_verify_names_each_with_the_key_and_without(run: Run, changed: tuple[str, ...]) -> None:
    for key, code in (((), 11), (changed, 0)):
        answer = run("verify", "--json", *key)
        assert answer.code == code
        assert answer.json["keys_changed"] == EXPECTED
        assert list(answer.json)[:9] == [
            *("verdict", "entries", "objects", "bytes", "size", "head", "root"),
            *("completeness", "findings"),
        ]
        said = told(run("verify", *key).out)
        assert f"#2 25 Nov 2026 {ADDED}" in said  # in the vault's zone it was the next day
        assert f"#3 25 Nov 2026 {REMOVED}" in said
        assert f"#4 25 Nov 2026 {NOBODY}" in said


def test_verify_of_a_plain_vault_answers_as_before(run: Run, vault: Path) -> None:
    del vault
    assert "keys_changed" not in run("verify", "--json").json


def test_keys_and_status_name_each(run: Run, changed: tuple[str, ...]) -> None:
    listed = run("keys", "--json").json
    assert listed["keys_changed"] == EXPECTED
    assert listed["changes"] == ["#2", "#3", "#4"]
    status = run("status", "--json", *changed).json["sealed"]
    assert status["keys_changed"] == EXPECTED
    assert status["key_changes"] == ["#2", "#3", "#4"]
    for said in (told(run("keys").out), told(run("status", *changed).out)):
        assert f"#2 25 Nov 2026 {ADDED}" in said
        assert f"#3 25 Nov 2026 {REMOVED}" in said
        assert f"#4 25 Nov 2026 {NOBODY}" in said


def test_list_and_show_say_it_in_plain_words_and_in_the_vaults_zone(
    run: Run, changed: tuple[str, ...]
) -> None:
    listed = told(run("list", "custody", *changed).out)
    assert f"recorded 25 Nov 2026 the keys were changed; {ADDED}" in listed
    assert f"the keys were changed; {NOBODY}" in listed
    shown = told(run("show", "@3", *changed).out)
    assert f"the keys were changed; {REMOVED}" in shown
    assert "Recorded 25 Nov 2026 01:30 +05:30" in shown
    made = told(run("show", "X-0001", *changed).out)
    assert "+05:30" in made
    assert "+00:00" not in made


def test_a_report_tells_it_in_the_vaults_zone(
    run: Run, changed: tuple[str, ...], tmp_path: Path
) -> None:
    assert run("report", "-o", str(tmp_path / "r.md"), *changed).code == 0
    report = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "25 November 2026, 01:30:00 +05:30" in report
    assert "+00:00" not in report


def test_a_new_key_of_hers_comes_and_the_old_one_goes(run: Run, hers: SealedHome) -> None:
    key = ("--passphrase-file", hers.passphrase)
    new = ("--new-key", "--new-passphrase-file", hers.other)
    assert run("keys", "change-passphrase", *new, *key).code == 0
    (one,) = run("keys", "--json").json["keys_changed"]
    assert [reader["role"] for reader in (*one["came"], *one["went"])] == ["yours", "yours"]
    assert one["went"][0]["recipient"] == HER_OWN
    assert told(run("keys").out).count("(yours)") == 2


def test_of_many_changes_status_names_the_newest(run: Run, hers: SealedHome) -> None:
    key = ("--passphrase-file", hers.passphrase)
    for _ in range(3):
        run("keys", "add", THEIRS, *key)
        run("keys", "remove", THEIRS, *key)
    said = told(run("status", *key).out)
    assert "1 earlier change: stalklog keys" in said
    assert (" #1 " in said, " #2 " in said, " #6 " in said) == (False, True, True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: {**value, "at": "2026-02-30T20:00:00.000Z"},
        lambda value: {**value, "at": ["x"]},
        lambda value: {name: part for name, part in value.items() if name != "at"},
    ],
)
def test_a_day_that_cannot_be_read_stops_nothing(
    run: Run,
    hers: SealedHome,
    spoil: Callable[[dict[str, object]], dict[str, object]],
) -> None:
    key = ("--passphrase-file", hers.passphrase)
    assert run("keys", "add", THEIRS, *key).code == 0
    log = hers.vault / "logs" / "entries.jsonl"
    first, second, _end = log.read_bytes().split(b"\n")
    (hers.vault / "state").unlink()
    spoilt = encode(spoil(dict(decode(second))))  # type: ignore[arg-type]  # a JSON object
    log.write_bytes(first + b"\n" + spoilt + b"\n")
    answer = run("keys")
    assert answer.code == 0, answer.err
    assert f"#1 day not known {ADDED}" in told(answer.out)


def test_a_change_that_nobody_signed_is_told_as_no_change(
    run: Run,
    hers: SealedHome,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = ("--passphrase-file", hers.passphrase)

    def another(disk: Disk, header: Header, opening: Opening) -> Signer:
        return Signer.make(read_owner(disk, header, opening).vkey().partition("+")[0])

    monkeypatch.setattr("stalklog.services.keys.read_owner", another)
    monkeypatch.setattr("stalklog.services.keys.write_owner", lambda *_given: None)
    assert run("keys", "add", STRANGER.recipients[0], *key).code == 0
    verified = run("verify", "--json", *key)
    assert verified.code == 10
    assert verified.json["keys_changed"] == []
    assert "KEYS_UNAPPROVED" in {found["code"] for found in verified.json["findings"]}
    listed = run("list", "custody", *key)
    assert listed.code == 0
    assert "the keys were changed" in listed.out
    assert "added:" not in listed.out
    assert run("keys").code == ReadOnlyVaultError.exit_code
    status = run("status", *key)
    assert status.code == 0
    assert "is not what the vault's owner signed" in told(status.out)
    assert run("status", "--json", *key).json["sealed"]["readers"] is None
    show_home(front_of({}, {}))
    assert "Who can read it cannot be said" in told(capsys.readouterr().out)


def test_a_log_that_is_gone_stops_neither_status_nor_the_home(
    run: Run, hers: SealedHome, capsys: pytest.CaptureFixture[str]
) -> None:
    (hers.vault / "logs" / "entries.jsonl").unlink()
    status = run("status", "--passphrase-file", hers.passphrase)
    assert status.code == 0, status.err
    assert "cannot be read" in told(status.err)
    show_home(front_of({}, {}))
    assert "Who can read it cannot be said" in told(capsys.readouterr().out)
    assert run("keys").code == VaultError.exit_code
