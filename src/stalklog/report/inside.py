"""What was read inside an exhibit: derived from the original, beside it, never instead of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.axis import standings
from stalklog.records.facts import FACTS
from stalklog.records.message import FLAGS, REASONS
from stalklog.records.reckoning import (
    APART,
    DECIDED,
    DECIDERS,
    ORDERS,
    OTHER_NUMBER,
    UNDECIDED,
    counts_in_words,
    declared_in_words,
    duration_in_words,
    files_in_words,
    odd_in_words,
    senders_in_words,
)
from stalklog.report.model import Inner, Inside, Leg, Way
from stalklog.report.moment import of_content, stamp, zone_of
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from stalklog.records.message import (
        Decision,
        Message,
        Party,
        Place,
        ReadingReport,
        Told,
        Unread,
    )
    from stalklog.report.model import Item

MOST_MESSAGES: Final = 20
"""Of one exhibit that are shown; the others are counted, and stand in the original."""
_MOST_CHARS: Final = 3_000
"""Of one message's text."""
_MOST_HEADLINE: Final = 120
_MOST_SENDERS: Final = 10
_AUDIENCES: Final = {
    "alone": mark("sent to one person alone"),
    "several": mark("sent to several people"),
    "bulk": mark("sent in bulk, as its header says"),
}
"""To whom, without the address: it may be the one at which the person can be reached."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look into one original."""

    messages: tuple[Message, ...]
    """The first of its messages, `MOST_MESSAGES` at most."""
    report: ReadingReport
    """What the whole reading came to."""
    thumbnail: bytes = b""
    """A small JPEG of a picture, without anything that it says of itself; empty for none."""
    way: Way | None = None
    """The way of a mail that is an exhibit by itself; strangers' words as they are."""


def make_inside(look: Look, zone: tzinfo) -> Inside:
    """What was read in an exhibit, in words."""
    report = look.report
    shown = tuple(_inner(message, zone) for message in look.messages[:MOST_MESSAGES])
    more = report.total - len(shown)
    return Inside(
        reader=safe(f"{report.reader} {report.version}"),
        counted=_counted(report),
        span=_span(report, zone),
        senders=tuple(_senders(report)),
        messages=shown,
        more=_more(more) if more > 0 else "",
        unread=tuple(map(_unread, report.unread)),
        facts=(
            *_audiences(report),
            *_facts(report),
            *_odd(report),
            *map(_decided, report.decisions),
        ),
        taken=_told(report.taken, zone),
        thumbnail=look.thumbnail,
        way=None if look.way is None else _safe_way(look.way),
    )


def _safe_way(way: Way) -> Way:
    legs = (
        Leg(one.is_observed, safe(one.trust), safe(one.time), safe(one.by), safe(one.address))
        for one in way.legs
    )
    return Way(way.number, safe(way.told), safe(way.because), safe(way.letter), tuple(legs))


def with_time(item: Item, look: Look | None, tz: str) -> Item:
    """An exhibit without a time of its own takes that of what is inside, and says so.

    It is what the original itself says, and nobody has checked it: so it places the exhibit in the
    order of time, and nothing is counted by it. What has no zone has a place as well, and says so.
    """
    if look is None or item.log != "evidence" or item.moment.start is not None or item.is_told:
        return item
    found = standings(look.report, zone_of(tz))
    if found is None:
        return item
    headline = item.headline or _headline(look.messages)
    return replace(item, moment=of_content(*found, tz), headline=headline)


def _headline(messages: Sequence[Message]) -> str:
    """From whom and about what, of the first message that is in somebody's words."""
    if not messages:
        return ""
    first = next((one for one in messages if one.kind not in APART), messages[0])
    told = first.subject or first.text[:_MOST_HEADLINE].partition("\n")[0]
    return safe(": ".join(part for part in (_shown(first.sender), told) if part))


def _inner(message: Message, zone: tzinfo) -> Inner:
    text = message.text[:_MOST_CHARS]
    return Inner(
        number=message.number,
        parent=message.parent,
        kind=message.kind,
        sender=safe(_shown(message.sender)),
        sent=_told(message.sent, zone),
        received=_told(message.received, zone),
        subject=safe(message.subject),
        text=safe(text, keep_newlines=True),
        is_cut=len(text) < len(message.text),
        attachments=tuple(safe(f"{one.name} ({one.status})") for one in message.attachments),
        remarks=tuple(_remarks(message)),
        place=_place(message.place),
        sha256=safe(message.place.sha256),
    )


def _remarks(message: Message) -> Iterator[str]:
    if message.kind in APART:
        yield _(APART[message.kind])
    if message.duration_s is not None:
        yield _("lasted {time}").format(time=duration_in_words(message.duration_s))
    if message.audience:
        yield _(_AUDIENCES[message.audience])
    if message.forwarded == "inline":
        yield _("a copy that somebody forwarded: its header tells of the forwarding, and the "
                "original, as it first arrived, says more")  # fmt: skip
    if message.is_edited:
        yield _("changed after it was sent")
    if message.is_deleted:
        yield _("deleted: only its mark is left")
    for flag in message.flags:
        yield safe(_(FLAGS.get(flag, flag)))


