"""See what is inside a piece of evidence: the messages of an e-mail, a mailbox or an export."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli import message as telling
from stalklog.cli import span
from stalklog.cli.command import command
from stalklog.cli.console import Part, Screen, bold, dim, ident, write_json
from stalklog.cli.front import Front
from stalklog.cli.number import message_number
from stalklog.cli.receipt import id_to_type, show_unreadable
from stalklog.cli.settle import still_open
from stalklog.cli.telling import occurred_in_words
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.axis import standings_of
from stalklog.records.message_json import message_to_json, report_to_json
from stalklog.records.picture_text import UNVERIFIED
from stalklog.services import contents as services
from stalklog.services import picture_texts
from stalklog.services.chats import Chats, in_order_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.services.contents import Contents, Found


@command
def messages(
    front: Front,
    entry: Annotated[str, typer.Argument(metavar="ID", help=mark("The evidence: E-0001."))],
    from_whom: span.FromWhom = None,
    since: span.Since = None,
    until: span.Until = None,
    chat: Annotated[
        str | None,
        typer.Option(
            "--chat",
            metavar="TEXT",
            help=mark("Only chats with this in their name, in the order of time."),
        ),
    ] = None,
    is_summary: Annotated[
        bool, typer.Option("--summary", help=mark("Only what was found: how many, when, whom."))
    ] = False,
) -> None:
    """Show the messages inside a piece of evidence, in the order of the original."""
    desk, ask = front.desk(), front.when_question()
    zone = desk.reading_zone()
    chosen = _Chosen(from_whom, *span.between(desk, since, until, ask), zone)
    with closing(services.open_contents(desk, entry, progress=front.progress())) as contents:
        chats = Chats(contents)
        found: Iterable[Message] = (one for one in chats if chosen.takes(one))
        if chat is not None:
            found = _of_chat(front, found, chat.casefold(), zone)
        _answer(front, contents, chats, found, is_summary=is_summary)
        _tell_undated(front, chosen.undated)
        show_unreadable(front.screen, contents.unreadable_lines)


def _of_chat(
    front: Front, found: Iterable[Message], wanted: str, zone: tzinfo
) -> Iterable[Message]:
    """The messages of one chat in the order of time; that they are not is told."""
    ours = (message for message in found if wanted in message.conversation.casefold())
    ordered, is_ordered = in_order_of_time(ours, zone)
    if not is_ordered and not ordered:
        front.screen.tell_prose(
            _("No message is in a chat of that name. Which chats there are: --summary"),
            style="warn",
        )
    elif not is_ordered:
        front.screen.tell_prose(_("They stand in the order of the original."))
    return ordered


def _answer(
    front: Front,
    contents: Contents,
    chats: Chats,
    found: Iterable[Message],
    *,
    is_summary: bool,
) -> None:
    if front.screen.is_json and not is_summary:
        for message in found:
            write_json(message_to_json(message))
        _tell_part(front, contents)
        return
    if is_summary:
        _read_on(found)
    if front.screen.is_json:
        report = contents.report()
        told = report_to_json(report) | _chats_to_json(chats) if report else None
        front.screen.answer(told, lambda: None)
        return
    zone, chat = front.desk().reading_zone(), ""
    for message in found:
        if message.conversation not in {"", chat}:
            chat = message.conversation
            telling.show_chat(front.screen, chat)
        telling.show_row(front.screen, message, zone)
    _show_report(front, contents, chats)


def _tell_part(front: Front, contents: Contents) -> None:
    """Say beside lines of JSON, which have no place for it, that not everything was read."""
    report = contents.report()
    if report is not None and not report.is_whole:
        told = _("Read only in part, so something may be missing here. What was left out: "
                 "stalklog messages {id} --summary")  # fmt: skip
        name = id_to_type(contents.entry.id)
        front.screen.tell_prose(told.format(id=name), style="warn")


def _chats_to_json(chats: Chats) -> JsonObject:
    """Each chat by its name, most messages first; nothing where the format names none."""
    ranked: list[JsonValue] = [
        {"name": name, "messages": count} for name, count in chats.counts.most_common()
    ]
    return {"conversations": ranked} if ranked else {}


def show_message(front: Front, entry: str, number: str) -> None:
    """Show one message inside a piece of evidence, beside the bytes that it was read from."""
    desk = front.desk()
    found = services.find_message(desk, entry, message_number(number))
    name = found.contents.entry.id

    def show() -> None:
        screen = front.screen
        screen.say(ident(name), "  ", bold(_("message {n}").format(n=found.message.number)))
        screen.say()
        telling.show_whole(screen, found.message, desk.reading_zone())
        _show_said(screen, found.contents.entry)
        _show_raw(front, found)

    front.screen.answer({"id": name, "message": message_to_json(found.message)}, show)
    show_unreadable(front.screen, found.contents.unreadable_lines)


def show_text(front: Front, entry: str) -> None:
    """Show the text in a picture, as the tesseract of this computer reads it."""
    found = picture_texts.read_picture_text(front.desk(), entry)
    read, name = found.text, found.entry.id
    engine = f"{read.engine} {read.engine_version}"

    def show() -> None:
        screen = front.screen
        screen.say(ident(name), "  ", bold(_("text in the picture, not verified")))
        screen.say()
        if read.text:
            screen.quote(read.text)
        else:
            screen.say(_("No text was found in it."))
        screen.say()
        screen.pairs([(_("Read by"), engine), (_("Looked for"), ", ".join(read.languages))])
        screen.say()
        screen.prose(_(UNVERIFIED))

    front.screen.answer(
        {
            "id": name,
            "text": read.text,
            "verified": False,
            "engine": engine,
            "languages": list(read.languages),
        },
        show,
    )
    show_unreadable(front.screen, found.unreadable_lines)


class _Chosen:
    """Which messages are shown."""

    def __init__(
        self,
        from_whom: str | None,
        since: datetime | None,
        until: datetime | None,
        zone: tzinfo,
    ) -> None:
        self._from_whom = (from_whom or "").casefold()
        self._since = since
        self._until = until
        self._zone = zone
        self.undated = 0
        """How many were left out because nobody can say when they were."""

    def takes(self, message: Message) -> bool:
        """Whether it is shown; what has no zone is taken to be in the vault's.

        What can be read two ways is shown if it fits by one of them: both stand beside it.
        """
        sender = message.sender
        if self._from_whom not in f"{sender.label}\n{sender.id}".casefold():
            return False
        if self._since is None and self._until is None:
            return True
        places = tuple(standings_of(message.time, self._zone))
        self.undated += not places
        return any(
            (self._since is None or place.at >= self._since)
            and (self._until is None or place.at <= self._until)
            for place in places
        )


def _tell_undated(front: Front, count: int) -> None:
    if count:
        told = ngettext(
            "{n} message is left out because its time is not known.",
            "{n} messages are left out because their time is not known.",
            count,
        )
        front.screen.tell_prose(told.format(n=count), style="warn")


def _read_on(found: Iterable[Message]) -> None:
    for _message in found:
        pass


def _show_report(front: Front, contents: Contents, chats: Chats) -> None:
    report = contents.report()
    if report is None:
        return
    screen = front.screen
    screen.heading(_("What was found in {id}").format(id=contents.entry.id))
    telling.show_report(screen, report, front.desk().reading_zone())
    for told in still_open(contents.entry.id, report):
        screen.prose(told, indent="  ")
    _show_said(screen, contents.entry)
    telling.show_chats(screen, chats.counts)
    screen.hint(_next_step(contents).format(id=id_to_type(contents.entry.id)))


def _next_step(contents: Contents) -> str:
    if contents.is_picture:
        return _(
            "Text in it, where there is any: stalklog show {id} --text. What counts is the picture."
        )
    return _(
        "One of them, whole: stalklog show {id} --message N. All this is read from the original; "
        "the original is what counts."
    )


def _show_said(screen: Screen, entry: Shown) -> None:
    """What the person says of it, apart from what the file says."""
    said: list[tuple[str, Part]] = [
        (_("Address"), str(entry.fields.get("url", ""))),
        (_("Posted"), occurred_in_words(entry.fields.get("posted_at"))),
    ]
    if any(told for _name, told in said):
        screen.heading(_("What was said when it was added"))
        screen.pairs(said)


def _show_raw(front: Front, found: Found) -> None:
    screen = front.screen
    place = found.message.place
    screen.heading(_("As it stands in the original"))
    where = telling.place_in_words(place.start, place.end, place.member)
    pairs = [
        (_("Where"), where),
        (_("Part"), place.part),
        (_("Item"), place.item),
        ("SHA-256", place.sha256),
    ]
    screen.pairs([(name, told) for name, told in pairs if told])
    if found.raw:
        screen.quote(found.raw.decode("utf-8", "backslashreplace"))
    if found.raw_size_bytes > len(found.raw):
        screen.say(dim(_("    … the rest is in the original: stalklog get")))
