"""The line to Reddit: praw signs us in and asks, the door carries it. Imported when used: praw takes 0.15 s, 25 MB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import praw
from praw.exceptions import PRAWException
from prawcore.exceptions import PrawcoreException

from connectors.contract import Door, Response, TryLater
from connectors.door_session import plainly, session
from connectors.json_api_site import read_json
from connectors.reddit_things import Thing, listed

TOKEN = "/api/v1/access_token"
SITE, API = "https://www.reddit.com", "https://oauth.reddit.com"
AT_ONCE = 100  # names in one `info` request, posts on one page
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks. Without `username` and `password` only what is public is read. `base` stands in for Reddit."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    base: str = ""


class Line:
    """One signed-in client, for one thread and one poll. Its methods raise TryLater and GiveUp, `get` NotModified."""

    def __init__(self, account: Account, door: Door) -> None:
        base = account.base.rstrip("/")
        # everything is said, for praw would take what is not from praw.ini or the environment
        self._reddit = praw.Reddit(
            "DEFAULT",
            requestor_kwargs={"session": session(door, _read)},
            client_id=account.client_id,
            client_secret=account.client_secret or None,
            username=account.username or None,
            password=account.password or None,
            refresh_token=None,
            redirect_uri=None,
            user_agent="listening-post",
            reddit_url=base or SITE,
            # joined with relative paths: without the slash the last part of a proxy's path would be lost
            oauth_url=f"{base or API}/",
            ratelimit_seconds=0,
            check_for_updates=False,
            check_for_async=False,
        )

    def get(self, path: str, **params: str | int) -> Any:
        """The JSON at this path."""
        with plainly(PrawcoreException, PRAWException):
            return self._reddit.request(method="GET", path=path, params=params)

    def post(self, path: str, **data: str) -> Any:
        """The JSON that answers a form."""
        with plainly(PrawcoreException, PRAWException):
            return self._reddit.request(method="POST", path=path, data=data)

    def info(self, names: Iterable[str]) -> list[Thing]:
        """What Reddit has under these full names, those deleted among them."""
        wanted = list(dict.fromkeys(names))
        parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
        return [thing for part in parts for thing in listed(self.get("api/info/", id=",".join(part))).things]


def _read(answer: Response) -> Any:
    """The answer's JSON; a token in the shape that prawcore takes for granted. Raises TryLater."""
    told = read_json(answer)
    if not urlsplit(answer.url).path.endswith(TOKEN):
        return told
    if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
        why = told.get("error") if isinstance(told, dict) else None
        raise TryLater(f"Reddit gives no access ({why or 'no token'}): check client_id, client_secret and the login")
    lasts, scope = told.get("expires_in"), told.get("scope")
    return {
        "access_token": told["access_token"],
        "expires_in": lasts if isinstance(lasts, int) else HOUR,
        "scope": scope if isinstance(scope, str) else "*",
    }
