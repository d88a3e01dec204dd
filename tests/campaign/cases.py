"""The vaults that are disturbed, the commands that disturb them, and how both are judged after."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from tests.vault.campaign import IS_LONG
from tests.vault.desk import AUTHOR, Promise, add_files, attach, init, log_threat, original, run

from stalklog.cli.evidence import LEFT_OUT_EXIT
from stalklog.records.types import LOGS
from stalklog.vault.disk import Disk
from stalklog.vault.layout import HEADER, LATEST_NOTE, STATE, log_name, object_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import Expectation, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from tests.campaign.commands import Commands, Ran

_T = TypeVar("_T")

NAMES: Final = ("add", "many", "held", "log", "both", "recovery", "init")
MANY: Final = 9
"""From eight files on they are synced together."""
WORDS: Final = "I know where you are."
ONE_MORE: Final = ("log-threat", "--precision", "unknown", "--words", "one more", "--json")
NOT_SAVED: Final = "Not saved"
"""How the message begins where nothing of the command is in the vault."""
OWN: Final = {
    "add": b'"name":"one.eml"',
    "many": b'"name":"7.txt"',
    "held": b'"name":"held.png"',
    "log": WORDS.encode(),
    "both": b"They took the report.",
    "recovery": b'"one more"',
}
"""What stands in an entry that the disturbed command makes."""
LEFT_BY_A_KILL: Final = frozenset({"TORN_TAIL", "STATE_BAD", "ORPHAN_OBJECT"})
"""What the format's table says that an interruption may leave."""
LEFT_AFTERWARDS: Final = frozenset({"ORPHAN_OBJECT"})
"""What may still be there when the next command is done: a copy that no entry names."""


