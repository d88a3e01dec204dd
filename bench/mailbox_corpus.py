"""Mailboxes of invented mail for the bench: short mails by number, attachments by bytes."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from pathlib import Path


def make_mbox(folder: Path, scale: float, draw: random.Random) -> None:
    """A person's mailbox: most mails are short, most bytes are attachments."""
    _write_mbox(folder, scale, draw, _SHAPES)


def make_list(folder: Path, scale: float, draw: random.Random) -> None:
    """A mailing list's archive: short plain mails alone."""
    _write_mbox(folder, scale, draw, _SHAPES[:1])


def _write_mbox(
    folder: Path, scale: float, draw: random.Random, shapes: tuple[tuple[str, int], ...]
) -> None:
    """Mails that differ, with bodies out of a store that is drawn once: 2 GB are made quickly."""
    kinds, weights = zip(*shapes, strict=True)
    texts = [_text(draw) for _ in range(300)]
    files = [
        base64.encodebytes(
            draw.randbytes(int(math.exp(draw.uniform(math.log(8e3), math.log(2e6)))))
        )
        for _ in range(20)
    ]
    left = int(200e6 * scale)
    number = 0
    with (folder / "mailbox.mbox").open("wb") as out:
        while left > 0:
            number += 1
            (kind,) = draw.choices(kinds, weights)
            text = draw.choice(texts)
            boundary = b"=_%024x" % draw.getrandbits(96)
            if kind == "plain":
                body = b"Content-Type: text/plain; charset=utf-8\n\n" + text
            else:
                more = (
                    b"text/html; charset=utf-8\n\n<html><body>" + text * 4 + b"</body></html>\n"
                    if kind == "html"
                    else b"image/jpeg; name=photo.jpg\nContent-Transfer-Encoding: base64\n\n"
                    + draw.choice(files)
                )
                body = _MULTIPART % {b"b": boundary, b"text": text, b"more": more}
            told = {b"n": number, b"who": draw.randrange(_SENDERS), b"id": draw.getrandbits(96)}
            left -= out.write(_MAIL % told + body + b"\n")


def _text(draw: random.Random) -> bytes:
    lines = (
        " ".join(draw.choices(_WORDS, k=draw.randint(3, 12))) for _ in range(draw.randint(5, 80))
    )
    quoted = (f">{line}" if line.startswith("From ") else line for line in lines)  # mboxo
    return "".join(f"{line}\n" for line in quoted).encode()


_SENDERS = 2_000
_SHAPES = (("plain", 70), ("html", 20), ("file", 10))
_WORDS = (
    *("the", "and", "you", "that", "message", "please", "call", "tomorrow", "again", "never"),
    *("house", "train", "office", "window", "street", "From", "about", "because", "nobody"),
    *("something", "yesterday", "police", "number", "phone", "नमस्ते", "कल", "फिर", "घर"),
)
_MAIL = b"""From asha@example.org Mon Jan  5 08:50:00 2026
Return-Path: <asha%(who)d@example.org>
Received: from mx1.example.org (mx1.example.org [192.0.2.1]) by mail.example.net
\twith ESMTPS id %(id)024x for <b@example.net>; Mon, 5 Jan 2026 08:50:00 +0530
Received: from home.example.org (home.example.org [198.51.100.7]) by mx1.example.org
\twith ESMTPSA id %(id)024x; Mon, 5 Jan 2026 08:49:58 +0530
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from:to:subject:date;
\tbh=%(id)044x; b=%(id)088x
Date: Mon, 5 Jan 2026 08:49:57 +0530
From: Asha <asha%(who)d@example.org>
To: Bela <b@example.net>
Subject: message %(n)d
Message-ID: <%(id)024x@example.org>
MIME-Version: 1.0
"""
_MULTIPART = b"""Content-Type: multipart/mixed; boundary="%(b)b"

--%(b)b
Content-Type: text/plain; charset=utf-8

%(text)b
--%(b)b
Content-Type: %(more)b
--%(b)b--
"""
