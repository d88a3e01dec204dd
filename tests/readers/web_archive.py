"""Web archives of invented pages, made for the tests (WARC 1.1)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib

PAGE = (
    "<!DOCTYPE html><html><head><title>Someone's page</title></head>"
    "<body><p>I know where you live.</p><p>नमस्ते</p></body></html>"
).encode()
URL = "https://forum.example.org/thread/7?page=2"
DATE = "2026-11-20T16:00:00Z"


def http(
    body: bytes = PAGE, *fields: str, status: str = "200 OK", media_type: str = "text/html"
) -> bytes:
    """What a server sent."""
    lines = [
        f"HTTP/1.1 {status}",
        *([f"Content-Type: {media_type}"] if media_type else []),
        *fields,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sha1(data: bytes) -> str:
    """A checksum as crawlers write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()  # noqa: S324 - as they do


def chunked(data: bytes, size: int = 50) -> bytes:
    """The chunked transfer coding."""
    parts = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def deflated(data: bytes) -> bytes:
    """The deflate coding as some servers send it, without a header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def record(kind: str = "response", block: bytes | None = None, **changes: str | None) -> bytes:
    """One record; `warc_date=…` changes a field, None omits it."""
    block = http() if block is None else block
    fields: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-0000-0000-000000000001>",
        "WARC-Date": DATE,
        "WARC-Target-URI": URL,
        "Content-Type": f"application/http; msgtype={kind}",
        "Content-Length": str(len(block)),
    }
    for name, value in changes.items():
        known = {each.lower().replace("-", "_"): each for each in fields}
        fields[known.get(name, name.replace("_", "-").title())] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def packed(*records: bytes) -> bytes:
    """Each record in a gzip member of its own."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)
