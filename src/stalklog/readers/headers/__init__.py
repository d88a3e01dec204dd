"""What the blocks of a picture or a recording tell, walked over without decoding anything."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk


def walker_of(form: str) -> Callable[[Walk, Header], None]:
    """The walker of a form: of `png` it is `png.read_png`, loaded when it is needed."""
    module = import_module(f"stalklog.readers.headers.{form}")
    return cast("Callable[[Walk, Header], None]", getattr(module, f"read_{form}"))
