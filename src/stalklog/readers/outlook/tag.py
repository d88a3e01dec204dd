"""The numbers of the properties that are looked at, as Microsoft gave them (MS-OXPROPS)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

BY_VALUE: Final = 1
EMBEDDED: Final = 5
LINKED: Final = frozenset({2, 3, 4, 7})
"""How an attachment comes (MS-OXCMSG section 2.2.2.9): itself, as an item, or only its address."""


class Tag(IntEnum):
    """The properties that are looked at: of an item, a recipient or an attachment."""

    MESSAGE_CLASS = 0x001A
    SUBJECT = 0x0037
    SUBMITTED = 0x0039
    REPRESENTED_NAME = 0x0042
    REPRESENTED_ADDRESS = 0x0065
    TRANSPORT_HEADERS = 0x007D
    RECIPIENT_TYPE = 0x0C15
    SENDER_NAME = 0x0C1A
    SENDER_ADDRESS = 0x0C1F
    DISPLAY_BCC = 0x0E02
    DISPLAY_CC = 0x0E03
    DISPLAY_TO = 0x0E04
    DELIVERED = 0x0E06
    MESSAGE_FLAGS = 0x0E07
    BODY = 0x1000
    RTF = 0x1009
    HTML = 0x1013
    MESSAGE_ID = 0x1035
    IN_REPLY_TO = 0x1042
    DISPLAY_NAME = 0x3001
    ADDRESS = 0x3003
    CREATED = 0x3007
    ATTACH_DATA = 0x3701
    ATTACH_SHORT_NAME = 0x3704
    ATTACH_METHOD = 0x3705
    ATTACH_NAME = 0x3707
    ATTACH_SHORT_PATH = 0x3708
    ATTACH_PATH = 0x370D
    ATTACH_MIME = 0x370E
    SMTP_ADDRESS = 0x39FE
    INTERNET_CODEPAGE = 0x3FDE
    MESSAGE_CODEPAGE = 0x3FFD
    SENDER_SMTP = 0x5D01
    REPRESENTED_SMTP = 0x5D02
    CONTENT_COUNT = 0x3602
    """How many items a folder says that it holds."""
    PASSWORD = 0x67FF
    """A checksum of a mailbox's password, which hides nothing (MS-PST section 4.2)."""


WANTED: Final = frozenset(map(int, Tag))
"""All of them."""
