"""Each thing that the check of a sealed log finds, by its name, its line and its words."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.desk import threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, LOG, RECOVERY, STRANGER, init_sealed, outside
from tests.vault.test_check_carried import body as carried_body
from tests.vault.test_check_carried import continues
from tests.vault.test_check_carried import lines as old_lines
from tests.vault.test_log import envelope

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import leaf_hash
from stalklog.vault.check_insides import Inside
from stalklog.vault.check_sealed import SealedCheck, _originals_of
from stalklog.vault.cipher import seal
from stalklog.vault.facts import NO_AT, Columns, Facts, file_number
from stalklog.vault.key_history import change_of_keys, readers_of
from stalklog.vault.keys import read_owner, sign_change, write_recipients
from stalklog.vault.layout import MAX_ENTRY_BYTES, MAX_LINE_BYTES, RECIPIENTS
from stalklog.vault.log import parse_line
from stalklog.vault.sealed import Outer, build_sealed
from stalklog.vault.stretch import BadLine
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.vault.cipher import Opening
    from stalklog.vault.findings import Finding
    from stalklog.vault.layout import Header

MADE: Final = ModelDisk()
init_sealed(MADE)
HEADER: Final = Vault(MADE).header
OWNERS: Final = read_owner(MADE, HEADER, HERS)
TO: Final = (HERS.recipients[0], RECOVERY.recipients[0])
PREV: Final = "0a" * 32
AT: Final = "2026-11-24T04:30:00.000Z"
STORED: Final = "ab" * 32
SHA256: Final = "cd" * 32
FIRST: Final[JsonObject] = {"format": "stalklog-vault/1"}


def sealed(
    seq: int,
    type_name: str,
    log: str,
    body: JsonValue,
    to: tuple[str, ...] = TO,
    **fields: JsonValue,
) -> bytes:
    given: JsonObject = {"objects": [], **fields}
    value = envelope(seq=seq, type=type_name, log=log, body=body, **given)
    del value["id"]
    return build_sealed(value, to)


def a_threat(seq: int, to: tuple[str, ...] = TO, **fields: JsonValue) -> bytes:
    return sealed(seq, "threat.logged", "threats", threat("words"), to, **fields)


def evidence(seq: int, *stored: str) -> bytes:
    body: JsonObject = {"sha256": SHA256, "size_bytes": 5}
    return sealed(seq, "evidence.added", "evidence", body, objects=list(stored or (STORED,)))


def amended(seq: int, target: str, **changes: JsonValue) -> bytes:
    body: JsonObject = {"amends": target, "set": {"place": "x"}, "reason": "later", **changes}
    body = {name: value for name, value in body.items() if value is not None}
    return sealed(seq, "entry.amended", "entries", body)


def plain(seq: int, type_name: str, body: JsonObject, **fields: JsonValue) -> bytes:
    value = envelope(
        seq=seq, type=type_name, body=body, log="custody", by="self", tz="+00:00", **fields
    )
    del value["id"]
    return canonical.encode(value)


def created(**more: JsonValue) -> bytes:
    value = canonical.decode(MADE.read(LOG).split(b"\n")[0])
    body = value["body"]
    assert isinstance(body, dict)
    return plain(0, "vault.created", {**body, **more})


def change(seq: int, recipients: tuple[str, ...], signed_at: int | None = None) -> bytes:
    place = seq if signed_at is None else signed_at
    body = sign_change(OWNERS, HEADER, seq=place, prev=PREV, recipients=recipients)
    return plain(seq, "keys.changed", body)


def checked(
    *lines: bytes,
    header: Header | None = HEADER,
    opening: Opening | None = HERS,
    tail: bytes = b"",
    disk: ModelDisk | None = None,
) -> tuple[SealedCheck, list[tuple[str, str, int | None, str]]]:
    """The check, and what it found; the place of a line by its number alone."""
    disk = disk or MADE.copy()
    disk.put(LOG, b"".join(line + b"\n" for line in lines) + tail)
    findings: list[Finding] = []
    check = SealedCheck(header, opening, findings)
    check.check(disk, None, None)
    told = [(one.code, one.where.removeprefix(f"{LOG}:"), one.seq, one.message) for one in findings]
    return check, told


def found(*lines: bytes, **how: object) -> list[tuple[str, str, int | None, str]]:
    return checked(*lines, **how)[1]  # type: ignore[arg-type]


# What everybody sees


def test_a_log_that_is_whole_has_no_finding_and_its_facts_are_kept() -> None:
    lines = [created(), a_threat(1), evidence(2)]
    for opening in (HERS, RECOVERY):
        check, told = checked(*lines, opening=opening)
        assert told == []
        expected = Columns()
        for at, line in enumerate(lines):
            expected.add(_facts(at, line, AT.encode()), file_number("entries"), at + 1)
        assert check.read.facts.pack() == expected.pack()
        assert check.read.facts.links == {}
        assert check.read.objects == {STORED: (-1, 2)}
        assert check.insides == {STORED: [Inside(SHA256, 5, 2)]}
        assert (check.read.bad, check.read.quarantined, check.changes) == ([], [], [])
        assert check.lists == [TO]


def _facts(seq: int, line: bytes, at: bytes) -> Facts:
    digest = bytes.fromhex(sha256_hex(line))
    return Facts(seq, bytes.fromhex(PREV), digest, leaf_hash(line), at, None, (), ())


def test_without_the_key_it_is_said_how_much_is_sealed() -> None:
    lines = [created(), a_threat(1), evidence(2)]
    check, told = checked(*lines, opening=None)
    words = "2 entries are sealed, and no key that opens them was given"
    assert told == [("SEALED_NO_KEY", LOG, None, words)]
    expected = Columns()
    for at, line in enumerate(lines):
        expected.add(_facts(at, line, NO_AT if at else AT.encode()), file_number("entries"), at + 1)
    assert check.read.facts.pack() == expected.pack()
    assert check.read.objects == {STORED: (-1, 2)}
    assert check.insides == {}


def test_the_log_is_read_to_where_it_ends_and_its_lines_are_counted() -> None:
    disk = MADE.copy()
    lines = [created(), a_threat(1)]
    disk.put(LOG, b"".join(line + b"\n" for line in lines))
    told: list[tuple[int, int]] = []
    check = SealedCheck(HEADER, HERS, [])
    check.check(disk, None, lambda *done: told.append(done))
    assert told == [(0, len(line) + 1) for line in lines]
    check = SealedCheck(HEADER, HERS, [])
    check.check(disk, len(lines[0]) + 1, None)
    assert len(check.read.facts) == 1


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (b"x" * (MAX_LINE_BYTES + 1), "LINE_TOO_LONG", "the line is longer than a line may be"),
        (b"{", "NOT_JSON", "the line is not what was written"),
        (b"{}", "SCHEMA_BAD", "the line has not the fields of an entry"),
    ],
    ids=["long", "torn", "fields"],
)
def test_what_is_no_line_is_kept_for_the_chain(line: bytes, code: str, words: str) -> None:
    try:
        canonical.decode(line)
    except canonical.NotCanonicalError as error:
        code = code if code == "LINE_TOO_LONG" else error.code
    check, told = checked(created(), line, amended(2, "T-0001"))
    nothing = "it names an entry that is not there, or that could not be read"
    assert told == [(code, "2", None, words), ("LINK_UNRESOLVED", "3", 2, nothing)]
    if code != "LINE_TOO_LONG":
        digest = bytes.fromhex(sha256_hex(line))
        assert check.read.bad == [BadLine(digest, leaf_hash(line))]
    assert len(check.read.bad) == 1


def test_nobody_counts_on_behind_what_is_no_line_or_was_not_opened() -> None:
    for bad in (b"{", a_threat(2, STRANGER.recipients)):
        told = found(created(), a_threat(1), bad, a_threat(3), amended(4, "T-0002"))
        assert [one[0] for one in told][1:] == ["LINK_UNRESOLVED"]


def test_a_line_behind_a_later_one_is_named() -> None:
    told = found(created(), a_threat(2), a_threat(1), a_threat(1), a_threat(3))
    assert told == [("SEQ_BACKWARDS", "3", 1, "the entry stands behind a later one")]
    assert found(a_threat(0)) == []


def test_a_plain_entry_that_is_too_long_is_named() -> None:
    short = plain(0, "recovery.done", {"x": ""})
    words = "the entry is longer than an entry may be"
    for more, is_long in ((0, False), (1, True)):
        line = plain(0, "recovery.done", {"x": "x" * (MAX_ENTRY_BYTES - len(short) + more)})
        assert (("LINE_TOO_LONG", "1", 0, words) in found(line)) == is_long
    long = sealed(0, "threat.logged", "threats", threat("w" * (MAX_ENTRY_BYTES - 3000)))
    assert len(long) > MAX_ENTRY_BYTES
    assert "LINE_TOO_LONG" not in [one[0] for one in found(long)]


def test_a_last_line_without_an_end_is_named() -> None:
    told = found(created(), tail=a_threat(1))
    assert told == [("LOG_TRUNCATED", "2", 1, "the last line of the log has no end")]


# What is inside


def other_inside(seq: int) -> bytes:
    raw = seal(b"something else", TO)
    return outside(a_threat(seq), sealed=base64.b64encode(raw).decode())


def no_line_inside(seq: int) -> bytes:
    return committed(seq, b"{")


def committed(seq: int, inside: bytes) -> bytes:
    raw = base64.b64encode(seal(inside, TO)).decode()
    return outside(a_threat(seq), sealed=raw, commit=sha256_hex(inside))


def cut_inside(seq: int) -> bytes:
    raw = base64.b64encode(seal(b"words", TO)[:-1]).decode()
    return outside(a_threat(seq), sealed=raw)


def long_inside(seq: int) -> bytes:
    value = envelope(seq=seq, objects=[], body={"words": "w" * MAX_ENTRY_BYTES})
    del value["id"]
    return committed(seq, canonical.encode(value))


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (
            a_threat(2, STRANGER.recipients),
            "SEALED_BAD",
            "it should be sealed to this key, and is not",
        ),
        (cut_inside(2), "SEALED_BAD", "it cannot be opened"),
        (no_line_inside(2), "SCHEMA_BAD", "what is inside is not what was written"),
        (committed(2, b"{}"), "SCHEMA_BAD", "what is inside has not the fields of an entry"),
        (other_inside(2), "INNER_MISMATCH", "what is inside is not what stands outside"),
        (long_inside(2), "LINE_TOO_LONG", "the entry is longer than an entry may be"),
    ],
    ids=["stranger", "cut", "no line", "fields", "other", "long"],
)
def test_what_is_inside_and_is_no_entry_is_named(line: bytes, code: str, words: str) -> None:
    lost = "it names an entry that is not there, or that could not be read"
    told = found(created(), a_threat(1), line, a_threat(3), amended(4, "T-0002"))
    assert told == [(code, "3", 2, words), ("LINK_UNRESOLVED", "5", 4, lost)]


def test_what_the_chain_says_is_sealed_to_others_is_no_damage() -> None:
    lines = [created(), a_threat(1), change(2, (*TO, ADVOCATE.recipients[0])), a_threat(3)]
    words = "1 entries are sealed, and no key that opens them was given"
    lines[3] = a_threat(3, (*TO, ADVOCATE.recipients[0]))
    check, told = checked(*lines, opening=ADVOCATE)
    assert told == [("SEALED_NO_KEY", LOG, None, words)]
    assert check.lists == [TO, (*TO, ADVOCATE.recipients[0])]
    told = found(*lines, a_threat(4, STRANGER.recipients), opening=ADVOCATE)
    assert [one[0] for one in told] == ["SEALED_BAD", "SEALED_NO_KEY"]
    check, told = checked(created(), a_threat(1), a_threat(2), opening=ADVOCATE)
    assert told == [("SEALED_NO_KEY", LOG, None, words.replace("1", "2"))]
    not_hers = a_threat(4)
    told = found(*lines, not_hers, opening=ADVOCATE)
    assert [(one[0], one[2]) for one in told] == [("SEALED_BAD", 4), ("SEALED_NO_KEY", None)]
    assert [one[0] for one in found(a_threat(0, STRANGER.recipients), header=None)] == [
        "SEALED_NO_KEY"
    ]


def test_of_links_nothing_is_said_while_something_is_not_opened() -> None:
    to = (*TO, ADVOCATE.recipients[0])
    body: JsonObject = {"amends": "T-0001", "set": {"place": "x"}, "reason": "later"}
    amending = sealed(3, "entry.amended", "entries", body, to)
    told = found(created(), a_threat(1), change(2, to), amending, opening=ADVOCATE)
    assert [one[0] for one in told] == ["SEALED_NO_KEY"]


# The record


UNKNOWN: Final = "the entry is of a type that is not known"
NOT_HELD: Final = "the entry is of a type that its log does not hold"
NOT_VALID: Final = "the record is not valid: "


@pytest.mark.parametrize(
    ("line", "code", "words", "next_id"),
    [
        (sealed(1, "threat.sent", "threats", {}), "UNKNOWN_TYPE", UNKNOWN, "T-0002"),
        (sealed(1, "evidence.added", "threats", {}), "SCHEMA_BAD", NOT_HELD, "T-0002"),
        (sealed(1, "evidence.added", "custody", {}), "SCHEMA_BAD", NOT_HELD, "T-0001"),
        (sealed(1, "entry.amended", "threats", {}), "SCHEMA_BAD", NOT_HELD, "T-0001"),
        (sealed(1, "threat.logged", "threats", {"x": 1}), "SCHEMA_BAD", NOT_VALID, "T-0002"),
        (plain(1, "recovery.done", {"cut": []}), "SCHEMA_BAD", NOT_VALID, "T-0001"),
    ],
    ids=["type", "log", "custody", "correction", "record", "plain"],
)
def test_a_record_that_is_none_is_named_and_counted(
    line: bytes, code: str, words: str, next_id: str
) -> None:
    ((found_code, where, seq, message),) = found(created(), line)
    assert (found_code, where, seq) == (code, "2", 1)
    assert message.startswith(words)
    assert (message == words) == (words != NOT_VALID)
    assert "None" not in message
    told = found(created(), line, a_threat(2), amended(3, next_id))
    assert [one[2] for one in told] == [1]


def test_a_record_that_is_none_can_be_named_by_its_place() -> None:
    bad = sealed(1, "threat.logged", "threats", {"x": 1})
    check, told = checked(created(), bad, amended(2, "#1"))
    assert [one[2] for one in told] == [1]
    assert check._naming.resolve("#2") == "T-0001.1"


def test_what_is_never_sealed_is_no_record_of_a_sealed_line() -> None:
    findings: list[Finding] = []
    check = SealedCheck(HEADER, HERS, findings)
    body = sign_change(OWNERS, HEADER, seq=1, prev=PREV, recipients=TO)
    outer = Outer(1, PREV, (), "", b"", None)
    assert check._is_valid(outer, "keys.changed", "custody", body) is False
    assert [(one.code, one.seq, one.message) for one in findings] == [
        ("SCHEMA_BAD", 1, "the entry is of a type that is never sealed")
    ]
    assert check._is_valid(replace(outer, plain={}), "keys.changed", "custody", body) is True


def test_a_correction_that_is_no_record_is_counted_with_what_it_names() -> None:
    bad = amended(2, "T-0001", more=1)
    check, told = checked(created(), a_threat(1), bad, amended(3, "T-0001"))
    assert [(one[0], one[2]) for one in told] == [("SCHEMA_BAD", 2)]
    assert check._naming.resolve("#3") == "T-0001.2"


def test_behind_a_carried_record_that_is_none_nobody_counts_on() -> None:
    bad = sealed(1, "entry.carried", "threats", {})
    told = found(created(), bad, a_threat(2), amended(3, "T-0001"))
    assert [(one[0], one[2]) for one in told] == [("SCHEMA_BAD", 1), ("LINK_UNRESOLVED", 3)]


def test_links_must_lead_somewhere() -> None:
    words = "it names an entry that is not there, or that could not be read"
    lines = [created(), evidence(1)]
    for link, is_there in (("#1", True), ("E-0001", True), ("#2", False), ("E-0002", False)):
        line = sealed(2, "threat.logged", "threats", {**threat("x"), "evidence": [link]})
        assert found(*lines, line) == ([] if is_there else [("LINK_UNRESOLVED", "3", 2, words)])


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"set": {"no_such": 1}}, False),
        ({"unset": ["no_such"]}, False),
        ({"set": None, "unset": ["place"]}, True),
    ],
)
def test_a_correction_must_fit_what_it_names(changes: JsonObject, *, fits: bool) -> None:
    words = "the correction does not fit the entry that it names, and is not applied"
    for target in ("T-0001", "#1"):
        told = found(created(), a_threat(1), amended(2, target, **changes))
        assert told == ([] if fits else [("LINK_UNRESOLVED", "3", 2, words)])


def test_an_empty_set_is_no_value() -> None:
    words = "the record is not valid: set does not hold what it should"
    told = found(created(), a_threat(1), amended(2, "#1", set={}, unset=["place"]))
    assert told == [("SCHEMA_BAD", "3", 2, words)]


def test_what_cannot_be_amended_can_be_withdrawn() -> None:
    note = sealed(1, "case.noted", "custody", {"set": {"name": "x"}})
    withdrawn = sealed(2, "entry.withdrawn", "entries", {"withdraws": "#1", "reason": "twice"})
    words = "the correction does not fit the entry that it names, and is not applied"
    told = found(created(), note, withdrawn)
    assert [one for one in told if one[2] == 2] == []
    told = found(created(), note, amended(2, "#1"))
    assert told[-1] == ("LINK_UNRESOLVED", "3", 2, words)


@pytest.mark.parametrize("stored", [(), (STORED, "ef" * 32)])
def test_the_originals_outside_are_as_many_as_inside(stored: tuple[str, ...]) -> None:
    words = "it names other originals outside than inside"
    body: JsonObject = {"sha256": SHA256, "size_bytes": 5}
    line = sealed(1, "evidence.added", "evidence", body, objects=list(stored))
    check, told = checked(created(), line)
    assert told == [("INNER_MISMATCH", "2", 1, words)]
    assert check.insides == {}
    assert check.read.objects == dict.fromkeys(stored, (-1, 1))
    told = found(created(), a_threat(1, objects=[STORED]))
    assert told == [("INNER_MISMATCH", "2", 1, words)]


def test_of_an_original_that_is_named_twice_all_is_kept() -> None:
    check, told = checked(created(), evidence(1), evidence(2))
    assert told == []
    assert check.insides == {STORED: [Inside(SHA256, 5, 1), Inside(SHA256, 5, 2)]}
    assert check.read.objects == {STORED: (-1, 1)}


def test_what_was_moved_to_quarantine_is_kept() -> None:
    cut: JsonObject = {
        "log": "entries",
        "offset": 5,
        "bytes": 3,
        "sha256": SHA256,
        "file": "quarantine/1",
    }
    check, told = checked(created(), plain(1, "recovery.done", {"cut": [cut]}))
    assert told == []
    assert check.read.quarantined == [("quarantine/1", SHA256, 1)]


# The keys


def test_each_change_of_the_keys_that_the_owner_signed_is_told() -> None:
    more = (*TO, ADVOCATE.recipients[0])
    check, told = checked(created(), change(1, more), change(2, TO))
    assert told == []
    assert check.lists == [TO, more, TO]
    assert check.changes == [
        change_of_keys(1, AT, readers_of(TO), more),
        change_of_keys(2, AT, readers_of(more), TO),
    ]


def test_a_change_that_the_owner_did_not_sign_for_its_place_is_named() -> None:
    words = "the owner did not sign this change of keys"
    bad = change(1, (*TO, STRANGER.recipients[0]), signed_at=2)
    check, told = checked(created(), bad)
    assert told == [("KEYS_UNAPPROVED", "2", 1, words)]
    assert (check.lists, check.changes) == ([TO], [])
    check, told = checked(created(), bad, header=None)
    assert (told, check.lists, check.changes) == ([], [], [])


def test_the_file_beside_the_log_says_no_more_than_the_chain() -> None:
    words = "it names keys that the vault was never sealed to"
    more = (*TO, ADVOCATE.recipients[0])
    for told, is_good in ((TO, True), (more, True), (TO[:1], False), (None, True), ((), False)):
        disk = MADE.copy()
        disk.drop(RECIPIENTS)
        if told is not None:
            write_recipients(disk, told)
        expected = [] if is_good else [("RECIPIENTS_CHANGED", RECIPIENTS, None, words)]
        assert found(created(), change(1, more), disk=disk) == expected
        assert found(created(), disk=disk, header=None) == []
    disk = MADE.copy()
    disk.put(RECIPIENTS, b"\xff")
    assert found(created(), disk=disk) == [("RECIPIENTS_CHANGED", RECIPIENTS, None, words)]


# What was carried over


def carry(seq: int) -> bytes:
    old = parse_line(old_lines()[seq])[0]
    objects: list[JsonValue] = [STORED] if old.type == "evidence.added" else []
    body = carried_body(old_lines()[seq])
    return sealed(seq + 1, "entry.carried", old.log, body, objects=objects)


def all_carried() -> list[bytes]:
    return [created(continues=continues()), *map(carry, range(len(old_lines())))]


def test_a_vault_that_was_carried_over_whole_is_whole() -> None:
    check, told = checked(*all_carried())
    assert told == []
    wanted: list[tuple[str, str, int]] = []
    for at, line in enumerate(old_lines()):
        old = parse_line(line)[0]
        if old.type == "evidence.added":
            wanted.append((STORED, str(old.body["sha256"]), at + 1))
    got = [(name, one.sha256, one.seq) for name, all_ in check.insides.items() for one in all_]
    assert sorted(got) == sorted(wanted)
    sizes = {one.sha256: one.size_bytes for all_ in check.insides.values() for one in all_}
    assert all(sizes.values())


def test_the_ids_of_carried_entries_stay_and_go_on() -> None:
    lines = all_carried()
    seq = len(lines)
    olds = [parse_line(line)[0] for line in old_lines()]
    threats = [old.id for old in olds if old.type == "threat.logged"]
    last = f"T-{int(threats[-1][2:]) + 1:04d}"
    assert found(*lines, a_threat(seq), amended(seq + 1, last)) == []
    place = next(old.seq for old in olds if old.id == threats[0]) + 1
    check, told_none = checked(*lines, amended(seq, f"#{place}"))
    assert told_none == []
    assert str(check._naming.resolve(f"#{seq}")).startswith(f"{threats[0]}.")
    words = "the correction does not fit the entry that it names, and is not applied"
    told = found(*lines, amended(seq, threats[0], set={"no_such": 1}))
    assert told == [("LINK_UNRESOLVED", str(seq + 1), seq, words)]


def test_what_is_carried_must_be_the_old_vault() -> None:
    lines = all_carried()
    follows = "it does not follow the old entry before it"
    missing = "entries of the old vault are missing"
    nothing = "it belongs to no vault that this one goes on from"
    bad = "the old vault or its signed note is not good"
    assert found(*lines[:-1]) == [("CARRIED_BAD", str(len(lines) - 1), None, missing)]
    seq = len(lines) - 1
    ended = found(*lines[:-1], a_threat(seq))
    assert ended == [("CARRIED_BAD", str(seq + 1), None, missing)]
    told = found(lines[0], lines[2], lines[1])
    assert ("CARRIED_BAD", "2", 2, follows) in told
    assert found(created(), lines[1]) == [("CARRIED_BAD", "2", 1, nothing)]
    told = found(created(continues=continues(note="x")), lines[1])
    assert told == [("CARRIED_BAD", "1", 0, bad), ("CARRIED_BAD", "2", 1, nothing)]


def test_without_the_key_nothing_is_said_of_what_was_carried() -> None:
    assert [one[0] for one in found(*all_carried()[:2], opening=None)] == ["SEALED_NO_KEY"]
    told = found(created(continues=continues(note="x")), opening=None)
    assert told == []


@pytest.mark.parametrize(
    ("type_name", "body", "wanted"),
    [
        ("evidence.added", {"sha256": SHA256, "size_bytes": 5}, [(SHA256, 5)]),
        ("evidence.added", {"sha256": SHA256, "size_bytes": "5"}, [(SHA256, 0)]),
        ("evidence.added", {"sha256": SHA256}, [(SHA256, 0)]),
        ("recovery.done", {"cut": [{"sha256": SHA256, "bytes": 3}, 7]}, [(SHA256, 3)]),
        ("recovery.done", {"cut": [{"sha256": SHA256, "bytes": None}]}, [(SHA256, 0)]),
        ("recovery.done", {"cut": 7}, []),
        ("recovery.done", {}, []),
        ("threat.logged", {"cut": [{"sha256": SHA256, "bytes": 3}]}, []),
        ("threat.logged", {"sha256": SHA256, "size_bytes": 5}, []),
    ],
)
def test_an_old_entry_needs_its_original_or_what_a_recovery_moved(
    type_name: str, body: JsonObject, wanted: list[tuple[str, int]]
) -> None:
    assert _originals_of(type_name, body) == wanted
