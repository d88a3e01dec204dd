"""The words for times and days that are understood: English, Hindi, and Hindi in Latin letters."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


def _table(lines: str) -> Mapping[str, int]:
    """A number for each word: one line for a number, from 0 on."""
    return MappingProxyType(
        {
            unicodedata.normalize("NFC", word): number
            for number, line in enumerate(lines.strip().splitlines())
            for word in line.split()
        }
    )


WEEKDAYS: Final = _table("""
    monday mon सोमवार somvar
    tuesday tue tues मंगलवार mangalvar
    wednesday wed weds बुधवार budhvar
    thursday thu thur thurs गुरुवार गुरूवार बृहस्पतिवार guruvar
    friday fri शुक्रवार shukravar
    saturday sat शनिवार shanivar
    sunday sun रविवार इतवार ravivar itvar
""")
"""Monday is 0, as in `date.weekday()`."""

MONTHS: Final = _table("""
    -
    january jan जनवरी
    february feb फ़रवरी फरवरी
    march mar मार्च
    april apr अप्रैल
    may मई
    june jun जून
    july jul जुलाई
    august aug अगस्त
    september sep sept सितंबर सितम्बर
    october oct अक्टूबर अक्तूबर
    november nov नवंबर नवम्बर
    december dec दिसंबर दिसम्बर
""")
"""January is 1."""

DAYS_AWAY: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "today": (0,),
        "आज": (0,),
        "aaj": (0,),
        "yesterday": (-1,),
        "tomorrow": (1,),
        "कल": (-1, 1),
        "kal": (-1, 1),
        "परसों": (-2, 2),
        "parso": (-2, 2),
        "parson": (-2, 2),
    }
)
"""How many days from today; कल is yesterday and tomorrow, so it has two readings."""

MORNING, AFTERNOON, EVENING, NIGHT = "morning", "afternoon", "evening", "night"
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "morning": MORNING,
        "सुबह": MORNING,
        "subah": MORNING,
        "afternoon": AFTERNOON,
        "दोपहर": AFTERNOON,
        "dopahar": AFTERNOON,
        "evening": EVENING,
        "शाम": EVENING,
        "shaam": EVENING,
        "sham": EVENING,
        "night": NIGHT,
        "रात": NIGHT,
        "raat": NIGHT,
    }
)
PART_HOURS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {MORNING: (5, 12), AFTERNOON: (12, 17), EVENING: (17, 21), NIGHT: (20, 28)}
)
"""From which hour to which; 28 is four o'clock of the next day."""

NOON_WORDS: Final = frozenset({"noon", "midday"})
MIDNIGHT_WORDS: Final = frozenset({"midnight"})
ABOUT_WORDS: Final = frozenset(
    {"about", "around", "approximately", "approx", "circa", "~", "लगभग", "करीब", "lagbhag", "karib"}
)
PAST_WORDS: Final = frozenset({"last", "past", "पिछले", "पिछली", "pichhle", "pichle"})
COMING_WORDS: Final = frozenset({"next", "coming", "अगले", "अगली", "agle"})
OCLOCK_WORDS: Final = frozenset({"बजे", "baje", "o'clock", "o\u2019clock", "oclock"})
FILLERS: Final = frozenset({"on", "at", "in", "the", "of", "को", "में", "की", "के", "ko", "ki"})
"""Words that stand between the others and change nothing."""

UNIT_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"day": 1, "days": 1, "दिन": 1, "din": 1, "week": 7, "weeks": 7, "हफ़्ते": 7, "हफ्ते": 7}
)
UNIT_MINUTES: Final[Mapping[str, int]] = MappingProxyType(
    {"minute": 1, "minutes": 1, "min": 1, "mins": 1, "मिनट": 1}
    | {"hour": 60, "hours": 60, "hr": 60, "hrs": 60, "घंटे": 60, "घंटा": 60, "ghante": 60}
)
AGO_WORDS: Final = frozenset({"ago", "पहले", "pehle"})

UTC_WORDS: Final = frozenset({"z", "utc", "gmt"})
ZONE_READINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ist": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
        "cst": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
        "bst": ("Europe/London", "Asia/Dhaka"),
        "est": ("America/New_York",),
        "pst": ("America/Los_Angeles", "Asia/Manila"),
    }
)
"""What letters can stand for, on the days on which the zone uses them; others need an offset."""