@dataclass(frozen=True, slots=True)
class Case:
    """A vault, all that was promised of it, and the command that is disturbed."""

    name: str
    folder: Path
    """Holds the vault, and the files that are added; never changed."""
    promise: Promise
    kept: Expectation | None
    """The head of the last receipt; None where there is no vault yet."""
    argv: tuple[str, ...]
    """With `{}` for the folder."""

    def fresh(self, place: Path) -> tuple[str, ...]:
        """Put a copy of all of it in place; the command line for it."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder, place, symlinks=True)
        return tuple(word.format(place) for word in self.argv)


def make_cases(place: Path) -> list[Case]:
    """An add of two files, and of so many that the disk is synced at once; an add of held bytes; a
    log entry; both; a recovery; an init."""
    make: list[tuple[str, Callable[[Path], tuple[str, ...]]]] = [
        ("add", lambda _vault: ("add-evidence", "{}/one.eml", "{}/two.png", "--json")),
        ("many", lambda _vault: ("add-evidence", "{}/nine", "--json")),
        ("held", lambda _vault: ("add-evidence", "{}/held.png", "--json")),
        ("log", lambda _vault: ("log-threat", "--when", "today", "--words", WORDS, "--json")),
        ("both", lambda _vault: (*_CONTACT, "--attach", "{}/one.eml", "--json")),
        ("recovery", _interrupt),
    ]
    cases = [_case(place / name, name, prepare) for name, prepare in make]
    (place / "init").mkdir(parents=True)
    init_line = ("init", "{}/vault", "--tz", "Asia/Kolkata", "--json")
    return [*cases, Case("init", place / "init", Promise(), None, init_line)]


def every(items: Sequence[_T], count: int) -> list[_T]:
    """All of them in the long form; else so many, spread evenly, the last one among them."""
    step = 1 if IS_LONG else max(1, len(items) // count)
    return list(items[::-step])


_CONTACT: Final = (
    "log-contact", "--agency", "Example Police", "--kind", "police", "--when", "today",
    "--summary", "They took the report.",
)  # fmt: skip


def _case(folder: Path, name: str, prepare: Callable[[Path], tuple[str, ...]]) -> Case:
    vault = folder / "vault"
    vault.mkdir(parents=True, mode=0o700)
    (folder / "one.eml").write_bytes(b"From: nobody@example.org\nSubject: x\n\n" + b"words\n" * 99)
    (folder / "two.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (folder / "held.png").write_bytes(original(1))
    (folder / "nine").mkdir()
    for number in range(MANY):
        (folder / "nine" / f"{number}.txt").write_bytes(b"%d\n" % number)
    promise = Promise()
    disk = Disk(vault)
    init(disk, promise)
    for command in (log_threat, add_files(1, 2), attach):
        run(disk, command, promise)
    kept = _head_of(disk)
    disk.close()
    argv = prepare(vault)
    return Case(name, folder, promise, kept, ("--vault", "{}/vault", *argv))


def _interrupt(vault: Path) -> tuple[str, ...]:
    """Leave what interruptions leave: good lines past `state`, torn ones, a copy in `tmp/`."""
    before = {name: (vault / name).read_bytes() for name in (STATE, LATEST_NOTE)}
    disk = Disk(vault)
    for command in (add_files(3), attach):
        with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
            command(writer)
            writer.commit()
    disk.close()
    for name, data in before.items():
        (vault / name).write_bytes(data)
    for name, torn in (
        ("demands", b'{"at":"2026-11-24T04:30:00.000Z","bo'),
        ("threats", bytes(99)),
    ):
        with (vault / log_name(name)).open("ab") as log:
            log.write(torn)
    (vault / "tmp" / "0123456789abcdef01234567").write_bytes(b"half a copy")
    return ONE_MORE


def _head_of(disk: Disk) -> Expectation:
    state = Vault(disk).state
    assert state is not None
    return Expectation(state.size, state.head)


# Judging


def judge(
    commands: Commands, case: Case, place: Path, ran: Ran, *, is_tidy: bool = True
) -> str | None:
    """What is wrong after a command was disturbed; None where nothing is lost and all goes on.

    Args:
        commands: To give the next one.
        case: What was promised before.
        place: Where it was disturbed.
        ran: How it ended.
        is_tidy: Whether nothing of it may be left in `tmp/` when the next command is done.
    """
    vault = place / "vault"
    return (
        judge_answer(ran)
        or _judge_vault(case, vault, ran, LEFT_BY_A_KILL)
        or _go_on(commands, case, place)
        or _judge_words(case, vault, ran)
        or _judge_vault(case, vault, ran, LEFT_AFTERWARDS)
        or (judge_tidiness(vault) if is_tidy else None)
    )


def judge_answer(ran: Ran) -> str | None:
    """Whoever reads the answer knows whether it was saved: a receipt, or an error in our words."""
    if "Traceback" in ran.err or ran.code in {1, 70}:
        return f"a bug was shown: {ran.code} {ran.err}"
    if ran.code == -signal.SIGKILL:
        return None  # it could say nothing
    if ran.code < 0:
        return f"it crashed, or it hung until the alarm: {ran.code}"
    if ran.code in {0, LEFT_OUT_EXIT}:
        receipt = ran.receipt or {}
        is_right = "head" in receipt and (ran.code == 0 or receipt["skipped"])
        return None if is_right else f"exit {ran.code} without what belongs to it: {ran.out!r}"
    try:
        told = json.loads(ran.err)
    except ValueError:
        return f"exit {ran.code} without an error: {ran.err!r}"
    return None if told["code"] == ran.code and told["message"] else f"a poor error: {told}"


def _judge_words(case: Case, vault: Path, ran: Ran) -> str | None:
    """What is told as not saved is not there when the next command is done."""
    if case.kept is None or f'"message": "{NOT_SAVED}' not in ran.err:
        return None
    return None if not count_own(case, vault) else f"told as not saved, but there: {ran.err}"


def count_own(case: Case, vault: Path) -> int:
    """How many entries the disturbed command made, now that the next command is done."""
    assert case.kept is not None
    lines = [
        line
        for log in LOGS
        for line in (vault / log_name(log)).read_bytes().splitlines()
        if OWN[case.name] in line and json.loads(line)["seq"] >= case.kept.size
    ]
    return len(lines) - (case.name == "recovery")  # there the next command is the same one


def _judge_vault(case: Case, vault: Path, ran: Ran, allowed: frozenset[str]) -> str | None:
    if not (vault / HEADER).exists():
        return None if case.kept is None and ran.receipt is None else "the vault is gone"
    disk = Disk(vault)
    try:
        for kept in (case.kept, receipt_head(ran)):
            checked = check_vault(disk, expect=kept, wait_s=0)
            found = {finding.code for finding in checked.findings} - allowed
            if checked.verdict != "intact" or found:
                return f"verify says {checked.verdict}: {sorted(found)}"
        return case.promise.broken_on(disk) or unkept(vault, [ran.receipt] if ran.receipt else [])
    finally:
        disk.close()


def receipt_head(ran: Ran) -> Expectation | None:
    receipt = ran.receipt
    return Expectation(receipt["size"], receipt["head"]) if receipt else None


def unkept(vault: Path, receipts: list[dict[str, Any]]) -> str | None:
    """What a receipt says and the vault does not have; None where all is there."""
    lines = {
        json.loads(line)["seq"]: line
        for log in LOGS
        for line in (vault / log_name(log)).read_bytes().splitlines()
        if line.endswith(b"}")
    }
    for receipt in receipts:
        last = lines.get(receipt["size"] - 1, b"")
        if hashlib.sha256(last).hexdigest() != receipt["head"]:
            return f"the head at {receipt['size']} is another"
        if "seq" in receipt and json.loads(lines[receipt["seq"]])["id"] != receipt["id"]:
            return f"{receipt['id']} is not there"
        for item in [*receipt.get("added", []), *receipt.get("attached", [])]:
            entry = json.loads(lines[item["seq"]])
            if (entry["id"], entry["body"]["sha256"]) != (item["id"], item["sha256"]):
                return f"{item['id']} is not there"
            data = (vault / object_name(item["sha256"])).read_bytes()
            if hashlib.sha256(data).hexdigest() != item["sha256"]:
                return f"the original of {item['id']} is another"
    return None


def _go_on(commands: Commands, case: Case, place: Path) -> str | None:
    """The next command works; where no vault came to be, `init` does."""
    vault = place / "vault"
    if (vault / HEADER).exists():
        again = commands.run("--vault", str(vault), *ONE_MORE)
    else:
        again = commands.run(*(word.format(place) for word in case.argv))
    return None if again.code == 0 else f"the next command exits {again.code}: {again.err}"


def judge_tidiness(vault: Path) -> str | None:
    left = sorted(path.name for path in (vault / "tmp").iterdir())
    return f"left in tmp: {left}" if left else None
