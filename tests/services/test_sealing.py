"""The keys of a new sealed vault: made, proven, and kept where she says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.services.sealed_person import quick_lock, quick_unlock
from tests.vault.desk import StandingClock
from tests.vault.sealed_desk import ADVOCATE, STRANGER

from stalklog.errors import PassphraseError, UsageError, VaultError, WouldOverwriteError
from stalklog.services.desk import Desk
from stalklog.services.keys import Handed, change_passphrase, recover
from stalklog.services.sealing import Sealed, create_sealed_vault, new_keys
from stalklog.services.settings import Settings, read_settings
from stalklog.services.unlocking import Unlocking
from stalklog.services.vaults import create_vault
from stalklog.vault.layout import IDENTITY, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.errors import StalklogError
    from stalklog.vault.cipher import Identities
    from stalklog.vault.create import Sealing

PASSPHRASE: Final = "four words far apart"  # noqa: S105 - of the test alone
NEW: Final = "another four words, farther"


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sealing", "keys"):
        monkeypatch.setattr(f"stalklog.services.{module}.lock_identity", quick_lock)
    monkeypatch.setattr("stalklog.services.unlocking.unlock_identity", quick_unlock)


def paper_of(handed: list[Identities]) -> Callable[[Identities], Handed]:
    def hand_over(key: Identities) -> Handed:
        handed.append(key)
        return Handed(key.secrets[0])

    return hand_over


def test_by_the_passphrase_or_the_paper_everything_is_read_with_the_real_scrypt(
    tmp_path: Path,
) -> None:
    handed: list[Identities] = []
    sealed = Sealed(PASSPHRASE, paper_of(handed))
    create_sealed_vault(tmp_path / "v", clock=StandingClock(), settings=Settings(), sealed=sealed)
    desk = Desk(tmp_path / "v", StandingClock(), unlock=Unlocking(lambda: PASSPHRASE, None))
    assert [entry.id for entry in desk.open().entries()] == ["X-0001"]
    assert not (tmp_path / "v" / "README.txt").exists()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "v").rglob("*") if path.is_file())
    for secret in (PASSPHRASE, handed[0].secrets[0], "AGE-SECRET-KEY"):
        assert secret.encode() not in stored


def made(sealed: Sealed, settings: Settings | None = None) -> Sealing:
    with new_keys(sealed, settings or Settings(), Path("/nowhere"), StandingClock()) as keys:
        return keys.sealing


@pytest.mark.usefixtures("_quick")
def test_it_is_sealed_to_her_the_recovery_key_and_others_in_that_order() -> None:
    handed: list[Identities] = []
    sealing = made(Sealed(PASSPHRASE, paper_of(handed), others=ADVOCATE.recipients))
    assert sealing.recipients[1:] == (*handed[0].recipients, *ADVOCATE.recipients)
    hers = quick_unlock(sealing.files[IDENTITY], PASSPHRASE)
    assert sealing.recipients[:1] == hers.recipients
    assert handed[0].open(sealing.files[RECOVERY]).decode() == hers.to_text()


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("is_tested", [True, False])
def test_whether_the_paper_was_tested_is_noted(tmp_path: Path, is_tested: bool) -> None:
    sealed = Sealed(PASSPHRASE, lambda key: Handed(key.secrets[0], is_tested=is_tested))
    create_sealed_vault(tmp_path / "v", clock=StandingClock(), settings=Settings(), sealed=sealed)
    noted = read_settings(tmp_path / "v").recovery_tested_at
    assert noted == ("2026-11-24" if is_tested else None)


def refuses(error: type[StalklogError], sealed: Sealed, settings: Settings | None = None) -> None:
    with pytest.raises(error):
        made(sealed, settings)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("said", ["", "AGE-SECRET-KEY-1", STRANGER.secrets[0], "\ud800"])
def test_a_recovery_key_that_was_not_written_down_rightly_ends_it(
    tmp_path: Path, said: str
) -> None:
    place = tmp_path / "id.age"
    refuses(PassphraseError, Sealed(PASSPHRASE, lambda _key: Handed(said), place))
    assert not place.exists()


def never(_key: Identities) -> Handed:
    raise AssertionError("no recovery key is shown before all else is right")


@pytest.mark.usefixtures("_quick")
def test_what_is_wrong_is_said_before_a_key_is_shown(tmp_path: Path) -> None:
    refuses(UsageError, Sealed("short", never))
    refuses(UsageError, Sealed(PASSPHRASE, never, others=("age1",)))
    refuses(UsageError, Sealed(PASSPHRASE, never), Settings(name="Asha"))
    refuses(UsageError, Sealed(PASSPHRASE, never), Settings(operator="An advocate"))
    taken = tmp_path / "id.age"
    taken.symlink_to(tmp_path / "nowhere")
    refuses(WouldOverwriteError, Sealed(PASSPHRASE, never, taken))


@pytest.mark.usefixtures("_quick")
def test_the_key_file_of_another_vault_is_never_written_over(tmp_path: Path) -> None:
    place = tmp_path / "id.age"
    made(Sealed(PASSPHRASE, paper_of([]), place))
    first = place.read_bytes()
    refuses(WouldOverwriteError, Sealed(PASSPHRASE, never, place))
    assert place.read_bytes() == first


@pytest.mark.usefixtures("_quick")
def test_a_key_file_goes_again_if_no_vault_comes_of_it(tmp_path: Path) -> None:
    place = tmp_path / "id.age"
    sealed = Sealed(PASSPHRASE, paper_of([]), place)
    (tmp_path / "v").write_text("in the way")
    clock, settings = StandingClock(), Settings()
    with pytest.raises(VaultError):
        create_sealed_vault(tmp_path / "v", clock=clock, settings=settings, sealed=sealed)
    assert not place.exists()
    (tmp_path / "v").unlink()
    create_sealed_vault(tmp_path / "v", clock=clock, settings=settings, sealed=sealed)
    assert place.exists()
    with (
        pytest.raises(KeyboardInterrupt),
        new_keys(Sealed(PASSPHRASE, paper_of([]), tmp_path / "2"), settings, tmp_path / "v", clock),
    ):
        raise KeyboardInterrupt  # when the vault was there already
    assert (tmp_path / "2").exists()


@pytest.mark.usefixtures("_quick")
def test_the_key_file_may_lie_elsewhere_and_is_changed_there(tmp_path: Path) -> None:
    place = tmp_path / "id.age"
    handed: list[Identities] = []
    sealing = made(Sealed(PASSPHRASE, paper_of(handed), place))
    assert IDENTITY not in sealing.files
    create_vault(tmp_path / "v", clock=StandingClock(), settings=Settings(), sealing=sealing)

    def desk(passphrase: str) -> Desk:
        unlocking = Unlocking(lambda: passphrase, None, place)
        return Desk(tmp_path / "v", StandingClock(), unlock=unlocking, identity=place)

    change_passphrase(desk(PASSPHRASE), NEW)
    assert len(list(desk(NEW).open().entries())) == 2
    place.unlink()
    recover(desk("forgotten"), handed[0].secrets[0], PASSPHRASE)
    assert len(list(desk(PASSPHRASE).open().entries())) == 3
    assert not (tmp_path / "v" / IDENTITY).exists()
