from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.letters.conftest import DAY, TEMPLATES

from stalklog.letters.shelf import OURS, Wanted, choose, open_shelf, read_file, text_of
from stalklog.safety.limits import MAX_TEMPLATE_BYTES, MAX_TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.letters.template import Template

WANTED = Wanted("preserve", "en", "IN", "", "", DAY)
OWN = text_of(next(one for one in TEMPLATES if one.name == "preserve"))


def chosen(wanted: Wanted, *folders: Path) -> Template:
    found = choose(open_shelf(folders), wanted)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "language", "country", "agency", "expected"),
    [
        ("preserve", "en", "IN", "", "en/IN/preserve"),
        ("preserve", "hi", "US", "", "hi/US/preserve"),
        ("preserve", "en", "FR", "", "en/any/preserve"),
        ("preserve", "en", "", "", "en/any/preserve"),
        ("police", "hi", "IN", "", "hi/IN/police"),
        ("police", "en", "GB", "", "en/any/police"),
        ("escalation", "en", "IN", "police", "en/IN/escalation-police"),
        ("escalation", "en", "IN", "platform", "en/IN/escalation-appeal"),
        ("escalation", "en", "IN", "", "en/any/escalation"),
        ("escalation", "en", "GB", "police", "en/any/escalation"),
        ("stop", "hi", "IN", "", "hi/any/stop"),
    ],
)
def test_the_closest_template_is_chosen(
    kind: str, language: str, country: str, agency: str, expected: str
) -> None:
    found = chosen(Wanted(kind, language, country, agency, "", DAY))
    heading = found.heading
    assert f"{heading.language}/{heading.jurisdiction}/{found.name}" == expected


def test_a_template_outside_its_days_is_never_chosen() -> None:
    grievance = replace(WANTED, kind="grievance")
    assert choose(open_shelf(()), replace(grievance, day=date(2026, 2, 19))) is None
    assert choose(open_shelf(()), replace(grievance, day=date(2026, 2, 20))) is not None


def test_there_is_no_grievance_where_its_law_does_not_hold() -> None:
    assert choose(open_shelf(()), replace(WANTED, kind="grievance", country="US")) is None


def test_hers_goes_before_ours_and_the_nearest_folder_first(tmp_path: Path) -> None:
    for name in ("near", "far"):
        (tmp_path / name / "en" / "IN").mkdir(parents=True)
        (tmp_path / name / "en" / "IN" / "mine.md").write_bytes(
            OWN.replace(b'jurisdiction = "any"', b'jurisdiction = "IN"')
        )
    found = chosen(WANTED, tmp_path / "near", tmp_path / "far")
    assert found.place == str(tmp_path / "near" / "en" / "IN" / "mine.md")
    assert chosen(WANTED, tmp_path / "absent").place == OURS


def test_one_that_is_named_is_taken_whatever_its_country(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_bytes(OWN)
    assert chosen(replace(WANTED, name="mine"), tmp_path).name == "mine"
    assert choose(open_shelf([tmp_path]), replace(WANTED, name="mine", kind="stop")) is None
    assert choose(open_shelf(()), replace(WANTED, name="mine")) is None
    assert chosen(replace(WANTED, name="any/preserve")).heading.jurisdiction == "any"
    assert chosen(replace(WANTED, name="preserve")).heading.jurisdiction == "IN"
    assert choose(open_shelf(()), replace(WANTED, name="reserve")) is None


def test_what_is_wrong_in_hers_is_passed_over_and_named(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(OWN + b"{{contact}}")
    (tmp_path / "not-text.md").write_bytes(b"\xff")
    (tmp_path / "long.md").write_bytes(OWN + b"x" * MAX_TEMPLATE_BYTES)
    (tmp_path / "note.txt").write_text("no template")
    shelf = open_shelf([tmp_path])
    assert shelf.templates == TEMPLATES
    assert [path.name for path in shelf.unusable] == ["bad.md", "long.md", "not-text.md"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such files there")
def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_bytes(OWN)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "real.md")
    os.mkfifo(folder / "pipe.md")
    assert open_shelf([folder]).templates == TEMPLATES
    with pytest.raises(OSError, match="No such file"):
        read_file(folder / "pipe.md")


def test_a_folder_is_searched_so_deep_and_no_deeper(tmp_path: Path) -> None:
    deep = tmp_path / "en" / "IN" / "deeper"
    deep.mkdir(parents=True)
    (deep / "a.md").write_bytes(OWN)
    assert open_shelf([tmp_path]).templates == TEMPLATES
    (deep.parent / "a.md").write_bytes(OWN)
    assert len(open_shelf([tmp_path]).templates) == len(TEMPLATES) + 1


def test_no_more_files_are_read_than_there_may_be(tmp_path: Path) -> None:
    for number in range(MAX_TEMPLATES + 5):
        (tmp_path / f"{number:04}.md").write_bytes(b"x")
    assert len(open_shelf([tmp_path]).unusable) == MAX_TEMPLATES
