# ruff: noqa: INP001 - a script of its own, no package
"""The whole main job on the sample case: run by `make demo`, without a question.

It needs nothing but Python and stalklog in the same environment, writes only below `.demo/` of
the project, and runs the real command, so what it shows is what a person would see.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / ".demo"
REPORT = Path(".demo", "report.html")
ENVIRONMENT = {
    **os.environ,
    "PYTHONUTF8": "1",
    "STALKLOG_VAULT": str(Path(".demo", "vault")),
}
BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")


def main() -> int:
    """Run the main job, step by step, and say where the report is."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    start_anew()
    say("The sample case: invented people, an invented town, example addresses.")
    say("Everything is kept in .demo/vault. Nothing leaves this computer.")
    say(f"\n{BOLD}$ export STALKLOG_VAULT=.demo/vault{PLAIN}")
    try:
        begin()
        exhibits = add_evidence()
        log_what_happened(exhibits)
        look_and_prove()
    except subprocess.CalledProcessError as error:
        say(f"\nThe demo stopped: the command above ended with exit code {error.returncode}.")
        return error.returncode
    say(f"\n{BOLD}The report is here:{PLAIN} {PROJECT / REPORT}")
    say(f"Open it in a browser: {opener()} {shlex.quote(str(REPORT))}")
    say(f"or by its address:    {(PROJECT / REPORT).as_uri()}")
    say("The vault stays in .demo/vault to be looked at; the next run begins anew.")
    return 0


def begin() -> None:
    """Make the vault, and note the particulars of the case."""
    heading("Make a vault")
    stalklog("init", ".demo/vault", "--name", "sample", "--tz", "Asia/Kolkata")
    heading("Note the particulars of the case")
    stalklog(
        "case",
        *("--set", "alias=Ms A"),
        *("--set", "operator=Example Trust"),
        *("--set", "postal_address=1 Example Street, Udaharanpur 999999"),
        *("--set", "country=IN"),
        *("--identifier", "e-mail:nightbird@mail.example.net"),
        *("--identifier", "e-mail:quiet.friend@example.com"),
        *("--identifier", "phone:+91 55555 01234"),
    )


