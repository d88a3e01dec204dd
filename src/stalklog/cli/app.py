"""The front door: the commands by name, what every command shares, and the one way out."""

from __future__ import annotations

import gc
import inspect
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from stalklog import __version__
from stalklog.cli import door
from stalklog.cli import front as fronts
from stalklog.cli.command import (
    Deferred,
    PlainCommand,
    build,
    take_words_as_they_are,
    with_context,
    write_options,
)
from stalklog.cli.console import Screen
from stalklog.cli.limits import set_limits
from stalklog.cli.process import listen_for_stops, open_closed_streams
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, use_language

JSON_SCHEMA = 1
"""The number of the shapes that `--json` answers in; a new shape needs a new number."""

_NOBODY_ELSE = 0o077
"""What is made here is for this user alone, and she can open it, whatever her shell was set to."""
_RARELY = 20_000
"""So many more things must be there before those that nobody holds are looked for: what a command
makes mostly lives to its end."""


class Listed(NamedTuple):
    """A command as the front door knows it: where it lives is opened only when it is run."""

    name: str
    place: str
    """The module and the function: `records:log_threat`."""
    panel: str
    told: str
    examples: tuple[str, ...] = ()


_BEGIN = mark("To begin")
_WRITE = mark("To write down")
_LOOK = mark("To look at what is there")
_PROVE = mark("To prove it and hand it over")
_SEAL = mark("To keep it from other eyes")
_HELP = mark("To be safe, and to find help")

