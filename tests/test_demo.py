"""The demo runs the whole main job without a question, and its people are invented."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
DEMO = PROJECT / "demo"
FILES = sorted(
    path for path in DEMO.rglob("*") if path.is_file() and path.suffix in {".eml", ".mbox", ".txt"}
)
RESERVED = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24")]
MAX_SCREENSHOT_BYTES = 60_000


def test_the_demo_makes_a_report_from_any_folder_over_what_the_last_run_left(
    tmp_path: Path,
) -> None:
    shutil.copytree(DEMO, tmp_path / "demo")
    left = tmp_path / ".demo" / "vault" / "objects" / "ab"
    left.mkdir(parents=True)
    (left / "original").write_bytes(b"")
    (left / "original").chmod(0o400)
    source = os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "demo" / "run.py")],
        cwd="/",
        env={**os.environ, "PYTHONPATH": source},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = tmp_path / ".demo" / "report.html"
    assert str(report) in ran.stdout
    assert "Intact" in ran.stdout
    told = report.read_text(encoding="utf-8")
    assert "मैं जानता हूँ तुम किस बस से घर जाती हो।" in told
    assert "T-0003" in told
    assert not (left / "original").exists()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_everybody_in_the_case_is_invented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for domain in re.findall(r"@([\w.-]+)", text) + re.findall(r"https?://([\w.-]+)", text):
        assert re.fullmatch(r"(?:[\w-]+\.)*example\.(?:org|com|net)", domain.rstrip(".")), domain
    for address in re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text):
        assert any(ipaddress.ip_address(address) in net for net in RESERVED), address
    for number in re.findall(r"\+\d[\d ]{7,}\d", text):
        assert number.startswith("+91 55555 0"), number


def test_the_case_keeps_its_bytes_in_a_checkout() -> None:
    assert "demo/case/** -text" in (PROJECT / ".gitattributes").read_text(encoding="utf-8")
    for path in DEMO.rglob("*.eml"):
        data = path.read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n"), path.name
    for path in DEMO.rglob("*.png"):
        assert path.stat().st_size < MAX_SCREENSHOT_BYTES
