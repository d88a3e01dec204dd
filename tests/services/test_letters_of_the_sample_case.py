"""Every template, in both languages, filled from the sample case as the demo makes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from tests.letters.conftest import TEMPLATES, called

from stalklog.letters.field import fields
from stalklog.services.desk import Desk
from stalklog.services.letter_about import Wish
from stalklog.services.letters import draft_letter

if TYPE_CHECKING:
    from stalklog.letters.template import Template

PROJECT = Path(__file__).resolve().parents[2]
NOT_IN_THE_CASE = {"connections", "pages", "relation"}
"""A trace gives the connections; the case has no post on the web."""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(PROJECT / "demo", folder / "demo")
    source = os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, str(folder / "demo" / "run.py")],
        env={**os.environ, "PYTHONPATH": source},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=600,
    )
    assert (folder / ".demo" / "complaint.md").is_file()
    return Desk(folder / ".demo" / "vault")


@pytest.mark.parametrize("suffix", ["txt", "md"])
@pytest.mark.parametrize("template", TEMPLATES, ids=called)
def test_a_template_is_filled_from_the_sample_case(
    sample: Desk, template: Template, suffix: str
) -> None:
    heading = template.heading
    police = heading.kind == "escalation" and "police" in heading.addressees
    wish = Wish(
        kind=heading.kind,
        to="Night Bird" if heading.kind == "stop" else "Cyber Cell, Udaharanpur",
        ids=("C-0002",) if police or heading.kind == "reminder" else ("C-0001",),
        language=heading.language,
        country=heading.jurisdiction,
        template=f"{heading.jurisdiction}/{template.name}",
    )
    draft = draft_letter(sample, wish, Path(f"letter.{suffix}"))
    assert (draft.template.name, draft.template.heading) == (template.name, heading)
    text = draft.letter.text
    for shown in ("Example Trust", "1 Example Street, Udaharanpur 999999"):
        assert shown in text
    if "accounts" in heading.fields:
        assert "nightbird" in text
    if "alias" in heading.fields:
        assert "Ms A" in text
    expected = {
        fields()[name].labels[heading.language]
        for name in heading.fields
        if fields()[name].is_by_hand or name in NOT_IN_THE_CASE
    }
    assert set(draft.letter.blanks) <= expected
    if suffix == "md":
        tokens = MarkdownIt("commonmark").parse(text)
        assert not {"code_block", "html_block", "hr"} & {token.type for token in tokens}
