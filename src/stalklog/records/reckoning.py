"""What a reading came to, in words: what an original says that it holds, beside what was found.

A number that is larger than what is there is no proof that something was taken out: apps count
wrongly, and exports leave things out. So both numbers are told, and nothing is made of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.message import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.records.message import ReadingReport

_KINDS: Final = {
    "message": (mark("{n} message"), mark("{n} messages")),
    "system": (mark("{n} note of the service"), mark("{n} notes of the service")),
    "call": (mark("{n} call"), mark("{n} calls")),
    "post": (mark("{n} post"), mark("{n} posts")),
    "page": (mark("{n} page"), mark("{n} pages")),
    "contact": (mark("{n} contact"), mark("{n} contacts")),
    "poll": (mark("{n} poll"), mark("{n} polls")),
    "location": (mark("{n} place"), mark("{n} places")),
    "reaction": (mark("{n} reaction"), mark("{n} reactions")),
    "appointment": (mark("{n} appointment"), mark("{n} appointments")),
    "other": (mark("{n} other item"), mark("{n} other items")),
}
_RANKS: Final = {kind: rank for rank, kind in enumerate(_KINDS)}
"""Which is told first."""
APART: Final = {
    "system": mark("note of the service"),
    "call": mark("call"),
    "poll": mark("poll"),
    "location": mark("place"),
    "contact": mark("contact"),
    "reaction": mark("reaction"),
}
"""What is no message in somebody's words: said beside it, since its own words need not say so."""
_DECLARED: Final = {
    "messages": (mark("The file says that it holds {n} message"),
                 mark("The file says that it holds {n} messages")),
    "calls": (mark("The file says that it holds {n} call"),
              mark("The file says that it holds {n} calls")),
}  # fmt: skip
DECIDED: Final = {
    "date_order": mark("order of day and month"),
    "zone": mark("zone of its times"),
    "read_as": mark("which format it is"),
}
"""What a decision is about."""
ORDERS: Final = {
    "dmy": mark("day before month"),
    "mdy": mark("month before day"),
    "ymd": mark("year first"),
}
"""In which order a date is written."""
UNDECIDED: Final = {
    "date_order": mark("not established: both readings are kept"),
    "zone": mark("not known: times stand as they are written"),
}
"""What holds where nobody decided it."""
DECIDERS: Final = {
    "file": mark("as something in it proves"),
    "person": mark("as a person said"),
    "nobody": mark("as nobody has said"),
}
"""Who decided it."""
OTHER_NUMBER: Final = mark(
    "Apps count wrongly, and exports leave things out: this alone does not show that something was "
    "removed."
)
"""What a number that differs does not mean."""
_STATUSES: Final = {
    "present": (mark("{n} is there"), mark("{n} are there")),
    "missing": (mark("{n} is named and not there"), mark("{n} are named and not there")),
    "omitted": (mark("{n} was left out of the export"), mark("{n} were left out of the export")),
    "remote": (mark("{n} is only an address"), mark("{n} are only addresses")),
    "unread": (mark("{n} is there and was not read"), mark("{n} are there and were not read")),
}


_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def duration_in_words(seconds: int) -> str:
    """How long a call was: `45 s`, `1 min 5 s`, `2 h 0 min 5 s`.

    Args:
        seconds: Its length.
    """
    if seconds < _MINUTE_S:
        return _("{s} s").format(s=seconds)
    minutes, rest = divmod(seconds, _MINUTE_S)
    if seconds < _HOUR_S:
        return _("{min} min {s} s").format(min=minutes, s=rest)
    hours, minutes = divmod(minutes, _MINUTE_S)
    return _("{h} h {min} min {s} s").format(h=hours, min=minutes, s=rest)


def found_of(report: ReadingReport, what: str) -> int | None:
    """How many were found of what an original counts; None where nobody can say.

    Args:
        report: What a reading came to.
        what: A name in its `declared`.
    """
    if what == "calls":
        return report.counts.get("call", 0)
    return report.total - report.inner if what == "messages" else None


def counts_in_words(report: ReadingReport) -> Iterator[str]:
    """How many of each kind."""
    ranked = sorted(report.counts.items(), key=lambda item: _RANKS.get(item[0], len(_RANKS)))
    for kind, count in ranked:
        one, many = _KINDS.get(kind, _KINDS["other"])
        yield ngettext(one, many, count).format(n=count)


def declared_in_words(report: ReadingReport) -> Iterator[tuple[str, bool]]:
    """Each number that the original tells of itself, and whether another one was found."""
    for what, count in report.declared.items():
        found = found_of(report, what)
        if what in _DECLARED:
            one, many = _DECLARED[what]
            told = ngettext(one, many, count).format(n=count)
        else:
            told = _("The file says: {n} {what}").format(n=count, what=what)
        if found is None:
            yield f"{told}.", False
            continue
        beside = ngettext("{n} is there", "{n} are there", found).format(n=found)
        yield f"{told}; {beside}.", found != count


def odd_in_words(report: ReadingReport) -> Iterator[tuple[str, str]]:
    """What is odd about messages: `3 of them`, and what it is."""
    for flag, what in FLAGS.items():
        if count := report.odd.get(flag):
            yield _("{n} of them").format(n=count), _(what)


def senders_in_words(report: ReadingReport, most: int) -> Iterator[str]:
    """Who sends most and how often.

    The address stands beside a name that several have, or that itself looks like an address: a
    sender chooses it.

    Args:
        report: What a reading came to.
        most: How many of them.
    """
    names = Counter(one.label for one in report.participants)
    for one in report.participants[:most]:
        is_doubtful = names[one.label] > 1 or "@" in one.label
        has_both = bool(one.label and one.id) and one.label != one.id
        name = one.label or one.id or _("the owner of the phone or account")
        shown = f"{one.label} <{one.id}>" if has_both and is_doubtful else name
        yield f"{shown} ({one.messages})"


def files_in_words(report: ReadingReport) -> str:
    """How many files that messages name are there, and how many are not; empty for none."""
    told = [
        ngettext(*_STATUSES[status], count).format(n=count)
        for status, count in report.attachments.items()
    ]
    return ", ".join(told)
