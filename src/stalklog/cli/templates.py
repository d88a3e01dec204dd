"""Templates of letters: which there are, one to copy, what one may use, what is wrong in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from stalklog.cli.console import Part, bold, dim, good, ident, json_name
from stalklog.cli.front import Front
from stalklog.cli.receipt import shown_path
from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.letters.field import fields
from stalklog.letters.heading import KINDS
from stalklog.letters.shelf import called
from stalklog.letters.warning import names, told
from stalklog.services import letter_templates

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.letters.field import Field
    from stalklog.letters.language import Problem
    from stalklog.letters.shelf import Shelf
    from stalklog.letters.template import Template


def list_or_copy(
    front: Front, folders: Sequence[Path], name: str | None, output: str | None
) -> None:
    """List the templates; with a name, copy that one to a file to be changed."""
    if name is None:
        shelf = letter_templates.list_templates(folders)
        front.screen.answer([*map(_as_json, shelf.templates)], lambda: _show(front, shelf))
        return
    target = Path(output or f"{Path(name).name}.md")
    template = letter_templates.copy_template(folders, name, target)
    front.screen.answer(
        {**json_name(str(target)), "template": called(template)},
        lambda: front.screen.say(good(_("Copied to ")), bold(shown_path(target.absolute()))),
    )
    front.screen.hint(
        _("Change it, then: stalklog letter check FILE. Letters use it from --templates DIR.")
    )


def check(front: Front, name: str | None) -> None:
    """Say what a template may use; with a file, what is wrong in it, line by line.

    Raises:
        typer.Exit: With the number of a record that is not valid, where something is wrong.
    """
    if name is None:
        front.screen.answer(_vocabulary_json(), lambda: _show_vocabulary(front))
        return
    problems = letter_templates.check_template(Path(name)).problems
    rows: list[JsonValue] = [{"line": one.line, "message": one.message} for one in problems]
    front.screen.answer(
        {**json_name(name), "problems": rows}, lambda: _show_problems(front, name, problems)
    )
    if problems:
        raise typer.Exit(RecordNotValidError.exit_code)


def _show(front: Front, shelf: Shelf) -> None:
    head = (_("Template"), _("Letter"), _("Reviewed by"), _("From"))
    front.screen.table(
        head,
        [
            (
                ident(called(one)),
                f"{one.heading.kind}: {one.heading.title}",
                one.heading.reviewed_by or _("nobody yet"),
                one.place,
            )
            for one in shelf.templates
        ],
    )
    for path in shelf.unusable:
        front.screen.say(
            _("Something is wrong in {path}: stalklog letter check FILE").format(
                path=shown_path(path)
            )
        )


def _as_json(template: Template) -> JsonObject:
    heading = template.heading
    return {
        "name": called(template),
        "kind": heading.kind,
        "title": heading.title,
        "language": heading.language,
        "jurisdiction": heading.jurisdiction,
        "reviewed_by": heading.reviewed_by or None,
        "effective_from": heading.effective_from.isoformat(),
        "effective_to": heading.effective_to.isoformat() if heading.effective_to else None,
        "basis": heading.basis,
        "source": heading.source,
        "as_of": heading.as_of.isoformat(),
        "fields": [*heading.fields],
        "warnings": [*told(heading.warnings)],
        "from": template.place,
    }


def _show_problems(front: Front, name: str, problems: Sequence[Problem]) -> None:
    if not problems:
        front.screen.say(good(_("Nothing is wrong in ")), bold(shown_path(Path(name))))
        return
    for one in problems:
        where = _("line {n}: ").format(n=one.line)
        front.screen.prose(one.message, first=where, indent=" " * len(where))
    count = ngettext("{n} thing is wrong", "{n} things are wrong", len(problems))
    front.screen.say(count.format(n=len(problems)))


def _show_vocabulary(front: Front) -> None:
    screen = front.screen
    screen.prose(_("A field is put in by its name: {{alias}}. What is missing becomes a blank."))
    screen.prose(
        _(
            "{{#field}} … {{/field}} stands where there is something, for each thing in a list; "
            "{{^field}} … {{/field}} where there is nothing; {{! a remark }} nowhere. Nothing else "
            "is understood, and nothing is ever run."
        )
    )
    screen.heading(_("Letters (kind)"))
    screen.prose(", ".join(KINDS), indent="  ")
    screen.heading(_("Warnings"))
    screen.prose(", ".join(names()), indent="  ")
    screen.heading(_("Fields"))
    screen.pairs(_field_rows())


def _field_rows() -> Iterator[tuple[str, Part]]:
    """Each field with what it is, and below a list the fields of each thing in it."""
    for field in fields().values():
        yield field.name, _(field.told)
        for inner in field.each.values():
            yield f"  {inner.name}", dim(_(inner.told))


def _vocabulary_json() -> JsonObject:
    return {
        "kinds": [*KINDS],
        "warnings": [*names()],
        "fields": [_field_json(one) for one in fields().values()],
    }


def _field_json(field: Field) -> JsonObject:
    inner: JsonObject = {"each": [_field_json(one) for one in field.each.values()]}
    return {"name": field.name, "told": _(field.told), **(inner if field.each else {})}
