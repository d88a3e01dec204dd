"""A chat in UTF-16 is read as the same one in UTF-8, and lies where it lies."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.readers.files import read_file

from stalklog.readers.table import find_reader
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.readers.whatsapp_wide import WhatsAppWide
from stalklog.records.message import Place

IPHONE = (
    "[03/04/24, 9:03:00\u202fpm] Ravi: look \N{EYES}\n[04/04/24, 9:03:00\u202fpm] Asha: I agree\r\n"
    "[05/04/24, 9:04:00\u202fpm] आशा: नमस्ते\r\n"
    "[06/04/24, 9:05:00\u202fpm] Ravi: \u200eimage omitted\r\n"
) * 400
ENCODINGS = ("utf-16-le", "utf-16-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_says_what_the_narrow_one_says(encoding: str) -> None:
    wide = f"\ufeff{IPHONE}".encode(encoding)
    found = find_reader(wide, "any")
    assert found is not None
    assert found.name == "whatsapp-utf16"
    messages, report = read_file(WhatsAppWide(), wide)
    narrow, told = read_file(WhatsAppText(), IPHONE.encode())
    assert len(messages) == 1200
    bare = [replace(one, place=Place()) for one in messages]
    assert bare == [replace(one, place=Place()) for one in narrow]
    assert (report.decisions, report.counts) == (told.decisions, told.counts)
    assert report.facts == {**told.facts, "letters": "UTF-16"}
    assert (report.bytes_covered, report.is_whole) == (len(wide), True)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_its_places_lie_one_behind_the_other_in_the_original(encoding: str) -> None:
    wide, at = f"\ufeff{IPHONE}".encode(encoding), 2
    for message in read_file(WhatsAppWide(), wide)[0]:
        place = message.place
        assert place.start == at
        assert sha256(wide[place.start : place.end]).hexdigest() == place.sha256
        at = place.end or 0
    assert at == len(wide)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_half_a_letter_costs_no_other_message(encoding: str) -> None:
    chat = "\ufeff13/04/24, 9:05 pm - Ravi: a\ud83d!\n" + "13/04/24, 9:06 pm - Ravi: b\n" * 2
    wide = chat.encode(encoding, "surrogatepass")
    first, second, third = read_file(WhatsAppWide(), wide + b"\0")[0]
    assert (first.text, first.flags) == ("a\ufffd\ufffd\ufffd!", ("bad-charset",))
    assert (second.text, third.text, second.flags) == ("b", "b", ())
    for place in (first.place, second.place):
        assert sha256(wide[place.start : place.end]).hexdigest() == place.sha256


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", IPHONE.encode(), "\ufeffhello".encode("utf-16-le")]
)
def test_what_is_not_one_is_none(data: bytes) -> None:
    assert WhatsAppWide().match(data, "_chat.txt") == 0
