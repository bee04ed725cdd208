"""Who answers a praise is followed though they do not name us: a praise that is kept, or that came in the same poll."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from connectors.contract import Item
from listener.intake import Intake, Origin
from listener.model.plan import Arrival
from listener.store import Store
from listener.understanding.utterances import Coming, coming

Praises = Callable[[Coming, str], bool]


def unread(_: Coming, __: str) -> bool:
    """Nothing is known of a post before it is stored and judged."""
    return False


class Following:
    """Makes arrivals of items. `praises` tells whether a post that is not stored yet praises a brand.

    It is asked only about posts that somebody answers in the same poll without naming us.
    """

    def __init__(self, store: Store, intake: Intake, praises: Praises) -> None:
        self._store = store
        self._intake = intake
        self._praises = praises

    def arrivals(self, items: Sequence[Item], origin: Origin) -> list[Arrival]:
        """In the order of the items; the answer to a praise is about its brand."""
        kept = self._kept(items, origin)
        arrivals = list(self._intake.arrivals(items, replace(origin, followed=kept)))
        new = {
            item.external_id: arrival
            for item, arrival in zip(items, arrivals, strict=True)
            if arrival.words and not arrival.columns["own"] and item.external_id not in kept
        }
        answers = {
            place: posts
            for place, item in enumerate(items)
            if not arrivals[place].words and (posts := _answered(item) & new.keys())
        }
        if answers:
            followed = kept | self._praising({post: new[post] for posts in answers.values() for post in posts})
            again = self._intake.arrivals([items[place] for place in answers], replace(origin, followed=followed))
            for place, arrival in zip(answers, again, strict=True):
                arrivals[place] = arrival
        return arrivals

    def _kept(self, items: Sequence[Item], origin: Origin) -> dict[str, str]:
        """What these answer and is kept, with the brand that it praises ("": none)."""
        answered = set().union(*map(_answered, items))
        return self._store.circle.praised(origin.source, answered) if answered and not origin.everything else {}

    def _praising(self, posts: Mapping[str, Arrival]) -> dict[str, str]:
        """Those that praise, with the brand."""
        return {
            post: brand
            for post, arrival in posts.items()
            for brand in arrival.words
            if self._praises(coming(arrival.columns), brand)
        }


def _answered(item: Item) -> set[str]:
    return {post for post in (item.parent, item.thread) if post and post != item.external_id}
