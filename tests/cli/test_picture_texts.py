"""Text in screenshots: shown and found where it is asked for, unverified, and never in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.cli.sealed_home import make_home, make_quick, told
from tests.readers.test_screenshot_text import HINDI, needs_hindi, needs_tesseract, screenshot

from stalklog.cli.console import Screen
from stalklog.readers import screenshot_text
from stalklog.readers.base import ReadingError
from stalklog.readers.screenshot_text import Tesseract
from stalklog.records.picture_text import PictureText

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from tests.cli.conftest import Run

    from stalklog.readers.picture_worker import PictureWorker

UNVERIFIED = "not verified: letters, digits and times may be wrong"


class Engine:
    """A tesseract that reads what a test wants, and counts how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: Tesseract | None = Tesseract("/x", "5.0", ("eng",))
        self.texts: list[str | BaseException] = []
        self.asked = 0
        monkeypatch.setattr(screenshot_text, "find_tesseract", lambda: self.found)
        monkeypatch.setattr(screenshot_text, "read_text", self._read)

    def _read(self, _stream: BinaryIO, tesseract: Tesseract, _worker: PictureWorker) -> PictureText:
        self.asked += 1
        text = self.texts.pop(0)
        if isinstance(text, BaseException):
            raise text
        return PictureText(text, "tesseract", tesseract.version, tesseract.languages)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    return Engine(monkeypatch)


def keep(run: Run, folder: Path, *colours: str) -> None:
    for colour in colours:
        path = folder / f"{colour}.png"
        Image.new("RGB", (90, 60), colour).save(path)
        assert run("add-evidence", str(path)).code == 0


def found(run: Run, *args: str) -> list[tuple[str, str]]:
    answer = run("search", *args, "--json")
    assert answer.code == 0
    return [(hit["id"], hit["kind"]) for hit in answer.json]


# With a real tesseract


@needs_tesseract
@pytest.mark.usefixtures("vault")
def test_a_screenshots_words_are_shown_and_found(run: Run, tmp_path: Path) -> None:
    screenshot("You will be sorry", "Call me tonight").save(tmp_path / "a.png")
    run("add-evidence", str(tmp_path / "a.png"))
    shown = run("show", "E-0001", "--text")
    assert shown.code == 0
    assert "| You will be sorry\n    | Call me tonight\n" in shown.out
    assert "tesseract 5" in shown.out
    assert UNVERIFIED in told(shown.out)
    answer = run("show", "E-0001", "--text", "--json").json
    assert answer["text"] == "You will be sorry\nCall me tonight"
    assert answer["verified"] is False
    assert "eng" in answer["languages"]
    assert found(run, "sorry") == []
    assert found(run, "sorry", "--screenshots") == [("E-0001", "picture-text")]


@needs_hindi
@pytest.mark.usefixtures("vault")
def test_hindi_in_a_picture_is_found(run: Run) -> None:
    run("add-evidence", str(HINDI))
    assert found(run, "कहाँ", "--screenshots") == [("E-0001", "picture-text")]


# What is done with what it reads


