"""Which tables an SQLite database has, and which columns: read as words, never run.

A stranger's database may have a view or a virtual table of the name that is looked for: only what
is a table and has pages of its own counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.sqlite.record import RecordError, read_record
from stalklog.readers.sqlite.table import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.readers.base import Notes
    from stalklog.readers.sqlite.pages import Pages
    from stalklog.readers.sqlite.record import Value
    from stalklog.records.message import Place

_SCHEMA: Final = range(5)
"""Of each table: what it is, its name, whose it is, its first page, the words that made it."""
_TABLE: Final = re.compile(r"CREATE\s+TABLE\b", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r"--[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?"
    r'|"((?:[^"]++|"")*+)"|`((?:[^`]++|``)*+)`|\[([^\]]*+)\]|\'((?:[^\']++|\'\')*+)\''
    r"|([(),])|([^\s(),\"`\[']++)|(.)",
    re.DOTALL,
)
_NO_COLUMN: Final = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_MAX_SQL_CHARS: Final = 1_000_000
_MAX_TABLES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a database."""

    name: str
    """What it is called, in lower case."""
    root: int
    """The page that it begins with."""
    columns: tuple[str, ...]
    """Its columns, in lower case, in their order."""


class Database:
    """The tables of a database.

    Args:
        pages: It.
        notes: Told what is broken.
    """

    def __init__(self, pages: Pages, notes: Notes) -> None:
        self._pages = pages
        self._notes = notes
        self.tables: dict[str, Table] = {}
        """By their names."""
        for row in rows(pages, 1, "sqlite_schema", notes):
            try:
                table = _table(read_record(row.payload, _SCHEMA, pages.encoding))
            except RecordError as error:
                notes.leave("damaged", row.place, f"sqlite_schema: {error}")
                continue
            if table and len(self.tables) < _MAX_TABLES:
                self.tables.setdefault(table.name, table)

    def has(self, name: str, *columns: str) -> bool:
        """Whether there is such a table, with such columns."""
        table = self.tables.get(name)
        return table is not None and set(columns) <= set(table.columns)

    def rows(self, name: str, columns: Sequence[str]) -> Iterator[tuple[int, list[Value], Place]]:
        """The number of each row, some of its columns, and where it lies.

        Args:
            name: The table; where there is none it has no rows.
            columns: In lower case; None is the value of one that the table does not have.
        """
        table = self.tables.get(name)
        if table is None:
            return
        found = {column: at for at, column in reversed(list(enumerate(table.columns)))}
        wanted = [found.get(column, -1) for column in columns]
        for row in rows(self._pages, table.root, name, self._notes):
            try:
                yield row.number, read_record(row.payload, wanted, self._pages.encoding), row.place
            except RecordError as error:
                self._notes.leave("damaged", row.place, f"{name}: {error}")


def _table(values: list[Value]) -> Table | None:
    match values:
        case ["table", str(name), _, int(root), str(sql)] if root > 0 and _TABLE.match(sql):
            return Table(name.lower(), root, _columns(sql[:_MAX_SQL_CHARS]))
    return None


def _columns(sql: str) -> tuple[str, ...]:
    """The names of the columns, in the words that made a table."""
    found: list[str] = []
    level, is_first = 0, False
    for token in _TOKEN.finditer(sql):
        letter = token[5]
        if letter == "(":
            level += 1
            is_first = level == 1
        elif letter == ")":
            level -= 1
            if not level:
                break
        elif letter == ",":
            is_first = level == 1
        elif is_first and level == 1 and (name := _name(token)) is not None:
            is_first = False
            if token[6] is None or name not in _NO_COLUMN:
                found.append(name)
    return tuple(found)


def _name(token: re.Match[str]) -> str | None:
    """A name in any of the ways to write one; None for a space or a comment."""
    for group, mark in ((1, '"'), (2, "`"), (3, ""), (4, "'"), (6, "")):
        if (name := token[group]) is not None:
            return (name.replace(mark * 2, mark) if mark else name).lower()
    return None
