r"""What a line of a log says: when, who, and whether a person or the service says it.

Known are the forms of irssi, WeeChat, XChat and HexChat, mIRC, ZNC, dircproxy, eggdrop, bip,
Konversation, KVIrc, of Ubuntu's channels, and those with a time as ISO 8601 has it, as Textual.
They differ in the time and in the marks of the service; a line is understood by its own marks, so
that a log that several programs wrote is read too.
"""

from __future__ import annotations

import re
from typing import Final

from stalklog.readers.english_date import MONTHS
from stalklog.readers.irc.body import DATE, Line, read_body, read_columns

_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
_STAMP: Final = re.compile(
    rf"\[?(?P<whole>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK}(?:[.,][0-9]{{1,6}})?"
    rf"(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)\]?[ \t]"
    rf"|\[(?P<day>[0-9]{{1,2}}) (?P<month>[A-Za-z][a-z]{{2}}) (?P<clock>{_CLOCK})\] "
    rf"|(?P<month2>[A-Za-z][a-z]{{2}}) (?P<day2>[0-9 ][0-9]) (?P<clock2>{_CLOCK})[ \t]"
    rf"|\[?(?P<clock3>{_CLOCK})\]?[ \t]"
)
_DATED: Final = re.compile(
    r"\[(?:[A-Z][a-z]{2,8},? (?:(?P<day>[0-9]{1,2}) (?P<month>[A-Z][a-z]{2})[a-z]{0,6}"
    r"|(?P<month2>[A-Z][a-z]{2})[a-z]{0,6} (?P<day2>[0-9]{1,2})),? (?P<year>[0-9]{4})\] "
    rf"\[(?P<clock>{_CLOCK}))\][ \t]"
    rf"|(?P<day3>[0-9]{{2}})-(?P<month3>[0-9]{{2}})-(?P<year3>[0-9]{{4}}) (?P<clock3>{_CLOCK}) "
    r"(?=[<>] |-!- )"
)
"""The date of Konversation, with the name of a month; that of bip, in which the day is first."""
_OF_BIP: Final = re.compile(
    r"[<>] (?:(?P<nick>[^\s!:*]{1,100})(?:!(?P<host>\S{1,300}?))?: (?P<text>.*)"
    r"|\* (?P<nick2>[^\s!]{1,100})(?:!(?P<host2>\S{1,300}))? (?P<text2>.*))\Z",
    re.DOTALL,
)
"""With `<` what others said, with `>` what the log's own person did."""
_OF_KONVERSATION: Final = re.compile(r"[A-Z][A-Za-z]{1,20}[ \t]")
_OF_UBUNTU: Final = re.compile(r"=== (?P<nick>\S{1,100}) (?P<text>.*)\Z", re.DOTALL)
_UBUNTUS_SERVICE: Final = re.compile(
    r"(?:Topic|Signoff:?|Nickname|mode/\S*|[#&:]\S*"
    r"|\S{1,100} (?:is now known as|was kicked|has quit|changed the topic|\[))(?: |\Z|(?<=\[))"
)
_BORDER: Final = re.compile(
    r"(?:--- (?:Log (?:opened|closed)|Day changed)|\*{4} (?:BEGIN|ENDING) LOGGING AT"
    r"|\*{3} Logfile started|\*{3} on(?= [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9])"
    r"|### Log session (?:started|terminated|ended) at"
    rf"|Session (?:Start|Close|Time|Ident):)(?:[ \t]+(?:(?P<date>{DATE})|.*)|\Z)"
)
_STARS: Final = re.compile(rb"(?:^|\n)[^<\n]{0,40}[ \t](?:\*{3}|-!-|-->|<--)[ \t]")


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
    if dated := _DATED.match(line):
        return _dated(line, dated)
    stamp = _STAMP.match(line)
    if not stamp:
        return _of_ubuntu(line)
    found = read_body(line[stamp.end() :], is_star_a_person=is_star_a_person)
    if found is None and "\t" in stamp[0]:
        found = read_columns(line[stamp.end() :])
    if found is None:
        return None
    return found._replace(
        whole=stamp["whole"] or "",
        day=stamp["day"] or stamp["day2"] or "",
        month=(stamp["month"] or stamp["month2"] or "").capitalize(),
        clock=stamp["clock"] or stamp["clock2"] or stamp["clock3"] or "",
        stamp=stamp[0].strip(" \t[]"),
    )


def _dated(line: str, found: re.Match[str]) -> Line | None:
    """A line of Konversation or of bip."""
    body, name = line[found.end() :], found["month"] or found["month2"]
    if name:
        month = MONTHS.get(name, 0)
        said = read_body(body, is_star_a_person=True)
        if said is None and _OF_KONVERSATION.match(body):
            said = Line("system", body)
    else:
        month = int(found["month3"])
        said = _of_bip(body)
    if said is None:
        return None
    day = int(found["day"] or found["day2"] or found["day3"])
    year, clock = found["year"] or found["year3"], found["clock"] or found["clock3"]
    return said._replace(whole=f"{year}-{month:02}-{day:02}T{clock}", stamp=found[0].strip(" \t"))


def _of_bip(body: str) -> Line | None:
    if body.startswith("-!- "):
        return Line("system", body)
    found = _OF_BIP.match(body)
    if found is None:
        return None
    if found["nick"]:
        return Line("message", found["text"], found["nick"], found["host"] or "")
    text = f"* {found['nick2']} {found['text2']}"
    return Line("message", text, found["nick2"], found["host2"] or "")


def _of_ubuntu(line: str) -> Line | None:
    """A line that has no time, of the service or of what somebody does."""
    found = _OF_UBUNTU.match(line)
    if not found:
        return None
    if _UBUNTUS_SERVICE.match(line, len("=== ")):
        return Line("system", line, is_certain=False)
    return Line("message", line, found["nick"], is_certain=False)
