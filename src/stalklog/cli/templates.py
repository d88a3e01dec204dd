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
from stalklog.letters.heading import NAMES as HEADING
from stalklog.letters.shelf import called
from stalklog.letters.warning import names, told
from stalklog.services import letter_templates

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.letters.field import Field
    from stalklog.letters.shelf import Shelf
    from stalklog.letters.template import Checked, Template
    from stalklog.services.letter_templates import CheckedFolder

_MOST_OTHERS = 10
"""So many files that are no templates are named."""


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
    """Say what a template may use; of a file or a folder, what is wrong, by file and line.

    Raises:
        typer.Exit: With the number of a record that is not valid, where something is wrong.
    """
    if name is None:
        front.screen.answer(_vocabulary_json(), lambda: _show_vocabulary(front))
        return
    path = Path(name)
    if path.is_dir():
        found = letter_templates.check_folder(path)
        front.screen.answer(_folder_json(name, found), lambda: _show_folder(front, path, found))
        is_wrong = any(checked.problems for _path, checked in found.templates)
    else:
        checked = letter_templates.check_template(path)
        front.screen.answer(
            {**json_name(name), "problems": _problems_json(checked)},
            lambda: _show_file(front, path, checked),
        )
        is_wrong = bool(checked.problems)
    if is_wrong:
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


def _show_file(front: Front, path: Path, checked: Checked) -> None:
    _show_checked(front, path, checked)
    if checked.problems:
        front.screen.say(_count(len(checked.problems)))


def _show_folder(front: Front, folder: Path, found: CheckedFolder) -> None:
    """Each template with OK or what is wrong; then what else lies there and is never used."""
    screen = front.screen
    for path, checked in found.templates:
        _show_checked(front, path, checked)
    if not found.templates:
        screen.prose(_("There is no template in {path}.").format(path=shown_path(folder)))
    if found.others:
        names = ", ".join(map(shown_path, found.others[:_MOST_OTHERS]))
        more = ", …" if len(found.others) > _MOST_OTHERS else ""
        told = _("Not looked at: {names}. A template is a text file whose name ends in .md.")
        screen.prose(told.format(names=names + more))
    wrong = [checked for _path, checked in found.templates if checked.problems]
    if wrong:
        problems = sum(len(one.problems) for one in wrong)
        told = ngettext("{count} in {n} template", "{count} in {n} templates", len(wrong))
        screen.say(told.format(count=_count(problems), n=len(wrong)))


def _show_checked(front: Front, path: Path, checked: Checked) -> None:
    screen, heading = front.screen, checked.heading
    if not checked.problems and heading is not None:
        reviewed = heading.reviewed_by or _("no lawyer has reviewed it")
        told = f"  {heading.kind}: {heading.title} ({heading.language}; {reviewed})"
        screen.say(good(_("OK  ")), bold(shown_path(path)), told)
        return
    screen.say(bold(shown_path(path)))
    for one in checked.problems:
        where = _("  line {n}: ").format(n=one.line)
        screen.prose(one.message, first=where, indent=" " * len(where))


def _count(problems: int) -> str:
    told = ngettext("{n} thing is wrong", "{n} things are wrong", problems)
    return told.format(n=problems)


def _problems_json(checked: Checked) -> list[JsonValue]:
    return [{"line": one.line, "message": one.message} for one in checked.problems]


def _folder_json(name: str, found: CheckedFolder) -> JsonObject:
    return {
        **json_name(name),
        "templates": [
            {**json_name(str(path)), "problems": _problems_json(checked)}
            for path, checked in found.templates
        ],
        "not_looked_at": [{**json_name(str(path))} for path in found.others],
    }


def _show_vocabulary(front: Front) -> None:
    screen = front.screen
    screen.prose(_("A field is put in by its name: {{alias}}. What is missing becomes a blank."))
    screen.prose(
        _(
            "{{#field}} … {{/field}} stands where there is something, for each thing in a list; "
            "{{^field}} … {{/field}} where there is nothing; {{! a remark }} nowhere. Nothing else "
            "is understood."
        )
    )
    screen.heading(_("Heading, between two lines of +++"))
    screen.pairs([(name, _(told)) for name, told in HEADING.items()])
    screen.heading(_("Letters (kind)"))
    screen.prose(", ".join(KINDS), indent="  ")
    screen.heading(_("Warnings"))
    screen.pairs([*names().items()])
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
