"""The vault itself: make it, see where it stands, prove it, mend what may be mended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.console import Screen, Styled, bad, bold, dim, good, size_in_words, warn
from stalklog.cli.front import Front
from stalklog.cli.guidance import show_safety
from stalklog.cli.questions import Questions
from stalklog.cli.receipt import show_warnings, shown_path
from stalklog.cli.zone import local_zone
from stalklog.core.clock import SystemClock
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.services import checks, guidance, vaults
from stalklog.services.settings import Settings, read_settings

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
    created = vaults.create_vault(
        _place(front, path),
        clock=SystemClock(),
        settings=Settings(
            tz=tz or local_zone(os.environ),
            language=front.language,
            name=name,
            operator=operator,
        ),
    )
    front.screen.answer(
        _created_json(created), lambda: _show_created(front, created, guidance.safety_lines())
    )


def _place(front: Front, path: str | None) -> Path:
    named = [place for place in (path, front.vault) if place]
    if len(named) > 1:
        raise UsageError(
            _("The place was named twice. Nothing was made."),
            hint=_("Either stalklog init PATH, or --vault PATH."),
        )
    return Path(named[0]) if named else vaults.default_vault(front.case_name)


def _created_json(created: Created) -> JsonObject:
    return {
        "vault": str(created.vault),
        "id": created.id,
        "head": created.head,
        "size": created.size,
    }


def _show_created(front: Front, created: Created, advice: tuple[str, ...]) -> None:
    screen = front.screen
    screen.say(good(_("Your vault is ready: ")), bold(shown_path(created.vault)))
    screen.pairs(
        [
            (_("Time zone"), _zone_in_words(created)),
            (_("Entries"), str(created.size)),
            (_("Head"), created.head),
        ]
    )
    screen.heading(_("Worth writing down, on paper or with a person you trust"))
    screen.say("  ", f"{created.size}:{created.head}")
    screen.prose(
        _(
            "With it you can show later that nothing was cut off or put back. Each command ends "
            "with a newer one."
        ),
        indent="  ",
    )
    screen.heading(_("For your safety"))
    show_safety(screen, advice)
    screen.heading(_("What you can do next"))
    for command_line, told in (
        ("stalklog log-threat", _("write down what happened; one sentence is enough")),
        ("stalklog add-evidence PATH", _("copy mails, screenshots and chats into the vault")),
        ("stalklog steps", _("the five protective steps")),
        ("stalklog helplines", _("whom to call")),
    ):
        screen.say("  ", command_line.ljust(28), dim(told))


def _zone_in_words(created: Created) -> str:
    return read_settings(created.vault).tz


@command
def verify(
    front: Front,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="SIZE:HEAD",
            help=mark("A head that you kept; shows that nothing was cut off since."),
        ),
    ] = None,
    log: Annotated[
        str | None,
        typer.Option("--log", metavar="NAME", help=mark("Show the findings of one log only.")),
    ] = None,
) -> None:
    """Check everything: whether a single byte was changed since it was written."""
    found = checks.verify(front.desk(), expect=expect, log=log, progress=front.progress())
    findings = checks.findings_of(found, log)
    front.screen.answer(
        _verified_json(found, findings), lambda: _show_verified(front.screen, found, findings)
    )
    exits = {"damaged": DAMAGED_EXIT, "not-checked": UNREADABLE_EXIT}
    raise typer.Exit(exits.get(found.verdict, 0))


def _verified_json(found: Verification, findings: tuple[Finding, ...]) -> JsonObject:
    return {
        "verdict": found.verdict,
        "entries": found.entries,
        "objects": found.objects,
        "bytes": found.size_bytes,
        "size": found.size,
        "head": found.head,
        "root": found.root,
        "completeness": found.completeness,
        "findings": [_finding_json(finding) for finding in findings],
    }


def _finding_json(finding: Finding) -> JsonObject:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": finding.where,
        "seq": finding.seq,
        "message": finding.message,
    }


def _show_verified(screen: Screen, found: Verification, findings: tuple[Finding, ...]) -> None:
    screen.say(_verdict(found))
    screen.prose(_verdict_told(found))
    screen.say()
    screen.pairs(
        [
            (_("Entries"), str(found.entries)),
            (_("Originals"), f"{found.objects} ({size_in_words(found.size_bytes)})"),
            (
                _("One chain"),
                ngettext("{n} entry", "{n} entries", found.size).format(n=found.size),
            ),
            (_("Head"), found.head),
            (_("Tree root"), found.root),
        ]
    )
    screen.say()
    if found.is_complete:
        screen.prose(_("Nothing was cut off: it holds all of the head that you gave."))
    else:
        screen.prose(
            _(
                "Whether entries were cut off the end was not checked. If you kept a size and a "
                "head: stalklog verify --expect SIZE:HEAD"
            )
        )
    if findings:
        _show_findings(screen, findings)
    if found.verdict == "damaged":
        screen.hint(_("Keep a copy of the folder as it is. What can be done: stalklog repair"))


def _verdict(found: Verification) -> Styled:
    if found.verdict == "damaged":
        return bad(_("Damaged: something was changed or is missing."))
    if found.verdict == "not-checked":
        return warn(_("Nothing is damaged, but something could not be read."))
    return good(_("Intact: no change was found."))


def _verdict_told(found: Verification) -> str:
    if found.verdict == "damaged":
        first = found.first_broken_seq
        told = _("What is not named below is proven to be as it was written.")
        return (
            told
            if first is None
            else f"{_('The first entry concerned is #{seq}.')} {told}".format(seq=first)
        )
    if found.verdict == "not-checked":
        return _("What could be read is as it was written; the rest is named below.")
    return _(
        "Each entry follows from the one before, each original has the bytes that were "
        "added, and the signed head fits."
    )


def _show_findings(screen: Screen, findings: tuple[Finding, ...]) -> None:
    looks = {"fault": bad, "warning": warn, "info": dim}
    names = {"fault": _("fault"), "warning": _("warning"), "info": _("for information")}
    screen.heading(_("What was found"))
    screen.table(
        (_("Weight"), _("Name"), _("Where"), _("Entry"), _("What it means")),
        [
            (
                looks[finding.severity](names[finding.severity]),
                finding.code,
                finding.where,
                "" if finding.seq is None else f"#{finding.seq}",
                finding.message,
            )
            for finding in findings
        ],
    )


@command
def repair(
    front: Front,
    is_agreed: Annotated[
        bool, typer.Option("--yes", help=mark("Agree beforehand to what is proposed."))
    ] = False,
) -> None:
    """Say what can be done with a damaged vault, and do it when the person agrees."""
    repaired = checks.repair(front.desk(), confirm=lambda told: is_agreed or _agrees(front, told))
    front.screen.answer(_repaired_json(repaired), lambda: front.screen.prose(repaired.message))
    show_warnings(front.screen, repaired.warnings)


def _agrees(front: Front, told: str) -> bool:
    front.screen.tell_prose(told)
    if not front.screen.can_ask():
        front.screen.tell(_("Without a terminal nobody can agree; --yes agrees beforehand."))
        return False
    return Questions(front.screen).yes(_("Do this?"), default=False)


def _repaired_json(repaired: Repaired) -> JsonObject:
    return {
        "repair": repaired.repair,
        "message": repaired.message,
        "head": repaired.head,
        "size": repaired.size,
    }
