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
MAX_HEADER_FIELDS: Final = 10_000
"""Fields of a mail's header; genuine ones are below 300."""
MAX_SEPARATOR_BYTES: Final = 1_000
"""The line between two mails of a mailbox: an address and a date."""
MAX_AHEAD_BYTES: Final = 16 << 20
"""How far on a mailbox is read until what seems to begin inside an open part counts as a mail."""
MAX_WAITING_MAILS: Final = 5_000
"""How many mails of a mailbox wait at once until it is certain that they are not one mail."""
MAX_DEPTH: Final = 30
"""How deep mails and their parts lie in one another; genuine ones stay below 10."""
MAX_PARTS: Final = 2_000
"""Parts of one mail."""
MAX_RECIPIENTS: Final = 2_000
"""Recipients of one mail that are listed."""
MAX_REMOTE: Final = 500
"""Addresses of remote pictures and the like that are listed of one mail or page."""
MAX_TEXT_CHARS: Final = 1_000_000
"""Text of one message; a long book has half of that."""
MAX_PAGE_BYTES: Final = 64 << 20
"""A saved page that is read into memory."""
MAX_MEMORY_BYTES: Final = 1 << 30
"""An original of a sealed vault that is opened into memory, for readers that must jump in it."""
MAX_VALUE_BYTES: Final = 4 << 20
"""Of one value of an XML file that is kept: all of `MAX_TEXT_CHARS`."""
MAX_ATTRIBUTES: Final = 1_000
"""Values of one tag of an XML file that is over 1 MB; genuine ones have below 50."""
MAX_RECORD_BYTES: Final = 16 << 20
"""One message of a JSON export, or one value beside them; genuine ones are below 1 MB."""
MAX_BROKEN: Final = 20
"""Messages of a JSON export that end nowhere, behind each of which the next one is looked for."""
MAX_NAMES: Final = 100_000
"""People and chats that an export names before its messages, and that are remembered."""
MAX_LINKS: Final = 5_000_000
"""Rows of a database that say to which chat a message belongs, or which files: 16 bytes each."""
MAX_LOG_BYTES: Final = 64 << 20
"""Of a database's `-wal` file; SQLite tidies it up at 4 MB."""
MAX_MEMBERS: Final = 100_000
"""Files in a zip."""
MAX_RATIO: Final = 1_000
"""How many times longer than packed a file in a zip may be: beyond it is a bomb."""
MAX_PIXELS: Final = 178_956_970
"""Of a picture that is opened: twice Pillow's own warning, 512 MB of RGB."""
MAX_FRAMES: Final = 10_000
"""Pictures in one file: an hour of a sticker that moves, a fax of a thousand pages."""
MAX_BLOCKS: Final = 200_000
"""Blocks that a picture or a recording is put together of; ten hours of speech have fewer."""
MAX_BLOCK_BYTES: Final = 1 << 20
"""Of one such block that is read and not skipped; a camera's notes stay below 64 kB."""
MAX_FACT_CHARS: Final = 200
"""Of one fact that a picture or a recording tells of itself."""
MAX_FACT_NAMES: Final = 50
"""Names of texts or labels in it that are listed."""
MAX_PICTURE_BYTES: Final = 128 << 20
"""A picture that is opened; a camera's raw file has half of that."""
MAX_TEXT_PIXELS: Final = 50_000_000
"""Of a picture in which text is looked for: a screenshot scrolled over ten screens."""
MAX_SIDE_PIXELS: Final = 32_767
"""Of one side of such a picture: tesseract takes no more."""
MAX_WORKER_BYTES: Final = 1 << 30
"""Memory of a process that opens a picture or looks for text in it: all of `MAX_PIXELS` once."""
PICTURE_TIMEOUT_S: Final = 20
"""For one picture; one of `MAX_PIXELS` takes a few."""
TEXT_TIMEOUT_S: Final = 120
"""For the text in one picture; a screen takes two."""
MAX_SENDERS: Final = 50_000
"""Different senders of one original that are told apart; more are counted as others."""
MAX_SENDERS_CHARS: Final = 8 << 20
"""Letters of all their names and addresses together; genuine ones have 40 each."""
MAX_PARTICIPANTS: Final = 1_000
"""Senders that a reading's report lists."""
MAX_CHAT_SURVEY_BYTES: Final = 8 << 20
"""Of a chat as text that is looked over before it is read: 40,000 messages, which is the most that
WhatsApp exports, take about 4 MB."""
MAX_ORDERED: Final = 200_000
"""Messages that are put in the order of time at once: about 200 MB of memory."""
MAX_QUERY_CHARS: Final = 1_000
"""What is typed to search for; a long sentence has a fifth of that."""
MAX_UNREAD: Final = 1_000
"""Places that a reading's report lists as not understood; more are counted."""
MAX_DOUBTS: Final = 1_000
"""Places that a reading's report lists as doubtful, for each reason; more are counted."""
MAX_DOUBTS_OF_ONE: Final = 20
"""The same, inside one message."""
MAX_TEMPLATE_BYTES: Final = 64 << 10
"""A template of a letter; the longest that comes with the program has a tenth of that."""
MAX_TEMPLATES: Final = 500
"""Templates in somebody's own folder; 24 come with the program."""
MAX_TEMPLATE_DEPTH: Final = 5
"""How deep blocks of a template stand in one another; a letter needs two."""
MAX_LETTER_MAILS: Final = 300
"""E-mails into whose header a letter looks, those that were added last: of what is old, providers
have no records any more, and a letter that names so many is read by nobody."""
MAX_LETTER_BOX_BYTES: Final = 64 << 20
"""A mailbox into which a letter looks for connections; of a longer one `trace --message` tells."""
MAX_LETTER_ANSWERS: Final = 100
"""Answers of registries that a letter reads; a case asks a handful."""
MAX_RULES_BYTES: Final = 1 << 20
"""A file of rules for what is due; that which stalklog comes with has 15 kB."""
MAX_RECEIVED_CHARS: Final = 4_000
"""Of one Received field; genuine ones stay below 1,000."""
MAX_HOPS: Final = 100
"""Received fields of one mail that are read; servers refuse a mail at 25 to 100."""
MAX_SIGNED_BYTES: Final = 64 << 20
"""A mail whose signatures are verified; it is held several times over while that is done."""
MAX_SIGNATURES: Final = 10
"""Signatures of one mail that are verified; genuine ones have below 5."""
MAX_ANSWER_BYTES: Final = 2 << 20
"""Of one answer from the network; a registry's is below 100 kB, IANA's longest file is 100 kB."""
ANSWER_TIMEOUT_S: Final = 20
"""For one answer; a registry takes one or two."""
MAX_KEPT_ANSWERS: Final = 2_000
"""Kept answers of one kind that are looked through, the newest first; a case has a few dozen."""
MAX_KEY_NAMES: Final = 20
"""Keys of one mail that are asked for; genuine ones need below 5."""
MAX_CONTACTS: Final = 200
"""Contacts that are gathered from one answer."""
