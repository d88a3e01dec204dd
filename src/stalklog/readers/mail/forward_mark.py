"""How mail programs mark a mail that is forwarded inside another one, with where each was seen.

No mark of a program that writes Hindi was found anywhere: Thunderbird has no Hindi, Gmail writes
`Forwarded message` in every language, Zimbra has no Hindi words for it. What they do write in
Hindi is the header of the forwarded mail and the beginning of the subject, and those are known by
their shape, in any language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CRISP: Final = "crisp-oss/email-forward-parser 1.0.18, lib/parser.js (MIT), made from sent mails"
MOZILLA: Final = "Thunderbird, mailnews.forward_header_originalmessage, as Transvision lists it"
ZIMBRA: Final = "Zimbra/zm-web-client, WebRoot/messages/ZmMsg_hi.properties, key fwd"


@dataclass(frozen=True, slots=True)
class Mark:
    """The words of one program in one or several languages."""

    words: str
    languages: str
    program: str
    source: str


DASHED: Final = (
    Mark("Forwarded message", "all", "Gmail", CRISP),
    Mark("Forwarded Message", "en", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Přeposlaná zpráva", "cs", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Videresendt meddelelse", "da", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Weitergeleitete Nachricht", "de", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Mensaje reenviado", "es", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Edelleenlähetetty viesti", "fi", "Yahoo Mail", CRISP),
    Mark("Message transmis", "fr", "Yahoo Mail", CRISP),
    Mark("Message transféré", "fr", "Thunderbird", CRISP),
    Mark("Továbbított üzenet", "hu", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Messaggio inoltrato", "it", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Doorgestuurd bericht", "nl", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Videresendt melding", "no", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Przekazana wiadomość", "pl", "Yahoo Mail", CRISP),
    Mark("Treść przekazanej wiadomości", "pl", "Thunderbird", CRISP),
    Mark("Mensagem reencaminhada", "pt", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Mensagem encaminhada", "pt-BR", "Yahoo Mail, Thunderbird", CRISP),
    Mark("Mesaj redirecționat", "ro", "Yahoo Mail", CRISP),
    Mark("Пересылаемое сообщение", "ru", "Yahoo Mail", CRISP),
    Mark("Перенаправленное сообщение", "ru", "Thunderbird", CRISP),
    Mark("Preposlaná správa", "sk", "Yahoo Mail", CRISP),
    Mark("Preposlaná správa --- Forwarded Message", "sk", "Thunderbird", CRISP),
    Mark("Vidarebefordrat meddelande", "sv", "Yahoo Mail, Thunderbird", CRISP),
    Mark("İletilmiş Mesaj", "tr", "Yahoo Mail", CRISP),
    Mark("İletilen İleti", "tr", "Thunderbird", CRISP),
    Mark("Перенаправлене повідомлення", "uk", "Yahoo Mail", CRISP),
    Mark("Переслане повідомлення", "uk", "Thunderbird", CRISP),
    Mark("Välitetty viesti / Fwd.Msg", "fi", "Thunderbird", CRISP),
    Mark("Proslijeđena poruka", "hr", "Thunderbird", CRISP),
    Mark("رسالة ممرّرة", "ar", "Thunderbird", MOZILLA),
    Mark("Накіраваны ліст", "be", "Thunderbird", MOZILLA),
    Mark("Missatge reenviat", "ca", "Thunderbird", MOZILLA),
    Mark("Edastatud kiri", "et", "Thunderbird", MOZILLA),
    Mark("Birbidalitako mezua", "eu", "Thunderbird", MOZILLA),
    Mark("Välitetty viesti", "fi", "Thunderbird", MOZILLA),
    Mark("Mensaxe reenviada", "gl", "Thunderbird", MOZILLA),
    Mark("Áframsendur póstur", "is", "Thunderbird", MOZILLA),
    Mark("전달된 메시지", "ko", "Thunderbird", MOZILLA),
    Mark("Persiųstas laiškas", "lt", "Thunderbird", MOZILLA),
    Mark("Vidaresend melding", "nn", "Thunderbird", MOZILLA),
    Mark("Posredovano sporočilo", "sl", "Thunderbird", MOZILLA),
    Mark("Mesazhi i Përcjellë", "sq", "Thunderbird", MOZILLA),
    Mark("İletilmiş İleti", "tr", "Thunderbird", MOZILLA),
    Mark("转发的消息", "zh-CN", "Thunderbird", MOZILLA),
    Mark("轉寄郵件", "zh-TW", "Thunderbird", MOZILLA),
)
"""Between dashes, on a line: `---------- Forwarded message ---------`."""

BEGUN: Final = (
    Mark("Begin forwarded message", "en", "Apple Mail", CRISP),
    Mark("Začátek přeposílané zprávy", "cs", "Apple Mail", CRISP),
    Mark("Start på videresendt besked", "da", "Apple Mail", CRISP),
    Mark("Anfang der weitergeleiteten Nachricht", "de", "Apple Mail", CRISP),
    Mark("Inicio del mensaje reenviado", "es", "Apple Mail", CRISP),
    Mark("Välitetty viesti alkaa", "fi", "Apple Mail", CRISP),
    Mark("Début du message réexpédié", "fr", "Apple Mail", CRISP),
    Mark("Début du message transféré", "fr", "Apple Mail", CRISP),
    Mark("Započni proslijeđenu poruku", "hr", "Apple Mail", CRISP),
    Mark("Továbbított levél kezdete", "hu", "Apple Mail", CRISP),
    Mark("Inizio messaggio inoltrato", "it", "Apple Mail", CRISP),
    Mark("Begin doorgestuurd bericht", "nl", "Apple Mail", CRISP),
    Mark("Videresendt melding", "no", "Apple Mail", CRISP),
    Mark("Początek przekazywanej wiadomości", "pl", "Apple Mail", CRISP),
    Mark("Início da mensagem reencaminhada", "pt", "Apple Mail", CRISP),
    Mark("Início da mensagem encaminhada", "pt-BR", "Apple Mail", CRISP),
    Mark("Începe mesajul redirecționat", "ro", "Apple Mail", CRISP),
    Mark("Начало переадресованного сообщения", "ru", "Apple Mail", CRISP),
    Mark("Začiatok preposlanej správy", "sk", "Apple Mail", CRISP),
    Mark("Vidarebefordrat mejl", "sv", "Apple Mail", CRISP),
    Mark("İleti başlangıcı", "tr", "Apple Mail", CRISP),  # noqa: RUF001 - Turkish
    Mark("Початок листа, що пересилається", "uk", "Apple Mail", CRISP),
)
"""Before a colon, on a line: `Begin forwarded message:`."""

SUBJECTS: Final = (
    Mark("Fwd", "all", "Gmail, Thunderbird", CRISP),
    Mark("Fw", "all", "Yahoo Mail, Outlook", CRISP),
    Mark("WG", "de", "Outlook", CRISP),
    Mark("RV", "es", "Outlook", CRISP),
    Mark("TR", "fr", "Outlook", CRISP),
    Mark("PD", "pl", "Outlook", CRISP),
    Mark("ENC", "pt-BR", "Outlook", CRISP),
    Mark("VB", "sv", "Outlook", CRISP),
    Mark("VL", "fi", "Outlook", CRISP),
    Mark("Videresend", "no", "Outlook", CRISP),
    Mark("İLT", "tr", "Outlook", CRISP),
    Mark("फ़ॉरवर्ड", "hi", "Zimbra", ZIMBRA),
)
"""Before a colon, at the beginning of the subject. Left out is `VS`, which forwards in Danish and
replies in Finnish, and `I`, which is a word in English."""
