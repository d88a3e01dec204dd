"""What is taken, what is left out by name, and what is never overwritten."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.errors import (
    EvidenceUnreadableError,
    NoSuchEntryError,
    OutputError,
    ReadOnlyVaultError,
    RecordNotValidError,
    WouldOverwriteError,
)
from stalklog.services.checks import verify
from stalklog.services.desk import Desk
from stalklog.services.entries import show_entry
from stalklog.services.evidence import add_evidence, add_files, get_original
from stalklog.services.records import amend
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault.layout import object_name
from stalklog.vault.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "from phone"
    place.mkdir()
    return place


def test_a_folder_is_taken_whole_with_its_paths(desk: Desk, folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "one.txt").write_text("one")
    (folder / "two.txt").write_text("two")
    added = add_evidence(desk, [folder], {}).added
    paths = [show_entry(desk, item.id).fields["relative_path"] for item in added]
    assert paths == ["from phone/a/one.txt", "from phone/two.txt"]


def test_links_pipes_and_missing_files_are_left_out_by_name(desk: Desk, folder: Path) -> None:
    (folder / "good").write_bytes(b"x")
    (folder / "link").symlink_to(folder / "good")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    added = add_evidence(desk, [folder, folder / "missing", Path("/dev/zero")], {})
    assert [Path(item.path).name for item in added.added] == ["good"]
    assert {(Path(item.path).name, item.code) for item in added.skipped} == {
        ("link", "link"),
        ("loop", "link"),
        ("pipe", "not-a-file"),
        ("zero", "not-a-file"),
        ("missing", "unreadable"),
    }


def test_the_vault_never_swallows_itself(desk: Desk) -> None:
    added = add_evidence(desk, [desk.vault.parent], {})
    assert [item.code for item in added.skipped] == ["own-vault"]
    assert not added.added


@pytest.mark.parametrize(
    "name",
    [b"line\nfeed", b"esc\x1b[2J", "\u202egpj.exe".encode(), b"\xff\xfe not utf-8", b"n" * 255],
)
def test_any_name_is_kept_exactly(desk: Desk, folder: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))  # noqa: PTH118 - bytes
    path.write_bytes(b"x")
    added = add_evidence(desk, [path], {}).added[0]
    fields = show_entry(desk, added.id).fields
    assert ("name_base64" in fields) == (b"\xff" in name)
    assert verify(desk).verdict == "intact"


def test_a_file_that_grows_while_it_is_read_is_left_out(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "growing.log"
    path.write_bytes(b"x" * 10)
    blocks = Source.blocks

    def growing(source: Source) -> Iterator[bytes]:
        for block in blocks(source):
            with path.open("ab") as more:
                more.write(b"y")
            yield block

    monkeypatch.setattr(Source, "blocks", growing)
    added = add_evidence(desk, [path], {})
    assert [item.code for item in added.skipped] == ["unreadable"]
    assert not added.added


def test_the_same_bytes_are_logged_again_and_stored_once(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"same")
    (folder / "b").write_bytes(b"same")
    assert [item.stored for item in add_evidence(desk, [folder], {}).added] == [
        "new",
        "already-held",
    ]
    assert add_evidence(desk, [folder / "a"], {}).added[0].stored == "already-held"
    assert verify(desk).objects == 1


def test_what_cannot_be_attached_is_called_unreadable(desk: Desk, folder: Path) -> None:
    too_long = folder / ("n" * 300)
    with (
        desk.open().writing(desk.author()) as writer,
        pytest.raises(EvidenceUnreadableError, match="File name too long"),
    ):
        add_files(writer, [too_long], {})
    assert verify(desk).entries == 1


def test_get_refuses_to_overwrite(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    added = add_evidence(desk, [folder / "a"], {}).added[0]
    target = folder / "taken"
    target.write_bytes(b"mine")
    with pytest.raises(WouldOverwriteError):
        get_original(desk, added.id, target)
    assert target.read_bytes() == b"mine"


def test_get_leaves_nothing_behind_when_the_copy_was_changed(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    added = add_evidence(desk, [folder / "a"], {}).added[0]
    held = desk.vault / object_name(added.sha256)
    held.chmod(0o600)
    held.write_bytes(b"b")
    with pytest.raises(ReadOnlyVaultError):
        get_original(desk, added.id, folder / "out")
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_get_wants_a_piece_of_evidence(desk: Desk, folder: Path) -> None:
    with pytest.raises(NoSuchEntryError):
        get_original(desk, "X-0001", folder / "out")


def test_an_intimate_picture_of_a_minor_is_not_copied(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    with pytest.raises(RecordNotValidError, match="18"):
        add_evidence(desk, [folder], {"sensitivity": ["minor", "intimate"]})
    assert verify(desk).objects == 0
    assert not list((desk.vault / "tmp").iterdir())


def test_no_way_leads_to_a_copy_of_one(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    author = desk.author()
    with desk.open().writing(author) as writer, pytest.raises(RecordNotValidError, match="18"):
        add_files(writer, [folder / "a"], {"sensitivity": ["minor", "intimate"]})
    assert not list((desk.vault / "tmp").iterdir())


def test_a_mark_that_it_shows_a_minor_gets_a_word(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    (word,) = add_evidence(desk, [folder], {"sensitivity": ["minor"]}).warnings
    assert "must not be kept" in word
    assert "stalklog helplines" in word
    assert add_evidence(desk, [folder], {"sensitivity": ["intimate"]}).warnings == ()
    assert amend(desk, "E-2", {"sensitivity": ["minor"]}, reason="x").warnings == (word,)


def test_what_turns_out_to_be_one_is_written_down_and_told_what_to_do(
    desk: Desk, folder: Path
) -> None:
    (folder / "a").write_bytes(b"a")
    add_evidence(desk, [folder], {"sensitivity": ["intimate"]})
    amended = amend(desk, "E-1", {"sensitivity": ["intimate", "minor"]}, reason="she is 16")
    assert show_entry(desk, "E-1").fields["sensitivity"] == ["intimate", "minor"]
    assert "cannot be taken out" in amended.warnings[0]
    assert "stalklog helplines" in amended.warnings[0]
    assert amend(desk, "E-1", {"note": ["x"]}, reason="y").warnings == ()


@pytest.mark.parametrize("spoilt", ["link", "folder", "unreadable", "gone", "failing"])
def test_get_blames_the_vault_for_what_is_the_vaults(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    (folder / "a").write_bytes(b"a")
    added = add_evidence(desk, [folder / "a"], {}).added[0]
    held = desk.vault / object_name(added.sha256)
    if spoilt == "failing":

        def fail(_opened: object, _buffer: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr("stalklog.vault.disk._OpenFile.read_into", fail)
    elif spoilt == "unreadable":
        real = os.open

        def refuse(path: str, flags: int, *rest: int, **more: int) -> int:
            if path == added.sha256:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, flags, *rest, **more)

        monkeypatch.setattr(os, "open", refuse)
    else:
        held.unlink()
    if spoilt == "link":
        held.symlink_to(folder / "a")
    elif spoilt == "folder":
        held.mkdir()
    told = "cannot be read" if spoilt in {"unreadable", "failing"} else "is missing or was changed"
    with pytest.raises(ReadOnlyVaultError, match=f"The vault's copy of this original {told}"):
        get_original(desk, added.id, folder / "out")
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_get_blames_the_place_for_what_is_the_places(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    added = add_evidence(desk, [folder / "a"], {}).added[0]
    with pytest.raises(OutputError, match="cannot be written there"):
        get_original(desk, added.id, folder / "missing" / "out")


def test_objects_are_read_only_and_private(desk: Desk, folder: Path) -> None:
    (folder / "a").write_bytes(b"a")
    added = add_evidence(desk, [folder], {}).added[0]
    held = desk.vault / object_name(added.sha256)
    assert held.stat().st_mode & 0o777 == 0o400
    assert held.parent.stat().st_mode & 0o777 == 0o700


def test_two_bulk_adds_at_once_lose_nothing(desk: Desk, folder: Path) -> None:
    for number in range(20):
        (folder / f"{number}").write_bytes(b"%d" % number)
    threads = [threading.Thread(target=add_evidence, args=(desk, [folder], {})) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checked = verify(desk)
    assert (checked.verdict, checked.entries, checked.objects) == ("intact", 41, 20)
