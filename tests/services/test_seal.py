"""A plain vault is sealed: all of it is carried over and proven, and nothing half is ever left."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from tests.services.sealed_person import quick_lock, quick_unlock
from tests.vault.desk import AUTHOR, StandingClock
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, opened, sealing

from stalklog.errors import ReadOnlyVaultError, VaultError, WouldOverwriteError
from stalklog.records.view import current
from stalklog.report.model import Choice
from stalklog.services import records, reports
from stalklog.services import sealing as service
from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.keys import Handed
from stalklog.services.sealing import Sealed, seal_vault
from stalklog.services.settings import Settings
from stalklog.services.unlocking import Unlocking
from stalklog.services.vaults import create_vault as create_plain
from stalklog.vault.carry import _lines, _originals, carry_notes, first_body
from stalklog.vault.create import create_vault
from stalklog.vault.disk import Disk
from stalklog.vault.layout import LATEST_NOTE, STATE
from stalklog.vault.objects import read_blocks
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from stalklog.core.entry import Entry, JsonObject
    from stalklog.vault.cipher import Identities

PASSPHRASE: Final = "four words far apart"  # noqa: S105 - of the test alone


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.services.sealing.lock_identity", quick_lock)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", quick_unlock)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain vault with everything in it that a vault can hold."""
    folder = tmp_path_factory.mktemp("plain")
    mail, same = folder / "mail.txt", folder / "same.txt"
    mail.write_bytes(b"I know where you live.\n")
    same.write_bytes(mail.read_bytes())
    large = folder / "large.bin"
    large.write_bytes(bytes(range(256)) * 1000)
    vault = folder / "vault"
    settings = Settings(tz="Asia/Kolkata", name="Asha", operator="An advocate")
    create_plain(vault, clock=StandingClock(), settings=settings)
    desk = Desk(vault, StandingClock())
    add_evidence(desk, [mail, same, large], {})
    threat = {"when": ["2026-11-20 21:30"], "words": ["I will find you."], "evidence": ["E-0001"]}
    for _again in range(3):
        records.log_threat(desk, threat)
    records.log_contact(
        desk,
        {"agency": ["Cyber cell"], "kind": ["cyber-cell"], "when": ["2026-11-21"]},
        attach=[mail],
    )
    records.log_demand(desk, {"when": ["2026-11-19"], "how": ["e-mail"], "words": ["Stop."]})
    records.note_case(desk, {"alias": ["Ms A"], "identifiers": ["phone:12345"]})
    records.amend(desk, "T-0002", {"place": ["the bus stop"]}, reason="remembered")
    records.withdraw(desk, "T-0003", "logged twice")
    reports.make_report(desk, folder / "report.html", format_name=None, choice=Choice())
    with (vault / "logs" / "threats.jsonl").open("ab") as log:
        log.write(b'{"v":1,"seq":')  # what a power cut leaves
    records.log_threat(desk, threat)
    assert any((vault / "quarantine").iterdir())
    assert len(list((vault / "checkpoints").iterdir())) > 1
    return vault


