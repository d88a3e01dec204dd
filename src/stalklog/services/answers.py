"""Answers from the network as they lie in the vault: kept byte for byte, found again by kind."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from stalklog import __version__
from stalklog.core.media import media_type_of
from stalklog.errors import StalklogError
from stalklog.i18n import gettext as _
from stalklog.safety.limits import MAX_ANSWER_BYTES, MAX_KEPT_ANSWERS
from stalklog.services.entries import corrected
from stalklog.services.originals import original_errors
from stalklog.services.saving import save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject
    from stalklog.net import Answer
    from stalklog.records.view import Shown
    from stalklog.services.desk import Desk
    from stalklog.vault.vault import Vault
    from stalklog.vault.writer import Planned, Writer

_HOST: Final = re.compile(r"https?://(\[[^\]]*\]|[^/?#:@\[\]]*).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it lies in the vault."""

    id: str
    sha256: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that was kept before."""

    id: str
    body: bytes
    asked_of: str
    """Whose machine answered."""
    asked_at: datetime | None
    """When, in UTC, by the clock of the computer that asked."""


@dataclass(frozen=True, slots=True)
class Label:
    """By what an answer is known again."""

    tag: str
    """A tag of `records.tags`."""
    name: str
    """As which file."""
    note: str
    """What it is, for people."""
    about: tuple[str, ...] = ()
    """Entries that the question belongs to."""


def keep_answer(desk: Desk, answer: Answer, label: Label) -> Kept:
    """Put it into the vault: what was asked, when, and by which way it came stand beside it.

    Raises:
        VaultError: It could not be saved.
    """

    def plan(writer: Writer) -> tuple[Planned, str]:
        stored = writer.store([answer.body])
        body = _body(answer, label)
        body |= {"sha256": stored.sha256, "size_bytes": stored.size_bytes}
        return writer.add("evidence.added", body), stored.sha256

    # Each answer is saved by itself: a second one is no repetition of the first.
    desk = replace(desk, begun=None)
    planned, sha256 = save(desk, desk.open(), plan).planned
    return Kept(planned.id, sha256, answer)


def kept_answers(vault: Vault, tag: str) -> Iterator[Found]:
    """The answers with that tag, the newest first; withdrawn and damaged ones are passed over.

    Raises:
        PassphraseError: The vault is sealed, and the keys were not given.
    """
    entries = [
        shown
        for shown in corrected(vault, ("evidence",))
        if not shown.withdrawn and _has(shown, tag)
    ]
    for shown in entries[: -MAX_KEPT_ANSWERS - 1 : -1]:
        with suppress(StalklogError):
            with original_errors(), closing(vault.open_original(shown, must_seek=False)) as stream:
                body = stream.read(MAX_ANSWER_BYTES)
            yield Found(shown.id, body, _host(shown), _asked_at(shown))


def _has(shown: Shown, tag: str) -> bool:
    tags = shown.fields.get("tags")
    return isinstance(tags, list) and tag in tags


def _host(shown: Shown) -> str:
    found = _HOST.fullmatch(str(shown.fields.get("url", "")))
    return found[1] if found else ""


def _asked_at(shown: Shown) -> datetime | None:
    acquired = shown.fields.get("acquired")
    at = acquired.get("at") if isinstance(acquired, dict) else None
    try:
        found = datetime.fromisoformat(str(at.get("start"))) if isinstance(at, dict) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo else None


def _body(answer: Answer, label: Label) -> JsonObject:
    way = [_("asked {url}").format(url=answer.url)]
    way += [_("sent on to {url}").format(url=one) for one in answer.redirects]
    way.append(_("answered {status}").format(status=answer.status))
    if answer.certificate_sha256:
        way.append(_("certificate SHA-256 {hash}").format(hash=answer.certificate_sha256))
    body: JsonObject = {
        "kind": "document",
        "name": label.name,
        "note": label.note,
        "media_type": media_type_of(answer.body[:4096]),
        "url": answer.final_url,
        "acquired": {
            "method": "; ".join(way),
            "app_and_version": f"stalklog {__version__}",
            "at": {
                "start": answer.at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "precision": "exact",
                "tz": "UTC",
                "basis": "device",
            },
            "generation": "original",
        },
        "tags": [label.tag],
    }
    if label.about:
        body["for"] = list(label.about)
    return body
