"""The one door out: closed unless opened; it says what leaves, and contacts nobody else."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.net.stub import Reply

from stalklog.errors import NetworkNotAllowedError, NetworkNotReachableError, OverLimitError
from stalklog.net import Leaving
from stalklog.safety.limits import MAX_ANSWER_BYTES

if TYPE_CHECKING:
    from tests.net.stub import Stub

    from stalklog.net import Door


def test_a_closed_door_lets_nothing_out(
    stub: Stub, door: Door, told: list[Leaving], tried: list[object]
) -> None:
    with pytest.raises(NetworkNotAllowedError) as caught:
        replace(door, is_open=False).get(f"{stub.base}x", "an address")
    assert caught.value.exit_code == 50
    assert (stub.asked, told, tried) == ([], [], [])


def test_what_leaves_is_said_before_it_does(stub: Stub, door: Door, told: list[Leaving]) -> None:
    def refuse(leaving: Leaving) -> None:
        told.append(leaving)
        raise KeyboardInterrupt

    door.tell = refuse
    with pytest.raises(KeyboardInterrupt):
        door.get(f"{stub.base}x", "192.0.2.1")
    assert told == [Leaving("127.0.0.1", "192.0.2.1")]
    assert (stub.asked, door.asked) == ([], [])


def test_an_answer_comes_back_byte_for_byte(stub: Stub, door: Door) -> None:
    body = b'{"a":  1}\r\n\xff'
    stub.put("x", Reply(body, media_type="Application/RDAP+JSON; charset=utf-8"))
    found = door.get(f"{stub.base}x", "192.0.2.1")
    assert (found.body, found.status, found.media_type) == (body, 200, "application/rdap+json")
    assert (found.url, found.final_url, found.redirects) == (f"{stub.base}x", f"{stub.base}x", ())
    assert found.at.tzinfo is not None
    assert door.asked == [f"{stub.base}x"]


def test_nothing_says_who_asks(stub: Stub, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    stub.put("x", Reply(headers={"Set-Cookie": "id=1"}), Reply())
    door.get(f"{stub.base}x", "a")
    door.get(f"{stub.base}x", "a")
    for headers in stub.headers:
        assert not {"cookie", "referer", "authorization"} & set(headers)
        assert "stalklog" not in str(headers)
        assert "python" not in str(headers).lower()


def test_redirects_are_followed_told_and_written_down(
    stub: Stub, door: Door, told: list[Leaving]
) -> None:
    stub.put("x", Reply(status=302, headers={"Location": "y"}))
    stub.put("y", Reply(status=301, headers={"Location": f"{stub.base}z"}))
    stub.put("z", Reply(b"end"))
    found = door.get(f"{stub.base}x", "a")
    assert found.body == b"end"
    assert found.redirects == (f"{stub.base}y", f"{stub.base}z")
    assert found.final_url == f"{stub.base}z"
    assert len(told) == 3


@pytest.mark.parametrize(
    "place",
    ["http://example.org/", "ftp://127.0.0.1/", "file:///etc/passwd", "https://a:b@example.org/",
     "http://[", "//example.org/"],
)  # fmt: skip
def test_a_redirect_to_elsewhere_than_by_https_is_not_followed(
    stub: Stub, door: Door, tried: list[tuple[object, ...]], place: str
) -> None:
    stub.put("x", Reply(status=302, headers={"Location": place}))
    with pytest.raises(NetworkNotReachableError):
        door.get(f"{stub.base}x", "a")
    assert all(one[0] == "127.0.0.1" for one in tried)


def test_redirects_without_end_are_given_up(stub: Stub, door: Door) -> None:
    stub.put("x", Reply(status=302, headers={"Location": "x"}))
    with pytest.raises(NetworkNotReachableError):
        door.get(f"{stub.base}x", "a")
    assert len(stub.asked) == 4


def test_who_asks_to_wait_a_little_is_asked_once_more(
    stub: Stub, door: Door, waits: list[float]
) -> None:
    stub.put("x", Reply(status=429, headers={"Retry-After": "7"}), Reply(b"now"))
    assert door.get(f"{stub.base}x", "a").body == b"now"
    assert (waits, len(stub.asked)) == ([7], 2)


@pytest.mark.parametrize("wait", ["3600", "Wed, 21 Oct 2026 07:28:00 GMT", "", "-1", "9" * 99])
def test_who_asks_to_wait_long_is_left_alone(
    stub: Stub, door: Door, waits: list[float], wait: str
) -> None:
    stub.put("x", Reply(status=429, headers={"Retry-After": wait}))
    found = door.get(f"{stub.base}x", "a")
    assert (found.status, waits, len(stub.asked)) == (429, [], 1)
    assert found.retry_after_s == (3600 if wait == "3600" else None)


def test_a_huge_answer_is_not_read(stub: Stub, door: Door) -> None:
    stub.put("x", Reply(b"x" * 5_000_000))
    with pytest.raises(OverLimitError):
        door.get(f"{stub.base}x", "a")
    stub.put("x", Reply(b"x" * MAX_ANSWER_BYTES))
    assert len(door.get(f"{stub.base}x", "a").body) == MAX_ANSWER_BYTES


def test_an_answer_that_never_ends_is_given_up(
    stub: Stub, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stalklog.net.ANSWER_TIMEOUT_S", 0.3)
    stub.put("x", Reply(b"x" * 1000, seconds_a_byte=0.05))
    began_s = time.monotonic()
    with pytest.raises(NetworkNotReachableError):
        door.get(f"{stub.base}x", "a")
    assert time.monotonic() - began_s < 25  # half of what it takes to its end


def test_an_answer_that_does_not_begin_is_given_up(
    stub: Stub, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stalklog.net.ANSWER_TIMEOUT_S", 0.2)
    stub.put("x", Reply(b"xy", seconds_a_byte=5))
    with pytest.raises(NetworkNotReachableError):
        door.get(f"{stub.base}x", "a")


def test_an_answer_that_is_cut_off_is_none(stub: Stub, door: Door) -> None:
    stub.put("x", Reply(b"{", is_cut=True))
    with pytest.raises(NetworkNotReachableError) as caught:
        door.get(f"{stub.base}x", "a")
    assert caught.value.exit_code == 51


def test_nobody_there_is_told(door: Door) -> None:
    for url in ("http://127.0.0.1:1/x", "https://registry.example/x", "nonsense", "https://"):
        with pytest.raises(NetworkNotReachableError):
            door.get(url, "a")


def test_every_other_command_leaves_the_library_alone() -> None:
    code = (
        "import sys; sys.argv = ['stalklog', 'trace', '--address', '192.0.2.1'];"
        "from stalklog.cli.app import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name in ('httpx', 'stalklog.net', 'ssl')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
