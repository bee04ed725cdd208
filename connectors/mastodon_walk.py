"""What a Mastodon server has since the last poll, as items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.contract import NOBODY, Author, Item, TryLater
from connectors.dates import read_time
from connectors.json_api_items import LONGEST, SHORT, valid
from connectors.stars import number

if TYPE_CHECKING:
    from connectors.mastodon_line import Status

PAGES, FIRST_PAGES = 25, 5
# statuses of other servers arrive late and are filed under the time when they were written
OVERLAP = timedelta(hours=1)
PER_MILLISECOND = 1 << 16  # a status id counts milliseconds, and within each up to this

Page = Callable[..., "list[Status]"]


@dataclass(frozen=True, slots=True)
class Walked:
    """The statuses of a walk, and the id from which the next one goes on."""

    statuses: list[Status]
    mark: str


def forward(page: Page, mark: str, overlap: timedelta = timedelta(0)) -> Walked:
    """From the mark on, oldest pages first: what does not fit into one poll is left to the next, not lost."""
    if not mark:
        return _back(page)
    found: dict[str, Status] = {}
    place = _earlier(mark, overlap)
    for _ in range(PAGES):
        new = {str(each["id"]): each for each in page(min_id=place) if str(each["id"]) not in found}
        if not new:
            break
        found |= new
        # a page may be shorter than it could be: filters work after the count, so only an empty one is the end
        place = max(new, key=_order)
    return Walked(list(found.values()), max([mark, *found], key=_order))


def _back(page: Page) -> Walked:
    """A first walk: from the newest some pages back."""
    found: dict[str, Status] = {}
    place: dict[str, str] = {}
    for _ in range(FIRST_PAGES):
        new = {str(each["id"]): each for each in page(**place) if str(each["id"]) not in found}
        if not new:
            break
        found |= new
        place = {"max_id": min(new, key=_order)}
    return Walked(list(found.values()), max(found, key=_order, default=""))


def searched(page: Page, mark: str) -> tuple[Walked, bool]:
    """The results above the mark, and whether there were more than can be had."""
    found: dict[str, Status] = {}
    above = {"min_id": _earlier(mark, OVERLAP)} if mark else {}
    for _ in range(FIRST_PAGES):
        # a search has no pages by id: `min_id` filters, but the newest still come first
        place = {"offset": len(found)} if found else {}
        new = {str(each["id"]): each for each in page(**above, **place) if str(each["id"]) not in found}
        found |= new
        if not new:
            return Walked(list(found.values()), max([mark, *found], key=_order)), False
    return Walked(list(found.values()), max([mark, *found], key=_order)), bool(mark)


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def _earlier(mark: str, by: timedelta) -> str:
    """The id that much earlier; other software than Mastodon has ids that do not count time."""
    back = int(by.total_seconds() * 1000) * PER_MILLISECOND
    return str(int(mark) - back) if mark.isascii() and mark.isdigit() and int(mark[:40]) > back else mark


def item(status: Status, home: str, now: datetime) -> Item:
    """A status as an item. `home` is our server's name, for its accounts are named without it."""
    account, posted = _table(status, "account"), read_time(status.get("created_at"))
    parent = _text(status, "in_reply_to_id") or None
    return Item(
        external_id=str(status["id"]),
        text=_text(status, "content", LONGEST),
        title=_text(status, "spoiler_text"),
        url=_web(status, "url") or _web(status, "uri"),
        html=True,
        author=_author(account, home),
        language=_text(status, "language") or None,
        posted_at=min(posted, now) if posted else None,
        thread=parent or str(status["id"]),
        parent=parent,
        parent_author=_answered(status, home),
        attributes={"visibility": _text(status, "visibility")} if status.get("visibility") else {},
    )


def said_in(notification: Status) -> Status:
    """The status that a notification is about. Raises TryLater when it has none."""
    status = _table(notification, "status")
    if not status.get("id"):
        raise TryLater("a notification of a mention came without its status: its shape changed")
    return status


def handle(account: Mapping[str, Any], home: str) -> str:
    """`name@server`, also for accounts of our own server; "" when there is no name."""
    name = _text(account, "acct").strip()
    return name if "@" in name or not name else f"{name}@{home}"


def _author(account: Mapping[str, Any], home: str) -> Author:
    name, followers = handle(account, home), number(account.get("followers_count"))
    if not name:
        return NOBODY
    # a server that hides the count says -1
    count = int(followers) if followers is not None and followers >= 0 else None
    return Author(name, _text(account, "display_name") or name, _web(account, "url"), count)


def _answered(status: Status, home: str) -> str | None:
    """Whom it answers: a server tells the id only, and the name among those mentioned."""
    wanted, mentions = _text(status, "in_reply_to_account_id"), status.get("mentions")
    named = [each for each in mentions if isinstance(each, Mapping)] if isinstance(mentions, list) else []
    found = [handle(each, home) for each in named if wanted and _text(each, "id") == wanted]
    return found[0] or None if found else None


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(value: Mapping[str, Any], key: str, longest: int = SHORT) -> str:
    found = value.get(key)
    return valid(str(found), longest) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _web(value: Mapping[str, Any], key: str) -> str | None:
    found = _text(value, key)
    return found if found.startswith(("https://", "http://")) else None
