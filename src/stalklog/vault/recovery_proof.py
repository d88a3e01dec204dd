"""That the recovery key was tried, and on which day: signed by the owner key, which it gives back.

It stands in `settings`, which whoever has the folder can change. He can take it away, and then she
is reminded once too often; he cannot make it. It holds for one recovery key of one vault.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.core.note import NoteSignatureError, Verifier

if TYPE_CHECKING:
    from stalklog.core.note import Signer
    from stalklog.vault.layout import Header


def sign_tried(owner: Signer, header: Header, *, recovery: str, on: str) -> str:
    """The signature, in base64, over the day on which a recovery key was tried.

    Args:
        owner: The vault's owner key.
        header: Its `VAULT`.
        recovery: The public half of the recovery key, `age1…`.
        on: The day, `2026-11-24`.
    """
    return base64.b64encode(owner.sign_message(_signed(header, recovery, on))).decode()


def is_tried(header: Header, *, recovery: str, on: str, signature: str) -> bool:
    """Whether the owner's key signed that this recovery key worked on that day."""
    try:
        raw = base64.b64decode(signature, validate=True)
        verifier = Verifier.from_vkey(header.owner)
        verifier.require_signature(raw, _signed(header, recovery, on))
    except (ValueError, NoteSignatureError):
        return False
    return True


def _signed(header: Header, recovery: str, on: str) -> bytes:
    """None of a change of keys: that has a `body`, a `prev` and a `seq`."""
    return canonical.encode({"origin": header.origin, "recovery": recovery, "tried_on": on})
