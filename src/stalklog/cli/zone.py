"""Which time zone this computer is in, by its IANA name."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNKNOWN = "UTC"
_LINK = Path("/etc/localtime")
_NAME = Path("/etc/timezone")
_WINDOWS = {"India Standard Time": "Asia/Kolkata"}
"""Windows has names of its own; others are asked for with --tz."""


def local_zone(environ: Mapping[str, str]) -> str:
    """The zone's name, or `UTC` where it cannot be found."""
    return next((name for name in _candidates(environ) if _is_zone(name)), UNKNOWN)


def _candidates(environ: Mapping[str, str]) -> Iterator[str]:
    yield environ.get("TZ", "").removeprefix(":")
    try:
        yield str(_LINK.readlink()).partition("zoneinfo/")[2]
        yield _NAME.read_text(encoding="utf-8").strip()
    except OSError:
        pass
    yield _WINDOWS.get(time.tzname[0], "")


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
