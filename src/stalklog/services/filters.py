"""Choose entries: by when it happened, kind, tag or sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.core.entry import JsonValue
    from stalklog.records.view import Shown


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to take; what is not set takes all."""

    since: datetime | None = None
    """Aware: what ended before it is left out."""
    until: datetime | None = None
    """Aware: what began after it is left out."""
    kind: str | None = None
    """The `kind` of evidence or of an agency, or `how` something happened."""
    tag: str | None = None
    from_whom: str | None = None
    """Part of the sender as shown, of the asserted author, of the speaker or of the agency."""

    def takes(self, shown: Shown) -> bool:
        """Whether the entry is chosen."""
        start, end = happened_span(shown)
        fields = shown.fields
        if self.since is not None and end < self.since:
            return False
        if self.until is not None and start > self.until:
            return False
        if self.kind is not None and self.kind not in (fields.get("kind"), fields.get("how")):
            return False
        tags = fields.get("tags")
        if self.tag is not None and not (isinstance(tags, list) and self.tag in tags):
            return False
        return self.from_whom is None or self._is_from(shown, self.from_whom.casefold())

    def _is_from(self, shown: Shown, wanted: str) -> bool:
        names = (
            shown.fields.get(key) for key in ("from_whom", "asserted_author", "speaker", "agency")
        )
        return any(isinstance(name, str) and wanted in name.casefold() for name in names)


def happened_span(shown: Shown) -> tuple[datetime, datetime]:
    """From when to when it happened; for what tells no time, when it was recorded."""
    told = _told(shown)
    start = _moment(told.get("start")) or datetime.fromisoformat(shown.recorded_at)
    return start, _moment(told.get("end")) or start


def is_dated(shown: Shown) -> bool:
    """Whether it tells a time of its own."""
    return "start" in _told(shown)


def told_start(shown: Shown) -> datetime | None:
    """When it began, where it tells a time of its own."""
    return happened_span(shown)[0] if is_dated(shown) else None


def is_by_day(shown: Shown) -> bool:
    """Whether the time that it tells is a day or several, and no time of day."""
    return _told(shown).get("precision") in {"day", "range"}


def _told(shown: Shown) -> Mapping[str, JsonValue]:
    """When it happened; else when it was posted, as the person says."""
    told = shown.fields.get("occurred") or shown.fields.get("posted_at")
    return told if isinstance(told, dict) else {}


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
