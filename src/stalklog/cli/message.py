"""How a message and what a reading came to are told in words; every word of it is a stranger's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, bold, dim, ident, size_in_words, warn
from stalklog.cli.telling import day_in_words, excerpt, moment_in_words
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.facts import FACTS
from stalklog.records.message import DOUBTS, FLAGS, REASONS
from stalklog.records.reckoning import (
    APART,
    DECIDED,
    DECIDERS,
    ORDERS,
    OTHER_NUMBER,
    counts_in_words,
    declared_in_words,
    duration_in_words,
    files_in_words,
    odd_in_words,
    senders_in_words,
)

if TYPE_CHECKING:
    from stalklog.records.message import (
        Attachment,
        Decision,
        Message,
        Party,
        ReadingReport,
        Told,
        Unread,
    )

_FORMATS = {
    "eml": mark("an e-mail"),
    "emlx": mark("an e-mail of Apple Mail"),
    "mbox": mark("a mailbox"),
    "msg": mark("a message of Outlook"),
    "pst": mark("a mailbox of Outlook"),
    "mhtml": mark("a saved web page"),
    "html": mark("a saved web page"),
    "warc": mark("a web archive"),
    "wacz": mark("a web archive"),
    "picture": mark("a picture"),
    "sound": mark("a recording"),
    "whatsapp": mark("a WhatsApp chat"),
    "whatsapp-zip": mark("a WhatsApp chat"),
    "whatsapp-utf16": mark("a WhatsApp chat"),
    "sms-backup": mark("a backup of SMS or calls"),
    "sms-backup-utf16": mark("a backup of SMS or calls"),
    "telegram": mark("a Telegram export"),
    "telegram-html": mark("a Telegram export"),
    "telegram-zip": mark("a Telegram export"),
    "signal": mark("a Signal export"),
    "signal-zip": mark("a Signal export"),
    "signal-text": mark("a Signal export"),
    "imessage-zip": mark("messages of a Mac or an iPhone"),
    "imessage-text": mark("messages of a Mac or an iPhone"),
    "imessage": mark("messages of a Mac or an iPhone"),
    "snapchat": mark("a Snapchat export"),
    "snapchat-zip": mark("a Snapchat export"),
    "linkedin": mark("a LinkedIn export"),
    "reddit": mark("a Reddit export"),
    "csv-zip": mark("a LinkedIn or Reddit export"),
    "skype": mark("a Skype export"),
    "skype-tar": mark("a Skype export"),
    "line": mark("a LINE chat"),
    "google-voice": mark("a Google Voice export"),
    "google-voice-zip": mark("a Google Voice export"),
    "irc": mark("a log of IRC"),
    "meta": mark("an Instagram or Messenger export"),
    "meta-html": mark("an Instagram or Messenger export"),
    "meta-zip": mark("an Instagram or Messenger export"),
    "discord": mark("a Discord export"),
    "discord-csv": mark("a Discord export"),
    "discord-html": mark("a Discord export"),
    "discord-text": mark("a Discord export"),
    "discord-own": mark("what an account wrote on Discord"),
    "discord-own-zip": mark("what an account wrote on Discord"),
    "google-chat": mark("a Google Chat export"),
    "google-chat-zip": mark("a Google Chat export"),
    "x": mark("direct messages of X"),
    "x-zip": mark("an archive of X"),
    "slack": mark("a day of a Slack export"),
    "slack-zip": mark("a Slack export"),
}
"""What each reader reads, for people; another one is called by its name."""
_FLAGGED = {
    "missed-call": mark("not answered"),
    "rejected-call": mark("declined"),
    "blocked-call": mark("blocked"),
    "voicemail": mark("left a recording"),
    "unsent": mark("a draft, not sent"),
    "waiting": mark("waiting to be sent"),
    "failed": mark("sending failed"),
    "recently-deleted": mark("deleted a short time before"),
    "header-in-body": mark("a line looks like a message"),
    "writes-once": mark("writes only once"),
    "time-backwards": mark("dated before the one above"),
    "date-apart": mark("sent and received far apart"),
    "id-time": mark("its number holds another time"),
    "digest-mismatch": mark("does not fit its checksum"),
    "bad-charset": mark("some letters not decoded"),
    "cut-off": mark("its end is missing"),
}
"""Of `FLAGS`, what changes how a row in a list is to be taken; `show` tells all."""
OWNER_IN_WORDS = mark("the owner of the phone or account")
_AUDIENCES = {
    "alone": mark("to one person alone"),
    "several": mark("to several people"),
    "bulk": mark("sent in bulk"),
}
_FORWARDED = {
    "inline": mark(
        "Somebody's copy of another message: its header tells of the forwarding. The original, "
        "as it first arrived, says more."
    ),
    "attached": mark("It carries another message, with that one's own header."),
}
_GET_ORIGINAL = mark(
    "How to get it: whoever received it first saves it out of that account, and does not forward "
    "it again. Gmail: Show original, Download original. Outlook on the web: Save, or View message "
    "source. Yahoo: View raw message. Zoho: Show original. Apple Mail, Thunderbird: Save as. Each "
    "step stands on the page look-inside of the how-to."
)
_GET_LIBRARY = mark("To read it: pip install 'stalklog[outlook]'. It is kept all the same.")
_STATUSES = {
    "present": mark("is in the original"),
    "missing": mark("is named, and not there"),
    "omitted": mark("was left out of the export"),
    "remote": mark("is only an address; it is not fetched"),
    "unread": mark("is there, and was not read"),
}
_EXPECTED = frozenset({"not-read", "no-library"})
"""What is left out by every reading of such an original, or told by itself."""
_MOST_CHATS = 20
_MOST = 5
"""As many senders as a summary names, and places that were not read."""


def told_in_words(told: Told | None, zone: tzinfo) -> str:
    """A time as the original tells it: in the vault's zone where it has one, else as it stands."""
    if told is None:
        return ""
    if told.instant is not None:
        return moment_in_words(told.instant.astimezone(zone).isoformat())
    if told.wall is not None:
        return walls_in_words((told.wall, *told.others), is_day=told.precision == "day")
    if told.precision is not None:
        return _("{written} (not a whole date)").format(written=excerpt(told.written))
    return _("{written} (not understood)").format(written=excerpt(told.written))


