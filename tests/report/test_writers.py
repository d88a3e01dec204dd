"""Each format, as its reader gets it; and that what it says of checking is true."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pytest
from tests.report.ledger import Ledger, occurred

from stalklog.errors import UnknownFormatError
from stalklog.report.base import FORMATS, MANIFEST, format_for, format_named, write_report
from stalklog.report.html import chart
from stalklog.report.model import Period

if TYPE_CHECKING:
    from stalklog.report.model import Report

GOLDEN = Path(__file__).parent / "golden"


def html_of(report: Report) -> str:
    return write_report(report, format_named("html"))[0].data.decode()


def small() -> Ledger:
    ledger = Ledger()
    ledger.add("vault.created", {})
    ledger.add("case.noted", {"set": {"alias": "A.", "name": "CANARY"}})
    ledger.evidence(
        b"one",
        {"kind": "email", "name": "one.eml", "occurred": occurred("2026-08-01T09:00:00+05:30")},
    )
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred("2026-08-02T21:30:00+05:30", "about", as_typed="2 Aug ~9:30 pm"),
            "how": "chat",
            "words": "<b>मैं देख रहा हूँ</b>\n=1+1",
            "threatened_harm": ["injury"],
        },
    )
    ledger.add("demand.made", {"occurred": occurred("2026-08-03T10:00:00+05:30"), "words": "Stop."})
    ledger.add(
        "contact.logged",
        {
            "agency": "Example Police",
            "kind": "police",
            "summary": "Told.",
            "follow_up": "2026-09-09",
        },
    )
    ledger.amend("T-0001", {"place": "at home"}, "remembered later")
    ledger.withdraw("E-0001", "sent by someone else")
    return ledger


@pytest.mark.parametrize("format_", FORMATS, ids=lambda each: each.name)
def test_the_small_report_is_as_it_was(format_: object, request: pytest.FixtureRequest) -> None:
    found = next(each for each in FORMATS if each is format_)
    for part in write_report(small().report(), found):
        kept = GOLDEN / found.name / part.name
        if request.config.getoption("--update-golden", default=False):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(part.data)
        assert part.data == kept.read_bytes(), f"{kept}: pytest tests/report --update-golden"


def test_the_page_loads_nothing_and_runs_nothing(report: Report) -> None:
    html = html_of(report)
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].replace("&#39;", "'").replace("&#43;", "+").replace("&#34;", '"') == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    for forbidden in ("<script", "<link", "<img", "<iframe", " style=", "@import", "url(", " src="):
        assert forbidden not in html
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', html))


def test_every_link_of_the_page_leads_somewhere(report: Report) -> None:
    html = html_of(report)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in re.findall(r'href="([^"]*)"', html)} <= set(ids)


def test_the_page_is_built_for_everybody(report: Report) -> None:
    html = html_of(report)
    assert '<html lang="en">' in html
    assert 'class="skip"' in html
    assert html.count("<h1") == 1
    assert len(re.findall(r"<h2 id=", html)) == 12
    assert html.count("<th ") == html.count("<th scope=")
    assert 'role="img" aria-label="September 2026: 2;' in html
    for rule in ("prefers-color-scheme: dark", "size: A4", "table-header-group", "break-inside"):
        assert rule in html


def test_the_order_of_sections_is_the_same_everywhere(report: Report) -> None:
    heads = re.findall(r'<h2 id="t(\d+)">.*?</span> ([^<]*)</h2>', html_of(report))
    markdown = write_report(report, format_named("md"))[0].data.decode()
    assert re.findall(r"^## (\d+)\. (.*)$", markdown, re.MULTILINE) == heads
    assert [int(number) for number, _title in heads] == list(range(1, 13))


def test_each_entry_can_be_cited(report: Report) -> None:
    for format_ in FORMATS:
        text = b"".join(part.data for part in write_report(report, format_)).decode("utf-8-sig")
        for item in (*report.threats, *report.contacts, *report.custody):
            assert item.line_sha256 in text
            assert item.id in text


def test_the_csv_folder_is_checked_by_its_manifest(report: Report, tmp_path: Path) -> None:
    parts = write_report(report, format_named("csv"))
    for part in parts:
        (tmp_path / part.name).write_bytes(part.data)
    assert {part.name for part in parts} == {
        "chronology.csv",
        "evidence.csv",
        "threats.csv",
        "contacts.csv",
        "demands.csv",
        "custody.csv",
        "corrections.csv",
        "README.txt",
        MANIFEST,
    }
    subprocess.run(
        ["sha256sum", "--check", "--strict", MANIFEST],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert "apostrophe" in (tmp_path / "README.txt").read_text("utf-8")


def test_csv_shows_hindi_to_spreadsheets(report: Report) -> None:
    parts = {part.name: part.data for part in write_report(report, format_named("csv"))}
    assert parts["threats.csv"].startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(parts["threats.csv"].decode("utf-8-sig"), newline="")))
    assert "तुम कहीं भी जाओ" in next(row for row in rows if row["id"] == "T-0004")["words"]
    assert next(row for row in rows if row["id"] == "T-0002")["withdrawn"] == "yes"


def test_json_has_every_entry_once_in_the_order_of_the_chain(report: Report) -> None:
    read = json.loads(write_report(report, format_named("json"))[0].data)
    seqs = [entry["seq"] for entry in read["entries"]]
    assert seqs == sorted(set(seqs))
    assert (read["format"], read["schema"]) == ("stalklog-report", 1)
    assert {"name", "contact", "safe_contact"}.isdisjoint(read["case"])


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UnknownFormatError) as refused:
        format_named("docm")
    assert "html" in refused.value.hint


@pytest.mark.parametrize(
    ("path", "name"),
    [("a.html", "html"), ("a.MD", "md"), ("a.json", "json"), ("a", None), ("a.xyz", None)],
)
def test_the_ending_tells_the_format(path: str, name: str | None) -> None:
    found = format_for(PurePath(path))
    assert (found.name if found else None) == name


def test_bars_stay_inside_the_drawing() -> None:
    periods = tuple(Period(str(n), n, 24 - n, has_demand=n == 0) for n in range(24))
    for bar in chart(periods):
        assert 0 <= bar.demand_x < bar.x < bar.x + bar.width <= 720
        assert bar.messages_y >= 26
        assert bar.threats_y + bar.threats_height == pytest.approx(158, abs=0.2)
    assert sum(bool(bar.label) for bar in chart(periods)) == 12
    assert chart((Period("x", 0, 0, has_demand=False),)) == ()


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def vault(ledger: Ledger, tmp_path: Path) -> Path:
    ledger.write(tmp_path)
    return tmp_path


def test_the_commands_prove_an_untouched_record(ledger: Ledger, vault: Path) -> None:
    report = ledger.report()
    one, originals, entry, chain, _own = report.steps
    assert run(one.command, vault).stdout.split()[0] == report.exhibits[0].sha256
    assert run(originals.command, vault).stdout == "done\n"
    assert run(entry.command, vault).stdout.split()[0] == report.threats[0].line_sha256
    assert run(chain.command, vault).stdout == f"{ledger.head}\n"


def test_the_commands_find_a_changed_original(ledger: Ledger, vault: Path) -> None:
    report = ledger.report()
    (vault / report.exhibits[3].path).write_bytes(b"changed")
    found = run(report.steps[1].command, vault)
    assert "FAILED" in found.stdout
    assert "done" not in found.stdout


@pytest.mark.parametrize("log", ["threats", "custody", "contacts"])
def test_the_commands_find_a_changed_line(ledger: Ledger, vault: Path, log: str) -> None:
    path = vault / "logs" / f"{log}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"tz":"+05:30"', b'"tz":"+05:31"', 1))
    found = run(ledger.report().steps[3].command, vault).stdout
    assert "broken at" in found


def test_the_commands_find_a_missing_line(ledger: Ledger, vault: Path) -> None:
    path = vault / "logs" / "threats.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = run(ledger.report().steps[3].command, vault).stdout
    assert "broken at" in found
