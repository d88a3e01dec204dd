"""The vault itself: make it, see where it stands, prove it, mend what may be mended."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.console import Screen, Styled, bad, bold, dim, good, size_in_words, warn
from stalklog.cli.front import DAMAGED_EXIT, Front
from stalklog.cli.guidance import show_safety
from stalklog.cli.key_changes import key_changes_json, show_key_changes
from stalklog.cli.questions import Questions
from stalklog.cli.receipt import show_warnings, shown_path
from stalklog.cli.zone import local_zone
from stalklog.core.clock import SystemClock
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.services import checks, guidance, vaults
from stalklog.services.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from stalklog.core.entry import JsonObject
    from stalklog.services.checks import Repaired
    from stalklog.services.desk import Desk
    from stalklog.services.vaults import Created
    from stalklog.vault.findings import Finding
    from stalklog.vault.verify import Verification

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
    is_sealed: Annotated[
        bool,
        typer.Option("--sealed", help=mark("Only a passphrase opens it; adding needs none.")),
    ] = False,
    is_plain: Annotated[
        bool, typer.Option("--plain", help=mark("Whoever opens the folder reads it; no question."))
    ] = False,
    recovery_to: Annotated[
        str | None,
        typer.Option(
            "--recovery-to",
            metavar="FILE",
            help=mark("Sealed: where the recovery key goes; .html makes a page to print."),
        ),
    ] = None,
    recipients: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            metavar="age1…",
            help=mark("Sealed: somebody who may read it too. May be given again."),
        ),
    ] = None,
) -> None:
    """Make a vault."""
    if is_sealed and is_plain:
        raise UsageError(_("--sealed and --plain exclude each other. Nothing was made."))
    place = _place(front, path)
    settings = Settings(
        tz=tz or local_zone(os.environ), language=front.language, name=name, operator=operator
    )
    vaults.require_free(place)
    is_sealed = is_sealed or (not is_plain and _wants_sealed(front))
    if is_sealed:
        created = _create_sealed(front, place, settings, recovery_to, recipients or ())
    elif recovery_to or recipients:
        raise UsageError(
            _("--recovery-to and --recipient are for a sealed vault. Nothing was made."),
            hint=_("Say so: stalklog init --sealed"),
        )
    else:
        created = vaults.create_vault(place, clock=SystemClock(), settings=settings)
    front.screen.answer(
        _created_json(created),
        lambda: _show_created(front, created, guidance.safety_lines(), is_sealed=is_sealed),
    )
    if is_sealed:
        from stalklog.cli.paper import tell_if_in_file  # noqa: PLC0415 - for sealed vaults only

        tell_if_in_file(front.screen, recovery_to)


def _wants_sealed(front: Front) -> bool:
    """Explain the choice to a person; without one the vault is plain."""
    screen = front.screen
    if not screen.can_ask():
        return False
    screen.tell_prose(
        _(
            "Could somebody who should not read this have the computer in hand, now or later? "
            "Then a sealed vault is better: nobody reads a word in it, or sees a picture, without "
            "your passphrase. You can still add and log at any time without it."
        )
    )
    screen.tell_prose(
        _(
            "The price: if you lose both the passphrase and the recovery key, what is in it is "
            "lost for everybody. A plain vault has no passphrase: whoever opens the folder reads "
            "it. It can be sealed later."
        )
    )
    return Questions(screen).yes(_("Seal it?"), default=False)


def _create_sealed(
    front: Front,
    place: Path,
    settings: Settings,
    recovery_to: str | None,
    recipients: Sequence[str],
) -> Created:
    from stalklog.cli.keys import wished  # noqa: PLC0415 - for sealed vaults only
    from stalklog.services import sealing  # noqa: PLC0415 - likewise

    sealing.require_nameless(settings)
    passphrase = front.secrets().new_passphrase(front.passphrase_file)
    sealed = wished(front, passphrase, recovery_to, tuple(recipients))
    return sealing.create_sealed_vault(place, clock=SystemClock(), settings=settings, sealed=sealed)


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


def _show_created(
    front: Front, created: Created, advice: tuple[str, ...], *, is_sealed: bool
) -> None:
    screen = front.screen
    screen.say(good(_("Your vault is ready: ")), bold(shown_path(created.vault)))
    screen.pairs(
        [
            (_("Time zone"), created.settings.tz),
            (_("Entries"), str(created.size)),
            (_("Head"), created.head),
        ]
    )
    if is_sealed:
        screen.prose(
            _(
                "It is sealed. Adding and logging need no passphrase; reading asks for it. Lost "
                "passphrase and lost recovery key mean lost evidence."
            ),
            indent="  ",
        )
        from stalklog.cli.paper import show_test  # noqa: PLC0415 - for sealed vaults only

        show_test(screen, is_tested=created.settings.recovery_tested_at is not None)
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
    is_inside: Annotated[
        bool,
        typer.Option(
            "--inside", help=mark("Sealed: ask for the passphrase, and check the inside too.")
        ),
    ] = False,
) -> None:
    """Check everything: whether a single byte was changed since it was written."""
    desk = front.desk()
    found = checks.verify(
        desk,
        expect=expect,
        log=log,
        progress=front.progress(),
        opening=front.opening(desk, is_asked=is_inside),
    )
    findings = checks.findings_of(found, log)
    front.screen.answer(
        _verified_json(found, findings), lambda: _show_verified(front, desk, found, findings)
    )
    exits = {"damaged": DAMAGED_EXIT, "not-checked": UNREADABLE_EXIT}
    raise typer.Exit(exits.get(found.verdict, 0))


def _verified_json(found: Verification, findings: tuple[Finding, ...]) -> JsonObject:
    changed: JsonObject = (
        {} if found.key_changes is None else {"keys_changed": key_changes_json(found.key_changes)}
    )
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
        **changed,
    }


def _finding_json(finding: Finding) -> JsonObject:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": finding.where,
        "seq": finding.seq,
        "message": finding.message,
    }


def _show_verified(
    front: Front, desk: Desk, found: Verification, findings: tuple[Finding, ...]
) -> None:
    screen = front.screen
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
    if found.key_changes:
        screen.heading(_("The keys were changed, each time signed by the vault's owner key"))
        show_key_changes(screen, found.key_changes, _zone_if_readable(desk))
    if findings:
        _show_findings(screen, findings)
    if any(finding.code == "SEALED_NO_KEY" for finding in findings):
        screen.hint(_("To check what is inside, too: stalklog verify --inside"))
    if found.verdict == "damaged":
        screen.hint(_("Keep a copy of the folder as it is. What can be done: stalklog repair"))


def _zone_if_readable(desk: Desk) -> tzinfo:
    """A check tells what it found whatever of the settings, which prove nothing, can be read."""
    try:
        return desk.reading_zone()
    except OSError:
        return UTC


def _verdict(found: Verification) -> Styled:
    if found.verdict == "damaged":
        return bad(_("Damaged: something was changed or is missing."))
    if found.verdict == "not-checked":
        return warn(_("Nothing is damaged, but not everything was read."))
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
        return _("What was read is as it was written; the rest is named below.")
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
