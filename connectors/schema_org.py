"""Reviews and aggregate ratings out of schema.org nodes. Runs in the killable child: imports stay light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from connectors.stars import number, stars
from connectors.structured_data import Node, read_nodes

REVIEWS = frozenset(("review", "userreview", "criticreview", "employerreview"))
FIRMS = frozenset(("organization", "corporation", "localbusiness", "onlinebusiness", "brand", "store"))
# characters of one text; a longer one is an attack, not a review
LONGEST = 100_000
# reviews of one page; no shop shows so many, and more would hold up everybody else
MOST_REVIEWS = 10_000


class Review(NamedTuple):
    """One review as the page states it; empty strings for what it does not. `rating` is in stars, 0 to 5."""

    name: str
    address: str
    author: str
    author_address: str
    title: str
    text: str
    rating: float | None
    published: str
    product: str
    language: str
    reply: str
    followers: int | None


class Figure(NamedTuple):
    """One figure of an aggregate rating: `rating` in stars, `reviews` or `ratings` as counts."""

    name: str
    value: float
    about: str


class Page(NamedTuple):
    """What a page says: reviews in its own order, figures, malformed blocks, the next page, any schema.org at all."""

    reviews: list[Review]
    figures: list[Figure]
    malformed: int
    following: str | None
    structured: bool


def parse(data: bytes) -> tuple[object, ...]:
    """`read_page` in plain tuples, which is all that may come back from a child; `page_of` understands them."""
    page = read_page(data)
    return [tuple(each) for each in page.reviews], [tuple(each) for each in page.figures], *page[2:]


def page_of(plain: Any) -> Page:
    """What `parse` said. Raises TypeError or ValueError when it cannot have been `parse`."""
    reviews, figures, malformed, following, structured = plain
    found = [Review(*each) for each in reviews]
    return Page(found, [Figure(*each) for each in figures], malformed, following, structured)


def read_page(data: bytes) -> Page:
    """The reviews of an HTML page. `data` is its content type, a line feed, and the body.

    Microdata that repeats a review of the JSON-LD is left out. Raises nothing for what a page may hold.
    """
    content_type, _, body = data.partition(b"\n")
    nodes = read_nodes(body, content_type.decode("latin-1"))
    # JSON-LD first: it holds whole texts where microdata often has shortened ones
    written, marked_up = _Reading(nodes.written), _Reading(nodes.marked_up)
    reviews: dict[tuple[str, str, str], Review] = {}
    for review in [*written.reviews(), *marked_up.reviews()]:
        reviews.setdefault(_sameness(review), review)
    figures = {(figure.name, figure.about): figure for figure in [*marked_up.figures(), *written.figures()]}
    structured = bool(nodes.written or nodes.marked_up)
    return Page(
        list(reviews.values())[:MOST_REVIEWS], list(figures.values()), nodes.malformed, nodes.following, structured
    )


def _sameness(review: Review) -> tuple[str, str, str]:
    """One author who said the same on the same day said it once."""
    return review.author.casefold(), " ".join(f"{review.title} {review.text}".split()), review.published[:10]


class _Reading:
    """The nodes of one notation, with the product each belongs to and what `@id` references mean."""

    def __init__(self, tops: list[Node]) -> None:
        self.named: dict[str, Node] = {}
        self.products: dict[str, str] = {}
        self.nodes = list(self._walk(tops))

    def _walk(self, tops: list[Node]) -> Iterator[tuple[Node, str, str]]:
        """Each node in document order with the key it stands under and the product around it."""
        # a stack of our own: JSON may be nested deeper than Python's
        waiting: list[tuple[object, str, str]] = [(top, "", "") for top in reversed(tops)]
        while waiting:
            value, key, product = waiting.pop()
            if isinstance(value, list):
                waiting += [(part, key, product) for part in reversed(value)]
            elif isinstance(value, dict):
                self._remember(value, key, product)
                yield value, key, product
                # a review's own name is its title, not the product's
                inside = product if _is_review(value, key) else text_of(value.get("name")) or product
                waiting += [(part, name, inside) for name, part in reversed(value.items())]

    def _remember(self, node: Node, key: str, product: str) -> None:
        name = node.get("@id")
        if isinstance(name, str):
            # a reference is a node that holds its @id alone; the fuller one is meant
            self.named[name] = max(self.named.get(name, node), node, key=len)
            if product and key in ("review", "reviews"):
                self.products[name] = product

    def resolved(self, value: object) -> object:
        """The node meant by a reference, the first of a list, anything else as it is."""
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict) and isinstance(value.get("@id"), str):
            return self.named.get(value["@id"], value)
        return value

    def reviews(self) -> list[Review]:
        return [self._review(node, product) for node, key, product in self.nodes if _is_review(node, key)]

    def _review(self, node: Node, product: str) -> Review:
        author, reviewed = self.resolved(node.get("author")), self.resolved(node.get("itemReviewed"))
        name = text_of(node.get("@id"))
        return Review(
            name=name or text_of(node.get("identifier")),
            address=text_of(node.get("url")),
            author=_author(author),
            author_address=text_of(author.get("url") or author.get("sameAs")) if isinstance(author, dict) else "",
            title=text_of(node.get("name")) or text_of(node.get("headline")),
            text=next((text for key in ("reviewBody", "description", "text") if (text := text_of(node.get(key)))), ""),
            rating=_stars(self.resolved(node.get("reviewRating"))),
            published=text_of(node.get("datePublished")) or text_of(node.get("dateCreated")),
            product=text_of(reviewed) or product or self.products.get(name, ""),
            language=text_of(node.get("inLanguage"))[:35],
            reply=self._reply(node.get("comment")),
            followers=_followers(author),
        )

    def _reply(self, comments: object) -> str:
        """The firm's own comment on the review: the one whose author is no person."""
        for comment in comments if isinstance(comments, list) else [comments]:
            if not isinstance(comment, dict):
                continue
            author = self.resolved(comment.get("author"))
            if isinstance(author, dict) and FIRMS & types_of(author):
                return text_of(comment.get("text")) or text_of(comment.get("description"))
        return ""

    def figures(self) -> Iterator[Figure]:
        for node, key, product in self.nodes:
            if key != "aggregateRating" and "aggregaterating" not in types_of(node):
                continue
            about = text_of(self.resolved(node.get("itemReviewed"))) or product
            counts = (("reviews", node.get("reviewCount")), ("ratings", node.get("ratingCount")))
            found = [("rating", _stars(node)), *((name, number(text_of(count))) for name, count in counts)]
            yield from (Figure(name, value, about) for name, value in found if value is not None and value >= 0)


