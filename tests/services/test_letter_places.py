"""A mail gives its connection wherever it stands, with its place; what can be made up none."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.readers.compound_file import compound
from tests.readers.outlook_file import item as outlook_item
from tests.readers.outlook_file import note
from tests.readers.test_pst import folder, item, library, mailbox
from tests.services.test_letter_origins import ADDRESS, CLAIMED, HER, THEM, desk, letter, mail, seen

from stalklog.services.connections import read_connection
from stalklog.services.entries import corrected, find_entry
from stalklog.services.evidence import add_evidence
from stalklog.services.letter_about import Wish
from stalklog.services.letters import draft_letter
from stalklog.services.mails import open_mails, read_mails_in
from stalklog.services.officer import make_officers_page
from stalklog.services.records import log_threat
from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import trace_fields

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.services.desk import Desk
    from stalklog.services.letters import Draft

__all__ = ["desk", "library"]

FRIEND = "asha@example.org"


def holding(*inner: str, sender: str = FRIEND, subject: str = "Fwd: look") -> str:
    """A mail to which others are attached, as mail programs forward them."""
    edge = seen("192.0.47.1").partition("\nReceived")[0]
    parts = "".join(f"--{subject}\nContent-Type: message/rfc822\n\n{one}\n" for one in inner)
    kind = f'multipart/mixed; boundary="{subject}"'
    return (
        f"{edge}\nFrom: {sender}\nTo: {HER}\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Content-Type: {kind}\n\n--{subject}\nContent-Type: text/plain\n\nsee attached\n"
        f"{parts}--{subject}--\n"
    )


def add(desk: Desk, path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return add_evidence(desk, [path], {}).added[0].id


def told(draft: Draft) -> list[tuple[str, str, int | None]]:
    return [(one.address, one.exhibit, one.message) for one in draft.origins.connections]


def left(draft: Draft) -> dict[str, tuple[int, ...]]:
    return {one.why: one.messages for one in draft.origins.left_out}


def test_a_mail_in_a_mailbox_is_named_by_its_number_and_message_id(
    desk: Desk, tmp_path: Path
) -> None:
    mails = (mail(seen("192.0.47.9"), sender=FRIEND), mail(seen()), mail("", sender=THEM))
    box = "".join(f"From x Fri Nov 20 21:30:00 2026\n{one}\n" for one in mails)
    add(desk, tmp_path / "box.mbox", box.encode())
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert told(draft) == [(ADDRESS, "E-0001", 2)]
    assert left(draft) == {"other-sender": (1,), "none": (3,)}
    assert "exhibit E-0001, message 2, <1@example.net>" in draft.letter.text
    typed = Wish("preserve", connections=(read_connection(desk, f"{ADDRESS},E-1:3"),))
    assert "exhibit E-0001, message 3" in draft_letter(desk, typed, tmp_path / "t").letter.text
    wish = Wish("officer", ids=("E-0001",), trusted_by=("example.org",), language="hi")
    make_officers_page(desk, wish, tmp_path / "p.txt")
    assert "E-0001, संदेश 2" in (tmp_path / "p.txt").read_text()


def test_a_mailbox_that_nobody_named_is_said_to_be_left_out(desk: Desk, tmp_path: Path) -> None:
    box = f"From x Fri Nov 20 21:30:00 2026\n{mail(seen())}\n"
    add(desk, tmp_path / "box.mbox", (box + box.replace(THEM, FRIEND)).encode())
    assert left(letter(desk, tmp_path, trust="example.org")) == {"box": ()}
    log_threat(desk, {"words": ["x"], "when": ["2026-11-20 21:30"], "evidence": ["E-0001"]})
    assert told(letter(desk, tmp_path, trust="example.org")) == [(ADDRESS, "E-0001", 1)]


def test_a_mailbox_of_one_mail_is_that_mail(desk: Desk, tmp_path: Path) -> None:
    add(desk, tmp_path / "0.eml", f"From x Fri Nov 20 21:30:00 2026\n{mail(seen())}\n".encode())
    assert told(letter(desk, tmp_path, trust="example.org")) == [(ADDRESS, "E-0001", None)]


@pytest.mark.usefixtures("library")
def test_a_mail_in_a_mailbox_of_outlook_gives_its_connection(desk: Desk, tmp_path: Path) -> None:
    def headers(text: str) -> dict[int, str]:
        return {0x007D: text.partition("\n\n")[0].replace("\n", "\r\n") + "\r\n\r\n"}

    inbox = folder(
        "Inbox",
        item("none at all"),
        item("one", values=headers(mail(seen()))),
        item("two", values=headers(mail(seen("192.0.47.8"), sender=FRIEND))),
        item("three", values=headers(mail(seen("192.0.47.7")))),
        item("hers", values=headers(mail(seen("192.0.47.6"), sender=HER, to=THEM))),
    )
    add(desk, tmp_path / "box.pst", mailbox(inbox))
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert told(draft) == [(ADDRESS, "E-0001", 2), ("192.0.47.7", "E-0001", 4)]
    assert left(draft) == {"other-sender": (1, 3), "to-them": (5,)}


def test_a_mail_that_a_friend_attached_counts_where_it_is_named(desk: Desk, tmp_path: Path) -> None:
    """And the friend's own connection never does, named or not."""
    add(desk, tmp_path / "0.eml", holding(mail(seen())).encode())
    unnamed = letter(desk, tmp_path, trust="example.org")
    assert (told(unnamed), left(unnamed)) == ([], {"copy": (), "attached": (2,)})
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert told(draft) == [(ADDRESS, "E-0001", 2)]
    assert left(draft) == {"copy": ()}
    assert "192.0.47.1 " not in draft.letter.text
    assert CLAIMED not in draft.letter.text