def walls_in_words(walls: Collection[str], *, is_day: bool = False) -> str:
    """What a clock on the wall showed, in each reading of it."""
    shown = _(" or ").join(
        day_in_words(wall) if is_day else moment_in_words(wall, has_offset=False) for wall in walls
    )
    return _("{time} (no zone)").format(time=shown)


def party_in_words(party: Party) -> str:
    """A sender or recipient as shown, the address apart from the name."""
    if party.label and party.id and party.label != party.id:
        return f"{party.label} <{party.id}>"
    if party.role == "owner" and not party.label and not party.id:
        return _(OWNER_IN_WORDS)
    return party.label or party.id


def subject_of(message: Message) -> str:
    """What a message is about, on one line."""
    return excerpt(message.subject) or excerpt(message.text) or excerpt(message.url)


def show_chat(screen: Screen, name: str) -> None:
    """In which chat the rows that follow are: exports hold one after the other, or all mixed."""
    screen.say(" " * 8, dim(_("in {chat}").format(chat=excerpt(name))))


def show_row(screen: Screen, message: Message, zone: tzinfo) -> None:
    """One message on two lines: when and from whom, and what it is about."""
    when = told_in_words(message.time, zone)
    who = party_in_words(message.sender)
    inner = f"  {_('inside {n}').format(n=message.parent)}" if message.parent else ""
    parts = "  ".join(part for part in (when, who) if part)
    screen.say(ident(f"{message.number:>6}"), "  ", bold(parts), dim(inner))
    screen.say(" " * 8, subject_of(message), dim("".join(f"  [{one}]" for one in _marks(message))))


def show_whole(screen: Screen, message: Message, zone: tzinfo) -> None:
    """One message, all of it."""
    rows = [
        (_("From"), _sender(message.sender)),
        *((_role(party), party_in_words(party)) for party in message.recipients),
        (_("Sent"), _time(message.sent, zone)),
        (_received(message), _time(message.received, zone)),
        (_("Subject"), message.subject),
        (_("In"), message.conversation),
        (_("Lasted"), _lasted(message.duration_s)),
        (_("Address"), message.url),
        (_("Its id"), message.native_id),
        (_("Answers"), message.reply_to),
        (_("To whom, it says"), _(_AUDIENCES[message.audience]) if message.audience else ""),
    ]
    screen.pairs([(name, told) for name, told in rows if told])
    if message.forwarded:
        screen.prose(_(_FORWARDED[message.forwarded]), indent="  ")
    if message.forwarded == "inline":
        screen.prose(_(_GET_ORIGINAL), indent="  ")
    for flag in message.flags:
        screen.say("  ", warn(_("Odd: ")), _(FLAGS.get(flag, flag)))
    if message.is_edited:
        screen.say("  ", _("It was changed after it was sent."))
    if message.is_deleted:
        screen.say("  ", _("It was deleted; only its mark is left."))
    if message.text:
        screen.say()
        screen.quote(message.text)
    if message.attachments:
        screen.heading(_("Attachments"))
        for attachment in message.attachments:
            screen.say("  ", _attachment(attachment))


