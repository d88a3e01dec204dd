"""See what was logged: many entries in a list, or one entry whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli import span
from stalklog.cli.command import command
from stalklog.cli.completion import offered
from stalklog.cli.console import (
    Part,
    Screen,
    bold,
    dim,
    ident,
    size_in_words,
    warn,
    write_json_list,
)
from stalklog.cli.field import CONTACT, DEMAND, EVIDENCE, THREAT
from stalklog.cli.front import Front
from stalklog.cli.key_changes import change_in_words
from stalklog.cli.receipt import id_to_type, show_unreadable
from stalklog.cli.telling import (
    delay_in_words,
    label,
    local,
    moment_in_words,
    occurred_in_words,
    recorded_in_words,
    summary_of,
    told_fields,
)
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.types import LOGS
from stalklog.services import entries
from stalklog.services.custody import Custody
from stalklog.services.filters import Filter

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.records.view import Change, Shown

_QUOTED = ("words", "translation", "recollection", "behaviour", "circumstances", "summary", "note")
_Text = str | None


@command
def list_(
    front: Front,
    which: Annotated[
        str,
        typer.Argument(
            metavar="LOG",
            help=mark("evidence, threats, contacts, demands, custody or all."),
            autocompletion=offered((*LOGS, "all")),
        ),
    ] = "all",
    since: span.Since = None,
    until: span.Until = None,
    kind: Annotated[
        _Text,
        typer.Option(
            "--kind", metavar="WORD", help=mark("Of this kind: screenshot, phone, police.")
        ),
    ] = None,
    tag: Annotated[
        _Text, typer.Option("--tag", metavar="WORD", help=mark("With this tag."))
    ] = None,
    from_whom: span.FromWhom = None,
) -> None:
    """List what was logged."""
    desk, ask = front.desk(), front.when_question()
    chosen = Filter(*span.between(desk, since, until, ask), kind, tag, from_whom)
    listed = entries.list_entries(desk, which, chosen=chosen, progress=front.progress())
    found = iter(listed)
    first = next(found, None)
    if first is None:
        _require_kind(kind)
    else:
        found = chain((first,), found)
    if front.screen.is_json:
        write_json_list(map(entry_json, found))
    else:
        custody = Custody(desk)
        _show_list(front, [_row(custody.placed(shown), custody) for shown in found])
    show_unreadable(front.screen, listed.unreadable_lines)


@command
def show(
    front: Front,
    entry: Annotated[str, typer.Argument(metavar="ID", help=mark("The entry: T-0003, or @41."))],
    has_history: Annotated[
        bool, typer.Option("--history", help=mark("What stood there before, and why it changed."))
    ] = False,
    message: Annotated[
        _Text,
        typer.Option(
            "--message", metavar="N", help=mark("One message inside it, beside its bytes.")
        ),
    ] = None,
    is_text: Annotated[
        bool,
        typer.Option("--text", help=mark("The text in a picture, unverified: needs tesseract.")),
    ] = False,
) -> None:
    """Show one entry, or one message or the text inside a piece of evidence, whole."""
    if message is not None or is_text:
        from stalklog.cli.inside import show_message, show_text  # noqa: PLC0415 - loads the readers

        show_text(front, entry) if message is None else show_message(front, entry, message)
        return
    desk = front.desk()
    found = entries.find_entry(desk.open(), entry)
    shown = found.entry
    answer = entry_json(shown)
    if has_history:
        answer["history"] = [_change_json(change) for change in shown.history]
    zone = desk.reading_zone() if has_history else None
    custody = Custody(desk)
    front.screen.answer(
        answer, lambda: _show_one(front.screen, custody.placed(shown), custody, zone)
    )
    show_unreadable(front.screen, found.unreadable_lines)


def entry_json(shown: Shown) -> JsonObject:
    """An entry as `--json` shows it: the corrected view; no field passes for what it is itself."""
    own: JsonObject = {
        "id": shown.id,
        "seq": shown.seq,
        "log": shown.log,
        "type": shown.type,
        "recorded_at": shown.recorded_at,
        "by": shown.by,
    }
    after: JsonObject = {"amended": shown.amended, "withdrawn": shown.withdrawn}
    return {**own, **shown.fields, **after, **own}


def _change_json(change: Change) -> JsonObject:
    return {
        "id": change.id,
        "at": change.at,
        "by": change.by,
        "kind": change.kind,
        "reason": change.reason,
        "set": dict(change.set),
        "unset": list(change.unset),
        "before": dict(change.fields_before),
    }


def _require_kind(kind: str | None) -> None:
    """A kind of which nothing is there should exist: else a slip would look like an empty vault.

    How a contact or demand was made is in the person's own words, so what was found is no slip.

    Raises:
        UsageError: There is none of that name; it lists all.
    """
    fields = (EVIDENCE["kind"], THREAT["how"], CONTACT["kind"])
    kinds = sorted({choice for field in fields for choice in field.choices})
    if kind is not None and kind not in kinds:
        raise UsageError(
            _("There is no kind of that name, and nothing in the vault has it."),
            hint=_("The kinds are: {kinds}").format(kinds=", ".join(kinds)),
        )


def _show_list(front: Front, rows: Sequence[tuple[Part, Part, Part]]) -> None:
    if not rows:
        front.screen.say(_("Nothing was found."))
        return
    front.screen.table((_("Id"), _("When"), _("What")), rows)
    count = ngettext("{n} entry", "{n} entries", len(rows)).format(n=len(rows))
    front.screen.hint(_("{count}. One of them, whole: stalklog show ID").format(count=count))


def _row(shown: Shown, custody: Custody) -> tuple[Part, Part, Part]:
    told = shown.fields.get("occurred") or shown.fields.get("posted_at")
    when = occurred_in_words(told, has_offset=False)
    what = _what(shown, custody)
    if shown.withdrawn:
        return dim(shown.id), dim(when), dim(_("(withdrawn) {what}").format(what=what))
    summary = _("{what} (amended)").format(what=what) if shown.amended else what
    day = _("recorded {day}").format(day=recorded_in_words(shown, is_day=True))
    return ident(shown.id), when or dim(day), summary


def _what(shown: Shown, custody: Custody) -> str:
    """What an entry is about, on one line; of a change of the keys also who came and who went."""
    change = custody.change_of_keys(shown)
    told = summary_of(shown)
    return told if change is None else f"{told}; {change_in_words(change)}"


def _show_one(screen: Screen, shown: Shown, custody: Custody, zone: tzinfo | None) -> None:
    """Show an entry, and in the zone, where there is one, its history."""
    screen.say(ident(shown.id), "  ", bold(_title(shown, custody)))
    if shown.withdrawn:
        screen.say(warn(_("Withdrawn: ")), shown.withdrawn_reason or "")
    if shown.fields:
        screen.say()
        _show_fields(screen, shown)
    screen.heading(_("How it was recorded"))
    recorded = recorded_in_words(shown)
    delay = delay_in_words(shown)
    screen.pairs(
        [
            (_("Recorded"), f"{recorded} ({delay})" if delay else recorded),
            (_("By"), shown.by),
            (_("Entry"), f"#{shown.seq}, {shown.log}, {shown.type}"),
            (_("Written by"), shown.tool),
            (_("Line hash"), shown.line_sha256),
        ]
    )
    if zone is not None:
        _show_history(screen, shown, zone)
    elif shown.amended:
        screen.hint(
            _("It was amended; what stood there before: stalklog show {id} --history").format(
                id=id_to_type(shown.id)
            )
        )


def _title(shown: Shown, custody: Custody) -> str:
    return {
        "evidence": _("Evidence"),
        "threats": _("Threat"),
        "contacts": _("Contact"),
        "demands": _("Demand"),
    }.get(shown.log) or _what(shown, custody)


def _show_fields(screen: Screen, shown: Shown) -> None:
    fields = dict(shown.fields)
    occurred = fields.pop("occurred", None)
    if isinstance(occurred, dict):
        typed = occurred.get("as_typed")
        told = occurred_in_words(occurred)
        as_typed = _("{when}  (typed: {typed})").format(when=told, typed=typed)
        screen.pairs([(_("When"), as_typed if typed else told)])
    for name in _QUOTED:
        value = fields.pop(name, None)
        if isinstance(value, str):
            screen.say("  ", dim(label(name)))
            screen.quote(value)
    size = fields.pop("size_bytes", None)
    if isinstance(size, int):
        screen.pairs([(_("Size"), f"{size_in_words(size)} ({size})")])
    rows: list[tuple[str, Part]] = [
        (label(name), told)
        for name in sorted(fields, key=_place(shown))
        for told in told_fields(fields[name])
    ]
    screen.pairs(rows)


def _place(shown: Shown) -> Callable[[str], int]:
    """Where a field stands when one is shown: in the order in which it is asked for."""
    tables = {"threats": THREAT, "contacts": CONTACT, "demands": DEMAND, "evidence": EVIDENCE}
    asked = [field.name for field in tables.get(shown.log, ())]
    return lambda name: asked.index(name) if name in asked else len(asked)


def _show_history(screen: Screen, shown: Shown, zone: tzinfo) -> None:
    screen.heading(_("What was changed, oldest first"))
    if not shown.history:
        screen.say("  ", _("Nothing: it stands as it was first written."))
    for change in shown.history:
        what = _("withdrawn") if change.kind == "withdrawn" else _("amended")
        at = moment_in_words(local(change.at, zone))
        screen.say("  ", ident(change.id), f"  {what}, {at}, ", change.by)
        screen.say("    ", dim(_("why: ")), change.reason)
        for name, value in change.set.items():
            before = "; ".join(told_fields(change.fields_before.get(name)))
            told = "; ".join(told_fields(value))
            screen.say("    ", dim(f"{label(name)}: "), before or _("(empty)"), " -> ", told)
        for name in change.unset:
            before = "; ".join(told_fields(change.fields_before.get(name)))
            screen.say("    ", dim(f"{label(name)}: "), before, " -> ", _("(empty)"))
