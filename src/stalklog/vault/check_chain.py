"""Check the one chain through all logs: order, links, ids, clock, tree.

Most chains hold: `_holds` tells it of the packed columns, and then only the tree is to be built.
Of one that does not, `_Walk` and `_check_ids` go through the lines one by one and name what is
wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.core.merkle import EMPTY_ROOT, Frontier
from stalklog.i18n import gettext as _
from stalklog.records.types import PREFIXES
from stalklog.vault.facts import AT_BYTES, NO_AT, log_number
from stalklog.vault.findings import Finding
from stalklog.vault.log import Id, parse_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from stalklog.vault.check_lines import Read
    from stalklog.vault.facts import Columns, Row
    from stalklog.vault.layout import Header
    from stalklog.vault.stretch import BadLine


_LOG_OF: Final = {f"{prefix}-": log_number(log) for log, prefix in PREFIXES.items()}
"""By the beginning of an id, which log it counts in."""


@dataclass(slots=True)
class Chain:
    """The chain as far as it holds."""

    size: int = 0
    """How many entries stand in one unbroken run from the first."""
    head: str = ""
    """SHA-256 of the last of them."""
    root: bytes = EMPTY_ROOT
    """The root of the tree over them."""
    total: int = 0
    """One more than the highest seq that was found."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """The roots at the sizes that were asked for, as far as the lines are all there."""
    heads: dict[int, str] = field(default_factory=dict)
    """The heads at those sizes."""


def check_chain(
    header: Header | None, read: Read, sizes: Collection[int], findings: list[Finding]
) -> Chain:
    """Follow the chain through all lines in the order of `seq`.

    Args:
        header: `VAULT`, whose hash is the line before the first; None where it is damaged.
        read: The lines of all logs.
        sizes: For which sizes the root and the head are wanted.
        findings: Grows by what is found.
    """
    facts, order = read.facts, read.facts.in_order()
    if header is not None and not read.bad and _holds(header, facts, order):
        return _whole_chain(facts, order, frozenset(sizes))
    walk = _Walk(header, read, sizes, findings)
    for row in facts.rows(order):
        walk.step(row)
    walk.end()
    _check_ids(facts.rows(order), walk.has_holes, findings)
    return walk.chain


def _holds(header: Header, facts: Columns, order: list[int]) -> bool:
    """Whether there is a chain, and nothing at all wrong with it: compared column by column."""
    digests = facts.hashes("digests", order)
    ats = [facts.ats[place * AT_BYTES : (place + 1) * AT_BYTES] for place in order]
    return (
        [facts.seqs[place] for place in order] == list(range(len(order)))
        and facts.hashes("prevs", order) == [bytes.fromhex(header.line_sha256), *digests[:-1]]
        and ats == sorted(ats)
        and _ids_hold(facts, order)
    )


def _ids_hold(facts: Columns, order: list[int]) -> bool:
    """Whether ids count up in each log, amendments by themselves, and links name earlier entries.

    Args:
        facts: The lines, whose `seq` are the numbers from 0 on.
        order: Their places in that order.
    """
    seqs_of: dict[tuple[int, int], list[int]] = {}
    """By log, or log and number for amendments: the `seq` of each number, from 1 on."""
    for seq, place in enumerate(order):
        amendment, number = facts.amendments[place], facts.numbers[place]
        seqs = seqs_of.setdefault((facts.id_logs[place], number if amendment else 0), [])
        seqs.append(seq)
        if (amendment or number) != len(seqs):  # so it is where there is no id
            return False
    return all(
        _is_earlier(link, facts.seqs[place], seqs_of)
        for place, links in facts.links.items()
        for link in links
    )


def _is_earlier(link: str, seq: int, seqs_of: dict[tuple[int, int], list[int]]) -> bool:
    """Whether a link names an entry that stands before the one with this `seq`."""
    log, count = _LOG_OF.get(link[:2]), link[2:]
    if log is not None and count.isdecimal():  # not of an amendment, as most are not
        seqs, number = seqs_of.get((log, 0), ()), int(count)
        return 0 < number <= len(seqs) and seqs[number - 1] < seq
    named = parse_id(link)
    if named is None or named.amendment is None:
        return False
    seqs = seqs_of.get((log_number(named.log), named.number), ())
    return named.amendment <= len(seqs) and seqs[named.amendment - 1] < seq


def _whole_chain(facts: Columns, order: list[int], sizes: frozenset[int]) -> Chain:
    """The chain of all lines, one at least, of which nothing is wrong."""
    chain, tree = Chain(head=facts.digest(order[-1]).hex()), Frontier()
    leaves = facts.hashes("leaves", order)
    for size in sorted(size for size in sizes if 0 < size <= len(order)):
        tree.extend(leaves[tree.size : size])
        chain.roots[size] = tree.root()
        chain.heads[size] = facts.digest(order[size - 1]).hex()
    tree.extend(leaves[tree.size :])
    chain.size = chain.total = len(order)
    chain.root = tree.root()
    return chain


class _Walk:
    def __init__(
        self, header: Header | None, read: Read, sizes: Collection[int], findings: list[Finding]
    ) -> None:
        self.chain = Chain(head=header.line_sha256 if header else "")
        self.has_holes = bool(read.bad)
        self._bad: list[BadLine] = list(read.bad)
        self._before = bytes.fromhex(header.line_sha256) if header else None
        self._tree: Frontier | None = Frontier()
        self._is_unbroken = True
        self._sizes = frozenset(sizes)
        self._at = b""
        self._findings = findings

    def step(self, row: Row) -> None:
        expected = self.chain.total
        if row.seq < expected:
            self._say("SEQ_REPEAT", row, _("there is another entry of this number"))
            return
        if row.seq > expected:
            self._gap(row, row.seq - expected)
        self._link(row)
        self._clock(row)
        self._grow(row.leaf, row.digest)

    def end(self) -> None:
        """Lines at the very end that cannot be read leave no gap, but they are there."""
        if len(self._bad) == 1:
            self._break()
            self._grow(self._bad[0].leaf, self._bad[0].digest)
        self._break()

    def _gap(self, row: Row, missing: int) -> None:
        self.has_holes = True
        self._break()
        if missing == 1 and len(self._bad) == 1:  # the one damaged line stood here
            bad = self._bad.pop()
            self._grow(bad.leaf, bad.digest)
            self._before = None
            return
        found = min(missing, len(self._bad))
        del self._bad[:found]
        if missing > found:
            self._say(
                "SEQ_GAP",
                row,
                _("{count} entries before this one are missing").format(count=missing - found),
            )
        self._tree = None
        self._before = None
        self.chain.total = row.seq

    def _link(self, row: Row) -> None:
        if self._before is not None and row.prev != self._before:
            self._break()
            self._say(
                "CHAIN_BROKEN", row, _("the entry before this one is not the one it followed")
            )

    def _clock(self, row: Row) -> None:
        if row.at == NO_AT:
            return
        if row.at < self._at:
            self._say("CLOCK_BACKWARDS", row, _("the clock was set back before this entry"))
        self._at = row.at

    def _grow(self, leaf: bytes, digest: bytes) -> None:
        chain = self.chain
        chain.total += 1
        self._before = digest
        if self._tree is not None:
            self._tree.add(leaf)
            if chain.total in self._sizes:
                chain.roots[chain.total] = self._tree.root()
        if chain.total in self._sizes:
            chain.heads[chain.total] = digest.hex()
        if self._is_unbroken:
            chain.size, chain.head = chain.total, digest.hex()

    def _break(self) -> None:
        """From here on nothing counts as unbroken: keep the root of what did."""
        if self._is_unbroken and self._tree is not None:
            self.chain.root = self._tree.root()
        self._is_unbroken = False

    def _say(self, code: str, row: Row, message: str) -> None:
        self._findings.append(Finding(code, row.where, row.seq, message))


def _check_ids(rows: Iterable[Row], has_holes: bool, findings: list[Finding]) -> None:  # noqa: FBT001
    """Ids count up in each log, amendments by themselves, and links name earlier entries."""
    counters: dict[object, int] = {}
    known: dict[str, int] = {}
    for row in rows:
        if row.id is None:
            continue
        if str(row.id) in known:
            findings.append(Finding("ID_REPEAT", row.where, row.seq, _("the id is taken")))
            continue
        known[str(row.id)] = row.seq
        counter: object = row.id.log if row.id.amendment is None else _whole(row.id)
        number = row.id.number if row.id.amendment is None else row.id.amendment
        if number != counters.get(counter, 0) + 1 and not has_holes:
            findings.append(Finding("ID_BAD", row.where, row.seq, _("the id is out of order")))
        counters[counter] = number
        for link in row.links:
            if known.get(link, row.seq) >= row.seq:
                findings.append(
                    Finding(
                        "REF_DANGLING", row.where, row.seq, _("it names an entry that is not there")
                    )
                )


def _whole(identity: Id) -> Id:
    return Id(identity.log, identity.number, None)
