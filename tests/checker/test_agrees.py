"""A checker that was written from the format page alone comes to the same verdicts."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.checker import independent_checker
from tests.vault.campaign import IS_LONG, points
from tests.vault.desk import Promise, attach, run
from tests.vault.fifty import fifty
from tests.vault.model_disk import Inode, crash_states
from tests.vault.sealed_desk import lines_of, outside
from tests.vault.sealed_filled import filled as sealed
from tests.vault.sealed_filled import resign
from tests.vault.test_sealed_tampering import ARRANGED, arranged
from tests.vault.test_tampering import filled

from stalklog.vault.disk import Disk
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.model_disk import ModelDisk
    from tests.vault.test_sealed_tampering import Arrange

SCRIPT: Final = Path(independent_checker.__file__)
DAMAGES: Final = 200
SEEDS: Final = range(4)
SEALED_DAMAGES: Final = 4_000 if IS_LONG else 120
SEALED_SEEDS: Final = range(2)
OUTSIDE_THE_PROOF: Final = frozenset(
    {"lock", "settings", "README.txt", "keys/signer", "keys/owner.age", "keys/recovery.age"}
)


def write_out(disk: ModelDisk, vault: Path) -> None:
    """Put the model's files on the real disk."""
    for folder, members in sorted(disk.names.items()):
        (vault / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        for last, node in members.items():
            if isinstance(node, Inode):
                path = vault / folder / last
                path.write_bytes(node.cache)
                path.chmod(0o600)


def verdicts(vault: Path) -> tuple[str, str]:
    disk = Disk(vault)
    try:
        ours = check_vault(disk, wait_s=1).verdict
    finally:
        disk.close()
    return ours, independent_checker.check(vault).verdict


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    write_out(filled(), tmp_path / "vault")
    return tmp_path / "vault"


def test_the_checker_knows_nothing_of_stalklog() -> None:
    text = SCRIPT.read_text()
    assert "import stalklog" not in text
    assert "from stalklog" not in text


def test_its_ed25519_is_that_of_the_library() -> None:
    for number in range(8):
        key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public, message = key.public_key().public_bytes_raw(), bytes(number * 7)
        signature = key.sign(message)
        assert independent_checker.verify_ed25519(public, message, signature)
        assert not independent_checker.verify_ed25519(public, message + b"x", signature)
        flipped = bytes([signature[0] ^ 1]) + signature[1:]
        assert not independent_checker.verify_ed25519(public, message, flipped)


def test_it_is_a_script_that_says_intact(vault: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, vault], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "intact")
    assert verdicts(vault) == ("intact", "intact")


def damage(vault: Path, draw: random.Random) -> Callable[[], None]:
    """Damage one file of the proof at random; returns what puts it back."""
    files = sorted(
        path
        for path in vault.rglob("*")
        if path.is_file() and str(path.relative_to(vault)) not in OUTSIDE_THE_PROOF
    )
    path = draw.choice(files)
    good = path.read_bytes()
    path.unlink()
    changed = changed_bytes(good, draw)
    if changed is not None:
        path.write_bytes(changed)
        path.chmod(0o600)

    def put_back() -> None:
        path.unlink(missing_ok=True)
        path.write_bytes(good)
        path.chmod(0o600)

    return put_back


def changed_bytes(good: bytes, draw: random.Random) -> bytes | None:
    """Flipped, cut, grown, without a part, with lines changed about, or nothing at all."""
    at = draw.randrange(len(good) + 1)
    lines = good.splitlines(keepends=True)
    number = draw.randrange(len(lines)) if lines else 0
    ways: list[bytes | None] = [
        good[:at] + bytes([good[at] ^ 1 << draw.randrange(8)]) + good[at + 1 :]
        if good[at:]
        else b"",
        good[:at],
        good[:at] + draw.randbytes(draw.randrange(1, 9)) + good[at:],
        good[:at] + good[at + draw.randrange(1, 40) :],
        good + bytes(draw.randrange(1, 600)),
        good + draw.randbytes(20) + b"\n",
        b"".join(lines[:number] + lines[number + 1 :]),
        b"".join(lines[: number + 1] + lines[number:]),
        b"".join(lines[number:] + lines[:number]),
        None,
    ]
    return draw.choice(ways)


