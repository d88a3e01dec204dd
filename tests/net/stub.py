"""A registry on this machine: answers from a table, writes down what it was asked, and nobody else.

`only_loopback` opens the tests' own lock for connections to 127.0.0.1 and for nothing else.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

_CONNECT = socket.socket.connect
_LOOK_UP = socket.getaddrinfo
"""As they are before a test forbids them."""


@dataclass(frozen=True)
class Reply:
    """What the stub answers."""

    body: bytes = b"{}"
    status: int = 200
    media_type: str = "application/rdap+json"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds_a_byte: float = 0.0
    is_cut: bool = False
    """Whether it promises more than it sends."""


@dataclass
class Stub:
    """The registry, its answers by path, and what it was asked."""

    server: ThreadingHTTPServer
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server.server_port}/rdap/"

    def put(self, path: str, *replies: Reply) -> None:
        """Answer so at a path, one after the other, the last one for ever."""
        self.replies[path] = list(replies)


def network(start: str, end: str, **more: Any) -> bytes:  # noqa: ANN401 - any JSON
    """A registry's answer about a network of invented people."""
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Net"],
            ["email", {"type": "abuse"}, "text", "abuse@example.net"]]  # fmt: skip
    held = {
        "objectClassName": "ip network",
        "handle": "EXAMPLE-1",
        "name": "EXAMPLE-NET",
        "startAddress": start,
        "endAddress": end,
        "entities": [
            {"handle": "OWNER", "roles": ["registrant"], "vcardArray": ["vcard", card[:2]],
             "entities": [{"handle": "DESK", "roles": ["abuse"], "vcardArray": ["vcard", card]}]},
        ],
        **more,
    }  # fmt: skip
    return json.dumps(held).encode()


def start_stub() -> Stub:
    """Start it in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/rdap/")
            stub.asked.append(path)
            stub.headers.append({name.lower(): value for name, value in self.headers.items()})
            rows = stub.replies.get(path, [Reply(status=404)])
            _send(self, rows.pop(0) if len(rows) > 1 else rows[0])

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub = Stub(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return stub


def only_loopback(monkeypatch: pytest.MonkeyPatch, port: int) -> list[tuple[object, ...]]:
    """Let connections to the stub through, refuse all others; gives what was tried."""
    tried: list[tuple[object, ...]] = []

    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - any family
        tried.append(tuple(address))
        if tuple(address[:2]) != ("127.0.0.1", port):
            raise OSError("refused: not the stub")
        _CONNECT(self, address)

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as the library's
        if host not in {"127.0.0.1", b"127.0.0.1"}:
            tried.append((host,))
            raise OSError("refused: no name is looked up")
        return _LOOK_UP(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return tried


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.media_type)
    handler.send_header("Content-Length", str(len(reply.body) + (1000 if reply.is_cut else 0)))
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    try:
        if not reply.seconds_a_byte:
            handler.wfile.write(reply.body)
        for place in range(len(reply.body) if reply.seconds_a_byte else 0):
            handler.wfile.write(reply.body[place : place + 1])
            time.sleep(reply.seconds_a_byte)
    except OSError:
        return  # the other side had enough
