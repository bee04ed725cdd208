"""A small Slack: its Web API, and Socket Mode by a WebSocket server of RFC 6455, as far as slack_sdk needs them."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.running import eventually

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def press(do: str, about: str, user: str = "U1KIM") -> dict[str, Any]:
    """What Slack tells of a pressed button."""
    action = {"action_id": f"listener_{do}", "value": about, "type": "button"}
    shared = {"user": {"id": user, "username": "kim"}, "trigger_id": "t1", "channel": {"id": "C1"}}
    return {"type": "block_actions", "actions": [action], "message": {"ts": "1.1"}, **shared}


def filled(view: dict[str, Any], user: str = "U1KIM", **given: str) -> dict[str, Any]:
    """What Slack tells of a form that was shown and filled in."""

    def state(block: dict[str, Any]) -> dict[str, Any]:
        said = given.get(block["block_id"], "")
        select = block["element"]["type"] == "static_select"
        return {block["element"]["action_id"]: {"selected_option": {"value": said}} if select else {"value": said}}

    values = {block["block_id"]: state(block) for block in view["blocks"]}
    return {"type": "view_submission", "user": {"id": user}, "view": {**view, "state": {"values": values}}}


@dataclass
class Workspace:
    """`calls` are those of the Web API, `acks` the acknowledged envelopes with the time that each took."""

    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    acks: dict[str, tuple[float, Any]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    count: int = 0

    def of(self, method: str) -> list[dict[str, Any]]:
        return [given for called, given in self.calls if called == method]

    def send(self, payload: dict[str, Any], wait: bool = True) -> Any:
        """Tell the app over its connection; what it acknowledges with."""
        self.count += 1
        envelope = f"e{self.count}"
        told = {"envelope_id": envelope, "type": "interactive", "payload": payload, "accepts_response_payload": True}
        eventually(lambda: self.lines)
        self.sent[envelope] = time.monotonic()
        self.lines[-1].write(TEXT, json.dumps(told).encode())
        return eventually(lambda: self.acks.get(envelope))[1] if wait else None

    def drop(self) -> None:
        """Break every connection, as a network does."""
        broken, self.lines[:] = self.lines[:], []
        for line in broken:
            line.cut()

    def answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((method, given))
        if method == "apps.connections.open":
            return {"ok": True, "url": self.url.replace("http", "ws") + "/link"}
        return {"ok": True, "ts": f"{len(self.calls)}.5", "channel": "C1", "messages": [], "channels": []}


class Line:
    """One WebSocket connection, from the server's side."""

    def __init__(self, handler: BaseHTTPRequestHandler, space: Workspace) -> None:
        self._handler = handler
        self._space = space
        self._lock = threading.Lock()

    def write(self, kind: int, data: bytes) -> None:
        size = len(data)
        head = bytes([0x80 | kind]) + (bytes([size]) if size < 126 else bytes([126]) + struct.pack("!H", size))
        with self._lock, contextlib.suppress(OSError):
            self._handler.connection.sendall(head + data)

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self._handler.connection.shutdown(2)

    def listen(self) -> None:
        while (frame := self._frame()) is not None:
            kind, data = frame
            if kind == PING:
                self.write(PONG, data)
            elif kind == TEXT:
                said = json.loads(data)
                taken = time.monotonic() - self._space.sent[said["envelope_id"]]
                self._space.acks[said["envelope_id"]] = (taken, said.get("payload"))
            elif kind == CLOSE:
                return

    def _frame(self) -> tuple[int, bytes] | None:
        """Frames of a client are masked; ours are small."""
        head = self._handler.rfile.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        size = struct.unpack("!H", self._handler.rfile.read(2))[0] if size == 126 else size
        mask, data = self._handler.rfile.read(4), self._handler.rfile.read(size)
        return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


@contextmanager
def a_workspace() -> Iterator[Workspace]:
    space = Workspace()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            given = json.loads(body or b"{}") if "json" in self.headers.get("content-type", "") else _form(body)
            said = json.dumps(space.answer(self.path.rpartition("/")[2], given)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_GET(self) -> None:
            key = self.headers["Sec-WebSocket-Key"] + GUID
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            head = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}"
            self.wfile.write(f"HTTP/1.1 101 Switching Protocols\r\n{head}\r\n\r\n".encode())
            line = Line(self, space)
            space.lines.append(line)
            with contextlib.suppress(OSError):
                line.listen()
            space.lines[:] = [one for one in space.lines if one is not line]
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    space.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield space
    finally:
        space.drop()
        server.shutdown()
        thread.join()
        server.server_close()


def _form(body: bytes) -> dict[str, Any]:
    given: dict[str, Any] = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return {name: json.loads(value) if name in ("view", "blocks") else value for name, value in given.items()}
