"""Which half of the day a clock of twelve hours means: what phones write beside the hour.

The words are those of CLDR for the languages whose clocks have twelve hours, in their present and
in some former spellings.
"""

from __future__ import annotations

import re
from typing import Final

_BEFORE_NOON: Final = (
    "am", "da manhã", "manhã", "e paradites", "paradite", "p.d.", "pg", "gh", "sf", "safiya", "wd",
    "öö", "π.μ.", "ص", "صباحًا", "اے ایم", "قبل دوپہر", "صبح، منجهند", "غ.م.", "ق.ظ.", "पूर्वाह्न",
    "म.पू.", "भोर", "सवेर", "सकाळीं", "ये एम", "फुं", "পূর্বাহ্ন", "এ এম", "নুমাং", "ਪੂ.ਦੁ.",
    "ପୂର୍ବାହ୍ନ", "முற்பகல்", "ಪೂರ್ವಾಹ್ನ", "පෙ.ව.", "སྔ་ཆ་", "ᱥᱮᱛᱟᱜ", "ጥዋት", "ቅ.ቀ.", "sa", "to",
    "ก่อนเที่ยง", "上午", "凌晨", "清晨", "早上", "오전", "午前",
)  # fmt: skip
_AFTER_NOON: Final = (
    "pm", "da tarde", "tarde", "e pasdites", "pasdite", "m.d.", "ptg", "gd", "ym", "yamma", "wb",
    "ös", "μ.μ.", "م", "مساءً", "پی ایم", "بعد دوپہر", "منجهند، شام", "شام، منجهند", "غ.و.", "ب.ظ.",
    "अपराह्न", "म.उ.", "सांझ", "दपैहर बाद", "सांजे", "पी एम", "बेलासे", "অপরাহ্ন", "পি এম", "ਬਾ.ਦੁ.",
    "ଅପରାହ୍ନ", "பிற்பகல்", "ಅಪರಾಹ್ನ", "ප.ව.", "ཕྱི་ཆ་", "ᱧᱤᱫᱟᱹ", "ከሰዓት", "ድ.ቀ.", "ch", "tk",
    "หลังเที่ยง", "下午", "中午", "晚上", "오후", "午後",
)  # fmt: skip
_NOON: Final = "中午"
"""It begins an hour before noon."""
_ELEVEN: Final = 11
_TWELVE: Final = 12
_LAST_HOUR: Final = 23
_SPACES: Final = "[ \u00a0\u2009\u202f]?"
_FILL = re.compile("[ .\u00a0\u2009\u202f\u200c\u200e\u200f]")


def _bare(word: str) -> str:
    return _FILL.sub("", word).casefold()


_IS_LATE: Final = dict.fromkeys(map(_bare, _BEFORE_NOON), False) | dict.fromkeys(
    map(_bare, _AFTER_NOON), True
)


def _pattern() -> str:
    words = sorted(
        {*_BEFORE_NOON, *_AFTER_NOON} - {"am", "pm"}, key=lambda word: (-len(word), word)
    )
    spelled = "|".join(re.escape(word).replace(r"\ ", _SPACES) for word in words)
    return rf"(?:[AaPp]\.?{_SPACES}[Mm](?![^\W\d_])\.?|(?i:{spelled}))"


HALF_DAY: Final = _pattern()
"""A pattern of any such word."""


def hour_of_day(hour: int, word: str) -> int | None:
    """The hour from 0 to 23 that an hour beside a word means; None where they do not fit.

    Args:
        hour: As written.
        word: As written beside it; empty on a clock of 24 hours.
    """
    bare = _bare(word)
    if not bare:
        return hour if hour <= _LAST_HOUR else None
    is_late = _IS_LATE.get(bare)
    if is_late is None or hour > _LAST_HOUR:
        return None
    if hour > _TWELVE or hour == 0:  # some phones write 00:08 am, and 15:30 pm
        return hour if is_late == (hour > _TWELVE) else None
    if bare == _NOON and hour == _ELEVEN:
        return hour
    return hour % _TWELVE + (_TWELVE if is_late else 0)