def test_what_the_other_person_attached_proves_nothing_of_anybody(
    desk: Desk, tmp_path: Path
) -> None:
    made_up = mail(seen("192.0.47.99"))
    add(desk, tmp_path / "0.eml", holding(made_up, sender=THEM).encode())
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert told(draft) == [("192.0.47.1", "E-0001", None)]
    assert left(draft) == {"attached-by-them": (2,)}
    assert "192.0.47.99" not in draft.letter.text


def test_in_a_mailbox_what_a_stranger_attached_is_named_and_left_out(
    desk: Desk, tmp_path: Path
) -> None:
    mails = (holding(mail(seen("192.0.47.99"))), mail("", sender=FRIEND))
    box = "".join(f"From x Fri Nov 20 21:30:00 2026\n{one}\n" for one in mails)
    add(desk, tmp_path / "box.mbox", box.encode())
    draft = letter(desk, tmp_path, "preserve", "E-0001", trust="example.org")
    assert told(draft) == []
    assert left(draft) == {"copy": (1,), "attached": (2,), "other-sender": (3,)}


def test_every_mail_is_read_with_its_own_header_wherever_it_stands(
    desk: Desk, tmp_path: Path
) -> None:
    deep = holding(holding(mail(seen()), subject="inner"), mail(seen("192.0.47.5")))
    names = [
        add(desk, tmp_path / "alone.eml", mail(seen()).encode()),
        add(desk, tmp_path / "deep.eml", deep.encode()),
        add(desk, tmp_path / "box.mbox", f"From x Fri Nov 20 21:30:00 2026\n{deep}\n".encode()),
        add(desk, tmp_path / "item.msg", compound(outlook_item(note(p007D="Subject: a\r\n\r\n")))),
        add(desk, tmp_path / "chat.txt", b"[20/11/2026, 21:30:00] Nobody: hello\n" * 3),
    ]
    found = {}
    for name in names:
        contents = open_mails(desk.open(), find_entry(desk.open(), name).entry)
        found[name] = [
            (one.message.number, one.message.parent, dict(one.fields).get("subject"))
            for one in read_mails_in(contents, lambda _message: True)
        ]
        contents.close()
    inside = [(1, None, "Fwd: look"), (2, 1, "inner"), (3, 2, "x"), (4, 1, "x")]
    assert list(found.values()) == [[(1, None, "x")], inside, inside, [(1, None, "a")], []]


def test_every_mail_of_the_corpus_is_traced_wherever_it_stands(desk: Desk, corpus: Path) -> None:
    pytest.importorskip("pypff")
    with (corpus / "email" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    added = add_evidence(desk, [corpus / "email" / row["path"] for row in rows], {}).added
    vault, profiles = desk.open(), load_profiles()
    counts: Counter[str] = Counter()
    for entry in corrected(vault, ("evidence",)):
        contents = open_mails(vault, entry)
        reader = contents.reader.name if contents.reader else "none"
        for one in read_mails_in(contents, lambda _message: True):
            trace = trace_fields(one.fields, profiles)
            held = " ".join(value for _name, value in one.fields)
            counts[reader] += 1
            counts["attached"] += one.message.parent is not None
            counts["attached with a way"] += one.message.parent is not None and bool(trace.hops)
            counts["in a mailbox with a way"] += reader in {"mbox", "pst"} and bool(trace.hops)
            assert trace.origin is None or trace.origin.address.text in held
        contents.close()
    assert len(added) == len(rows)
    assert counts == {
        "eml": 497, "mbox": 151, "msg": 16, "pst": 12, "emlx": 1,
        "attached": 37, "attached with a way": 17, "in a mailbox with a way": 135,
    }  # fmt: skip
