"""IANA's lists of registries: those that were fetched and lie in the vault, else those of stalklog.

They are evidence, in the chain, and not a file beside it: by them it is decided who is told of a
question, so nobody who gets at the folder may put another one there unseen.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from stalklog.errors import PassphraseError, UsageError
from stalklog.i18n import gettext as _
from stalklog.records.tags import REGISTRIES_TAG
from stalklog.services.answers import Label, keep_answer, kept_answers
from stalklog.trace import bootstrap

if TYPE_CHECKING:
    from typing import Any

    from stalklog.net import Answer, Door
    from stalklog.services.desk import Desk
    from stalklog.trace.bootstrap import Registries
    from stalklog.vault.vault import Vault

_OK: Final = 200


def registries_of(vault: Vault) -> Registries:
    """The newest lists that were fetched whole; where none were, those that came with stalklog.

    Those too where the vault is sealed and the keys were not given: asking needs none.
    """
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    with suppress(PassphraseError):
        for kept in kept_answers(vault, REGISTRIES_TAG):
            with suppress(bootstrap.BootstrapError):
                held = bootstrap.parse_file(kept.body)
                found.setdefault(bootstrap.kind_of_file(held), (kept.id, held))
    if not all(name in found for name in bootstrap.SOURCES):
        return bootstrap.load_registries()
    files = {name: found[name][1] for name in bootstrap.SOURCES}
    return bootstrap.make_registries(files, tuple(found[name][0] for name in files))


def refresh(desk: Desk, door: Door) -> Registries:
    """Fetch IANA's own files as they are now, keep all of them, and ask by them from now on.

    Raises:
        NetworkNotAllowedError, NetworkNotReachableError, OverLimitError: As the door.
        UsageError: What came is no such file; none is kept.
        VaultError: They could not be saved.
    """
    answers: dict[str, Answer] = {}
    files: dict[str, dict[str, Any]] = {}
    for name, url in bootstrap.SOURCES.items():
        answer = door.get(url, _("only that the list of registries is asked for"))
        try:
            held = bootstrap.parse_file(answer.body if answer.status == _OK else b"")
        except bootstrap.BootstrapError:
            held = {}
        if bootstrap.kind_of_file(held) != name:
            raise UsageError(
                _("What came instead of IANA's list cannot be read. Nothing was changed."),
                hint=_("Ask without --refresh: the list that is at hand is used then."),
            )
        answers[name], files[name] = answer, held
    kept = [keep_answer(desk, answer, _label(name)) for name, answer in answers.items()]
    return bootstrap.make_registries(files, tuple(one.id for one in kept))


def _label(name: str) -> Label:
    note = _("IANA's list of registries ({name}), by which questions are asked")
    return Label(REGISTRIES_TAG, f"iana-rdap-{name}.json", note.format(name=name))
