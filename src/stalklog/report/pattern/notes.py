"""What the pattern counts and what not, so that nobody takes it for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.pattern.names import both_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.report.pattern.count import Pattern


def notes_of(found: Pattern) -> Iterator[str]:
    """A sentence each."""
    left = found.left_out
    yield _(
        "These are plain counts, and no judgement. Threats and incidents are those that were "
        "logged; messages are those that were read in the exhibits and whose sender is one of the "
        "identifiers noted for the other person. The same message can be in both numbers, so they "
        "are never added up. When a message was sent is what it says itself."
    )
    if not left.has_identifiers:
        yield _("No identifier of the other person is noted, so no message is counted.")
    if not found.undated.is_none:
        told = _("Without a known time, and in no count by time: {counts}.")
        yield told.format(counts=both_told(found.undated))
    for number, sentence in (
        (found.without_zone, _("Messages that tell no zone, counted as shown there: {n}.")),
        (left.from_others, _("Messages from others than these identifiers, not counted: {n}.")),
        (left.twice, _("Messages that stand in several exhibits, counted once: left out {n}.")),
        (left.withdrawn, _("Threats and incidents that were withdrawn, not counted: {n}.")),
        (left.unread, _("Exhibits that could not be read, or not to the end: {n}.")),
        (left.steps, _("Demands, reports and orders without a known time: {n}.")),
    ):
        if number:
            yield sentence.format(n=number)
    if found.around:
        yield _("Before or after a step is only what certainly was; the rest is called not clear.")
