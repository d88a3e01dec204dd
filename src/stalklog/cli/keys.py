"""The keys of a sealed vault: who can read it, and how to change that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.completion import offered
from stalklog.cli.console import Screen, bold, dim, good, ident, json_name, warn
from stalklog.cli.front import Front
from stalklog.cli.key_changes import (
    key_changes_json,
    reader_json,
    role_in_words,
    show_key_changes,
)
from stalklog.cli.paper import show_test, tell_if_in_file
from stalklog.cli.receipt import shown_path
from stalklog.core.clock import SystemClock
from stalklog.errors import StalklogError, UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.keyring import find_keyring
from stalklog.services import keys as services
from stalklog.services import sealing, unlocking

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk
    from stalklog.services.keys import Keys, KeysChanged
    from stalklog.services.sealing import SealedVault

_ACTIONS = ("list", "add", "remove", "change-passphrase", "recover")
_DEFAULT_MINUTES = 15
_MOST_MINUTES = 24 * 60
_MOST_DIGITS = 4
_MINUTE_S = 60
_NewPassphraseFile = Annotated[
    str | None,
    typer.Option(
        "--new-passphrase-file", metavar="FILE", help=mark("The new passphrase, in a file.")
    ),
]
_RecoveryTo = Annotated[
    str | None,
    typer.Option(
        "--recovery-to",
        metavar="FILE",
        help=mark("Where a new recovery key goes; .html makes a page to print."),
    ),
]


@command
def keys(
    front: Front,
    action: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help=mark("list, add, remove, change-passphrase or recover."),
            autocompletion=offered(_ACTIONS),
        ),
    ] = "list",
    recipient: Annotated[
        str | None,
        typer.Argument(metavar="age1…", help=mark("The public key to add or remove.")),
    ] = None,
    is_recovery: Annotated[
        bool, typer.Option("--recovery", help=mark("add: a new recovery key for the old one."))
    ] = False,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key",
            help=mark("change-passphrase: a new key too, if somebody may know the old passphrase."),
        ),
    ] = False,
    is_test: Annotated[
        bool, typer.Option("--test", help=mark("recover: only show that the recovery key works."))
    ] = False,
    new_passphrase_file: _NewPassphraseFile = None,
    recovery_file: Annotated[
        str | None,
        typer.Option("--recovery-file", metavar="FILE", help=mark("The recovery key, in a file.")),
    ] = None,
    recovery_to: _RecoveryTo = None,
) -> None:
    """Say who can read a sealed vault, and change it."""
    secrets, desk = front.secrets(), front.desk(is_held_enough=False)
    if action == "list":
        front.warn_if_changed(desk)
        _answer_keys(front, desk, services.list_keys(desk))
        return
    if action == "recover" and is_test:
        services.try_recovery(desk, secrets.recovery_key(recovery_file))
        front.screen.answer(
            {"recovery": "works"},
            lambda: front.screen.say(good(_("The recovery key works: it opens this vault."))),
        )
        return
    told = _("Done.")
    if action == "add" and is_recovery:
        changed = services.new_recovery(
            desk, secrets.passphrase(), lambda key: secrets.hand_over(key, recovery_to)
        )
        told = _(
            "There is a new recovery key, and a new key of yours under the same passphrase. "
            "Whoever has the old paper and a copy of the vault still reads what was added before "
            "now, and nothing that is added from now on, unless they can also write to this vault: "
            "then make a new one."
        )
    elif action == "add":
        changed = services.add_key(desk, _required(recipient))
        told = _("They can read what is added from now on. What was there before stays closed.")
    elif action == "remove":
        changed = services.remove_key(desk, _required(recipient))
        told = _(
            "They read nothing that is added from now on. What was added while they could read it "
            "they still can, if they have a copy of the vault."
        )
    elif action == "change-passphrase":
        services.require_opened(desk)
        changed = services.change_passphrase(
            desk, secrets.new_passphrase(new_passphrase_file), new_key=new_key
        )
        told = _passphrase_told(new_key=new_key)
    elif action == "recover":
        recovery = secrets.recovery_key(recovery_file)
        services.require_recovery(desk, recovery)
        is_elsewhere = services.lies_elsewhere(desk)
        if is_elsewhere:
            _tell_where_it_goes(front, desk)
        changed = services.recover(desk, recovery, secrets.new_passphrase(new_passphrase_file))
        told = _recovered_told(desk, is_elsewhere=is_elsewhere)
    else:
        raise UsageError(
            _("keys does not know this. Nothing was changed."),
            hint=_("It knows: {actions}").format(actions=", ".join(_ACTIONS)),
        )
    is_new = action == "add" and is_recovery
    written = services.identity_place(desk) if action == "recover" else None
    _answer_changed(front, changed, told, is_new_recovery=is_new, written=written)
    tell_if_in_file(front.screen, recovery_to if is_new else None)
    _forget_held(front, desk)


def _tell_where_it_goes(front: Front, desk: Desk) -> None:
    """Say it while there is still time to stop."""
    if not front.screen.can_ask():
        return
    front.screen.tell_prose(
        _(
            "There is no key file of yours in the vault's folder: it is lost, or lies elsewhere, "
            "on a stick for example. A new one goes into the vault's folder: {place}. To have it "
            "elsewhere, stop here with Ctrl-C, by which nothing is changed, and name the place: "
            "stalklog keys recover --identity FILE"
        ).format(place=shown_path(services.identity_place(desk))),
        style="warn",
    )


def _recovered_told(desk: Desk, *, is_elsewhere: bool) -> str:
    told = _(
        "The vault opens with the new passphrase. The recovery key stays as it is. Your key file "
        "is {place}."
    ).format(place=shown_path(services.identity_place(desk)))
    if not is_elsewhere:
        return told
    more = _(
        "There was none in this folder before. To have it elsewhere: stalklog keys recover "
        "--identity FILE, and then delete the one in the folder. If an older one lies "
        "somewhere, it still opens with the old passphrase: delete it too."
    )
    return f"{told} {more}"


def _passphrase_told(*, new_key: bool) -> str:
    if new_key:
        return _(
            "The vault opens with the new passphrase. Whoever copied the old key file and knows "
            "the old passphrase still reads what was added before now, and nothing that is added "
            "from now on."
        )
    return _(
        "The vault opens with the new passphrase. Whoever copied the old key file and knows the "
        "old passphrase can still read everything. If that may be so: stalklog keys "
        "change-passphrase --new-key"
    )


@command
def unlock(
    front: Front,
    minutes: Annotated[
        str | None,
        typer.Option("--for", metavar="MINUTES", help=mark("For how long; 15 if not said.")),
    ] = None,
) -> None:
    """Let the system hold the key in memory for a while, so that reading asks for nothing."""
    for_s = _minutes(minutes) * _MINUTE_S
    ring = find_keyring(SystemClock())
    unlocking.unlock(front.desk(is_held_enough=False), ring, for_s=for_s)
    is_lasting = ring is not None and ring.is_lasting
    front.screen.answer(
        {"unlocked_s": for_s},
        lambda: _show_unlocked(front.screen, for_s // _MINUTE_S, is_lasting=is_lasting),
    )


def _show_unlocked(screen: Screen, minutes: int, *, is_lasting: bool) -> None:
    screen.say(
        good(
            ngettext(
                "Unlocked for {count} minute.", "Unlocked for {count} minutes.", minutes
            ).format(count=minutes)
        ),
        _(" To end it at once: stalklog lock"),
    )
    if is_lasting:
        screen.prose(
            _(
                "This system keeps the key in its own store of passwords, on the disk. When the "
                "time is over a process that waits for that deletes it. If you sign out or switch "
                "the computer off before, it may stay in the store until somebody next reads this "
                "vault, so lock it first: stalklog lock"
            ),
            indent="  ",
        )


@command
def lock(front: Front) -> None:
    """Let the system hold the key no longer."""
    was_held = unlocking.lock(front.desk(), find_keyring(SystemClock()))
    told = _("Locked.") if was_held else _("It was locked already.")
    front.screen.answer({"was_unlocked": was_held}, lambda: front.screen.say(good(told)))


@command
def seal(
    front: Front,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help=mark("A new folder for the sealed vault."))
    ],
    new_passphrase_file: _NewPassphraseFile = None,
    recovery_to: _RecoveryTo = None,
    recipients: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            metavar="age1…",
            help=mark("Somebody who may read it too. May be given again."),
        ),
    ] = None,
) -> None:
    """Make a sealed vault from this plain one; the plain one stays as it is."""
    desk, place = front.desk(), Path(path)
    sealing.require_can_seal(desk, place)
    made = sealing.seal_vault(
        desk,
        place,
        wished(
            front,
            front.secrets().new_passphrase(new_passphrase_file or front.passphrase_file),
            recovery_to,
            tuple(recipients or ()),
        ),
        progress=front.progress(),
    )
    front.screen.answer(_sealed_json(made), lambda: _show_sealed(front.screen, made))
    tell_if_in_file(front.screen, recovery_to)


def wished(
    front: Front, passphrase: str, recovery_to: str | None, others: tuple[str, ...]
) -> sealing.Sealed:
    """How a new vault is to be sealed, as the command line says."""
    identity = front.identity_path()
    return sealing.Sealed(
        passphrase,
        lambda key: front.secrets().hand_over(key, recovery_to),
        identity,
        others,
    )


def _minutes(text: str | None) -> int:
    is_number = text is not None and text.isdecimal() and len(text) <= _MOST_DIGITS
    minutes = int(text or 0) if is_number else (0 if text else _DEFAULT_MINUTES)
    if not 0 < minutes <= _MOST_MINUTES:
        raise UsageError(
            _("--for takes a number of minutes, a day at most. Nothing was done."),
            hint=_("For example: --for 30"),
        )
    return minutes


def _required(recipient: str | None) -> str:
    if not recipient:
        raise UsageError(
            _("The public key is missing. Nothing was changed."),
            hint=_("It begins with age1: stalklog keys add age1…"),
        )
    return recipient


def _answer_keys(front: Front, desk: Desk, found: Keys) -> None:
    answer: JsonObject = {
        "recipients": [reader_json(reader) for reader in found.readers],
        "changes": [f"#{change.seq}" for change in found.changes],
        "keys_changed": key_changes_json(found.changes),
        "recovery_tested_at": found.recovery_tested_at,
    }
    front.screen.answer(answer, lambda: _show_keys(front.screen, desk, found))


def _show_keys(screen: Screen, desk: Desk, found: Keys) -> None:
    screen.say(bold(_("What is added now can be read with one of these keys")))
    for reader in found.readers:
        screen.say("  ", reader.recipient, "  ", dim(role_in_words(reader.role)))
    count = ngettext("The keys were changed {n} time.", "The keys were changed {n} times.",
                     len(found.changes))  # fmt: skip
    if found.changes:
        screen.say(count.format(n=len(found.changes)))
        show_key_changes(screen, found.changes, desk.reading_zone())
    if found.recovery_tested_at is None:
        screen.say(warn(_("The recovery key was not tested yet: stalklog keys recover --test")))
    else:
        screen.say(_("The recovery key worked on {day}.").format(day=found.recovery_tested_at))


def _forget_held(front: Front, desk: Desk) -> None:
    """What `unlock` left with the system may be the old key; the change stands either way."""
    try:
        unlocking.lock(desk, find_keyring(SystemClock()))
    except (StalklogError, OSError):
        front.screen.tell_prose(
            _(
                "Whether the system still holds a key from before could not be seen. It holds "
                "none after: stalklog lock"
            ),
            style="warn",
        )


def _answer_changed(
    front: Front,
    changed: KeysChanged,
    told: str,
    *,
    is_new_recovery: bool = False,
    written: Path | None = None,
) -> None:
    def show() -> None:
        front.screen.say(good(_("The keys are changed, written down as ")), ident(changed.id), ".")
        front.screen.prose(told)
        front.screen.pairs([(_("Entries"), str(changed.size)), (_("Head"), changed.head)])
        if is_new_recovery:
            show_test(front.screen, is_tested=changed.is_recovery_tested)
        if not changed.is_noted:
            front.screen.tell_prose(
                _(
                    "Whether the recovery key was tested could not be noted in the vault's "
                    "settings: what stalklog status says of that may be out of date."
                ),
                style="warn",
            )

    answer: JsonObject = {
        "id": changed.id,
        "seq": changed.seq,
        "head": changed.head,
        "size": changed.size,
        "recipients": list(changed.recipients),
        **({} if written is None else {"identity": {**json_name(str(written))}}),
    }
    front.screen.answer(answer, show)


def _sealed_json(made: SealedVault) -> JsonObject:
    return {
        "vault": str(made.vault),
        "id": made.id,
        "carried": made.carried,
        "size": made.size,
        "head": made.head,
    }


def _show_sealed(screen: Screen, made: SealedVault) -> None:
    screen.say(good(_("The sealed vault is ready: ")), bold(shown_path(made.vault)))
    screen.pairs(
        [
            (_("Carried over"), str(made.carried)),
            (_("Entries"), str(made.size)),
            (_("Head"), made.head),
        ]
    )
    show_test(screen, is_tested=made.is_recovery_tested)
    screen.heading(_("What is still there to be read"))
    screen.prose(
        _(
            "The plain vault is as it was: only you delete it, and only when you have opened the "
            "sealed one with your passphrase. Deleting does not erase: on an SSD or a stick the "
            "bytes may stay for a long time, and so may copies in backups, in the cloud and in the "
            "bin. What was ever readable on this computer may have been read."
        ),
        indent="  ",
    )
