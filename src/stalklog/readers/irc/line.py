r"""What a line of a log says: when, who, and whether a person or the service says it.

Known are the forms of irssi, WeeChat, XChat and HexChat, mIRC, ZNC, dircproxy and those with a time
as ISO 8601 has it. They differ in the time and in the marks of the service; a line is
understood by its own marks, so that a log that several programs wrote is read too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from stalklog.records.message import MessageKind

_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
_STAMP: Final = re.compile(
    rf"\[?(?P<whole>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK}(?:[.,][0-9]{{1,6}})?"
    rf"(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)\]?[ \t]"
    rf"|\[(?P<day>[0-9]{{1,2}}) (?P<month>[A-Za-z][a-z]{{2}}) (?P<clock>{_CLOCK})\] "
    rf"|(?P<month2>[A-Za-z][a-z]{{2}}) (?P<day2>[0-9 ][0-9]) (?P<clock2>{_CLOCK})[ \t]"
    rf"|\[?(?P<clock3>{_CLOCK})\]?[ \t]"
)
_SAID: Final = re.compile(
    r"<[@+%&~!^ ]?(?P<nick>[^\s<>!]{1,100})(?:!(?P<host>[^\s<>]{1,300}))?>(?:[ \t](?P<text>.*))?\Z",
    re.DOTALL,
)
_NOTICE: Final = re.compile(
    r"-(?P<nick>[^\s()!-][^\s()!]{0,100}?)(?:[(!](?P<host>[^\s()]{1,300})\)?)?-[ \t](?P<text>.*)\Z",
    re.DOTALL,
)
_ACTION: Final = re.compile(r"\*[ \t]+(?P<nick>[^\s*]{1,100})(?:[ \t].*)?\Z", re.DOTALL)
_SERVICE: Final = re.compile(r"(?:-->|<--|---?|-!-|\*{2,4}|=!=)(?:[ \t]|\Z)")
_OWN_STATE: Final = re.compile(
    r"\*[ \t]+(?:Now talking (?:on|in) |Topic (?:is|for) |Set by |Retrieving #|Disconnected\b"
    r"|Attempting to rejoin |Rejoined channel )"
)
"""What HexChat and mIRC tell of themselves, behind the star that is also a person's."""
_TO_SOMEBODY: Final = re.compile(r">[^\s<>]{1,100}<[ \t]")
"""In HexChat: what the log's own person wrote to one other."""
_CAME_OR_WENT: Final = re.compile(
    r"(?:\*[ \t]+)?[^\s*]{1,100} [(\[][^\s()\[\]]{1,200}@[^\s()\[\]]{1,200}[)\]] "
    r"(?:has )?(?:joined|left|quit)\b"
)
_COLUMNS: Final = re.compile(r"(?P<mark>[^\t]{0,100})\t(?P<text>.*)\Z", re.DOTALL)
_MARKS: Final = frozenset({"-->", "<--", "--", "=!=", "*", ""})
_DATE: Final = (
    r"(?:[A-Z][a-z]{2} )?(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>[0-9]{1,2})"
    r"(?: (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}))? (?P<year>[0-9]{4})\Z"
)
_BORDER: Final = re.compile(
    r"(?:--- (?:Log (?:opened|closed)|Day changed)|\*{4} (?:BEGIN|ENDING) LOGGING AT"
    rf"|Session (?:Start|Close|Time|Ident):)(?:[ \t]+(?:(?P<date>{_DATE})|.*)|\Z)"
)
_MIDNIGHT: Final = re.compile(rf"--- (?P<date>{_DATE})")
_STARS: Final = re.compile(rb"(?:^|\n)[^<\n]{0,40}[ \t](?:\*{3}|-!-|-->|<--)[ \t]")


class Line(NamedTuple):
    """A line that was understood."""

    kind: MessageKind
    """`message` of a person, or `system`."""
    text: str
    """What was said, without the name and the time; of an action and of the service all of it."""
    nick: str = ""
    """Who."""
    host: str = ""
    """From where, as far as the line says: `user@host`."""
    whole: str = ""
    """Day and time, if both stand there with the year."""
    day: str = ""
    """The day of the month, if it stands there."""
    month: str = ""
    """The English name of the month, if it stands there."""
    clock: str = ""
    """The time of day, if no more stands there."""
    stamp: str = ""
    """The time as written."""
    date: re.Match[str] | None = None
    """Which day it is, where the log itself says so: no person can write such a line."""
    is_certain: bool = True
    """Whether nothing else but a log of IRC has such lines."""


def has_own_marks(data: bytes) -> bool:
    """Whether the service has marks of its own in a log: then `*` is a person's action."""
    return bool(_STARS.search(data))


def read_line(line: str, *, is_star_a_person: bool) -> Line | None:
    """What a line says; None where it is none of a log.

    Args:
        line: Without its end.
        is_star_a_person: Whether `* nick` is always a person's action. In the logs of some
            programs somebody's coming and going begins so too.
    """
    if border := _BORDER.match(line):
        return Line("system", line, date=border if border["date"] else None)
    stamp = _STAMP.match(line)
    if not stamp:
        return None
    found = _said(line[stamp.end() :], is_star_a_person=is_star_a_person)
    if found is None and "\t" in stamp[0]:
        found = _in_columns(line[stamp.end() :])
    if found is None:
        return None
    return found._replace(
        whole=stamp["whole"] or "",
        day=stamp["day"] or stamp["day2"] or "",
        month=(stamp["month"] or stamp["month2"] or "").capitalize(),
        clock=stamp["clock"] or stamp["clock2"] or stamp["clock3"] or "",
        stamp=stamp[0].strip(" \t[]"),
    )


def _said(body: str, *, is_star_a_person: bool) -> Line | None:
    body = body.lstrip(" ")
    if found := _SAID.match(body):
        return Line("message", found["text"] or "", found["nick"], found["host"] or "")
    if _SERVICE.match(body):
        return Line("system", body, date=_MIDNIGHT.match(body))
    is_person = is_star_a_person and body.startswith("*")
    if not is_person and (_OWN_STATE.match(body) or _CAME_OR_WENT.match(body)):
        return Line("system", body)
    if found := _ACTION.match(body):
        return Line("message", body, found["nick"])
    if found := _NOTICE.match(body):
        return Line("message", found["text"], found["nick"], found["host"] or "")
    return Line("message", body) if _TO_SOMEBODY.match(body) else None


def _in_columns(body: str) -> Line | None:
    """A line of WeeChat: its columns are the time, a mark or a name, and the text."""
    found = _COLUMNS.match(body)
    if not found:
        return None
    mark, text = found["mark"].strip(), found["text"]
    if mark == "*":
        return Line("message", f"* {text}", text.partition(" ")[0])
    if mark in _MARKS:
        return Line("system", f"{mark}\t{text}")
    nick = mark.lstrip("@+%&~!^")
    return Line("message", text, nick, is_certain=False) if nick and " " not in nick else None
