"""The page for the officer, from the record: who, what, what to keep, what was asked of whom."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.errors import UnknownFormatError
from stalklog.i18n import gettext as _
from stalklog.letters.page import Listing, joined, make_page
from stalklog.letters.page_html import as_html
from stalklog.letters.page_text import as_markdown, as_text
from stalklog.letters.warning import told
from stalklog.letters.words import day_words, short_words, utc_words, word
from stalklog.records.view import case as case_of
from stalklog.report.moment import understood
from stalklog.services import letter_facts as gather
from stalklog.services.connections import doubts_about
from stalklog.services.letter_confidential import confidential_in
from stalklog.services.letter_material import objects, start_of, text, text_in, texts
from stalklog.services.letters import read_about, record_of, with_origins
from stalklog.services.output import appearing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from stalklog.letters.page import Page
    from stalklog.letters.render import Thing
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.letter_about import About, Wish
    from stalklog.services.letter_facts import Connection
    from stalklog.services.letter_origins import Origins

_WRITERS: Final[Mapping[str, Callable[[Page], str]]] = MappingProxyType(
    {".html": as_html, ".md": as_markdown, ".txt": as_text}
)
_WARNINGS: Final = ("read-before-sending", "no-log-needed")


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page that lies where it was asked for."""

    path: Path
    sha256: str
    left_out: int
    """How many lines of its lists did not fit."""
    blanks: tuple[str, ...]
    """What is missing on it."""
    unreadable_lines: int
    """Lines of the vault that cannot be read."""
    origins: Origins
    """The connections that the mails show, and why others are not on it."""
    not_listed: Mapping[str, str]
    """E-mails that are not on it, each with a name of `letter_senders.WHY_NOT`."""
    confidential: Mapping[str, str]
    """What of the person stands on it all the same, as `confidential_in` tells it."""


def warnings(desk: Desk, wish: Wish) -> tuple[str, ...]:
    """What the person should know before the page is made."""
    return (*told(_WARNINGS), *doubts_about(wish.connections, desk.clock.now()))


def make_officers_page(
    desk: Desk, wish: Wish, target: Path | None, *, progress: Progress | None = None
) -> MadePage:
    """Make the page and let it appear under its name.

    Raises:
        UnknownFormatError: It is not made in what the file's ending says; nothing was written.
        NoSuchEntryError: It is to be about an entry that is not there.
        WouldOverwriteError: Something of that name is there; it is untouched.
        OutputError: It cannot be written there.
    """
    day = desk.clock.now().astimezone(desk.reading_zone()).date()
    path = target or Path(f"officer-{day.isoformat()}.html")
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise UnknownFormatError(
            _("The page is made as HTML, Markdown or text. Nothing was written."),
            hint=_("Name the file so: -o officer.html; print it from a browser."),
        )
    vault = desk.open()
    about, origins = with_origins(vault, read_about(vault, wish, progress))
    page = officers_page(about, record_of(vault), day)
    data = write(page).encode("utf-8")
    with appearing(path, data):
        pass
    return MadePage(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        left_out=page.left_out,
        blanks=tuple(_blanks(about)),
        unreadable_lines=about.unreadable_lines,
        origins=origins,
        not_listed=about.not_listed,
        confidential=confidential_in(case_of(vault.entries(("custody",))), as_text(page)),
    )


def officers_page(about: About, record: Mapping[str, str], day: date) -> Page:
    """The page, ready to be written in any format; the same input always gives the same.

    Args:
        about: The record, and what of it is wanted.
        record: Which record it is, as `record_of` gives it.
        day: The day on which the page is made.
    """
    return make_page(
        about.material.language,
        _opening(about, record, day),
        _particulars(about),
        _listings(about),
    )


def _opening(about: About, record: Mapping[str, str], day: date) -> Iterator[str]:
    language, case = about.material.language, about.material.case
    yield word("page", "made", language).format(
        day=day_words(day, language),
        operator=text_in(case, "operator") or word("page", "operator", language),
        address=text_in(case, "postal_address").replace("\n", ", ")
        or word("page", "address", language),
    )
    yield word("page", "summary", language)
    if "record_head" in record:
        yield word("page", "record", language).format(
            vault=record["record_id"][:8],
            size=record["record_size"],
            head=record["record_head"],
        )


