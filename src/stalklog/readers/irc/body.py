"""What stands behind the time in a line of a log: what somebody said or did, or what was told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from stalklog.records.message import MessageKind

DATE: Final = (
    r"(?:[A-Z][a-z]{2} )?(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>[0-9]{1,2})"
    r"(?: (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}))? (?P<year>[0-9]{4})(?: ?###)?\Z"
)
"""Which day it is, as the log itself says it."""
_SAID: Final = re.compile(
    r"<[@+%&~!^ ]?(?P<nick>[^\s<>!]{1,100})(?:!(?P<host>[^\s<>]{1,300}))?>(?:[ \t](?P<text>.*))?\Z",
    re.DOTALL,
)
_NOTICE: Final = re.compile(
    r"-(?P<nick>[^\s()!-][^\s()!:]{0,100}?)(?::[#&]\S{1,100}?)?"
    r"(?:[(!](?P<host>[^\s()]{1,300})\)?)?-[ \t](?P<text>.*)\Z",
    re.DOTALL,
)
_ACTION: Final = re.compile(
    r"\*[ \t]+(?P<nick>[^\s*]{1,100})(?:[ \t].*)?\Z|Action: (?P<nick2>\S{1,100}) "
    r"|\u2022 (?P<nick3>[^\s:]{1,100}): ",
    re.DOTALL,
)
"""The last two are of eggdrop and of Textual."""
_SERVICE: Final = re.compile(r"(?:-->|<--|---?|-!-|\*{2,4}|=!=|===)(?:[ \t]|\Z)")
_OWN_STATE: Final = re.compile(
    r"\*[ \t]+(?:Now talking (?:on|in) |Topic (?:is|for) |Set by |Retrieving #|Disconnected\b"
    r"|Attempting to rejoin |Rejoined channel )"
)
"""What HexChat and mIRC tell of themselves, behind the star that is also a person's."""
_TO_SOMEBODY: Final = re.compile(r">[^\s<>]{1,100}<[ \t]")
"""In HexChat: what the log's own person wrote to one other."""
_CAME_OR_WENT: Final = re.compile(
    r"(?:\*[ \t]+)?[^\s*]{1,100} [(\[][^\s()\[\]]{1,200}@[^\s()\[\]]{1,200}[)\]] {1,2}"
    r"(?:has )?(?:joined|left|quit)\b"
)
_UNMARKED: Final = re.compile(
    r"Nick change: \S{1,100} -> |[#&]\S{1,200}: mode change '|Topic changed on [#&]"
    r"|\S{1,300} kicked from [#&]\S{1,200} by "
    r"|\S{1,100} \([^\s()]{1,200}@[^\s()]{1,200}\) "
    r"(?:got netsplit|got lost in the net-split|returned to)"
    r"|\S{1,100} (?:is now known as|sets mode|changed the topic|set the topic) "
)
"""What the service says without a mark of its own; what somebody says has his name before it."""
_COLUMNS: Final = re.compile(r"(?P<mark>[^\t]{0,100})\t(?P<text>.*)\Z", re.DOTALL)
_MARKS: Final = frozenset({"-->", "<--", "--", "=!=", "*", ""})
_MIDNIGHT: Final = re.compile(rf"--- (?P<date>{DATE})")


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


def read_body(body: str, *, is_star_a_person: bool) -> Line | None:
    """What is said, done or told there; None where it is nothing of the kind.

    Args:
        body: What stands behind the time.
        is_star_a_person: As `read_line` takes it.
    """
    body = body.lstrip(" ")
    if found := _SAID.match(body):
        return Line("message", found["text"] or "", found["nick"], found["host"] or "")
    if _SERVICE.match(body):
        return Line("system", body, date=_MIDNIGHT.match(body))
    is_person = is_star_a_person and body.startswith("*")
    is_of_itself = not is_person and (_OWN_STATE.match(body) or _CAME_OR_WENT.match(body))
    if is_of_itself or _UNMARKED.match(body):
        return Line("system", body)
    return _done(body)


def _done(body: str) -> Line | None:
    """What somebody does, lets others know, or writes to one of them."""
    if found := _ACTION.match(body):
        return Line("message", body, found["nick"] or found["nick2"] or found["nick3"])
    if found := _NOTICE.match(body):
        return Line("message", found["text"], found["nick"], found["host"] or "")
    return Line("message", body) if _TO_SOMEBODY.match(body) else None


def read_columns(body: str) -> Line | None:
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
