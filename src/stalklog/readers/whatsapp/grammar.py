"""How a message begins in an export: a date and a time at the beginning of a line.

The phone's language and settings decide how both are written; what was seen is one pattern here:

    03/02/24, 10:15 pm - Ravi: text          Android
    [03/02/24, 22:15:07] Ravi: text          iPhone
    [14:56:01, 3/18/22] Ravi: text           iPhone, where the time stands first
    13.6.2018 klo 21.25.15 - Ravi: text
    13. 6. 2018. 21:25:15 Ravi: text         Croatian, Serbian: nothing stands between
    09/12/2012 17:03:35: Ravi: text          before 2013
    5 Mar 2014 21:30 - Ravi: text            before 2015; of the current year without the year

Digits may be of any script, and invisible marks and narrow spaces stand between them. Each part is
bounded, so that a line takes no longer than its beginning is long.
"""

from __future__ import annotations

import re
from typing import Final

from stalklog.readers.whatsapp.half import HALF_DAY

MARKS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Characters that set the direction of writing and are not seen, as in a pattern's brackets."""
_MARK: Final = f"[{MARKS}]{{0,3}}"
SPACE: Final = "[ \u00a0\u2009\u202f]"
_BEFORE_YEAR: Final = r"(?:(?=\D)(?:[RHS]|令和|平成|昭和|民國))?"
_AFTER_YEAR: Final = (
    rf"(?:(?=[ \u00a0\u2009\u202fBACพг]){SPACE}?(?:BE|B\.E\.|AD|CE|AH|AP|พ\.ศ\.|г\.?))?"  # noqa: RUF001
)
_BETWEEN: Final = rf"{_MARK}[-/.\u2010\u2011\u2013年月]{SPACE}?{_MARK}"
_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NAMED_DATE: Final = (
    rf"(?(2)(?!)|(?:{_MONTH}{SPACE}\d{{1,2}}|\d{{1,2}}{SPACE}{_MONTH})"
    rf"(?:,?{SPACE}\d{{4}}(?!\d))?)"
)
"""Never in a bracket: so logs of IRC are written."""
_NUMBERS: Final = (
    rf"{_BEFORE_YEAR}\d{{1,4}}{_BETWEEN}\d{{1,2}}{_BETWEEN}{_BEFORE_YEAR}\d{{1,4}}"
    rf"{_MARK}[.日]?{_AFTER_YEAR}"
)
_DATE: Final = rf"(?:{_NUMBERS}|{_NAMED_DATE})"
_CLOCK: Final = (
    rf"(?:(?=\D){HALF_DAY}{SPACE}?)?\d{{1,2}}(?:[:.]|{SPACE}h{SPACE})\d{{2}}(?:[:.]\d{{2}})?"
    rf"(?:[ _\u00a0\u2009\u202f]?{_MARK}(?=[^\W\d_]){HALF_DAY})?(?:{SPACE}ч\.)?"
)
_JOIN: Final = (
    rf"{_MARK}(?:[,\u060c]{_MARK}{SPACE}{{0,2}}|{SPACE}{{1,2}})"
    rf"(?:(?=[^\W\d_])(?:klo|kl\.?|um|at|à|às|a las|в|об|om|u|у){SPACE})?{_MARK}"  # noqa: RUF001
)
_LABEL: Final = r"(?:(?=([^:\r\n]{1,150}+): ))?+"
_BEGIN: Final = rf"(?:(?=\d)|{_MARK}(\[)?{_MARK}(?=[^\W_]))"
_BARE_END: Final = rf"(?:(?<=\d\.{SPACE}\d\d:\d\d:\d\d)|(?<=\d\.{SPACE}\d:\d\d:\d\d)){SPACE}"
"""Nothing is between a time with seconds and the sender, if a full stop stands behind the date."""
_END: Final = (
    rf"{_MARK}(?(2)\]{SPACE}?"
    rf"|(?:{SPACE}?[-\u2013\u2014](?:{SPACE}|\Z)|(:){SPACE}|{_BARE_END}))"
)
_USUAL_DATE: Final = r"\d\d?+/\d\d?+/\d\d(?:\d\d)?+(?=, )"
_USUAL_JOIN: Final = r", (?=\d)"
_USUAL_CLOCK: Final = r"\d\d?+:\d\d(?::\d\d)?+(?:[ \u202f][AaPp][Mm])?+(?= - |\] )"
_USUAL_END: Final = r"(?(2)\] | - )"
"""What most phones write. The wider pattern matches the same there, and takes twice as long."""
HEADER: Final = re.compile(
    rf"\n({_BEGIN}"
    rf"((?:({_USUAL_DATE}|{_DATE})(?:{_USUAL_JOIN}|{_JOIN})({_USUAL_CLOCK}|{_CLOCK})"
    rf"|({_CLOCK}){_JOIN}({_DATE})))"
    rf"(?:{_USUAL_END}|{_END})){_LABEL}"
)
"""A line break and the beginning of a message behind it.

Groups: 1 the beginning; 2 the bracket; 3 date and time; 4 and 5 date and time; 6 and 7 time and
date; 8 the colon of the oldest exports; 9 what stands before the next colon, looked ahead at. It
begins with a line break so that Python looks for that alone.
"""


NAMED_DATE: Final = re.compile(
    rf"(?:(?P<month>[JFMASOND][a-z]{{2}})[a-z]*\.?{SPACE}(?P<day>\d{{1,2}})"
    rf"|(?P<day2>\d{{1,2}}){SPACE}(?P<month2>[JFMASOND][a-z]{{2}})[a-z]*\.?)"
    rf"(?:,?{SPACE}(?P<year>\d{{4}})(?!\d))?"
)
"""The parts of a date with the name of a month."""


def family(bracket: str | None, colon: str | None, date: str, head: str) -> str:
    """How a date is written and set off: an export never mixes the ways.

    Args:
        bracket: The bracket before it.
        colon: The colon behind it.
        date: It, as written.
        head: All of the beginning.
    """
    if bracket or colon:
        mark = bracket or colon or ""
    else:
        mark = " " if head.rstrip()[-1:].isdigit() else "-"
    return f"{mark} named" if NAMED_DATE.match(date) else mark
