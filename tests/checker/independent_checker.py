"""Check a vault with nothing but the page `docs/reference/vault-format.md` and Python itself.

    python independent_checker.py VAULT

Written from the page alone: nothing of stalklog is imported, and nothing outside the standard
library. It exits with 0 (intact), 10 (damaged) or 11 (not all could be read).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import stat
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Any]"

PREFIXES = {"evidence": "E", "threats": "T", "contacts": "C", "demands": "D", "custody": "X"}
RECORDS = {
    "evidence.added": "evidence",
    "threat.logged": "threats",
    "contact.logged": "contacts",
    "demand.made": "demands",
}
CUSTODY = {
    "vault.created",
    "case.noted",
    "checkpoint.made",
    "timestamp.added",
    "witness.added",
    "report.made",
    "package.made",
    "recovery.done",
}
PLAIN = {
    "vault.created",
    "checkpoint.made",
    "timestamp.added",
    "witness.added",
    "recovery.done",
    "keys.changed",
}
"""What stands in plain even in a sealed vault."""
CHANGES = {"entry.amended": "amends", "entry.withdrawn": "withdraws"}
FORMS = {
    "prev": r"[0-9a-f]{64}",
    "salt": r"[0-9a-f]{32}",
    "at": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z",
    "tz": r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]",
    "by": r"(?s:.*)",
    "tool": r"(?s:.*)",
    "type": r"(?s:.*)",
    "id": r"[ETCDX]-([0-9]{4}|[1-9][0-9]{4,})(\.[1-9][0-9]*)?",
}
FIELDS = {"v", "seq", "log", "body", *FORMS}
OUTER = {"v", "seq", "prev", "commit", "objects", "sealed"}
RECIPIENT = r"age1[02-9ac-hj-np-z]{58}"
AGE = b"age-encryption.org/v1\n"
MAX_LINE, MAX_ENTRY, MAX_DEPTH = 1_048_576, 524_288, 16


class BadError(Exception):
    """Something is not as the page says."""


@dataclass
class Line:
    log: str
    end: int
    """Where the line ends in its file, with its newline."""
    data: bytes
    is_ended: bool
    entry: Json | None = None
    fault: str = ""


@dataclass
class Found:
    faults: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.faults:
            return "damaged"
        return "not-checked" if self.unread else "intact"


def check(vault: Path) -> Found:
    """Check all that the page promises of a plain vault, and of a sealed one without a key."""
    found = Found()
    header = read_header(vault, found)
    logs = logs_of(vault, header)
    state = read_state(vault, logs, found)
    lines = [line for log in logs for line in read_log(vault, log, found)]
    check_reach(vault, state, found)
    chain = follow(lines, state, header, found)
    if logs == SEALED_LOGS:
        check_keys(vault, header, lines, chain, found)
    else:
        check_ids(chain, found)
    check_state(state, chain, found)
    check_notes(vault, header, chain, found)
    check_objects(vault, chain, found)
    check_quarantine(vault, chain, found)
    return found


SEALED_LOGS = ("entries",)


def logs_of(vault: Path, header: Json | None) -> tuple[str, ...]:
    """One log in a sealed vault; where `VAULT` cannot say it, the files do."""
    is_sealed = header["sealed"] if header else (vault / "logs" / "entries.jsonl").is_file()
    return SEALED_LOGS if is_sealed else tuple(PREFIXES)


# VAULT and state


def read_header(vault: Path, found: Found) -> Json | None:
    try:
        data = read_file(vault / "VAULT")
        require(data.count(b"\n") == 1 and data.endswith(b"\n"), "not one line")
        header = parse_canonical(data[:-1])
        fields = {"format", "id", "origin", "created_at", "sealed", "key", "salt"}
        require(isinstance(header.get("sealed"), bool), "sealed")
        require(
            header.keys() == fields | ({"recipients", "owner"} if header["sealed"] else set()),
            "fields",
        )
        require(header["format"] == "stalklog-vault/1", "format")
        require(matches(r"[0-9a-f]{32}", header["id"]), "id")
        require(header["origin"] == "stalklog/" + header["id"], "origin")
        require(matches(FORMS["salt"], header["salt"]), "salt")
        require(matches(FORMS["at"], header["created_at"]), "created_at")
        if header["sealed"]:
            require_recipients(header["recipients"])
        header["public"] = parse_vkey(header["key"], header["origin"])
        header["hash"] = sha256(data[:-1])
    except (BadError, OSError) as error:
        found.faults.append(f"VAULT_BAD {error}")
        return None
    return header


def parse_vkey(key: object, origin: str) -> bytes:
    name, _, rest = str(key).partition("+")
    identity, _, encoded = rest.partition("+")
    raw = decode_base64(encoded)
    require(len(raw) == 33 and raw[0] == 1 and name == origin, "key")
    require(key_id(name, raw[1:]).hex() == identity, "key id")
    return raw[1:]


def require_recipients(value: object) -> None:
    require(isinstance(value, list) and bool(value), "recipients")
    require(all(matches(RECIPIENT, one) for one in value), "recipients")  # type: ignore[attr-defined]


def read_state(vault: Path, logs: tuple[str, ...], found: Found) -> Json | None:
    try:
        data = read_file(vault / "state")
        require(data.endswith(b"\n"), "one line")
        state = parse_canonical(data[:-1])
        checksum = state.pop("sha256", None)
        require(checksum == sha256(canonical(state)), "checksum")
        require(state.keys() == {"v", "size", "head", "last_log", "logs", "frontier"}, "fields")
        require(state["logs"].keys() == set(logs), "logs")
    except (BadError, OSError) as error:
        found.notes.append(f"STATE_BAD {error}")
        return None
    return state


# Lines


def read_log(vault: Path, log: str, found: Found) -> list[Line]:
    path = vault / "logs" / f"{log}.jsonl"
    try:
        data = read_file(path)
    except (BadError, OSError) as error:
        found.faults.append(f"LOG_MISSING or LOG_NOT_FILE {log} {error}")
        return []
    lines, start = [], 0
    while start < len(data):
        end = data.find(b"\n", start)
        stop = len(data) if end < 0 else end
        line = Line(log, stop + (end >= 0), data[start:stop], end >= 0)
        understand(line)
        lines.append(line)
        start = stop + 1
    return lines


def understand(line: Line) -> None:
    try:
        require(line.is_ended, "no newline")
        require(len(line.data) <= MAX_LINE, "too long")
        entry = parse_canonical(line.data)
        if line.log in SEALED_LOGS and "sealed" in entry:
            check_sealed(entry)
        else:
            require(len(line.data) <= MAX_ENTRY, "too long")
            check_plain(entry) if line.log in SEALED_LOGS else check_entry(entry)
            require(entry["log"] == line.log or line.log in SEALED_LOGS, "WRONG_LOG")
    except BadError as error:
        line.fault = str(error)
    else:
        line.entry = entry


def check_sealed(entry: Json) -> None:
    """What stands outside; what is inside only the key shows."""
    require(entry.keys() == OUTER, "fields")
    require(entry["v"] == 1 and entry["v"] is not True and is_count(entry["seq"]), "v, seq")
    require(isinstance(entry["objects"], list), "objects")
    for digest in (entry["prev"], entry["commit"], *entry["objects"]):
        require(matches(FORMS["prev"], digest), "a hash")
    require(isinstance(entry["sealed"], str), "sealed")
    require(decode_base64(entry["sealed"]).startswith(AGE), "no age file")


def check_plain(entry: Json) -> None:
    """An entry without an id, of a type that tells of the vault alone."""
    require(entry.keys() == FIELDS - {"id"}, "fields")
    require(entry["type"] in PLAIN, "type")
    require((entry["log"], entry["by"], entry["tz"]) == ("custody", "self", "+00:00"), "words")
    if entry["type"] == "keys.changed":
        require(entry["body"].keys() == {"recipients", "signature"}, "body")
        entry = {**entry, "type": "vault.created"}  # the form of the rest is that of any entry
    check_entry({**entry, "id": "X-0001"})


def check_entry(entry: Json) -> None:
    require(entry.keys() == FIELDS, "fields")
    require(entry["v"] == 1 and entry["v"] is not True, "v")
    require(is_count(entry["seq"]), "seq")
    require(isinstance(entry["body"], dict), "body")
    require(entry["log"] in PREFIXES, "log")
    for name, form in FORMS.items():
        require(matches(form, entry[name]), name)
    require(is_moment(entry["at"]), "at")
    kind, log, body = entry["type"], entry["log"], entry["body"]
    if kind in RECORDS:
        require(log == RECORDS[kind], "type in another log")
    elif kind in CHANGES:
        require(log != "custody", "type in another log")
        require(isinstance(body.get(CHANGES[kind]), str), CHANGES[kind])
    else:
        require(kind in CUSTODY and log == "custody", "type")
    if kind == "evidence.added":
        require(matches(FORMS["prev"], body.get("sha256")), "sha256")
        require(is_count(body.get("size_bytes")), "size_bytes")


# The chain


def follow(lines: list[Line], state: Json | None, header: Json | None, found: Found) -> list[Line]:
    """The lines in the order of the chain; what is wrong with them goes to the faults."""
    past: list[Line] = []
    below: list[Line] = []
    for line in lines:
        reach = state["logs"][line.log]["bytes"] if state else None
        (past if reach is not None and line.end > reach else below).append(line)
    if state is None:
        below, past = split_torn_ends(lines)
    for line in below:
        if line.entry is None:
            found.faults.append(f"bad line in {line.log}: {line.fault}")
    chain = in_order([line for line in below if line.entry], header, found)
    return extend(chain, past, header, found)


def split_torn_ends(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Without `state` only a last line without newline, or zeros, can be what a crash left."""
    last = {line.log: line for line in lines}
    torn = [x for x in last.values() if not x.is_ended or not x.data.strip(b"\0")]
    return [line for line in lines if line not in torn], torn


