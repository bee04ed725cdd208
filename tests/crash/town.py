"""A town that talks without end, and the far sides that count what the daemon brings them."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from tests.actions.far_sides import Answer, Heard, far_side
from tests.actions.mail_sink import MailSink, mail_sink
from tests.connectors.feed_pages import an_entry, an_rss
from tests.running import a_book, a_house

SAYINGS = (
    "Acme Flow is broken, terrible, I am angry (no{})",
    "I love Acme Flow, it is wonderful (no{})",
    "Acme Flow has a window with a button (no{})",
    "Somebody else entirely, nothing of interest (no{})",
)
GRUMBLERS = 60
A_VISIT_BRINGS = 8
SLOWEST = 0.03
FORUMS = ("forum", "board")
POST = re.compile(rb"http://(forum|board)\.example/(\d+)")


@dataclass
class Forum:
    """A feed that has grown by some posts whenever somebody looks, and where an old post was edited."""

    name: str
    posts: dict[int, str] = field(default_factory=dict)
    edited: set[int] = field(default_factory=set)
    grows: bool = True
    seen: int = 0

    def page(self) -> str:
        self.seen += 1
        if self.grows:
            self._grow()
        entries = [self._entry(number, text) for number, text in sorted(self.posts.items(), reverse=True)]
        return an_rss(*entries)

    def _grow(self) -> None:
        first = len(self.posts)
        for number in range(first, first + A_VISIT_BRINGS):
            self.posts[number] = SAYINGS[number % len(SAYINGS)].format(number)
        if first and self.seen % 3 == 0:
            changed = random.randrange(first)
            self.edited.add(changed)
            self.posts[changed] += " edited"

    def _entry(self, number: int, text: str) -> str:
        author = f"grumbler-{number % GRUMBLERS}" if number % len(SAYINGS) == 0 else f"person-{number}"
        more = {"pubDate": format_datetime(datetime.now(UTC)), "dc:creator": author}
        return an_entry("", f"{self.name}-{number}", f"http://{self.name}.example/{number}", description=text, **more)

    def saying(self, kind: int) -> set[str]:
        """The external ids of all posts of one of the SAYINGS."""
        return {f"{self.name}-{number}" for number in self.posts if number % len(SAYINGS) == kind}


@dataclass
class Town:
    """Everything outside. What each far side took is counted by what names it there."""

    folder: Path
    mail: MailSink
    forums: tuple[Forum, ...] = field(default_factory=lambda: tuple(Forum(name) for name in FORUMS))
    slack: Counter[str] = field(default_factory=Counter)
    hook: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, heard: Heard) -> Answer:
        """A feed, or what a channel brought; some answers take their time, so that kills come before them."""
        name = heard.path.strip("/").partition("/")[0]
        with self.lock:
            for forum in self.forums:
                if forum.name == name:
                    return Answer(200, forum.page())
            self._count(name, heard)
        time.sleep(random.uniform(0, SLOWEST))
        return Answer()

    def _count(self, name: str, heard: Heard) -> None:
        if name == "slack":
            self.slack[post_in(heard.body)] += 1
        else:
            keys = [value for header, value in heard.headers.items() if header.lower() == "idempotency-key"]
            self.hook[keys[0]] += 1

    @property
    def letters(self) -> Counter[str]:
        """Mails by their Message-ID."""
        return Counter(str(letter["Message-ID"]) for letter in self.mail.mails)

    @property
    def visits(self) -> int:
        """How often somebody looked at a forum."""
        return sum(forum.seen for forum in self.forums)

    def falls_silent(self) -> None:
        with self.lock:
            for forum in self.forums:
                forum.grows = False

    def offered(self) -> set[str]:
        """The external ids of every post that names the brand."""
        return set().union(*(forum.saying(kind) for forum in self.forums for kind in (0, 1, 2)))

    def complaints(self) -> set[str]:
        return set().union(*(forum.saying(0) for forum in self.forums))


def kind_of(post: str) -> int:
    """Which of the SAYINGS a post is, from its external id. Posts of one kind may repeat each other."""
    return int(post.rpartition("-")[2]) % len(SAYINGS)


def post_in(body: bytes) -> str:
    """The post that a message is about."""
    found = POST.search(body)
    return f"{found[1].decode()}-{found[2].decode()}" if found else body.decode()


@contextmanager
def a_town(folder: Path) -> Iterator[Town]:
    """The town, and a folder with a configuration that listens to it."""
    with ExitStack() as stack:
        town = Town(folder, stack.enter_context(mail_sink()))
        far = stack.enter_context(far_side(town.answer))
        board = f'  {{name = "board", kind = "feed", url = "{far.url}/board", every = "1s"}}'
        hook = f'  {{name = "hook", kind = "webhook", url = "{far.url}/hook"}},\n'
        a_house(folder, f"{far.url}/forum", f"{far.url}/slack/T/B/secret", str(town.mail.port), ops="hook", more=hook)
        config = folder / "config.toml"
        config.write_text(config.read_text().replace('every = "1s"}]', f'every = "1s"}},\n{board}]'))
        (folder / "rules.d" / "book.yaml").write_text(a_book("care", "care-mail", "hook"))
        yield town
