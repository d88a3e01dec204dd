"""Every reader under a fuzzer that is led by coverage: one error type, no hang, no lost promise.

Not part of any test run: it takes as long as it is given, and wants `pip install atheris`.

    python -m tests.campaign.fuzz_readers --out fuzzed --seconds 3600
    python -m tests.campaign.fuzz_readers --out fuzzed --judge

The first looks for inputs and goes on behind each that it finds; the second reads what was found
once more without the fuzzer's instruments, which make everything some times slower, and says which
of it is a mistake. `--only NAME` takes one reader, and `--only chats` those of chats; `pst` is read
only so, as each reading of one is a process of its own, with a stand-in for libpff that tells
whatever the input says.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import io
import json
import os
import pkgutil
import sys
import time
import traceback
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Reader

MOST_BYTES: Final = 1 << 16
"""A small file: one that may take no longer than `SMALL_S`."""
_CORPUS_PARTS = ("email", "chats")
_OWN_PROCESS = ("pst",)
_CHATS = "chats"
"""Every reader of chats."""
_TESTS: Final = Path(__file__).parents[1]
_ONE_IN = 8
"""How often an input is read in a zip as well: its checksum would stop every change inside."""
_MATCH_S = 0.1
"""How long a reader may take to say whether it knows a file."""
_MOST_ALIKE = 5
"""How many inputs are kept that fail at the same place."""


def main() -> None:
    """Look for inputs, or judge those that were found."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--out", type=Path, required=True)
    wanted.add_argument("--seconds", type=int, default=60)
    corpus = os.environ.get("STALKLOG_CORPUS")
    wanted.add_argument(
        "--corpus", type=Path, default=corpus, help="a folder of real files to begin with"
    )
    wanted.add_argument("--only", default="", help="the name of one reader, or `chats`")
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--judge", action="store_true")
    chosen = wanted.parse_args()
    if chosen.judge:
        sys.exit(_judge(chosen.out / "found", chosen.only))
    _fuzz(chosen)


