"""A chain that holds is told at a glance, and one that does not never is."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.campaign import IS_LONG
from tests.vault.test_tampering import filled

from stalklog.core.merkle import EMPTY_ROOT, Frontier, leaf_hash
from stalklog.records.types import LOGS
from stalklog.vault import check_chain
from stalklog.vault.check_chain import Chain
from stalklog.vault.check_lines import Read, check_lines
from stalklog.vault.facts import NO_AT, Columns, Facts, file_number
from stalklog.vault.findings import Finding
from stalklog.vault.layout import HEADER, parse_header
from stalklog.vault.log import parse_id
from stalklog.vault.stretch import BadLine

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = {1, 7, 24, 25}
VAULT = parse_header(filled().read(HEADER))
IDS = ("X-0001", "T-0001", "E-0001", "T-0001.1", "T-0002", "T-0001.2", "X-0002")
"""The entries of a short chain, one a line."""
LINKS = {3: ("T-0001",), 4: ("E-0001", "T-0001"), 5: ("T-0001.1",), 6: ("T-0001.2",)}
LENGTH = len(IDS)
EVERY_SIZE = range(LENGTH + 3)
BAD = BadLine(sha256(b"bad").digest(), leaf_hash(b"bad"))


def read() -> Read:
    findings: list[Finding] = []
    facts = check_lines(filled(), LOGS, dict.fromkeys(LOGS), findings)
    assert not findings
    return facts


def judged(found: Read) -> tuple[Chain, list[Finding]]:
    findings: list[Finding] = []
    header = parse_header(filled().read(HEADER))
    return check_chain.check_chain(header, found, SIZES, findings), findings


def test_both_ways_say_the_same_of_a_chain_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_glance, findings = judged(read())
    assert (at_a_glance.total, findings) == (24, [])
    monkeypatch.setattr(check_chain, "_holds", lambda *_: False)
    assert judged(read()) == (at_a_glance, [])


@settings(max_examples=5_000 if IS_LONG else 150, deadline=None)
@given(st.data())
def test_a_chain_that_does_not_hold_is_walked(data: st.DataObject) -> None:
    """One value of one column is changed: what holds at a glance holds step by step as well."""
    found = read()
    facts, header = found.facts, parse_header(filled().read(HEADER))
    column = data.draw(
        st.sampled_from(("seqs", "prevs", "digests", "ats", "numbers", "amendments", "id_logs"))
    )
    values = getattr(facts, column)
    at = data.draw(st.integers(0, len(values) - 1))
    limit = 4 if column == "id_logs" else 57 if column == "ats" else 30
    values[at] = data.draw(st.integers(48 if column == "ats" else 0, limit))
    if data.draw(st.booleans()):
        link = data.draw(st.sampled_from(("E-0001", "E-0009", "T-0001.1", "T-0001.9", "#1", "x")))
        facts.links[data.draw(st.integers(0, len(facts) - 1))] = (link,)
    holds = check_chain._holds(header, facts, facts.in_order())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_chain, "_holds", lambda *_: False)
        _, findings = judged(found)
    assert holds == (not findings)


def test_a_gap_that_no_hash_shows_is_found() -> None:
    found = read()
    last = found.facts.in_order()[-1]
    found.facts.seqs[last] += 1
    assert [finding.code for finding in judged(found)[1]] == ["SEQ_GAP"]


def test_an_entry_that_names_a_later_one_is_found() -> None:
    found = read()
    first = found.facts.in_order()[0]
    found.facts.links[first] = ("E-0001",)
    assert [finding.code for finding in judged(found)[1]] == ["REF_DANGLING"]


def test_columns_come_back_as_they_were_packed() -> None:
    facts = read().facts
    again = Columns.unpack(facts.pack(), len(facts))
    again.links = facts.links
    assert list(again.rows(again.in_order())) == list(facts.rows(facts.in_order()))
    with pytest.raises(ValueError, match="not so many"):
        Columns.unpack(facts.pack(), len(facts) - 1)


def digest(seq: int) -> bytes:
    return sha256(b"line %d" % seq).digest()


def leaf(seq: int) -> bytes:
    return leaf_hash(b"line %d" % seq)


def short_chain() -> list[Facts]:
    """A chain in which nothing is wrong."""
    first = bytes.fromhex(VAULT.line_sha256)
    return [
        Facts(
            seq=seq,
            prev=digest(seq - 1) if seq else first,
            digest=digest(seq),
            leaf=leaf(seq),
            at=b"2026-11-24T04:30:%02d.000Z" % (seq // 2),
            id=parse_id(identity),
            links=LINKS.get(seq, ()),
            originals=(),
        )
        for seq, identity in enumerate(IDS)
    ]


def read_of(lines: Sequence[Facts], bad: Sequence[BadLine] = ()) -> Read:
    """Lines found in this order, all in one file."""
    found = Read(bad=list(bad))
    for number, facts in enumerate(lines, 1):
        found.facts.add(facts, file_number("threats"), number)
    return found


def root_of(leaves: Sequence[bytes]) -> bytes:
    tree = Frontier()
    for one in leaves:
        tree.add(one)
    return tree.root()


def chain_of(unbroken: int, leaves: Sequence[bytes], digests: dict[int, bytes]) -> Chain:
    """What is known of a chain.

    Args:
        unbroken: How many of its entries stand in one run.
        leaves: As far as they are all there.
        digests: Of the last line at each size that was found.
    """
    return Chain(
        size=unbroken,
        head=digests[unbroken].hex() if unbroken else VAULT.line_sha256,
        root=root_of(leaves[:unbroken]),
        total=max(digests, default=0),
        roots={size: root_of(leaves[:size]) for size in range(1, len(leaves) + 1)},
        heads={size: found.hex() for size, found in digests.items()},
    )


def heads(*seqs: int) -> dict[int, bytes]:
    return {seq + 1: digest(seq) for seq in seqs}


def followed(
    lines: Sequence[Facts], bad: Sequence[BadLine] = ()
) -> tuple[Chain, list[tuple[str, int | None]]]:
    """The chain, and the code and the place of each finding."""
    findings: list[Finding] = []
    chain = check_chain.check_chain(VAULT, read_of(lines, bad), EVERY_SIZE, findings)
    for found in findings:
        log, _, number = found.where.partition(":")
        assert (log, lines[int(number) - 1].seq) == ("logs/threats.jsonl", found.seq)
        assert found.message
    return chain, [(found.code, found.seq) for found in findings]


@pytest.fixture(params=[True, False], ids=["at a glance", "step by step"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(check_chain, "_holds", lambda *_: False)


@pytest.mark.usefixtures("_each_way")
@pytest.mark.parametrize("length", range(LENGTH + 1))
def test_a_chain_that_holds_is_known_at_every_size(length: int) -> None:
    leaves = [leaf(seq) for seq in range(length)]
    expected = chain_of(length, leaves, heads(*range(length)))
    assert followed(short_chain()[:length]) == (expected, [])
    assert followed(short_chain()[:length][::-1]) == (expected, [])


@pytest.mark.usefixtures("_each_way")
def test_of_other_sizes_nothing_is_kept() -> None:
    chain = check_chain.check_chain(VAULT, read_of(short_chain()), [2, 99], [])
    assert (list(chain.roots), list(chain.heads)) == ([2], [2])


def test_most_chains_are_told_at_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_chain, "_Walk", lambda *_: pytest.fail("it was walked"))
    assert followed(short_chain())[1] == []


def test_without_vault_the_first_line_follows_nothing_that_is_known() -> None:
    findings: list[Finding] = []
    lines = short_chain()
    lines[0] = lines[0]._replace(prev=bytes(32))
    chain = check_chain.check_chain(None, read_of(lines), EVERY_SIZE, findings)
    assert (chain.size, findings) == (LENGTH, [])
    assert check_chain.check_chain(None, read_of([]), [], []) == Chain(0, "", EMPTY_ROOT, 0)


def test_the_place_and_the_words_of_a_finding_are_those_of_its_line() -> None:
    findings: list[Finding] = []
    lines = short_chain()
    del lines[2:4]
    check_chain.check_chain(VAULT, read_of(lines), (), findings)
    message = "2 entries before this one are missing"
    assert findings[0] == Finding("SEQ_GAP", "logs/threats.jsonl:3", 4, message)


def test_another_line_of_the_same_number_is_told_and_not_followed() -> None:
    lines = short_chain()
    lines.insert(3, lines[2]._replace(digest=bytes(32), leaf=bytes(32), id=None, links=()))
    leaves = [leaf(seq) for seq in range(LENGTH)]
    expected = chain_of(LENGTH, leaves, heads(*range(LENGTH)))
    assert followed(lines) == (expected, [("SEQ_REPEAT", 2)])


@pytest.mark.parametrize("at", range(LENGTH))
def test_a_line_that_does_not_follow_the_one_before_it_ends_the_run(at: int) -> None:
    lines = short_chain()
    lines[at] = lines[at]._replace(prev=digest(at))
    leaves = [leaf(seq) for seq in range(LENGTH)]
    expected = chain_of(at, leaves, heads(*range(LENGTH)))
    assert followed(lines) == (expected, [("CHAIN_BROKEN", at)])


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("at", range(LENGTH - 2))
def test_lines_that_are_missing_end_the_run_and_the_tree(at: int, missing: int) -> None:
    lines = [one._replace(links=()) for one in short_chain()]
    del lines[at : at + missing]
    leaves = [leaf(seq) for seq in range(at)]
    expected = chain_of(at, leaves, heads(*range(at), *range(at + missing, LENGTH)))
    assert followed(lines) == (expected, [("SEQ_GAP", at + missing)])


@pytest.mark.parametrize("at", range(LENGTH - 1))
def test_one_damaged_line_stands_where_one_is_missing(at: int) -> None:
    """So the tree can be told all the same, and a note above it checked."""
    lines = [one._replace(links=()) for one in short_chain()]
    del lines[at]
    leaves = [BAD.leaf if seq == at else leaf(seq) for seq in range(LENGTH)]
    expected = chain_of(at, leaves, heads(*range(LENGTH)) | {at + 1: BAD.digest})
    assert followed(lines, [BAD]) == (expected, [])


def test_one_damaged_line_fills_one_gap_only() -> None:
    lines = [one._replace(links=()) for one in short_chain()]
    del lines[4], lines[1]
    leaves = [leaf(0), BAD.leaf, leaf(2), leaf(3)]
    expected = chain_of(1, leaves, heads(*(0, 2, 3, 5, 6)) | {2: BAD.digest})
    assert followed(lines, [BAD]) == (expected, [("SEQ_GAP", 5)])


@pytest.mark.parametrize(
    ("missing", "damaged", "told"),
    [(2, 1, "1 entries"), (3, 1, "2 entries"), (2, 2, None), (1, 2, None), (3, 2, "1 entries")],
)
def test_of_more_lines_nobody_knows_where_they_stood(
    missing: int, damaged: int, told: str | None
) -> None:
    findings: list[Finding] = []
    lines = [one._replace(links=()) for one in short_chain()]
    del lines[2 : 2 + missing]
    found = read_of(lines, [BAD] * damaged)
    chain = check_chain.check_chain(VAULT, found, EVERY_SIZE, findings)
    words = f"{told} before this one are missing"
    where = "logs/threats.jsonl:3"
    assert findings == ([Finding("SEQ_GAP", where, 2 + missing, words)] if told else [])
    assert (chain.size, sorted(chain.roots)) == (2, [1, 2])
    unused = damaged - missing
    assert chain.total == LENGTH + (1 if unused == 1 else 0)


def test_the_damaged_lines_at_the_end_are_none_that_are_missing() -> None:
    leaves = [leaf(seq) for seq in range(LENGTH)]
    expected = chain_of(LENGTH, leaves, heads(*range(LENGTH)))
    assert followed(short_chain(), [BAD, BAD]) == (expected, [])
    with_one = followed(short_chain(), [BAD])
    digests = heads(*range(LENGTH)) | {LENGTH + 1: BAD.digest}
    assert with_one == (chain_of(LENGTH, [*leaves, BAD.leaf], digests), [])


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ((0, 1, 1, 2, 2, 3, 4), []),
        ((0, 5, 1, 2, 2, 3, 4), [2]),
        ((0, 5, 1, 4, 3, 3, 4), [2, 4]),
        ((0, 5, None, 5, 4, None, 3), [4, 6]),
        ((None, 5, None, None, None, 6, 6), []),
    ],
)
def test_each_step_back_of_the_clock_is_told_once(
    seconds: Sequence[int | None], told: list[int]
) -> None:
    lines = [
        one._replace(at=NO_AT if second is None else b"2026-11-24T04:30:%02d.000Z" % second)
        for one, second in zip(short_chain(), seconds, strict=True)
    ]
    assert followed(lines)[1] == [("CLOCK_BACKWARDS", seq) for seq in told]


@pytest.mark.parametrize(
    ("seq", "identity", "told"),
    [
        (0, "X-0002", [("ID_BAD", 0), ("ID_REPEAT", 6)]),
        (1, "T-0003", [("ID_BAD", 1), ("REF_DANGLING", 3), ("REF_DANGLING", 4), ("ID_BAD", 4)]),
        (3, "T-0001.2", [("ID_BAD", 3), ("ID_REPEAT", 5)]),
        (3, "T-0002.1", [("REF_DANGLING", 5), ("ID_BAD", 5)]),
        (4, "T-0003", [("ID_BAD", 4)]),
        (5, "T-0001.3", [("ID_BAD", 5), ("REF_DANGLING", 6)]),
        (6, "X-0003", [("ID_BAD", 6)]),
        (6, "E-0001", [("ID_REPEAT", 6)]),
        (6, "C-0001", []),
        (6, "X-0001.1", []),
        (6, None, []),
    ],
)
@pytest.mark.usefixtures("_each_way")
def test_an_id_that_is_taken_or_out_of_order_is_told(
    seq: int, identity: str | None, told: list[tuple[str, int]]
) -> None:
    lines = short_chain()
    lines[seq] = lines[seq]._replace(id=parse_id(identity) if identity else None)
    assert sorted(followed(lines)[1]) == sorted(told)


@pytest.mark.parametrize(("identity", "told"), [("T-0001", [("ID_REPEAT", 3)]), (None, [])])
def test_behind_one_fault_the_next_is_found(
    identity: str | None, told: list[tuple[str, int]]
) -> None:
    lines = [one._replace(links=()) for one in short_chain()]
    lines[3] = lines[3]._replace(id=parse_id(identity) if identity else None)
    lines[6] = lines[6]._replace(id=parse_id("X-0003"))
    assert followed(lines)[1] == [*told, ("ID_BAD", 5), ("ID_BAD", 6)]


def test_after_an_id_out_of_order_the_next_goes_on_from_it() -> None:
    lines = short_chain()
    for seq, identity in ((4, "T-0007"), (6, "T-0008")):
        lines[seq] = lines[seq]._replace(id=parse_id(identity))
    assert followed(lines)[1] == [("ID_BAD", 4)]


@pytest.mark.parametrize(
    ("link", "is_there"),
    [
        *(("T-0001", True), ("E-0001", True), ("T-0001.1", True), ("X-0001", True)),
        *(("T-0001.2", False), ("T-0001.3", False), ("T-0002.1", False), ("T-0003", False)),
        *(("T-0002", False), ("X-0002", False), ("C-0001", False), ("E-0000", False)),
        *(("E-0002", False), ("#0", False), ("", False), ("T-", False), ("T-0001.0", False)),
        ("T-10001", False),
    ],
)
@pytest.mark.usefixtures("_each_way")
def test_an_entry_names_only_what_stands_before_it(link: str, is_there: bool) -> None:
    lines = short_chain()
    lines[4] = lines[4]._replace(links=("T-0001", link))
    assert followed(lines)[1] == ([] if is_there else [("REF_DANGLING", 4)])


@pytest.mark.parametrize("seq", range(LENGTH))
@pytest.mark.usefixtures("_each_way")
def test_no_entry_names_itself(seq: int) -> None:
    lines = short_chain()
    lines[seq] = lines[seq]._replace(links=(IDS[seq],))
    assert followed(lines)[1] == [("REF_DANGLING", seq)]


def test_where_lines_are_missing_no_number_is_out_of_order() -> None:
    """Those that are missing are told; that the ids jump with them is nothing more."""
    lines = [one._replace(links=()) for one in short_chain()]
    del lines[1]
    assert followed(lines)[1] == [("SEQ_GAP", 2)]
    assert followed(lines, [BAD])[1] == []
    lines[-1] = lines[-1]._replace(id=parse_id("X-0007"))
    assert followed(lines, [BAD])[1] == []
    lines = short_chain()
    lines[-1] = lines[-1]._replace(id=parse_id("X-0007"))
    assert followed(lines)[1] == [("ID_BAD", 6)]
    assert followed(lines, [BAD])[1] == []  # whose number nobody knows