def _particulars(about: About) -> Iterator[tuple[str, str]]:
    material = about.material
    language = material.language
    yield "person", text_in(material.case, "alias") or word("page", "alias", language)
    yield "relation", text_in(material.case, "relation")
    numbers = [f"{one['sort']} {one['number']}" for one in gather.references(material)]
    yield "references", joined(numbers, language)
    yield "what", _incidents(about)
    ways = (_way(entry, language) for entry in about.incidents)
    yield "ways", _counted(filter(None, ways))
    harms = (harm for entry in about.incidents for harm in texts(entry, "threatened_harm"))
    yield "threatened", _counted(word("harm", harm, language) for harm in harms)
    yield "told", _demand(about)


def _incidents(about: About) -> str:
    """How many, the first and the latest; a time that is not known is in neither."""
    language = about.material.language
    if not about.incidents:
        return word("page", "none", language)
    found = gather.incidents(about.material, about.incidents)
    timed = [one["at_short"] for one in found if one["at_short"]]
    unknown = word("page", "no-time", language)
    return word("page", "incidents", language).format(
        count=len(found),
        first=timed[0] if timed else unknown,
        latest=timed[-1] if timed else unknown,
    )


def _way(entry: Shown, language: str) -> str:
    how = text(entry, "how")
    return word("how", how, language) if how else ""


def _counted(names: Iterable[str]) -> str:
    """Each name with how often it stands there, the most often first."""
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())


def _demand(about: About) -> str:
    """The demand, and how many incidents certainly came after it."""
    material = about.material
    demand = material.demand
    if demand is None:
        return ""
    made = understood(demand.fields.get("occurred")).end
    starts = [start_of(entry) for entry in material.in_log("threats")]
    after = sum(made is not None and start is not None and start > made for start in starts)
    return word("page", "demand", material.language).format(
        id=demand.id, at=short_words(demand.fields.get("occurred"), material.language), after=after
    )


def _listings(about: About) -> tuple[Listing, ...]:
    """The lists, the most telling of each first: what is newest is deleted last and known best."""
    material, language = about.material, about.material.language
    told = zip(gather.contacts(material), material.contacts, strict=True)
    asked = [_contact(one, _numbers(entry, language)) for one, entry in told]
    return (
        Listing("connections", [_connection(one, language) for one in _connections(about)]),
        Listing(
            "accounts",
            [
                (one.get("kind", ""), one["value"], one.get("exhibit", ""))
                for one in gather.accounts(material, about.wish.accounts)
            ],
        ),
        Listing("contacts", asked[::-1]),
        Listing(
            "exhibits",
            [
                (one["id"], one["sort"], one["at_short"], one["sha256"])
                for one in gather.exhibits(material, _by_weight(about))
            ],
        ),
    )


def _connections(about: About) -> Sequence[Connection]:
    dated = [one for one in about.wish.connections if one.at is not None]
    undated = [one for one in about.wish.connections if one.at is None]
    newest = sorted(dated, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return (*newest, *undated)


def _connection(one: Connection, language: str) -> tuple[str, ...]:
    told_port = word("page", "port", language).format(port=one.port) if one.port else ""
    return (
        one.address,
        told_port or word("page", "no-port", language),
        utc_words(one.at) if one.at else word("page", "no-time", language),
        gather.place_words(one, language),
    )


def _contact(one: Thing, numbers: str) -> tuple[str, ...]:
    asked = ", ".join(filter(None, (one["agency"], one["purpose"])))
    return one["id"], one["at_short"], asked, numbers, one["outcome"]


def _numbers(entry: Shown, language: str) -> str:
    """The numbers first: a line that is too long for the page loses its end."""
    given = objects(entry.fields.get("references"))
    return "; ".join(
        f"{text_in(one, 'value')} ({word('reference', text_in(one, 'type'), language)})"
        for one in given
    )


def _by_weight(about: About) -> Sequence[Shown]:
    """The exhibits of incidents first, then the others, each the newest first."""
    times = about.material.times
    return sorted(about.exhibits, key=lambda one: (one.id not in times, -one.seq))


def _blanks(about: About) -> Iterator[str]:
    """What the page lacks of what an officer asks for first."""
    asked = {"operator": "operator", "postal_address": "address", "alias": "alias"}
    for field, name in asked.items():
        if not text_in(about.material.case, field):
            label = word("page", name, about.material.language)
            yield label.removeprefix("[______ ").removesuffix("]")
