"""What a trace says in sentences: what was recorded, by whom, from where, and how far it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.trace.trace import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from stalklog.trace.address import Address
    from stalklog.trace.trace import Origin, Provider

CONFIDENCES: Final[Mapping[str, str]] = {
    "high": mark("high"),
    "medium": mark("medium"),
    "low": mark("low"),
    "none": mark("none"),
}
TRUSTS: Final[Mapping[str, str]] = {
    "observed": mark("observed"),
    "edge": mark("observed: here it was taken in"),
    "claimed": mark("only claimed"),
}
WHY_NOT: Final[Mapping[str, str]] = {
    "no-header": mark(
        "There is no header of the internet in it, so it cannot be traced. Ask for the original: "
        "in Gmail Show original, Download original; elsewhere View source, or an .eml file."
    ),
    "not-mail": mark(
        "This is no e-mail, so there is no header to trace. If it is a picture or a print of one, "
        "keep the e-mail itself too, and trace that. Whom to ask about a page, a profile or a "
        "service is found by its address: stalklog trace --url"
    ),
    "not-recognised": mark(
        "It is not recognised as an e-mail, so there is no header to trace. If it is a print of "
        "one, keep the e-mail itself too, and trace that: in Gmail Show original, Download "
        "original; elsewhere View source, or an .eml file."
    ),
    "sent-inside": mark(
        "It was sent inside one provider, and nobody connected to it from outside. Only that "
        "provider knows from where."
    ),
    "no-hops": mark(
        "Its header tells of no connection: it was sent and not received, or the fields are gone. "
        "Ask for the original of the mail as it was received."
    ),
    "edge-without-address": mark(
        "The provider's own field is there, and tells no address. Only the provider knows it."
    ),
    "all-trusted": mark("Every machine in it is one that you vouched for: none is left to ask."),
    "nobody-known": mark(
        "No machine outside a private network is named in it, so it says nothing about the sender."
    ),
}
"""Why there is no origin, and what can be done."""
PROVIDERS: Final[Mapping[str, str]] = {
    "relay-address": mark("the connection came from one of its own machines, by its address"),
    "relay-name": mark(
        "its name, looked up, is one of that provider's; whoever runs an address chooses its name"
    ),
    "told-name": mark("the other side called itself so; that can be made up"),
    "sent-inside": mark("it never left this provider"),
    "domain": mark("the domain is one of its own"),
}
"""Why this provider is the one to be asked."""


def moment_utc(moment: datetime) -> str:
    """`2026-11-20 16:00:04 UTC`: the second counts, as addresses change hands."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def address_in_words(address: Address) -> str:
    """An address, with its port where there is one."""
    if address.port is None:
        return address.text
    return _("{address}, port {port}").format(address=address.value, port=address.port)


def origin_in_words(origin: Origin) -> str:
    """What was recorded, or is claimed; never that it was anybody's address."""
    parts = {
        "by": origin.recorded_by or _("a machine without a name"),
        "address": address_in_words(origin.address),
    }
    if origin.basis == "claimed":
        if origin.at is None:
            return _(
                "The header claims that {by} took the message in from {address}; it does not say "
                "when, and nobody vouches for it."
            ).format(**parts)
        return _(
            "The header claims that on {time} {by} took the message in from {address}; nobody "
            "vouches for it."
        ).format(time=moment_utc(origin.at), **parts)
    if origin.at is None:
        return _("{by} recorded a connection from {address}; when is not told.").format(**parts)
    return _("On {time} {by} recorded a connection from {address}.").format(
        time=moment_utc(origin.at), **parts
    )


def letter_in_words(origin: Origin | None, provider: Provider | None) -> str:
    """To whom a letter goes, and what only that one can say."""
    if provider is not None and provider.why in CERTAIN:
        return _(
            "The letter goes to {provider}: only it knows which of its customers it was."
        ).format(provider=provider.profile.name)
    if provider is not None:
        return _(
            "By its name the other side belongs to {provider}; whether its address does too, "
            "--lookup can ask. If so, the letter goes there: only it knows its customer."
        ).format(provider=provider.profile.name)
    if origin is None or not origin.address.is_public:
        return ""
    return _(
        "Who runs the network of that address can be asked with --lookup. An address belongs to a "
        "line or a shared machine at one moment; who used it only its provider can say, by "
        "address, time and, where it has one, port."
    )
