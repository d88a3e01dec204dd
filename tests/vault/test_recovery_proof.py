"""Only the owner key proves that the recovery key was tried, for one key, vault and day."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final

import pytest
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY
from tests.vault.test_key_rules import HEADER, OWNERS, PREV

from stalklog.core import canonical
from stalklog.core.note import Signer, Verifier
from stalklog.vault.keys import sign_change
from stalklog.vault.recovery_proof import is_tried, sign_tried

PAPER: Final = RECOVERY.recipients[0]
DAY: Final = "2026-11-24"
PROOF: Final = sign_tried(OWNERS, HEADER, recovery=PAPER, on=DAY)


def test_the_owner_signs_the_key_the_vault_and_the_day() -> None:
    signed = canonical.encode({"origin": HEADER.origin, "recovery": PAPER, "tried_on": DAY})
    proof = sign_tried(OWNERS, HEADER, recovery=PAPER, on=DAY)
    raw = base64.b64decode(proof, validate=True)
    Verifier.from_vkey(HEADER.owner).require_signature(raw, signed)
    assert is_tried(HEADER, recovery=PAPER, on=DAY, signature=PROOF) is True


def test_it_proves_nothing_of_another_key_vault_or_day() -> None:
    another = replace(HEADER, origin="stalklog/" + "0" * 32)
    assert is_tried(HEADER, recovery=HERS.recipients[0], on=DAY, signature=PROOF) is False
    assert is_tried(HEADER, recovery=PAPER, on="2026-11-25", signature=PROOF) is False
    assert is_tried(another, recovery=PAPER, on=DAY, signature=PROOF) is False


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "~",
        "é",
        PROOF[:-4],
        PROOF + "\n",
        "AAAA" + PROOF[4:],
        sign_tried(Signer.make(OWNERS.name), HEADER, recovery=PAPER, on=DAY),
        sign_change(OWNERS, HEADER, seq=1, prev=PREV, recipients=ADVOCATE.recipients)["signature"],
    ],
    ids=["none", "sign", "letter", "cut", "spelt", "changed", "another's", "change of keys"],
)
def test_what_the_owner_did_not_sign_for_this_proves_nothing(signature: str) -> None:
    assert is_tried(HEADER, recovery=PAPER, on=DAY, signature=signature) is False
    broken = replace(HEADER, owner="no key")
    assert is_tried(broken, recovery=PAPER, on=DAY, signature=PROOF) is False
