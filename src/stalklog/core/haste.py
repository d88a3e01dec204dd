"""Work that makes very many values: Python need not look for circles among them meanwhile."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_circles() -> Iterator[None]:
    """Inside this nothing looks for circles of values that only hold each other.

    For work that makes none: looking costs more with every value that is kept, up to a third of
    the time for a hundred thousand entries.
    """
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.enable()
