"""The whole daemon with Slack: a press is decided once and acknowledged in time, whatever breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.workspace import a_workspace, filled, press
from tests.running import Running, a_book, a_feed, a_post, eventually, running
from tests.web_server import Site

pytestmark = pytest.mark.slow
PRAISE = a_post(2, "I love Acme Flow, it is wonderful and saves me hours", "ana")
CONFIG = """\
ops.channel = "care"
net.allow_private = true
web.listen = "127.0.0.1:0"
brand = [{{name = "Acme Flow"}}]
source = [{{name = "forum", kind = "feed", url = "{feed}", every = "1s"}}]
person = [{{name = "kim", slack = "U1KIM", may_approve = true}}]
[[channel]]
name = "care"
kind = "slack"
token = "env:T"
app_token = "env:A"
channel = "#care"
base_url = "{slack}/api/"
"""
SECRETS = {"T": "xoxb-1", "A": "xapp-1"}


@pytest.fixture
def space():
    with a_workspace() as space:
        yield space


@pytest.fixture
def site():
    with Site() as site:
        yield site


def a_house(folder: Path, space, site: Site) -> Path:
    (folder / "rules.d").mkdir()
    (folder / "rules.d" / "book.yaml").write_text(a_book("care"))
    site.put("/feed.xml", a_feed(PRAISE))
    (folder / "config.toml").write_text(CONFIG.format(feed=site.url("/feed.xml"), slack=space.url))
    return folder


def draft(daemon: Running) -> tuple[str, str]:
    return daemon.kept("SELECT status, decided_by FROM delivery WHERE action = 'thank'")[0]


def announced(space):
    """The number on the buttons of the newest draft."""
    posted = [block for one in space.of("chat.postMessage") for block in one["blocks"] if block["type"] == "actions"]
    return posted[-1]["elements"][0]["value"] if posted else None


def test_a_killed_daemon_loses_no_decision_and_makes_none_twice(tmp_path, space, site):
    with running(a_house(tmp_path, space, site), environment=SECRETS) as daemon:
        number = eventually(lambda: announced(space))
        space.send(press("approve", number), wait=False)
        eventually(lambda: draft(daemon)[1] == "kim")
        daemon.kill()

        daemon.started()
        eventually(lambda: any("is yours to post" in one["text"] for one in space.of("chat.update")))
        space.send(press("approve", number))
        said = eventually(lambda: space.of("chat.postEphemeral"))

        assert "decided by kim" in said[-1]["text"]
        assert daemon.one("SELECT count(*) FROM audit WHERE what = 'approve'") == 1
        # a busy machine may be late once
        assert min(taken for taken, _ in space.acks.values()) < 3
        assert daemon.stop() == 0


def test_a_draft_is_edited_approved_and_done_by_buttons_alone(tmp_path, space, site):
    with running(a_house(tmp_path, space, site), environment=SECRETS) as daemon:
        number = eventually(lambda: announced(space))
        space.send(press("edit", number))
        view = eventually(lambda: space.of("views.open"))[-1]["view"]
        space.send(filled(view, text="Thank you, Ana!"))
        eventually(lambda: draft(daemon)[0] == "by_hand")
        space.drop()
        space.send(press("done", number))

        eventually(lambda: draft(daemon)[0] == "done")
        assert daemon.kept("SELECT purpose FROM contact") == [("thanks",)]
        eventually(lambda: any(f"Thank {number}: approved by kim" in one["text"] for one in space.of("chat.update")))
        assert "xapp-1" not in daemon.log
        assert "xoxb-1" not in daemon.log
