"""`trace --lookup`: it says first what leaves; without the flag nothing does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import home, run, terminal, vault
from tests.cli.sealed_home import make_home, make_quick
from tests.net.stub import Reply, network
from tests.net.test_lookup import ONE, _registries

from stalklog.net import Door

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.net.stub import Stub

    from stalklog.core.clock import Clock
    from stalklog.net import Leaving

__all__ = ["home", "run", "terminal", "vault"]

MAIL = (
    f"Received: from a (a.example. [{ONE}]:25025) by mx.google.com with ESMTPS;\n"
    " Fri, 20 Nov 2026 08:30:04 -0800\n"
    "From: nobody@example.org\nTo: maya@gmail.com\nSubject: x\n\nhello\n"
)


@pytest.fixture
def registry(stub: Stub, tried: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> Stub:
    """The stub is every registry that the program knows."""
    assert tried == []

    def make(clock: Clock, tell: Callable[[Leaving], None]) -> Door:
        return Door(True, clock, tell, plain_hosts=frozenset({"127.0.0.1"}))

    monkeypatch.setattr("stalklog.cli.lookup.make_door", make)
    monkeypatch.setattr("stalklog.trace.bootstrap.load_registries", lambda: _registries(stub.base))
    stub.put(f"ip/{ONE}", Reply(network("192.0.47.0", "192.0.47.255")))
    return stub


def _add(run: Run, folder: Path, mail: str = MAIL) -> None:
    (folder / "mail.eml").write_text(mail)
    assert run("add-evidence", str(folder / "mail.eml")).code == 0


@pytest.mark.usefixtures("vault")
def test_it_is_said_what_leaves_and_the_answer_is_kept(
    registry: Stub, run: Run, tmp_path: Path
) -> None:
    _add(run, tmp_path)
    assert registry.asked == []
    answer = run("trace", "E-1", "--lookup")
    assert answer.code == 0
    told = " ".join(answer.err.split())
    assert f"This leaves the computer: {ONE}. It goes to 127.0.0.1" in told
    assert "your own internet address" in told
    assert "abuse@example.net" in answer.out
    assert "OWNER > DESK" in answer.out
    assert "kept as E-0002" in answer.out
    kept = run("show", "E-2", "--json").json
    assert (kept["for"], kept["tags"]) == (["E-0001"], ["rdap"])
    assert run("verify").code == 0


@pytest.mark.usefixtures("vault")
def test_the_json_names_the_provider_and_every_contact(
    registry: Stub, run: Run, tmp_path: Path
) -> None:
    _add(run, tmp_path)
    found = run("trace", "E-1", "--lookup", "--json").json
    assert registry.asked == [f"ip/{ONE}"]
    assert found["provider"]["name"] == "Example Net"
    assert found["provider"]["reason"] == "registry"
    assert found["provider"]["contacts"] == [
        {
            "email": "abuse@example.net",
            "source": "registry",
            "name": "Example Net",
            "roles": ["abuse", "registrant"],
            "path": ["OWNER", "DESK"],
            "abuse": True,
        }
    ]
    (lookup,) = found["lookups"]
    assert set(lookup) == {
        "kind", "value", "state", "why", "retry_after_s", "network", "contacts", "kept",
    }  # fmt: skip
    assert set(lookup["kept"][0]) == {
        "id", "sha256", "url", "final_url", "redirects", "status", "at",
    }  # fmt: skip
    assert "lookups" not in run("trace", "E-1", "--json").json


@pytest.mark.usefixtures("vault", "terminal")
def test_on_a_terminal_she_can_still_say_no(registry: Stub, run: Run) -> None:
    answer = run("trace", "--address", ONE, "--lookup", stdin="n\n")
    assert (answer.code, registry.asked) == (3, [])
    assert run("trace", "--address", ONE, "--lookup", stdin="y\n").code == 0
    assert registry.asked == [f"ip/{ONE}"]


@pytest.mark.usefixtures("vault")
def test_where_a_large_provider_is_to_be_asked_no_registry_is(
    registry: Stub, run: Run, tmp_path: Path
) -> None:
    _add(run, tmp_path, MAIL.replace(f"[{ONE}]", "[209.85.220.41]"))
    found = run("trace", "E-1", "--lookup", "--json").json
    assert (found["lookups"], registry.asked) == ([], [])
    assert found["provider"]["id"] == "google"
    assert "Nobody was asked" in run("trace", "E-1", "--lookup").out


def test_of_a_sealed_vault_no_question_is_kept_and_an_answer_is(
    registry: Stub, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    sealed = make_home(tmp_path, monkeypatch)
    with monkeypatch.context() as without:
        without.setattr(
            "stalklog.trace.bootstrap.load_registries",
            lambda: _registries("http://127.0.0.1:1/"),
        )
        assert run("trace", "--address", ONE, "--lookup").code == 51
    assert not (sealed.vault / "cache" / "questions.json").exists()
    found = run("trace", "--address", ONE, "--lookup", "--json").json
    assert found["lookups"][0]["state"] == "found"
    assert ONE not in "".join(
        path.read_bytes().decode("latin-1") for path in sealed.vault.rglob("*") if path.is_file()
    )
    assert registry.asked == [f"ip/{ONE}"]


@pytest.mark.usefixtures("registry")
def test_without_a_vault_nothing_leaves(stub: Stub, run: Run) -> None:
    assert run("trace", "--address", ONE, "--lookup").code == 21
    assert stub.asked == []


@pytest.mark.usefixtures("vault")
def test_what_could_not_be_asked_is_asked_later(
    registry: Stub, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(
            "stalklog.trace.bootstrap.load_registries",
            lambda: _registries("http://127.0.0.1:1/"),
        )
        answer = run("trace", "--address", ONE, "--lookup", "--json")
        assert answer.code == 51
        error = json.loads(answer.err.splitlines()[-1])
        assert error["error"] == "network-not-reachable"
        assert "trace --lookup" in error["hint"]
        assert [one["state"] for one in answer.json["lookups"]] == ["unreachable"]
    found = run("trace", "--lookup", "--json").json
    assert [one["state"] for one in found["lookups"]] == ["found"]
    assert registry.asked == [f"ip/{ONE}"]
    assert run("trace", "--lookup", "--json").json["lookups"] == []
    assert "No question was kept" in run("trace", "--lookup").out
