"""What a record is, who it is from, and what came with it."""

from __future__ import annotations

import pytest
from tests.readers.whatsapp.asked import read_chat
from tests.readers.whatsapp.chats import ANDROID, IPHONE

from stalklog.readers.whatsapp.title import title_of
from stalklog.records.message import Party


def test_androids_records_are_what_they_are() -> None:
    messages, report = read_chat(ANDROID)
    assert [message.kind for message in messages] == [
        "system", "message", "message", "message", "message", "message", "message", "location",
        "call", "poll", "system", "message",
    ]  # fmt: skip
    assert report.attachments == {"missing": 1, "omitted": 1}
    photo = messages[3]
    assert [(one.name, one.status) for one in photo.attachments] == [
        ("IMG-20240929-WA0001.jpg", "missing")
    ]
    assert photo.text == "IMG-20240929-WA0001.jpg (file attached)\nat your door"
    assert [message.number for message in messages if message.is_deleted] == [6]
    assert [message.number for message in messages if message.is_edited] == [7]
    assert (messages[11].sender.label, messages[11].text) == ("Ravi", "")
    assert messages[10].sender == Party()
    assert messages[10].text == 'Ravi changed the subject from "a: b" to "c: d"'


def test_an_iphones_records_are_what_they_are() -> None:
    messages, report = read_chat(IPHONE)
    assert [message.kind for message in messages] == [
        "system", "message", "message", "message", "message", "message", "message", "call", "call",
        "message",
    ]  # fmt: skip
    assert report.attachments == {"missing": 1, "omitted": 2}
    assert [one.name for message in messages for one in message.attachments] == [
        "00000004-PHOTO-2024-09-29-07-15-00.jpg", "", "Plan.pdf",
    ]  # fmt: skip
    assert messages[-1].sender.label == "+91\u00a098765\u00a000000"
    assert sum(bool(message.is_deleted) for message in messages) == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<Médias omis>", "omitted"),
        ("<मीडिया हटाया गया>", "omitted"),
        ("Plan.pdf (ਅਟੈਚ ਕੀਤੀ ਫਾਇਲ)", "missing"),
        ("IMG-20240929-WA0001.jpg (in words of no language)", "missing"),
        ("\u200e<in no language: 00000004-PHOTO-2024-09-29-07-15-00.jpg>", "missing"),
        ("Ravi.vcf (file attached)", "missing"),
        ("DOC-20240929-WA0001. (Datei angehängt)", "missing"),
        ("\u200ePlan.pdf \u2022 \u200e3 pages \u200e(fichier joint)", "missing"),
        ("< attached: 00000004-PHOTO-2024-09-29-07-15-00.jpg >", "missing"),
        ("<Video note omitted>", "omitted"),
        ("<Medien ausgeschlossen>", "omitted"),
        ("<Mídia oculta>", "omitted"),
        ("<মিডিয়া বাদ দেওয়া হয়েছে>", "omitted"),
        ("see plan.pdf (it is good)", None),
        ("<3 you>", None),
        ("a <b: c.d>", None),
        ("(hello)", None),
        ("null", None),
    ],
)
def test_a_file_is_known_in_any_language(text: str, status: str | None) -> None:
    (message,), _ = read_chat(f"14/03/24, 9:05 pm - Ravi: {text}\n")
    assert [one.status for one in message.attachments] == ([status] if status else [])
    assert (message.kind, message.text) == ("message", text)


