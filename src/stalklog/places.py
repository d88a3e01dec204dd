"""Where the program keeps what is not in a vault named by the person: two folders, or one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME: Final = "STALKLOG_HOME"
"""Names another folder for both, so that no folder of this program's name stands anywhere."""

DUE_RULES: Final = "STALKLOG_DUE_RULES"
"""Names the file of rules of the person's own, for what is due."""


def vaults_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the default vault lies, and those that `--case` names."""
    if environ.get(HOME):
        return Path(environ[HOME])
    import platformdirs  # noqa: PLC0415 - 30 ms

    return Path(platformdirs.user_data_dir("stalklog", appauthor=False))


def templates_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where somebody keeps templates of letters of her own."""
    if environ.get(HOME):
        return Path(environ[HOME]) / "templates"
    from platformdirs import user_config_path  # noqa: PLC0415 - 10 ms

    return user_config_path("stalklog", appauthor=False) / "templates"


def debug_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where it is written down what went wrong inside the program."""
    if environ.get(HOME):
        return Path(environ[HOME]) / "debug"
    from platformdirs import user_state_path  # noqa: PLC0415 - 10 ms

    return user_state_path("stalklog", appauthor=False) / "debug"


def due_rules(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The person's own rules for what is due: the file that is named, or that in its usual place.

    None where none is named and there is none.
    """
    if environ.get(DUE_RULES):
        return Path(environ[DUE_RULES])
    usual = vaults_folder(environ) / "due-rules.toml"
    return usual if usual.is_file() else None