def _told(told: Told | None, zone: tzinfo) -> str:
    """A time as understood and, beside it, as it stands in the original."""
    if told is None:
        return ""
    written = safe(told.written[:100])
    if told.instant is not None:
        return _("{time} (as written: {written})").format(
            time=stamp(told.instant.astimezone(zone)), written=written
        )
    if told.wall is not None:
        wall, *more = (one.replace("T", " ") for one in (told.wall, *told.others))
        others = "".join(_(" or {time}").format(time=other) for other in more)
        return _("{time}{others}, without a zone (as written: {written})").format(
            time=wall, others=others, written=written
        )
    if told.precision is not None:
        return _("not a whole date (as written: {written})").format(written=written)
    return _("not understood (as written: {written})").format(written=written)


def _shown(party: Party) -> str:
    if party.label and party.id and party.label != party.id:
        return f"{party.label} <{party.id}>"
    if party.role == "owner" and not party.label and not party.id:
        return _("the owner of the phone or account")
    return party.label or party.id


def _place(place: Place) -> str:
    parts = [
        place.member,
        place.item,
        ""
        if place.start is None
        else _("bytes {start} to {end}").format(start=place.start, end=place.end),
        _("part {part}").format(part=place.part) if place.part else "",
    ]
    return safe(", ".join(part for part in parts if part))


def _counted(report: ReadingReport) -> str:
    counted = ", ".join(counts_in_words(report)) or _("nothing that is a message")
    told = [f"{counted}.", *(safe(words) for words, _is_other in declared_in_words(report))]
    if any(is_other for _words, is_other in declared_in_words(report)):
        told.append(_(OTHER_NUMBER))
    if files := files_in_words(report):
        told.append(_("Files that they name: {files}.").format(files=files))
    return " ".join(told) if len(told) > 1 else counted


def _facts(report: ReadingReport) -> Iterator[tuple[str, str]]:
    """What the format says of itself, by its name in words."""
    for name, value in report.facts.items():
        yield safe(_(FACTS.get(name, name.replace("_", " ")))), safe(value)


def _audiences(report: ReadingReport) -> Iterator[tuple[str, str]]:
    """To how many they went: what aims at one person and what goes to all differ in law."""
    if report.audiences:
        counted = (f"{_(_AUDIENCES[name])}: {n}" for name, n in report.audiences.items())
        yield _("To whom, as the headers say"), "; ".join(counted)
    if report.copies:
        told = ngettext(
            "{n} is a copy that somebody forwarded",
            "{n} are copies that somebody forwarded",
            report.copies,
        )
        yield _("Forwarded"), told.format(n=report.copies)


def _odd(report: ReadingReport) -> Iterator[tuple[str, str]]:
    """What is odd about its messages, of how many: only the first of them are shown one by one."""
    told = [f"{how_many}: {what}" for how_many, what in odd_in_words(report)]
    if told:
        yield _("To note"), safe("; ".join(told))


def _decided(decision: Decision) -> tuple[str, str]:
    """How what can be read two ways was read, who decided it and why."""
    about = _(DECIDED.get(decision.about, decision.about))
    if not decision.value:
        told = [_(UNDECIDED.get(decision.about, ""))]
        told += [f"{sample[0]}: {_(' or ').join(sample[1:])}" for sample in decision.samples[:1]]
    else:
        told = [f"{_(ORDERS.get(decision.value, decision.value))}, {_(DECIDERS[decision.by])}"]
    return safe(about), safe(". ".join([*told, decision.reason]).rstrip(". ") + ".")


def _senders(report: ReadingReport) -> Iterator[str]:
    yield from map(safe, senders_in_words(report, _MOST_SENDERS))
    others = report.unlisted + sum(one.messages for one in report.participants[_MOST_SENDERS:])
    if others:
        yield _("others ({n})").format(n=others)


def _span(report: ReadingReport, zone: tzinfo) -> str:
    spans = []
    if report.first is not None and report.last is not None:
        spans.append(
            _two(stamp(report.first.astimezone(zone)), stamp(report.last.astimezone(zone)))
        )
    if report.is_order_open:
        spans.append(_("days that can be read two ways"))
    elif report.first_wall:
        told = _two(report.first_wall.replace("T", " "), report.last_wall.replace("T", " "))
        spans.append(_("{time}, without a zone").format(time=told))
    return "; ".join(spans)


def _two(first: str, last: str) -> str:
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def _more(count: int) -> str:
    told = ngettext(
        "{n} more is in the original and not shown here.",
        "{n} more are in the original and not shown here.",
        count,
    )
    return told.format(n=count)


def _unread(unread: Unread) -> str:
    where = ", ".join(part for part in (_place(unread.place), safe(unread.detail)) if part)
    told = safe(_(REASONS.get(unread.reason, unread.reason)))
    return f"{where}: {told}" if where else told
