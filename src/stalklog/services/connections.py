"""A connection as a person types it: `192.0.2.7:51234@2026-10-09T17:11:02Z,E-0005`."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.records.when import Ambiguous, read_when
from stalklog.services.entries import resolve_id
from stalklog.services.letter_facts import Connection
from stalklog.trace.address import KINDS, address_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from stalklog.services.desk import AskWhen, Desk

_FORM: Final = re.compile(
    r"(?:\[(?P<inside>[^\[\]]{1,60})\]|(?P<plain>[^\[\]@,]{1,60}?))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:@(?P<at>[^,]{1,80}))?(?:,(?P<exhibit>.{1,40}))?"
)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_LAST_PORT: Final = 65_535


def read_connection(desk: Desk, typed: str, ask_when: AskWhen | None = None) -> Connection:
    """A connection whose records should be kept.

    Args:
        desk: Which vault: its zone is meant where the time names none.
        typed: Address, then a colon and the source port, then @ and the time to the second, then a
            comma and the exhibit, `E-0004:12` for message 12 inside it; all but the address may be
            left out. IPv6 with a port stands in brackets: `[2001:db8::1]:51234`.
        ask_when: Asks which reading of a date was meant.

    Raises:
        UsageError: It cannot be understood.
        RecordNotValidError: Its time cannot be.
        NoSuchEntryError: There is no such exhibit. In each case nothing was written.
    """
    address, port, at, shown_by = _parts(typed.strip())
    exhibit, _colon, number = shown_by.partition(":")
    if number and not _NUMBER.fullmatch(number.strip()):
        raise _not_understood()
    return Connection(
        address=address,
        port=port,
        at=_moment(desk, at.strip(), ask_when) if at.strip() else None,
        exhibit=resolve_id(desk.open(), exhibit) if exhibit.strip() else "",
        message=int(number) if number and exhibit.strip() else None,
    )


def doubts_about(connections: Iterable[Connection], now: datetime) -> Iterator[str]:
    """What should be looked at again in connections that were typed."""
    for one in connections:
        address = address_of(one.address)
        if not address.is_public:
            told = _("{address}: {kind}. Look at it again, as a provider may find nobody by it.")
            yield told.format(address=one.address, kind=_(KINDS[address.kind]))
        if one.at is not None and one.at > now:
            told = _("{address}: its time is still to come. Look at it again.")
            yield told.format(address=one.address)


def _parts(typed: str) -> tuple[str, str, str, str]:
    """Address, port, time and exhibit as they were typed."""
    whole, at_sign, rest = typed.partition("@")
    if _is_address(whole):  # an IPv6 address of which no part is a port
        at, _comma, exhibit = rest.partition(",")
        return whole, "", at if at_sign else "", exhibit
    found = _FORM.fullmatch(typed)
    address = (found["inside"] or found["plain"]) if found else ""
    port = (found["port"] or "") if found else ""
    if found is None or not _is_address(address) or int(port or 1) not in range(1, _LAST_PORT + 1):
        raise _not_understood()
    return address, port, found["at"] or "", found["exhibit"] or ""


def _not_understood() -> UsageError:
    return UsageError(
        _("--address names no address. Nothing was written."),
        hint=_("For example: --address 192.0.2.7:51234@2026-10-09T17:11:02Z,E-0005"),
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _moment(desk: Desk, typed: str, ask_when: AskWhen | None) -> datetime:
    found = read_when(typed, now=desk.clock.now(), tz=desk.zone())
    if isinstance(found, Ambiguous):
        if ask_when is None:
            raise found.refusal()
        found = ask_when(found)
    at = found.start_at()
    if at is None or found.precision != "exact":
        raise UsageError(
            _("The time of a connection is needed to the second. Nothing was written."),
            hint=_("For example: 2026-10-09T17:11:02Z; leave it out where it is not known."),
        )
    return at
