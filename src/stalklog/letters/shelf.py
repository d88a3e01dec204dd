"""Where templates come from, and which one a letter is made of: hers before ours, closest first."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stalklog.letters.heading import ANYWHERE
from stalklog.letters.template import check
from stalklog.safety.limits import MAX_TEMPLATE_BYTES, MAX_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from stalklog.letters.template import Template

OURS: Final = "stalklog"
"""The place of the templates that come with the program."""
SUFFIX: Final = ".md"
_DEEP: Final = 2
"""Language and country; so a folder named by mistake is not searched to its end."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The templates at hand."""

    templates: tuple[Template, ...]
    """Those that can be used: from the folders first, in their order, then ours."""
    unusable: tuple[Path, ...] = ()
    """Files in somebody's folder in which a check finds something wrong."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a template is looked for by."""

    kind: str
    language: str
    country: str
    """Two letters; empty where it is not known."""
    agency_kind: str
    """The kind of the agency that it is about; empty where it is not known."""
    name: str
    """A template by name; empty for the one that fits best."""
    day: date


def open_shelf(folders: Sequence[Path]) -> Shelf:
    """All templates at hand.

    Args:
        folders: Somebody's own, the nearest first; one that is not there is empty.
    """
    found: list[Template] = []
    unusable: list[Path] = []
    for path in (path for folder in folders for path in _files(folder)):
        template = _read(path)
        if template is None:
            unusable.append(path)
        else:
            found.append(template)
    return Shelf((*found, *_ours()), tuple(unusable))


def files_in(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The templates in a folder, and the other files there, which no letter is made from."""
    found = tuple(_files(folder))
    others = (path for path in sorted(folder.iterdir()) if path.is_file() or path.is_symlink())
    return found, tuple(path for path in others if path not in found)


def called(template: Template) -> str:
    """How a template is named so that it is meant alone: `en/IN/police`."""
    heading = template.heading
    return f"{heading.language}/{heading.jurisdiction}/{template.name}"


def is_called(template: Template, name: str) -> bool:
    """Whether that names it: `en/IN/police`, or less: `IN/police`, `police`."""
    return f"/{called(template)}".endswith(f"/{name.strip('/')}")


def choose(shelf: Shelf, wanted: Wanted) -> Template | None:
    """The template that fits best; None where none does.

    One that is named is taken as it is named. Else a template of the country goes before one for
    anywhere, one for that kind of agency before one for all, and one of hers before one of ours.
    """
    fitting = [
        template
        for template in shelf.templates
        if _fits(template, wanted) and template.heading.is_in_effect(wanted.day)
    ]
    return max(fitting, key=lambda one: _closeness(one, wanted), default=None)


def read_file(path: Path) -> bytes:
    """A template's bytes, no more than one over the longest that there may be.

    Raises:
        OSError: It cannot be read, or is no file.
    """
    if not path.is_file():
        raise FileNotFoundError(2, os.strerror(2))
    with path.open("rb") as source:
        return source.read(MAX_TEMPLATE_BYTES + 1)


def text_of(template: Template) -> bytes:
    """A template as it stands in its file, to copy and change."""
    if template.place != OURS:
        return read_file(Path(template.place))
    heading = template.heading
    folder = files("stalklog.letters") / "templates" / heading.language / heading.jurisdiction
    return (folder / f"{template.name}{SUFFIX}").read_bytes()


def _read(path: Path) -> Template | None:
    try:
        return check(read_file(path)).as_template(path.stem, os.fspath(path))
    except OSError:
        return None


def _fits(template: Template, wanted: Wanted) -> bool:
    heading = template.heading
    if heading.kind != wanted.kind or heading.language != wanted.language:
        return False
    if wanted.name:
        return is_called(template, wanted.name)
    is_for_agency = not heading.addressees or wanted.agency_kind in heading.addressees
    return heading.jurisdiction in {ANYWHERE, wanted.country} and is_for_agency


def _closeness(template: Template, wanted: Wanted) -> tuple[bool, bool, bool]:
    heading = template.heading
    return (
        heading.jurisdiction == wanted.country,
        bool(heading.addressees),
        template.place != OURS,
    )


def _files(folder: Path) -> Iterator[Path]:
    """The templates in a folder and two folders deep in it, by name; no link is followed."""
    count = 0
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(folders) if len(Path(top).relative_to(folder).parts) < _DEEP else []
        for name in sorted(names):
            path = Path(top, name)
            if path.suffix != SUFFIX or path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > MAX_TEMPLATES:
                return
            yield path


def _ours() -> Iterator[Template]:
    top = files("stalklog.letters") / "templates"
    for language in sorted(top.iterdir(), key=lambda one: one.name):
        for country in sorted(language.iterdir(), key=lambda one: one.name):
            for file in sorted(country.iterdir(), key=lambda one: one.name):
                name = file.name.removesuffix(SUFFIX)
                template = check(file.read_bytes()).as_template(name, OURS)
                if template is not None:
                    yield template