@pytest.fixture
def plain(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plain"))


def wish(handed: list[Identities] | None = None) -> Sealed:
    def hand_over(key: Identities) -> Handed:
        if handed is not None:
            handed.append(key)
        return Handed(key.secrets[0])

    return Sealed(PASSPHRASE, hand_over)


def at(vault: Path) -> Desk:
    return Desk(vault, StandingClock(), unlock=Unlocking(lambda: PASSPHRASE, None))


def everything(vault: Path) -> list[Entry]:
    found = at(vault).open()
    entries = list(found.entries())
    assert (found.unreadable_lines, found.unopened_lines) == (0, 0)
    return entries


def original(vault: Path, entry: Entry) -> bytes:
    parts: list[bytes] = []
    at(vault).open().copy_original(entry, parts.append)
    return b"".join(parts)


def signature(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_entry_and_original_is_the_same_under_the_same_id(made: Path, tmp_path: Path) -> None:
    before = signature(made)
    answer = seal_vault(at(made), tmp_path / "closed", wish())
    assert signature(made) == before
    old, new = everything(made), everything(tmp_path / "closed")
    assert (answer.carried, answer.size) == (len(old), len(old) + 1)
    assert new[0].id == "#0"
    assert {entry.log for entry in old} == {
        "evidence", "threats", "contacts", "demands", "custody",
    }  # fmt: skip
    assert {"recovery.done", "entry.amended", "entry.withdrawn", "report.made"} <= {
        entry.type for entry in old
    }
    for was, now in zip(old, new[1:], strict=True):
        assert now.seq == was.seq + 1
        assert (now.id, now.log, now.type, now.at, now.by, now.body) == (
            was.id, was.log, was.type, was.at, was.by, was.body,
        )  # fmt: skip
        if was.type == "evidence.added":
            assert original(tmp_path / "closed", now) == original(made, was)
    assert [
        (shown.id, shown.fields, shown.amended, shown.withdrawn) for shown in current(new[1:])
    ] == [(shown.id, shown.fields, shown.amended, shown.withdrawn) for shown in current(old)]


def test_it_is_proven_with_the_key_and_not_without(made: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    seal_vault(at(made), closed, wish())
    disk = Disk(closed)
    assert check_vault(disk).verdict == "not-checked"
    hers = at(closed).open().opening()
    assert check_vault(disk, opening=hers).verdict == "intact"
    old_id = json.loads((made / "VAULT").read_bytes())["id"]
    kept = closed / "checkpoints" / old_id
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        path.name: path.read_bytes() for path in (made / "checkpoints").iterdir()
    }
    stored = b"".join(signature(closed).values())
    for words in (b"I know where you live", b"Cyber cell", b"Asha", b"An advocate", b"find you"):
        assert words not in stored


def test_ids_go_on_after_it(made: Path, tmp_path: Path) -> None:
    desk = at(made)
    seal_vault(desk, tmp_path / "closed", wish())
    new = at(tmp_path / "closed")
    typed = {"when": ["2026-11-22"], "words": ["Again."]}
    assert records.log_threat(new, typed).id.startswith("#")
    records.amend(new, "T-0002", {"words": ["I will find you!"]}, reason="more")
    added = everything(tmp_path / "closed")[-2:]
    assert [entry.id for entry in added] == ["T-0005", "T-0002.2"]
    threats = [entry for entry in everything(tmp_path / "closed") if entry.log == "threats"]
    shown = next(one for one in current(threats) if one.id == "T-0002")
    assert (shown.fields["place"], shown.fields["words"]) == ("the bus stop", "I will find you!")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["logs/threats.jsonl", "checkpoints/latest.note", "object"])
def test_a_damaged_vault_is_refused_and_no_key_is_made(
    plain: Path, tmp_path: Path, name: str
) -> None:
    is_object = name == "object"
    flip(next((plain / "objects").rglob("*/*")) if is_object else plain / name)
    handed: list[Identities] = []
    with pytest.raises(ReadOnlyVaultError):
        seal_vault(at(plain), tmp_path / "closed", wish(handed))
    assert not handed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain"]


def test_lines_that_nobody_acknowledged_are_finished_first(plain: Path, tmp_path: Path) -> None:
    acknowledged = {name: (plain / name).read_bytes() for name in (STATE, LATEST_NOTE)}
    records.log_threat(at(plain), {"when": ["2026-11-22"], "words": ["Again."]})
    for name, data in acknowledged.items():
        (plain / name).write_bytes(data)
    before = signature(plain)
    with pytest.raises(ReadOnlyVaultError, match="not finished"):
        seal_vault(at(plain), tmp_path / "closed", wish())
    assert signature(plain) == before


class Stop(KeyboardInterrupt):
    """She pressed Ctrl-C."""


NO_SPACE: Final = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("create_vault", Stop()),
        ("carry_entries", NO_SPACE),
        ("carry_notes", Stop()),
        ("check_vault", NO_SPACE),
        ("give_name", Stop()),
    ],
)
def test_what_is_interrupted_leaves_the_old_vault_and_nothing_else(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    real = getattr(service, step)

    def broken(*given: object, **named: object) -> None:
        if step != "give_name":
            real(*given, **named)  # the worst moment: all of the step is done
        raise error

    before = signature(made)
    with monkeypatch.context() as patched:
        patched.setattr(service, step, broken)
        sealed = replace(wish(), identity=tmp_path / "stick")
        with pytest.raises(Stop if isinstance(error, Stop) else VaultError):
            seal_vault(at(made), tmp_path / "closed", sealed)
    assert signature(made) == before
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_removed_is_named(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(service, "carry_notes", broken)
    monkeypatch.setattr("shutil.rmtree", lambda *_given, **_named: None)
    with pytest.raises(VaultError) as refused:
        seal_vault(at(made), tmp_path / "closed", wish())
    (left,) = (path for path in tmp_path.iterdir())
    assert str(left) in refused.value.message
    assert not (tmp_path / "closed").exists()


def test_what_came_up_under_the_name_meanwhile_is_not_touched(made: Path, tmp_path: Path) -> None:
    def hand_over(key: Identities) -> Handed:
        (tmp_path / "closed").write_text("hers")
        return Handed(key.secrets[0])

    with pytest.raises(WouldOverwriteError):
        seal_vault(at(made), tmp_path / "closed", Sealed(PASSPHRASE, hand_over))
    assert (tmp_path / "closed").read_text() == "hers"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed"]


@dataclass
class Carried:
    """What is to be carried over: entry 0's body, then each line with its log and originals."""

    first: JsonObject
    lines: list[tuple[bytes, str, list[bytes]]]
    older_note: str
    """A kept note of the old vault, over some of its entries."""


Change: TypeAlias = Callable[[Carried], None]


def carried_of(old: Disk) -> Carried:
    vault = Vault(old)
    assert vault.state is not None
    return Carried(
        first_body(old, vault.header, vault.state),
        [
            (line, entry.log, [b"".join(read_blocks(old, name)) for name in _originals(entry)])
            for entry, line in _lines(old, vault.state)
        ],
        old.read(f"checkpoints/{min(set(old.list('checkpoints')) - {'latest.note'})}").decode(),
    )


def sealed_from(plain: Path, change: Change) -> Disk:
    """A sealed vault that somebody made of this, with all keys, and with something changed."""
    old, new = Disk(plain), ModelDisk()
    carried = carried_of(old)
    change(carried)
    settings: JsonObject = {"tz": "Asia/Kolkata"}
    create_vault(
        new, AUTHOR, settings=settings, readme=None, first=carried.first, sealing=sealing()
    )
    with opened(new).writing(AUTHOR, wait_s=0) as writer:
        for line, log, originals in carried.lines:
            writer.carry(line, log, [writer.store([data]) for data in originals])
        writer.commit()
    carry_notes(old, Vault(old).header, new)
    return new


def test_what_is_not_changed_is_intact(made: Path) -> None:
    disk = sealed_from(made, lambda _carried: None)
    found = check_vault(disk, opening=HERS)
    assert (found.verdict, found.findings) == ("intact", ())


def _other_words(carried: Carried) -> None:
    at_ = next(n for n, (line, _log, _o) in enumerate(carried.lines) if b"I will find you." in line)
    line, log, originals = carried.lines[at_]
    carried.lines[at_] = (line.replace(b"I will find you.", b"I will miss you."), log, originals)


def _other_last_words(carried: Carried) -> None:
    line, log, originals = carried.lines[-1]
    assert b"I will find you." in line
    carried.lines[-1] = (line.replace(b"I will find you.", b"I will miss you."), log, originals)


def _missing(carried: Carried) -> None:
    del carried.lines[4]


def _missing_last(carried: Carried) -> None:
    del carried.lines[-1]


def _all_missing(carried: Carried) -> None:
    carried.lines.clear()


def _swapped(carried: Carried) -> None:
    carried.lines[4], carried.lines[5] = carried.lines[5], carried.lines[4]


def _twice(carried: Carried) -> None:
    carried.lines.append(carried.lines[-1])


def _other_log(carried: Carried) -> None:
    line, _log, originals = carried.lines[4]
    carried.lines[4] = (line, "contacts", originals)


def _no_line(carried: Carried) -> None:
    _line, log, originals = carried.lines[4]
    carried.lines[4] = (b"{}", log, originals)


def _other_original(carried: Carried) -> None:
    place = next(n for n, (_l, log, _o) in enumerate(carried.lines) if log == "evidence")
    line, log, (data,) = carried.lines[place]
    carried.lines[place] = (line, log, [data + b"!"])


def _no_original(carried: Carried) -> None:
    place = next(n for n, (_l, log, _o) in enumerate(carried.lines) if log == "evidence")
    line, log, _objects = carried.lines[place]
    carried.lines[place] = (line, log, [])


def _quarantine_missing(carried: Carried) -> None:
    place = next(n for n, (line, _l, _o) in enumerate(carried.lines) if b"recovery.done" in line)
    line, log, originals = carried.lines[place]
    assert originals
    carried.lines[place] = (line, log, [])


def _continued(**changes: str) -> Change:
    def change(carried: Carried) -> None:
        continues = carried.first["continues"]
        assert isinstance(continues, dict)
        carried.first = {"continues": {**continues, **changes}}

    return change


def _beyond_an_older_note(carried: Carried) -> None:
    """The note vouches for less than all, so that only the chain tells of what came after it."""
    continues = carried.first["continues"]
    assert isinstance(continues, dict)
    carried.first = {"continues": {**continues, "note": carried.older_note}}
    line, log, originals = carried.lines[-2]
    (salt,) = re.findall(rb'"salt":"([0-9a-f]+)"', line)
    carried.lines[-2] = (line.replace(salt, salt[::-1]), log, originals)


def _other_root(carried: Carried) -> None:
    continues = carried.first["continues"]
    assert isinstance(continues, dict)
    lines = str(continues["note"]).split("\n")
    lines[2] = "A" * 43 + "="
    carried.first = {"continues": {**continues, "note": "\n".join(lines)}}


@pytest.mark.parametrize(
    "change",
    [
        _other_words, _other_last_words, _missing, _missing_last, _all_missing, _swapped, _twice,
        _other_log, _no_line, _continued(head="0" * 64), _continued(note="none\n"),
        _continued(vault="{}"), _other_root, _beyond_an_older_note,
    ],
)  # fmt: skip
def test_whatever_is_changed_in_what_is_carried_is_found(made: Path, change: Change) -> None:
    found = check_vault(sealed_from(made, change), opening=HERS)
    assert found.verdict == "damaged"
    assert "CARRIED_BAD" in {one.code for one in found.findings}


@pytest.mark.parametrize("change", [_other_original, _no_original, _quarantine_missing])
def test_other_originals_than_the_old_entry_names_are_found(made: Path, change: Change) -> None:
    found = check_vault(sealed_from(made, change), opening=HERS)
    assert found.verdict == "damaged"
    assert {one.code for one in found.findings} <= {"OBJECT_CHANGED", "INNER_MISMATCH"}
