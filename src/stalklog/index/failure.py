"""What can go wrong with the index; none of it touches what the index was made from."""

from __future__ import annotations


class IndexFailedError(Exception):
    """The index cannot be used or went wrong.

    What to do is always the same: open it once more and feed what is not in it, and if that fails
    as well, use one in memory.
    """


class DamagedIndexError(Exception):
    """The tables are as they should be, and what is in them cannot be so."""
