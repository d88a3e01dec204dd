"""Write down what happened: threats, contacts, demands, the case, and corrections of them.

What is written may depend on what the vault holds, so whatever is read of it for that is read
inside `save`, where no other command can come in between; questions are asked before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.authority import NOT_HERS
from stalklog.records.types import RECORD_TYPES
from stalklog.records.view import case as case_of
from stalklog.records.view import current
from stalklog.services.ahead import words_ahead
from stalklog.services.entries import resolve_id
from stalklog.services.saving import save
from stalklog.services.sensitive import words_on
from stalklog.services.typing_in import read_change, read_record
from stalklog.vault.log import parse_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.services.evidence import AddedFile
    from stalklog.services.saving import Saved
    from stalklog.vault.vault import Vault
    from stalklog.vault.writer import Planned, Writer


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry that is in the vault now."""

    id: str
    seq: int
    head: str
    size: int
    warnings: tuple[str, ...] = ()
    attached: tuple[AddedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """The case as it stands now."""

    id: str
    seq: int
    head: str
    size: int
    case: JsonObject | None
    """None where it could not be read: the vault is sealed, and writing needs no key."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Particulars:
    """The case as it can be read."""

    case: JsonObject
    unreadable_lines: int
    """Lines of the custody log that cannot be read: newer words may be among them."""


def log_threat(desk: Desk, typed: Typed, *, ask_when: AskWhen | None = None) -> Logged:
    """Write a threat down.

    Raises:
        RecordNotValidError: A field does not fit, or what is needed is missing.
        NoSuchEntryError: It names an entry that is not there.
        VaultError: It could not be saved. In each case nothing was written.
    """
    vault = desk.open()
    body = read_record("threat.logged", typed, desk, vault, ask_when)
    ahead = words_ahead(body, desk.clock.now())
    return _logged(save(desk, vault, lambda writer: (writer.add("threat.logged", body), ahead)))


def log_demand(desk: Desk, typed: Typed, *, ask_when: AskWhen | None = None) -> Logged:
    """Write down that the stalker was told to stop; a second demand gets a warning.

    Raises:
        RecordNotValidError, NoSuchEntryError, VaultError: As `log_threat`; nothing was written.
    """
    vault = desk.open()
    body = read_record("demand.made", typed, desk, vault, ask_when)
    _require_order(body)

    def plan(writer: Writer) -> _Plan:
        warnings = () if body.get("form") in NOT_HERS else _one_is_enough(vault)
        return writer.add("demand.made", body), (*warnings, *words_ahead(body, desk.clock.now()))

    return _logged(save(desk, vault, plan))


def log_contact(
    desk: Desk,
    typed: Typed,
    *,
    attach: Sequence[Path] = (),
    ask_when: AskWhen | None = None,
) -> Logged:
    """Write down a contact with an agency; attached files become evidence first.

    Raises:
        EvidenceUnreadableError: An attached file cannot be read; nothing was written.
        RecordNotValidError, NoSuchEntryError, VaultError: As `log_threat`; nothing was written.
    """
    from stalklog.services.evidence import add_files  # noqa: PLC0415 - 25 ms, for files only

    vault = desk.open()
    body = read_record("contact.logged", typed, desk, vault, ask_when)

    def plan(writer: Writer) -> tuple[Planned, tuple[AddedFile, ...]]:
        attached = add_files(writer, attach, _kind_of_attached(body))
        return writer.add("contact.logged", _with_attached(body, attached)), attached

    saved = save(desk, vault, plan)
    planned, attached = saved.planned
    warnings = (*words_ahead(body, desk.clock.now()), *saved.warnings)
    return Logged(planned.id, planned.seq, saved.head, saved.size, warnings, attached)


def note_case(desk: Desk, typed: Typed, *, unset: Sequence[str] = ()) -> Noted:
    """Note particulars of the case; the newest word on each field holds.

    Raises:
        RecordNotValidError, NoSuchEntryError, VaultError: As `log_threat`; nothing was written.
        UsageError: A mail server of her own is none that can be recognised.
    """
    vault = desk.open()
    fields = read_change("case.noted", typed, desk, vault)
    if "trusted_by" in fields:
        from stalklog.services import own_servers  # noqa: PLC0415 - 10 ms, and seldom

        own_servers.require_trustable(own_servers.servers_in(fields), "trusted_by")
    body = _noted_body(fields, unset)
    saved = save(desk, vault, lambda writer: writer.add("case.noted", body))
    noted = None if vault.header.sealed else case_of(vault.entries(("custody",)))
    planned = saved.planned
    return Noted(planned.id, planned.seq, saved.head, saved.size, noted, saved.warnings)


def read_case(desk: Desk) -> Particulars:
    """The particulars of the case as they stand.

    Raises:
        NoVaultError: There is no vault.
    """
    vault = desk.open()
    noted = case_of(vault.entries(("custody",)))
    return Particulars(noted, vault.unreadable_lines)


def amend(
    desk: Desk,
    name: str,
    typed: Typed,
    *,
    unset: Sequence[str] = (),
    reason: str,
    ask_when: AskWhen | None = None,
) -> Logged:
    """Correct or complete an entry by a new one; what was written stays as it is.

    Raises:
        RecordNotValidError: A field does not fit, or the entry would lack what it needs.
        NoSuchEntryError: There is no such entry, or a field names one that is not there.
        VaultError: It could not be saved. In each case nothing was written.
    """
    vault = desk.open()
    if vault.header.sealed:
        from stalklog.services.sealed_amendment import (  # noqa: PLC0415 - only there
            sealed_amendment,
        )

        body = sealed_amendment(desk, vault, name, typed, unset, ask_when)
        ahead = _ahead_in(body.get("set"), desk)
        return _logged(save(desk, vault, lambda writer: (_add(writer, body, reason), ahead)))
    wanted, log = _name_target(vault, name)
    fields = read_change(RECORD_TYPES[log], typed, desk, vault, ask_when)

    def plan(writer: Writer) -> _Plan:
        target = _find_target(vault, wanted)
        warnings = (*_require_fit(target, fields, unset), *_ahead_in(fields, desk))
        return _add(writer, {"amends": wanted, **_change(fields, unset)}, reason), warnings

    return _logged(save(desk, vault, plan))


def withdraw(desk: Desk, name: str, reason: str) -> Logged:
    """Say that an entry should not count; it stays where it is, with the reason.

    Raises:
        NoSuchEntryError: There is no such entry; nothing was written.
        RecordNotValidError: It is withdrawn already, or cannot be; nothing was written.
        VaultError: It could not be saved; nothing was written.
    """
    vault = desk.open()
    if vault.header.sealed:
        from stalklog.services.sealed_amendment import (  # noqa: PLC0415 - only there
            name_sealed,
        )

        body: JsonObject = {"withdraws": name_sealed(vault, name), "reason": reason}
        return _logged(save(desk, vault, lambda writer: (writer.add("entry.withdrawn", body), ())))
    wanted, _log = _name_target(vault, name)

    def plan(writer: Writer) -> _Plan:
        _find_target(vault, wanted)
        return writer.add("entry.withdrawn", {"withdraws": wanted, "reason": reason}), ()

    return _logged(save(desk, vault, plan))


_Plan: TypeAlias = "tuple[Planned, tuple[str, ...]]"
"""An entry, and what to tell the person about it."""


def _logged(saved: Saved[_Plan]) -> Logged:
    planned, warnings = saved.planned
    return Logged(planned.id, planned.seq, saved.head, saved.size, (*warnings, *saved.warnings))


def _add(writer: Writer, body: JsonObject, reason: str) -> Planned:
    return writer.add("entry.amended", {**body, "reason": reason})


def _ahead_in(fields: JsonValue, desk: Desk) -> tuple[str, ...]:
    return words_ahead(fields, desk.clock.now()) if isinstance(fields, dict) else ()


def _require_order(body: JsonObject) -> None:
    """The last day of a court's order is not before its first: that is a slip of the finger."""
    order = body.get("order")
    first, last = (order.get("from"), order.get("until")) if isinstance(order, dict) else ("", "")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        raise RecordNotValidError(
            _("The order ends before it starts: see from and until. Nothing was written."),
            hint=_("Days are written 2026-02-20."),
        )


def _one_is_enough(vault: Vault) -> tuple[str, ...]:
    if vault.header.sealed:
        return ()  # to know of others it would have to be opened, and logging needs no key
    others = [
        shown
        for shown in current(vault.entries(("demands",)))
        if not shown.withdrawn and shown.fields.get("form") not in NOT_HERS
    ]
    if not others:
        return ()
    told = _(
        "There is a demand already ({id}). One clear demand is enough; more of them can look like "
        "a conversation. This one was written down too."
    )
    return (told.format(id=others[0].id),)


def _change(fields: JsonObject, unset: Sequence[str]) -> JsonObject:
    """What a correction sets and unsets; what is empty is left out."""
    set_: JsonObject = {"set": fields} if fields else {}
    return {**set_, "unset": list(unset)} if unset else set_


def _name_target(vault: Vault, name: str) -> tuple[str, str]:
    """The id that is meant, and its log: both never change."""
    wanted = resolve_id(vault, name)
    parts = parse_id(wanted)
    if parts is None or parts.amendment is not None or parts.log not in RECORD_TYPES:
        raise RecordNotValidError(
            _("{id} cannot be amended or withdrawn. Nothing was written.").format(id=wanted),
            hint=_("Name the entry itself, such as T-0003, not a correction of it."),
        )
    return wanted, parts.log


def _find_target(vault: Vault, wanted: str) -> Shown:
    """The entry as it is now: to be asked under the lock."""
    found = next(
        (shown for shown in current(vault.entries_naming(wanted)) if shown.id == wanted), None
    )
    if found is None:
        raise RecordNotValidError(
            _("{id} cannot be read, so it cannot be corrected. Nothing was written.").format(
                id=wanted
            ),
            hint=_("See what is wrong with: stalklog verify"),
        )
    if found.withdrawn:
        raise RecordNotValidError(
            _("{id} is withdrawn already. Nothing was written.").format(id=wanted)
        )
    return found


def _require_fit(target: Shown, fields: JsonObject, unset: Sequence[str]) -> tuple[str, ...]:
    """What to tell the person about the entry as it will be."""
    from stalklog.records.amendment import check_against  # noqa: PLC0415 - 12 ms, here only
    from stalklog.records.schema import check_body  # noqa: PLC0415 - as in the vault's writer

    corrected = {key: value for key, value in target.fields.items() if key not in unset} | fields
    _require_order(fields)
    reason = check_against(target.type, fields, unset) or check_body(target.type, corrected)
    if reason is not None:
        raise RecordNotValidError(
            _("The correction does not fit {id}: {reason}. Nothing was written.").format(
                id=target.id, reason=reason
            )
        )
    return words_on(corrected, is_held=True) if "sensitivity" in fields else ()


def _kind_of_attached(body: JsonObject) -> JsonObject:
    if _has_report(body):
        return {"kind": "official-report"}
    return {"kind": "proof-of-sending"} if body.get("sent") else {}


def _with_attached(body: JsonObject, attached: Sequence[AddedFile]) -> JsonObject:
    """An official report that was obtained has its copies named; else the files were sent.

    Where what was sent is named already, they are the proof of sending.
    """
    if not attached:
        return body
    ids: list[JsonValue] = [item.id for item in attached]
    report = body.get("official_report")
    if _has_report(body) and isinstance(report, dict):
        copies = report.get("copies")
        held = copies if isinstance(copies, list) else []
        return {**body, "official_report": {**report, "copies": [*held, *ids]}}
    if not body.get("sent"):
        return {**body, "sent": ids}
    proof = body.get("proof_of_sending")
    return {**body, "proof_of_sending": [*(proof if isinstance(proof, list) else []), *ids]}


def _has_report(body: JsonObject) -> bool:
    report = body.get("official_report")
    return isinstance(report, dict) and report.get("status") == "obtained"


def _noted_body(fields: JsonObject, unset: Sequence[str]) -> JsonObject:
    """Lists are added to, so that two commands at once lose nothing; all else is set."""
    from stalklog.records.case import CASE_LISTS  # noqa: PLC0415 - 60 ms, for this command only

    added: JsonObject = {name: fields[name] for name in CASE_LISTS if name in fields}
    rest: JsonObject = {name: value for name, value in fields.items() if name not in added}
    body = _change(rest, unset)
    return {**body, "add": added} if added else body
