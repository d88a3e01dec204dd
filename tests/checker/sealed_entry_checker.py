"""Check one entry of a sealed vault with nothing but Python itself.

    python sealed_entry_checker.py FOLDER

The folder holds what was handed over: `line` (the stored line, without its newline), `inner` (what
is sealed in it, opened by its owner), `original` where the entry has one, `proof` (JSON: `vkey`,
`note`, `path`, the audit path of RFC 6962 in base64). Nothing of stalklog is imported. It exits
with 0 or, saying why, with 1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class NotProvenError(Exception):
    """Something that was handed over does not fit the rest."""


def check(line: bytes, inner: bytes, original: bytes | None, proof: dict[str, object]) -> None:
    """Nothing, if the entry was in the vault as it was handed over when the note was signed."""
    outer, entry = json.loads(line), json.loads(inner)
    _require(outer["commit"] == hashlib.sha256(inner).hexdigest(), "commit is another's")
    for field in ("v", "seq", "prev", "objects"):
        _require(entry[field] == outer[field], f"{field} inside is another")
    if original is not None or entry["type"] == "evidence.added":
        _check_original(entry["body"], original)
    vkey, note = str(proof["vkey"]), str(proof["note"])
    size, root = _read_note(vkey, note)
    path = proof["path"]
    if not isinstance(path, list):
        raise NotProvenError("no audit path")
    nodes = [base64.b64decode(str(node), validate=True) for node in path]
    leaf = hashlib.sha256(b"\0" + line).digest()
    _require(_root_of(leaf, outer["seq"], size, nodes) == root, "the line is not in the tree")


def _check_original(body: dict[str, object], original: bytes | None) -> None:
    _require(original is not None, "the original is missing")
    data = original or b""
    _require(body["sha256"] == hashlib.sha256(data).hexdigest(), "the original is another")
    _require(body["size_bytes"] == len(data), "the original has another size")


def _root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its audit path lead to (RFC 9162, 2.1.3.2)."""
    _require(0 <= index < size, "the place lies outside the tree")
    first, last, node = index, size - 1, leaf
    for sibling in path:
        _require(last > 0 and len(sibling) == len(leaf), "the audit path is too long")
        if first % 2 or first == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        first, last = first // 2, last // 2
    _require(last == 0, "the audit path is too short")
    return node


def _read_note(vkey: str, note: str) -> tuple[int, bytes]:
    """Size and root of a C2SP checkpoint that the key of the vault signed."""
    text, _, signature_line = note.partition("\n\n")
    text += "\n"
    name, key_id, key = vkey.split("+", 2)
    public = base64.b64decode(key, validate=True)
    told = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    _require(public[0] == 1 and told.hex() == key_id, "the key is none")
    dash, signer, encoded = signature_line.strip("\n").split(" ")
    signature = base64.b64decode(encoded, validate=True)
    _require((dash, signer, signature[:4]) == ("—", name, told), "another key signed")
    _require(verify(public[1:], text.encode(), signature[4:]), "the signature is wrong")
    origin, size, root = text.removesuffix("\n").split("\n")
    _require(origin == name, "the note is another vault's")
    return int(size), base64.b64decode(root, validate=True)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this Ed25519 key signed the message (RFC 8032, 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    left, right = _times(s, _base()), _plus(r, _times(k, a))
    return all(
        (left[at] * right[2] - right[at] * left[2]) % P == 0 for at in (0, 1)
    )  # the same point in homogeneous coordinates


def _plus(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, ...]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: tuple[int, ...]) -> tuple[int, ...]:
    total: tuple[int, ...] = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        factor >>= 1
    return total


def _point(data: bytes) -> tuple[int, ...] | None:
    encoded = int.from_bytes(data, "little")
    y, sign = encoded & (1 << 255) - 1, encoded >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x % 2 != sign else x
    return x, y, 1, x * y % P


def _base() -> tuple[int, ...]:
    found = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    assert found is not None
    return found


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise NotProvenError(otherwise)


def main(folder: Path) -> int:
    """Check what lies in a folder and say so."""
    original = folder / "original"
    try:
        check(
            (folder / "line").read_bytes(),
            (folder / "inner").read_bytes(),
            original.read_bytes() if original.exists() else None,
            json.loads((folder / "proof").read_text()),
        )
    except (NotProvenError, ValueError, KeyError, TypeError, IndexError) as error:
        sys.stdout.write(f"not proven: {error}\n")
        return 1
    sys.stdout.write("proven: it stood in the vault, as it is here, when the note was signed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
