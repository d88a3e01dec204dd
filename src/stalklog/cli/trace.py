"""See where a message came from: the way drawn hop by hop, each with its doubt, and whom to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli import signing
from stalklog.cli.command import command
from stalklog.cli.front import Front
from stalklog.cli.lookup import Asking, show_lookups, show_registries, with_lookups
from stalklog.cli.number import message_number
from stalklog.cli.path import show_subject, show_trace
from stalklog.cli.receipt import id_to_type, show_unreadable
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import tracing as services
from stalklog.trace.as_json import (
    chain_to_json,
    profiles_to_json,
    provider_to_json,
    signature_to_json,
    trace_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.cli.signing import Fetching
    from stalklog.core.entry import JsonObject
    from stalklog.services.tracing import Subject, Traced

_Text = str | None


@command
def trace(
    front: Front,
    entry: Annotated[
        _Text, typer.Argument(metavar="[ID]", help=mark("The evidence: E-0001."))
    ] = None,
    number: Annotated[
        _Text,
        typer.Option("--message", metavar="N", help=mark("Which of the messages inside it.")),
    ] = None,
    trusted_by: Annotated[
        list[str] | None,
        typer.Option(
            "--trusted-by",
            metavar="HOST",
            help=mark("A machine, or a network, of your own side: a provider or a forwarder."),
        ),
    ] = None,
    keys: Annotated[
        _Text,
        typer.Option(
            "--dkim-keys", metavar="FILE", help=mark("Signing keys that were kept, a line each.")
        ),
    ] = None,
    address: Annotated[
        _Text,
        typer.Option("--address", metavar="A", help=mark("An internet address, no message.")),
    ] = None,
    domain: Annotated[
        _Text,
        typer.Option("--domain", metavar="D", help=mark("A domain, or an e-mail address.")),
    ] = None,
    url: Annotated[
        _Text, typer.Option("--url", metavar="U", help=mark("The address of a page or profile."))
    ] = None,
    is_lookup: Annotated[
        bool,
        typer.Option("--lookup", help=mark("Ask the registry who runs it: the one way out.")),
    ] = False,
    is_refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help=mark("With --lookup: fetch and keep IANA's lists of registries."),
        ),
    ] = False,
    is_fetch: Annotated[
        bool,
        typer.Option(
            "--fetch-keys", help=mark("Ask for the signing keys that the mail names; keep them.")
        ),
    ] = False,
    resolver: Annotated[
        _Text,
        typer.Option(
            "--resolver",
            metavar="WHO",
            help=mark("Who is asked for them: quad9, cloudflare, google, or an https address."),
        ),
    ] = None,
) -> None:
    """Show where a message came from, or whom to ask about an address."""
    if is_refresh and not is_lookup:
        raise UsageError(
            _("--refresh fetches a list from the network. Nothing was done."),
            hint=_("Give it together with --lookup, which allows that."),
        )
    asking = Asking(front, is_lookup=is_lookup, is_refresh=is_refresh)
    of_mail = {
        "--message": number is not None,
        "--trusted-by": bool(trusted_by),
        "--dkim-keys": keys is not None,
        "--fetch-keys": is_fetch,
        "--resolver": resolver is not None,
    }
    if entry is None:
        _refuse(of_mail)
    if is_lookup and not any((entry, address, domain, url)):
        asking.ask_kept()
        return
    subject = _subject(entry, address, domain, url)
    if subject is not None:
        _answer_subject(front, subject, asking)
        return
    if resolver is not None and not is_fetch:
        raise UsageError(
            _("--resolver says who is asked for keys. Nothing was done."),
            hint=_("Give it together with --fetch-keys, which allows that."),
        )
    desk = front.desk()
    wanted = None if number is None else message_number(number)
    given = services.read_keys(Path(keys) if keys else None)

    def look() -> Traced:
        return services.trace_message(
            desk,
            entry or "",
            number=wanted,
            trusted_by=trusted_by or (),
            keys=given,
            now=desk.clock.now(),
        )

    traced, fetching = look(), None
    if is_fetch:
        fetching = signing.fetch(front, traced, resolver)
        traced = look()
    _answer_mail(front, traced, asking, fetching)


def _refuse(given: Mapping[str, bool]) -> None:
    """Refuse what would be passed over, as no mail is traced."""
    for option, is_given in given.items():
        if is_given:
            raise UsageError(
                _("{option} is about a mail, and none was named. Nothing was done.").format(
                    option=option
                ),
                hint=_("Name one: stalklog trace E-0001 {option}").format(option=option),
            )


def _answer_subject(front: Front, subject: Subject, asking: Asking) -> None:
    asked = asking.ask([subject])

    def show() -> None:
        show_subject(front.screen, subject, is_asked=asked is not None)
        show_lookups(front.screen, asked)
        show_registries(front.screen, asking.registries)

    front.screen.answer(with_lookups(_subject_json(subject), asked, asking.registries), show)
    asking.leave()


def _answer_mail(front: Front, traced: Traced, asking: Asking, fetching: Fetching | None) -> None:
    asked = asking.ask(services.to_ask(traced), about=traced.id)

    def show() -> None:
        show_trace(front.screen, traced)
        signing.show(front.screen, fetching)
        show_lookups(front.screen, asked)
        show_registries(front.screen, asking.registries if asked else None)
        origin = traced.trace.origin
        name = id_to_type(traced.id)
        if traced.trace.provider is not None or (origin and origin.basis == "observed"):
            told = _("A draft to the provider: stalklog letter preserve --for {id}")
            front.screen.hint(told.format(id=name))

    answer = {**_traced_json(traced), **signing.to_json(fetching)}
    front.screen.answer(with_lookups(answer, asked, asking.registries), show)
    show_unreadable(front.screen, traced.unreadable_lines)
    if fetching is not None:
        fetching.leave()
    asking.leave()


def _subject(entry: _Text, address: _Text, domain: _Text, url: _Text) -> Subject | None:
    """What is asked about; None: the entry."""
    if sum(one is not None for one in (entry, address, domain, url)) != 1:
        raise UsageError(
            _("Name one thing to trace. Nothing was done."),
            hint=_("A piece of evidence (E-0001), or one of --address, --domain, --url."),
        )
    if address is not None:
        return services.subject_of_address(address)
    if domain is not None:
        return services.subject_of_domain(domain)
    return None if url is None else services.subject_of_url(url)


def _traced_json(traced: Traced) -> JsonObject:
    return {
        "id": traced.id,
        "message": traced.number,
        **trace_to_json(traced.trace),
        "signatures": [signature_to_json(one) for one in traced.signatures],
        "chain": chain_to_json(traced.chain),
        "header_only": traced.is_header_only,
        "forwarded_copy": traced.is_copy,
        "attached_to": traced.attached_to,
        "trusted_by": list(traced.trusted_by),
    }


def _subject_json(subject: Subject) -> JsonObject:
    profile = subject.profile
    why = "domain" if subject.address is None else "relay-address"
    return {
        "subject": {
            "kind": subject.kind,
            "value": subject.value,
            "address_kind": subject.address.kind if subject.address else None,
        },
        "hops": [],
        "origin": None,
        "claims": [],
        "provider": None if profile is None else provider_to_json(profile, why),
        "profiles": profiles_to_json(subject.profiles),
    }
