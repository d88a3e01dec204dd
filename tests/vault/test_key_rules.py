"""Each rule by which a list of keys is believed, and how a log is searched for their changes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.desk import AUTHOR, log_threat
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    LOG,
    RECOVERY,
    STRANGER,
    give,
    init_sealed,
    lines_of,
    outside,
)

from stalklog.core import canonical
from stalklog.core.note import Signer, Verifier
from stalklog.vault import keys as tested
from stalklog.vault.cipher import seal
from stalklog.vault.keys import (
    KeyChange,
    KeysError,
    check_change,
    find_recipients,
    read_changes,
    read_owner,
    read_recipients,
    sign_change,
    write_owner,
    write_recipients,
)
from stalklog.vault.layout import MAX_ENTRY_BYTES, MAX_LINE_BYTES, OWNER, RECIPIENTS, STATE
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.entry import JsonObject, JsonValue

MADE: Final = ModelDisk()
init_sealed(MADE)
give(MADE, log_threat)
HEADER: Final = Vault(MADE).header
OWNERS: Final = read_owner(MADE, HEADER, HERS)
FIRST: Final = (HERS.recipients[0], RECOVERY.recipients[0])
WITH_ADVOCATE: Final = (*FIRST, ADVOCATE.recipients[0])
PREV: Final = "ab" * 32
MARK: Final = b'"type":"keys.changed"'


@pytest.fixture
def disk() -> ModelDisk:
    return MADE.copy()


def fault_of(what: Callable[[], object]) -> str:
    with pytest.raises(KeysError) as caught:
        what()
    assert str(caught.value) == caught.value.code
    return caught.value.code


# The owner's signature


def test_a_change_is_signed_for_its_place_in_this_vault() -> None:
    body = sign_change(OWNERS, HEADER, seq=7, prev=PREV, recipients=WITH_ADVOCATE)
    assert list(body) == ["recipients", "signature"]
    assert body["recipients"] == list(WITH_ADVOCATE)
    signed = canonical.encode(
        {
            "origin": HEADER.origin,
            "seq": 7,
            "prev": PREV,
            "body": {"recipients": list(WITH_ADVOCATE)},
        }
    )
    signature = base64.b64decode(str(body["signature"]), validate=True)
    Verifier.from_vkey(HEADER.owner).require_signature(signature, signed)
    assert check_change(HEADER, 7, PREV, body) == WITH_ADVOCATE


def signed(value: JsonValue) -> JsonObject:
    """A body that the owner signed, whatever it says."""
    rest: JsonObject = {} if value is None else {"recipients": value}
    signature = OWNERS.sign_message(tested._signed(HEADER, 7, PREV, rest))
    return {**rest, "signature": base64.b64encode(signature).decode()}


@pytest.mark.parametrize(
    "named", [None, [], [""], ["age1"], [*FIRST, 7], [7, *FIRST], FIRST[0], {FIRST[0]: 1}]
)
def test_what_the_owner_signed_must_name_recipients(named: JsonValue) -> None:
    body = signed(named)
    assert fault_of(lambda: check_change(HEADER, 7, PREV, body)) == "KEYS_UNAPPROVED"


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": list(FIRST)},
        {"signature": None},
        {"signature": ""},
        {"signature": "AA=="},
        {"signature": "~"},
        {"more": 1},
    ],
)
def test_what_the_owner_did_not_sign_is_no_change(changes: JsonObject) -> None:
    body = signed(list(WITH_ADVOCATE)) | changes
    assert fault_of(lambda: check_change(HEADER, 7, PREV, body)) == "KEYS_UNAPPROVED"


def test_a_signature_holds_in_its_one_spelling() -> None:
    body = signed(list(FIRST))
    assert check_change(HEADER, 7, PREV, body) == FIRST
    assert fault_of(lambda: check_change(HEADER, 8, PREV, body)) == "KEYS_UNAPPROVED"
    assert fault_of(lambda: check_change(HEADER, 7, "cd" * 32, body)) == "KEYS_UNAPPROVED"
    spelt = {**body, "signature": str(body["signature"]) + "\n"}
    assert fault_of(lambda: check_change(HEADER, 7, PREV, spelt)) == "KEYS_UNAPPROVED"
    del body["signature"]
    assert fault_of(lambda: check_change(HEADER, 7, PREV, body)) == "KEYS_UNAPPROVED"


# The changes in a log


def change(disk: ModelDisk, recipients: tuple[str, ...]) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.change_keys(OWNERS, recipients)
        writer.commit()


def put(disk: ModelDisk, lines: list[bytes]) -> None:
    disk.put(LOG, b"".join(line + b"\n" for line in lines))


def test_changes_are_read_as_far_as_asked_or_acknowledged_or_all(disk: ModelDisk) -> None:
    assert read_changes(disk, HEADER) == []
    change(disk, WITH_ADVOCATE)
    first = KeyChange(2, WITH_ADVOCATE)
    below = disk.size(LOG)
    acknowledged = disk.read(STATE)
    give(disk, log_threat)
    change(disk, FIRST)
    both = [first, KeyChange(4, FIRST)]
    assert read_changes(disk, HEADER) == read_changes(disk, HEADER, disk.size(LOG)) == both
    assert read_changes(disk, HEADER, below) == [first]
    disk.put(STATE, acknowledged)
    assert read_changes(disk, HEADER) == [first]
    disk.put(STATE, b"")
    assert read_changes(disk, HEADER) == both
    assert read_changes(disk, HEADER, 0) == []


@pytest.mark.parametrize(
    "changes",
    [{"seq": 3}, {"seq": None}, {"prev": "cd" * 32}, {"prev": None}, {"body": []}, {"body": None}],
)
def test_a_change_must_say_where_it_stands(disk: ModelDisk, changes: dict[str, object]) -> None:
    change(disk, WITH_ADVOCATE)
    lines = lines_of(disk)
    put(disk, [*lines[:2], outside(lines[2], **changes)])
    end = disk.size(LOG)
    assert fault_of(lambda: read_changes(disk, HEADER, end)) == "KEYS_UNAPPROVED"


def test_a_line_with_the_mark_that_is_none_is_no_change(disk: ModelDisk) -> None:
    put(disk, [*lines_of(disk), b"{" + MARK])
    disk.put(STATE, b"")
    assert fault_of(lambda: read_changes(disk, HEADER)) == "KEYS_UNAPPROVED"


def test_entry_0_must_follow_this_vault_file(disk: ModelDisk) -> None:
    first, second = lines_of(disk)
    follows = f'"prev":"{HEADER.line_sha256}"'.encode()
    for lines in ([second], [outside(first, prev=PREV)], [second, first]):
        put(disk, lines)
        assert fault_of(lambda: read_changes(disk, HEADER, disk.size(LOG))) == "CHAIN_BROKEN"
        assert read_changes(disk, HEADER, 0) == []
    for before, is_near in ((MAX_ENTRY_BYTES - len(follows), True), (MAX_ENTRY_BYTES, False)):
        put(disk, [b" " * before + follows])
        if is_near:
            assert read_changes(disk, HEADER, disk.size(LOG)) == []
        else:
            assert fault_of(lambda: read_changes(disk, HEADER, disk.size(LOG))) == "CHAIN_BROKEN"
    put(disk, [first])
    cut = first.index(follows) + len(follows)
    assert read_changes(disk, HEADER, cut) == []
    assert fault_of(lambda: read_changes(disk, HEADER, cut - 1)) == "CHAIN_BROKEN"


LINES: Final = [b"first", b"", b"x" + MARK, MARK + MARK, b"y" * 40, b"", MARK + b"z", b"last"]
FOUND: Final = [(2, LINES[1], LINES[2]), (3, LINES[2], LINES[3]), (6, LINES[5], LINES[6])]


@pytest.mark.parametrize("block", [1, 2, 3, 20, 21, 22, 23, 50, 64, 1000])
def test_marked_lines_are_found_over_blocks_of_any_length(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(tested, "_BLOCK_BYTES", block)
    put(disk, LINES)
    size = disk.size(LOG)
    for end in (size, size + 500):
        assert list(tested._marked_lines(disk, HEADER, end)) == FOUND
    cut = size - len(b"last\n")
    assert list(tested._marked_lines(disk, HEADER, cut)) == FOUND
    assert list(tested._marked_lines(disk, HEADER, cut - 1)) == FOUND[:2]
    assert list(tested._marked_lines(disk, HEADER, 0)) == []
    put(disk, [MARK, MARK])
    found = [(0, HEADER.line, MARK), (1, MARK, MARK)]
    assert list(tested._marked_lines(disk, HEADER, disk.size(LOG))) == found


@pytest.mark.parametrize("block", [1, 2, 20, 21, 22, 30, 1000])
@pytest.mark.parametrize("before", [0, 1, 9, 10, 25, 100])
def test_behind_the_last_mark_nothing_is_looked_for(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, block: int, before: int
) -> None:
    monkeypatch.setattr(tested, "_BLOCK_BYTES", block)
    monkeypatch.setattr(tested, "MAX_LINE_BYTES", 7)
    disk.put(LOG, b"m" * before + MARK + b"n" * 200)
    mark_end = before + len(MARK)
    for end in (before + 221, before + 300):
        # behind the block in which the mark ends, and soon
        last = min(-(-mark_end // block) * block, before + 221)
        found = tested._end_of_marks(disk, end)
        assert min(end, last + 8) <= found <= min(end, last + 8 + block + len(MARK))
    assert tested._end_of_marks(disk, mark_end) == mark_end
    assert tested._end_of_marks(disk, mark_end - 1) == 0
    assert tested._end_of_marks(disk, 0) == 0
    disk.put(LOG, b"m" * 300)
    assert tested._end_of_marks(disk, 300) == 0


def test_a_search_takes_a_megabyte_at_a_time(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    read = disk.read

    def watched(*args: object) -> bytes:
        asked.append(args)
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(disk, "read", watched)
    assert tested._BLOCK_BYTES == 1 << 20
    end = (1 << 20) + 5
    disk.put(LOG, MARK + b"x" * (end - len(MARK)))
    wanted: list[tuple[object, ...]] = [(LOG, 0, 1 << 20), (LOG, 1 << 20, 5)]
    assert tested._end_of_marks(disk, end) == end
    assert asked == wanted
    asked.clear()
    assert list(tested._marked_lines(disk, HEADER, end)) == []
    assert asked == wanted
    disk.put(LOG, MARK)
    assert tested._end_of_marks(disk, 3 << 20) == len(MARK) + MAX_LINE_BYTES + 1
    asked.clear()
    tested._require_first(MADE, HEADER, 10**6)
    assert find_recipients(disk, HEADER, 0) == FIRST
    read_owner(disk, HEADER, HERS)
    assert asked == [
        (LOG, 0, 0),
        (RECIPIENTS, 0, 1 << 16),
        (OWNER, 0, 1 << 16),
    ]


# The file beside the log


def test_the_file_has_a_line_for_each(disk: ModelDisk) -> None:
    write_recipients(disk, WITH_ADVOCATE)
    assert disk.read(RECIPIENTS) == "".join(f"{one}\n" for one in WITH_ADVOCATE).encode()
    assert read_recipients(disk) == WITH_ADVOCATE
    disk.drop(RECIPIENTS)
    assert read_recipients(disk) is None


def test_who_is_sealed_to_is_what_the_chain_says(disk: ModelDisk) -> None:
    change(disk, STRANGER.recipients)
    change(disk, WITH_ADVOCATE)
    end = disk.size(LOG)
    for told in (FIRST, None, STRANGER.recipients, WITH_ADVOCATE):
        if told is None:
            disk.drop(RECIPIENTS)
        else:
            write_recipients(disk, told)
        before = disk.counts.operations
        assert find_recipients(disk, HEADER, end) == WITH_ADVOCATE
        assert read_recipients(disk) == WITH_ADVOCATE
        assert (disk.counts.operations == before) == (told == WITH_ADVOCATE)
    for others in ((*FIRST, STRANGER.recipients[0]), FIRST[:1]):
        write_recipients(disk, others)
        assert fault_of(lambda: find_recipients(disk, HEADER, end)) == "RECIPIENTS_CHANGED"
        assert read_recipients(disk) == others


@pytest.mark.parametrize("told", [True, False])
def test_a_key_with_wrong_check_digits_is_never_sealed_to(disk: ModelDisk, *, told: bool) -> None:
    good = ADVOCATE.recipients[0]
    bad = (*FIRST, good[:-1] + ("q" if good[-1] != "q" else "p"))
    change(disk, bad)
    if told:
        write_recipients(disk, bad)
    else:
        disk.drop(RECIPIENTS)
    fault = fault_of(lambda: find_recipients(disk, HEADER, disk.size(LOG)))
    assert fault == "RECIPIENTS_CHANGED"
    assert read_recipients(disk) == (bad if told else None)


@pytest.mark.parametrize(
    "content",
    [
        FIRST[0].encode(),
        b"\n",
        b"# a remark\n",
        b"\xff\n",
        FIRST[0].encode() + b"\r\n",
        f"{FIRST[0]}\nage1\n".encode(),
        f"age1\n{FIRST[0]}\n".encode(),
        f"{FIRST[0]}\n\n".encode(),
        f"{FIRST[0]} {FIRST[1]}\n".encode(),
        "é\n".encode(),
    ],
)
def test_a_file_of_another_form_is_no_list(disk: ModelDisk, content: bytes) -> None:
    disk.put(RECIPIENTS, content)
    assert fault_of(lambda: read_recipients(disk)) == "RECIPIENTS_CHANGED"


def test_what_is_no_file_is_no_list(disk: ModelDisk) -> None:
    disk.plant(RECIPIENTS, "link")
    assert fault_of(lambda: read_recipients(disk)) == "RECIPIENTS_CHANGED"


# The owner's key


def test_only_the_first_two_get_the_owners_key(disk: ModelDisk) -> None:
    write_owner(disk, OWNERS, WITH_ADVOCATE)
    sealed = disk.read(OWNER)
    for keys in (HERS, RECOVERY):
        assert keys.open(sealed) == OWNERS.to_text().encode()
        assert read_owner(disk, HEADER, keys) == OWNERS
    assert fault_of(lambda: read_owner(disk, HEADER, ADVOCATE)) == "KEYS_UNAPPROVED"
    with pytest.raises(ValueError, match="other keys"):
        ADVOCATE.open(sealed)


@pytest.mark.parametrize(
    "plain",
    [b"", b"\xff", Signer.make(OWNERS.name).to_text().encode(), OWNERS.to_text().encode()[:-2]],
)
def test_anothers_key_or_none_is_not_the_owners(disk: ModelDisk, plain: bytes) -> None:
    disk.put(OWNER, seal(plain, FIRST))
    assert fault_of(lambda: read_owner(disk, HEADER, HERS)) == "KEYS_UNAPPROVED"
    disk.drop(OWNER)
    assert fault_of(lambda: read_owner(disk, HEADER, HERS)) == "KEYS_UNAPPROVED"
