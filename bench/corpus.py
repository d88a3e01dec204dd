"""The files that every tool is given: random bytes, the same for the same scale and seed.

`big` is one file of 2 GiB, such as a long recording; `small` is 20,000 files of 8 KiB in 200
folders, such as e-mails; `mixed` is 2,000 files of 4 KiB to 5 MiB, small ones being as many as
large ones on a logarithmic scale, such as screenshots and exports. `mbox` is a mailbox of 200 MB,
of which seven mails of ten are plain text, two have HTML beside it, and one has an attachment of up
to 3 MB; `mbox-list` is one of plain text alone, such as a mailing list's archive. `vault` is no
random one: a vault of 100,000 invented entries, such as a very long case has.
"""

from __future__ import annotations

import math
import random
import shutil
from typing import TYPE_CHECKING

from bench.large_vault import make_large_vault
from bench.mailbox_corpus import make_list, make_mbox

if TYPE_CHECKING:
    from pathlib import Path

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
VAULT_ENTRIES = 100_000
_SEED = 2026


def make_corpus(root: Path, name: str, scale: float) -> Path:
    """The folder of a corpus; it is made unless it was made before, at the same scale.

    Args:
        root: Where corpora lie.
        name: `big`, `small`, `mixed`, `mbox`, `mbox-list` or `vault`.
        scale: How many times the size that is told above.
    """
    folder = root / f"{name}-{scale:g}"
    done = root / f"{folder.name}.done"  # beside the folder, never in it
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _MAKERS[name](folder, scale, random.Random(f"{_SEED}-{name}"))  # noqa: S311 - no secret
        done.touch()
    return folder


def _make_big(folder: Path, scale: float, draw: random.Random) -> None:
    left = int(2 * GIB * scale)
    with (folder / "recording.bin").open("wb") as out:
        while left > 0:
            left -= out.write(draw.randbytes(min(8 * MIB, left)))


def _make_small(folder: Path, scale: float, draw: random.Random) -> None:
    for number in range(int(20_000 * scale)):
        place = folder / f"d{number // 100:03d}"
        place.mkdir(exist_ok=True)
        (place / f"mail-{number:05d}.eml").write_bytes(draw.randbytes(8 * KIB))


def _make_mixed(folder: Path, scale: float, draw: random.Random) -> None:
    for number in range(int(2_000 * scale)):
        place = folder / f"d{number // 50:03d}"
        place.mkdir(exist_ok=True)
        size_bytes = int(math.exp(draw.uniform(math.log(4 * KIB), math.log(5 * MIB))))
        (place / f"item-{number:05d}.dat").write_bytes(draw.randbytes(size_bytes))


def _make_vault(folder: Path, scale: float, _draw: random.Random) -> None:
    shutil.rmtree(folder)  # a vault that was begun and not finished is none to go on with
    make_large_vault(folder, round(VAULT_ENTRIES * scale))


_MAKERS = {
    "big": _make_big,
    "small": _make_small,
    "mixed": _make_mixed,
    "mbox": make_mbox,
    "mbox-list": make_list,
    "vault": _make_vault,
}
