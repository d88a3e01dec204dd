"""Look after templates: which there are, one to copy and change, and what is wrong in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import NoSuchEntryError, UsageError
from stalklog.i18n import gettext as _
from stalklog.letters import template as templates
from stalklog.letters.shelf import is_called, open_shelf, read_file, text_of
from stalklog.services.output import appearing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stalklog.letters.shelf import Shelf
    from stalklog.letters.template import Checked, Template


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


def check_template(path: Path) -> Checked:
    """What is wrong in a template, line by line.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return templates.check(read_file(path))
    except OSError as error:
        raise UsageError(
            _("The template cannot be read ({reason}). Nothing was changed.").format(
                reason=error.strerror
            ),
            hint=_("Name the file: stalklog letter check FILE"),
        ) from error
