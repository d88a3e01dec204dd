"""The front door: the commands by name, what every command shares, and the one way out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from stalklog import __version__
from stalklog.cli import door
from stalklog.cli import front as fronts
from stalklog.cli.command import PlainCommand, build
from stalklog.cli.console import Screen, write_json
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, use_language

JSON_SCHEMA = 1
"""The number of the shapes that `--json` answers in; a new shape needs a new number."""
