"""A key file that is gone is a warning with a way on; an owner's key of another is a fault."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.desk import AUTHOR, log_threat
from tests.vault.going_on import codes
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY, STRANGER, give, init_sealed
from tests.vault.sealed_filled import change_keys, filled

from stalklog.core.note import Signer
from stalklog.vault.check_keys import Asked, check_keys
from stalklog.vault.cipher import Identities, seal
from stalklog.vault.identity import MAX_IDENTITY_BYTES
from stalklog.vault.keys import read_owner, write_owner
from stalklog.vault.layout import IDENTITY, OWNER
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from stalklog.vault.findings import Finding

TO: Final = (HERS.recipients[0], RECOVERY.recipients[0])


@pytest.fixture
def disk() -> ModelDisk:
    made = ModelDisk()
    init_sealed(made, ADVOCATE)
    give(made, log_threat)
    made.put(IDENTITY, b"age-encryption.org/v1\n")
    return made


def found_in(
    disk: ModelDisk, opening: Identities | None = None, *, is_identity_here: bool = True
) -> list[Finding]:
    """What is said of keys."""
    checked = check_vault(disk, wait_s=0, opening=opening, is_identity_here=is_identity_here)
    return [one for one in checked.findings if one.code in {"KEY_MISSING", "KEYS_UNAPPROVED"}]


@pytest.mark.parametrize("opening", [None, HERS, RECOVERY, ADVOCATE])
def test_where_all_is_there_nothing_is_said(disk: ModelDisk, opening: Identities | None) -> None:
    assert found_in(disk, opening) == []
    assert found_in(filled(), opening, is_identity_here=False) == []


@pytest.mark.parametrize("opening", [None, HERS])
@pytest.mark.parametrize(
    ("name", "way_on"),
    [
        (OWNER, "a copy of this vault"),
        (RECOVERY_FILE, "stalklog keys change-passphrase"),
        (IDENTITY, "--identity"),
    ],
)
def test_one_that_is_gone_is_a_warning_that_says_what_to_do(
    disk: ModelDisk, name: str, way_on: str, opening: Identities | None
) -> None:
    disk.drop(name)
    (found,) = found_in(disk, opening)
    assert (found.code, found.severity, found.where) == ("KEY_MISSING", "warning", name)
    assert way_on in found.message
    verdict = check_vault(disk, wait_s=0, opening=opening, is_identity_here=True).verdict
    assert verdict == ("intact" if opening else "not-checked")


def test_a_key_file_of_hers_that_lies_elsewhere_is_not_missed(disk: ModelDisk) -> None:
    disk.drop(IDENTITY)
    assert found_in(disk, HERS, is_identity_here=False) == []


@pytest.mark.parametrize("name", [OWNER, RECOVERY_FILE])
def test_what_is_no_key_file_is_as_good_as_gone(disk: ModelDisk, name: str) -> None:
    for data in (b"", b"x" * 100):
        disk.put(name, data)
        (found,) = found_in(disk)
        assert (found.code, found.where) == ("KEY_MISSING", name)


def other_owner(disk: ModelDisk) -> Signer:
    return Signer.make(f"{Vault(disk).header.origin}/owner")


@pytest.mark.parametrize("opening", [HERS, RECOVERY])
def test_an_owners_key_that_is_anothers_is_a_fault_that_the_key_shows(
    disk: ModelDisk, opening: Identities
) -> None:
    other = other_owner(disk)
    for data in (
        seal(other.to_text().encode(), TO),
        seal(other.to_text().encode(), STRANGER.recipients),
        seal(b"no key", TO),
        seal(b"\xff", TO),
        disk.read(OWNER)[:-1],
    ):
        disk.put(OWNER, data)
        assert found_in(disk) == []
        assert found_in(disk, ADVOCATE) == []
        (found,) = found_in(disk, opening)
        assert (found.code, found.severity, found.where) == ("KEYS_UNAPPROVED", "fault", OWNER)
        words = "it is not the key of this vault's owner, so the keys cannot be changed"
        assert found.message == words
        assert check_vault(disk, wait_s=0, opening=opening).verdict == "damaged"


def test_the_owners_key_as_an_interrupted_change_left_it_is_no_fault(disk: ModelDisk) -> None:
    """The chain names a new recovery key and a new key of hers, and the file is not sealed anew."""
    new, paper = Identities.make(), Identities.make()
    hers = Identities([*new.secrets, *HERS.secrets])
    owner = read_owner(disk, Vault(disk).header, HERS)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(owner, (new.recipients[0], paper.recipients[0]))
        writer.commit()
    assert found_in(disk, hers) == []
    for opening in (paper, new):
        (found,) = found_in(disk, opening)
        assert (found.code, found.severity, found.where) == ("KEY_MISSING", "warning", OWNER)
        assert "stalklog keys change-passphrase" in found.message
    write_owner(disk, owner, (new.recipients[0], paper.recipients[0]))
    for opening in (hers, paper, new):
        assert found_in(disk, opening) == []


def test_after_changes_the_newest_list_tells_who_opens_it() -> None:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat)
    change_keys(disk, to_advocate=True)
    assert found_in(disk, ADVOCATE, is_identity_here=False) == []
    assert codes(check_vault(disk, wait_s=0, opening=HERS)) == frozenset()


class WatchedDisk(ModelDisk):
    """A disk that says what is read of it, and of some names nothing but an error."""

    def __init__(self, disk: ModelDisk, *unreadable: str) -> None:
        super().__init__()
        self.names = disk.names
        self.unreadable = unreadable
        self.asked: list[tuple[str, int, int | None]] = []

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        if name in self.unreadable:
            raise OSError(errno.EIO, "unreadable", name)
        self.asked.append((name, start, length))
        return super().read(name, start, length)


def looked_at(
    disk: ModelDisk, opening: Identities | None, *lists: tuple[str, ...]
) -> list[tuple[str, str]]:
    """What the check alone says, with these lists of recipients."""
    findings: list[Finding] = []
    header = Vault(disk.copy()).header
    check_keys(disk, header, lists or (TO,), Asked(opening, is_identity_here=False), findings)
    return [(one.code, one.where) for one in findings]


def test_of_a_key_file_no_more_is_read_than_one_may_have(disk: ModelDisk) -> None:
    watched = WatchedDisk(disk)
    assert looked_at(watched, HERS) == []
    files = (OWNER, OWNER, RECOVERY_FILE)
    assert watched.asked == [(name, 0, MAX_IDENTITY_BYTES) for name in files]


@pytest.mark.parametrize("name", [OWNER, RECOVERY_FILE])
def test_a_key_file_that_cannot_be_read_is_as_good_as_gone(disk: ModelDisk, name: str) -> None:
    assert looked_at(WatchedDisk(disk, name), HERS) == [("KEY_MISSING", name)]


def test_only_the_newest_two_lists_tell_whether_it_should_open(disk: ModelDisk) -> None:
    """An interrupted change leaves the file as the list before the newest has it, no older one."""
    disk.put(OWNER, seal(b"another's", STRANGER.recipients))
    others = (STRANGER.recipients[0], ADVOCATE.recipients[0])
    assert looked_at(disk, HERS, others, TO, TO) == [("KEYS_UNAPPROVED", OWNER)]
    assert looked_at(disk, HERS, TO, others, TO) == [("KEY_MISSING", OWNER)]
    assert looked_at(disk, HERS, TO, TO, others) == []
