"""What the record shows and does not, how it was kept, and how anybody can check it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.model import Step
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.report.model import Exhibit, Facts, Item

_CLOSED = "SEALED_NO_KEY"
"""What the check finds where entries are sealed to other keys than the one at hand."""


def shows(facts: Facts) -> tuple[str, ...]:
    """What the format proves: for the first page."""
    if facts.verdict == "damaged":
        return (
            _(
                "The check for this report found something that no longer fits, so nothing is said "
                "here of the record as a whole. Each entry and each exhibit can still be checked "
                "by itself, as section 9 says."
            ),
        )
    return (
        _(
            "“Unchanged since”: every entry carries the hash of the one before it, and every "
            "exhibit is known by its SHA-256, so a change, removal, insertion or move of anything "
            "listed here is found. Section 9 says how to check this without our program."
        ),
        _(
            "Whoever keeps this report, or only the head printed above, can show at any later time "
            "whether anything up to that entry was changed since."
        ),
        _("What was recorded first, what was corrected later, and by whom: both are shown."),
    )


def does_not_show() -> tuple[str, ...]:
    """What the format does not prove: for the first page."""
    return (
        _(
            "“Unchanged since it was entered” is not “genuine”: the record cannot show that a "
            "message is what it seems to be, or what its sender's name is."
        ),
        _(
            "Whoever holds the computer and its keys could have written the whole record anew "
            "until a head, a time stamp or a witness's signature was given to somebody else."
        ),
        _(
            "The times of recording come from the clock of the computer that was used. They are "
            "confirmed from outside only where a time stamp or a witness is listed in section 10."
        ),
        _("Whether anything here is proof of anything is for the court to decide."),
    )


def verdict(facts: Facts) -> str:
    """The outcome of the check that was made for the report."""
    counts = {"entries": facts.entries, "objects": facts.objects}
    if facts.verdict == "intact":
        return _(
            "Intact: all {entries} entries and {objects} originals were read again for this "
            "report; every hash and every link of the chain fits."
        ).format(**counts)
    if facts.verdict == "damaged":
        return _(
            "Damaged: the check found that something no longer fits. What it found is listed in "
            "section 8; the rest of the record can still be checked entry by entry."
        )
    told = _(
        "Not wholly checked: nothing wrong was found in what was read, but something could not be "
        "read. What it was is listed in section 8."
    )
    closed = next((found.message for found in facts.findings if found.code == _CLOSED), "")
    left_out = _("The counts below leave out what is closed: {closed}.")
    return f"{told} {left_out.format(closed=safe(closed))}" if closed else told


def completeness(facts: Facts) -> str:
    """Whether it was checked that nothing is missing at the end."""
    if facts.completeness == "checked" and facts.verdict == "damaged":
        return _(
            "The record was compared with a head that was kept elsewhere; what does not fit is "
            "listed in section 8."
        )
    if facts.completeness == "checked":
        return _(
            "Completeness was checked: the record agrees with a head that was kept elsewhere, so "
            "nothing up to that point is missing."
        )
    return _(
        "Completeness was not checked: the chain alone cannot show that no later entries were cut "
        "off at the end. Whoever kept an earlier head, or an earlier report, can compare it."
    )


def kept(facts: Facts) -> tuple[str, ...]:
    """How everything was kept, a paragraph each."""
    return (
        _(
            "Each file was copied once, byte for byte, while its SHA-256 (FIPS 180-4) was "
            "computed. The copy was read back from the disk and hashed again; only when both "
            "agreed was it recorded. The copy is stored under its own hash, read-only. The file "
            "it was copied from was not touched."
        ),
        _(
            "Every exhibit, incident, contact and demand is one line in a log that is only ever "
            "added to. Each line holds the SHA-256 of the line before it, in whichever log that "
            "stands, so there is one chain and one order for everything. Nothing is edited: a "
            "correction or a withdrawal is a further line, and this report shows both."
        ),
        _(
            "“Recorded” is when an entry was made, by the clock of the computer. “Happened” is "
            "what the person, a witness, a device or a message header said. The two are never "
            "mixed, and what was typed is kept beside what was understood."
        ),
        _signed(facts),
    )


def _signed(facts: Facts) -> str:
    """What the signed notes vouch for: of a vault without its signing key not everything."""
    if facts.note:
        return _(
            "After each addition a signed note is made over a hash tree of all lines (RFC 6962, "
            "Ed25519). The note that belongs to this report is printed below."
        )
    if facts.signed is None:
        return _(
            "No signed note covers this record: the newest one is missing or is not good, so none "
            "is printed here. The chain of hashes is not concerned by that."
        )
    return _(
        "The newest entries are not covered by a signed note: the newest note that was signed "
        "covers {signed} entries, and this record had {size}. So none is printed here. A vault "
        "whose signing key was lost makes no new notes. The chain of hashes is not concerned by "
        "that."
    ).format(signed=facts.signed, size=facts.size)


def principles() -> tuple[str, ...]:
    """Whose principles were followed; none of them has examined this record."""
    return (
        "ISO/IEC 27037:2012",
        "ACPO Good Practice Guide for Digital Evidence v5, principles 1 to 4",
        "NIST SP 800-86",
        "Berkeley Protocol (HR/PUB/20/2)",
        "SWGDE 21-F-001, 12-F-002",
        "RFC 3339, RFC 5322",
    )


def limits(*, has_vague: bool, has_filter: bool) -> tuple[str, ...]:
    """What to keep in mind when reading.

    Args:
        has_vague: Whether some times are known only roughly or not at all.
        has_filter: Whether something was left out.
    """
    said = [
        _(
            "The accounts are those of the person concerned and of those who wrote them down. This "
            "report neither judges nor weighs them, and holds no score of risk."
        ),
        _(
            "Names and addresses of senders are shown as they appeared. They can be forged; who "
            "was behind them is for an investigation to find."
        ),
        _(
            "“After the demand” counts only what cannot have been before it. What is known too "
            "roughly is counted apart. A time given as “about” is taken as an hour either way."
        ),
        _(
            "Invisible and steering characters in texts of others are shown as [U+…] so that they "
            "cannot mislead. The exact text is in the record and in the JSON form of this report."
        ),
        _("The exhibits themselves are not in this report: it names them, and their hashes."),
        _(
            "Days that are due were noted, or counted by dated rules. Check the law before relying "
            "on one."
        ),
    ]
    if has_vague:
        said.append(_("Some times are known only roughly, or not at all; each is marked."))
    if has_filter:
        said.append(_("This report does not show the whole record: see the first page."))
    return tuple(said)


def steps(facts: Facts, exhibits: Sequence[Exhibit], items: Sequence[Item]) -> tuple[Step, ...]:
    """What anybody can check with `sha256sum` and a plain shell, with the exact commands."""
    return (*_original_steps(exhibits), *_line_steps(items), *_chain_steps(facts))


def _original_steps(exhibits: Sequence[Exhibit]) -> tuple[Step, ...]:
    if not exhibits:
        return ()
    example = exhibits[0]
    return (
        Step(
            _("One exhibit"),
            _(
                "Open a terminal in the folder of the record, the one that holds the file VAULT. "
                "The answer must be the SHA-256 printed beside {id} in section 7, which is also "
                "the file's name. The same works with a copy that you were handed."
            ).format(id=example.item.id),
            f"sha256sum {example.path}",
        ),
        Step(
            _("All originals at once"),
            _(
                "Every original is named by its own hash, so no list is needed. Silence and “done” "
                "mean that every one fits; one that does not is named with FAILED."
            ),
            'cd objects && for f in ??/*; do [ -f "$f" ] && echo "${f#*/}  $f"; done'
            " | sha256sum --check --quiet && echo done; cd ..",
        ),
    )


def _line_steps(items: Sequence[Item]) -> tuple[Step, ...]:
    if not items:
        return ()
    example = next((item for item in items if item.log == "threats"), items[0])
    return (
        Step(
            _("One entry"),
            _(
                "The answer must be the “line SHA-256” printed with {id}. For another entry put "
                "in its own number and log."
            ).format(id=example.id),
            f"grep '\"seq\":{example.seq},' logs/{example.log}.jsonl | tr -d '\\n' | sha256sum",
        ),
    )


def _chain_steps(facts: Facts) -> tuple[Step, ...]:
    return (
        Step(
            _("The whole chain"),
            _(
                "Walks from the first entry to number {last} and compares each with the hash that "
                "the next one holds. It must print no “broken”, and at the end the head of this "
                "report: {head}"
            ).format(last=facts.size - 1, head=facts.head),
            _CHAIN.format(size=facts.size),
        ),
        Step(
            _("The same with the program"),
            _("If stalklog is at hand, it does all of this and names whatever does not fit."),
            f"stalklog verify --vault . --expect {facts.size}:{facts.head}",
        ),
    )


_CHAIN = """\
sum() {{ sha256sum | cut -c 1-64; }}
prev=$(head -n 1 VAULT | tr -d '\\n' | sum)
n=0
while [ $n -lt {size} ]; do
  line=$(grep -h "\\"seq\\":$n," logs/*.jsonl)
  case $line in *"\\"prev\\":\\"$prev\\""*) ;; *) echo "broken at $n" ;; esac
  prev=$(printf %s "$line" | sum)
  n=$((n + 1))
done
echo $prev"""
"""Plain POSIX shell; a test runs it on a vault and on a damaged one."""
