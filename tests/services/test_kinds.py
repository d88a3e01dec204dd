"""The kind of evidence is guessed by what is in a file, and a name makes no chat of it."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.readers.archives import ARCHIVES
from tests.readers.test_recognition import CHATS
from tests.readers.whatsapp.chats import zipped

from stalklog.readers import table
from stalklog.readers.base import MAYBE
from stalklog.readers.table import all_readers, find_surest
from stalklog.records.evidence import EvidenceKind
from stalklog.safety.limits import MAX_HEAD_BYTES
from stalklog.services.kinds import CHAT, KINDS, kind_and_type

UNSURE = {"csv-zip", "imessage-zip", "signal-zip", "slack-zip"}
"""Zips of one file: in whole exports others stand beside it, which make it sure."""
NAMES = ("a", "notes.txt", "IMG_0001.jpg", "invoice.pdf")
CALLS = (
    b'<?xml version="1.0"?>'
    b'<calls count="1"><call number="1" date="1711000000000" type="3" /></calls>'
)
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: WhatsApp chat\r\n\r\nI see you\r\n"


@pytest.mark.parametrize("name", CHATS)
def test_an_export_is_one_whatever_it_is_called(name: str) -> None:
    head = CHATS[name][:MAX_HEAD_BYTES]
    assert {kind_and_type(head, called)[0] for called in NAMES} == {CHAT}


@pytest.mark.parametrize("name", [name for name in ARCHIVES if name.endswith("-zip")])
def test_so_is_a_zip_that_its_beginning_shows_to_be_one(name: str) -> None:
    chat = ARCHIVES[name]
    head = zipped({chat.name: chat.data})[:MAX_HEAD_BYTES]
    is_sure = find_surest(head, "")[0] > MAYBE
    assert kind_and_type(head, "a") == (CHAT if is_sure else "other", "application/zip")
    assert is_sure == (name not in UNSURE)


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (CALLS, "a", "call-log"),
        (CALLS.decode().encode("utf-16"), "a", "call-log"),
        (MAIL, "chat.txt", "email"),
        (b"I saw him at the gate.\n", "WhatsApp Chat with Ravi.txt", "document"),
        (b"PK\x05\x06" + bytes(18), "WhatsApp Chat - Ravi.zip", "other"),
        (b"<html><body><p>I see you</p></body></html>", "chat.html", "web-page"),
        (b"\x89PNG\r\n\x1a\n....", "chat.png", "photo"),
        (b"%PDF-1.7", "chat.pdf", "document"),
        (b"13/04/24, 7:05 pm - Ravi: one line alone\n", "chat.txt", "document"),
        (b"", "chat.txt", "other"),
    ],
)
def test_what_is_no_export_is_none(head: bytes, name: str, kind: str) -> None:
    assert kind_and_type(head, name)[0] == kind


def test_every_reader_reads_a_kind_that_there_is() -> None:
    assert set(KINDS) < {reader.name for reader in all_readers()}
    assert {*KINDS.values(), CHAT, "call-log"} <= set(get_args(EvidenceKind))
    assert {*CHATS} <= {reader.name for reader in all_readers()} - set(KINDS)


def test_a_mistake_in_a_reader_costs_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_head: bytes, _name: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(table, "find_surest", broken)
    assert kind_and_type(b"I see you\n", "a") == ("document", "text/plain")


def test_two_who_are_as_sure_and_read_the_same_kind_tell_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slack, skype, eml = (
        next(one for one in all_readers() if one.name == name) for name in ("slack", "skype", "eml")
    )
    for readers, kind in (([slack, skype], CHAT), ([slack, eml], "document")):
        monkeypatch.setattr(table, "find_surest", lambda _head, _name, r=readers: (60, r))
        assert kind_and_type(b"I see you\n", "a")[0] == kind
