"""What every report writer is, and the table of all of them: a new format is a file and a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from stalklog.errors import UnknownFormatError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from stalklog.report.model import Report

MANIFEST: Final = "tagmanifest-sha256.txt"
"""The file of a folder whose hash stands for the whole folder in the custody log."""


@dataclass(frozen=True, slots=True)
class Part:
    """One finished file of a report."""

    name: str
    """Its name inside the folder, in plain ASCII; for a single file only a proposal."""
    data: bytes
    """Its exact bytes; the same report always gives the same."""


class Writer(Protocol):
    """The shape of `write` in every format's module."""

    def __call__(self, report: Report) -> tuple[Part, ...]:
        """The report in this format: exactly one part, or for a folder several."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a report can be written in."""

    name: str
    """What a person asks for: `--format html`."""
    suffix: str
    """How a file of it ends, with the dot; empty for a folder."""
    module: str
    """The module in this package whose function `write` makes it, loaded when it is needed."""

    @property
    def is_folder(self) -> bool:
        """Whether it is several files in a folder."""
        return not self.suffix


FORMATS: Final = (
    Format("html", ".html", "html"),
    Format("md", ".md", "markdown"),
    Format("csv", "", "csv"),
    Format("json", ".json", "json"),
)
"""Every format that shows the record; the first is used where none is asked for."""
CALENDAR: Final = Format("ics", ".ics", "ics")
"""The days of what is due, and nothing else of the record."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UnknownFormatError: There is none; nothing was written.
    """
    for known in (*FORMATS, CALENDAR):
        if known.name == name:
            return known
    raise UnknownFormatError(
        _("There is no report format of that name. Nothing was written."),
        hint=_("Choose one of: {names}.").format(
            names=", ".join(known.name for known in (*FORMATS, CALENDAR))
        ),
    )


def format_for(path: PurePath) -> Format | None:
    """The format that a file's ending asks for, or None where it asks for none that is known."""
    suffix = path.suffix.lower()
    known = (*FORMATS, CALENDAR)
    return next((one for one in known if suffix and one.suffix == suffix), None)


def write_report(report: Report, format_: Format) -> tuple[Part, ...]:
    """The finished bytes of a report; a folder's parts end with a manifest of the others."""
    writer = cast("Writer", import_module(f"stalklog.report.{format_.module}").write)
    parts = writer(report)
    return (*parts, manifest(parts)) if format_.is_folder else parts


def manifest(parts: Iterable[Part]) -> Part:
    """The hash of each file, in the form that `sha256sum --check` reads."""
    lines = sorted((part.name, hashlib.sha256(part.data).hexdigest()) for part in parts)
    return Part(MANIFEST, "".join(f"{sha256}  {name}\n" for name, sha256 in lines).encode())
