"""A report looks into the evidence: what can be read, small pictures, and none that needs care."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.cli.test_inside import mail

from stalklog.core.clock import SystemClock
from stalklog.services.contents import find_message, look_inside
from stalklog.services.desk import Desk
from stalklog.services.entries import corrected
from stalklog.services.evidence import add_evidence
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault import original
from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from stalklog.report.inside import Look
    from stalklog.services.desk import Typed
    from stalklog.vault.disk import Disk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings(tz="Asia/Kolkata"))
    return Desk(tmp_path / "vault")


def picture(folder: Path, name: str) -> Path:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY"
    path = folder / name
    Image.new("RGB", (900, 600), "teal").save(path, exif=exif)
    return path


def looked(desk: Desk) -> dict[str, Look]:
    vault = desk.open()
    return look_inside(vault, list(corrected(vault)))


def add(desk: Desk, path: Path, typed: Typed | None = None) -> None:
    add_evidence(desk, [path], typed or {})


def test_messages_are_read_and_what_is_not_known_is_left_out(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "unknown.bin").write_bytes(b"\0\1\2")
    add(desk, mail(tmp_path))
    add(desk, tmp_path / "unknown.bin")
    found = looked(desk)
    assert list(found) == ["E-0001"]
    assert [message.number for message in found["E-0001"].messages] == [1, 2]
    assert found["E-0001"].thumbnail == b""


def test_a_mail_that_has_an_origin_shows_its_way(desk: Desk, tmp_path: Path) -> None:
    path = mail(tmp_path)
    add(desk, path)
    hop = (
        b"Received: from a (a.example. [192.0.47.9]) by mx.google.com with ESMTPS;\n"
        b" Fri, 20 Nov 2026 08:30:04 -0800\n"
    )
    path.write_bytes(hop + path.read_bytes())
    add(desk, path)
    found = looked(desk)
    assert found["E-0001"].way is None
    way = found["E-0002"].way
    assert way is not None
    assert "2026-11-20 16:30:04 UTC Google (Gmail, Workspace) recorded a connection" in way.told
    assert [leg.is_observed for leg in way.legs] == [True]
    assert way.letter == ""


def test_a_picture_is_made_small_and_says_nothing_any_more(desk: Desk, tmp_path: Path) -> None:
    add(desk, picture(tmp_path, "one.jpg"))
    small = looked(desk)["E-0001"].thumbnail
    assert b"CANARY" not in small
    assert max(Image.open(io.BytesIO(small)).size) == 320


@pytest.mark.parametrize("reason", ["intimate", "location", "third-party", "privileged"])
def test_no_small_picture_is_made_of_what_needs_care(
    desk: Desk, tmp_path: Path, reason: str
) -> None:
    add(desk, picture(tmp_path, "one.jpg"), {"sensitivity": [reason]})
    assert looked(desk)["E-0001"].thumbnail == b""


def test_what_is_damaged_is_left_to_the_check(desk: Desk, tmp_path: Path) -> None:
    add(desk, mail(tmp_path))
    add(desk, picture(tmp_path, "one.png"))
    entry = next(entry for entry in desk.open().entries() if entry.id == "E-0001")
    stored = desk.vault / object_name(str(entry.body["sha256"]))
    stored.chmod(0o600)
    stored.write_bytes(b"changed")
    assert list(looked(desk)) == ["E-0002"]


def test_an_original_is_opened_and_proven_once_for_one_look(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk, picture(tmp_path, "one.jpg"))
    add(desk, mail(tmp_path))
    opened: list[str] = []
    plain = original.open_plain

    def counted(disk: Disk, stored: str, sha256: str) -> BinaryIO:
        opened.append(stored)
        return plain(disk, stored, sha256)

    monkeypatch.setattr("stalklog.vault.original.open_plain", counted)
    assert looked(desk)["E-0001"].thumbnail
    assert len(opened) == 2
    assert find_message(desk, "E-0002", 1).raw.startswith(b"From: nobody@example.org")
    assert len(opened) == 3
