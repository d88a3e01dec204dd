"""Whether the signature of a sender's domain fits the mail, by a key that was kept (RFC 6376).

A signature says that a domain took responsibility for a mail, not who wrote it. It is judged as of
the time of receipt: keys are changed, and signatures may bear an end. No key is asked for here. A
key that is not there any more says nothing against a mail.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import mark
from stalklog.safety.limits import MAX_SIGNATURES, MAX_SIGNED_BYTES
from stalklog.trace.published import read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from stalklog.trace.published import Keys, Published

STATES: Final[Mapping[str, str]] = {
    "pass": mark("the signature fits the mail and the kept key"),
    "expired-since": mark("the signature was valid when the mail was received, and expired since"),
    "expired-then": mark("the signature fits, and had expired before the mail was received"),
    "expired-undated": mark("the signature fits and has expired; when it was received is not told"),
    "fail": mark("the signature does not fit: mail or signature was changed, or the key is not it"),
    "no-key": mark("no key was kept, so it cannot be verified"),
    "revoked": mark(
        "when the key was asked for, its domain had taken it back, so it cannot be verified; that "
        "says nothing against the mail"
    ),
    "gone": mark(
        "when the key was asked for, none stood under its name, so it cannot be verified; that "
        "says nothing against the mail"
    ),
    "malformed": mark("the signature or the key is not put together as it should be"),
    "not-whole": mark("only the header is there: a signature is for the text too"),
    "not-read": mark("it is over a limit and was not verified"),
    "no-library": mark("verifying needs a part of stalklog that is not installed"),
}
"""What came of verifying a signature, with what a person is told."""

_LIKED: Final = (
    "pass",
    "expired-since",
    "expired-undated",
    "expired-then",
    "fail",
    "not-read",
    "no-library",
    "malformed",
    "revoked",
    "gone",
)
"""Which of several kept answers counts: one that fits, then one that tells of the mail."""
_FIELD: Final = "dkim-signature"
_clock: Final = Lock()
"""The library reads the clock itself; while it is given another one, it has one caller."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, and what came of verifying it."""

    domain: str
    """Who signed."""
    selector: str
    """Which of its keys."""
    state: str
    """A name of `STATES`."""
    covers_part: bool = False
    """Whether it covers only the beginning of the text: more can have been put behind it."""
    key: Published | None = None
    """The kept answer by which it was judged."""
    taken_back: Published | None = None
    """A newer answer that has no key any more; that says nothing against the mail."""

    @property
    def key_name(self) -> str:
        """Under which name the key stands in the directory of names."""
        return f"{self.selector}._domainkey.{self.domain}"


def verify_signatures(
    mail: bytes,
    fields: Sequence[tuple[str, str]],
    keys: Keys,
    *,
    received_at: datetime | None,
    now: datetime,
) -> tuple[Signature, ...]:
    """Each signature of a mail, in the order of its header; never raises.

    Args:
        mail: The mail, byte for byte.
        fields: Its header, names in lower case.
        keys: What was kept of the keys.
        received_at: When the receiver's provider took it in.
        now: The present.
    """
    values = [value for name, value in fields if name == _FIELD]
    return tuple(
        _verified(mail, position, read_tags(value), keys, received_at, now)
        for position, value in enumerate(values)
    )


def verify_chain(mail: bytes, keys: Mapping[str, str], now: datetime) -> str:
    """What comes of verifying all seals of a mail (RFC 8617): a name of `STATES`; never raises."""
    if len(mail) > MAX_SIGNED_BYTES:
        return "not-read"

    def ask(library: Any) -> bool:  # noqa: ANN401 - a module without types
        chain = library.ARC(_without_envelope(mail))
        told, _results, _why = chain.verify(
            dnsfunc=lambda name, **_: keys.get(name.decode().rstrip(".").lower(), "").encode()
        )
        return bool(told == library.CV_Pass)

    return _asked(ask, int(now.timestamp()))


def _verified(
    mail: bytes,
    position: int,
    tags: Mapping[str, str],
    keys: Keys,
    received_at: datetime | None,
    now: datetime,
) -> Signature:
    made = Signature(tags.get("d", ""), tags.get("s", ""), "malformed", covers_part="l" in tags)
    if not made.domain or not made.selector:
        return made
    kept = keys.get(made.key_name.lower(), ())
    if not kept:
        return replace(made, state="no-key")
    expires_s = _number(tags.get("x", ""))

    def judge(record: str) -> str:
        state = _fits(mail, position, record, expires_s, now)
        if state == "pass" and expires_s is not None and expires_s < now.timestamp():
            return _expired(expires_s, received_at)
        return state

    judged = [
        (state, one) for one in kept for state in (*map(judge, one.usable), *_without_key(one))
    ]
    state, key = min(judged, key=lambda pair: _LIKED.index(pair[0]))
    newest = kept[-1]
    is_back = newest is not key and newest.state in {"revoked", "gone"}
    return replace(made, state=state, key=key, taken_back=newest if is_back else None)


def _without_key(published: Published) -> tuple[str, ...]:
    return () if published.usable else (published.state,)


def _fits(mail: bytes, position: int, key: str, expires_s: int | None, now: datetime) -> str:
    if position >= MAX_SIGNATURES or len(mail) > MAX_SIGNED_BYTES:
        return "not-read"
    at_s = int(now.timestamp()) if expires_s is None else min(expires_s, int(now.timestamp()))

    def ask(library: Any) -> bool:  # noqa: ANN401 - a module without types
        verifier = library.DKIM(_without_envelope(mail))
        return bool(verifier.verify(idx=position, dnsfunc=lambda _name, **_: key.encode()))

    return _asked(ask, at_s)


def _asked(ask: Callable[[Any], bool], at_s: int) -> str:
    """What the library says at that moment, which it takes for the present."""
    try:
        import dkim  # noqa: PLC0415 - an extra; 60 ms
    except ImportError:
        return "no-library"
    with _clock, _time_of(dkim, at_s):
        try:
            return "pass" if ask(dkim) else "fail"
        except dkim.ValidationError:
            return "fail"
        except Exception:  # noqa: BLE001 - the library raises of many kinds on broken mail
            return "malformed"


def _expired(expires_s: int, received_at: datetime | None) -> str:
    if received_at is None:
        return "expired-undated"
    return "expired-since" if received_at.timestamp() <= expires_s else "expired-then"


@contextmanager
def _time_of(library: Any, at_s: int) -> Iterator[None]:  # noqa: ANN401 - a module without types
    """Let the library take another moment for the present: it judges an end by its own clock."""
    kept = library.time
    library.time = SimpleNamespace(time=lambda: at_s)
    try:
        yield
    finally:
        library.time = kept


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 13 else None  # noqa: PLR2004 - the year 33658


def _without_envelope(mail: bytes) -> bytes:
    """The mail without the line that a mailbox puts above it."""
    return mail.partition(b"\n")[2] if mail[:5] == b"From " else mail
