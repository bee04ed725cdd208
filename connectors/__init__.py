"""Where mentions come from: one file for each protocol, and the one list of kinds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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

    where = KINDS.get(name, name)
    module, colon, attribute = where.partition(":")
    if not (module and colon and attribute):
        raise LookupError(f"unknown kind {name!r}; there are {', '.join(sorted(KINDS))}")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, TypeError, ValueError, SyntaxError) as error:
        raise LookupError(f"kind {name!r} cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Connector)):
        raise LookupError(f"kind {name!r} is not a connectors.contract.Connector")
    return found