def in_order(lines: list[Line], header: Json | None, found: Found) -> list[Line]:
    highest: dict[str, int] = {}
    for line in lines:
        if seq_of(line) <= highest.get(line.log, -1):
            found.faults.append(f"SEQ_BACKWARDS or SEQ_REPEAT {line.log}")
        highest[line.log] = seq_of(line)
    chain = sorted(lines, key=seq_of)
    before = header["hash"] if header else None
    for number, line in enumerate(chain):
        if seq_of(line) != number:
            found.faults.append(f"SEQ_GAP or SEQ_REPEAT at {number}")
            return chain
        if before is not None and prev_of(line) != before:
            found.faults.append(f"CHAIN_BROKEN at {number}")
        before = sha256(line.data)
    return chain


def extend(chain: list[Line], past: list[Line], header: Json | None, found: Found) -> list[Line]:
    """Lines past `state` that go on with the chain belong to it; a rest may only be torn."""
    logs = dict.fromkeys(line.log for line in past)
    waiting = {log: [line for line in past if line.log == log] for log in logs}
    head = sha256(chain[-1].data) if chain else (header or {}).get("hash")
    grown = True
    while grown:
        grown = False
        for queue in waiting.values():
            first = queue[0] if queue else None
            if first and first.entry and seq_of(first) == len(chain) and prev_of(first) == head:
                chain.append(queue.pop(0))
                head, grown = sha256(first.data), True
    for line in (line for queue in waiting.values() for line in queue):
        if line.entry and seq_of(line) <= len(chain):
            found.faults.append(f"SEQ_REPEAT or CHAIN_BROKEN past state in {line.log}")
        elif line.fault == "WRONG_LOG":
            found.faults.append(f"WRONG_LOG past state in {line.log}")
        else:
            found.notes.append(f"TORN_TAIL {line.log}")
    return chain


