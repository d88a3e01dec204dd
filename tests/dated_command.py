"""`stalklog` as it ran on the day on which the pages were written: time goes on from there.

A page says how many days later something was recorded, what is due and what is past; all of that
depends on the day. The program's one clock is set here, in the test, since a program that keeps
evidence has no switch for another time.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from stalklog.cli.app import main
from stalklog.core.clock import SystemClock

WRITTEN_AT = datetime(2026, 11, 24, 2, 17, tzinfo=UTC)
SINCE = "STALKLOG_PAGE_SINCE"
"""The environment variable that holds when the page began to run, in seconds since 1970."""


def _now(_clock: SystemClock) -> datetime:
    began = datetime.fromtimestamp(float(os.environ[SINCE]), UTC)
    return WRITTEN_AT + (datetime.now(UTC) - began)  # noqa: TID251 - what the test turns back


if __name__ == "__main__":
    SystemClock.now = _now  # type: ignore[assignment,method-assign]
    sys.argv[0] = "stalklog"
    main()
