"""No word, name or picture that went into a sealed vault reaches the disk in any form."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.desk import AUTHOR, StandingClock, log_threat
from tests.vault.sealed_desk import HERS, sealing

from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault.disk import Disk
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRIVER: Final = Path(__file__).with_name("driver.py")
ROOT: Final = Path(__file__).parents[2]
CALLS: Final = "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg"
NAMING: Final = "rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,open,openat"
KILLED_AT: Final = "write,pwrite64,rename,renameat,renameat2,fsync,syncfs,unlinkat,openat"
TEXTS: Final = {
    "evidence": "note from-whom asserted-author url tags",
    "threat": "words recollection behaviour circumstances place target condition speaker weapon "
    "followed monitoring effect actions-taken breach-of-order translation",
    "contact": "agency unit person rank-or-role badge contact-details summary asked promised "
    "promised-by refusal-reason",
    "demand": "to words decided-with",
    "case": "alias name contact safe-contact operator postal-address",
    "amended": "place circumstances",
}
FIXED: Final = {
    "evidence": {},
    "threat": {"when": "2026-11-20 21:30"},
    "contact": {"kind": "police", "when": "2026-11-21 10:00"},
    "demand": {"when": "2026-11-19 10:00"},
    "case": {},
    "amended": {},
}


@dataclass(frozen=True)
class Place:
    """Where a day is spent: the vault, what goes in, and every folder where traces could be."""

    top: Path

    @property
    def vault(self) -> Path:
        return self.top / "v"

    @property
    def source(self) -> Path:
        return self.top / "source"

    def traces(self) -> list[Path]:
        return [self.vault, self.top / "tmp", self.top / "home"]

    def environment(self) -> dict[str, str]:
        home = self.top / "home"
        variables = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")
        return {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "HOME": str(home),
            "TMPDIR": str(self.top / "tmp"),
            **{f"XDG_{name}": str(home / name.lower()) for name in variables},
        }


class Canaries:
    """Words that occur nowhere else, each in all the forms in which it could be met."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.needles: dict[bytes, str] = {}

    def text(self, where: str) -> str:
        """A new canary for a field or a name."""
        digits = hashlib.sha256(f"{where} {len(self.words)}".encode()).hexdigest()[:20]
        word = f"Kanarie{digits}"
        self.words.append(word)
        for data in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
            self._add(data, f"{where}: the word")
        self._add_hash(word.encode(), f"{where}: hash of the word")
        return word

    def file(self, where: str, length: int) -> bytes:
        """The bytes of a new canary file."""
        word = self.text(where).encode()
        data = word * (length // len(word) + 1)
        self._add_hash(data, f"{where}: hash of the file")
        return data

    def found_in(self, data: bytes) -> str | None:
        """Where a canary in these bytes comes from; None where there is none."""
        return next((where for needle, where in self.needles.items() if needle in data), None)

    def _add_hash(self, data: bytes, where: str) -> None:
        self._add(hashlib.sha256(data).digest(), where)

    def _add(self, data: bytes, where: str) -> None:
        self.needles[data] = where
        self.needles[data.hex().encode()] = f"{where}, in hex"
        self.needles[data.hex().upper().encode()] = f"{where}, in hex"
        for shift in range(3):  # base64 looks another way at each of three places
            encoded = base64.b64encode(bytes(shift) + data)
            self.needles[encoded[4:-4]] = f"{where}, in base64"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Canaries]:
    """What is typed and added, and an empty sealed vault, without a passphrase."""
    place, canaries = Place(tmp_path_factory.mktemp("day")), Canaries()
    for folder in ("source/files/inside", "source/attached", "tmp", "home"):
        (place.top / folder).mkdir(parents=True)
    for number, length in enumerate((40, 200_000)):
        name = canaries.text("file name")
        data = canaries.file("file", length)
        (place.source / "files" / "inside" / f"{name}.txt").write_bytes(data)
        (place.source / "attached" / f"{number}{canaries.text('attached name')}.pdf").write_bytes(
            canaries.file("attached file", length)
        )
    typed: dict[str, object] = {"reason": canaries.text("reason"), "entries": 11}
    for record, names in TEXTS.items():
        fields = {name.replace("-", "_"): [canaries.text(name)] for name in names.split()}
        fields |= {name: [value] for name, value in FIXED[record].items()}
        typed[record] = fields
    typed["contact"] |= {"references": [f"other:{canaries.text('reference')}"]}  # type: ignore[operator]
    typed["case"] |= {"identifiers": [f"handle:{canaries.text('identifier')}"]}  # type: ignore[operator]
    (place.source / "typed.json").write_text(json.dumps(typed))
    create_vault(place.vault, clock=StandingClock(), settings=Settings(), sealing=sealing())
    return place, canaries


def fresh(day: tuple[Place, Canaries], tmp_path: Path) -> Place:
    place = Place(tmp_path)
    for name in ("v", "source", "tmp", "home"):
        shutil.copytree(day[0].top / name, tmp_path / name)
    return place


def spend(place: Place, *tracer: str) -> int:
    """The whole day in a process of its own, under a tracer where one is named."""
    command = [*tracer, sys.executable, str(DRIVER), str(place.vault), str(place.source)]
    done = subprocess.run(
        command,
        input=HERS.secrets[0] + "\n",
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, -signal.SIGKILL, 128 + signal.SIGKILL}:
        raise AssertionError(done.stderr[-2000:])
    assert not done.stdout
    return done.returncode


