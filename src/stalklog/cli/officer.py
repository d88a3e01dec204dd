"""The page for the officer: make it, and say what did not fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stalklog.cli.console import bold, dim, good, json_name
from stalklog.cli.front import Front
from stalklog.cli.not_listed import not_listed_json, show_not_listed, tell_confidential
from stalklog.cli.origins import origins_json, show_origins
from stalklog.cli.receipt import show_unreadable, shown_path
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.services import officer

if TYPE_CHECKING:
    from stalklog.services.desk import Desk
    from stalklog.services.letter_about import Wish
    from stalklog.services.officer import MadePage


def make_page(front: Front, desk: Desk, wish: Wish, target: Path | None) -> None:
    """Make the page, and say where it lies."""
    if not front.screen.is_json:
        for warning in officer.warnings(desk, wish):
            front.screen.tell_prose(warning, indent="  ", style="warn")
    made = officer.make_officers_page(desk, wish, target, progress=front.progress())
    front.screen.answer(
        {
            **json_name(str(made.path)),
            "blanks": [*made.blanks],
            "left_out": made.left_out,
            **not_listed_json(made.not_listed),
            **origins_json(made.origins, ""),
        },
        lambda: _show(front, made),
    )
    tell_confidential(front.screen, made.confidential)
    front.tell_if_readable(desk)
    show_unreadable(front.screen, made.unreadable_lines)


def _show(front: Front, made: MadePage) -> None:
    screen, path = front.screen, made.path.absolute()
    screen.say(good(_("The page is made: ")), bold(shown_path(path)))
    screen.pairs([("SHA-256", dim(made.sha256))])
    if made.left_out:
        told = ngettext(
            "{n} line did not fit on it and is left out; the page says so.",
            "{n} lines did not fit on it and are left out; the page says so.",
            made.left_out,
        )
        screen.prose(told.format(n=made.left_out))
    if made.blanks:
        screen.heading(_("Left blank, to be filled in"))
        for blank in made.blanks:
            screen.prose(blank, indent="    ", first="  - ")
    show_not_listed(screen, made.not_listed)
    show_origins(screen, made.origins, "")
    if path.suffix.lower() == ".html":
        screen.say()
        screen.prose(_("Print it from any browser: {url}").format(url=path.as_uri()))
