"""Every command in any order, disturbed in any way, against a list of what was acknowledged."""

from __future__ import annotations

import hashlib
import random
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.vault.campaign import IS_LONG, KEPT, points
from tests.vault.desk import (
    AUTHOR,
    OCCURRED,
    Promise,
    init,
    keep_receipt,
    original,
    recover,
    repair,
    threat,
)
from tests.vault.model_disk import Faults, ModelDisk, crash_states
from tests.vault.plain_model import PlainModel

from stalklog.errors import StalklogError
from stalklog.records.view import case, current
from stalklog.vault.layout import HEADER
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from tests.vault.campaign import Act
    from tests.vault.model_disk import Kept
    from tests.vault.plain_model import Planned, Record

    from stalklog.core.entry import Entry, JsonObject
    from stalklog.vault.writer import Writer

STEPS: Final = 4_000 if IS_LONG else 120
"""How many commands are given at least, over all runs."""
RUNS: Final = settings(
    max_examples=20 if IS_LONG else 5,
    stateful_step_count=50 if IS_LONG else 30,
    derandomize=not IS_LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
WORDS: Final = st.sampled_from(
    ["I know where you are.", "मुझे पता है", "two\nlines", "\x1b[31mred", "\u202egnp.exe", "🌙"]
)
NUMBERS: Final = st.integers(0, 60)
FREE_FIELD: Final = {
    "evidence.added": "note",
    "threat.logged": "place",
    "contact.logged": "summary",
    "demand.made": "words",
}
OPTIONAL: Final = frozenset({"note", "place"})
Fill: TypeAlias = "Callable[[Adding], object]"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What goes wrong in a command, and when: the numbers are taken modulo what there is."""

    how: Literal["nothing", "kill", "power", "sync", "full"] = "nothing"
    when: int = 0
    which: int = 0
    """Which of the states that a power loss may leave; of a failed sync what is left."""
    is_evicted: bool = False
    """Whether the page cache is dropped before the next command."""


DISTURBANCES: Final = st.one_of(
    st.just(Disturbance()),
    st.builds(
        Disturbance,
        how=st.sampled_from(["kill", "power", "sync", "full"]),
        when=st.integers(0, 400),
        which=st.integers(0, 30),
        is_evicted=st.booleans(),
    ),
)


class Adding:
    """A command as it plans its entries; what it plans is written down here too."""

    def __init__(self, writer: Writer, planned: list[Planned]) -> None:
        self.writer = writer
        self._planned = planned
        self._originals: list[bytes] = []

    def add(self, type_name: str, body: JsonObject) -> str:
        self._planned.append((type_name, body))
        return self.writer.add(type_name, body).id

    def keep(self, number: int) -> str:
        data = original(number)
        half = len(data) // 2
        stored = self.writer.store([data[:half], data[half:]])
        assert stored.sha256 == hashlib.sha256(data).hexdigest()
        self._originals.append(data)
        return self.add(
            "evidence.added",
            {
                "sha256": stored.sha256,
                "size_bytes": stored.size_bytes,
                "kind": "screenshot",
                "name": f"shot-{number}.png",
                "media_type": "image/png",
            },
        )

    def commit(self, disk: ModelDisk, promise: Promise) -> None:
        keep_receipt(disk, promise, self.writer.commit(), self._originals)


class Person(RuleBasedStateMachine):
    """Somebody at a vault on a bad machine."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.disk = ModelDisk()
        self.promise = Promise()
        self.model = PlainModel()
        self.receipts: list[Expectation] = []

    # Making and mending

    @initialize(how=DISTURBANCES)
    def init(self, how: Disturbance) -> None:
        planned: list[Planned] = [("vault.created", {})]
        self._disturb(_init, planned, how)
        while self.disk.kind(HEADER) is None:
            self.model.begun.clear()
            self._disturb(_init, planned, Disturbance())

    @rule(how=DISTURBANCES)
    def recover(self, how: Disturbance) -> None:
        self._disturb(lambda disk, _promise: recover(disk), [], how, is_receipt=False)

    @rule(how=DISTURBANCES)
    def repair(self, how: Disturbance) -> None:
        self._disturb(lambda disk, _promise: repair(disk), [], how, is_receipt=False)

    # Adding

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=4), how=DISTURBANCES)
    def add_files(self, numbers: list[int], how: Disturbance) -> None:
        def fill(adding: Adding) -> None:
            for number in numbers:
                adding.keep(number)

        self._give(fill, how)

    @rule(number=NUMBERS, how=DISTURBANCES)
    def add_twice(self, number: int, how: Disturbance) -> None:
        def fill(adding: Adding) -> None:
            adding.keep(number)
            adding.keep(number)

        self._give(fill, how)

    @rule(words=WORDS, how=DISTURBANCES)
    def log_threat(self, words: str, how: Disturbance) -> None:
        self._give(lambda adding: adding.add("threat.logged", threat(words)), how)

    @rule(words=WORDS, numbers=st.lists(NUMBERS, max_size=2), how=DISTURBANCES)
    def log_contact(self, words: str, numbers: list[int], how: Disturbance) -> None:
        def fill(adding: Adding) -> None:
            ids = [adding.keep(number) for number in numbers]
            body: JsonObject = {
                "agency": "Example Police",
                "kind": "police",
                "direction": "out",
                "occurred": OCCURRED,
                "how": "in-person",
                "summary": words,
            }
            adding.add("contact.logged", {**body, "sent": [*ids]} if ids else body)

        self._give(fill, how)

    @rule(words=WORDS, how=DISTURBANCES)
    def log_demand(self, words: str, how: Disturbance) -> None:
        body: JsonObject = {
            "form": "formal",
            "occurred": OCCURRED,
            "how": "email",
            "to": "unknown sender",
            "words": words,
        }
        self._give(lambda adding: adding.add("demand.made", body), how)

    @rule(words=WORDS, is_unset=st.booleans(), how=DISTURBANCES)
    def note_case(self, words: str, is_unset: bool, how: Disturbance) -> None:
        body: JsonObject = {"unset": ["alias"]} if is_unset else {"set": {"alias": words}}
        self._give(lambda adding: adding.add("case.noted", body), how)

    @precondition(lambda self: self.model.correctable())
    @rule(data=st.data(), words=WORDS, how=DISTURBANCES)
    def amend(self, data: st.DataObject, words: str, how: Disturbance) -> None:
        target = data.draw(st.sampled_from(self.model.correctable()))
        name = FREE_FIELD[target.type]
        is_unset = name in OPTIONAL and name in target.fields
        change: JsonObject = {"unset": [name]} if is_unset else {"set": {name: words}}
        body: JsonObject = {"amends": target.id, "reason": "remembered later", **change}
        self._give(lambda adding: adding.add("entry.amended", body), how)

    @precondition(lambda self: self.model.correctable())
    @rule(data=st.data(), how=DISTURBANCES)
    def withdraw(self, data: st.DataObject, how: Disturbance) -> None:
        target = data.draw(st.sampled_from(self.model.correctable()))
        body: JsonObject = {"withdraws": target.id, "reason": "logged twice"}
        self._give(lambda adding: adding.add("entry.withdrawn", body), how)

    @rule(how=DISTURBANCES)
    def report(self, how: Disturbance) -> None:
        def fill(adding: Adding) -> None:
            size = adding.writer.size
            adding.writer.keep_note()
            body: JsonObject = {"sha256": "ab" * 32, "size_bytes": 4, "format": "html"}
            adding.add("report.made", {**body, "checkpoint_size": size})

        self._give(fill, how)

    # Looking

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def verify(self, data: st.DataObject) -> None:
        kept = data.draw(st.sampled_from(self.receipts))
        checked = check_vault(self.disk, expect=kept, wait_s=0)
        assert (checked.verdict, checked.completeness) == ("intact", "checked")
        assert checked.size >= self.receipts[-1].size
        Person.steps += 1

    @rule()
    def read(self) -> None:
        """What a reader shows is the list, with what a command began where `state` has it."""
        vault = Vault(self.disk)
        entries = list(vault.entries())
        assert not vault.unreadable_lines
        expected = self.model.copy()
        expected.adopt(entries, is_settled=False)
        assert len(entries) == len(expected.ids)
        assert [shown.id for shown in current(entries)] == [r.id for r in expected.records]
        for shown, record in zip(current(entries), expected.records, strict=True):
            found = (shown.fields, shown.withdrawn, len(shown.history))
            assert found == (record.fields, record.is_withdrawn, record.corrections)
        assert case(entries) == expected.case
        for record in expected.records:
            if record.type == "evidence.added":
                self._require_original(vault, record)
        Person.steps += 1

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        if self.disk.kind(HEADER) is None:
            assert not self.promise.lines
            return
        assert self.promise.broken_on(self.disk) is None
        kept = self.receipts[-1] if self.receipts else None
        checked = check_vault(self.disk, expect=kept, wait_s=0)
        assert checked.verdict == "intact", checked.findings

    def _require_original(self, vault: Vault, record: Record) -> None:
        entry = next(one for one in vault.entries(("evidence",)) if one.id == record.id)
        blocks: list[bytes] = []
        vault.copy_original(entry, blocks.append)
        data = b"".join(blocks)
        assert hashlib.sha256(data).hexdigest() == record.fields["sha256"]
        assert len(data) == record.fields["size_bytes"]

    # Giving a command

    def _give(self, fill: Fill, how: Disturbance) -> None:
        planned: list[Planned] = []

        def act(disk: ModelDisk, promise: Promise) -> None:
            planned.clear()
            with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
                adding = Adding(writer, planned)
                fill(adding)
                adding.commit(disk, promise)

        self._disturb(act, planned, how)

    def _disturb(
        self, act: Act, planned: list[Planned], how: Disturbance, *, is_receipt: bool = True
    ) -> None:
        """Give the command, let it be disturbed, and write down what was promised by then."""
        Person.steps += 1
        before = len(self.promise.lines)
        is_done = self._run(act, how)
        self.model.begun.append(list(planned))
        if is_receipt and len(self.promise.lines) == before:
            return
        if is_done:
            if not is_receipt and how.how == "power":
                recover(self.disk)  # the name of `state` may not have lasted; its lines have
            self._settle()

    def _settle(self) -> None:
        """All that lies there now was acknowledged."""
        entries = list(Vault(self.disk).entries())
        self.model.adopt(entries, is_settled=True)
        assert len(entries) == len(self.model.ids)
        self.receipts.append(Expectation(len(entries), _head(entries)))

    def _run(self, act: Act, how: Disturbance) -> bool:
        """Whether the command came to its end."""
        if how.how in {"kill", "power"}:
            return self._stop(act, how)
        self.disk = self.disk.copy()
        if how.how != "nothing":
            self.disk.faults = self._faults(act, how)
        try:
            act(self.disk, self.promise)
        except StalklogError:
            assert how.how != "nothing", "a command was refused"
            is_done = False
        else:
            is_done = True
        self.disk = self.disk.copy()
        if how.is_evicted:
            self.disk.evict()
        return is_done

    def _stop(self, act: Act, how: Disturbance) -> bool:
        found = points(self.disk, self.promise, act)
        at = how.when % len(found)
        self.disk, self.promise = found[at]
        if how.how == "power":
            states = list(crash_states(self.disk, limit=12, seed=how.which))
            self.disk = states[how.which % len(states)]
        else:
            self.disk = self.disk.copy()
        return at == len(found) - 1

    def _faults(self, act: Act, how: Disturbance) -> Faults:
        counting = self.disk.copy()
        act(counting, self.promise.copy())
        kept: Kept = KEPT[how.which % len(KEPT)]
        if how.how == "sync":
            return Faults(sync=how.when % max(1, counting.counts.syncs), kept=kept)
        return Faults(write=how.when % max(1, counting.counts.writes))


def _init(disk: ModelDisk, promise: Promise) -> None:
    if disk.kind(HEADER) is None:
        init(disk, promise)


def _head(entries: list[Entry]) -> str:
    return entries[-1].line_sha256


def test_every_command_in_any_order_keeps_what_it_acknowledged(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    draw = random.Random(1)  # noqa: S311 - no secret: what fails can be run again
    monkeypatch.setattr(secrets, "token_hex", lambda size: draw.randbytes(size).hex())
    Person.steps = 0
    while Person.steps < STEPS:
        run_state_machine_as_test(Person, settings=RUNS)
    record_property("machine_steps", Person.steps)
