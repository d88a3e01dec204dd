"""The fields of a record, ready to show: labelled, in a reader's order, made safe."""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.model import Detail
from stalklog.report.moment import day_words, file_time, understood
from stalklog.report.words import ACCOUNTS, FIELDS, QUOTES, case_label, choice, label
from stalklog.safety.text import safe, safe_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.core.entry import JsonObject, JsonValue

CASE_FIELDS: Final = (
    "alias",
    "operator",
    "relation",
    "country",
    "language",
    "references",
    "identifiers",
)
"""The particulars of the case that a report may show: a closed list, so a new one stays out."""
_CHANGES: Final = frozenset({"set", "add", "unset", "not_shown"})
_NAMES: Final = frozenset({"name", "relative_path"})
"""What a stranger may have named: a line end in it would begin a line that is not ours."""
_LINKS: Final = frozenset(
    {
        "derived_from",
        "for",
        "evidence",
        "reported_to",
        "first_note",
        "copies",
        "sent",
        "proof_of_sending",
        "ids",
        "regarding",
        "id",
    }
)
_ID: Final = re.compile(r"(?:[ETCDX]-[0-9]{4,}(?:\.[0-9]+)?|#[0-9]+)")
_IMPLIED: Final = frozenset(
    {"kind", "type", "name", "value", "status", "app", "method", "as_typed"}
)
"""Parts of a group that say by themselves what they are."""


def details(log: str, fields: JsonObject, *, without: Iterable[str] = ()) -> tuple[Detail, ...]:
    """The fields of a record in a reader's order, those that are not known by name last.

    Args:
        log: The log that the record stands in.
        fields: The record as it stands in the vault.
        without: Fields that the report shows elsewhere.
    """
    left_out = set(without)
    order = FIELDS.get(log, ())
    names = [*(name for name in order if name in fields), *sorted(set(fields) - set(order))]
    return tuple(detail(log, name, fields[name]) for name in names if name not in left_out)


def detail(log: str, name: str, value: JsonValue) -> Detail:
    """One field of a record, ready to show."""
    if log == "custody" and name in _CHANGES:
        return Detail(name, label(name), _case_names(value))
    style = "quote" if name in QUOTES else "text" if name in ACCOUNTS else "line"
    texts: list[str] = []
    ids: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        found = tuple(_ids(name, one))
        ids += found
        text = "" if found and isinstance(one, str) else shown(log, name, one)
        if text:
            texts.append(text)
    return Detail(name, label(name), tuple(texts), tuple(dict.fromkeys(ids)), style)


def shown(log: str, name: str, value: JsonValue) -> str:
    """One value in words, made safe; the ids in it are left to `Detail.ids`."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):  # no line that was written holds a fraction
        return str(value)
    if isinstance(value, str):
        return _text(log, name, value)
    if isinstance(value, list):
        return ", ".join(filter(None, (shown(log, name, one) for one in value)))
    if value is None:
        return ""
    return understood(value).words if "precision" in value else _group(name, value)


def public_fields(log: str, fields: JsonObject) -> JsonObject:
    """A record without what is confidential: of the case only what a report may show."""
    if log != "custody" or not _CHANGES.intersection(fields):
        return fields
    noted = fields.get("set")
    given = noted if isinstance(noted, dict) else {}
    kept: JsonObject = {name: given[name] for name in CASE_FIELDS if name in given}
    held: list[JsonValue] = [*sorted(set(given) - set(kept))]
    shown: JsonObject = {**fields, "set": kept}
    return {**shown, "not_shown": held} if held else shown


def text_of(fields: JsonObject, name: str) -> str:
    """A field that holds a text, exactly; empty when it holds none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def file_name(fields: JsonObject) -> str:
    """The original's name as found, made safe; with its path where it came from a folder."""
    for name in ("relative_path", "relative_path_base64", "name", "name_base64"):
        value = text_of(fields, name)
        if value:
            return _text("evidence", name, value)
    return ""


def _text(log: str, name: str, value: str) -> str:
    if name.endswith("_base64"):
        return _bytes_name(value)
    if name in _NAMES:
        return safe(value)
    if name in {"follow_up", "closed", "from", "until"}:
        return _day(value)
    if name in {"mtime", "birth_time"}:
        return file_time(value)
    for field in (f"{log}.{name}", name):
        words = choice(field, value)
        if words != value:
            return words
    return safe(value, keep_newlines=True)


def _day(value: str) -> str:
    try:
        return day_words(date.fromisoformat(value))
    except ValueError:
        return safe(value)


def _bytes_name(value: str) -> str:
    try:
        return safe_name(base64.b64decode(value, validate=True))
    except ValueError:
        return safe(value)


def _group(name: str, group: JsonObject) -> str:
    """An object with named parts, on one line: `Ravi, saw it`."""
    return ", ".join(filter(None, (_part(name, key, value) for key, value in group.items())))


def _part(group: str, key: str, value: JsonValue) -> str:
    if any(_ids(key, value)):
        return ""
    if isinstance(value, bool):
        word = label(key)
        return word if value else _("not: {what}").format(what=word)
    text = shown(group, key, value)
    if not text or key in _IMPLIED:
        return text
    return _("{label}: {text}").format(label=label(key), text=text)


def _ids(name: str, value: JsonValue) -> Iterator[str]:
    """The ids in a value; only of fields that hold ids, whatever else may look like one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _ids(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(name, inner)
    elif isinstance(value, str) and name in _LINKS and _ID.fullmatch(value):
        yield value


def _case_names(value: JsonValue) -> tuple[str, ...]:
    """Which particulars of the case were noted: by name, never what they hold."""
    names = value if isinstance(value, list | dict) else []
    return tuple(case_label(name) for name in names if isinstance(name, str))