@pytest.mark.parametrize(
    ("text", "kind", "is_deleted", "files"),
    [
        ("لم يتم إدراج الصورة", "message", None, 1),
        ("वीडियो छोड़ा गया", "message", None, 1),
        ("bỏ qua tệp âm thanh", "message", None, 1),
        ("画像は含まれていません", "message", None, 1),
        ("η κάρτα επαφής παραλήφθηκε", "message", None, 1),
        ("Kişi kartı dahil edilmedi", "message", None, 1),  # noqa: RUF001
        ("תמונה אחרת", "system", None, 0),
        ("यह मैसेज डिलीट कर दिया गया है.", "message", True, 0),
        ("এই মেসেজটি বাদ দেওয়া হয়েছে।", "message", True, 0),
        ("您已刪除此訊息。", "message", True, 0),
        ("Tuto zprávu jste smazal/a.", "message", True, 0),
        ("Вы удалили это сообщение.", "message", True, 0),
        ("वॉइस कॉल मिस हुई", "call", None, 0),
        ("Cevapsız sesli arama", "call", None, 0),  # noqa: RUF001
        ("Ravi अब एडमिन हैं", "system", None, 0),
    ],
)
def test_what_an_iphone_writes_for_a_person_is_that_persons(
    text: str, kind: str, is_deleted: bool | None, files: int
) -> None:
    (message, _), report = read_chat(
        f"[14/03/24, 21:05:07] Ravi: \u200e{text}\r\n[14/03/24, 21:05:08] Asha: hi\r\n"
    )
    assert (message.kind, message.is_deleted, message.sender.label) == (kind, is_deleted, "Ravi")
    assert report.attachments == ({"omitted": files} if files else {})


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("\u202a+91 98765 00000\u202c", "+91 98765 00000"),
        ("~\u202fRavi", "~\u202fRavi"),
        ("Ravi 🧣 (work)", "Ravi 🧣 (work)"),
        ("रवि", "रवि"),
        ("a:b", "a:b"),
    ],
)
def test_the_label_is_as_the_export_shows_it(label: str, shown: str) -> None:
    messages, _ = read_chat(f"14/03/24, 9:05 pm - {label}: hi: there\n" * 2)
    assert {(message.sender, message.text) for message in messages} == {(Party(shown), "hi: there")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Asha added Ravi", "system"),
        ("Ravi changed their phone number to a new number. Tap to message.", "system"),
        ("Your security code with Ravi changed.", "system"),
        ("Missed video call", "call"),
        ("मिस्ड वॉइस कॉल", "call"),
        ("x" * 200 + ": y", "system"),
        ("Ravi a créé le groupe « a : b »", "system"),
        ('Ravi criou o grupo "a: b"', "system"),
        ("Ravi hat die Gruppe „a: b“ erstellt", "system"),
        ("Raviがグループ「a: b」を作成しました", "system"),
    ],
)
def test_what_nobody_is_named_for_is_the_services(text: str, kind: str) -> None:
    (message,), report = read_chat(f"14/03/24, 9:05 pm - {text}\n")
    assert (message.kind, message.sender, message.text) == (kind, Party(), text)
    assert report.participants == ()


def test_a_quote_in_a_name_hides_nobody_who_writes_on() -> None:
    messages, _ = read_chat(
        "".join(f'14/03/24, 9:0{minute} pm - Ravi "x: hi\n' for minute in range(3))
        + '14/03/24, 9:05 pm - Anu "Baby" K: hi\n'
    )
    assert [each.sender.label for each in messages] == [*['Ravi "x'] * 3, 'Anu "Baby" K']


def test_nobody_can_make_a_call_or_hide_a_name_by_typing() -> None:
    messages, _ = read_chat(
        "14/03/24, 9:05 pm - Ravi: Missed voice call\n14/03/24, 9:06 pm - Ravi: \u200ehidden\n"
        "14/03/24, 9:07 pm - Asha: no\n"
    )
    assert [(each.kind, each.sender.label) for each in messages] == [
        ("message", "Ravi"), ("message", "Ravi"), ("message", "Asha"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Ravi.txt", "Ravi"),
        ("WhatsApp Chat - Ravi.zip", "Ravi"),
        ("WhatsApp\u00a0Chat\u00a0with\u00a0Ravi (1).txt", "Ravi"),
        ("_chat.txt", ""),
        ("../../Чат.txt", "Чат"),
    ],
)
def test_the_chat_is_called_as_its_file(name: str, title: str) -> None:
    assert title_of(name) == title
    (message,), _ = read_chat("14/03/24, 9:05 pm - Ravi: hi\n", name=name)
    assert message.conversation == title
