"""A header says what its line says, and nothing but a header is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core import canonical
from stalklog.records.types import LOGS
from stalklog.vault.layout import (
    FORMAT,
    Header,
    HeaderError,
    NewerFormatError,
    log_name,
    make_header,
    note_name,
    object_name,
    parse_header,
)

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

ID, SALT = "0a" * 16, "f9" * 16
CREATED_AT = "2026-11-24T04:30:00.000Z"
KEY, OWNER = "stalklog/x+1+a", "stalklog/x+2+b"
RECIPIENTS = ("age1" + "q" * 58, "age1" + "z" * 58)
PLAIN: JsonObject = {
    "format": FORMAT,
    "id": ID,
    "origin": f"stalklog/{ID}",
    "created_at": CREATED_AT,
    "sealed": False,
    "key": KEY,
    "salt": SALT,
}
SEALED: JsonObject = {**PLAIN, "sealed": True, "recipients": list(RECIPIENTS), "owner": OWNER}


def written(value: JsonObject) -> bytes:
    return canonical.encode(value) + b"\n"


def test_a_header_says_what_its_line_says() -> None:
    header = parse_header(written(PLAIN))
    expected = Header(written(PLAIN)[:-1], ID, f"stalklog/{ID}", CREATED_AT, sealed=False, key=KEY)
    assert header == expected
    assert header.logs == LOGS


def test_a_sealed_header_says_to_whom_and_who_may_change_it() -> None:
    header = parse_header(written(SEALED))
    assert header == Header(
        written(SEALED)[:-1],
        ID,
        f"stalklog/{ID}",
        CREATED_AT,
        sealed=True,
        key=KEY,
        recipients=RECIPIENTS,
        owner=OWNER,
    )
    assert header.logs == ("entries",)


def test_a_header_that_is_made_is_the_one_that_is_read() -> None:
    plain = make_header(
        vault_id=ID, created_at=CREATED_AT, key=KEY, salt=SALT, recipients=(), owner=""
    )
    assert plain.line == written(PLAIN)[:-1]
    sealed = make_header(
        vault_id=ID,
        created_at=CREATED_AT,
        key=KEY,
        salt=SALT,
        recipients=RECIPIENTS,
        owner=OWNER,
    )
    assert sealed.line == written(SEALED)[:-1]
    assert sealed == parse_header(written(SEALED))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not one line"),
        (written(PLAIN)[:-1], "not one line"),
        (written(PLAIN) + b"\n", "not one line"),
        (b"\n" + written(PLAIN), "not one line"),
        (b"\n", "NOT_JSON"),
        (b"{}\n", "no format"),
        (b"\xff\n", "NOT_UTF8"),
        (b'{"b":1,"a":1}\n', "NOT_CANONICAL"),
    ],
)
def test_what_is_no_line_of_a_header_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(HeaderError, match=f"^{reason}$"):
        parse_header(data)


FORM = "a field has another form"


@pytest.mark.parametrize("good", [PLAIN, SEALED], ids=["plain", "sealed"])
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("format", "other-vault/1", "no format"),
        ("format", 1, "no format"),
        ("format", f"{FORMAT}.0", "no format"),
        ("sealed", 1, FORM),
        ("sealed", None, FORM),
        ("id", ID[1:], FORM),
        ("id", 7, FORM),
        ("id", ID.upper(), FORM),
        ("salt", SALT + "0", FORM),
        ("salt", None, FORM),
        ("created_at", CREATED_AT[:-1], FORM),
        ("key", None, FORM),
        ("origin", f"stalklog/{SALT}", "the origin is another"),
        ("origin", ID, "the origin is another"),
        ("more", 1, "other fields than a vault has"),
    ],
)
def test_a_field_of_another_form_is_no_header(
    good: JsonObject, field: str, value: JsonValue, reason: str
) -> None:
    with pytest.raises(HeaderError, match=f"^{reason}$"):
        parse_header(written({**good, field: value}))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("recipients", [], "it is sealed to nobody"),
        ("recipients", "age1", "it is sealed to nobody"),
        ("recipients", None, "it is sealed to nobody"),
        ("recipients", [RECIPIENTS[0], "age1"], FORM),
        ("recipients", [RECIPIENTS[0], 1], FORM),
        ("owner", None, FORM),
        ("owner", 1, FORM),
    ],
)
def test_a_sealed_header_names_recipients_and_an_owner(
    field: str, value: JsonValue, reason: str
) -> None:
    with pytest.raises(HeaderError, match=f"^{reason}$"):
        parse_header(written({**SEALED, field: value}))


@pytest.mark.parametrize(
    "value",
    [
        {**SEALED, "sealed": False},
        {**PLAIN, "sealed": True},
        {name: held for name, held in SEALED.items() if name != "owner"},
        {name: held for name, held in PLAIN.items() if name != "salt"},
    ],
)
def test_a_header_has_all_the_fields_of_its_form_and_no_others(value: JsonObject) -> None:
    with pytest.raises(HeaderError, match=r"^other fields than a vault has$"):
        parse_header(written(value))


@pytest.mark.parametrize("number", [2, 10])
def test_a_later_format_is_told_by_its_name(number: int) -> None:
    """Whatever else stands in such a header."""
    name = f"stalklog-vault/{number}"
    with pytest.raises(NewerFormatError, match=f"^{name}$"):
        parse_header(written({"format": name}))


def test_the_first_two_digits_of_a_hash_are_its_folder() -> None:
    assert object_name("0123" + "f" * 60) == "objects/01/0123" + "f" * 60
    assert (log_name("threats"), note_name(25)) == ("logs/threats.jsonl", "checkpoints/25.note")
