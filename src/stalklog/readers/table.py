"""The table of all readers, and the choice of the surest; a new format is a file and a row.

The order is the order of preference where two are equally sure: the more special stands first.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from stalklog.readers.base import Reader

READERS: Final[tuple[str, ...]] = (
    "msg.MsgReader",
    "pst.PstReader",
    "imessage.IMessageReader",
    "imessage_zip.IMessageZipReader",
    "mhtml.MhtmlReader",
    "wacz.WaczReader",
    "warc.WarcReader",
    "mbox.Mbox",
    "emlx.EmlxReader",
    "sms.SmsReader",
    "sms_wide.SmsWideReader",
    "telegram.TelegramReader",
    "telegram_html.TelegramHtmlReader",
    "telegram_zip.TelegramZipReader",
    "signal.SignalReader",
    "signal_zip.SignalZipReader",
    "signal_text.SignalTextReader",
    "imessage_text.IMessageTextReader",
    "meta_zip.MetaZipReader",
    "meta.MetaReader",
    "meta_html.MetaHtmlReader",
    "line_chat.LineReader",
    "irc_log.IrcReader",
    "snapchat.SnapchatReader",
    "snapchat_zip.SnapchatZipReader",
    "csv_chat.LinkedInReader",
    "csv_chat.RedditReader",
    "csv_zip.CsvZipReader",
    "skype.SkypeReader",
    "skype_tar.SkypeTarReader",
    "google_voice.GoogleVoiceReader",
    "google_voice_zip.GoogleVoiceZipReader",
    "eml.EmlReader",
    "picture.Picture",
    "sound.Sound",
    "whatsapp_text.WhatsAppText",
    "whatsapp_zip.WhatsAppZip",
    "html.HtmlReader",
)
"""Every reader: its class inside `stalklog.readers`."""


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader, in the order of the table; none of them loads its library before it reads."""
    return tuple(map(_load, READERS))


def find_reader(head: bytes, name: str) -> Reader | None:
    """The reader that is surest of a file; None where none knows it, which is no fault of it.

    Args:
        head: The first `MAX_HEAD_BYTES` of the file.
        name: The file's name.
    """
    sureness, _place, found = max(
        ((reader.match(head, name), -place, reader) for place, reader in enumerate(all_readers())),
        default=(0, 0, None),
    )
    return found if sureness > 0 else None


def _load(path: str) -> Reader:
    module, _dot, name = path.rpartition(".")
    found = getattr(import_module(f"stalklog.readers.{module}"), name)
    return cast("Reader", found())
