"""What stands outside the daemon in whole-road tests: a forum's feed, a Slack-shaped webhook, a mail server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.actions.far_sides import Answer, FarSide, Heard, far_side
from tests.actions.mail_sink import MailSink, mail_sink
from tests.running import Running, a_feed, a_house, a_post, eventually
from tests.web_server import Site

COMPLAINT = a_post(1, "Acme Flow is broken again, terrible service, I am very angry", "zed")
PRAISE = a_post(2, "I love Acme Flow, it is wonderful and saves me hours", "ana")
ALERTS = "SELECT channel, status, attempts FROM delivery WHERE action = 'alert' ORDER BY id"
DONE = [("care", "done", 1), ("care-mail", "done", 1)]


@dataclass
class World:
    """Real servers on loopback. `slack_says` is what Slack answers; None: nothing, ever."""

    folder: Path
    site: Site
    mail: MailSink
    slack: FarSide | None = None
    slack_says: Answer | None = field(default_factory=Answer)

    def say(self, _: Heard) -> Answer | None:
        return self.slack_says

    @property
    def posted(self) -> list[str]:
        """The texts that Slack was offered."""
        return [heard.json["text"] for heard in self.slack.heard] if self.slack else []

    def offers(self, *posts: str) -> str:
        return self.site.put("/feed.xml", a_feed(*posts))

    def polls(self) -> int:
        return len(self.site.seen)

    def some_polls_later(self, more: int = 2) -> None:
        before = self.polls()
        eventually(lambda: self.polls() >= before + more)

    def house(self, **changes: str) -> Path:
        """A folder with a configuration of ten lines that listens to this world."""
        assert self.slack
        values = {"port": str(self.mail.port), **changes}
        return a_house(self.folder, self.site.url("/feed.xml"), f"{self.slack.url}/services/T/B/secret", **values)


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """Its feed offers a complaint and a praise."""
    with ExitStack() as stack:
        made = World(folder, stack.enter_context(Site()), stack.enter_context(mail_sink()))
        made.slack = stack.enter_context(far_side(made.say))
        made.offers(COMPLAINT, PRAISE)
        yield made


def change(daemon: Running, statement: str) -> None:
    """Let time pass for the daemon: a test does not wait for half a minute."""
    with closing(sqlite3.connect(daemon.folder / "listener.db", timeout=10)) as store, store:
        store.execute(statement)
