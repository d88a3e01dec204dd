"""What of the record a report shows; and that it says so when it does not show everything."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.model import Filtering
from stalklog.report.moment import stamp, understood
from stalklog.report.words import log_name
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.records.view import Shown
    from stalklog.report.model import Choice


def choose(entries: Sequence[Shown], choice: Choice) -> tuple[tuple[Shown, ...], Filtering | None]:
    """The entries to show, and what was left out; the custody log is always shown whole.

    `since` and `until` go by when something happened; where that is not known, by when it was
    recorded. What happened over a span is shown when any of it lies inside.
    """
    rules = _rules(choice)
    if not rules:
        return tuple(entries), None
    shown = tuple(entry for entry in entries if _is_wanted(entry, choice))
    records = sum(entry.log != "custody" for entry in shown)
    left_out = sum(entry.log != "custody" for entry in entries) - records
    remark = (
        "" if records else _("Nothing in the record fits these rules, so no entries are shown.")
    )
    return shown, Filtering(rules, records, left_out, remark)


def _rules(choice: Choice) -> tuple[str, ...]:
    rules = []
    if choice.only:
        rules.append(_("only {logs}").format(logs=", ".join(map(log_name, choice.only))))
    if choice.since is not None:
        rules.append(_("only from {moment} on").format(moment=stamp(choice.since)))
    if choice.until is not None:
        rules.append(_("only until {moment}").format(moment=stamp(choice.until)))
    if choice.ids:
        rules.append(_("only the entries {ids}").format(ids=", ".join(map(safe, choice.ids))))
    return tuple(rules)


def _is_wanted(entry: Shown, choice: Choice) -> bool:
    if entry.log == "custody":
        return True
    if choice.only and entry.log not in choice.only:
        return False
    if choice.ids and entry.id not in choice.ids and f"#{entry.seq}" not in choice.ids:
        return False
    return _is_within(entry, choice)


def _is_within(entry: Shown, choice: Choice) -> bool:
    if choice.since is None and choice.until is None:
        return True
    moment = understood(entry.fields.get("occurred") or entry.fields.get("posted_at"))
    if moment.start is None or moment.end is None:
        first = last = datetime.fromisoformat(entry.recorded_at)
    else:
        first, last = moment.start, moment.end
    if choice.since is not None and last < choice.since:
        return False
    return choice.until is None or first <= choice.until
