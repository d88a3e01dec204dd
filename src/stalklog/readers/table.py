"""The table of all readers, and the choice of the surest; a new format is a file and a row.

Where two are equally sure the first of the table reads, and the more special stands there. If both
are at least `LIKELY` that is nobody's to decide: the reading says so, and a person may choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, cast

from stalklog.readers.base import LIKELY
from stalklog.records.message import Decision

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
    "discord.DiscordReader",
    "discord_csv.DiscordCsvReader",
    "discord_html.DiscordHtmlReader",
    "discord_text.DiscordTextReader",
    "discord_own.DiscordOwnReader",
    "discord_own_zip.DiscordOwnZipReader",
    "google_chat.GoogleChatReader",
    "google_chat_zip.GoogleChatZipReader",
    "x_messages.XReader",
    "x_zip.XZipReader",
    "slack.SlackReader",
    "slack_zip.SlackZipReader",
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
    "whatsapp_wide.WhatsAppWide",
    "whatsapp_zip.WhatsAppZip",
    "html.HtmlReader",
)
"""Every reader: its class inside `stalklog.readers`."""
_ZIP: Final = b"PK\x03\x04"
"""What is unsure of a zip knows one of its files: two that are have found two exports."""
LIBRARIES: Final[tuple[str, ...]] = ("pypff",)
"""What comes with an extra and changes what a reader finds: the mailboxes of Outlook."""


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader, in the order of the table; none of them loads its library before it reads."""
    return tuple(map(_load, READERS))


def libraries() -> tuple[str, ...]:
    """Which libraries are there that a reader can do without, though not well."""
    return tuple(name for name in LIBRARIES if find_spec(name) is not None)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who reads a file, and how that was decided."""

    reader: Reader
    decisions: tuple[Decision, ...] = ()
    """What the reading has to say of it; nothing where one reader was surest."""


def choose_reader(head: bytes, name: str, read_as: str | None = None) -> Choice | None:
    """Who reads a file; None where nobody knows it, which is no fault of it.

    Args:
        head: The first `MAX_HEAD_BYTES` of the file.
        name: The file's name.
        read_as: The name of the reader that a person chose; one that there is not is no choice.
    """
    chosen = next((reader for reader in all_readers() if reader.name == read_as), None)
    if chosen is not None:
        return Choice(chosen, (Decision("read_as", chosen.name, "person"),))
    surest, found = find_surest(head, name)
    if not found:
        return None
    first, *others = found
    if not others or (surest < LIKELY and not head.startswith(_ZIP)):
        return Choice(first)
    names = tuple(reader.name for reader in (first, *others))
    reason = f"as sure of it: {', '.join(names)}"
    return Choice(first, (Decision("read_as", first.name, "nobody", reason, (names,)),))


def find_surest(head: bytes, name: str) -> tuple[int, list[Reader]]:
    """How sure the surest readers of a file are, and which; none where nobody knows it.

    Args:
        head: The first `MAX_HEAD_BYTES` of the file.
        name: The file's name.
    """
    matched = [(reader.match(head, name), reader) for reader in all_readers()]
    surest = max((sureness for sureness, _reader in matched), default=0)
    return surest, [reader for sureness, reader in matched if surest > 0 and sureness == surest]


def find_reader(head: bytes, name: str) -> Reader | None:
    """The reader that is surest of a file; None where none knows it."""
    choice = choose_reader(head, name)
    return choice.reader if choice else None


def _load(path: str) -> Reader:
    module, _dot, name = path.rpartition(".")
    found = getattr(import_module(f"stalklog.readers.{module}"), name)
    return cast("Reader", found())
