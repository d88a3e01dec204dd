"""The way of a mail, put into words for the report: what was observed, and what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.model import Leg, Way
from stalklog.services.mail_header import is_redirected
from stalklog.trace.address import KINDS
from stalklog.trace.edge import REASONS
from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import CERTAIN, trace_fields
from stalklog.trace.trust import Trust
from stalklog.trace.wording import (
    CONFIDENCES,
    TRUSTS,
    address_in_words,
    letter_in_words,
    moment_utc,
    origin_in_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.trace.trace import Hop


def way_of(
    number: int,
    fields: Sequence[tuple[str, str]],
    trust: Trust = Trust(),  # noqa: B008 - frozen
) -> Way | None:
    """The way that a header shows; None where it shows no origin.

    Args:
        number: Of the message, from 1.
        fields: Its header, names in lower case.
        trust: Whom the person vouches for.
    """
    trace = trace_fields(fields, load_profiles(), trust)
    origin = trace.origin
    if origin is None:
        return None
    because = _("Confidence: {confidence}; {reason}.").format(
        confidence=_(CONFIDENCES[origin.confidence]), reason=_(REASONS[origin.reason])
    )
    if is_redirected(fields):
        more = _("Somebody redirected this mail, and the connection can be theirs.")
        because = f"{because} {more}"
    certain = trace.provider if trace.provider and trace.provider.why in CERTAIN else None
    return Way(
        number=number,
        told=origin_in_words(origin),
        because=because,
        letter=letter_in_words(origin, certain) if certain else "",
        legs=tuple(map(_leg, reversed(trace.hops))),
    )


def _leg(hop: Hop) -> Leg:
    received = hop.received
    address = received.address
    return Leg(
        is_observed=hop.trust != "claimed",
        trust=_(TRUSTS[hop.trust]),
        time=moment_utc(received.at) if received.at else received.date,
        by=hop.provider or received.by or _("a machine without a name"),
        address=""
        if address is None
        else f"{address_in_words(address)} ({_(KINDS[address.kind])})",
    )