def check_ids(chain: list[Line], found: Found) -> None:
    """Ids count up in each log, amendments for themselves; links name earlier entries."""
    last: dict[str, int] = {}
    known: set[str] = set()
    for line in chain:
        entry = line.entry or {}
        whole, _, amendment = str(entry["id"]).partition(".")
        counter = whole if amendment else entry["log"]
        number = int(amendment) if amendment else int(whole[2:])
        if number != last.get(counter, 0) + 1 or whole[0] != PREFIXES[entry["log"]]:
            found.faults.append(f"ID_BAD or ID_REPEAT {entry['id']}")
        if bool(amendment) != (entry["type"] in CHANGES):
            found.faults.append(f"ID_BAD {entry['id']}")
        last[counter] = number
        target = entry["body"].get(CHANGES.get(entry["type"], ""))
        if target is not None and (target not in known or target != whole):
            found.faults.append(f"REF_DANGLING {entry['id']}")
        known.add(str(entry["id"]))


def check_reach(vault: Path, state: Json | None, found: Found) -> None:
    for log in state["logs"] if state else ():
        path = vault / "logs" / f"{log}.jsonl"
        if state and path.is_file() and path.stat().st_size < state["logs"][log]["bytes"]:
            found.faults.append(f"LOG_TRUNCATED {log}")


