"""What holds of every template that comes with the program, in both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from tests.letters.conftest import DAY, TEMPLATES, all_facts

from stalklog.letters import shelf
from stalklog.letters.field import LANGUAGES, read_data, sentences
from stalklog.letters.heading import KINDS
from stalklog.letters.render import render
from stalklog.letters.template import check
from stalklog.letters.warning import sentences as warnings
from stalklog.letters.warning import told

if TYPE_CHECKING:
    from stalklog.letters.template import Template

FOLDER = Path(shelf.__file__).parent
FILES = sorted((FOLDER / "templates").rglob("*.md"))
NEVER = re.compile(
    r"admissib|court-ready|complian|tamper-?proof|forensically sound|certifi"
    r"|ग्राह्य|प्रमाणित|सत्यापित|छेड़छाड़-?रोधी|अकाट्य",
    re.IGNORECASE,
)
"""What is never said of our own output, and what comes closest to it in Hindi."""


def test_every_file_is_a_template_that_can_be_used() -> None:
    found = {path: check(path.read_bytes()).problems for path in FILES}
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert len(FILES) == len(TEMPLATES) > 0


def test_a_template_lies_where_its_heading_says(template: Template) -> None:
    heading = template.heading
    place = f"templates/{heading.language}/{heading.jurisdiction}/{template.name}.md"
    assert (FOLDER / place).is_file()
    assert template.name.startswith(heading.kind)


def test_every_kind_of_letter_is_there_in_every_language() -> None:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for template in TEMPLATES:
        found[template.heading.jurisdiction, template.name].add(template.heading.language)
    assert all(languages == set(LANGUAGES) for languages in found.values())
    assert {template.heading.kind for template in TEMPLATES} == set(KINDS)
    assert {place for place, name in found if name == "preserve"} == {"any", "IN", "US"}


def test_a_translation_uses_the_same_fields_and_rests_on_the_same(template: Template) -> None:
    heading = template.heading
    (twin,) = (
        one
        for one in TEMPLATES
        if one.name == template.name
        and one.heading.jurisdiction == heading.jurisdiction
        and one.heading.language != heading.language
    )
    for name in ("fields", "warnings", "basis", "source", "effective_from", "addressees"):
        assert getattr(twin.heading, name) == getattr(heading, name)


def test_none_was_reviewed_yet_and_each_draft_says_so(template: Template) -> None:
    assert template.heading.reviewed_by == ""
    said = {"en": "No lawyer has reviewed this template.", "hi": "किसी वकील ने जाँच नहीं की है"}
    assert said[template.heading.language] in render(template, {}, day=DAY).text.split("\n")[0]


def test_the_warnings_that_belong_to_it_are_there(template: Template) -> None:
    kind, warnings_ = template.heading.kind, template.heading.warnings
    if kind in {"preserve", "abuse", "grievance"}:
        assert {"provider-may-tell", "capture-first"} <= set(warnings_)
    if kind == "stop":
        assert {"stop-can-provoke", "one-stop-only", "decide-with-an-advocate"} <= set(warnings_)
    assert all(sentence.endswith(".") for sentence in told(warnings_))


def test_a_letter_that_says_stop_tells_nothing_of_the_person(template: Template) -> None:
    if template.heading.kind != "stop":
        return
    used = set(template.heading.fields)
    assert used == {
        "letter_date",
        "addressee",
        "operator",
        "client_name",
        "signatory",
        "postal_address",
    }


def test_a_letter_goes_from_the_organisation(template: Template) -> None:
    assert {"operator", "postal_address", "signatory"} <= set(template.heading.fields)


def test_every_field_that_is_filled_stands_in_the_letter(template: Template) -> None:
    letter = render(template, all_facts("W0RD"), day=DAY)
    assert "W0RD" in letter.text
    assert "{" not in letter.text
    by_hand = {"letter_date", "signatory", "client_name", "answer_by"}
    assert len(letter.blanks) == len(by_hand & set(template.heading.fields))


def test_with_nothing_known_all_is_a_blank_and_each_is_listed(template: Template) -> None:
    letter = render(template, {}, day=DAY)
    shown = re.findall(r"\[______ ([^\]]+)\]", letter.text)
    assert tuple(dict.fromkeys(shown)) == letter.blanks
    assert letter.blanks


def test_hindi_is_in_its_own_script(template: Template) -> None:
    if template.heading.language != "hi":
        return
    text = re.sub(r"\[______ [^\]]+\]", "", render(template, {}, day=DAY).body)
    words = set(re.findall(r"[A-Za-z][A-Za-z.-]+", text))
    allowed = {"UTC", "SHA-256", "SHA-", "CERT-In", "U.S.C.", "Grievance", "Officer", "Message-ID"}
    assert words <= allowed


def test_as_markdown_it_has_headings_paragraphs_and_lists_and_nothing_else(
    template: Template,
) -> None:
    text = render(template, all_facts("<b>*x*</b>"), day=DAY, is_markdown=True).text
    tokens = MarkdownIt("commonmark").parse(text)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= {"heading", "paragraph", "inline", "bullet_list", "ordered_list", "list_item"}
    inner = {child.type for token in tokens for child in token.children or []}
    assert inner <= {"text", "text_special", "softbreak", "hardbreak"}
    assert "softbreak" not in inner


@pytest.mark.parametrize("path", FILES, ids=lambda path: "-".join(path.parts[-3:]))
def test_no_template_claims_too_much(path: Path) -> None:
    assert NEVER.search(path.read_text("utf-8")) is None


def test_nothing_else_that_is_said_claims_too_much() -> None:
    assert NEVER.search("\n".join((*sentences(), *warnings()))) is None
    assert NEVER.search(str(read_data("words")) + str(read_data("fields"))) is None


def test_what_is_never_said_would_be_found() -> None:
    for words in ("an admissible copy", "Certified true", "यह साक्ष्य न्यायालय में ग्राह्य है"):
        assert NEVER.search(words)
