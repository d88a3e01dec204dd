"""One entry of a sealed vault is checked without the key, and tells nothing of the others."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.checker import sealed_entry_checker as checker
from tests.vault.desk import add_files, attach, log_threat, note_case, original
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import entries, give, init_sealed, inner_bytes, lines_of

from stalklog.core.merkle import leaf_hash, node_hash
from stalklog.core.note import Signer
from stalklog.vault.layout import LATEST_NOTE
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT: Final = Path(checker.__file__)
EVIDENCE: Final = 2


@cache
def vault() -> ModelDisk:
    disk = ModelDisk()
    init_sealed(disk)
    give(disk, log_threat, add_files(1), note_case, attach, log_threat, add_files(2, 3))
    return disk


def audit_path(leaves: list[bytes], index: int) -> list[bytes]:
    """The audit path by the definition of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*audit_path(left, index), root(right)]
    return [*audit_path(right, index - split), root(left)]


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def handed_over(seq: int) -> dict[str, Any]:
    """What an expert is given of one entry."""
    disk = vault()
    lines = lines_of(disk)
    found = entries(disk)[seq]
    leaves = [leaf_hash(line) for line in lines]
    proof = {
        "vkey": Vault(disk).header.key,
        "note": disk.read(LATEST_NOTE).decode(),
        "path": [base64.b64encode(node).decode() for node in audit_path(leaves, seq)],
    }
    numbers = {2: 1, 7: 2, 8: 3, 4: 70}
    data = original(numbers[seq]) if found.type == "evidence.added" else None
    return {
        "line": lines[seq],
        "inner": inner_bytes(lines[seq]),
        "original": data,
        "proof": proof,
    }


@pytest.mark.parametrize("seq", range(1, 9))
def test_a_true_entry_is_proven_whatever_its_place_and_sort(seq: int) -> None:
    checker.check(**handed_over(seq))


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _line(given: dict[str, Any]) -> None:
    given["line"] = flip(given["line"], given["line"].index(b'"sealed":"') + 40)


def _inner(given: dict[str, Any]) -> None:
    given["inner"] = given["inner"].replace(b"screenshot", b"photograph", 1)


def _inner_and_commit(given: dict[str, Any]) -> None:
    """The words are changed, and the line is made to fit them."""
    was = hashlib.sha256(given["inner"]).hexdigest().encode()
    _inner(given)
    now = hashlib.sha256(given["inner"]).hexdigest().encode()
    given["line"] = given["line"].replace(was, now)


def _field(name: str) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        value = json.loads(given["line"])
        value[name] = {"seq": 3, "prev": "0" * 64, "objects": [], "v": 2}[name]
        given["line"] = json.dumps(value).encode()

    return change


def _original(given: dict[str, Any]) -> None:
    given["original"] = flip(given["original"], 3)


def _longer(given: dict[str, Any]) -> None:
    given["original"] += b"\n"


def _no_original(given: dict[str, Any]) -> None:
    given["original"] = None


def _path(given: dict[str, Any]) -> None:
    given["proof"]["path"][1] = base64.b64encode(bytes(32)).decode()


def _short_path(given: dict[str, Any]) -> None:
    given["proof"]["path"].pop()


def _long_path(given: dict[str, Any]) -> None:
    given["proof"]["path"].append(base64.b64encode(bytes(32)).decode())


def _size(given: dict[str, Any]) -> None:
    given["proof"]["note"] = given["proof"]["note"].replace("\n9\n", "\n8\n", 1)


def _root(given: dict[str, Any]) -> None:
    rows = given["proof"]["note"].split("\n")
    rows[2] = base64.b64encode(bytes(32)).decode()
    given["proof"]["note"] = "\n".join(rows)


def _signature(given: dict[str, Any]) -> None:
    head, _space, raw = given["proof"]["note"].rstrip("\n").rpartition(" ")
    changed = flip(base64.b64decode(raw), 20)
    given["proof"]["note"] = f"{head} {base64.b64encode(changed).decode()}\n"


def _key(given: dict[str, Any]) -> None:
    given["proof"]["vkey"] = Signer.make(Vault(vault()).header.origin).vkey()


def _another_entry(given: dict[str, Any]) -> None:
    given["inner"] = handed_over(7)["inner"]


CHANGES: Final = (
    _line,
    _inner,
    _inner_and_commit,
    *map(_field, ("v", "seq", "prev", "objects")),
    _original,
    _longer,
    _no_original,
    _path,
    _short_path,
    _long_path,
    _size,
    _root,
    _signature,
    _key,
    _another_entry,
)


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_each_part_that_was_changed_is_refused(number: int) -> None:
    given = handed_over(EVIDENCE)
    CHANGES[number](given)
    with pytest.raises(checker.NotProvenError):
        checker.check(**given)


def test_its_ed25519_is_that_of_the_library() -> None:
    for number in range(4):
        signer = Signer("test", bytes([number]) * 32)
        public = base64.b64decode(signer.vkey().split("+", 2)[2])[1:]
        message = bytes(number * 7)
        signature = signer.sign_message(message)
        assert checker.verify(public, message, signature)
        assert not checker.verify(public, message + b"x", signature)
        for at in (0, 31, 32, 63):
            assert not checker.verify(public, message, flip(signature, at))
        beyond = int.from_bytes(signature[32:], "little") + checker.L
        assert not checker.verify(public, message, signature[:32] + beyond.to_bytes(32, "little"))


def test_it_is_a_script_of_the_standard_library_alone(tmp_path: Path) -> None:
    given = handed_over(EVIDENCE)
    given["proof"] = json.dumps(given["proof"]).encode()
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-I", str(SCRIPT), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (tmp_path / "original").write_bytes(b"another")
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (1, "not proven: the original is another\n")
    text = SCRIPT.read_text()
    assert "import stalklog" not in text
    assert "from stalklog" not in text


def test_what_is_handed_over_holds_nothing_of_the_other_entries() -> None:
    disk = vault()
    given = handed_over(EVIDENCE)
    proof = json.dumps(given["proof"]).encode()
    everything = b"\n".join((given["line"], given["inner"], given["original"], proof))
    for seq, entry in enumerate(entries(disk)):
        if seq in {0, EVIDENCE}:
            continue
        inner = json.loads(inner_bytes(lines_of(disk)[seq]))
        shared = set(_texts(entries(disk)[EVIDENCE].body))
        own = {inner["salt"], *entry.objects, *_texts(entry.body)} - shared
        for word in own:
            assert len(word) <= 5 or word.encode() not in everything
        assert json.loads(lines_of(disk)[seq])["sealed"].encode() not in everything


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
