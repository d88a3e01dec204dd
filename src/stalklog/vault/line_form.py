"""Most lines are what they should be: tell that, and what a line says, by one match of a pattern.

What is said here is certain. Where nothing is said, `check_line` looks again and names the fault.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from stalklog.records.grammar import CLOCK, DAY, TEXT, NoPatternError, body_pattern
from stalklog.records.links import LINK_FIELDS, link_fields, links
from stalklog.records.types import CORRECTIONS, PREFIXES, TYPES, can_stand_in
from stalklog.vault.facts import Facts
from stalklog.vault.log import HEX32, HEX64, ID_NUMBER, TZ, Id

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_BYTES: Final = 16 * 1024
"""A longer line is read the other way, which takes no longer for each byte."""
_BEFORE_TYPE: Final = b'"type":"'
_AFTER_TYPE: Final = len(b'","tz":"+00:00","v":1}')
_NAMES: Final = {name.encode(): name for name in TYPES}
_AT: Final = rf"{DAY}T{CLOCK}:[0-5][0-9]\.[0-9]{{3}}Z"
_SELDOM: Final = frozenset({"recovery.done", *CORRECTIONS})
"""Read the other way: what these say of quarantine, and which id they name, no pattern tells."""
_ORIGINAL: Final = ("sha256", "size_bytes")


_PLACE: Final = ("at", "prev", "seq", "number")
_ID: Final = re.compile(r'"([^"]+)"')
"""An id in a field of which the pattern says that it holds nothing else."""


class _Form(NamedTuple):
    match: Callable[[bytes], re.Match[bytes] | None]
    type_name: str
    groups: tuple[str, ...]
    """What is taken of a line: `_PLACE`, then the fields with links, then those of an original."""
    link_fields: tuple[str, ...]
    is_flat: bool
    """Whether those fields hold ids and nothing else."""


def read_quickly(line: bytes, log: str) -> Facts | None:
    """What a line of that log says, if it is certain that nothing is wrong with it by itself."""
    type_name = _NAMES.get(line[line.rfind(_BEFORE_TYPE) + len(_BEFORE_TYPE) : -_AFTER_TYPE])
    if type_name is None or len(line) > _MAX_BYTES:
        return None
    form = _form(log, type_name)
    found = None if form is None else form.match(line)
    if form is None or found is None:
        return None
    try:
        line.decode()
    except UnicodeDecodeError:
        return None
    at, prev, seq, number, *texts = found.group(*form.groups)
    count = len(form.link_fields)
    return Facts(
        int(seq),
        unhexlify(prev),
        sha256(line).digest(),
        sha256(b"\0" + line).digest(),
        at,
        Id(log, int(number), None),
        _links(form, texts[:count]) if any(texts[:count]) else (),
        _original(*texts[count:]) if len(texts) > count else (),
    )


def _links(form: _Form, texts: list[bytes | None]) -> tuple[str, ...]:
    if form.is_flat:
        return tuple(_ID.findall(b"".join(filter(None, texts)).decode()))
    body = {
        name: orjson.loads(text)
        for name, text in zip(form.link_fields, texts, strict=True)
        if text is not None
    }
    return tuple(links(form.type_name, body))


def _original(sha256_hex: bytes, size_bytes: bytes) -> tuple[tuple[str, int], ...]:
    return ((sha256_hex[1:-1].decode(), int(size_bytes)),)


@cache
def _form(log: str, type_name: str) -> _Form | None:
    """How a line of this type in this log looks; None where no pattern can tell."""
    if not can_stand_in(type_name, log) or type_name in _SELDOM:
        return None
    fields = link_fields(type_name)
    captured = (*fields, *(_ORIGINAL if type_name == "evidence.added" else ()))
    try:
        body = body_pattern(type_name, captured)
    except NoPatternError:
        return None
    line = (
        rf'\{{"at":"(?P<at>{_AT})","body":{body},"by":{TEXT},'
        rf'"id":"{PREFIXES[log]}-(?P<number>{ID_NUMBER})",'
        rf'"log":"{log}","prev":"(?P<prev>{HEX64})","salt":"{HEX32}",'
        rf'"seq":(?P<seq>0|[1-9][0-9]{{0,14}}),"tool":{TEXT},'
        rf'"type":"{re.escape(type_name)}","tz":"{TZ}","v":1\}}'
    )
    is_flat = all(len(path) == 1 for path in LINK_FIELDS.get(type_name, ()))
    match = re.compile(line.encode()).fullmatch
    return _Form(match, type_name, (*_PLACE, *captured), fields, is_flat)
