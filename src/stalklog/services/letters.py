"""Make a letter from the record: choose the template, fill it, let it appear; nothing is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.errors import UnknownFormatError, UsageError
from stalklog.i18n import gettext as _
from stalklog.letters.field import LANGUAGES
from stalklog.letters.heading import KINDS
from stalklog.letters.render import render
from stalklog.letters.shelf import Wanted, choose, open_shelf
from stalklog.letters.warning import told
from stalklog.records.authority import NOT_HERS
from stalklog.records.view import case as case_of
from stalklog.services.connections import doubts_about
from stalklog.services.entries import corrected, resolve_id
from stalklog.services.letter_about import About
from stalklog.services.letter_confidential import confidential_in
from stalklog.services.letter_mails import read_mails
from stalklog.services.letter_material import Material
from stalklog.services.letter_origins import Origins, find_origins
from stalklog.services.letter_platforms import platforms
from stalklog.services.letter_senders import not_theirs
from stalklog.services.output import appearing
from stalklog.services.own_servers import own_servers, require_trustable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.letters.render import Facts, Letter
    from stalklog.letters.shelf import Shelf
    from stalklog.letters.template import Template
    from stalklog.services.desk import AskWhen, Desk, Progress
    from stalklog.services.letter_about import Wish
    from stalklog.services.letter_log import LoggedLetter, Sending
    from stalklog.vault.vault import Vault

_IS_MARKDOWN: Final[Mapping[str, bool]] = MappingProxyType({"": False, ".txt": False, ".md": True})
"""How a letter is written by its file's ending."""
_LATER: Final = frozenset({".docx", ".pdf"})
WITH_CONNECTIONS: Final = frozenset({"preserve", "abuse", "police", "officer"})
"""What names the connections whose records are to be kept."""
_POLICE: Final = frozenset({"police", "cyber-cell"})
_OF_EXHIBITS: Final = frozenset({"exhibits", "period_from", "period_to"})
"""Fields for which the mails among the exhibits are read."""
_WITHOUT_EXHIBITS: Final = frozenset({"stop", "reminder"})
"""Letters for which no e-mail is opened, unless somebody's own template lists exhibits."""
_HINDI: Final = frozenset({"hi", "hindi", "हिन्दी", "हिंदी"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that is ready and lies nowhere yet."""

    letter: Letter
    words: str
    """The same without its note, as plain text: what it says."""
    template: Template
    about: About
    path: Path
    warnings: tuple[str, ...]
    """What the person should know before she uses it."""
    unreadable_lines: int
    """Lines of the vault that cannot be read: what stands in them is not in the letter."""
    unusable: tuple[Path, ...]
    """Templates of hers that were passed over, as something is wrong in them."""
    origins: Origins
    """The connections that its mails show, and why others are not in it."""
    not_listed: Mapping[str, str]
    """E-mails that are not among its exhibits, each with a name of `letter_senders.WHY_NOT`."""
    confidential: Mapping[str, str]
    """What of the person stands in it all the same, as `confidential_in` tells it."""


@dataclass(frozen=True, slots=True)
class MadeLetter:
    """A letter that lies where it was asked for."""

    path: Path
    sha256: str
    logged: LoggedLetter | None
    """That it was written down, where that was asked for."""


def draft_letter(
    desk: Desk, wish: Wish, target: Path | None, *, progress: Progress | None = None
) -> Draft:
    """A letter from the record, as it will be; nothing is written yet.

    Args:
        desk: Which vault, whose clock and zone.
        wish: Which letter.
        target: The file; None for a name of the day in this folder.
        progress: Shown how far the reading has come.

    Raises:
        UsageError: There is no such letter, or no template for it.
        UnknownFormatError: Letters are not made in what the file's ending says.
        NoSuchEntryError: It is to be about an entry that is not there.
    """
    day = desk.clock.now().astimezone(desk.reading_zone()).date()
    path = target or Path(f"letter-{wish.kind}-{day.isoformat()}.txt")
    is_markdown = _is_markdown(path)
    vault = desk.open()
    about, origins = with_origins(vault, read_about(vault, wish, progress))
    shelf = open_shelf(wish.folders)
    wanted = Wanted(
        kind=wish.kind,
        language=about.material.language,
        country=about.country,
        agency_kind=_agency_kind(about),
        name=wish.template,
        day=day,
    )
    template = choose(shelf, wanted) or _of_the_only_country(shelf, wanted)
    if template is None:
        raise _no_template(wish)
    has_exhibits = not _OF_EXHIBITS.isdisjoint(template.heading.fields)
    if has_exhibits and wish.kind in _WITHOUT_EXHIBITS:
        about = _with_not_listed(vault, about)
    exhibits = about.exhibits if has_exhibits else ()
    mails = read_mails(vault, exhibits, about.material.case.get("identifiers"))
    facts: Facts = {**about.facts(mails.told, mails.times), **record_of(vault)}
    words = render(template, facts, day=day).body
    doubts = doubts_about(wish.connections, desk.clock.now())
    return Draft(
        letter=render(template, facts, day=day, is_markdown=is_markdown),
        words=words,
        template=template,
        about=about,
        path=path,
        warnings=(*told(template.heading.warnings), *_second_demand(about), *doubts),
        unreadable_lines=about.unreadable_lines,
        unusable=shelf.unusable,
        origins=origins,
        not_listed=about.not_listed if has_exhibits else {},
        confidential=confidential_in(case_of(vault.entries(("custody",))), words),
    )


def write_letter(
    desk: Desk, draft: Draft, sending: Sending | None = None, *, ask_when: AskWhen | None = None
) -> MadeLetter:
    """Let the letter appear under its name, and write down first that it was made, if asked.

    Raises:
        WouldOverwriteError: Something of that name is there; it is untouched, and nothing is
            logged, unless it came up in the very moment in between.
        OutputError: It cannot be written there.
        RecordNotValidError, NoSuchEntryError, VaultError: It could not be logged; no file was made.
    """
    data = draft.letter.text.encode("utf-8")
    with appearing(draft.path, data):
        logged = None
        if sending is not None:
            from stalklog.services.letter_log import log_letter  # noqa: PLC0415 - to log only

            logged = log_letter(desk, draft, data, sending, ask_when)
    return MadeLetter(draft.path, hashlib.sha256(data).hexdigest(), logged)


def read_about(vault: Vault, wish: Wish, progress: Progress | None = None) -> About:
    """What a letter is about, out of everything in the vault.

    Raises:
        NoSuchEntryError: It is to be about an entry that is not there.
    """
    case = case_of(vault.entries(("custody",)))
    entries = tuple(corrected(vault, progress=progress))
    unreadable_lines = vault.unreadable_lines
    ids = tuple(resolve_id(vault, name).partition(".")[0] for name in wish.ids)
    about = About(Material.of(entries, case, _language(wish, case)), wish, ids, unreadable_lines)
    return about if wish.kind in _WITHOUT_EXHIBITS else _with_not_listed(vault, about)


def _with_not_listed(vault: Vault, about: About) -> About:
    """The same with the e-mails that it does not list by itself; what was named is listed."""
    if about.is_narrowed:
        return about
    case = case_of(vault.entries(("custody",)))
    return replace(about, not_listed=not_theirs(vault, about, case))


def with_origins(vault: Vault, about: About) -> tuple[About, Origins]:
    """What a letter is about, with the connections that its mails show; typed ones stand alone.

    Where nobody was named and one provider's own machines connected, the letter goes to that one.
    To whose grievance officer one goes is a choice: what the record names is only suggested.

    Raises:
        UsageError: Nobody can be vouched for so.
    """
    wish = about.wish
    require_trustable(wish.trusted_by, "--trusted-by")
    if wish.kind == "grievance" and not about.addressee:
        return about, Origins(candidates=tuple(platforms(vault, about)))
    if wish.kind not in WITH_CONNECTIONS or wish.connections:
        return about, Origins()
    found = find_origins(vault, about, (*wish.trusted_by, *own_servers(vault)))
    wish = replace(wish, connections=found.connections, to=wish.to or found.addressee)
    return replace(about, wish=wish), found


def _agency_kind(about: About) -> str:
    """The kind of agency; none of police for an escalation where there is an FIR already.

    What is made for police then says that the information was not recorded.
    """
    kind, wish = about.agency_kind, about.wish
    is_ours = wish.kind == "escalation" and not wish.agency_kind
    return "" if is_ours and kind in _POLICE and about.is_registered else kind


def _language(wish: Wish, case: JsonObject) -> str:
    """The language that was asked for, else that of the case, else English."""
    told_language = str(case.get("language") or "").strip().casefold()
    language = wish.language or ("hi" if told_language in _HINDI else LANGUAGES[0])
    return language if language in LANGUAGES else LANGUAGES[0]


def _of_the_only_country(shelf: Shelf, wanted: Wanted) -> Template | None:
    """Where nobody says whose law: the template of the one country that has such a letter."""
    if wanted.country or wanted.name:
        return None
    there = {one.heading.jurisdiction for one in shelf.templates if one.heading.kind == wanted.kind}
    return choose(shelf, replace(wanted, country=min(there))) if len(there) == 1 else None


def _is_markdown(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in _IS_MARKDOWN:
        return _IS_MARKDOWN[suffix]
    if suffix in _LATER:
        raise UnknownFormatError(
            _("Letters are not made as {suffix} yet. Nothing was written.").format(suffix=suffix),
            hint=_("Make it as text or Markdown, and open that there: -o letter.txt"),
        )
    raise UnknownFormatError(
        _("Letters are made as text or Markdown. Nothing was written."),
        hint=_("Name the file so: -o letter.txt or -o letter.md"),
    )


def _no_template(wish: Wish) -> UsageError:
    if wish.kind not in KINDS:
        return UsageError(
            _("letter does not know this. Nothing was written."),
            hint=_("It knows: {kinds}").format(kinds=", ".join(KINDS)),
        )
    return UsageError(
        _("There is no template that fits and is in effect today. Nothing was written."),
        hint=_("See which there are with: stalklog letter templates"),
    )


def record_of(vault: Vault) -> Mapping[str, str]:
    """What names the record, so that its receiver can hold it to that later."""
    state = vault.state
    if state is None:
        return {"record_id": vault.header.id}
    return {
        "record_id": vault.header.id,
        "record_size": str(state.size),
        "record_head": state.head,
    }


def _second_demand(about: About) -> Sequence[str]:
    made = about.material.in_log("demands")
    demands = [one for one in made if one.fields.get("form") not in NOT_HERS]
    if about.wish.kind != "stop" or not demands:
        return ()
    said = _("There is a demand already ({id}). One clear demand is enough.")
    return (said.format(id=demands[0].id),)
