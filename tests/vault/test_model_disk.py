from __future__ import annotations

from tests.vault.model_disk import ModelDisk


def test_x() -> None:
    ModelDisk()
