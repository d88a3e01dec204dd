"""What a person should know before she uses a letter: dated data, by name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def told(words: Iterable[str]) -> tuple[str, ...]:
    """The sentences that these names stand for; what is a sentence already stays one."""
    table = _table()
    return tuple(_(table[word]) if word in table else word for word in words)


def is_known(word: str) -> bool:
    """Whether there is a warning of that name."""
    return word in _table()


def names() -> Mapping[str, str]:
    """Every warning that there is: its name, and what it says."""
    return {name: _(told) for name, told in _table().items()}


def sentences() -> Iterator[str]:
    """Every sentence that a person may see: what a translator is given."""
    yield from _table().values()


@cache
def _table() -> Mapping[str, str]:
    text = files("stalklog.letters").joinpath("data", "warnings.toml").read_text("utf-8")
    return {name: row["told"] for name, row in loads(text).items() if isinstance(row, dict)}