def check_state(state: Json | None, chain: list[Line], found: Found) -> None:
    if state is None:
        return
    if state["size"] > len(chain):
        found.faults.append("LOG_TRUNCATED: fewer entries than were acknowledged")
    elif state["size"] and sha256(chain[state["size"] - 1].data) != state["head"]:
        found.faults.append("CHAIN_BROKEN at the acknowledged head")


# Keys of a sealed vault


def check_keys(
    vault: Path, header: Json | None, lines: list[Line], chain: list[Line], found: Found
) -> None:
    """Each change is signed for its place, and the list that lies beside repeats one of them."""
    if any("sealed" in (line.entry or {}) for line in lines):
        found.unread.append("SEALED_NO_KEY")
    if header is None:
        return
    lists = [header["recipients"]]
    for line in chain:
        entry = line.entry or {}
        if entry.get("type") != "keys.changed":
            continue
        try:
            require_signed(header, entry)
        except BadError as error:
            found.faults.append(f"KEYS_UNAPPROVED at {entry['seq']} {error}")
        else:
            lists.append(entry["body"]["recipients"])
    try:
        told = read_file(vault / "keys" / "recipients.txt")
    except FileNotFoundError:
        return
    except (BadError, OSError):
        told = b""
    if told not in ["".join(f"{one}\n" for one in each).encode() for each in lists]:
        found.faults.append("RECIPIENTS_CHANGED")


def require_signed(header: Json, entry: Json) -> None:
    body = dict(entry["body"])
    signature = decode_base64(str(body.pop("signature")))
    signed = {"origin": header["origin"], "seq": entry["seq"], "prev": entry["prev"], "body": body}
    owner = parse_vkey(header["owner"], header["origin"] + "/owner")
    require(verify_ed25519(owner, canonical(signed), signature), "signature")
    require_recipients(body["recipients"])


# Notes


def check_notes(vault: Path, header: Json | None, chain: list[Line], found: Found) -> None:
    names = {path.name for path in (vault / "checkpoints").glob("*.note")} | {"latest.note"}
    for name in sorted(names) if header else ():
        try:
            size, root = open_note(read_file(vault / "checkpoints" / name), header or {})
        except (BadError, OSError) as error:
            found.faults.append(f"CHECKPOINT_BAD {name} {error}")
            continue
        if size > len(chain):
            found.faults.append(f"CHECKPOINT_AHEAD {name}")
        elif merkle_root([line.data for line in chain[:size]]) != root:
            found.faults.append(f"CHECKPOINT_WRONG_ROOT {name}")


def open_note(note: bytes, header: Json) -> tuple[int, bytes]:
    text, blank, signatures = note.rpartition(b"\n\n")
    text += b"\n"
    parts = text.split(b"\n")
    require(bool(blank) and len(parts) == 4 and signatures.endswith(b"\n"), "form")
    require(parts[0] == header["origin"].encode(), "origin")
    require(re.fullmatch(rb"0|[1-9][0-9]*", parts[1]) is not None, "size")
    signed = False
    for line in signatures.decode("utf-8", "replace").split("\n")[:-1]:
        words = line.split(" ")
        require(len(words) == 3 and words[0] == "—", "signature line")
        raw = decode_base64(words[2])
        if words[1] == header["origin"] and raw[:4] == key_id(words[1], header["public"]):
            require(verify_ed25519(header["public"], text, raw[4:]), "signature")
            signed = True
    require(signed, "not signed by the vault's key")
    root = decode_base64(parts[2].decode("ascii", "replace"))
    require(len(root) == 32, "root")
    return int(parts[1]), root


def merkle_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    sides = merkle_root(leaves[:half]) + merkle_root(leaves[half:])
    return hashlib.sha256(b"\1" + sides).digest()


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\1" + public).digest()[:4]


# Ed25519, RFC 8032 section 5.1.7, with its own arithmetic

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point: TypeAlias = "tuple[int, int, int, int]"