def require_nothing_left(place: Place, canaries: Canaries) -> None:
    for folder in place.traces():
        for path in (folder, *folder.rglob("*")):
            assert canaries.found_in(os.fsencode(path.relative_to(place.top))) is None
            if path.is_file():
                assert canaries.found_in(path.read_bytes()) is None, path
    secret = HERS.secrets[0].encode()
    assert not any(
        secret in path.read_bytes()
        for folder in place.traces()
        for path in folder.rglob("*")
        if path.is_file()
    )


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace here: what is written meanwhile was not watched")
    return found


def test_a_canary_in_any_form_would_be_found() -> None:
    canaries = Canaries()
    word, data = canaries.text("field"), canaries.file("file", 100)
    digest = hashlib.sha256(data).digest()
    texts = (word, f"xx{word}xx", f"x{word}")
    forms = [form for text in texts for form in _forms(text.encode())]
    for form in (*forms, digest, digest.hex().encode(), *_forms(digest), word.encode("utf-16")):
        assert canaries.found_in(b"abc" + form + b"def") is not None
    assert canaries.found_in(b"Kanarie" + bytes(100)) is None


def _forms(data: bytes) -> Iterator[bytes]:
    yield data
    yield data.hex().encode()
    yield data.hex().upper().encode()
    yield base64.b64encode(data)


def test_after_a_day_at_the_vault_nothing_on_the_disk_tells_of_it(
    day: tuple[Place, Canaries], tmp_path: Path
) -> None:
    place = fresh(day, tmp_path)
    assert spend(place) == 0
    require_nothing_left(place, day[1])
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "home").iterdir())


def test_at_no_moment_is_a_canary_written_anywhere(
    day: tuple[Place, Canaries],
    tmp_path: Path,
    strace: str,
    record_property: Callable[[str, object], None],
) -> None:
    place, trace = fresh(day, tmp_path), tmp_path / "trace"
    watched = f"trace={CALLS},{NAMING},mmap"
    spend(place, strace, "-f", "-y", "-xx", "-s", "1048576", "-e", watched, "-o", str(trace))
    written = 0
    for line in trace.read_text().splitlines():
        given = re.sub(rb"\\x([0-9a-f]{2})", _byte, line.encode())
        if _changes_something(line):
            assert day[1].found_in(given) is None, line[:200]
            written += 1
        is_shared = "MAP_SHARED" in line and "PROT_WRITE" in line  # written without a call
        assert not (is_shared and os.fsencode(place.vault) in given)
    record_property("watched_calls", written)
    assert written > 50


def _changes_something(line: str) -> bool:
    call = line.partition(" ")[2].strip().partition("(")[0]
    if call in {"open", "openat"}:
        return "O_CREAT" in line
    return call in CALLS.split(",") or call in NAMING.split(",")


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def test_killed_at_any_call_nothing_on_the_disk_tells_of_it(
    day: tuple[Place, Canaries],
    tmp_path: Path,
    strace: str,
    record_property: Callable[[str, object], None],
) -> None:
    place, trace = fresh(day, tmp_path / "whole"), tmp_path / "trace"
    spend(place, strace, "-f", "-e", f"trace={KILLED_AT}", "-o", str(trace))
    moments = _moments(trace.read_text().splitlines())
    killed = 0
    for call, number in moments[:: 1 if IS_LONG else len(moments) // 3]:
        left = fresh(day, tmp_path / f"{call}-{number}")
        inject = f"inject={call}:signal=KILL:when={number}"
        traced = ("-f", "-e", f"trace={KILLED_AT}", "-e", inject, "-o", "/dev/null")
        killed += spend(left, strace, *traced) != 0
        require_nothing_left(left, day[1])
        with Vault(Disk(left.vault)).writing(AUTHOR, wait_s=0) as writer:
            log_threat(writer)
            writer.commit()
        require_nothing_left(left, day[1])
        shutil.rmtree(left.top)
    record_property("kills", killed)
    record_property("kill_moments", len(moments))
    assert killed >= 2


def _moments(rows: list[str]) -> list[tuple[str, int]]:
    """Each call from the first new file on, with how many of its sort there were by then."""
    count: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    for row in rows:
        call = row.partition(" ")[2].strip().partition("(")[0]
        if call in KILLED_AT.split(","):
            count[call] += 1
            if found or "O_CREAT" in row:
                found.append((call, count[call]))
    return found


def test_what_shows_is_how_many_how_long_and_when(
    day: tuple[Place, Canaries], tmp_path: Path
) -> None:
    """Names and sizes of the objects are those of ciphertext; nothing else tells them apart."""
    place = fresh(day, tmp_path)
    assert spend(place) == 0
    objects = list((place.vault / "objects").glob("*/*"))
    plain = [path for path in place.source.rglob("*") if path.is_file()]
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in plain}
    assert len(objects) == 4
    for path in objects:
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.name not in hashes
        assert path.stat().st_mode & 0o777 == 0o400
        assert path.stat().st_mtime > plain[0].stat().st_mtime  # of the copy, not of the source
    assert {path.name for path in (place.vault / "logs").iterdir()} == {"entries.jsonl"}
