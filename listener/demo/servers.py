"""The whole demo world on loopback: four places where people talk, two where alerts arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from listener.demo.feeds import Forum, News
from listener.demo.reddit import RedditApi
from listener.demo.reviews import ReviewSite
from listener.demo.sinks import WEBHOOK, Mail, MailSink, SlackSink, free_port
from listener.demo.site import LOOPBACK, Answer, Request, Site, page
from listener.demo.week import Week


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is: full addresses, `reddit` as the base of its API, `desk` as host:port for the daemon."""

    forum: str
    news: str
    reviews: str
    reddit: str
    slack: str
    smtp_host: str
    smtp_port: int
    desk: str


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived so far, oldest first: Slack payloads as posted, and mails."""

    slack: tuple[Mapping[str, Any], ...]
    mails: tuple[Mail, ...]


class World:
    """The bundled world around `now` (aware). Call `start` and `stop` once each."""

    def __init__(self, now: datetime) -> None:
        week = Week(now)
        self._week = week
        self._slack, self._mail = SlackSink(), MailSink()
        self._forum = Site(Forum(week).answer)
        self._news = Site(News(week, self._forum.url).answer)
        self._reviews = Site(ReviewSite(week).answer)
        self._reddit = Site(RedditApi(week).answer)
        self._hooks = Site(self._slack.answer)
        self._brand = Site(self._customers)

    def start(self) -> Addresses:
        """Open all doors; the sites show round 1."""
        for site in self._sites():
            site.start()
        self._mail.start()
        return Addresses(
            forum=f"{self._forum.url}/feed.xml",
            news=f"{self._news.url}/atom.xml",
            reviews=f"{self._reviews.url}/reviews",
            reddit=self._reddit.url,
            slack=self._hooks.url + WEBHOOK,
            smtp_host=LOOPBACK,
            smtp_port=self._mail.port,
            desk=f"{LOOPBACK}:{free_port()}",
        )

    @property
    def customers_page(self) -> str:
        """The brand's own page of customers who speak for it."""
        return f"{self._brand.url}/customers"

    def _customers(self, _: Request) -> Answer:
        """One of them is named in round 1; then marketing takes the name off."""
        return page("Our customers", "<p>“A fine kettle.” Rob Ackroyd</p>" if self._week.round == 1 else "<p>Soon.</p>")

    def next_round(self) -> None:
        """Time goes on: new posts appear, some are edited, a few are deleted."""
        self._week.round += 1

    @property
    def received(self) -> Received:
        """What the webhook and the mail server got until now."""
        return Received(tuple(self._slack.messages), tuple(self._mail.mails))

    def stop(self) -> None:
        """Close everything; what was received can still be read."""
        self._mail.stop()
        for site in self._sites():
            site.stop()

    def _sites(self) -> tuple[Site, ...]:
        return self._forum, self._news, self._reviews, self._reddit, self._hooks, self._brand
