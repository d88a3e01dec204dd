"""Exports of chats of every kind that is one text, written piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.readers.csv_chat import LinkedInReader, RedditReader
from stalklog.readers.discord import DiscordReader
from stalklog.readers.discord_csv import DiscordCsvReader
from stalklog.readers.discord_html import DiscordHtmlReader
from stalklog.readers.discord_own import DiscordOwnReader
from stalklog.readers.discord_text import DiscordTextReader
from stalklog.readers.google_chat import GoogleChatReader
from stalklog.readers.google_voice import GoogleVoiceReader
from stalklog.readers.imessage_text import IMessageTextReader
from stalklog.readers.irc_log import IrcReader
from stalklog.readers.line_chat import LineReader
from stalklog.readers.meta import MetaReader
from stalklog.readers.meta_html import MetaHtmlReader
from stalklog.readers.signal import SignalReader
from stalklog.readers.signal_text import SignalTextReader
from stalklog.readers.skype import SkypeReader
from stalklog.readers.slack import SlackReader
from stalklog.readers.sms import SmsReader
from stalklog.readers.sms_wide import SmsWideReader
from stalklog.readers.snapchat import SnapchatReader
from stalklog.readers.telegram import TelegramReader
from stalklog.readers.telegram_html import TelegramHtmlReader
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.readers.whatsapp_wide import WhatsAppWide
from stalklog.readers.x_messages import XReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.base import Reader


NO_CHATS = {
    "eml", "emlx", "mbox", "msg", "pst", "mhtml", "html", "warc", "wacz", "picture", "sound",
}  # fmt: skip
"""The readers of anything else, by name."""


@dataclass(frozen=True, slots=True)
class Export:
    """How an export of chats is written, piece by piece."""

    reader: Callable[[], Reader]
    head: bytes
    row: bytes
    """One message; its words stand in place of `WORDS`."""
    between: bytes
    end: bytes
    encoding: str = "utf-8"
    extra: int = 0
    """How many messages it holds beside those: a day that is told."""

    def of(self, *words: bytes) -> bytes:
        """An export with these messages."""
        return self.of_rows(*(self.row.replace(b"WORDS", one) for one in words))

    def of_rows(self, *rows: bytes) -> bytes:
        """An export with these pieces."""
        data = self.head + self.between.join(rows) + self.end
        return data if self.encoding == "utf-8" else data.decode().encode(self.encoding)


EXPORTS = {
    "whatsapp": Export(WhatsAppText, b"", b"13/04/24, 9:05 pm - Ravi: WORDS\n", b"", b""),
    "iphone": Export(
        WhatsAppText, b"", b"[13/04/24, 21:05:00] Ravi: WORDS\r\n", b"", b""
    ),
    "whatsapp-month": Export(WhatsAppText, b"", b"13 Apr 2014 21:05 - Ravi: WORDS\n", b"", b""),
    "whatsapp-bare": Export(
        WhatsAppText, b"", b"13. 4. 2024. 21:05:00 Ravi: WORDS\n", b"", b""
    ),
    "whatsapp-wide": Export(
        WhatsAppWide, b"", b"13/04/24, 9:05 pm - Ravi: WORDS\n", b"", b"", "utf-16"
    ),
    "sms": Export(
        SmsReader, b'<smses count="2">',
        b'<sms address="+1" date="1709654409123" type="1" body="WORDS" />', b"\n", b"</smses>",
    ),
    "telegram": Export(
        TelegramReader, b'{"name":"Ravi","type":"personal_chat","id":1,"messages":[',
        b'{"id":1,"type":"message","date_unixtime":"1709654409","text":"WORDS"}', b",", b"]}",
    ),
    "telegram-html": Export(
        TelegramHtmlReader, b'<!DOCTYPE html><html><body class="chat_page">',
        b'<div class="message default clearfix" id="message1"><div class="text">WORDS</div></div>',
        b"\n", b"</body></html>",
    ),
    "meta": Export(
        MetaReader, b'{"messages":[',
        b'{"sender_name":"Ravi","timestamp_ms":1709654409123,"content":"WORDS"}', b",", b"]}",
    ),
    "signal": Export(
        SignalReader, b"",
        b'{"chatItem":{"chatId":"1","authorId":"2","dateSent":"1709654409123",'
        b'"standardMessage":{"text":{"body":"WORDS"}}}}', b"\n", b"\n",
    ),
    "signal-text": Export(SignalTextReader, b"", b"[2024-03-05, 21:30] Ravi: WORDS\n", b"", b""),
    "imessage-text": Export(
        IMessageTextReader, b"", b"Mar 05, 2024  9:30:09 PM\nRavi\nWORDS\n\n", b"", b""
    ),
    "irc": Export(IrcReader, b"", b"2024-03-05T21:30:09 <ravi> WORDS\n", b"", b""),
    "irc-bip": Export(IrcReader, b"", b"05-03-2024 21:30:09 < ravi!r@h: WORDS\n", b"", b""),
    "discord": Export(
        DiscordReader, b'{"guild":{"id":"1","name":"House"},"channel":{"id":"2","name":"g"},'
        b'"messages":[', b'{"id":"1212121212121212121","type":"Default","timestamp":'
        b'"2024-03-05T21:30:09+05:30","content":"WORDS","author":{"id":"3","name":"ravi"}}',
        b",", b"]}",
    ),
    "discord-own": Export(
        DiscordOwnReader, b"[", b'{"ID":1212121212121212121,"Timestamp":"2024-03-05 16:00:09",'
        b'"Contents":"WORDS","Attachments":""}', b",", b"]",
    ),
    "google-chat": Export(
        GoogleChatReader, b'{"messages":[', b'{"creator":{"name":"Ravi","email":"r@example.org"},'
        b'"created_date":"Tuesday, March 5, 2024 at 4:00:09 PM UTC","text":"WORDS",'
        b'"topic_id":"t","message_id":"g/t/t"}', b",", b"]}",
    ),
    "x": Export(
        XReader, b'window.YTD.direct_messages.part0 = [{"dmConversation":{"conversationId":"1-2",'
        b'"messages":[', b'{"messageCreate":{"senderId":"1","recipientId":"2","id":"3",'
        b'"createdAt":"2024-03-05T16:00:09.123Z","text":"WORDS"}}', b",", b"]}}]",
    ),
    "slack": Export(
        SlackReader, b"[", b'{"type":"message","user":"U1","text":"WORDS",'
        b'"ts":"1709654409.000200"}', b",", b"]",
    ),
    "snapchat": Export(
        SnapchatReader, b'{"ravi_7":[', b'{"From":"ravi_7","Media Type":"TEXT",'
        b'"Created":"2024-03-05 16:00:09 UTC","Content":"WORDS","IsSender":false}', b",", b"]}",
    ),
    "skype": Export(
        SkypeReader, b'{"userId":"8:live:asha","conversations":[{"id":"8:live:ravi",'
        b'"MessageList":[', b'{"id":"1","originalarrivaltime":"2024-03-05T16:00:09.123Z",'
        b'"messagetype":"Text","content":"WORDS","from":"8:live:ravi"}', b",", b"]}]}",
    ),
    "linkedin": Export(
        LinkedInReader, b"CONVERSATION ID,CONVERSATION TITLE,FROM,DATE,CONTENT\n",
        b'1,x,Ravi,2024-03-05 16:00:09 UTC,"WORDS"\n', b"", b"",
    ),
    "sms-wide": Export(
        SmsWideReader, b'<smses count="2">',
        b'<sms address="+1" date="1709654409123" type="1" body="WORDS" />', b"\n", b"</smses>",
        "utf-16",
    ),
    "meta-html": Export(
        MetaHtmlReader, b"<html><head><title>Ravi</title><style>._a6-g{}</style></head><body>",
        b'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_a6-h">Ravi</h2>'
        b'<div class="_a6-p"><div><div></div><div>WORDS</div></div></div>'
        b'<div class="_a6-o">Mar 05, 2024 9:30 pm</div></div>', b"", b"</body></html>",
    ),
    "google-voice": Export(
        GoogleVoiceReader, b'<?xml version="1.0" ?>\n<html><head><title>Ravi</title></head><body>'
        b'<div class="hChatLog hfeed">\n',
        b'<div class="message"><abbr class="dt" title="2024-03-05T21:30:09.123+05:30">Mar 5</abbr>'
        b':\n<cite class="sender vcard"><a class="tel" href="tel:+15550100"><span class="fn">Ravi'
        b"</span></a></cite>:\n<q>WORDS</q>\n</div>", b" ", b"</div></body></html>",
    ),
    "discord-csv": Export(
        DiscordCsvReader, b"AuthorID,Author,Date,Content,Attachments,Reactions\r\n",
        b'"3","ravi","2024-03-05T21:30:09.1230000+05:30","WORDS","",""\r\n', b"", b"",
    ),
    "discord-html": Export(
        DiscordHtmlReader, b"<!DOCTYPE html><html><body><div class=chatlog>",
        b"<div id=chatlog__message-container-1 class=chatlog__message-container data-message-id=1>"
        b'<div class="chatlog__content chatlog__markdown"><span class=chatlog__markdown-preserve>'
        b"WORDS</span></div></div>", b"\n", b"</div></body></html>",
    ),
    "discord-text": Export(
        DiscordTextReader, b"=" * 62 + b"\nGuild: House\nChannel: g\n" + b"=" * 62 + b"\n\n",
        b"[05-Mar-24 09:30 PM] ravi\nWORDS\n\n\n", b"",
        b"=" * 62 + b"\nExported 3 message(s)\n" + b"=" * 62 + b"\n",
    ),
    "reddit": Export(
        RedditReader, b"message_id,created_at,updated_at,username,message,channel_url,subreddit,"
        b"channel_name,conversation_type\n",
        b'$a,2024-03-05 16:00:09 UTC,,ravi,"WORDS",ch_1,,,direct\n', b"", b"",
    ),
    "line": Export(LineReader, b"[LINE] x\n2024/03/05(Tue)\n", b"21:30\tRavi\tWORDS\n", b"", b"",
        extra=1,
    ),
}  # fmt: skip
