"""Saved pages of invented sites, in the forms in which browsers write them."""

from __future__ import annotations

import base64
import quopri

URL = "https://forum.example.org/thread/7"
BOUNDARY = "----MultipartBoundary--5k9DqZ7yExampleExample----"
PICTURE = b"\x89PNG\r\n\x1a\n not a picture"
PAGE = (
    '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8">'
    "<title>Thread 7 \u2014 नमस्ते</title>"
    '<link rel="canonical" href="https://forum.example.org/thread/seven">'
    '<meta property="og:url" content="https://forum.example.org/og">'
    '<meta property="article:published_time" content="2026-11-19T10:00:00+05:30">'
    "</head><body><h1>Thread</h1><p>I know where you live.</p>"
    f'<p style="display:none">hidden</p><img src="{URL}/scarf.png">'
    '<img src="https://tracker.example.net/pixel.gif">'
    '<iframe src="cid:frame-2@mhtml.blink"></iframe></body></html>'
).encode()
FRAME = b"<html><head><title>Comments</title></head><body>You cannot hide.</body></html>"
CHROME = {
    "From": "<Saved by Blink>",
    "Snapshot-Content-Location": URL,
    "Subject": "=?utf-8?Q?Thread=207=20=E2=80=94=20=E0=A4=A8=E0=A4=AE=E0=A4=B8?=\r\n"
    " =?utf-8?Q?=E0=A5=8D=E0=A4=A4=E0=A5=87?=",
    "Date": "Fri, 20 Nov 2026 16:00:00 +0000",
    "MIME-Version": "1.0",
    "Content-Type": f'multipart/related;\r\n\ttype="text/html";\r\n\tboundary="{BOUNDARY}"',
}


def part(
    data: bytes, media_type: str, location: str = "", content_id: str = "", encoding: str = ""
) -> bytes:
    """One part of a saved page."""
    fields = [f"Content-Type: {media_type}"]
    fields += [f"Content-ID: <{content_id}>"] if content_id else []
    encoding = encoding or ("quoted-printable" if media_type.startswith("text/") else "base64")
    fields.append(f"Content-Transfer-Encoding: {encoding}")
    fields += [f"Content-Location: {location}"] if location else []
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data).replace(b"\n", b"\r\n")
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + data + b"\r\n"


MAIN = part(PAGE, "text/html", URL, "frame-1@mhtml.blink")
PARTS = (
    MAIN,
    part(PICTURE, "image/png", f"{URL}/scarf.png"),
    part(b"p { color: red }", "text/css", f"{URL}/a.css"),
    part(FRAME, "text/html", f"{URL}/comments", "frame-2@mhtml.blink"),
)


def mhtml(*parts: bytes, **changes: str | None) -> bytes:
    """A page as Chrome saves it; `date=…` changes a field, None omits it."""
    fields: dict[str, str | None] = dict(CHROME)
    known = {name.lower().replace("-", "_"): name for name in fields}
    for name, value in changes.items():
        fields[known.get(name, name.replace("_", "-").title())] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    mark = f"--{BOUNDARY}\r\n".encode()
    body = b"".join(mark + each for each in parts or PARTS)
    return head.encode() + b"\r\n\r\n" + body + f"--{BOUNDARY}--\r\n".encode()
