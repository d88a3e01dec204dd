"""Debian's own `age`, which is not ours, opens what we seal and seals what we open."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.desk import add_files, attach, log_threat, original
from tests.vault.sealed_desk import (
    HERS,
    LOG,
    RECOVERY,
    STRANGER,
    entries,
    give,
    init_sealed,
    inner_bytes,
)

from stalklog.vault.atomic import replace_file
from stalklog.vault.cipher import Identities, is_recipient
from stalklog.vault.disk import Disk
from stalklog.vault.identity import lock_identity
from stalklog.vault.layout import IDENTITY, OWNER, RECIPIENTS, object_name
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE: Final = "four words far apart"  # noqa: S105 - of the test alone


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for tool in ("age", "age-keygen"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here: what we seal was not opened by another program")
    path = tmp_path_factory.mktemp("vault")
    disk = Disk(path)
    init_sealed(disk)
    give(disk, log_threat, add_files(1, 2), attach)
    replace_file(disk, IDENTITY, lock_identity(HERS, PASSPHRASE))
    disk.close()
    return path


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """Her keys as text, as they are exported."""
    path = tmp_path / "identity.txt"
    path.write_text(HERS.to_text())
    return path


def age(*arguments: str | Path, given: bytes = b"") -> bytes:
    command = ["age", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def test_age_opens_every_object_with_the_exported_identity(vault: Path, identity: Path) -> None:
    evidence = [entry for entry in entries(Disk(vault)) if entry.objects]
    assert len(evidence) == 3
    for entry, number in zip(evidence, (1, 2, 70), strict=True):
        opened = age("-d", "-i", identity, vault / object_name(entry.objects[0]))
        assert opened == original(number)


def test_age_opens_every_sealed_line_with_the_exported_identity(
    vault: Path, identity: Path
) -> None:
    lines = [line for line in (vault / LOG).read_bytes().splitlines() if b'"sealed"' in line]
    assert len(lines) == 5
    for line in lines:
        sealed = base64.b64decode(json.loads(line)["sealed"])
        assert age("-d", "-i", identity, given=sealed) == inner_bytes(line)


def test_age_opens_nothing_with_another_identity(vault: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(STRANGER.to_text())
    for path in (vault / "objects").glob("*/*"):
        with pytest.raises(subprocess.CalledProcessError):
            age("-d", "-i", other, path)


def test_age_opens_the_identity_file_with_the_passphrase(vault: Path, tmp_path: Path) -> None:
    out = tmp_path / "opened"
    typed_in(["age", "-d", "-o", str(out), str(vault / IDENTITY)], PASSPHRASE)
    assert out.read_text() == HERS.to_text()


def test_age_takes_the_identity_file_as_it_is_to_open_an_object(
    vault: Path, tmp_path: Path
) -> None:
    entry = next(entry for entry in entries(Disk(vault)) if entry.objects)
    out, sealed = tmp_path / "opened", vault / object_name(entry.objects[0])
    typed_in(["age", "-d", "-i", str(vault / IDENTITY), "-o", str(out), str(sealed)], PASSPHRASE)
    assert out.read_bytes() == original(1)


def test_age_opens_the_other_keys_with_the_recovery_key(vault: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(RECOVERY.secrets[0] + "\n")
    assert age("-d", "-i", paper, vault / RECOVERY_FILE).decode() == HERS.to_text()
    assert age("-d", "-i", paper, vault / OWNER).startswith(b"PRIVATE+KEY+stalklog/")


@pytest.mark.parametrize("length", [0, 1, 65_536, 200_000])
def test_what_age_seals_to_the_recipients_file_we_open(vault: Path, length: int) -> None:
    plain = os.urandom(length)
    sealed = age("-R", vault / RECIPIENTS, given=plain)
    for keys in (HERS, RECOVERY):
        assert keys.open(sealed) == plain
        parts: list[bytes] = []
        keys.open_blocks([sealed[:100], sealed[100:]], parts.append)
        assert b"".join(parts) == plain


@pytest.mark.usefixtures("vault")
def test_a_key_of_age_keygen_is_taken_as_it_is() -> None:
    made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
    keys = Identities.from_text(made)
    assert f"# public key: {keys.recipients[0]}" in made
    assert is_recipient(keys.recipients[0])


_AT_A_TERMINAL: Final = """
import os, pty, select, sys, time
passphrase = sys.stdin.readline().encode()
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said, until, is_answered = b"", time.monotonic() + 120, False
while time.monotonic() < until:
    if select.select([terminal], [], [], 1)[0]:
        try:
            said += os.read(terminal, 1024)
        except OSError:
            break  # it has ended
    if not is_answered and b"passphrase" in said:
        os.write(terminal, passphrase)
        is_answered = True
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def typed_in(command: list[str], passphrase: str) -> None:
    """Run a command that asks its terminal for a passphrase, and answer."""
    asking = [sys.executable, "-c", _AT_A_TERMINAL, *command]
    subprocess.run(asking, input=passphrase + "\n", text=True, capture_output=True, check=True)
