"""Find words in everything, and see everything on one axis of time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli import span
from stalklog.cli.bars import bars, gathered
from stalklog.cli.command import command
from stalklog.cli.console import Part, Screen, bold, dim, good, ident, warn
from stalklog.cli.front import Front
from stalklog.cli.message import OWNER_IN_WORDS, flags_in_words, walls_in_words
from stalklog.cli.receipt import id_to_type, show_unreadable
from stalklog.cli.telling import day_in_words, excerpt, moment_in_words, month_in_words
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.index.document import DELETED, OWNER
from stalklog.records.axis import ZONES_APART
from stalklog.records.message import REASONS
from stalklog.records.message_json import instant_to_json
from stalklog.records.picture_text import UNVERIFIED
from stalklog.records.reckoning import APART
from stalklog.services import searching as services
from stalklog.services.picture_texts import how_to_get

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.index.document import Hit, Results
    from stalklog.services.picture_texts import Texts
    from stalklog.services.searching import Found, Left, Timeline

_Text = str | None
_NEWEST = 50
_ON_THE_AXIS = 500
_MOST = 100_000
_DAYS_AT_MOST = 62
"""A longer time is drawn by months."""
_WEEKS = 7
_EARLIEST = date(1971, 1, 1)
"""No e-mail is older; a clock that was never set says 1970."""
_MOST_NAMED = 20
_BREAK = re.compile(r"[\r\n]+")
_BETWEEN = " / "
"""Of lines that are shown as one: what follows need not be said by the same."""
_NO_LIBRARY = "no-library"
_KINDS = {
    "evidence": mark("evidence"),
    "threat": mark("threat"),
    "contact": mark("contact"),
    "demand": mark("demand"),
    "message": mark("message"),
    "system": mark("note of the service"),
    "call": mark("call"),
    "post": mark("post"),
    "page": mark("page"),
    "picture-text": mark("text in the picture, not verified"),
}


@command
def search(
    front: Front,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD...",
            help=mark('Words that must all occur; "a phrase" in quotes; a beginning: scar*'),
        ),
    ],
    from_whom: span.FromWhom = None,
    since: span.Since = None,
    until: span.Until = None,
    is_anywhere: Annotated[
        bool, typer.Option("--anywhere", help=mark("Inside words too, exactly as typed."))
    ] = False,
    in_pictures: Annotated[
        bool,
        typer.Option(
            "--screenshots", help=mark("In the text of pictures too: needs tesseract, and time.")
        ),
    ] = False,
    limit: Annotated[
        _Text, typer.Option("--limit", metavar="N", help=mark("How many are shown (50)."))
    ] = None,
) -> None:
    """Find words in everything that is in the vault, newest first."""
    desk, ask = front.desk(), front.when_question()
    first, last = span.between(desk, since, until, ask)
    wish = services.Wish(
        typed=" ".join(words),
        anywhere=is_anywhere,
        from_whom=from_whom or "",
        since=first,
        until=last,
        limit=_limit(limit, _NEWEST),
        in_pictures=in_pictures,
    )
    found = services.search(desk, wish, progress=front.progress())
    zone = desk.reading_zone()
    value = [{**_hit_json(hit, zone), **_engine_json(found, hit)} for hit in found.results.hits]
    front.screen.answer([*value], lambda: _show_hits(front.screen, found, zone))
    _tell_part(front.screen, found)
    _tell_undated(front.screen, found.undated)
    _tell_texts(front.screen, found.texts)
    _tell_left(front.screen, found.left)


@command
def timeline(
    front: Front,
    from_whom: span.FromWhom = None,
    since: span.Since = None,
    until: span.Until = None,
    limit: Annotated[
        _Text, typer.Option("--limit", metavar="N", help=mark("How many are shown (500)."))
    ] = None,
) -> None:
    """Show everything that has a time on one axis, oldest first."""
    desk, ask = front.desk(), front.when_question()
    first, last = span.between(desk, since, until, ask)
    wish = services.Wish(
        from_whom=from_whom or "",
        since=first,
        until=last,
        limit=_limit(limit, _ON_THE_AXIS),
    )
    found = services.timeline(desk, wish, progress=front.progress())
    zone = desk.reading_zone()
    value = [{**_hit_json(hit, zone), "after_demand": _is_after(found, hit)} for hit in found.hits]
    front.screen.answer([*value], lambda: _show_timeline(front.screen, found, zone))
    more = found.total - len(found.hits)
    if more > 0:
        told = ngettext(
            "{n} older one is not shown: --limit, --until.",
            "{n} older ones are not shown: --limit, --until.",
            more,
        )
        front.screen.tell_prose(told.format(n=more))
    _tell_off_axis(front.screen, found.undated)
    _tell_left(front.screen, found.left)


def _tell_off_axis(screen: Screen, undated: Results) -> None:
    if undated.total:
        told = ngettext(
            "{n} message or entry is not on the axis, as its time is not known: stalklog search.",
            "{n} messages or entries are not on the axis, as their time is not known: stalklog "
            "search.",
            undated.total,
        )
        screen.tell_prose(told.format(n=_total(undated)))


def _limit(typed: str | None, usual: int) -> int:
    if typed is None:
        return usual
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:9]) <= _MOST):
        raise UsageError(
            _("--limit takes a number from 1 to {most}. Nothing was done.").format(most=_MOST),
            hint=_("For example: --limit 200"),
        )
    return int(typed)


def _hit_json(hit: Hit, zone: tzinfo) -> JsonObject:
    return {
        "id": hit.id,
        "message": hit.message,
        "at": instant_to_json(hit.instant),
        **({"wall": _wall(hit, zone).isoformat(timespec="seconds")} if _is_wall(hit) else {}),
        **({"readings": [*hit.readings]} if hit.readings else {}),
        "sender": hit.sender or hit.sender_id,
        "text": hit.snippet.text,
        "kind": hit.kind,
        **({"remarks": [*hit.remarks]} if hit.remarks else {}),
    }


def _engine_json(found: Found, hit: Hit) -> JsonObject:
    """By what a text was read out of a picture, and that nobody verified it."""
    engine = found.texts.engines.get(hit.id) if found.texts and _is_text(hit) else None
    return {"verified": False, "engine": engine} if engine else {}


def _show_hits(screen: Screen, found: Found, zone: tzinfo) -> None:
    if not found.results.hits:
        screen.say(_("Nothing was found."))
        screen.hint(
            _("Fewer words, the beginning of one (scar*), or --anywhere find more; --screenshots "
              "looks at the text in pictures too.")
        )  # fmt: skip
        return
    for hit in found.results.hits:
        _show_hit(screen, hit, zone, found)
    _show_unverified(screen, found)
    first = found.results.hits[0]
    told = (
        _("The text in it: stalklog show {id} --text").format(id=id_to_type(first.id))
        if _is_text(first)
        else _("One of them, whole: stalklog show {id}").format(id=id_to_type(first.id))
        if first.message is None
        else _("One of them, whole: stalklog show {id} --message {n}").format(
            id=id_to_type(first.id), n=first.message
        )
    )
    screen.hint(told)


def _show_unverified(screen: Screen, found: Found) -> None:
    engines = found.texts.engines if found.texts else {}
    by = sorted({engines.get(hit.id, "") for hit in found.results.hits if _is_text(hit)})
    if by:
        screen.say()
        screen.prose(_("Text in pictures ({engine}): {remark}").format(
            engine="; ".join(by), remark=_(UNVERIFIED)))  # fmt: skip


def _is_text(hit: Hit) -> bool:
    return hit.kind == "picture-text"


def _show_hit(screen: Screen, hit: Hit, zone: tzinfo, found: Found) -> None:
    withdrawn = _("  (withdrawn)") if hit.id in found.withdrawn else ""
    head = _head(hit, zone, has_day=True, is_by_day=_is_by_day(found, hit))
    screen.say(*head, dim(withdrawn))
    before, after = "…" * hit.snippet.is_cut_before, "…" * hit.snippet.is_cut_after
    pieces: list[Part] = [
        bold(_line(text)) if is_marked else _line(text) for text, is_marked in hit.snippet.pieces()
    ]
    screen.say("    ", dim(before), *pieces, dim(after))


def _is_by_day(found: Found | Timeline, hit: Hit) -> bool:
    return hit.message is None and hit.id in found.by_day


def _head(hit: Hit, zone: tzinfo, *, has_day: bool, is_by_day: bool) -> Iterator[Part]:
    yield ident(hit.id)
    if hit.message is not None:
        yield dim(_(" message {n}").format(n=hit.message))
    yield "  "
    if hit.instant is not None and is_by_day:
        day = day_in_words(hit.instant.astimezone(zone).date().isoformat())
        yield day if has_day else dim(_("time of day not known"))
    elif hit.instant is not None:
        told = moment_in_words(hit.instant.astimezone(zone).isoformat())
        yield told if has_day else told.split(" ", 3)[-1]
    elif _is_wall(hit):
        told = moment_in_words(_wall(hit, zone).isoformat(), has_offset=False)
        yield _("{time} (no zone)").format(time=told if has_day else told.split(" ", 3)[-1])
    elif hit.readings:
        yield walls_in_words(hit.readings)
    else:
        yield dim(_("time not known"))
    address = f"<{hit.sender_id}>" if hit.sender and hit.sender_id else hit.sender_id
    who = " ".join(part for part in (hit.sender, address) if part)
    if not who and OWNER in hit.remarks:
        who = _(OWNER_IN_WORDS)
    yield f"  {who or _(_KINDS.get(hit.kind, hit.kind))}"
    yield dim("".join(f"  [{one}]" for one in _marks(hit, has_name=bool(who))))


def _marks(hit: Hit, *, has_name: bool) -> Iterator[str]:
    """What its words need not say, as in the list of messages."""
    if has_name and hit.message is not None and hit.kind in APART:
        yield _(APART[hit.kind])
    yield from flags_in_words(hit.remarks)
    if DELETED in hit.remarks:
        yield _("deleted")


def _line(text: str) -> str:
    """A piece of a text on one line, with marks where it had more; its spaces at the ends stay."""
    return _BREAK.sub(_BETWEEN, text)


def _tell_part(screen: Screen, found: Found) -> None:
    results = found.results
    if not results.is_part:
        return
    screen.tell_prose(
        _("This is a part: the newest {n} of {total}. More: --limit, --since, --until.").format(
            n=len(results.hits), total=_total(results)
        )
    )


def _tell_undated(screen: Screen, undated: Results) -> None:
    """Say how many fit that --since and --until leave out, as nobody can say when they were."""
    if not undated.total:
        return
    told = ngettext(
        "{n} more has these words, and its time is not known: it is shown without --since and "
        "--until.",
        "{n} more have these words, and their time is not known: they are shown without --since "
        "and --until.",
        undated.total,
    )
    screen.tell_prose(told.format(n=_total(undated)), style="warn")


def _total(results: Results) -> str:
    told = str(results.total)
    return told if results.is_total_exact else _("more than {n}").format(n=told)


def _tell_texts(screen: Screen, texts: Texts | None) -> None:
    if texts is None:
        return
    if not texts.is_there:
        told = _("The text in pictures was not read: there is no tesseract on this computer.")
        screen.tell_prose(told, style="warn")
        screen.tell_prose(how_to_get())
    for name, reason in texts.failed.items():
        told = _("The text in {id} was not read: {reason}").format(id=name, reason=reason)
        screen.tell_prose(told, style="warn")


def _tell_left(screen: Screen, left: Left) -> None:
    """Say beside the answer what was not looked into, or only in part."""
    for one in left.unsearched:
        told = _("{id} was not looked into: {reason}").format(id=one.id, reason=one.reason)
        screen.tell_prose(told, style="warn")
    closed = [one.id for one in left.in_part if _NO_LIBRARY in one.reasons]
    if closed:
        told = _("Not looked into: {ids}. What is there {reason}: pip install 'stalklog[outlook]'")
        reason = _(REASONS[_NO_LIBRARY])
        screen.tell_prose(told.format(ids=_named(closed), reason=reason), style="warn")
    part = [one.id for one in left.in_part if _NO_LIBRARY not in one.reasons]
    if part:
        told = _("Read only in part, so something may be missing here: {ids}. What was left out: "
                 "stalklog messages {id} --summary")  # fmt: skip
        screen.tell_prose(told.format(ids=_named(part), id=id_to_type(part[0])), style="warn")
    show_unreadable(screen, left.unreadable_lines)


def _named(ids: Sequence[str]) -> str:
    """The first of them, and how many more."""
    more = len(ids) - _MOST_NAMED
    told = ", ".join(ids[:_MOST_NAMED])
    if more <= 0:
        return told
    return ngettext("{ids} and {n} more", "{ids} and {n} more", more).format(ids=told, n=more)


# The axis of time


def _show_timeline(screen: Screen, found: Timeline, zone: tzinfo) -> None:
    if not found.hits:
        screen.say(_("Nothing in the vault has a time of its own yet."))
        return
    _draw(screen, found, zone)
    day, is_told = None, False
    for hit in found.hits:
        here = (hit.instant or hit.sorted_at).astimezone(zone).date()
        if not is_told and _is_after(found, hit):
            screen.say()
            screen.say(warn(_("Later than the demand to stop:")))
            is_told = True
        if here != day:
            screen.heading(day_in_words(here.isoformat()))
            day = here
        is_demand = hit.kind == "demand" and hit.id not in found.withdrawn
        head = list(_head(hit, zone, has_day=False, is_by_day=_is_by_day(found, hit)))
        screen.say("  ", *head, good(_("  the demand to stop")) if is_demand else "")
        text = excerpt(_line(hit.text.strip()))
        if text:
            screen.say("      ", dim(text) if hit.id in found.withdrawn else text)
    after = sum(_is_after(found, hit) for hit in found.hits)
    if after:
        told = ngettext(
            "{n} of those shown is later than the demand to stop. Whose it is is yours to say.",
            "{n} of those shown are later than the demand to stop. Whose they are is yours to say.",
            after,
        )
        screen.say()
        screen.say(told.format(n=after))


def _is_after(found: Timeline, hit: Hit) -> bool:
    """Whether it is later than the demand, and none of her own steps."""
    if found.demanded_at is None or hit.id in found.withdrawn:
        return False
    unsure = timedelta(0) if hit.instant is not None else ZONES_APART
    is_dated = hit.instant is not None or hit.has_wall
    is_hers = hit.kind in {"demand", "contact"} or OWNER in hit.remarks
    return is_dated and not is_hers and hit.sorted_at > found.demanded_at + unsure


def _is_wall(hit: Hit) -> bool:
    """Whether all that is known is what a clock on the wall showed."""
    return hit.instant is None and hit.has_wall


def _wall(hit: Hit, zone: tzinfo) -> datetime:
    return hit.sorted_at.astimezone(zone).replace(tzinfo=None)


def _draw(screen: Screen, found: Timeline, zone: tzinfo) -> None:
    """A small picture of how much there was when, on a terminal that can show it.

    What is dated as nothing can be, which a sender may write, would press all else into a column.
    """
    latest = (found.looked_at + ZONES_APART).astimezone(zone).date()
    days = {day: count for day, count in found.days.items() if _EARLIEST <= day <= latest}
    if days:
        _draw_days(screen, days)
    undrawn = sum(found.days.values()) - sum(days.values())
    if undrawn:
        told = ngettext(
            "{n} is not drawn: its date is before 1971 or has not come yet.",
            "{n} are not drawn: their dates are before 1971 or have not come yet.",
            undrawn,
        )
        screen.say("  ", dim(told.format(n=undrawn)))


def _draw_days(screen: Screen, days: Mapping[date, int]) -> None:
    first, last = min(days), max(days)
    by_day = (last - first).days <= _DAYS_AT_MOST
    counts: Counter[str] = Counter()
    for day, count in days.items():
        counts[day.isoformat() if by_day else day.isoformat()[:7]] += count
    names = list(_between(first, last, by_day=by_day))
    width = max(10, screen.width() - 2)
    heights = gathered([counts[name] for name in names], width)
    most, drawn = max(heights), bars(heights)
    start = day_in_words(first.isoformat()) if by_day else month_in_words(first.isoformat())
    end = day_in_words(last.isoformat()) if by_day else month_in_words(last.isoformat())
    screen.say("  ", drawn)
    screen.say("  ", dim(f"{start}{' ' * max(1, len(drawn) - len(start) - len(end))}{end}"))
    unit = _("day") if by_day and len(heights) == len(names) else _("column")
    screen.say("  ", dim(_("{n} in all; at most {most} a {unit}").format(
        n=sum(days.values()), most=most, unit=unit)))  # fmt: skip


def _between(first: date, last: date, *, by_day: bool) -> Iterator[str]:
    if by_day:
        for number in range(first.toordinal(), last.toordinal() + 1):
            yield date.fromordinal(number).isoformat()
        return
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"
