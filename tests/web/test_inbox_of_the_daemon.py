"""The daemon is killed while others post to it: whatever it acknowledged is stored, and once."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from listener.actions.webhook import Webhook as Outgoing
from listener.demo.sinks import free_port
from listener.wiring.now import clock
from tests.running import a_book, eventually, running

pytestmark = pytest.mark.slow
CONFIG = """\
web.listen = "127.0.0.1:{port}"
brand = [{{name = "Acme Flow"}}]
source = [{{name = "shop", kind = "webhook", secret = "file:secret", everything = true}}]
channel = [{{name = "care", kind = "log"}}]
"""
SECRET = "shared secret"


def a_shop(folder: Path) -> int:
    """A folder whose daemon takes posts; returns the port."""
    port = free_port()
    (folder / "rules.d").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(port=port))
    (folder / "rules.d" / "book.yaml").write_text(a_book("care"))
    (folder / "secret").write_text(SECRET)
    return port


def post(port: int, number: int) -> int:
    """Post one item; the status, 0 when nothing answers."""
    body = json.dumps({"external_id": str(number), "text": f"Order {number} came broken"}).encode()
    headers = Outgoing.model_validate({"url": "https://a.example", "secret": SECRET})._signature(body, clock())
    with suppress(OSError, HTTPException):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/in/shop", body, dict(headers))
        return connection.getresponse().status
    return 0


def test_what_was_acknowledged_is_stored_also_when_the_daemon_is_killed(tmp_path: Path) -> None:
    port, taken = a_shop(tmp_path), set()

    def sender(numbers: range) -> None:
        for number in numbers:
            if post(port, number) == 202:
                taken.add(number)

    with running(tmp_path) as daemon:
        senders = [threading.Thread(target=sender, args=(range(n * 1000, n * 1000 + 300),)) for n in range(3)]
        for thread in senders:
            thread.start()
        eventually(lambda: len(taken) > 20)
        daemon.kill()
        for thread in senders:
            thread.join()
        kept = {int(row[0]) for row in daemon.kept("SELECT external_id FROM appearance")}
        assert taken <= kept

        daemon.started()
        assert [post(port, number) for number in sorted(taken)[:10]] == [202] * 10
        assert daemon.one("SELECT count(*) FROM appearance") == len(kept)
        eventually(lambda: daemon.one("SELECT count(*) FROM mention WHERE decided_at IS NULL") == 0)


def test_a_source_that_is_only_posted_to_is_told_as_ok(tmp_path: Path) -> None:
    port = a_shop(tmp_path)
    with running(tmp_path) as daemon:
        assert post(port, 1) == 202
        time.sleep(1.2)
        assert daemon.kept("SELECT state, failures, mentions FROM source") == [("ok", 0, 1)]
        assert daemon.stop() == 0