def add(first: Point, second: Point) -> Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % P
    b = (first[1] + first[0]) * (second[1] + second[0]) % P
    c = 2 * first[3] * second[3] * D % P
    d = 2 * first[2] * second[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def decompress(data: bytes) -> Point:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    require(len(data) == 32 and y < P, "point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    require((x * x - square) % P == 0 and (x > 0 or not sign), "point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        a, r = decompress(public), decompress(signature[:32])
    except BadError:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return s < L and same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Objects


def check_objects(vault: Path, chain: list[Line], found: Found) -> None:
    for digest, size in needed(chain):
        path = vault / "objects" / digest[:2] / digest
        try:
            data = read_file(path)
        except (BadError, FileNotFoundError):
            found.faults.append(f"OBJECT_MISSING or OBJECT_NOT_FILE {digest}")
        except OSError:
            found.unread.append(f"OBJECT_UNREADABLE {digest}")
        else:
            if size not in {len(data), None} or sha256(data) != digest:
                found.faults.append(f"OBJECT_CHANGED or OBJECT_SIZE {digest}")


def needed(chain: list[Line]) -> list[tuple[str, int | None]]:
    """The stored name of each original, and its size where an entry tells it."""
    names: list[tuple[str, int | None]] = []
    for line in chain:
        entry = line.entry or {}
        if "sealed" in entry:
            names += [(digest, None) for digest in entry["objects"]]
        elif entry["type"] == "evidence.added":
            names.append((entry["body"]["sha256"], entry["body"]["size_bytes"]))
    return names


def check_quarantine(vault: Path, chain: list[Line], found: Found) -> None:
    """What `recovery.done` names was moved there, under a name of one form."""
    form = rf"quarantine/({'|'.join((*PREFIXES, *SEALED_LOGS))})-[0-9]+-[0-9a-f]{{16}}"
    for line in chain:
        entry = line.entry or {}
        for cut in entry["body"]["cut"] if entry.get("type") == "recovery.done" else ():
            try:
                require(matches(form, cut["file"]), "a name in quarantine")
                data = read_file(vault / cut["file"])
            except (BadError, FileNotFoundError):
                found.faults.append(f"QUARANTINE_MISSING {cut['file']}")
            except OSError:
                found.unread.append(f"QUARANTINE_UNREADABLE {cut['file']}")
            else:
                if sha256(data) != cut["sha256"]:
                    found.faults.append(f"QUARANTINE_CHANGED {cut['file']}")


# Small things


def read_file(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise BadError("not a regular file")
    return path.read_bytes()


def parse_canonical(data: bytes) -> Json:
    try:
        value = json.loads(data.decode(), object_pairs_hook=without_repeats)
    except (ValueError, RecursionError) as error:
        raise BadError("not JSON") from error
    require(isinstance(value, dict), "not an object")
    check_profile(value, 1)
    require(canonical(value) == data, "not canonical")
    parsed: Json = value
    return parsed


def without_repeats(pairs: list[tuple[str, Any]]) -> Json:
    require(len(dict(pairs)) == len(pairs), "a key twice")
    return dict(pairs)


def canonical(value: Json) -> bytes:
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def check_profile(value: object, depth: int) -> None:
    if isinstance(value, dict):
        require(depth <= MAX_DEPTH, "too deep")
        for key, item in value.items():
            require(matches(r"[a-z0-9_]+", key), "a key")
            check_profile(item, depth + 1)
    elif isinstance(value, list):
        require(depth <= MAX_DEPTH, "too deep")
        for item in value:
            check_profile(item, depth + 1)
    elif isinstance(value, str):
        require(not any("\ud800" <= letter <= "\udfff" for letter in value), "a surrogate")
    elif value is not None and not isinstance(value, bool):
        require(isinstance(value, int) and abs(value) < 2**53, "a number")


def decode_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadError("base64") from error
    require(base64.b64encode(raw).decode() == text, "base64")
    return raw


def matches(form: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def require(is_so: bool, what: str) -> None:
    if not is_so:
        raise BadError(what)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def seq_of(line: Line) -> int:
    return int((line.entry or {})["seq"])


def prev_of(line: Line) -> str:
    return str((line.entry or {})["prev"])


def main() -> int:
    found = check(Path(sys.argv[1]))
    for text in [*found.faults, *found.unread, *found.notes]:
        sys.stdout.write(text + "\n")
    sys.stdout.write(found.verdict + "\n")
    return {"intact": 0, "damaged": 10, "not-checked": 11}[found.verdict]


if __name__ == "__main__":
    sys.exit(main())
