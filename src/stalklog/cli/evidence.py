"""What goes into the vault as it came, and how to see what is there."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.care import Care
from stalklog.cli.command import command, with_signature
from stalklog.cli.console import good, json_name, size_in_words, warn
from stalklog.cli.field import ESSENTIALS, EVIDENCE, MORE, is_piped, read_long_texts
from stalklog.cli.front import Front
from stalklog.cli.message import recognised_in_words
from stalklog.cli.receipt import (
    added_json,
    id_to_type,
    show_added,
    show_receipt,
    show_skipped,
    show_unreadable,
    show_warnings,
    shown_path,
    skipped_json,
)
from stalklog.cli.settle import settle
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.message_json import report_to_json
from stalklog.services import evidence
from stalklog.services.contents import is_too_much, recognise, said_in
from stalklog.services.signed import signed_mails

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import ReadingReport
    from stalklog.services.desk import Desk
    from stalklog.services.evidence import Added

_SAID = ("date_order", "times_zone", "read_as")
"""What may be said of an export that it does not say itself."""
_MOST_SIGNED = 3
LEFT_OUT_EXIT = 12
"""Done, with some files left out."""


def _add_evidence(front: Front, **given: object) -> None:
    """Copy files into the vault, and name what was left out."""
    paths = _paths(given["paths"])
    typed = EVIDENCE.typed(given)
    desk = front.desk(tz=_text(given["tz"]), by=_text(given["by"]))

    def add() -> Added:
        return evidence.add_evidence(
            desk,
            paths,
            typed,
            ask_when=front.when_question(),
            progress=front.progress(),
        )

    if is_piped(EVIDENCE, typed):
        care = Care(front.screen, desk, typed, complete=lambda: None)
        care.gather(lambda: read_long_texts(EVIDENCE, typed))
        added = care.save(add)
    else:
        added = add()
    fields: JsonObject = {name: typed[name][-1] for name in _SAID if typed.get(name)}
    inside = recognise(added.added, said_in(fields, desk.clock.now()))
    value = _added_json(added, inside) if front.screen.is_json else None
    front.screen.answer(value, lambda: _show(front, desk, added, inside))
    show_warnings(front.screen, added.warnings)
    settle(front, desk, inside, fields.get("date_order"))
    if added.skipped:
        raise typer.Exit(LEFT_OUT_EXIT)


def _paths(given: object) -> list[Path]:
    paths = given if isinstance(given, Sequence) else []
    if "" in paths:  # to the system it is the folder that one stands in
        raise UsageError(
            _("A name is empty. Nothing was added."),
            hint=_("Name a file or a folder; for all of this folder, name it with a dot: ."),
        )
    return [Path(path) for path in paths]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _added_json(added: Added, inside: Mapping[str, ReadingReport]) -> JsonObject:
    files: list[JsonValue] = []
    for file, told in zip(added.added, added_json(added.added), strict=True):
        report = inside.get(file.id)
        more: JsonObject = {"contents": report_to_json(report)} if report else {}
        files.append({**told, **more})
    return {
        "added": files,
        "skipped": skipped_json(added.skipped),
        "head": added.head,
        "size": added.size,
    }


def _show(front: Front, desk: Desk, added: Added, inside: Mapping[str, ReadingReport]) -> None:
    screen, zone = front.screen, desk.reading_zone()
    count = len(added.added)
    total = size_in_words(sum(file.size_bytes for file in added.added))
    told = ngettext(
        "One file is in the vault, byte for byte ({size}).",
        "{count} files are in the vault, byte for byte ({size}).",
        count,
    )
    if count:
        read = {id_: recognised_in_words(report, zone) for id_, report in inside.items()}
        show_added(screen, added.added, read)
        screen.say()
        screen.say(good(told.format(count=count, size=total)), _(" The originals are untouched."))
    else:
        screen.say(_("Nothing was added."))
    if is_too_much(added.added):
        screen.prose(_("What is inside was not looked at yet, as it is much: stalklog messages ID "
                       "and stalklog search do that."))  # fmt: skip
    show_receipt(screen, added, desk)
    if added.skipped:
        left = ngettext("One was left out:", "{count} were left out:", len(added.skipped))
        screen.tell()
        screen.tell(warn(left.format(count=len(added.skipped))))
        show_skipped(screen, added.skipped)
    screen.hint(_("Keep the originals where they are, too. What is there: stalklog list evidence"))
    if signed := signed_mails(added.added, inside):
        told = _(
            "Signed by the domain that sent it: {ids}. The key that verifies it can be gone "
            "tomorrow; how to keep it: stalklog trace {id}"
        )
        names = ", ".join(signed[:_MOST_SIGNED]) + (", …" if len(signed) > _MOST_SIGNED else "")
        screen.hint(told.format(ids=names, id=id_to_type(signed[0])))


def _parameter(name: str, annotation: object, wish: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, wish],
    )


_PATHS = _parameter(
    "paths",
    list[str],
    typer.Argument(metavar="PATH...", help=mark("Files, and folders, which are taken whole.")),
    inspect.Parameter.empty,
)
_WAYS = [
    _parameter(
        name,
        str | None,
        typer.Option(option, metavar=metavar, help=told, rich_help_panel=MORE),
        None,
    )
    for name, option, metavar, told in (
        ("tz", "--tz", "ZONE", mark("The zone of the times: Asia/Kolkata.")),
        ("by", "--by", "NAME", mark("Who writes this down, if not the usual one.")),
    )
]

add_evidence = with_signature(_add_evidence, [_PATHS, *EVIDENCE.parameters(), *_WAYS])


@command
def get(
    front: Front,
    entry: Annotated[str, typer.Argument(metavar="ID", help=mark("The evidence: E-0001."))],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=mark("Where to write it; nothing is ever written over."),
            rich_help_panel=ESSENTIALS,
        ),
    ],
) -> None:
    """Take an original out of the vault, byte for byte."""
    desk = front.desk()
    got = evidence.get_original(desk, entry, Path(output))

    def show() -> None:
        front.screen.say(good(_("Written, byte for byte: ")), shown_path(got.path))
        front.screen.pairs([("SHA-256", got.sha256), (_("Size"), size_in_words(got.size_bytes))])

    front.screen.answer(
        {**json_name(str(got.path)), "sha256": got.sha256, "size_bytes": got.size_bytes}, show
    )
    front.tell_if_readable(desk)
    show_unreadable(front.screen, got.unreadable_lines)