def _fuzz(chosen: argparse.Namespace) -> None:
    import atheris  # noqa: PLC0415 - only here, and only where it was installed

    with atheris.instrument_imports(include=["stalklog"]):
        trial = Trial(chosen.out / "found", _readers(chosen.only))
    pool = chosen.out / "pool"
    pool.mkdir(parents=True, exist_ok=True)
    for seed in seeds(chosen.corpus):
        (pool / sha256(seed).hexdigest()[:32]).write_bytes(seed)
    options = [
        f"-max_total_time={chosen.seconds}",
        f"-max_len={MOST_BYTES}",
        f"-seed={chosen.seed}",
        f"-artifact_prefix={chosen.out}/",
        "-timeout=60",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        "-reload=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(pool)], trial)
    atheris.Fuzz()


def _judge(found: Path, only: str) -> int:
    """Read each input again, and say what is wrong with it still."""
    trial = Trial(None, _readers(only))
    bad = 0
    for path in sorted(found.glob("*.bin")):
        if told := trial.complaints(path.read_bytes()):
            bad += 1
            sys.stdout.write(f"{path.name}\n" + "".join(f"    {one}\n" for one in sorted(told)))
    sys.stdout.write(f"{bad} inputs show a mistake\n")
    return int(bad > 0)


def _readers(only: str) -> tuple[Reader, ...]:
    if only in _OWN_PROCESS:
        paths = [str(_TESTS / "readers" / "library"), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    for module in pkgutil.walk_packages(importlib.import_module("stalklog.readers").__path__):
        importlib.import_module(f"stalklog.readers.{module.name}")
    for name in ("stalklog.records.message_json", "stalklog.readers.mail.read", "PIL.Image"):
        importlib.import_module(name)
    from tests.readers.exports import NO_CHATS  # noqa: PLC0415 - it loads what is instrumented

    from stalklog.readers.table import all_readers  # noqa: PLC0415 - instrumented

    if only and only != _CHATS:
        return tuple(reader for reader in all_readers() if reader.name == only)
    left_out = NO_CHATS if only else {*_OWN_PROCESS}
    return tuple(reader for reader in all_readers() if reader.name not in left_out)


class Trial:
    """One input, read by every reader that says that it can; what is wrong is kept in a folder."""

    def __init__(self, found: Path | None, readers: tuple[Reader, ...]) -> None:
        self._found = found
        self._readers = readers
        self._seen: dict[str, int] = {}
        if found:
            found.mkdir(parents=True, exist_ok=True)

    def __call__(self, data: bytes) -> None:
        for complaint, detail in self.complaints(data).items():
            count = self._seen[complaint] = self._seen.get(complaint, 0) + 1
            if self._found and count <= _MOST_ALIKE:
                name = f"{zlib.crc32(complaint.encode()):08x}-{count}"
                (self._found / f"{name}.bin").write_bytes(data)
                (self._found / f"{name}.txt").write_text(f"{complaint}\n\n{detail}")

    def complaints(self, data: bytes) -> dict[str, str]:
        """What is wrong, each by the place that shows it, with all that is known of it."""
        told: dict[str, str] = {}
        for form in _forms(data):
            for reader in self._readers:
                began = time.process_time()
                try:
                    is_known = reader.match(form[:MOST_BYTES], "file") > 0
                    if time.process_time() - began > _MATCH_S:
                        told[f"{reader.name}: slow to know"] = ""
                    if is_known:
                        told |= _read(reader, form)
                except Exception as error:  # noqa: BLE001 - any is a finding
                    told[f"{reader.name}: {type(error).__name__} {_where(error)}"] = (
                        traceback.format_exc()
                    )
        return told


def _read(reader: Reader, data: bytes) -> dict[str, str]:
    from tests.readers.drained import SMALL_S, drain  # noqa: PLC0415 - it loads what is instrumented

    from stalklog.records.message_json import message_to_json  # noqa: PLC0415

    drained = drain(reader, data)
    told = {}
    if drained.seconds > SMALL_S:
        told[f"{reader.name}: slow"] = f"{drained.seconds:.2f} s"
    reasons = [*drained.reasons, *([drained.error.reason] if drained.error else [])]
    if "reader-failed" in reasons:
        told[f"{reader.name}: reader-failed"] = repr(drained.notes.unread)
    for message in drained.messages:
        place = message.place
        if not place.member and place.start is not None and place.end is not None:
            assert 0 <= place.start <= place.end <= len(data), "a place outside the file"
            piece = data[place.start : place.end]
            assert place.sha256 in {"", sha256(piece).hexdigest()}, "another hash"
        assert message.parent is None or 0 < message.parent < message.number, "a later parent"
        json.dumps(message_to_json(message), ensure_ascii=False, allow_nan=False).encode()
    return told


def _forms(data: bytes) -> Iterator[bytes]:
    """The input as it is; and one in some inside a zip, under a name that a reader looks for."""
    from tests.readers.archives import ARCHIVES  # noqa: PLC0415 - it loads what is instrumented

    yield data
    names = ("archive/data.warc", *(chat.name for chat in ARCHIVES.values()))
    chance = zlib.crc32(data)
    if not data.startswith(b"PK") and chance % _ONE_IN == 0:
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as packed:
            packed.writestr(names[chance // _ONE_IN % len(names)], data)
        yield whole.getvalue()


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "stalklog" in frame.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


def seeds(corpus: Path | None) -> Iterator[bytes]:
    """What to begin with: the fixtures of the readers' tests, and the small files of a corpus."""
    from tests.readers.archives import ARCHIVES  # noqa: PLC0415 - it loads what is instrumented
    from tests.readers.exports import EXPORTS  # noqa: PLC0415 - the same
    from tests.readers.zips import zipped  # noqa: PLC0415 - the same

    yield from (export.of(b"one", b"two", b"three") for export in EXPORTS.values())
    yield from (zipped({chat.name: chat.data}) for chat in ARCHIVES.values())
    for module in _tests_of_readers():
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, bytes):
                yield value
            elif not name.startswith("test") and (made := _made_by(value)):
                yield made
    for part in _CORPUS_PARTS if corpus else ():
        for path in sorted(Path(corpus or "", part).rglob("*")):
            if path.is_file():
                yield path.read_bytes()[:MOST_BYTES]


def _tests_of_readers() -> Iterator[str]:
    for path in sorted((_TESTS / "readers").rglob("*.py")):
        if path.parent.name != "library":
            yield ".".join(path.relative_to(_TESTS.parent).with_suffix("").parts)


def _made_by(value: object) -> bytes:
    """What a builder of fixtures makes where it is given nothing."""
    if not inspect.isfunction(value) or value.__module__.partition(".")[0] != "tests":
        return b""
    if any(one.default is one.empty for one in inspect.signature(value).parameters.values()):
        return b""
    made = value()
    return made if isinstance(made, bytes) else b""


if __name__ == "__main__":
    main()
