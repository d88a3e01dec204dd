"""Where the case stands, in plain words: `status`, and the home that bare `stalklog` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.command import command
from stalklog.cli.console import Part, Screen, bold, dim, good, ident, warn
from stalklog.cli.front import Front
from stalklog.cli.key_changes import key_changes_json, show_key_changes
from stalklog.cli.receipt import show_unreadable, show_warnings
from stalklog.cli.telling import day_in_words, summary_of
from stalklog.errors import NoVaultError
from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.services.status import MOST_SHOWN, Outside, Sealing, Status, outside
from stalklog.services.status import status as ask

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

_MOST_DUE = 8
_NEAR_DAYS = 92
"""What a law gives until later than this is for `due` to show."""


@command
def status(front: Front) -> None:
    """Say where the case stands."""
    found = ask(front.desk(), progress=front.progress())
    front.screen.answer(status_json(found), lambda: _show_status(front.screen, found))
    show_warnings(front.screen, found.warnings)
    show_unreadable(front.screen, found.unreadable_lines)


def home(front: Front) -> None:
    """Say, in plain words, where the case stands and what can be done next."""
    try:
        seen = outside(front.desk())
        if seen is not None:
            _show_outside(front.screen, seen)
            return
        found = ask(front.desk(), progress=front.progress())
    except NoVaultError:
        _show_welcome(front.screen)
        return
    screen = front.screen
    screen.say(bold(_title(found)))
    screen.say(_counts(found))
    _show_due(screen, found)
    _show_pictures(screen, found)
    _show_worry(screen, found)
    _show_next(
        screen,
        ("stalklog log-threat", _("write down what happened; one sentence is enough")),
        ("stalklog add-evidence PATH", _("copy mails, screenshots and chats into the vault")),
        ("stalklog log-contact", _("write down a call or letter to police or provider")),
        ("stalklog status", _("the five protective steps, and how far they are")),
        ("stalklog due", _("what is due, and what each day rests on")),
        ("stalklog trace ID", _("where an e-mail came from, and whom to ask")),
        ("stalklog letter", _("a draft to a provider or to the police; nothing is sent")),
        ("stalklog report", _("a report for the one who must act")),
        ("stalklog helplines", _("whom to call")),
        ("stalklog --help", _("everything else")),
    )
    show_warnings(screen, found.warnings)
    show_unreadable(screen, found.unreadable_lines)


def status_json(found: Status) -> JsonObject:
    """Where the case stands, as `--json` shows it."""
    return {
        "vault_id": found.vault_id,
        "name": found.name,
        "alias": found.alias,
        "tz": found.tz,
        "counts": {**found.counts},
        "size": found.size,
        "head": found.head,
        "last_checkpoint": found.last_checkpoint,
        "steps": [
            {"key": one.step.key, "title": one.step.title, "count": one.count}
            for one in found.steps
        ],
        "only_pictures": [*found.only_pictures],
        "reports_missing": [shown.id for shown in found.reports_missing],
        "due": [
            {
                "on": due.on.isoformat(),
                "id": due.id,
                "agency": due.agency,
                "overdue": due.is_overdue,
            }
            for due in found.due
        ],
        "unconfirmed_bytes": found.unconfirmed_bytes,
        "unreadable_lines": found.unreadable_lines,
        "sealed": None if found.sealing is None else _sealing_json(found.sealing),
    }


def _sealing_json(sealing: Sealing) -> JsonObject:
    return {
        "readers": sealing.readers,
        "key_changes": [f"#{change.seq}" for change in sealing.key_changes],
        "keys_changed": key_changes_json(sealing.key_changes),
        "recovery_tested_at": sealing.recovery_tested_at,
        "unopened_lines": sealing.unopened_lines,
    }


def _show_status(screen: Screen, found: Status) -> None:
    screen.say(bold(_title(found)))
    screen.say(_counts(found))
    screen.heading(_("The five protective steps"))
    for one in found.steps:
        done = good(_("yes")) if one.count else dim("-  ")
        told = _step_count(one.count) if one.count else _("nothing yet")
        screen.say(f"  {one.step.number}  ", done, f"  {one.step.title}", dim(f"  ({told})"))
    _show_due(screen, found)
    _show_pictures(screen, found)
    _show_missing_reports(screen, found)
    _show_worry(screen, found)
    if found.sealing is not None:
        _show_sealing(screen, found.sealing)
    screen.heading(_("The vault"))
    screen.pairs(
        [
            (_("Entries"), str(found.size)),
            (_("Head"), found.head),
            (_("Checkpoint"), _checkpoint(found)),
            (_("Time zone"), found.tz),
        ]
    )
    screen.hint(_("What each step means: stalklog steps. Nothing here is a must."))


def _title(found: Status) -> str:
    named = [part for part in (found.name, found.alias) if part]
    return (
        _("Where the case stands: {name}").format(name=", ".join(named))
        if named
        else _("Where the case stands")
    )


def _counts(found: Status) -> str:
    def count(log: str) -> int:
        return found.counts.get(log, 0)

    parts = (
        ngettext("{n} piece of evidence", "{n} pieces of evidence", count("evidence")).format(
            n=count("evidence")
        ),
        ngettext("{n} threat", "{n} threats", count("threats")).format(n=count("threats")),
        ngettext("{n} contact", "{n} contacts", count("contacts")).format(n=count("contacts")),
        ngettext("{n} demand", "{n} demands", count("demands")).format(n=count("demands")),
    )
    return ", ".join(parts) + "."


def _step_count(count: int) -> str:
    return ngettext("{n} entry", "{n} entries", count).format(n=count)


def _checkpoint(found: Status) -> str:
    if found.last_checkpoint is None:
        return _("none that is good; see stalklog verify")
    if found.last_checkpoint == found.size:
        return _("signed, over all entries")
    return _("signed, over {n} of {size} entries").format(n=found.last_checkpoint, size=found.size)


def _show_due(screen: Screen, found: Status) -> None:
    if not found.due:
        return
    screen.heading(
        _("To ask again") if not any(due.what for due in found.due) else _("What is due")
    )
    near = [due for due in found.due if not due.what or due.days <= _NEAR_DAYS][:_MOST_DUE]
    for due in near:
        day = day_in_words(due.on.isoformat())
        when: Part = warn(_("{day} (past)").format(day=day)) if due.is_overdue else day
        if due.is_now:
            when = warn(_("{day} (now)").format(day=day))
        what = ": ".join(part for part in (due.agency, due.what) if part)
        screen.say("  ", when, "  ", ident(due.id), "  ", what)
    later = len(found.due) - len(near)
    if later:
        told = _("  {n} more, or later: stalklog due")
        screen.say(dim(told.format(n=later)))
    elif any(due.what for due in near):
        screen.say(dim(_("  What each day rests on: stalklog due")))


def _show_pictures(screen: Screen, found: Status) -> None:
    if not found.only_pictures:
        return
    screen.heading(_("So far only a picture; the electronic original could still be had"))
    for shown in found.first_pictures:
        screen.say("  ", ident(shown.id), "  ", summary_of(shown))
    _show_rest(screen, len(found.only_pictures))
    screen.prose(
        _(
            "Export or save the mail, chat or page itself, if it is safe, and add it. If it is "
            "gone: stalklog amend ID --set original=gone --reason WHY"
        ),
        indent="  ",
    )


def _show_missing_reports(screen: Screen, found: Status) -> None:
    if not found.reports_missing:
        return
    screen.heading(_("An official report that is not here yet"))
    for shown in found.reports_missing[:MOST_SHOWN]:
        screen.say("  ", ident(shown.id), "  ", summary_of(shown))
    _show_rest(screen, len(found.reports_missing))


def _show_rest(screen: Screen, count: int) -> None:
    if count > MOST_SHOWN:
        screen.say(dim(_("  and {n} more").format(n=count - MOST_SHOWN)))


def _show_worry(screen: Screen, found: Status) -> None:
    if found.unconfirmed_bytes and not found.unreadable_lines:
        screen.say()
        screen.prose(
            _(
                "An interrupted command left something behind. Nothing that was acknowledged is "
                "lost; the next command that writes puts it in order."
            )
        )


def _show_outside(screen: Screen, seen: Outside) -> None:
    """The home of a sealed vault: nothing of what is in it is shown unasked."""
    screen.say(bold(_("A sealed vault.")))
    count = ngettext("{n} entry is in it.", "{n} entries are in it.", seen.size)
    screen.say(count.format(n=seen.size))
    _show_sealing(screen, seen.sealing)
    _show_next(
        screen,
        ("stalklog log-threat", _("write down what happened; it needs no passphrase")),
        ("stalklog add-evidence PATH", _("copy mails, screenshots and chats into the vault")),
        ("stalklog status", _("where the case stands; asks for the passphrase")),
        ("stalklog unlock", _("read for a while without being asked each time")),
        ("stalklog keys", _("who can read it, and how to change that")),
        ("stalklog helplines", _("whom to call")),
        ("stalklog --help", _("everything else")),
    )


def _show_sealing(screen: Screen, sealing: Sealing) -> None:
    screen.heading(_("How it is sealed"))
    if sealing.readers is None:
        _show_unapproved(screen)
    else:
        keys = ngettext("{n} key opens", "{n} keys open", sealing.readers).format(n=sealing.readers)
        screen.say("  ", _("{keys} what is added now.").format(keys=keys))
    if sealing.key_changes:
        screen.say("  ", _("The keys were changed:"))
        show_key_changes(screen, sealing.key_changes, sealing.zone, most=MOST_SHOWN)
    if sealing.unopened_lines:
        count = ngettext(
            "{n} entry is sealed to another key.",
            "{n} entries are sealed to other keys.",
            sealing.unopened_lines,
        )
        screen.say("  ", warn(count.format(n=sealing.unopened_lines)))
    if sealing.recovery_tested_at is None and sealing.readers is not None:
        screen.prose(
            _(
                "The recovery key was not tested yet. When you have a quiet moment: stalklog keys "
                "recover --test"
            ),
            indent="  ",
        )


def _show_unapproved(screen: Screen) -> None:
    screen.prose(
        _(
            "Who can read it cannot be said: what stands there of its keys is not what the vault's "
            "owner signed, or cannot be read. What is wrong: stalklog verify"
        ),
        indent="  ",
    )


def _show_welcome(screen: Screen) -> None:
    screen.say(bold(_("stalklog keeps the record of a stalking case.")))
    screen.prose(
        _(
            "There is no vault here yet. A vault is a folder that keeps everything as it came, and "
            "shows if it was changed. Nothing leaves this computer by itself."
        )
    )
    _show_next(
        screen,
        ("stalklog init", _("make a vault")),
        ("stalklog safety", _("what to think of first")),
        ("stalklog helplines", _("whom to call")),
        ("stalklog --help", _("everything else")),
    )


def _show_next(screen: Screen, *rows: tuple[str, str]) -> None:
    screen.heading(_("What you can do"))
    for command_line, told in rows:
        screen.say("  ", command_line.ljust(28), dim(told))