@pytest.mark.usefixtures("vault")
def test_a_hit_says_that_it_is_unverified_and_by_what(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = ["I see \x1b[31m your window"]
    shown = run("search", "window", "--screenshots")
    assert "E-0001" in shown.out
    assert "text in the picture, not verified" in shown.out
    assert "Text in pictures (tesseract 5.0 eng): Read out of the picture" in told(shown.out)
    assert UNVERIFIED in told(shown.out)
    assert "\x1b" not in shown.out
    (hit,) = run("search", "window", "--screenshots", "--json").json
    assert hit["verified"] is False
    assert hit["engine"] == "tesseract 5.0 eng"
    assert hit["message"] is None


@pytest.mark.usefixtures("vault")
def test_each_picture_is_read_once_and_only_where_that_is_asked(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal", "red")
    engine.texts = ["a window", "a door"]
    assert found(run, "window") == []
    assert run("timeline").code == 0
    assert engine.asked == 0
    assert found(run, "window", "--screenshots") == [("E-0001", "picture-text")]
    assert engine.asked == 2
    assert found(run, "door", "--screenshots") == [("E-0002", "picture-text")]
    assert found(run, "door", "--anywhere") == []
    assert found(run, "door") == []
    assert [hit["id"] for hit in run("timeline", "--json").json] == []
    assert engine.asked == 2
    keep(run, tmp_path, "blue")
    engine.texts = ["a door too"]
    assert len(found(run, "door", "--screenshots")) == 2
    assert engine.asked == 3


@pytest.mark.usefixtures("vault")
def test_another_tesseract_reads_anew(run: Run, tmp_path: Path, engine: Engine) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = ["a window", "a door"]
    assert found(run, "window", "--screenshots")
    engine.found = Tesseract("/x", "5.0", ("eng", "hin"))
    assert found(run, "window", "--screenshots") == []
    assert found(run, "door", "--screenshots")
    assert engine.asked == 2


@pytest.mark.usefixtures("vault")
def test_an_interruption_keeps_what_was_read(run: Run, tmp_path: Path, engine: Engine) -> None:
    keep(run, tmp_path, "teal", "red")
    engine.texts = ["a window", KeyboardInterrupt(), "a door"]
    assert run("search", "door", "--screenshots").code == 130
    assert found(run, "door", "--screenshots") == [("E-0002", "picture-text")]
    assert engine.asked == 3


def test_the_index_can_be_deleted_and_gives_the_same_again(
    run: Run, tmp_path: Path, vault: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = ["a window", "a window"]
    first = run("search", "window", "--screenshots", "--json").json
    (vault / "cache" / "search.sqlite").unlink()
    assert run("search", "window", "--json").json == []
    assert run("search", "window", "--screenshots", "--json").json == first
    assert run("verify").code == 0


@pytest.mark.usefixtures("vault")
def test_a_picture_that_cannot_be_read_is_named_each_time(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal", "red")
    engine.texts = [ReadingError("over-limit", detail="seconds"), "a door"]
    for _try in range(2):
        answer = run("search", "door", "--screenshots")
        assert "E-0002" in answer.out
        assert "The text in E-0001 was not read: is over a limit" in told(answer.err)
    assert engine.asked == 2
    assert run("search", "door").err == ""


@pytest.mark.usefixtures("vault")
def test_without_a_tesseract_everything_else_is_searched(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal")
    run("log-threat", "--when", "2026-11-21 08:00", "--words", "the window again")
    engine.texts = ["a window"]
    assert len(found(run, "window", "--screenshots")) == 2
    engine.found = None
    answer = run("search", "window", "--screenshots", "--json")
    assert answer.code == 0
    assert [hit["id"] for hit in answer.json] == ["T-0001", "E-0001"]
    assert "there is no tesseract on this computer" in told(answer.err)
    assert "apt install tesseract-ocr tesseract-ocr-hin" in told(answer.err)
    wanted = run("show", "E-0001", "--text")
    assert wanted.code == 2
    assert "Nothing was done" in told(wanted.err)
    assert "apt install" in told(wanted.err)


@pytest.mark.usefixtures("vault")
def test_what_is_no_picture_has_no_such_text(run: Run, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "a.txt").write_text("a note")
    run("add-evidence", str(tmp_path / "a.txt"))
    run("log-threat", "--when", "2026-11-21 08:00", "--words", "the window again")
    assert run("show", "E-0001", "--text").code == 31
    assert run("show", "T-0001", "--text").code == 40
    assert run("show", "E-0009", "--text").code == 40
    assert engine.asked == 0


@pytest.mark.usefixtures("vault")
def test_a_picture_that_is_not_opened_is_told(run: Run, tmp_path: Path, engine: Engine) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = [ReadingError("damaged")]
    wanted = run("show", "E-0001", "--text")
    assert wanted.code == 31
    assert "The text in E-0001 was not read" in told(wanted.err)
    assert "byte for byte" in told(wanted.err)


@pytest.mark.usefixtures("vault")
def test_a_correction_moves_the_text_of_a_picture_in_time(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = ["a window", "a window"]
    (hit,) = run("search", "window", "--screenshots", "--json").json
    assert hit["at"] is None
    run("amend", "E-0001", "--set", "when=2026-11-20 21:30", "--reason", "remembered")
    (hit,) = run("search", "window", "--screenshots", "--json").json
    assert hit["at"].startswith("2026-11-20T16:00")


def test_of_a_sealed_vault_nothing_touches_the_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    make_quick(monkeypatch)
    home = make_home(tmp_path, monkeypatch)
    keep(run, tmp_path, "teal")
    engine.texts = ["a window", "a window", "a window"]
    key = ("--passphrase-file", home.passphrase)
    before = sorted(path for path in home.vault.rglob("*"))
    assert run("search", "window", "--screenshots").code == 23
    assert run("show", "E-0001", "--text").code == 23
    for _try in range(2):
        assert found(run, "window", "--screenshots", *key) == [("E-0001", "picture-text")]
    assert "a window" in run("show", "E-0001", "--text", *key).out
    assert engine.asked == 3
    assert sorted(path for path in home.vault.rglob("*")) == before


@pytest.mark.usefixtures("vault")
def test_what_can_be_done_next_with_a_picture_is_hinted(
    run: Run, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(run, tmp_path, "teal")
    engine.texts = ["a window"]
    hints: list[str] = []
    monkeypatch.setattr(Screen, "hint", lambda _screen, text: hints.append(text))
    for command in (
        ("messages", "E-0001"),
        ("search", "window", "--screenshots"),
        ("search", "nothing"),
    ):
        assert run(*command).code == 0
    assert [("--text" in hint, "--screenshots" in hint) for hint in hints] == [
        (True, False),
        (True, False),
        (False, True),
    ]
