"""The way of a message, drawn: what came with it above the line, what was observed below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.console import bold, dim, good, ident, warn
from stalklog.cli.receipt import id_to_type
from stalklog.i18n import gettext as _
from stalklog.trace import claims, edge, skew
from stalklog.trace.address import KINDS
from stalklog.trace.profile import RESTS_ON
from stalklog.trace.received import PROBLEMS
from stalklog.trace.signature import STATES
from stalklog.trace.wording import (
    CONFIDENCES,
    PROVIDERS,
    TRUSTS,
    WHY_NOT,
    address_in_words,
    letter_in_words,
    moment_utc,
    origin_in_words,
)

if TYPE_CHECKING:
    from stalklog.cli.console import Part, Screen
    from stalklog.services.tracing import Subject, Traced
    from stalklog.trace.published import Published
    from stalklog.trace.trace import Hop, Trace

_LONGEST_RAW = 300


def show_trace(screen: Screen, traced: Traced) -> None:
    """Show what a header shows: the way, what was recorded, what is claimed, and whom to ask."""
    trace = traced.trace
    title = "" if traced.number is None else _("message {n}").format(n=traced.number)
    screen.say(ident(traced.id), "  ", bold(title))
    if traced.is_copy:
        screen.prose(
            _("This is somebody's copy of another message: its header tells of the forwarding. The "
              "original, as it first arrived, says more."), indent="  ",
        )  # fmt: skip
    if traced.attached_to is not None:
        told = _(
            "It is attached to message {n}: all of it came with that one, and whoever attached it "
            "could have changed it or made it up. What follows is worth as much as you believe "
            "them."
        )
        screen.prose(told.format(n=traced.attached_to), indent="  ")
    if trace.hops:
        _show_way(screen, trace)
    screen.heading(_("What was recorded"))
    _show_origin(screen, trace)
    _show_claims(screen, trace)
    _show_checks(screen, traced)
    _show_observations(screen, trace)
    _show_provider(screen, trace)


def show_subject(screen: Screen, subject: Subject, *, is_asked: bool = False) -> None:
    """Show what is known of an address or domain without asking anybody."""
    screen.say(bold(subject.value))
    if subject.address is not None:
        screen.prose(_(KINDS[subject.address.kind]), indent="  ")
    profile = subject.profile
    if profile is not None:
        screen.pairs(
            [(_("Provider"), profile.name), (_("Reports of abuse to"), ", ".join(profile.contacts))]
        )
        return
    if subject.address is not None and not subject.address.is_public:
        screen.prose(_("Nobody on the internet can be asked about it."), indent="  ")
        return
    if is_asked:
        return
    screen.prose(
        _("Who runs it is not known here. It can be asked with --lookup, which tells first what "
          "leaves this computer."), indent="  ",
    )  # fmt: skip


def _show_way(screen: Screen, trace: Trace) -> None:
    screen.heading(_("The way it went, the first step on top"))
    is_below = False
    for position in range(len(trace.hops) - 1, -1, -1):
        hop = trace.hops[position]
        if hop.trust != "claimed" and not is_below:
            is_below = True
            screen.say("  ", good(_("══ from here on written by the receiver's side ══")))
        _show_hop(screen, hop, position)
    if not is_below:
        screen.say("  ", warn(_("══ nothing of it is written by a machine that is known ══")))


def _show_hop(screen: Screen, hop: Hop, position: int) -> None:
    received = hop.received
    look = dim if hop.trust == "claimed" else bold
    when = moment_utc(received.at) if received.at else received.date or _("no time")
    to = hop.provider or received.by or _("a machine without a name")
    screen.say("  ", look(f"{position + 1:>3}  {when}  {to}"), "  ", dim(_(TRUSTS[hop.trust])))
    if received.address is not None:
        kind = _(KINDS[received.address.kind])
        screen.say(
            "       ", _("from "), bold(address_in_words(received.address)), dim(f"  {kind}")
        )
    elif received.problem:
        screen.say("       ", dim(_(PROBLEMS[received.problem])))
    names = [name for name in (received.looked_up, received.name) if name]
    if names:
        screen.say("       ", dim(_("names: ")), dim(", ".join(dict.fromkeys(names))))
    if received.problem in {"not-understood", "ambiguous", "too-long"}:
        screen.quote(received.raw[:_LONGEST_RAW], indent="       ")


def _show_origin(screen: Screen, trace: Trace) -> None:
    origin = trace.origin
    if origin is None:
        screen.prose(
            _(WHY_NOT.get(trace.why_not, edge.REASONS.get(trace.why_not, ""))), indent="  "
        )
        return
    screen.prose(origin_in_words(origin), indent="  ")
    rows: list[tuple[str, Part]] = [
        (_("Kind"), _(KINDS[origin.address.kind])),
        (_("Confidence"), _(CONFIDENCES[origin.confidence])),
        (_("Because"), _(edge.REASONS[origin.reason])),
    ]
    if origin.address.carries:
        rows.append((_("It carries"), origin.address.carries))
    if trace.receiver is not None:
        rows.append(
            (_("Known from"), f"{trace.receiver.name}: {_(RESTS_ON[trace.receiver.rests_on])}")
        )
    screen.pairs(rows)
    if trace.vouch:
        screen.prose(
            _(
                "If {host} is a machine of your own provider, say so: --trusted-by {host}. To keep "
                "that for letters and the report: stalklog case --set trusted_by={host}"
            ).format(host=trace.vouch),
            indent="  ",
        )


def _show_claims(screen: Screen, trace: Trace) -> None:
    if not trace.claims:
        return
    screen.heading(_("What is only claimed"))
    for claim in trace.claims:
        when = f"  {moment_utc(claim.at)}" if claim.at else ""
        screen.say("  ", claim.source, "  ", address_in_words(claim.address), when)
        screen.say("      ", dim(_(KINDS[claim.address.kind])))
        screen.say("      ", dim(_(claims.REASONS[claim.reason])))


def _show_checks(screen: Screen, traced: Traced) -> None:
    results = traced.trace.results
    if results is not None and results.results:
        screen.heading(_("What the receiver's provider says that it checked"))
        screen.pairs([(one.method, one.result) for one in results.results])
    if traced.signatures or traced.chain:
        screen.heading(_("Signatures"))
    for signature in traced.signatures:
        screen.say("  ", signature.domain, "  ", dim(signature.key_name))
        screen.prose(_(STATES[signature.state]), indent="      ")
        if signature.covers_part:
            screen.say("      ", _("It covers only the beginning of the text."))
        if signature.key is not None:
            screen.say("      ", dim(_key_in_words(signature.key)))
        if signature.taken_back is not None:
            told = _("Asked again, there was no key any more: {key}")
            screen.say("      ", dim(told.format(key=_key_in_words(signature.taken_back))))
    if traced.chain:
        screen.say("  ", _("sealed on the way by: "), ", ".join(traced.chain.sealers))
        screen.prose(_(STATES[traced.chain.state]), indent="      ")
    if traced.lacking_keys:
        told = _(
            "Keys are changed and taken back. To ask for them now and keep them: stalklog trace "
            "{mail} --fetch-keys. It says first whom that tells what."
        )
        mail = id_to_type(traced.id)
        if (traced.number or 1) > 1:
            mail += f" --message {traced.number}"
        screen.prose(told.format(mail=mail), indent="  ")


def _key_in_words(key: Published) -> str:
    """When and of whom a key was had."""
    if not key.id:
        return _("by a key that was given as a file")
    at = moment_utc(key.asked_at) if key.asked_at else _("no time")
    told = _("by the answer of {host} on {time}, kept as {id}")
    return told.format(host=key.asked_of or _("a machine without a name"), time=at, id=key.id)


def _show_observations(screen: Screen, trace: Trace) -> None:
    if not trace.observations:
        return
    screen.heading(_("What was noticed, and proves nothing by itself"))
    for one in trace.observations:
        place = "" if one.hop is None else _("hop {n}: ").format(n=one.hop + 1)
        by = "" if one.seconds is None else _(" ({n} seconds)").format(n=one.seconds)
        screen.prose(f"{place}{_(skew.OBSERVATIONS[one.code])}{by}", indent="  ")


def _show_provider(screen: Screen, trace: Trace) -> None:
    told = letter_in_words(trace.origin, trace.provider)
    if not told:
        return
    screen.heading(_("Whom to ask"))
    screen.prose(told, indent="  ")
    provider = trace.provider
    if provider is not None:
        screen.pairs(
            [
                (_("Because"), _(PROVIDERS[provider.why])),
                (_("Reports of abuse to"), ", ".join(provider.profile.contacts)),
            ]
        )
