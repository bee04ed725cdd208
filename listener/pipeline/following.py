"""Posts that do not name us and are ours all the same: answers to a praise, and what an edit took our name out of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
        self._add_edited(arrivals, items, origin)
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
            self._put(arrivals, items, replace(origin, followed=followed), answers)
        return arrivals

    def _add_edited(self, arrivals: list[Arrival], items: Sequence[Item], origin: Origin) -> None:
        """What is kept and names us no more: its new words take the place of the old ones."""
        silent = {arrival.external_id: place for place, arrival in enumerate(arrivals) if not arrival.words}
        if silent and (kept := self._store.arrivals.brands_of(origin.source, silent)):
            self._put(arrivals, items, replace(origin, kept=kept), [silent[one] for one in kept])

    def _put(self, arrivals: list[Arrival], items: Sequence[Item], origin: Origin, places: Collection[int]) -> None:
        again = self._intake.arrivals([items[place] for place in places], origin)
        for place, arrival in zip(places, again, strict=True):
            arrivals[place] = arrival

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