def seen_of_damaged(vault: Path, seed: int, count: int) -> set[str]:
    """The verdicts on a vault that is damaged at random so many times, on which both agree."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    seen: set[str] = set()
    for _ in range(count):
        put_back = damage(vault, draw)
        ours, theirs = verdicts(vault)
        assert ours == theirs, independent_checker.check(vault)
        seen.add(ours)
        put_back()
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_it_agrees_on_random_damage(
    seed: int, vault: Path, record_property: Callable[[str, object], None]
) -> None:
    assert seen_of_damaged(vault, seed, DAMAGES // len(SEEDS)) >= {"intact", "damaged"}
    record_property("checker_vaults", DAMAGES // len(SEEDS))


@pytest.fixture
def sealed_vault(tmp_path: Path) -> Path:
    write_out(sealed(), tmp_path / "vault")
    return tmp_path / "vault"


def test_of_a_sealed_vault_it_says_that_it_is_not_checked(sealed_vault: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, sealed_vault], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (11, "SEALED_NO_KEY\nnot-checked\n")
    assert verdicts(sealed_vault) == ("not-checked", "not-checked")


@pytest.mark.parametrize("seed", SEALED_SEEDS)
def test_it_agrees_on_random_damage_of_a_sealed_vault(
    seed: int, sealed_vault: Path, record_property: Callable[[str, object], None]
) -> None:
    count = SEALED_DAMAGES // len(SEALED_SEEDS)
    assert seen_of_damaged(sealed_vault, seed, count) >= {"not-checked", "damaged"}
    record_property("checker_vaults", count)


@pytest.mark.parametrize("change", ARRANGED, ids=lambda change: change.__name__)
def test_it_agrees_on_sealed_lines_that_were_arranged_anew(
    change: Arrange, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = 0
    for count, lines in enumerate(arranged(change), 1):
        where = tmp_path / str(count)
        write_out(resign(sealed(), lines), where)
        ours, theirs = verdicts(where)
        assert ours == theirs, independent_checker.check(where)
    assert count
    record_property("checker_vaults", count)


def test_it_agrees_on_keys_that_the_owner_did_not_change(tmp_path: Path) -> None:
    """Changed in the list, in the signature, in its place, and in what lies beside the chain."""
    lines = lines_of(sealed())
    change = next(number for number, line in enumerate(lines) if b'"keys.changed"' in line)
    body = json.loads(lines[change])["body"]
    for number, wrong in enumerate(
        (
            {**body, "recipients": body["recipients"][:1]},
            {**body, "signature": body["signature"][:4] + "AAAA" + body["signature"][8:]},
            {**body, "signature": ""},
        )
    ):
        forged = outside(lines[change], body=wrong)
        where = tmp_path / str(number)
        write_out(resign(sealed(), [*lines[:change], forged]), where)
        assert verdicts(where) == ("damaged", "damaged")
        assert any(x.startswith("KEYS_") for x in independent_checker.check(where).faults)
    theirs = tmp_path / "theirs"
    write_out(sealed(), theirs)
    beside = theirs / "keys" / "recipients.txt"
    beside.write_bytes(beside.read_bytes()[:-1])
    assert verdicts(theirs) == ("damaged", "damaged")
    assert independent_checker.check(theirs).faults == ["RECIPIENTS_CHANGED"]
    beside.unlink()
    assert verdicts(theirs) == ("not-checked", "not-checked")


def test_it_agrees_on_what_was_set_aside(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    write_out(fifty().disk, tmp_path)
    assert verdicts(tmp_path) == ("intact", "intact")
    pieces = sorted((tmp_path / "quarantine").iterdir())
    for piece in pieces:
        good = piece.read_bytes()
        piece.write_bytes(good[:-1] + b"?")
        assert verdicts(tmp_path) == ("damaged", "damaged")
        piece.unlink()
        assert verdicts(tmp_path) == ("damaged", "damaged")
        piece.symlink_to(tmp_path / "README.txt")
        assert verdicts(tmp_path) == ("damaged", "damaged")
        piece.unlink()
        piece.write_bytes(good)
    assert verdicts(tmp_path) == ("intact", "intact")
    record_property("checker_vaults", 3 * len(pieces) + 2)


def test_it_agrees_on_what_a_crash_leaves(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    def act(disk: ModelDisk, promise: Promise) -> None:
        run(disk, attach, promise)

    count = 0
    for number, (point, _) in enumerate(points(filled(), Promise(), act)):
        for state in crash_states(point, limit=2, seed=number):
            where = tmp_path / f"{count}"
            write_out(state, where)
            assert verdicts(where) == ("intact", "intact")
            count += 1
    record_property("checker_vaults", count)
