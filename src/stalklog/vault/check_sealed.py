"""Check the log of a sealed vault: without the key what everybody sees, with it what is inside.

The chain, the tree and every byte are proven without a key. With it each entry is opened, must say
inside what stands outside, must be a valid record, and its links must lead somewhere.
"""

from __future__ import annotations

from binascii import unhexlify
from hashlib import sha256
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.core.merkle import leaf_hash
from stalklog.i18n import gettext as _
from stalklog.records.links import links
from stalklog.records.schema import check_body
from stalklog.records.types import CORRECTIONS, TYPES, can_stand_in
from stalklog.vault.check_carried import CarriedCheck, CarriedError
from stalklog.vault.check_insides import Inside
from stalklog.vault.check_line import quarantined
from stalklog.vault.check_lines import Read
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError
from stalklog.vault.facts import NO_AT, Facts, file_number
from stalklog.vault.findings import Finding, unreadable
from stalklog.vault.key_history import change_of_keys, readers_of
from stalklog.vault.keys import KeysError, check_change, read_recipients
from stalklog.vault.layout import MAX_ENTRY_BYTES, RECIPIENTS, SEALED_LOGS, log_name
from stalklog.vault.log import EntryError, read_lines
from stalklog.vault.naming import Naming
from stalklog.vault.sealed import ANY_LOG, PLAIN_TYPES, open_inner, outer_of
from stalklog.vault.stretch import BadLine, backwards

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.key_history import ChangeOfKeys
    from stalklog.vault.layout import Header
    from stalklog.vault.log import Line
    from stalklog.vault.sealed import Outer

_UNKNOWN_BYTES = -1
"""Of an original whose entry was not opened nobody knows how long it is."""


