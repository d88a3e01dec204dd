"""The one gettext door: every sentence that a person sees passes here."""

from __future__ import annotations

import gettext as _gettext
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("en", "hi")
DOMAIN = "stalklog"
_FOLDER = Path(__file__).parent / "locale"
_current: ContextVar[_gettext.NullTranslations | None] = ContextVar("translations", default=None)


def use_language(language: str) -> None:
    """Speak this language from here on; one without a catalogue falls back to English."""
    _current.set(_gettext.translation(DOMAIN, _FOLDER, [language], fallback=True))


def gettext(message: str) -> str:
    """The sentence in the language in use."""
    translations = _current.get()
    return message if translations is None else translations.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The sentence for this many, in the language in use."""
    translations = _current.get()
    if translations is None:
        return singular if count == 1 else plural
    return translations.ngettext(singular, plural, count)


def mark(message: str) -> str:
    """Name a sentence for translation where it is written; `gettext` translates it where shown."""
    return message
