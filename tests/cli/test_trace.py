"""The way of a message is drawn, nothing is claimed too much, and the JSON is what it promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

MAIL = (
    "Received: by 2002:a05:6a10:1:2:3:4:5 with SMTP id x1; Fri, 20 Nov 2026 08:30:05 -0800 (PST)\n"
    "Received: from mail-x.google.com (mail-x.google.com. [209.85.220.41]:25025)\n"
    " by mx.google.com with ESMTPS id y2; Fri, 20 Nov 2026 08:30:04 -0800 (PST)\n"
    "Authentication-Results: mx.google.com; dkim=pass header.d=gmail.com\n"
    "Received: from [10.1.1.1] (host.example. [192.0.47.88]) by smtp.gmail.com with ESMTPSA;\n"
    " Fri, 20 Nov 2026 08:29:59 -0800\n"
    "Received: from x (y [1.1.1.1]) (z [2.2.2.2]) \x1b[31m\u202e by w\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=gmail.com; s=s1; l=5; h=from; bh=x; b=y\n"
    "ARC-Seal: i=1; d=list.example; s=s2; cv=none\n"
    "X-Originating-IP: [192.0.47.99]\n"
    "From: nobody@gmail.com\nTo: maya@gmail.com\nSubject: hello\n"
    "Date: Fri, 20 Nov 2026 16:29:58 +0000\n\nI know where you are.\n"
)
HOP = {
    "trust", "reason", "by", "provider", "name", "looked_up", "address", "port", "kind", "at",
    "date", "protocol", "problem", "raw",
}  # fmt: skip


def _add(run: Run, folder: Path, mail: str = MAIL) -> None:
    path = folder / "mail.eml"
    path.write_text(mail, encoding="utf-8")
    assert run("add-evidence", str(path)).code == 0


@pytest.mark.usefixtures("vault")
def test_the_way_is_drawn_and_the_record_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    _add(run, tmp_path)
    answer = run("trace", "E-1")
    assert answer.code == 0
    line = answer.out.index("from here on written by the receiver")
    assert answer.out.index("192.0.47.88") < line < answer.out.index("209.85.220.41")
    told = " ".join(answer.out.split())
    assert (
        "On 2026-11-20 16:30:04 UTC Google (Gmail, Workspace) recorded a connection from "
        "209.85.220.41, port 25025." in told
    )
    assert "The letter goes to Google" in told
    assert "no key was kept" in told
    assert "covers only the beginning" in told
    assert "sealed on the way by: list.example" in told
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    for word in ("perpetrator", "the sender's address", "admissible", "certified"):
        assert word not in told


@pytest.mark.usefixtures("vault")
def test_the_json_has_the_shape_that_is_promised(run: Run, tmp_path: Path) -> None:
    _add(run, tmp_path)
    found = run("trace", "E-0001", "--json").json
    assert set(found) == {
        "id", "message", "hops", "origin", "why_no_origin", "claims", "provider", "receiver",
        "results", "observations", "vouch", "profiles", "signatures", "chain", "header_only",
        "forwarded_copy", "attached_to", "trusted_by",
    }  # fmt: skip
    assert [hop["trust"] for hop in found["hops"]] == ["observed", "edge", "claimed", "claimed"]
    assert all(set(hop) == HOP for hop in found["hops"])
    assert found["origin"] == {
        "address": "209.85.220.41",
        "port": 25025,
        "kind": "public",
        "at": "2026-11-20T16:30:04Z",
        "recorded_by": "Google (Gmail, Workspace)",
        "basis": "observed",
        "confidence": "high",
        "reason": "provider-edge",
        "hop": 1,
    }
    assert found["claims"][0] == {
        "source": "x-originating-ip",
        "address": "192.0.47.99",
        "port": None,
        "kind": "public",
        "at": None,
        "confidence": "low",
        "reason": "header",
        "hop": None,
    }
    assert set(found["provider"]) == {"id", "name", "reason", "contacts", "rests_on"}
    assert found["provider"]["contacts"][0] == {"email": "abuse@gmail.com", "source": "profile"}
    assert found["results"]["results"][0] == {
        "method": "dkim", "result": "pass", "properties": {"header.d": "gmail.com"},
    }  # fmt: skip
    assert set(found["signatures"][0]) == {
        "domain", "selector", "state", "key_name", "covers_part", "key", "taken_back",
    }  # fmt: skip
    assert found["chain"]["sealers"] == ["list.example"]
    assert [set(one) for one in found["observations"]] == [{"code", "hop", "seconds"}]


@pytest.mark.usefixtures("vault")
def test_an_unknown_provider_is_a_claim_until_it_is_vouched_for(run: Run, tmp_path: Path) -> None:
    hop = "from a (a [192.0.47.66]) by mx.example.net; Fri, 20 Nov 2026 21:30:04 +0000"
    _add(run, tmp_path, f"Received: {hop}\nFrom: nobody@example.org\nSubject: x\n\nx\n")
    told = " ".join(run("trace", "E-1").out.split())
    assert "The header claims that on 2026-11-20 21:30:04 UTC mx.example.net took" in told
    assert "nobody vouches for it" in told
    assert "--trusted-by mx.example.net" in told
    found = run("trace", "E-1", "--trusted-by", "mx.example.net", "--json").json["origin"]
    assert (found["basis"], found["confidence"]) == ("observed", "medium")


@pytest.mark.usefixtures("vault")
def test_without_a_header_it_is_said_what_to_ask_for(run: Run, tmp_path: Path) -> None:
    _add(run, tmp_path, "From: maya@example.org\nTo: b@example.org\nSubject: x\n\nx\n")
    answer = run("trace", "E-1", "--json")
    assert (answer.code, answer.json["origin"]) == (0, None)
    assert answer.json["why_no_origin"] == "no-hops"
    assert "Ask for the original" in run("trace", "E-1").out


@pytest.mark.parametrize(
    ("arguments", "kind", "provider"),
    [
        (("--address", "192.0.47.9"), "public", None),
        (("--address", "100.64.0.1"), "cgnat", None),
        (("--domain", "gmail.com"), None, "google"),
        (("--url", "https://www.instagram.com/nobody"), None, "meta"),
    ],
)
def test_what_has_no_mail_can_be_asked_about_without_a_vault(
    run: Run, arguments: tuple[str, str], kind: str | None, provider: str | None
) -> None:
    found = run("trace", *arguments, "--json").json
    assert found["subject"]["address_kind"] == kind
    assert (found["hops"], found["origin"], found["claims"]) == ([], None, [])
    assert (found["provider"] or {}).get("id") == provider
    assert run("trace", *arguments).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("E-1", "--url", "example.org"),
        ("--address", "x"),
        ("--url", "x"),
        ("--domain", "1"),
        ("--domain", "192.0.2.10"),
        ("--address", "2606:4700::1%eth0"),
        ("--address", "192.0.2.0/24"),
        ("--domain", "example.org", "--refresh"),
    ],
)
def test_one_thing_is_to_be_named(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("trace", *arguments).code == 2


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("typed", ["x", "0", "00", "-1", "", "1.0", "9" * 10, "\u0661"])
def test_a_number_is_a_number_from_one_on(run: Run, tmp_path: Path, typed: str) -> None:
    _add(run, tmp_path)
    for command in (("trace", "E-1"), ("show", "E-1")):
        answer = run(*command, "--message", typed)
        assert (answer.code, "--message" in answer.err) == (2, True)
    assert run("trace", "E-1", "--message", "1").code == 0
    assert run("trace", "E-2", "--message", "1").code == 40


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("more", [(), ("--message", "1"), ("--message", "7")])
def test_what_is_no_mail_says_so_and_what_to_do(
    run: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    picture = tmp_path / "shot.png"
    Image.new("RGB", (4, 4)).save(picture)
    assert run("add-evidence", str(picture)).code == 0
    answer = run("trace", "E-1", *more)
    told = " ".join(answer.out.split())
    assert answer.code == 0
    assert "This is no e-mail" in told
    assert "keep the e-mail itself too" in told
    assert "message" not in told.partition("This is no e-mail")[0]
    found = run("trace", "E-1", *more, "--json").json
    assert (found["message"], found["why_no_origin"], found["hops"]) == (None, "not-mail", [])


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("data", [b"%PDF-1.7\n%\xe2\xe3\n", b"\0\1\2", b""])
def test_what_is_of_no_known_format_is_no_mail_that_is_known(
    run: Run, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "print.pdf").write_bytes(data)
    assert run("add-evidence", str(tmp_path / "print.pdf")).code == 0
    answer = run("trace", "E-1")
    assert (answer.code, "not recognised as an e-mail" in answer.out) == (0, True)
    assert run("trace", "E-1", "--json").json["why_no_origin"] == "not-recognised"


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    "typed",
    ["192.0.2.0/99", "192.0.2", "192.0.2.999", "192.0.2.7:25", "2001:db8::/200", "mx example.org",
     "https://mx.example.org", "m@example.org", "mx*.example.org", "*", "", "a..b",
     "0.0.0.0/0", "::/0", "0/7", "2000::/3"],
)  # fmt: skip
def test_nobody_is_vouched_for_by_what_can_fit_nothing(
    run: Run, tmp_path: Path, typed: str
) -> None:
    _add(run, tmp_path)
    answer = run("trace", "E-1", "--trusted-by", "mx.example.org", "--trusted-by", typed)
    assert answer.code == 2
    assert "--trusted-by takes the name of a machine or a network" in " ".join(answer.err.split())
    assert "192.0.2.0/24" in answer.err
    letter = run("letter", "preserve", "--trusted-by", typed, "-o", str(tmp_path / "l.txt"))
    assert (letter.code, (tmp_path / "l.txt").exists()) == (2, False)
    if typed and " " not in typed:  # which parts several there
        assert run("case", "--set", f"trusted_by=mx.example.org {typed}").code == 2
        assert "trusted_by" not in run("case", "--json").json["case"]


@pytest.mark.parametrize(
    "option",
    [("--message", "1"), ("--trusted-by", "a.example"), ("--dkim-keys", "k"), ("--fetch-keys",),
     ("--resolver", "quad9")],
)  # fmt: skip
def test_what_is_about_a_mail_is_not_passed_over_without_one(
    run: Run, option: tuple[str, ...]
) -> None:
    answer = run("trace", "--url", "example.org", *option)
    assert (answer.code, option[0] in answer.err) == (2, True)


@pytest.mark.usefixtures("vault")
def test_of_an_attached_mail_it_is_said_who_could_have_made_it_up(run: Run, tmp_path: Path) -> None:
    outer = (
        'From: asha@example.org\nSubject: Fwd\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: message/rfc822\n\n{MAIL}\n--b--\n"
    )
    _add(run, tmp_path, outer)
    answer = run("trace", "E-1", "--message", "2")
    told = " ".join(answer.out.split())
    assert "It is attached to message 1: all of it came with that one" in told
    assert told.index("It is attached") < told.index("recorded a connection")
    assert run("trace", "E-1", "--message", "2", "--json").json["attached_to"] == 1
    assert run("trace", "E-1", "--json").json["attached_to"] is None