class SealedCheck:
    """Goes through the lines of a sealed log, from the first to the last."""

    def __init__(
        self, header: Header | None, opening: Opening | None, findings: list[Finding]
    ) -> None:
        self.read = Read()
        self.insides: dict[str, list[Inside]] = {}
        """By stored name, what the entries say of the original in it; only with the key."""
        self.changes: list[ChangeOfKeys] = []
        """The changes of the keys that the owner signed."""
        self.lists: list[tuple[str, ...]] = [header.recipients] if header else []
        """Whom the vault was sealed to, from the first list to the newest."""
        self._header = header
        self._opening = opening
        self._findings = findings
        self._unopened = 0
        self._naming = Naming()
        self._types: dict[str, str] = {}
        self._carried: CarriedCheck | None = None
        self._where = ""
        self._before = -1
        """The `seq` of the line before in the file."""

    def check(
        self, disk: Disk, end: int | None, progress: Callable[[int, int], None] | None
    ) -> None:
        """Read the log up to that length, and the recipients that lie beside it."""
        for line in read_lines(disk, SEALED_LOGS[0], 0, end):
            self._where = f"{log_name(SEALED_LOGS[0])}:{line.number}"
            self._take(line)
            if progress is not None:
                progress(0, len(line.data) + 1)
        self._end_carried()
        if self._unopened:
            message = _("{count} entries are sealed, and no key that opens them was given")
            self._findings.append(
                Finding(
                    "SEALED_NO_KEY",
                    log_name(SEALED_LOGS[0]),
                    None,
                    message.format(count=self._unopened),
                )
            )
        self._check_recipients(disk)

    def _take(self, line: Line) -> None:
        outer = self._outer(line)
        if outer is None:
            digest = sha256(line.data).digest()
            self.read.bad.append(BadLine(digest, leaf_hash(line.data)))
            self._naming.lose()
            return
        if outer.seq < self._before:
            self._say(backwards().code, outer.seq, backwards().message)
        self._before = outer.seq
        value = self._value(outer)
        for name in outer.objects:
            self.read.objects.setdefault(name, (_UNKNOWN_BYTES, outer.seq))
        self.read.facts.add(
            Facts(
                seq=outer.seq,
                prev=unhexlify(outer.prev),
                digest=sha256(line.data).digest(),
                leaf=leaf_hash(line.data),
                at=str(value["at"]).encode() if value else NO_AT,
                id=None,
                links=(),
                originals=(),
            ),
            file_number(SEALED_LOGS[0]),
            line.number,
        )
        if value is None:
            self._naming.lose()
        else:
            self._check_entry(outer, value)

    def _outer(self, line: Line) -> Outer | None:
        """What everybody sees; None where it is no line, which is named."""
        if line.is_too_long:
            return self._bad("LINE_TOO_LONG", _("the line is longer than a line may be"))
        try:
            outer = outer_of(canonical.decode(line.data))
        except canonical.NotCanonicalError as error:
            return self._bad(error.code, _("the line is not what was written"))
        except EntryError as error:
            return self._bad(error.code, _("the line has not the fields of an entry"))
        if outer.plain is not None and len(line.data) > MAX_ENTRY_BYTES:
            self._say("LINE_TOO_LONG", outer.seq, _("the entry is longer than an entry may be"))
        if not line.is_ended:
            self._say("LOG_TRUNCATED", outer.seq, _("the last line of the log has no end"))
        return outer

    def _value(self, outer: Outer) -> JsonObject | None:
        """The entry itself; None where it is not opened."""
        if outer.plain is not None:
            return outer.plain
        if self._opening is None:
            self._unopened += 1
            return None
        try:
            return open_inner(outer, self._opening)
        except NotForThisKeyError:
            if self._is_not_for(self._opening):
                self._unopened += 1
            else:
                message = _("it should be sealed to this key, and is not")
                self._say("SEALED_BAD", outer.seq, message)
        except SealedBadError:
            self._say("SEALED_BAD", outer.seq, _("it cannot be opened"))
        except canonical.NotCanonicalError:
            self._say("SCHEMA_BAD", outer.seq, _("what is inside is not what was written"))
        except EntryError as error:
            self._say(error.code, outer.seq, _inside_is(error.code))
        return None

    def _is_not_for(self, opening: Opening) -> bool:
        """Whether the chain says that what stands here is sealed to others only."""
        return not self.lists or set(self.lists[-1]).isdisjoint(opening.recipients)

    def _check_entry(self, outer: Outer, value: JsonObject) -> None:
        type_name, body, log = str(value["type"]), _object(value["body"]), str(value["log"])
        if not self._is_valid(outer, type_name, log, body):
            self._count(outer, type_name, log, body)
            return
        self._check_vaults_own(outer, value, body)
        if type_name == "entry.carried":
            self._carry(outer, log, body)
            return
        if outer.seq:
            self._end_carried()
        self._check_links(outer, type_name, body)
        name, _log = self._naming.name(outer.seq, log, type_name, body)
        self._types[name] = type_name
        is_original = type_name == "evidence.added"
        self._need(outer, _originals_of(type_name, body) if is_original else [])

    def _count(self, outer: Outer, type_name: str, log: str, body: JsonObject) -> None:
        """What could be opened has its id, as in reading, though its record is passed over."""
        if type_name == "entry.carried":
            self._naming.lose()
            return
        try:
            self._naming.named(type_name, body)
            self._naming.name(outer.seq, log, type_name, body)
        except ValueError:  # a place of thousands of digits, which reading cannot count with
            self._naming.lose()

    def _check_vaults_own(self, outer: Outer, value: JsonObject, body: JsonObject) -> None:
        """What an entry says of the vault itself."""
        type_name = str(value["type"])
        for file, digest in quarantined(type_name, body):
            self.read.quarantined.append((file, digest, outer.seq))
        if type_name == "keys.changed":
            self._change_keys(outer, str(value["at"]), body)
        if type_name == "vault.created":
            self._begin_carried(outer, body)

    def _check_links(self, outer: Outer, type_name: str, body: JsonObject) -> None:
        if self._unopened:
            return  # what is not open to this key may well be what it names
        for link in links(type_name, body):
            if self._naming.resolve(link) is None:
                message = _("it names an entry that is not there, or that could not be read")
                self._say("LINK_UNRESOLVED", outer.seq, message)
        if type_name in CORRECTIONS:
            self._check_correction(outer, type_name, body)

    def _is_valid(self, outer: Outer, type_name: str, log: str, body: JsonObject) -> bool:
        is_correction = type_name in CORRECTIONS
        if type_name not in TYPES:
            message = _("the entry is of a type that is not known")
            return self._say("UNKNOWN_TYPE", outer.seq, message)
        if outer.plain is None and type_name in PLAIN_TYPES:
            message = _("the entry is of a type that is never sealed")
            return self._say("SCHEMA_BAD", outer.seq, message)
        if is_correction != (log == ANY_LOG) or not (is_correction or can_stand_in(type_name, log)):
            message = _("the entry is of a type that its log does not hold")
            return self._say("SCHEMA_BAD", outer.seq, message)
        reason = check_body(type_name, body)
        if reason:
            message = _("the record is not valid: {field}").format(field=reason)
            return self._say("SCHEMA_BAD", outer.seq, message)
        return True

    def _check_correction(self, outer: Outer, type_name: str, body: JsonObject) -> None:
        from stalklog.records.amendment import check_against  # noqa: PLC0415 - with the key only

        named = self._naming.resolve(str(body[CORRECTIONS[type_name]]))
        target = self._types.get(named) if named else None
        if target is None or type_name == "entry.withdrawn":
            return
        unset = body.get("unset")
        names = [str(one) for one in unset] if isinstance(unset, list) else []
        if check_against(target, _object(body.get("set")), names) is not None:
            message = _("the correction does not fit the entry that it names, and is not applied")
            self._say("LINK_UNRESOLVED", outer.seq, message)

    def _need(self, outer: Outer, wanted: Sequence[tuple[str, int]]) -> None:
        """The originals that stand outside are as many as the record names inside."""
        if len(outer.objects) != len(wanted):
            message = _("it names other originals outside than inside")
            self._say("INNER_MISMATCH", outer.seq, message)
            return
        for name, (plain_sha256, size_bytes) in zip(outer.objects, wanted, strict=True):
            inside = Inside(plain_sha256, size_bytes, outer.seq)
            self.insides.setdefault(name, []).append(inside)

    def _change_keys(self, outer: Outer, at: str, body: JsonObject) -> None:
        if self._header is None:
            return
        try:
            recipients = check_change(self._header, outer.seq, outer.prev, body)
        except KeysError as error:
            message = _("the owner did not sign this change of keys")
            self._say(error.code, outer.seq, message)
            return
        before = readers_of(self.lists[-1])
        self.changes.append(change_of_keys(outer.seq, at, before, recipients))
        self.lists.append(recipients)

    def _check_recipients(self, disk: Disk) -> None:
        """`keys/recipients.txt` may lag behind an interrupted change, and never says more."""
        try:
            told = read_recipients(disk)
        except KeysError:
            told = ()
        except OSError as error:
            self._findings.append(unreadable(RECIPIENTS, error))
            return
        if self._header is not None and told is not None and told not in self.lists:
            message = _("it names keys that the vault was never sealed to")
            self._findings.append(Finding("RECIPIENTS_CHANGED", RECIPIENTS, None, message))

    # What was carried over from a plain vault

    def _begin_carried(self, outer: Outer, body: JsonObject) -> None:
        continues = body.get("continues")
        if not isinstance(continues, dict) or self._opening is None:
            return
        try:
            self._carried = CarriedCheck(continues)
        except CarriedError as error:
            self._say("CARRIED_BAD", outer.seq, str(error))

    def _carry(self, outer: Outer, log: str, body: JsonObject) -> None:
        if self._carried is None:
            message = _("it belongs to no vault that this one goes on from")
            self._say("CARRIED_BAD", outer.seq, message)
            return
        try:
            old = self._carried.take(outer.seq, log, body)
        except CarriedError as error:
            self._say("CARRIED_BAD", outer.seq, str(error))
            return
        self._naming.carry(outer.seq, old.log, old.id)
        self._types[old.id] = old.type
        self._need(outer, _originals_of(old.type, old.body))

    def _end_carried(self) -> None:
        if self._carried is None or self._unopened:
            return
        try:
            self._carried.end()
        except CarriedError as error:
            self._findings.append(Finding("CARRIED_BAD", self._where, None, str(error)))

    def _bad(self, code: str, message: str) -> Outer | None:
        self._findings.append(Finding(code, self._where, None, message))
        return None

    def _say(self, code: str, seq: int, message: str) -> bool:
        self._findings.append(Finding(code, self._where, seq, message))
        return False


def _inside_is(code: str) -> str:
    if code == "LINE_TOO_LONG":
        return _("the entry is longer than an entry may be")
    if code == "SCHEMA_BAD":
        return _("what is inside has not the fields of an entry")
    return _("what is inside is not what stands outside")


def _originals_of(type_name: str, body: JsonObject) -> list[tuple[str, int]]:
    """What an old entry needs: its original, or what a recovery had moved to quarantine."""
    if type_name == "evidence.added":
        return [(str(body.get("sha256")), _integer(body.get("size_bytes")))]
    cuts = body.get("cut") if type_name == "recovery.done" else None
    return [
        (str(cut.get("sha256")), _integer(cut.get("bytes")))
        for cut in (cuts if isinstance(cuts, list) else [])
        if isinstance(cut, dict)
    ]


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
