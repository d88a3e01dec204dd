"""Which mails that were just added are signed: their keys can be had now, and perhaps not later."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Final

from stalklog.errors import EvidenceUnreadableError
from stalklog.safety.limits import MAX_HEAD_BYTES
from stalklog.vault.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.records.message import ReadingReport
    from stalklog.services.evidence import AddedFile

_FIELD: Final = re.compile(rb"(?:\A|[\r\n])dkim-signature[ \t]*:", re.IGNORECASE)
_END: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_WHOLE: Final = frozenset({"eml", "emlx"})
"""Readers of one mail, byte for byte: of others no signature can be verified."""


def signed_mails(added: Iterable[AddedFile], read: Mapping[str, ReadingReport]) -> list[str]:
    """The ids of the single mails whose header has a signature.

    Args:
        added: What was added, still where it came from.
        read: What is inside, by id, as far as it was looked into.
    """
    mails = (one for one in added if one.id in read and read[one.id].reader in _WHOLE)
    return [one.id for one in mails if _is_signed(one)]


def _is_signed(file: AddedFile) -> bool:
    try:
        with closing(Source(file.path)) as source, source.stream() as stream:
            header = _END.split(stream.read(MAX_HEAD_BYTES), 1)[0]
            return bool(_FIELD.search(header))
    except (OSError, EvidenceUnreadableError):
        return False  # it changed, or went, since it was copied