def types_of(node: Node) -> set[str]:
    """The schema.org types of a node, lower-case and without their address."""
    said = node.get("@type")
    return {
        name.replace(":", "/").rstrip("/").rpartition("/")[2].lower()
        for name in (said if isinstance(said, list) else [said])
        if isinstance(name, str)
    }


def text_of(value: object) -> str:
    """The first text in a string, number, list, `{"@value": …}` or named thing; always valid Unicode."""
    if isinstance(value, list):
        return next((text for part in value[:100] if not isinstance(part, list) and (text := text_of(part))), "")
    if isinstance(value, dict):
        return next((text for key in ("@value", "name", "value") if (text := _plain(value.get(key)))), "")
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        text = str(value)[:LONGEST]
    except ValueError:
        # an int of more than 4,300 digits
        return ""
    # JSON can escape half a surrogate pair, which no database takes
    return text.encode("utf-8", "replace").decode().replace("\0", "").strip()


def _is_review(node: Node, key: str) -> bool:
    said = any(name in node for name in ("reviewBody", "description", "reviewRating"))
    typed = types_of(node)
    return said and bool(typed & REVIEWS or (key in ("review", "reviews") and not typed))


def _author(author: object) -> str:
    if isinstance(author, dict):
        whole = " ".join(filter(None, (text_of(author.get("givenName")), text_of(author.get("familyName")))))
        return (text_of(author.get("name")) or whole or text_of(author.get("alternateName")))[:200]
    return text_of(author)[:200]


def _followers(author: object) -> int | None:
    """How many follow the author: the count of the counter whose interaction is schema.org's FollowAction."""
    counters = author.get("interactionStatistic") if isinstance(author, dict) else None
    for counter in counters if isinstance(counters, list) else [counters]:
        if isinstance(counter, dict) and "followaction" in _interaction(counter.get("interactionType")):
            count = number(text_of(counter.get("userInteractionCount")))
            return int(count) if count is not None and count >= 0 else None
    return None


def _interaction(kind: object) -> set[str]:
    """Named by its type or address, alone or as a node."""
    if isinstance(kind, dict):
        return types_of(kind) | types_of({"@type": kind.get("@id")})
    return types_of({"@type": kind})


def _stars(rating: object) -> float | None:
    if not isinstance(rating, dict):
        return stars(text_of(rating))
    return stars(*(text_of(rating.get(key)) for key in ("ratingValue", "bestRating", "worstRating")))
