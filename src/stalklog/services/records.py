"""Write down what happened: threats, contacts, demands, the case, and corrections of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.view import case as case_of
from stalklog.records.view import current
from stalklog.services.entries import resolve_id
from stalklog.services.typing_in import read_change, read_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown
    from stalklog.services.desk import AskWhen, Desk, Typed
    from stalklog.services.evidence import AddedFile
    from stalklog.vault.vault import Vault


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
    case: JsonObject


def log_threat(desk: Desk, typed: Typed, *, ask_when: AskWhen | None = None) -> Logged:
    """Write a threat down.

    Raises:
        RecordNotValidError: A field does not fit, or what is needed is missing.
        NoSuchEntryError: It names an entry that is not there.
        VaultError: It could not be saved. In each case nothing was written.
    """
    return _log(desk, "threat.logged", typed, ask_when)


def log_demand(desk: Desk, typed: Typed, *, ask_when: AskWhen | None = None) -> Logged:
    """Write down that the stalker was told to stop; a second demand gets a warning.

    Raises:
        RecordNotValidError, NoSuchEntryError, VaultError: As `log_threat`; nothing was written.
    """
    vault = desk.open()
    others = [shown for shown in current(vault.entries(("demands",))) if not shown.withdrawn]
    logged = _log(desk, "demand.made", typed, ask_when)
    if not others:
        return logged
    told = _(
        "There is a demand already ({id}). One clear demand is enough; more of them can look like "
        "a conversation. This one was written down too."
    )
    warning = told.format(id=others[0].id)
    return Logged(logged.id, logged.seq, logged.head, logged.size, (warning,))


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
    with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
        attached = add_files(writer, attach, _kind_of_attached(body))
        planned = writer.add("contact.logged", _with_attached(body, attached))
        receipt = writer.commit()
    return Logged(planned.id, planned.seq, receipt.head, receipt.size, (), attached)


def note_case(desk: Desk, typed: Typed, *, unset: Sequence[str] = ()) -> Noted:
    """Note particulars of the case; the newest word on each field holds.

    Raises:
        RecordNotValidError, NoSuchEntryError, VaultError: As `log_threat`; nothing was written.
    """
    vault = desk.open()
    fields = read_change("case.noted", typed, desk, vault)
    _keep_lists(fields, case_of(vault.entries(("custody",))))
    body: JsonObject = {"set": fields} if fields else {}
    body |= {"unset": list(unset)} if unset else {}
    with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
        planned = writer.add("case.noted", body)
        receipt = writer.commit()
    noted = case_of(vault.entries(("custody",)))
    return Noted(planned.id, planned.seq, receipt.head, receipt.size, noted)


def read_case(desk: Desk) -> JsonObject:
    """The particulars of the case as they stand.

    Raises:
        NoVaultError: There is no vault.
    """
    return case_of(desk.open().entries(("custody",)))


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
    target = _find_target(vault, name)
    fields = read_change(target.type, typed, desk, vault, ask_when)
    _require_fit(target, fields, unset)
    body: JsonObject = {"amends": target.id, "reason": reason}
    body |= {"set": fields} if fields else {}
    body |= {"unset": list(unset)} if unset else {}
    return _write(desk, vault, "entry.amended", body)


def withdraw(desk: Desk, name: str, reason: str) -> Logged:
    """Say that an entry should not count; it stays where it is, with the reason.

    Raises:
        NoSuchEntryError: There is no such entry; nothing was written.
        RecordNotValidError: It is withdrawn already, or cannot be; nothing was written.
        VaultError: It could not be saved; nothing was written.
    """
    vault = desk.open()
    target = _find_target(vault, name)
    return _write(desk, vault, "entry.withdrawn", {"withdraws": target.id, "reason": reason})


def _log(desk: Desk, type_name: str, typed: Typed, ask_when: AskWhen | None) -> Logged:
    vault = desk.open()
    return _write(desk, vault, type_name, read_record(type_name, typed, desk, vault, ask_when))


def _write(desk: Desk, vault: Vault, type_name: str, body: JsonObject) -> Logged:
    with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
        planned = writer.add(type_name, body)
        receipt = writer.commit()
        warnings = () if writer.makes_notes else (_no_signer(),)
    return Logged(planned.id, planned.seq, receipt.head, receipt.size, warnings)


def _find_target(vault: Vault, name: str) -> Shown:
    entries = list(vault.entries())
    wanted = resolve_id(entries, name)
    found = next((shown for shown in current(entries) if shown.id == wanted), None)
    if found is None or found.log == "custody":
        raise RecordNotValidError(
            _("{id} cannot be amended or withdrawn. Nothing was written.").format(id=wanted),
            hint=_("Name the entry itself, such as T-0003, not a correction of it."),
        )
    if found.withdrawn:
        raise RecordNotValidError(
            _("{id} is withdrawn already. Nothing was written.").format(id=wanted)
        )
    return found


def _require_fit(target: Shown, fields: JsonObject, unset: Sequence[str]) -> None:
    from stalklog.records.amendment import check_against  # noqa: PLC0415 - 12 ms, here only
    from stalklog.records.schema import check_body  # noqa: PLC0415 - as in the vault's writer

    reason = check_against(target.type, fields, unset)
    if reason is None:
        corrected = {key: value for key, value in target.fields.items() if key not in unset}
        reason = check_body(target.type, corrected | fields)
    if reason is not None:
        raise RecordNotValidError(
            _("The correction does not fit {id}: {reason}. Nothing was written.").format(
                id=target.id, reason=reason
            )
        )


def _kind_of_attached(body: JsonObject) -> JsonObject:
    report = body.get("official_report")
    is_report = isinstance(report, dict) and report.get("status") == "obtained"
    return {"kind": "official-report"} if is_report else {}


def _with_attached(body: JsonObject, attached: Sequence[AddedFile]) -> JsonObject:
    """An official report that was obtained has its copies named; else the files were sent."""
    if not attached:
        return body
    ids: list[JsonValue] = [item.id for item in attached]
    report = body.get("official_report")
    if isinstance(report, dict) and report.get("status") == "obtained":
        copies = report.get("copies")
        held = copies if isinstance(copies, list) else []
        return {**body, "official_report": {**report, "copies": [*held, *ids]}}
    sent = body.get("sent")
    return {**body, "sent": [*(sent if isinstance(sent, list) else []), *ids]}


def _keep_lists(fields: JsonObject, noted: JsonObject) -> None:
    """A list is replaced whole in the entry, so what was noted before is carried into it."""
    for name in ("identifiers", "references"):
        new, old = fields.get(name), noted.get(name)
        if isinstance(new, list) and isinstance(old, list):
            fields[name] = [*old, *(item for item in new if item not in old)]


def _no_signer() -> str:
    return _(
        "The vault's signing key is missing, so no new signed note was made. The entry is saved."
    )
