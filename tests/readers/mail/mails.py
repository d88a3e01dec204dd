"""Mails of invented people, as programs write them, and one call to read any of them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from stalklog.readers.base import Notes
from stalklog.readers.mail.read import read_mail

if TYPE_CHECKING:
    from stalklog.records.message import Message

PLAIN = b"""\
Return-Path: <ravi@example.org>
Received: from out.example.org (out.example.org [192.0.2.7])
\tby mx.example.net with ESMTPS id abc123
\tfor <asha@example.net>; Tue, 5 Mar 2024 21:30:09 +0530 (IST)
Received: from [198.51.100.4] by out.example.org; Tue, 5 Mar 2024 16:00:01 +0000
From: "Ravi K." <ravi@example.org>
To: Asha <asha@example.net>
Subject: I know where you are
Date: Tue, 5 Mar 2024 21:30:00 +0530
Message-ID: <one@example.org>
In-Reply-To: <zero@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

You cannot hide.
"""

HINDI = (
    "From: =?UTF-8?B?4KSw4KS14KS/?= <ravi@example.org>\n"
    "To: asha@example.net\n"
    "Subject: =?UTF-8?Q?=E0=A4=AE=E0=A5=88=E0=A4=82?= =?UTF-8?Q?_=E0=A4=9C=E0=A4=BE=E0=A4=A8?=\n"
    "Date: Tue, 05 Mar 2024 10:00:00 IST\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n\n"
    "मैं जानता हूँ तुम कहाँ हो\n"
).encode()

WITH_FILES = b"""\
From: ravi@example.org\r
To: asha@example.net, meera@example.net\r
Cc: "K, Office" <office@example.net>\r
Subject: Pictures\r
Date: Wed, 6 Mar 2024 08:00:00 -0000\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="=_outer"\r
\r
This is a multi-part message in MIME format.\r
--=_outer\r
Content-Type: multipart/alternative; boundary="=_inner"\r
\r
--=_inner\r
Content-Type: text/plain; charset=us-ascii\r
\r
Look at these.\r
--=_inner\r
Content-Type: text/html; charset=us-ascii\r
\r
<p>Look at <b>these</b>.<img src="http://track.example.org/1.gif"></p>\r
--=_inner--\r
--=_outer\r
Content-Type: image/jpeg; name="door.jpg"\r
Content-Disposition: attachment;\r
 filename*=UTF-8''%E0%A4%A6%E0%A5%8D%E0%A4%B5%E0%A4%BE%E0%A4%B0.jpg\r
Content-Transfer-Encoding: base64\r
\r
/9j/4AAQSkZJRgABAQ==\r
--=_outer\r
Content-Type: text/plain; name="=?utf-8?q?list=2Etxt?="\r
Content-Disposition: attachment\r
\r
one\r
two\r
--=_outer--\r
"""

FORWARDED = (
    b"""\
From: asha@example.net
To: help@example.com
Subject: Fwd: I know where you are
Date: Thu, 7 Mar 2024 09:00:00 +0530
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: text/plain

This is what he wrote.
--out
Content-Type: message/rfc822
Content-Disposition: attachment; filename="I know.eml"

"""
    + PLAIN
    + b"""
--out--
"""
)

POST = b"""\
Path: news.example.org!not-for-mail
From: Ravi <ravi@example.org>
Newsgroups: alt.example.people,alt.example.test
Subject: About Asha
Date: 7 Mar 2024 10:00 GMT
Message-ID: <post@example.org>
References: <root@example.org> <parent@example.org>

She lives at 5 Example Street.
"""

LIST = b"""\
From: news@example.com
To: asha@example.net
List-Unsubscribe: <mailto:off@example.com>
Date: Thu, 7 Mar 2024 12:00:00 EST
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><head><title>Sale</title><style>p{color:red}</style></head><body>
<div style=3D"display:none">preview words</div><p>Caf=E9 now =93open=94</p></body></html>
"""

SAMPLES = {
    "plain": PLAIN,
    "hindi": HINDI,
    "with-files": WITH_FILES,
    "forwarded": FORWARDED,
    "post": POST,
    "list": LIST,
}


def read(data: bytes, *, start: int = 0) -> tuple[list[Message], Notes]:
    """All messages of a mail, and what was told besides."""
    notes = Notes()
    return list(read_mail(data, start=start, numbers=count(1), notes=notes)), notes


def read_one(data: bytes) -> Message:
    """The mail itself."""
    return read(data)[0][0]


def mail(text: str, **fields: str) -> bytes:
    """A mail with these fields; `_` in a name is a hyphen."""
    lines = [f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items()]
    return ("From: ravi@example.org\n" + "".join(lines) + "\n" + text).encode()
