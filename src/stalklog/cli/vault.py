"""The vault itself: make it, see where it stands, prove it, mend what may be mended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.console import Screen, Styled, bad, bold, dim, good, size_in_words, warn
from stalklog.cli.front import Front
from stalklog.cli.questions import Questions, StoppedError
from stalklog.cli.receipt import shown_path
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.checks import Repaired
    from stalklog.services.vaults import Created
    from stalklog.vault.findings import Finding
    from stalklog.vault.verify import Verification

DAMAGED_EXIT = 10
UNREADABLE_EXIT = 11


@command
def init(
    front: Front,
    path: Annotated[
        str | None,
        typer.Argument(
            metavar="PATH", help=mark("A new folder; without it, one in your data folder.")
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="TEXT", help=mark("A name for you to know it by.")),
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option("--tz", metavar="ZONE", help=mark("Your time zone: Asia/Kolkata.")),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option(
            "--operator", metavar="NAME", help=mark("Who writes, if not the person herself.")
        ),
    ] = None,
) -> None:
    """Make a vault."""
    from stalklog.cli.zone import local_zone
    from stalklog.core.clock import SystemClock
    from stalklog.services import guidance, vaults

    created = vaults.create_vault(
        _place(front, path),
        clock=SystemClock(),
        tz=tz or local_zone(os.environ),
        operator=operator,
        name=name,
        language=front.language,
    )
    front.screen.answer(
        _created_json(created), lambda: _show_created(front, created, guidance.safety_lines())
    )


def _place(front: Front, path: str | None) -> Path:
    from stalklog.services.vaults import default_vault

    named = [place for place in (path, front.vault) if place]
    if len(named) > 1:
        raise UsageError(
            _("The place was named twice. Nothing was made."),
            hint=_("Either stalklog init PATH, or --vault PATH."),
        )
    return Path(named[0]) if named else default_vault(front.case_name)
