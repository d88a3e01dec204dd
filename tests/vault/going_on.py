"""What a person does with a vault that somebody had in hands: look at it, and add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.vault.desk import AUTHOR, log_threat

from stalklog.errors import StalklogError
from stalklog.records.types import LOGS
from stalklog.vault.layout import log_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from tests.vault.model_disk import ModelDisk

    from stalklog.vault.verify import Verification


def faults(checked: Verification) -> frozenset[str]:
    return frozenset(found.code for found in checked.findings if found.severity == "fault")


def codes(checked: Verification) -> frozenset[str]:
    return frozenset(found.code for found in checked.findings)


def add_one(disk: ModelDisk) -> bool:
    """Log a threat; whether the vault took it. One that refuses must have changed nothing."""
    before = disk.files()
    try:
        with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
            log_threat(writer)
            writer.commit()
    except StalklogError:
        after = disk.files()
        assert {name: after.get(name) for name in before} == before
        return False
    return True


def lost_by_adding(disk: ModelDisk, before: dict[str, bytes]) -> str | None:
    """Which log was cut or changed though the vault took one more entry; None where none was."""
    for log in LOGS:
        name = log_name(log)
        if not disk.read(name).startswith(before.get(name, b"")):
            return name
    return None


def require_still_told(disk: ModelDisk, checked: Verification) -> bool:
    """Add one more, and see that damage stays damage and nothing is cut; whether it was added."""
    before = disk.files()
    took = add_one(disk)
    if took:
        assert lost_by_adding(disk, before) is None
    after = check_vault(disk, wait_s=0)
    if checked.verdict == "damaged":
        assert after.verdict == "damaged", codes(checked)
    return took
