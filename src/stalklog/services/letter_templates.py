"""Look after templates: which there are, one to copy and change, and what is wrong in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import NoSuchEntryError, UsageError
from stalklog.i18n import gettext as _
from stalklog.letters import template as templates
from stalklog.letters.language import Problem
from stalklog.letters.shelf import files_in, is_called, open_shelf, read_file, text_of
from stalklog.letters.template import Checked
from stalklog.services.output import appearing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stalklog.letters.shelf import Shelf
    from stalklog.letters.template import Template


def list_templates(folders: Sequence[Path]) -> Shelf:
    """All templates at hand, and the files in these folders that are none."""
    return open_shelf(folders)


def copy_template(folders: Sequence[Path], name: str, target: Path) -> Template:
    """Write a template to a new file, as it stands, to be changed.

    Args:
        folders: Somebody's own, the nearest first.
        name: `en/IN/police`, or less where that is enough: `police`.
        target: The new file.

    Raises:
        NoSuchEntryError: There is no template of that name.
        WouldOverwriteError: The file is there already; it is untouched.
        OutputError: It cannot be written there.
    """
    template = find_template(folders, name)
    with appearing(target, text_of(template)):
        return template


def find_template(folders: Sequence[Path], name: str) -> Template:
    """The first template of that name.

    Raises:
        NoSuchEntryError: There is none.
    """
    for template in open_shelf(folders).templates:
        if is_called(template, name):
            return template
    raise NoSuchEntryError(
        _("There is no template of that name. Nothing was written."),
        hint=_("See which there are with: stalklog letter templates"),
    )


@dataclass(frozen=True, slots=True)
class CheckedFolder:
    """What a check found in a folder."""

    templates: tuple[tuple[Path, Checked], ...]
    """Each template there, by its path from the folder on."""
    others: tuple[Path, ...]
    """Files there that no letter is made from: their names do not end as templates do."""


def check_template(path: Path) -> Checked:
    """What is wrong in a template, line by line.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return templates.check(read_file(path))
    except OSError as error:
        raise _unreadable(error) from error


def check_folder(folder: Path) -> CheckedFolder:
    """What is wrong in each template of a folder; one that cannot be read stops no other.

    Raises:
        UsageError: The folder cannot be read.
    """
    try:
        found, others = files_in(folder)
    except OSError as error:
        raise _unreadable(error) from error
    return CheckedFolder(
        tuple((path.relative_to(folder), _checked(path)) for path in found),
        tuple(path.relative_to(folder) for path in others),
    )


def _checked(path: Path) -> Checked:
    try:
        return templates.check(read_file(path))
    except OSError as error:
        told = _("The file cannot be read ({reason}).").format(reason=error.strerror)
        return Checked(None, (), (Problem(1, told),))


def _unreadable(error: OSError) -> UsageError:
    return UsageError(
        _("The template cannot be read ({reason}). Nothing was changed.").format(
            reason=error.strerror
        ),
        hint=_("Name a file, or a folder of them: stalklog letter check FILE"),
    )
