"""How times and entries are told in words: short in a list, whole when one is shown."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.readable import is_moment
from stalklog.safety.text import safe_name

if TYPE_CHECKING:
    from stalklog.core.entry import JsonValue
    from stalklog.records.view import Shown

_MONTHS = (
    mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
    mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec"),
)  # fmt: skip
_NAMED = ({"kind", "value"}, {"type", "value"})
"""What is shown as `FIR: 12/2026`."""
_EXCERPT = 120
"""As much of a text as a list shows."""
_SPOKEN = ("words", "recollection", "behaviour", "circumstances")
_LOGGED = {
    "vault.created": mark("the vault was made"),
    "case.noted": mark("particulars of the case were noted"),
    "checkpoint.made": mark("the head was signed"),
    "recovery.done": mark("an interrupted command was finished"),
    "report.made": mark("a report was made"),
    "package.made": mark("a package was made"),
    "keys.changed": mark("the keys were changed"),
}


def day_in_words(text: str) -> str:
    """`2026-11-20` as `20 Nov 2026`."""
    year, month, day = text[:10].split("-")
    return f"{int(day)} {_(_MONTHS[int(month) - 1])} {year}"


def month_in_words(text: str) -> str:
    """`2026-11-20` as `Nov 2026`."""
    return day_in_words(text).partition(" ")[2]


def moment_in_words(text: str, *, has_offset: bool = True) -> str:
    """`2026-11-20T21:30:00+05:30` as `20 Nov 2026 21:30 +05:30`: in the offset that it carries."""
    moment = datetime.fromisoformat(text)
    told = f"{day_in_words(text)} {moment:%H:%M}"
    return f"{told} {_offset(moment)}" if has_offset else told


def recorded_in_words(shown: Shown, *, is_day: bool = False) -> str:
    """When an entry was recorded, or on which day, by the clock of whoever wrote it."""
    at = local(shown.recorded_at, _zone(shown.tz))
    return day_in_words(at) if is_day else moment_in_words(at)


def local(at: str, zone: tzinfo) -> str:
    """The same moment with the offset of a zone; as it is, where no calendar reaches so far."""
    moment = datetime.fromisoformat(at)
    try:
        return moment.astimezone(zone).isoformat()
    except OverflowError:
        return moment.isoformat()


def occurred_in_words(occurred: JsonValue, *, has_offset: bool = True) -> str:
    """When something happened, and how sure that is."""
    if not isinstance(occurred, dict):
        return ""
    start, end = _moment(occurred.get("start")), _moment(occurred.get("end"))
    precision = occurred.get("precision")
    if start is None:
        return _("time not known")
    if precision == "day":
        told = day_in_words(start)
    else:
        told = moment_in_words(start, has_offset=has_offset and end is None)
    if end is not None:
        told = _("{start} to {end}").format(
            start=told, end=_end_in_words(start, end, precision, has_offset=has_offset)
        )
    return _("about {when}").format(when=told) if precision == "about" else told


def _moment(value: JsonValue) -> str | None:
    """A moment as it stands there; what a correction that was not applied says may be none."""
    return value if isinstance(value, str) and is_moment(value) else None


def delay_in_words(shown: Shown) -> str:
    """How long after it happened it was recorded; empty where that is not known."""
    occurred = shown.fields.get("occurred")
    start = occurred.get("start") if isinstance(occurred, dict) else None
    if not isinstance(start, str):
        return ""
    if isinstance(occurred, dict) and occurred.get("precision") == "day":
        return _days_in_words(shown, start)
    delay = datetime.fromisoformat(shown.recorded_at) - datetime.fromisoformat(start)
    if delay < timedelta(0):
        return ""
    if delay.days:
        return ngettext("{n} day later", "{n} days later", delay.days).format(n=delay.days)
    hours = delay.seconds // 3600
    if hours:
        return ngettext("{n} hour later", "{n} hours later", hours).format(n=hours)
    return _("within the hour")


def _days_in_words(shown: Shown, start: str) -> str:
    moment = datetime.fromisoformat(start)
    recorded = datetime.fromisoformat(local(shown.recorded_at, moment.tzinfo or UTC))
    days = (recorded.date() - moment.date()).days
    if days < 0:
        return ""
    return (
        ngettext("{n} day later", "{n} days later", days).format(n=days)
        if days
        else _("the same day")
    )


def summary_of(shown: Shown) -> str:
    """What an entry is about, on one line; may hold strangers' words."""
    fields = shown.fields
    if shown.log == "evidence":
        parts = (_text(fields.get("kind")), _file_name(fields), excerpt(_text(fields.get("note"))))
        return " · ".join(part for part in parts if part)
    if shown.log == "threats":
        spoken = next((_text(fields[name]) for name in _SPOKEN if fields.get(name)), "")
        return ": ".join(part for part in (_text(fields.get("how")), excerpt(spoken)) if part)
    if shown.log == "contacts":
        return _joined(fields, "agency", "summary", "outcome")
    if shown.log == "demands":
        return _joined(fields, "form", "to", "words")
    return _(_LOGGED.get(shown.type, shown.type))


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"


def told_fields(value: JsonValue) -> Iterator[str]:
    """A field's value, as lines; lists and objects spread out."""
    if isinstance(value, dict):
        if "precision" in value:
            yield occurred_in_words(value)
        elif value.keys() in _NAMED:
            yield f"{value.get('kind') or value.get('type')}: {value['value']}"
        elif len(value) == 1:
            yield from told_fields(*value.values())
        else:
            parts = ((name, "; ".join(told_fields(part))) for name, part in value.items())
            yield ", ".join(f"{name.replace('_', ' ')}: {part}" for name, part in parts)
    elif isinstance(value, list):
        for item in value:
            yield from told_fields(item)
    elif isinstance(value, bool):
        yield _("yes") if value else _("no")
    elif value is not None:
        yield str(value)


def _end_in_words(start: str, end: str, precision: JsonValue, *, has_offset: bool) -> str:
    if precision == "day":
        return day_in_words(end)
    if start[:10] == end[:10]:
        moment = datetime.fromisoformat(end)
        return f"{moment:%H:%M} {_offset(moment)}" if has_offset else f"{moment:%H:%M}"
    return moment_in_words(end, has_offset=has_offset)


def _file_name(fields: Mapping[str, JsonValue]) -> str:
    name, coded = _text(fields.get("name")), _text(fields.get("name_base64"))
    try:
        return safe_name(name or b64decode(coded))
    except ValueError:  # no base64: as it stands there
        return safe_name(coded)


def _joined(fields: Mapping[str, JsonValue], *names: str) -> str:
    return " · ".join(part for name in names if (part := excerpt(_text(fields.get(name)))))


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _offset(moment: datetime) -> str:
    return moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:5]


def _zone(offset: str) -> timezone:
    hours, _colon, minutes = offset[1:].partition(":")
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-size if offset.startswith("-") else size)


def label(name: str) -> str:
    """A field's name as it is shown."""
    return "SHA-256" if name == "sha256" else name.replace("_", " ").capitalize()
