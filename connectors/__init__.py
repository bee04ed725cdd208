"""Where mentions come from: one file for each protocol, and the one list of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.kinds import kind_of

if TYPE_CHECKING:
    from connectors.contract import Connector

KINDS = {
    "feed": "connectors.feed:Feed",
    "reviews_page": "connectors.reviews_page:ReviewsPage",
    "json_api": "connectors.json_api:JsonApi",
    "reddit": "connectors.reddit:Reddit",
    "mastodon": "connectors.mastodon:Mastodon",
    "webhook": "connectors.webhook:Webhook",
    "file": "connectors.file:File",
}


def kind(name: str) -> type[Connector]:
    """The class of a kind, imported when first used. Third parties write `package.module:Class`.

    Raises LookupError when there is no such kind or it cannot be imported.
    """
    # imported here: the parser child imports this package and has no use for pydantic
    from connectors.contract import Connector

    return kind_of(name, KINDS, Connector)
