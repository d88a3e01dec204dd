"""Whom one can ask for what stands in the directory of names: a choice, and never made for her."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import Final

_URL: Final = re.compile(
    r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,200})?"
)
_TEMPLATE: Final = "{?dns}"
"""What RFC 8484 puts behind such an address."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Somebody who answers such questions."""

    id: str
    """As it is chosen."""
    name: str
    """Who that is, and where."""
    url: str
    policy: str = ""
    """Where it says what it keeps of those who ask."""

    @property
    def host(self) -> str:
        """The machine that is contacted."""
        return self.url.removeprefix("https://").partition("/")[0].partition(":")[0]


def load_resolvers() -> tuple[Resolver, ...]:
    """Those that are known to this edition of stalklog."""
    data = resources.files("stalklog.trace").joinpath("data", "resolvers.json").read_bytes()
    return tuple(Resolver(**row) for row in json.loads(data)["resolvers"])


def find_resolver(typed: str) -> Resolver | None:
    """The one of that name, or at that https address; None where it is neither."""
    wanted = typed.strip()
    known = next((one for one in load_resolvers() if one.id == wanted.lower()), None)
    if known is not None:
        return known
    url = wanted.removesuffix(_TEMPLATE)
    if not _URL.fullmatch(url):
        return None
    host = Resolver("", "", url).host
    return Resolver(host, host, url)
