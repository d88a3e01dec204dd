"""One entry made ready for the report: title, substance, times, fields and corrections."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.detail import detail, details, file_name, public_fields, text_of
from stalklog.report.model import Correction, FieldChange, Item
from stalklog.report.moment import delay, recorded, understood
from stalklog.report.words import choice, custody_title, label, recorder
from stalklog.safety.text import ZWJ, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Change, Shown

HEADLINE_CHARS: Final = 220
"""About three lines of the chronology; the whole text stands in the entry's own section."""
_BACK_CHARS: Final = 30
"""How far back a cut may move to fall between two words."""


def make_item(shown: Shown, *, evidence: tuple[str, ...] = (), is_told: bool = False) -> Item:
    """An entry made ready for the report.

    Args:
        shown: The entry, corrected.
        evidence: The exhibits that belong to it.
        is_told: Whether it is an exhibit that only shows again what another entry tells.
    """
    fields = public_fields(shown.log, shown.fields)
    moment = understood(fields.get("occurred") or fields.get("posted_at"))
    return Item(
        id=shown.id,
        seq=shown.seq,
        log=shown.log,
        type=shown.type,
        title=_title(shown, fields),
        headline=shortened(_substance(shown.log, fields)),
        moment=moment,
        recorded=recorded(shown.recorded_at, shown.tz),
        recorded_at=shown.recorded_at,
        delay=delay(moment, shown.recorded_at),
        by=recorder(shown.by),
        tool=safe(shown.tool),
        line_sha256=shown.line_sha256,
        details=details(shown.log, fields, without=_ELSEWHERE.get(shown.log, ())),
        evidence=evidence,
        is_told=is_told,
        after_demand="",
        is_amended=shown.amended,
        is_withdrawn=shown.withdrawn,
        withdrawn_reason=safe(shown.withdrawn_reason or "", keep_newlines=True),
        corrections=tuple(_correction(shown, change) for change in shown.history),
        fields=fields,
    )


def shortened(text: str, *, limit: int = HEADLINE_CHARS) -> str:
    """A text on one line and cut short, between words where it can be, never inside a letter."""
    line = " ".join(text[: 4 * limit].split())
    if len(line) <= limit:
        return line
    cut = limit
    space = line.rfind(" ", limit - _BACK_CHARS, limit)
    if space > 0:
        cut = space
    while cut > 1 and _continues(line[cut - 1], line[cut]):
        cut -= 1
    return f"{line[:cut].rstrip()} …"


_ELSEWHERE: Final = {
    "evidence": ("sha256", "size_bytes", "media_type", "occurred", "kind", "name", "name_base64"),
    "threats": ("occurred", "how"),
    "contacts": ("occurred", "agency", "kind", "purpose"),
    "demands": ("occurred", "form"),
}
"""The fields that each section shows in a place of their own."""


def _continues(before: str, char: str) -> bool:
    return ZWJ in {before, char} or unicodedata.category(char).startswith("M")


def _title(shown: Shown, fields: JsonObject) -> str:
    maker = _TITLES.get(shown.log)
    return custody_title(shown.type) if maker is None else maker(fields)


def _evidence_title(fields: JsonObject) -> str:
    kind = _choice("evidence.kind", fields, "kind") or _("file")
    return f"{kind}: {file_name(fields)}" if file_name(fields) else kind


def _threat_title(fields: JsonObject) -> str:
    how = _choice("threats.how", fields, "how")
    named = [str(harm) for harm in _many(fields.get("threatened_harm"))]
    harms = [choice("threats.threatened_harm", harm) for harm in named if harm != "unspecified"]
    if harms:
        what = _("Threat ({harms})").format(harms=", ".join(harms))
    elif named:
        what = _("Threat")
    elif how and (text_of(fields, "words") or text_of(fields, "recollection")):
        return f"{how[:1].upper()}{how[1:]}"
    else:
        what = _("Incident")
    return f"{what}, {how}" if how else what


def _contact_title(fields: JsonObject) -> str:
    agency = safe(text_of(fields, "agency"))
    kind = _choice("contacts.kind", fields, "kind")
    purpose = _choice("contacts.purpose", fields, "purpose")
    named = f"{agency} ({kind})" if kind else agency
    return f"{named}: {purpose}" if purpose else named


def _demand_title(fields: JsonObject) -> str:
    form = _choice("demands.form", fields, "form")
    return _("Demand to stop: {form}").format(form=form) if form else _("Demand to stop")


_TITLES: Final[dict[str, Callable[[JsonObject], str]]] = {
    "evidence": _evidence_title,
    "threats": _threat_title,
    "contacts": _contact_title,
    "demands": _demand_title,
}


def _substance(log: str, fields: JsonObject) -> str:
    """What an entry says, in one text: the first of its telling fields that holds anything."""
    for name in _TELLING.get(log, ()):
        text = safe(text_of(fields, name), keep_newlines=True)
        if text.strip():
            return _("“{words}”").format(words=text.strip()) if name == "words" else text
    return ", ".join(
        part for name in ("set", "add", "not_shown", "unset") for part in _noted(log, fields, name)
    )


_TELLING: Final = {
    "evidence": ("note", "from_whom", "url"),
    "threats": ("words", "recollection", "behaviour", "circumstances"),
    "contacts": ("summary", "asked", "promised", "how"),
    "demands": ("words", "to", "how"),
    "custody": ("purpose", "to", "file"),
}


def _noted(log: str, fields: JsonObject, name: str) -> tuple[str, ...]:
    if log != "custody" or name not in fields:
        return ()
    return detail(log, name, fields[name]).texts


def _correction(shown: Shown, change: Change) -> Correction:
    names: Sequence[str] = (*change.set, *change.unset)
    return Correction(
        id=change.id,
        seq=change.seq,
        target=shown.id,
        kind=change.kind,
        recorded=recorded(change.at, shown.tz),
        recorded_at=change.at,
        by=recorder(change.by),
        reason=safe(change.reason, keep_newlines=True),
        changes=tuple(_field_change(shown.log, name, change) for name in names),
        is_applied=change.is_applied,
    )


def _field_change(log: str, name: str, change: Change) -> FieldChange:
    was, is_now = change.fields_before.get(name), change.set.get(name)
    return FieldChange(
        name=name,
        label=label(name),
        before=_values(log, name, was),
        after=_values(log, name, is_now),
        was=was,
        is_now=is_now,
    )


def _values(log: str, name: str, value: JsonValue) -> tuple[str, ...]:
    if value is None:
        return ()
    made = detail(log, name, value)
    return (*made.texts, *made.ids)


def _choice(field: str, fields: JsonObject, name: str) -> str:
    value = text_of(fields, name)
    return choice(field, value) if value else ""


def _many(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
