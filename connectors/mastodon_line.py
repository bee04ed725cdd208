"""The line to a Mastodon server: Mastodon.py asks, the door carries it. Imported when used: 0.1 s, 13 MB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mastodon import Mastodon
from mastodon.errors import MastodonError

from connectors.contract import Door, TryLater
from connectors.door_session import plainly, session

PAGE = 40
AT_ONCE = 20  # statuses in one request

Status = Mapping[str, Any]


class Line:
    """One client for one thread and one poll. Its methods raise TryLater, GiveUp and NotModified."""

    def __init__(self, instance: str, token: str, door: Door) -> None:
        self._client = Mastodon(
            access_token=token or None,
            api_base_url=instance,
            session=session(door),
            # asked for nothing: neither waiting nor a look at the server's version
            ratelimit_method="throw",
            # with "none" it would take the server for version 1.0 and refuse half of its own methods
            version_check_mode="created",
            mastodon_version="4.3.0",
        )

    def hashtag(self, tag: str, **place: Any) -> list[Status]:
        """One page of the public statuses with this tag, newest first."""
        return _statuses(self._ask(self._client.timeline_hashtag, tag, limit=PAGE, **place))

    def mentions(self, **place: Any) -> list[Status]:
        """One page of our account's notifications of mentions, each with its `status`."""
        return _statuses(self._ask(self._client.notifications, types=["mention"], limit=PAGE, **place))

    def search(self, wanted: str, **place: Any) -> list[Status]:
        """One page of the statuses that hold these words, where the server searches them."""
        found = self._ask(self._client.search_v2, wanted, resolve=False, result_type="statuses", limit=PAGE, **place)
        if not isinstance(found, Mapping):
            raise TryLater("the server answered without search results: an error, or its shape changed")
        return _statuses(found.get("statuses"))

    def statuses(self, ids: Iterable[str]) -> list[Status]:
        """Those of these statuses that still stand. A server before 4.3 cannot say and answers 404."""
        wanted = list(ids)
        parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
        return [status for part in parts for status in _statuses(self._ask(self._client.statuses, part))]

    def account(self) -> str:
        """The id of our own account."""
        return str(self._ask(self._client.account_verify_credentials).get("id"))

    def answers(self, status: str) -> list[Status]:
        """What was said in the conversation after this status."""
        return _statuses(self._ask(self._client.status_context, status).get("descendants"))

    def post(self, text: str, parent: str, visibility: str, key: str) -> Status:
        """Answer a status. The server keeps one for each key."""
        said = self._ask(
            self._client.status_post, text, in_reply_to_id=parent, visibility=visibility, idempotency_key=key
        )
        return said if isinstance(said, Mapping) else {}

    def _ask(self, question: Callable[..., Any], *what: Any, **more: Any) -> Any:
        # a body that nests deeper than Python calls is no error of the library's
        with plainly(MastodonError, RecursionError):
            return question(*what, **more)


def _statuses(answer: Any) -> list[Status]:
    if not isinstance(answer, list):
        raise TryLater("the server answered without a list of statuses: an error, or its shape changed")
    return [each for each in answer if isinstance(each, Mapping) and each.get("id")]
