"""What goes wrong with a stream itself, and not with what stands in it."""

from __future__ import annotations


class StreamError(OSError):
    """What is read cannot be trusted or cannot be had: no reader of formats may pass over it."""