def show_report(screen: Screen, report: ReadingReport, zone: tzinfo) -> None:
    """What a reading came to: how many, from when to when, from whom, and what was not read."""
    screen.pairs(list(_report(report, zone)))
    for told, is_other in declared_in_words(report):
        screen.say("  ", warn(told) if is_other else told)
    if any(is_other for _told, is_other in declared_in_words(report)):
        screen.prose(_(OTHER_NUMBER), indent="  ")
    for unread in report.unread[:_MOST]:
        screen.say("  ", warn(_("Not read: ")), _unread(unread))
    if report.lacks_library:
        screen.say("  ", _(_GET_LIBRARY))
    for how_many, what in (*odd_in_words(report), *_doubted_in_words(report)):
        screen.say("  ", warn(f"{how_many}: "), what)
    for decision in report.decisions:
        if decision.by == "nobody":  # what is open is told with how to say it
            continue
        told = decision_in_words(decision)
        if decision.by == "file" and decision.reason:
            told = f"{told}. {decision.reason}"
        screen.say("  ", warn(_("Read so: ")), told)
    more = len(report.unread) - _MOST
    if more > 0:
        told = ngettext("and {n} more; all of them: --json", "and {n} more; all: --json", more)
        screen.say("  ", dim(told.format(n=more)))


def _doubted_in_words(report: ReadingReport) -> Iterator[tuple[str, str]]:
    for reason, count in report.doubted.items():
        told = ngettext("{n} place in doubt", "{n} places in doubt", count)
        yield told.format(n=count), _(DOUBTS.get(reason, reason))


def show_chats(screen: Screen, counts: Counter[str]) -> None:
    """The chats in an export, most messages first, where there are several."""
    if len(counts) <= 1:
        return
    screen.heading(_("Chats in it"))
    for name, count in counts.most_common(_MOST_CHATS):
        told = ngettext("{n} message", "{n} messages", count).format(n=count)
        screen.say("  ", bold(excerpt(name)), "  ", told)
    more = len(counts) - _MOST_CHATS
    if more > 0:
        told = ngettext("and {n} more; all: --json", "and {n} more; all: --json", more)
        screen.say("  ", dim(told.format(n=more)))
    screen.hint(_("One of them, in the order of time: --chat NAME"))


def recognised_in_words(report: ReadingReport, zone: tzinfo) -> str:
    """In one line what a file was recognised as: `a mailbox: 58 messages, 3 Mar to 9 Jun 2026`."""
    counted = ", ".join(counts_in_words(report)) or _("nothing that is a message")
    span = span_in_words(report, zone)
    what = ", ".join(part for part in (counted, span) if part)
    told = f"{format_in_words(report)}: {what}"
    odd = [words for words, is_other in declared_in_words(report) if is_other]
    if report.copies:
        odd.append(_copies_in_words(report.copies))
    if report.lacks_library:
        odd.append(f"{_('Not read: ')}{_(REASONS['no-library'])}. {_(_GET_LIBRARY)}")
    odd.extend(_lost_in_words(report))
    return f"{told}. {' '.join(odd)}" if odd else told


def _lost_in_words(report: ReadingReport) -> Iterator[str]:
    """What should be inside and could not be read: it is told while the export can be made anew."""
    lost = [one for one in report.unread if one.reason not in _EXPECTED]
    if lost:
        yield f"{_('Not read: ')}{_unread(lost[0])}."
    if len(lost) > 1:
        more = len(lost) - 1
        told = ngettext("And {n} place more: messages --summary.",
                        "And {n} places more: messages --summary.", more)  # fmt: skip
        yield told.format(n=more)


def format_in_words(report: ReadingReport) -> str:
    """What the original was read as."""
    return _(_FORMATS.get(report.reader, report.reader))


def span_in_words(report: ReadingReport, zone: tzinfo) -> str:
    """From which day to which."""
    spans = []
    if report.first is not None and report.last is not None:
        spans.append(_two(_day(report.first, zone), _day(report.last, zone)))
    if report.is_order_open:
        spans.append(_("days that can be read two ways"))
    elif report.first_wall:
        days = _two(day_in_words(report.first_wall), day_in_words(report.last_wall))
        if days not in spans:
            spans.append(_("{time} (no zone)").format(time=days))
    return ", ".join(spans)


def _two(start: str, end: str) -> str:
    return start if start == end else _("{start} to {end}").format(start=start, end=end)


def decision_in_words(decision: Decision) -> str:
    """How what can be read two ways was read, and who decided."""
    about = _(DECIDED.get(decision.about, decision.about))
    value = _(ORDERS.get(decision.value, decision.value))
    if decision.about == "read_as":
        value = named_format(decision.value)
    return f"{about}: {value}, {_(DECIDERS[decision.by])}"


def named_format(reader: str) -> str:
    """What a reader reads, with its name."""
    return f"{_(_FORMATS.get(reader, reader))} ({reader})"


