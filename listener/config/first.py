"""The first config.toml of a newcomer, made of what `listener init` was told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import connectors
from listener.config.quantities import email, one_line
from listener.config.secrets import CURE, is_reference

FIRST = """\
# Every key is shown in config.example.toml; relative paths count from this file.
timezone = "UTC"

[store]
url = "sqlite:///listener.db"

[ops]
channel = "care"                # approvals, health, digests, rule-file errors

[contact]
{letters}quiet_hours = "21:00-08:00"     # letters to customers wait for their morning

[[brand]]
name = {brand}
match = [{brand}]               # whole words in any case; add handles and domains: "@acmeflow", "acmeflow.example"
"""

NO_SOURCE = """
# [[source]]                    # take the # away and put the address of a feed here
# name = "news"
# kind = "feed"
# url = "https://acmeflow.example/feed.xml"
"""

SOURCE = """
[[source]]
name = {name}
kind = {kind}
url = {url}
"""

REDDIT = """
[[source]]
name = "reddit"
kind = "reddit"
client_id = "env:REDDIT_ID"     # of an app that Reddit approved; without these two lines its public feeds are read
client_secret = "env:REDDIT_SECRET"
subreddits = [{subreddits}]
"""

LOG = """
[[channel]]
name = "care"                   # the starter rules alert this channel
kind = "log"                    # slack | email | webhook | apprise | log
"""

SLACK = """
[[channel]]
name = "care"                   # the starter rules alert this channel
kind = "slack"
webhook_url = {slack}
fallback = "{fallback}"
"""

EMAIL = """
[[channel]]
name = "{name}"
kind = "email"
host = "localhost"              # your mail server; with a login add username and password as "env:NAME"
port = 25
security = "none"               # starttls | tls | none
from = {email}
to = [{email}]
fallback = "log"
"""


class WrongAnswer(Exception):
    """What was answered to `init` cannot be written. The message names the option and the cure."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `listener init` was told. `slack` is a reference such as `env:SLACK_WEBHOOK`."""

    brand: str = "Acme Flow"
    feeds: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    subreddits: tuple[str, ...] = ()
    email: str | None = None
    slack: str | None = None

    def variables(self) -> tuple[str, ...]:
        """The environment variables that the written configuration counts on."""
        reddit = ("REDDIT_ID", "REDDIT_SECRET") if self.subreddits and "reddit" in connectors.KINDS else ()
        return (*reddit, self.slack[4:]) if self.slack and self.slack.startswith("env:") else reddit


def configuration(answers: Answers) -> str:
    """The text of a config.toml that runs as it is. Raises WrongAnswer."""
    _check(answers)
    first = FIRST.format(brand=_quoted(answers.brand), letters=_letters(answers))
    return "".join([first, *_sources(answers), *_channels(answers)])


def _letters(answers: Answers) -> str:
    """Where a mail channel is written, customers are written to by it."""
    name = "care-mail" if answers.slack else "care"
    return f'channel = "{name}"\n' if answers.email else ""


def _sources(answers: Answers) -> Iterator[str]:
    taken: set[str] = set()
    for kind, urls in (("feed", answers.feeds), ("reviews_page", answers.reviews)):
        for url in urls:
            # the site's name says more in lists than "feed-2"
            name = _free((urlsplit(url).hostname or kind).removeprefix("www.").replace(".", "-"), taken)
            taken.add(name)
            yield SOURCE.format(name=_quoted(name), kind=_quoted(kind), url=_quoted(url))
    if answers.subreddits:
        written = REDDIT.format(subreddits=", ".join(map(_quoted, answers.subreddits)))
        # a section of a kind that this version does not have would stop everything else
        yield written if "reddit" in connectors.KINDS else re.sub(r"(?m)^(?=.)", "# ", written)
    elif not taken:
        yield NO_SOURCE


def _free(name: str, taken: set[str]) -> str:
    name = re.sub(r"[^\w.-]", "-", name)
    return next(free for free in (name, *(f"{name}-{count}" for count in range(2, 1000))) if free not in taken)


def _channels(answers: Answers) -> Iterator[str]:
    address = _quoted(answers.email or "")
    if answers.slack:
        yield SLACK.format(slack=_quoted(answers.slack), fallback="care-mail" if answers.email else "log")
    if answers.email:
        yield EMAIL.format(name="care-mail" if answers.slack else "care", email=address)
    if not (answers.slack or answers.email):
        yield LOG


def _check(answers: Answers) -> None:
    _accepted("--brand", answers.brand, one_line)
    if answers.email is not None:
        _accepted("--email", answers.email, email)
    for option, urls in (("--feed", answers.feeds), ("--review", answers.reviews)):
        for url in urls:
            if not re.fullmatch(r"https?://[\w\[][^\s\"'<>\\]*", url):
                raise WrongAnswer(f"{option} {url!r} is no address — write it with https:// in front")
    for subreddit in answers.subreddits:
        if not re.fullmatch(r"[A-Za-z0-9_]{2,24}", subreddit):
            raise WrongAnswer(f"--subreddit {subreddit!r} is no name — write it without r/ and slashes")
    if answers.slack is not None and not is_reference(answers.slack):
        raise WrongAnswer(f"--slack must name a secret, not hold it — {CURE}")


def _accepted(option: str, written: str, check: Callable[[str], str]) -> None:
    try:
        check(written)
    except ValueError as error:
        raise WrongAnswer(f"{option} {written!r} {error}") from None


def _quoted(text: str) -> str:
    """As a TOML string: JSON's are a subset of them, once control characters are refused."""
    return json.dumps(text, ensure_ascii=False)
