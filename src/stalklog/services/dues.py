"""What is due in a case: its records held against the rules, and reminders for a calendar."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core.calendar import write_calendar
from stalklog.due.calendar import days_of, event_title, numbers_in
from stalklog.due.due import find_due
from stalklog.due.gathering import Gathering
from stalklog.due.reading import read_rules, shipped_rules, with_own
from stalklog.errors import OutputError, UsageError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.places import due_rules
from stalklog.records.view import case as case_of
from stalklog.safety.limits import MAX_RULES_BYTES
from stalklog.services.entries import corrected
from stalklog.services.output import give_name, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stalklog.due.due import Due, Found
    from stalklog.due.fact import Facts
    from stalklog.due.rule import Rules
    from stalklog.services.desk import Desk, Progress


@dataclass(frozen=True, slots=True)
class Reminders:
    """What is due, and what could not be taken into account."""

    found: Found
    unreadable_lines: int
    """Lines of the vault that cannot be read: an answer may stand in one of them."""
    numbers: Mapping[str, int]
    """By the key of each that has a day, the number that it has in a calendar."""


def dues(desk: Desk, rules_file: Path | None, *, progress: Progress | None = None) -> Reminders:
    """What is due, overdue first.

    Args:
        desk: Which vault, whose clock and zone.
        rules_file: A file of rules of one's own; None for the one in its usual place, if any.
        progress: Shown how far the reading has come.

    Raises:
        UsageError: The file of rules cannot be used; the line is named.
        NoVaultError: There is no vault.
        PassphraseError: It is sealed, and the keys were not given.
    """
    rules = load_rules(rules_file)
    vault = desk.open()
    gathering = Gathering()
    for entry in corrected(vault, progress=progress):  # all logs: the case's country, too
        gathering.take(entry)
    unreadable_lines = vault.unreadable_lines
    facts = gathering.facts(case_of(vault.entries(("custody",))).get("country"))
    found = due_now(desk, facts, rules)
    return Reminders(found, unreadable_lines, numbers_in(found.dues, vault.header.id))


def due_now(desk: Desk, facts: Facts, rules: Rules) -> Found:
    """What is due by these facts and rules, at this moment, in the vault's zone."""
    return find_due(facts, rules, desk.clock.now(), desk.reading_zone())


def load_rules(own: Path | None = None) -> Rules:
    """The rules that stalklog comes with, and the person's own in their place.

    Raises:
        UsageError: The file of rules cannot be used; the line is named.
    """
    path = own or due_rules()
    shipped = shipped_rules()
    return shipped if path is None else with_own(shipped, read_rules(_text_of(path)))


def rules_if_usable() -> tuple[Rules, tuple[str, ...]]:
    """The same for what must not stop at a slip in that file, and what to tell of it then."""
    try:
        return load_rules(), ()
    except UsageError as error:
        told = _("{reason} The rules that stalklog comes with were used.")
        return shipped_rules(), (told.format(reason=error.message),)


def make_calendar(desk: Desk, found: Sequence[Due], target: Path) -> int:
    """Write the reminders as a calendar file that tells nobody what they are about.

    Gives how many days are in it; of none there is no file.

    Raises:
        WouldOverwriteError: Something is there already; it is untouched.
        OutputError: It cannot be written there. In each case nothing was written.
    """
    days = days_of(found)
    if not days:
        return 0
    salt, now = desk.open().header.id, desk.clock.now()
    data = write_calendar(days, title=event_title(), salt=salt, now=now)
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        write_file(temporary, data)
        give_name(temporary, target)
    except FileExistsError:
        raise WouldOverwriteError(
            _("There is something of that name already. It was not touched."),
            hint=_("Name another place with --ics."),
        ) from None
    except OSError as error:
        raise OutputError(
            _("The calendar cannot be written there ({reason}). The vault is untouched.").format(
                reason=error.strerror
            ),
            hint=_("Name another place with --ics."),
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return len(days)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RULES_BYTES + 1)
    except OSError as error:
        raise UsageError(
            _("The file of rules cannot be read ({reason}). Nothing was done.").format(
                reason=error.strerror
            ),
            hint=_("Name one with --rules FILE."),
        ) from error
    if len(data) > MAX_RULES_BYTES:
        raise UsageError(_("The file of rules is too long. Nothing was done."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            _("The file of rules cannot be used, line {line}: it is not UTF-8.").format(line=line),
            hint=_("Save it as UTF-8. Nothing was done."),
        ) from error