def _copies_in_words(count: int) -> str:
    told = ngettext(
        "{n} is somebody's copy of another message: ask for the original, as it first arrived.",
        "{n} are somebody's copies of other messages: ask for the originals, as they first "
        "arrived.",
        count,
    )
    return told.format(n=count)


def _unread(unread: Unread) -> str:
    place = unread.place
    where = place_in_words(place.start, place.end, place.member) or place.item
    about = ", ".join(part for part in (where, unread.detail) if part)
    told = _(REASONS.get(unread.reason, unread.reason))
    return f"{about}: {told}" if about else told


def place_in_words(start: int | None, end: int | None, member: str) -> str:
    """Where in the original."""
    spot = "" if start is None else _("bytes {start} to {end}").format(start=start, end=end)
    return ", ".join(part for part in (member, spot) if part)


def _report(report: ReadingReport, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield _("Read as"), f"{format_in_words(report)} ({report.reader} {report.version})"
    counted = ", ".join(counts_in_words(report)) or _("nothing that is a message")
    if report.inner:
        inner = ngettext("{n} of them inside another", "{n} of them inside others", report.inner)
        counted = f"{counted} ({inner.format(n=report.inner)})"
    yield _("Found"), counted
    if files := files_in_words(report):
        yield _("Files"), files
    if span_in_words(report, zone):
        yield _("From when"), span_in_words(report, zone)
    senders = [*senders_in_words(report, _MOST)]
    if senders:
        more = len(report.participants) - _MOST
        rest = [_("and {n} more").format(n=more)] if more > 0 else []
        if report.unlisted:
            rest.append(_("and others, who are too many to be told apart ({n})").format(
                n=report.unlisted))  # fmt: skip
        yield _("From whom"), ", ".join([*senders, *rest])
    yield from _audiences(report)
    for name, value in report.facts.items():
        yield _(FACTS.get(name, name.replace("_", " "))), value
    if report.taken is not None:
        yield _("Made, as it says itself"), told_in_words(report.taken, zone)
    if report.bytes_covered is not None:
        yield (
            _("Covered"),
            _("{covered} of {total} bytes").format(
                covered=report.bytes_covered, total=report.bytes_total
            ),
        )


def _audiences(report: ReadingReport) -> Iterator[tuple[str, str]]:
    for audience, count in report.audiences.items():
        yield _("To whom, it says"), f"{_(_AUDIENCES.get(audience, audience))}: {count}"
    if report.copies:
        yield _("Forwarded"), _copies_in_words(report.copies)


def _marks(message: Message) -> Iterator[str]:
    if message.kind in APART:
        yield _(APART[message.kind])
    if message.duration_s is not None:
        yield duration_in_words(message.duration_s)
    yield from flags_in_words(message.flags)
    if message.is_deleted:
        yield _("deleted")
    if message.is_edited:
        yield _("changed later")
    files = len(message.attachments)
    if files:
        yield ngettext("{n} attachment", "{n} attachments", files).format(n=files)
    if message.audience == "bulk":
        yield _(_AUDIENCES["bulk"])
    if message.forwarded == "inline":
        yield _("forwarded")


def flags_in_words(flags: Collection[str]) -> Iterator[str]:
    """Of what is odd about a message, what is said beside it in a list."""
    return (_(words) for flag, words in _FLAGGED.items() if flag in flags)


def _attachment(attachment: Attachment) -> str:
    size = size_in_words(attachment.size_bytes) if attachment.size_bytes is not None else ""
    parts = (attachment.name or _("(no name)"), attachment.media_type, size)
    told = ", ".join(part for part in parts if part)
    return f"{told}: {_(_STATUSES[attachment.status])}"


def _lasted(seconds: int | None) -> str:
    return "" if seconds is None else duration_in_words(seconds)


def _received(message: Message) -> str:
    """A page that is saved is received by nobody."""
    return _("Saved") if message.kind == "page" else _("Received")


def _sender(party: Party) -> str:
    """Who sends, and whether that is who made the export."""
    shown = party_in_words(party)
    if party.role == "owner" and (party.label or party.id):
        return _("{name}, the owner of the phone or account").format(name=shown)
    return shown


def _role(party: Party) -> str:
    return {"to": _("To"), "cc": _("Copy to"), "bcc": _("Hidden copy to")}.get(party.role, _("To"))


def _time(told: Told | None, zone: tzinfo) -> str:
    if told is None:
        return ""
    shown = told_in_words(told, zone)
    return _("{time}  (as written: {written})").format(time=shown, written=excerpt(told.written))


def _day(moment: datetime, zone: tzinfo) -> str:
    return moment_in_words(moment.astimezone(zone).isoformat(), has_offset=False).rpartition(" ")[0]
