"""The lock is waited for in growing pauses, for so long and no longer."""

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.errors import VaultBusyError, VaultError
from stalklog.vault import lock
from stalklog.vault.lock import locked


class Waiting(ModelDisk):
    """A disk whose lock another holds so many times, and a clock that only sleep moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusals: int) -> None:
        super().__init__()
        self.events: list[str | float] = []
        self.refusals = refusals
        self.now_s = 1000.0
        clock = SimpleNamespace(monotonic=lambda: self.now_s, sleep=self.sleep)
        monkeypatch.setattr(lock, "time", clock)

    def sleep(self, pause_s: float) -> None:
        self.events.append(pause_s)
        self.now_s += pause_s

    def try_lock(self, *, exclusive: bool) -> Waiting | None:
        assert isinstance(exclusive, bool)
        self.refusals -= 1
        if self.refusals >= 0:
            return None
        self.events.append("alone" if exclusive else "beside others")
        return self

    def release(self) -> None:
        self.events.append("released")


@pytest.mark.parametrize(("exclusive", "how"), [(True, "alone"), (False, "beside others")])
def test_a_free_lock_is_held_at_once_and_released(
    monkeypatch: pytest.MonkeyPatch, exclusive: bool, how: str
) -> None:
    disk = Waiting(monkeypatch, 0)

    def fail_beneath_it() -> None:
        disk.events.append("at work")
        raise KeyError

    with pytest.raises(KeyError), locked(disk, exclusive=exclusive, wait_s=0):
        fail_beneath_it()
    assert disk.events == [how, "at work", "released"]


def test_the_pauses_double_up_to_a_quarter_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Waiting(monkeypatch, 7)
    with locked(disk, exclusive=True, wait_s=10):
        pass
    assert disk.events == [0.01, 0.02, 0.04, 0.08, 0.16, 0.25, 0.25, "alone", "released"]


@pytest.mark.parametrize(("wait_s", "pauses"), [(0, 0), (0.01, 1), (0.02, 2), (0.5, 6)])
def test_at_the_end_of_the_wait_the_other_is_told_of(
    monkeypatch: pytest.MonkeyPatch, wait_s: float, pauses: int
) -> None:
    disk = Waiting(monkeypatch, 99)
    with pytest.raises(VaultBusyError) as caught, locked(disk, exclusive=True, wait_s=wait_s):
        pytest.fail("it was held")
    assert len(disk.events) == pauses
    assert str(caught.value) == "Another stalklog is writing to this vault. Nothing was changed."
    assert caught.value.hint == "Wait until it has finished, or wait longer with --wait SECONDS."


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(errno.ENOLCK, "No locks available"), "No locks available"), (OSError(), "OSError")],
)
def test_a_disk_without_locks_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    disk = Waiting(monkeypatch, 0)

    def fail(**_options: object) -> None:
        raise error

    monkeypatch.setattr(disk, "try_lock", fail)
    with pytest.raises(VaultError) as caught, locked(disk, exclusive=True, wait_s=9):
        pytest.fail("it was held")
    expected = f"The vault cannot be locked here ({reason}). Nothing was changed."
    assert str(caught.value) == expected
    assert caught.value.hint == (
        "Is the disk read-only, or a network disk? Copy the vault to a local disk."
    )
    assert disk.events == []