COMMANDS: tuple[Listed, ...] = (
    Listed(
        "init",
        "vault:init",
        _BEGIN,
        mark("Make a vault: the folder that keeps everything, and shows if it was changed."),
        ("stalklog init", "stalklog init ~/Documents/notes --tz Asia/Kolkata"),
    ),
    Listed(
        "case",
        "case:case",
        _BEGIN,
        mark("Note the particulars of the case: an alias, who helps, how the stalker writes."),
        (
            'stalklog case --set alias="Ms A"',
            "stalklog case --identifier e-mail:nobody@example.org",
        ),
    ),
    Listed(
        "add-evidence",
        "evidence:add_evidence",
        _WRITE,
        mark("Copy files and whole folders into the vault, byte for byte."),
        (
            "stalklog add-evidence mail.eml --note 'the first mail'",
            "stalklog add-evidence ~/Phone/Screenshots --kind screenshot",
        ),
    ),
    Listed(
        "log-threat",
        "records:log_threat",
        _WRITE,
        mark("Log a threat, or anything else that he or she did. One sentence is enough."),
        (
            "stalklog log-threat",
            "stalklog log-threat --when 'yesterday 21:30' --how phone --words 'I will find you'",
            "stalklog log-threat --precision unknown --behaviour 'a gift at the door'",
        ),
    ),
    Listed(
        "log-contact",
        "records:log_contact",
        _WRITE,
        mark("Log a contact with the police, a provider, a lawyer or anybody who should help."),
        (
            "stalklog log-contact",
            "stalklog log-contact --agency 'Cyber cell' --kind cyber-cell --follow-up +15d",
        ),
    ),
    Listed(
        "log-demand",
        "records:log_demand",
        _WRITE,
        mark("Log that the stalker was told to stop. Nothing is sent; a demand is optional."),
        (
            "stalklog log-demand",
            "stalklog log-demand --when '20 Nov 2026' --how e-mail --words 'Do not contact me.'",
        ),
    ),
    Listed(
        "amend",
        "amend:amend",
        _WRITE,
        mark("Correct or complete an entry; what stood there before stays."),
        ("stalklog amend T-0003 --set place='the bus stop' --reason 'remembered later'",),
    ),
    Listed(
        "withdraw",
        "amend:withdraw",
        _WRITE,
        mark("Say that an entry should not count; it stays, with the reason."),
        ("stalklog withdraw T-0003 --reason 'logged twice'",),
    ),
    Listed(
        "status",
        "standing:status",
        _LOOK,
        mark("Where the case stands: the five protective steps, and what is due."),
        ("stalklog status",),
    ),
    Listed(
        "due",
        "due:due",
        _LOOK,
        mark("What is due: days to ask again, and what the law gives others, or you, to do."),
        ("stalklog due", "stalklog due --ics days.ics"),
    ),
    Listed(
        "list",
        "entry:list_",
        _LOOK,
        mark("List what was logged."),
        ("stalklog list", "stalklog list threats --since 2026-11-01"),
    ),
    Listed(
        "show",
        "entry:show",
        _LOOK,
        mark("Show one entry, whole."),
        (
            "stalklog show T-0003",
            "stalklog show T-0003 --history",
            "stalklog show E-0004 --message 3",
        ),
    ),
    Listed(
        "messages",
        "inside:messages",
        _LOOK,
        mark("The messages inside an e-mail, a mailbox or a chat export; the original stays."),
        ("stalklog messages E-0004", "stalklog messages E-0004 --from-whom nobody --summary"),
    ),
    Listed(
        "search",
        "searching:search",
        _LOOK,
        mark("Find words in everything: records, e-mails, chats; in English, Hindi or any script."),
        (
            "stalklog search scarf",
            "stalklog search '\"blue scarf\"' --from-whom nightbird",
            "stalklog search धमकी --since 2026-10-01",
        ),
    ),
    Listed(
        "timeline",
        "searching:timeline",
        _LOOK,
        mark("Everything on one axis of time, and what came after the demand to stop."),
        ("stalklog timeline", "stalklog timeline --since 2026-10-01"),
    ),
    Listed(
        "pattern",
        "pattern:pattern",
        _LOOK,
        mark("The pattern in plain counts: when, how, to whom, before and after each demand."),
        ("stalklog pattern", "stalklog pattern --since 2026-10-01"),
    ),
    Listed(
        "trace",
        "trace:trace",
        _LOOK,
        mark("Where a message came from, as far as its header shows it, and whom to ask."),
        (
            "stalklog trace E-0001",
            "stalklog trace E-0004 --message 3 --trusted-by mx.example.org",
            "stalklog trace --url https://www.instagram.com/nobody",
        ),
    ),
    Listed(
        "get",
        "evidence:get",
        _LOOK,
        mark("Take an original out of the vault, byte for byte. It stays in the vault."),
        ("stalklog get E-0001 -o copy.eml",),
    ),
    Listed(
        "verify",
        "vault:verify",
        _PROVE,
        mark("Check everything: whether a single byte was changed since it was written."),
        ("stalklog verify", "stalklog verify --expect 42:<the head you wrote down>"),
    ),
    Listed(
        "report",
        "report:report",
        _PROVE,
        mark("Make a report for the one who must act: police, lawyer, provider."),
        ("stalklog report", "stalklog report -o report.html", "stalklog report --format csv"),
    ),
    Listed(
        "letter",
        "letter:letter",
        _PROVE,
        mark("Draft a letter from the record: to a provider, to police, to say stop, to remind."),
        (
            "stalklog letter preserve --to 'Example Mail'",
            "stalklog letter police --lang hi -o complaint.md",
            "stalklog letter reminder --for C-0002",
            "stalklog letter officer",
        ),
    ),
    Listed(
        "repair",
        "vault:repair",
        _PROVE,
        mark("What to do with a damaged vault; nothing is done without asking."),
        ("stalklog repair",),
    ),
    Listed(
        "seal",
        "keys:seal",
        _SEAL,
        mark("Make a sealed vault from a plain one: whoever finds the laptop reads nothing."),
        ("stalklog seal ~/Documents/recipes",),
    ),
    Listed(
        "keys",
        "keys:keys",
        _SEAL,
        mark("Who can read a sealed vault; change the passphrase; use the recovery key."),
        (
            "stalklog keys list",
            "stalklog keys change-passphrase",
            "stalklog keys recover",
            "stalklog keys add age1…",
        ),
    ),
    Listed(
        "unlock",
        "keys:unlock",
        _SEAL,
        mark("Read for a while without the passphrase; the system holds the key in memory."),
        ("stalklog unlock --for 30",),
    ),
    Listed("lock", "keys:lock", _SEAL, mark("End that at once.")),
    Listed(
        "safety",
        "guidance:safety",
        _HELP,
        mark("What to think of, to stay safe while keeping a record."),
    ),
    Listed("steps", "guidance:steps", _HELP, mark("The five protective steps, one by one.")),
    Listed(
        "helplines",
        "guidance:helplines",
        _HELP,
        mark("Numbers to call, each with its date and source."),
        ("stalklog helplines --country IN",),
    ),
)