def add_evidence() -> dict[str, str]:
    """Put the folder into the vault; gives the ids by file name."""
    heading("Put everything into the vault as it came: e-mails, a chat, screenshots, a voicemail")
    stalklog("add-evidence", "demo/case", "--note", "from the phone and the mailbox of Ms A")
    listed = subprocess.run(  # noqa: S603 - our own command, no shell
        [*python_m_stalklog(), "list", "evidence", "--json"],
        cwd=PROJECT,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return {entry["name"]: entry["id"] for entry in json.loads(listed.stdout)}


def log_what_happened(exhibits: dict[str, str]) -> None:
    """Log the demand, three threats and two contacts, and complete one of them later."""
    heading("Log the demand to stop, which was sent once")
    stalklog(
        "log-demand",
        *("--when", "2026-10-06 18:30"),
        *("--how", "email"),
        *("--to", "Night Bird"),
        *("--identifier", "e-mail:nightbird@mail.example.net"),
        *("--words", "Do not contact me again, by any means and through nobody else, from now on."),
        *("--language", "English"),
        *("--decided-with", "an advocate of the Example Trust"),
        *("--proof-of-sending", exhibits["03-sent-do-not-contact-me.eml"]),
    )
    heading("Log a threat that came in writing, with the e-mail as evidence")
    stalklog(
        "log-threat",
        *("--when", "2026-10-09 22:41"),
        *("--how", "email"),
        *(
            "--words",
            "If you go to the police, I will send your pictures to everybody in your office.",
        ),
        *("--language", "English"),
        *("--condition", "if she goes to the police"),
        *("--threatened-harm", "publication-of-images"),
        *("--concealed-identity", "yes"),
        *("--circumstances", "Three days after the demand, from an address that was new to her."),
        *("--evidence", exhibits["04-you-made-a-mistake.eml"]),
    )
    heading("Log a threat in Hindi: kept word for word, in its script")
    stalklog(
        "log-threat",
        *("--when", "14/10/2026 11:05 pm"),
        *("--how", "email"),
        *("--words", "पुलिस के पास गईं तो अच्छा नहीं होगा। मैं जानता हूँ तुम किस बस से घर जाती हो।"),
        *("--language", "Hindi"),
        *(
            "--translation",
            "If you go to the police it will not end well. I know which bus you take home.",
        ),
        *("--threatened-harm", "unspecified"),
        *("--evidence", exhibits["05-jawab-do.eml"]),
    )
    heading("Log calls without words: silent calls and a voicemail, in one evening")
    stalklog(
        "log-threat",
        *("--when", "2026-10-18 21:58"),
        *("--until", "2026-10-18 23:47"),
        *("--how", "phone"),
        *("--behaviour", "Six missed calls and a voicemail of three seconds without words."),
        *("--effect", "I did not sleep, and stayed at my sister's the next day."),
        *("--evidence", exhibits["Screenshot_20261018-235906.png"]),
        *("--evidence", exhibits["voicemail-20261018-2347.wav"]),
    )
    heading("Log the report to the provider")
    stalklog(
        "log-contact",
        *("--agency", "Example Mail, abuse desk"),
        *("--kind", "mail-provider"),
        *("--direction", "out"),
        *("--when", "2026-10-12 10:45"),
        *("--how", "email"),
        *("--purpose", "abuse-report"),
        *("--summary", "Reported the account and asked that its records be kept."),
        *("--promised", "The records of the account are kept as they are today."),
        *("--reference", "ticket:EX-20417"),
        *("--proof-of-sending", exhibits["06-ticket-EX-20417.eml"]),
        *("--outcome", "accepted"),
    )
    heading("Log the report to the police, with their paper, and when to ask again")
    stalklog(
        "log-contact",
        *("--agency", "Cyber Cell, Udaharanpur"),
        *("--kind", "cyber-cell"),
        *("--direction", "out"),
        *("--when", "2026-10-15 16:40"),
        *("--how", "in-person"),
        *("--person", "K. Verma"),
        *("--rank-or-role", "Sub-inspector"),
        *("--purpose", "report"),
        *("--summary", "Gave a written report and copies on a CD. It was entered in the diary."),
        *("--promised", "To be told of the next step within 15 days."),
        *("--reference", "GD/DD:0042/2026"),
        *("--official-report", "obtained"),
        *("--attach", "demo/papers/acknowledgement-GD-0042.pdf"),
        *("--follow-up", "+15d"),
    )
    heading("Say that the chat itself is held, not only a picture of it")
    stalklog(
        "amend",
        exhibits["Screenshot_20261011-220552.png"],
        *("--set", "original=held"),
        *("--reason", f"the export of the chat is {exhibits['_chat.txt']}"),
    )
    heading("Remember more later: the entry stays, the correction is added")
    stalklog(
        "amend",
        "T-0003",
        *("--set", "place=at home"),
        *("--set", "actions_taken=Told the sister, and kept the voicemail."),
        *("--reason", "remembered on the next morning"),
    )


def look_and_prove() -> None:
    """List, show where the case stands, prove the vault, and make the report."""
    heading("See what is there")
    stalklog("list", "all")
    heading("See where the case stands, and what is due")
    stalklog("status")
    heading("Prove that nothing was changed")
    stalklog("verify")
    heading("Draft the complaint to the police; what is missing stays a blank")
    stalklog("letter", "police", "-o", ".demo/complaint.md")
    heading("Make the report")
    stalklog("report", "-o", REPORT.as_posix())


def start_anew() -> None:
    """Remove what the last run left; originals in a vault are read-only, so allow it first."""
    if WORK.exists():
        for path in WORK.rglob("*"):
            path.chmod(0o700)
        shutil.rmtree(WORK)
    WORK.mkdir(mode=0o700)


def stalklog(*arguments: str) -> None:
    """Show a command as it would be typed, then run it."""
    say(f"{BOLD}$ stalklog {as_typed(arguments)}{PLAIN}")
    subprocess.run(  # noqa: S603 - our own command, no shell
        [*python_m_stalklog(), *arguments],
        cwd=PROJECT,
        env=ENVIRONMENT,
        check=True,
        stdin=subprocess.DEVNULL,
    )


def python_m_stalklog() -> list[str]:
    """The stalklog of this very environment."""
    return [sys.executable, "-m", "stalklog"]


def as_typed(arguments: tuple[str, ...]) -> str:
    """The arguments as a person would type them: an option a line, where there are many."""
    words = [quoted(argument) for argument in arguments]
    line = " ".join(words)
    if len(line) <= 80:  # noqa: PLR2004 - the width of a terminal
        return line
    for at, word in enumerate(words):
        if word.startswith("--"):
            words[at] = f"\\\n      {word}"
    return " ".join(words)


def quoted(argument: str) -> str:
    """The argument with double quotes where a shell needs them: easier to read than single ones."""
    if shlex.quote(argument) == argument:
        return argument
    return shlex.quote(argument) if set(argument) & set('"$`\\!') else f'"{argument}"'


def heading(title: str) -> None:
    """Say what comes next."""
    say(f"\n{BOLD}-- {title}{PLAIN}")


def say(line: str) -> None:
    """Print a line before anything that a command prints after it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def opener() -> str:
    """What opens a file on this system."""
    return {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")


if __name__ == "__main__":
    sys.exit(main())
