"""Facts in which every field of the table is filled, and the templates that come with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from stalklog.letters.field import fields
from stalklog.letters.shelf import open_shelf

if TYPE_CHECKING:
    from stalklog.letters.render import Facts
    from stalklog.letters.template import Template

DAY = date(2026, 11, 26)
TEMPLATES = open_shelf(()).templates


def all_facts(text: str) -> Facts:
    """Every field filled with this text; two things in each list."""
    return {
        name: [dict.fromkeys(field.each, text)] * 2 if field.each else text
        for name, field in fields().items()
    }


def called(template: Template) -> str:
    heading = template.heading
    return f"{heading.language}-{heading.jurisdiction}-{template.name}"


@pytest.fixture(params=TEMPLATES, ids=called)
def template(request: pytest.FixtureRequest) -> Template:
    found: Template = request.param
    return found
