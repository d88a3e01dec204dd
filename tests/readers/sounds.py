"""Recordings for the tests, put together here: most are silent, and nobody speaks in any."""

from __future__ import annotations

import wave
from io import BytesIO
from typing import Final

from tests.readers.pictures import box, full_box

SECONDS: Final = 2
MADE_S: Final = 3_792_346_200
"""2024-03-03 21:30:00 UTC in seconds since 1904."""


def wav(*, labels: bytes = b"", seconds: int = SECONDS) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000 * seconds))
    data = file.getvalue()
    if labels:
        data += b"LIST" + (4 + len(labels)).to_bytes(4, "little") + b"INFO" + labels
    return data


def info(kind: bytes, text: str) -> bytes:
    raw = text.encode() + b"\0"
    return kind + len(raw).to_bytes(4, "little") + raw + bytes(len(raw) % 2)


def comments(*lines: str) -> bytes:
    raw = [line.encode() for line in lines]
    counted = b"".join(len(line).to_bytes(4, "little") + line for line in raw)
    return (4).to_bytes(4, "little") + b"nobo" + len(raw).to_bytes(4, "little") + counted


_LAST: Final = 4


def page(data: bytes, position: int, *, flags: int = 0, number: int = 1) -> bytes:
    lengths = [255] * (len(data) // 255) + [len(data) % 255]
    head = b"OggS\0" + bytes([flags]) + position.to_bytes(8, "little", signed=True)
    head += number.to_bytes(4, "little") + bytes(8)
    return head + bytes([len(lengths), *lengths]) + data


def opus(*lines: str, seconds: int = SECONDS) -> bytes:
    """A voice message: 312 samples are not played, and the last page says where it ends."""
    skipped = 312
    head = (
        b"OpusHead\1\1" + skipped.to_bytes(2, "little") + (16000).to_bytes(4, "little") + bytes(3)
    )
    pages = [page(head, 0, flags=2), page(b"OpusTags" + comments(*lines), 0)]
    pages += [page(bytes(200), 48_000 * done + skipped) for done in range(1, seconds)]
    pages.append(page(bytes(200), 48_000 * seconds + skipped, flags=_LAST))
    return b"".join(pages)


def vorbis(*lines: str) -> bytes:
    head = b"\x01vorbis" + bytes(4) + b"\2" + (44100).to_bytes(4, "little") + bytes(14)
    return (
        page(head, 0, flags=2)
        + page(b"\x03vorbis" + comments(*lines), 0)
        + page(bytes(100), 44100 * SECONDS, flags=_LAST)
    )


def flac(*lines: str) -> bytes:
    bits = 44100 << 44 | 1 << 41 | 15 << 36 | 44100 * SECONDS
    stream = bytes(10) + bits.to_bytes(8) + bytes(16)
    labels = comments(*lines)
    return (
        b"fLaC"
        + (b"\0" + len(stream).to_bytes(3) + stream)
        + (b"\x84" + len(labels).to_bytes(3) + labels)
        + b"\xff\xf8"
        + bytes(50)
    )


MP3_FRAME: Final = b"\xff\xfb\x50\xc4" + bytes(205)
"""Of 64 kbit/s at 44,100 samples a second, one channel: 1,152 samples in 208 or 209 bytes."""


def mp3(*, frames: int = 80, labels: bytes = b"", count: int = 0) -> bytes:
    frame = MP3_FRAME[:208]
    first = b""
    if count:
        first = frame[:21] + b"Xing" + (1).to_bytes(4) + count.to_bytes(4)
        first = first.ljust(len(frame), b"\0")
    return labels + first + frame * frames


def seven_bits(number: int) -> bytes:
    return bytes([number >> 21 & 127, number >> 14 & 127, number >> 7 & 127, number & 127])


def id3(**labels: str) -> bytes:
    """ID3v2.4, in UTF-8."""
    frames = b""
    for name, text in labels.items():
        raw = b"\3" + text.encode()
        frames += name.encode() + seven_bits(len(raw)) + bytes(2) + raw
    return b"ID3\4\0\0" + seven_bits(len(frames)) + frames


def amr(*, frames: int = 50 * SECONDS) -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def amr_wide(*, frames: int = 50 * SECONDS) -> bytes:
    return b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * frames


def movie_head(*, made: int = MADE_S, seconds: int = SECONDS, version: int = 0) -> bytes:
    size = 8 if version else 4
    times = made.to_bytes(size) * 2 + (600).to_bytes(4) + (600 * seconds).to_bytes(size)
    return full_box(b"mvhd", times, bytes(80), version=version)


def track(width: int, height: int) -> bytes:
    sides = (width << 16).to_bytes(4) + (height << 16).to_bytes(4)
    return box(b"trak", full_box(b"tkhd", bytes(72), sides))


def label(kind: bytes, text: str) -> bytes:
    return box(kind, box(b"data", (1).to_bytes(4), bytes(4), text.encode()))


def named_labels(**labels: str) -> bytes:
    """Labels as an iPhone writes them, each with its long name; `_` stands for a point."""
    names = [f"com.apple.quicktime.{name.replace('_', '.')}".encode() for name in labels]
    keys = [(8 + len(name)).to_bytes(4) + b"mdta" + name for name in names]
    values = [label(place.to_bytes(4), text) for place, text in enumerate(labels.values(), 1)]
    handler = full_box(b"hdlr", bytes(4), b"mdta", bytes(13))
    return box(
        b"meta", handler, full_box(b"keys", len(keys).to_bytes(4), *keys), box(b"ilst", *values)
    )


def movie(*parts: bytes, brand: bytes = b"isom", first: bool = False) -> bytes:
    """A video; its description stands behind the pictures, as a phone writes it, or before them."""
    description, pictures = box(b"moov", *(parts or (movie_head(),))), box(b"mdat", bytes(300))
    both = description + pictures if first else pictures + description
    return box(b"ftyp", brand, bytes(4), brand) + both


ONE_OF_EACH: Final = {
    "WAV": wav(labels=info(b"INAM", "Invented")),
    "Ogg Opus": opus("TITLE=Invented"),
    "Ogg Vorbis": vorbis("ARTIST=Nobody"),
    "FLAC": flac("TITLE=Invented"),
    "MP3": mp3(labels=id3(TIT2="Invented")),
    "AMR": amr(),
    "AMR-WB": amr_wide(),
    "MP4": movie(movie_head(), track(320, 240)),
    "M4A": movie(brand=b"M4A "),
    "3GP": movie(brand=b"3gp4"),
    "QuickTime": movie(movie_head(), named_labels(title="Invented"), brand=b"qt  "),
}
