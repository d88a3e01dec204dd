"""The one door out: it is closed unless opened, says what would leave, and writes down what did.

Nothing else in the program may open a connection. The door takes one request at a time, follows a
redirect only itself and only a few times, reads no more than a limit, and sends neither cookies nor
a name by which this program could be known.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from stalklog.errors import (
    NetworkNotAllowedError,
    NetworkNotReachableError,
    OverLimitError,
    UsageError,
)
from stalklog.i18n import gettext as _
from stalklog.safety.limits import ANSWER_TIMEOUT_S, MAX_ANSWER_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from stalklog.core.clock import Clock

_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_WAIT: Final = frozenset({429, 503})
_LONGEST_WAIT_S: Final = 30
_CONNECT_S: Final = 10


@dataclass(frozen=True, slots=True)
class Manner:
    """In which form an answer is asked for, and as what the door calls itself."""

    accept: str
    agent: str


REGISTRY: Final = Manner("application/rdap+json, application/json", "rdap")
"""As a registry is asked (RFC 7480)."""
NAMES: Final = Manner("application/dns-message", "doh")
"""As the directory of names is asked through https (RFC 8484)."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would leave this computer, and to whom."""

    host: str
    what: str
    """In words: the address that is asked about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, byte for byte, and how."""

    url: str
    """What was asked."""
    final_url: str
    """What answered, after redirects."""
    redirects: tuple[str, ...]
    """From where to where it was sent on, each address in turn."""
    status: int
    media_type: str
    body: bytes
    at: datetime
    """When it was asked, in UTC, by this computer's clock."""
    retry_after_s: int | None
    """How long to wait, where the other side says so."""
    certificate_sha256: str
    """Of the certificate with which the other side proved its name; empty without one."""


@dataclass(slots=True)
class Door:
    """The door, open or closed for one command."""

    is_open: bool
    clock: Clock
    tell: Callable[[Leaving], None]
    """Told of each request before it is made; it may raise, and then nothing leaves."""
    pause: Callable[[float], None] = time.sleep
    plain_hosts: frozenset[str] = frozenset()
    """Machines to which an unencrypted connection may be made: none, but for tests."""
    asked: list[str] = field(default_factory=list)
    """Each address that a request was made to."""

    def get(self, url: str, what: str, manner: Manner = REGISTRY) -> Answer:
        """Ask for what is at that address; once more if the other side asks to wait a little.

        Args:
            url: An https address.
            what: What leaves by asking, in words.
            manner: In which form.

        Raises:
            NetworkNotAllowedError: The door is closed; nothing left.
            NetworkNotReachableError: No connection, or no whole answer in time.
            OverLimitError: The answer is longer than is read.
        """
        if not self.is_open:
            raise NetworkNotAllowedError(
                _("The network was needed and not asked for. Nothing left this computer."),
                hint=_("Allow it for this one command with --lookup or --fetch-keys."),
            )
        answer = self._follow(url, what, manner)
        wait_s = answer.retry_after_s
        if answer.status in _WAIT and wait_s is not None and wait_s <= _LONGEST_WAIT_S:
            self.pause(wait_s)
            answer = self._follow(url, what, manner)
        return answer

    def _follow(self, url: str, what: str, manner: Manner) -> Answer:
        redirects: list[str] = []
        at, target = self.clock.now(), url
        while True:
            found = self._ask(target, what, manner)
            place = found.headers.get("location", "")
            if found.status not in _REDIRECTS or not place:
                break
            target = _joined(target, place)
            redirects.append(target)
            if len(redirects) > _MAX_REDIRECTS:
                raise _unreachable(_("it sends on and on"))
        return Answer(
            url=url,
            final_url=target,
            redirects=tuple(redirects),
            status=found.status,
            media_type=found.headers.get("content-type", "").partition(";")[0].strip().lower(),
            body=found.body,
            at=at,
            retry_after_s=_seconds(found.headers.get("retry-after", "")),
            certificate_sha256=found.certificate_sha256,
        )

    def _ask(self, url: str, what: str, manner: Manner) -> _Found:
        try:
            import httpx  # noqa: PLC0415 - an extra; 350 ms, and only where the door is open
        except ImportError:
            raise UsageError(
                _("Asking needs a part of stalklog that is not installed. Nothing left."),
                hint=_("Install it with: pip install 'stalklog[lookup]'"),
            ) from None
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise _unreachable(_("it names an address that is none")) from None
        is_plain = target.scheme == "http" and target.host in self.plain_hosts
        if not (target.scheme == "https" or is_plain) or not target.host or target.userinfo:
            raise _unreachable(_("its address is not an encrypted one"))
        self.tell(Leaving(target.host, what))
        self.asked.append(url)
        try:
            return _fetch(httpx, target, manner)
        except httpx.TimeoutException:
            raise _unreachable(_("it did not answer in time")) from None
        except (httpx.HTTPError, OSError):
            raise _unreachable(_("there is no connection")) from None


@dataclass(frozen=True, slots=True)
class _Found:
    status: int
    headers: Mapping[str, str]
    body: bytes
    certificate_sha256: str


def _fetch(httpx: Any, url: Any, manner: Manner) -> _Found:  # noqa: ANN401 - a module that is imported late
    """One request over one connection, which is closed behind it."""
    until_s = time.monotonic() + ANSWER_TIMEOUT_S
    timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=_CONNECT_S)
    headers = {
        "accept": manner.accept,
        "accept-encoding": "identity",  # what is packed could unpack to any size
        "user-agent": manner.agent,
    }
    with (
        # No proxy and no password out of this machine's settings: only what was told is contacted.
        httpx.Client(trust_env=False, timeout=timeout, headers=headers) as client,
        client.stream("GET", url, follow_redirects=False) as response,
    ):
        body = bytearray()
        for block in response.iter_raw():
            body += block
            if len(body) > MAX_ANSWER_BYTES:
                raise OverLimitError(
                    _("The answer is longer than is read. Nothing was changed."),
                    hint=_("No answer of this kind is so long: something else is answering there."),
                )
            if time.monotonic() > until_s:
                raise _unreachable(_("it did not answer in time"))
        return _Found(response.status_code, response.headers, bytes(body), _certificate(response))


def _certificate(response: Any) -> str:  # noqa: ANN401 - as above
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("ssl_object") if stream is not None else None
    found = connection.getpeercert(binary_form=True) if connection is not None else None
    return sha256(found).hexdigest() if found else ""


def _joined(url: str, place: str) -> str:
    import httpx  # noqa: PLC0415 - it is loaded by now

    try:
        return str(httpx.URL(url).join(place))
    except (httpx.InvalidURL, ValueError):
        raise _unreachable(_("it sends on to an address that is none")) from None


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def _unreachable(why: str) -> NetworkNotReachableError:
    return NetworkNotReachableError(
        _("The other side could not be asked: {why}. Nothing was changed.").format(why=why),
        hint=_("Try again later, or from another connection."),
    )
