"""The campaigns' figures are printed at the end of the run."""

from __future__ import annotations

from tests.vault.figures import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
