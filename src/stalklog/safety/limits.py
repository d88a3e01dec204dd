"""How big, how deep and how many: what is read of a stranger's file, and why no more.

Over a limit nothing is lost: the original is kept whole, and what was not read is named.
"""

from __future__ import annotations

from typing import Final

MAX_HEAD_BYTES: Final = 1 << 16
"""What a reader sees of a file to know it by."""
MAX_MAIL_BYTES: Final = 256 << 20
"""An e-mail that is read into memory; providers take 25 to 150 MB."""
MAX_HEADER_BYTES: Final = 1 << 20
"""A mail's header; genuine ones are below 64 kB."""
MAX_DEPTH: Final = 30
"""How deep mails and their parts lie in one another; genuine ones stay below 10."""
MAX_PARTS: Final = 2_000
"""Parts of one mail."""
MAX_RECIPIENTS: Final = 2_000
"""Recipients of one mail that are listed."""
MAX_TEXT_CHARS: Final = 1_000_000
"""Text of one message; a long book has half of that."""
MAX_PAGE_BYTES: Final = 64 << 20
"""A saved page that is read into memory."""
MAX_MEMORY_BYTES: Final = 1 << 30
"""An original of a sealed vault that is opened into memory, for readers that must jump in it."""
MAX_MEMBERS: Final = 100_000
"""Files in a zip."""
MAX_RATIO: Final = 1_000
"""How many times longer than packed a file in a zip may be: beyond it is a bomb."""
MAX_PIXELS: Final = 178_956_970
"""Of a picture that is opened: twice Pillow's own warning, 512 MB of RGB."""
MAX_PARTICIPANTS: Final = 1_000
"""Senders that a reading's report lists."""
MAX_QUERY_CHARS: Final = 1_000
"""What is typed to search for; a long sentence has a fifth of that."""
MAX_UNREAD: Final = 1_000
"""Places that a reading's report lists as not understood; more are counted."""
