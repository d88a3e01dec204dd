"""Questions that could not be asked because nobody answered: kept for the next time.

They are kept in `cache/` of a plain vault, which can be deleted. Of a sealed vault nothing is kept:
whoever finds it would read there whom she asks about.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from stalklog.errors import UsageError
from stalklog.services.tracing import subject_of_address, subject_of_domain
from stalklog.vault.layout import CACHE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stalklog.services.desk import Desk
    from stalklog.services.tracing import Subject

_NAME: Final = "questions.json"
_MOST: Final = 100
_WRITE: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)  # never through a link
)
_MOST_BYTES: Final = 100_000


def keep_question(desk: Desk, subject: Subject) -> bool:
    """Keep it for the next time; False where nothing is kept."""
    if desk.open().header.sealed:
        return False
    kept = [one for one in kept_questions(desk) if one.value != subject.value]
    return _write(desk, [*kept, subject][-_MOST:])


def drop_question(desk: Desk, subject: Subject) -> None:
    """It was answered."""
    kept = kept_questions(desk)
    if any(one.value == subject.value for one in kept):
        _write(desk, [one for one in kept if one.value != subject.value])


def kept_questions(desk: Desk) -> list[Subject]:
    """What was kept, the oldest first; what cannot be read is none."""
    try:
        with _place(desk).open("rb") as file:
            rows = json.loads(file.read(_MOST_BYTES))
        return [one for row in rows[:_MOST] if (one := _subject(row)) is not None]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def _subject(row: object) -> Subject | None:
    """Read as if it were typed: somebody else may have written it."""
    if not isinstance(row, dict):
        return None
    read = {"address": subject_of_address, "domain": subject_of_domain}.get(str(row.get("kind")))
    try:
        return read(str(row.get("value"))) if read else None
    except UsageError:
        return None


def _write(desk: Desk, subjects: Sequence[Subject]) -> bool:
    place = _place(desk)
    rows = [{"kind": one.kind, "value": one.value} for one in subjects]
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(place, _WRITE, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(rows, file)
    except OSError:
        return False
    return True


def _place(desk: Desk) -> Path:
    return desk.vault / CACHE / _NAME