class FrontDoor(TyperGroup):
    """All commands by name; each is opened when it is run, and all leave by one error door."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's to name
        settings["commands"] = {
            listed.name: TyperCommand(listed.name, help=_(listed.told)) for listed in COMMANDS
        }
        super().__init__(**settings)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401 - typer's to name
    ) -> Any:  # noqa: ANN401 - never returns
        """Run one command line, and exit with its number."""
        typed = list(sys.argv[1:] if args is None else args)
        screen = Screen(
            is_json=door.has_flag("--json", typed), no_color=door.has_flag("--no-color", typed)
        )
        del standalone_mode  # it always stands alone: the error door is the only way out
        # A plug-in of another program must not look into the records (and looking for one: 25 ms).
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        with door.error_door(screen):
            use_language(fronts.language_of(typed, os.environ))
            take_words_as_they_are(self.params)
            self.help = _(_ABOUT)
            code = super().main(
                args,
                prog_name or "stalklog",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
            if code == door.interrupted().exit_code:
                raise door.interrupted()
            door.flush_answer()
        raise SystemExit(code or 0)

    def make_context(self, *args: Any, **settings: Any) -> Any:  # noqa: ANN401 - typer's private types
        """Read the part of the command line before the command's name."""
        with door.quiet_when_nobody_reads():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's private types
        """Run the command that was named."""
        with door.quiet_when_nobody_reads():
            return super().invoke(ctx)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's private types
        """The option that shows the help; like all of them it needs no machinery."""
        option = super().get_help_option(ctx)
        take_words_as_they_are([option])
        return option

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's private types
        """Open the command that was named: its module is imported here, and no other."""
        name, stub, rest = super().resolve_command(ctx, args)
        if stub is None:
            return name, stub, rest
        return name, open_command(str(name)), rest

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's private types
        """Write the commands by what they are for, then the options."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for listed in COMMANDS:
            panels.setdefault(_(listed.panel), []).append((listed.name, _(listed.told)))
        for title, rows in panels.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        write_options(self, ctx, formatter)


def open_command(name: str) -> PlainCommand:
    """The command of that name, built from its module."""
    listed = next(listed for listed in COMMANDS if listed.name == name)
    module, _colon, function = listed.place.partition(":")
    made = getattr(import_module(f"stalklog.cli.{module}"), function)
    if isinstance(made, Deferred):
        made = made.make()
    return build(made, name=name, told=_(listed.told), examples=listed.examples)


_ABOUT = mark(
    "Keep the record of a stalking case: evidence as it came, threats, contacts with police and "
    "providers; and prove that nothing was changed. Nothing ever leaves this computer by itself."
)


def _share(*, context: typer.Context, version: bool = False, **given: object) -> None:
    """Hand what was said before the command's name to the command; alone, show the home."""
    shared = context.ensure_object(dict)
    shared.update({name: value for name, value in given.items() if value})
    front = fronts.front_of({}, shared)
    if version:
        front.screen.answer(
            {"schema": JSON_SCHEMA, "version": __version__},
            lambda: front.screen.say(f"stalklog {__version__}"),
        )
        raise typer.Exit
    if context.invoked_subcommand is None:
        if not (front.screen.can_ask() and sys.stdout.isatty()):
            raise UsageError(
                _("No command was named. Nothing was done."),
                hint=_("The commands: stalklog --help"),
            )
        import_module("stalklog.cli.standing").home(front)
        front.leave()


def _version_option() -> inspect.Parameter:
    wish = typer.Option("--version", help=mark("Say which stalklog this is."))
    return inspect.Parameter(
        "version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, wish]
    )


def _make_app() -> typer.Typer:
    made = typer.Typer(
        name="stalklog",
        cls=FrontDoor,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
    )
    share = with_context(_share, [_version_option(), *fronts.parameters()])
    made.callback(invoke_without_command=True, help=_ABOUT)(share)
    return made


app = _make_app()


def main() -> None:
    """Run the command line of this process."""
    open_closed_streams()
    listen_for_stops()
    os.umask(_NOBODY_ELSE)
    set_limits()
    gc.set_threshold(_RARELY, 20, 20)
    app()
