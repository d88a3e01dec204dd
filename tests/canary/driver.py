"""A day at a sealed vault, given by the services as the command line would, each word a canary.

    python driver.py VAULT FOLDER < SECRET

Adds, logs, attaches, notes, amends and reads; prints nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from stalklog.services.desk import Desk
from stalklog.services.evidence import add_evidence
from stalklog.services.records import (
    amend,
    log_contact,
    log_demand,
    log_threat,
    note_case,
    withdraw,
)
from stalklog.vault.cipher import Identities


def main(vault: Path, folder: Path, secret: str) -> None:
    """Give every command once; what is typed lies as JSON beside the files, outside the vault."""
    typed = json.loads((folder / "typed.json").read_text())
    keys = Identities([secret])
    desk = Desk(vault, unlock=lambda _disk, _header: keys)
    add_evidence(desk, [folder / "files"], typed["evidence"])
    log_threat(desk, typed["threat"])
    log_contact(desk, typed["contact"], attach=sorted((folder / "attached").iterdir()))
    log_demand(desk, typed["demand"])
    note_case(desk, typed["case"])
    amend(desk, "T-0001", typed["amended"], reason=typed["reason"])
    withdraw(desk, "#2", typed["reason"])
    assert len(list(desk.open().entries())) == int(typed["entries"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin.readline().strip())
