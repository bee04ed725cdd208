"""Names for reviews that last: the same review has the same name in every poll, also after it was edited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urldefrag, urljoin, urlsplit

from connectors.schema_org import Review

# names that many people share because nobody has them
PLACEHOLDERS = frozenset(
    ("", "anonymous", "anonym", "guest", "user", "customer", "a customer", "verified buyer", "verified customer")
)

_ORDINAL = re.compile(r"(.*?)(\d{1,4})")


def names(reviews: Sequence[Review], page: str) -> list[str]:
    """A name for each review of one poll: what the site calls it, else who said it, when and about what.

    The site's `@id`, `identifier` or address counts when it names one review only and is neither a blank node,
    the page itself, nor a mere position (`#review-1`, `#review-2`, … in page order, which shift with every new one).
    Author, date and product stand in for it, so that an edited text stays the same review. Where the author or
    the date is missing, or two reviews share all three, the text belongs to the name too: then an edited one
    counts as new, which is the lesser evil beside two people being taken for one.
    """
    # blank nodes are renumbered with every rendering of the page
    declared = _declared(reviews, page)
    weak = [_who(review) for review in reviews]
    shared = Counter(weak)
    return [
        own or _hash(*who, *((review.text or review.title,) if shared[who] > 1 or _faceless(review) else ()))
        for own, who, review in zip(declared, weak, reviews, strict=True)
    ]


def _declared(reviews: Sequence[Review], page: str) -> list[str]:
    by_name = _unique([_absolute(review.name, page) for review in reviews], page)
    by_address = _unique([_absolute(review.address, page) for review in reviews], page)
    return [name or address for name, address in zip(by_name, by_address, strict=True)]


def _absolute(name: str, page: str) -> str:
    """The address meant. A fragment of the page stays a fragment: a review moves from its first page to later ones."""
    if not name or name.startswith("_:") or not re.match(r"https?:|[/#?.]", name):
        return "" if name.startswith("_:") else name
    try:
        found, here = urlsplit(urljoin(page, name)), urlsplit(page)
    except ValueError:
        return ""
    # ?page=2 is dropped with this
    same = (found.netloc, found.path) == (here.netloc, here.path)
    return f"#{found.fragment}" if same and found.fragment else found.geturl()


def _unique(found: list[str], page: str) -> list[str]:
    """The names that tell reviews apart; the others are empty."""
    often = Counter(found)
    # no name at all is better than one that moves on to the next review
    if _positions([name for name in found if name]):
        return [""] * len(found)
    return [name if often[name] == 1 and name.rstrip("/#") != page.rstrip("/#") else "" for name in found]


def _positions(found: list[str]) -> bool:
    """Whether fragments are counted from 0 or 1 in the order of the page."""
    counted = [_ORDINAL.fullmatch(urldefrag(name).fragment) for name in found]
    numbers = [int(match.group(2)) for match in counted if match]
    return (
        bool(numbers)
        and len(numbers) == len(found)
        and numbers[0] in (0, 1)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _who(review: Review) -> tuple[str, str, str]:
    return " ".join(review.author.casefold().split()), review.published, review.product.casefold()


def _faceless(review: Review) -> bool:
    return not review.published or " ".join(review.author.casefold().split()) in PLACEHOLDERS


def _hash(*parts: str) -> str:
    return "said:" + sha256("\x1f".join(parts).encode()).hexdigest()[:32]
