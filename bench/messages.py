"""Invented messages to search in: English and Hindi, with as many rare words as chats have.

Words are drawn by Zipf's law: the word of rank r comes 1/r as often as the first. The first ones
are real words, the rest are made of syllables. The same number of messages are always the same.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from stalklog.index.document import Document, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH: Final = (
    "the you i to a and me my is it in that of for on your we be so no not do have what this just "
    "know but are was with can up at get like all out if when one now love see go time come want "
    "good will how back they day night call phone house home wait tell never always stop please "
    "money work street friend mother father door car follow photo post send block police"
)
HINDI: Final = (
    "मैं तुम है को के का की में से नहीं और यह वह तुम्हें मेरी मुझे क्या कर रहा हूँ लूँगा देख "
    "घर फ़ोन बात कल आज रात दिन पुलिस माँ बाप दोस्त प्यार जान मार दूँगा पीछा छोड़ ज़िंदगी "
    "हिन्दी सम्बन्ध इंतज़ार बताओ कहाँ जाओगी सड़क पैसा काम फ़ोटो भेज बंद दरवाज़ा गाड़ी हमेशा कभी"
)
_ENDS: Final = ("", "", "", ".", "!", "?", " 🙂", " 🔪", "…")
_HINDI_ENDS: Final = ("", "", "", "।", "!", "?", " 🙂", " 🔪", "…")
_RARE: Final = 60_000
_SENDERS: Final = 2_000
_SOURCES: Final = 40
_BEGAN: Final = datetime(2016, 1, 1, tzinfo=UTC)
_TEN_YEARS_S: Final = 10 * 365 * 86_400
_SEED: Final = 2026


class Words:
    """A vocabulary, and how often each word of it comes."""

    def __init__(self, common: str, syllables: list[str], draw: random.Random) -> None:
        rare = ("".join(draw.choices(syllables, k=3)) for _ in range(_RARE))
        self.all = [*common.split(), *dict.fromkeys(rare)]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.all) + 1)))

    def sentence(self, draw: random.Random) -> str:
        """A few words."""
        return " ".join(draw.choices(self.all, cum_weights=self.weights, k=draw.randint(2, 22)))


@cache
def vocabularies() -> tuple[Words, Words]:
    """The English words and the Hindi ones, the commonest first."""
    draw = random.Random(_SEED)  # noqa: S311 - no secret
    consonants, vowels = "bcdfghjklmnprstvz", "aeiou"
    letters, signs = "कखगघचछजझटठडढतथदधनपफबभमयरलवसह", ("", "ा", "ि", "ी", "ु", "े", "ो", "ं", "्र")
    return (
        Words(ENGLISH, [one + other for one in consonants for other in vowels], draw),
        Words(HINDI, [one + other for one in letters for other in signs], draw),
    )


def conversations(count: int) -> Iterator[tuple[Source, list[Document]]]:
    """So many messages, in chats that overlap in time; each is in the order of its time."""
    english, hindi = vocabularies()
    each, more = divmod(count, _SOURCES)
    for seq in range(_SOURCES):
        draw = random.Random(f"{_SEED}-{seq}")  # noqa: S311 - no secret
        length = each + (seq < more)
        began_s = draw.randrange(_TEN_YEARS_S // 2)
        moments = sorted(draw.randrange(began_s, _TEN_YEARS_S) for _ in range(length))
        people = draw.sample(range(_SENDERS), 50)
        documents = []
        for number, second in enumerate(moments, 1):
            at = _BEGAN + timedelta(seconds=second)
            person = draw.choice(people)
            documents.append(
                Document(
                    _text(english, hindi, draw),
                    at,
                    at,
                    number,
                    f"Person {person}",
                    f"+91 9{person:09}",
                    "call" if draw.random() < 0.01 else "message",  # noqa: PLR2004 - one in 100
                )
            )
        yield Source(f"{seq:02}", seq, f"E-{seq:04}"), documents


def _text(english: Words, hindi: Words, draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.45:  # noqa: PLR2004 - nearly half
        return english.sentence(draw).capitalize() + draw.choice(_ENDS)
    if kind < 0.9:  # noqa: PLR2004 - as many
        return hindi.sentence(draw) + draw.choice(_HINDI_ENDS)
    return f"{english.sentence(draw)} {hindi.sentence(draw)}"
