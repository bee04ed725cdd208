"""The review site: HTML pages that carry schema.org reviews as JSON-LD, newest first, twenty a page."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from listener.demo.site import GONE, NOT_FOUND, Answer, Request, page
from listener.demo.week import Shown, Week

# four pages: enough for a reader that stops after the first to be caught
PER_PAGE = 20
ROBOTS = b"User-agent: *\nDisallow: /account\nAllow: /\n"
BRAND = "Bright Kettle"


class ReviewSite:
    """Counter Talk: `/reviews?page=N` lists the brand's reviews, `/reviews/ID` shows one."""

    def __init__(self, week: Week) -> None:
        self.week = week

    def answer(self, request: Request) -> Answer:
        """A page of reviews, one review, or the rules for robots."""
        if request.path == "/robots.txt":
            return Answer(ROBOTS, "text/plain")
        if request.path == "/reviews":
            return self._list(request.query.get("page", "1"), request.site)
        return self._one(self.week.find("reviews", request.path.removeprefix("/reviews/")), request.site)

    def _list(self, number: str, site: str) -> Answer:
        up = self.week.on("reviews")
        # isdecimal, because "²".isdigit() is true and int("²") is not a number
        start = (int(number) - 1) * PER_PAGE if number.isdecimal() else -1
        if not 0 <= start < len(up):
            return NOT_FOUND
        some = up[start : start + PER_PAGE]
        more = start + PER_PAGE < len(up)
        following = f'<a rel="next" href="/reviews?page={int(number) + 1}">Older reviews</a>' if more else ""
        body = _script(_organization(up, some, site)) + "".join(map(_article, some)) + following
        return page(f"{BRAND}: what owners say, page {number}", body)

    def _one(self, shown: Shown | None, site: str) -> Answer:
        if shown is None:
            return NOT_FOUND
        if shown.gone:
            return GONE
        review = {"@context": "https://schema.org", **_review(shown, site)}
        return page(shown.post.title, _script(review) + _article(shown))


def _organization(up: list[Shown], some: list[Shown], site: str) -> dict[str, Any]:
    stars = [shown.stars or 0 for shown in up]
    rating = {"ratingValue": f"{sum(stars) / len(stars):.1f}", "reviewCount": len(stars), "bestRating": 5}
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": BRAND,
        "aggregateRating": {"@type": "AggregateRating", **rating},
        "review": [_review(shown, site) for shown in some],
    }


def _review(shown: Shown, site: str) -> dict[str, Any]:
    post = shown.post
    url = f"{site}/reviews/{post.id}"
    found: dict[str, Any] = {
        "@type": "Review",
        "@id": url,
        "url": url,
        "name": post.title,
        "reviewBody": shown.text,
        "inLanguage": post.language,
        "datePublished": shown.posted.isoformat(),
        "author": _person(shown, site),
        "reviewRating": {"@type": "Rating", "ratingValue": shown.stars, "bestRating": 5, "worstRating": 1},
        "itemReviewed": {"@type": "Product", "name": f"{BRAND} {post.product.removeprefix('Kettle ')}"},
    }
    if shown.edited:
        found["dateModified"] = shown.edited.isoformat()
    if post.reply:
        answerer = {"@type": "Organization", "name": BRAND}
        found["comment"] = {"@type": "Comment", "author": answerer, "text": post.reply}
    return found


def _person(shown: Shown, site: str) -> dict[str, Any]:
    post = shown.post
    # a placeholder, not a handle: it must never be matched to a customer
    if post.by == "anonymous":
        return {"@type": "Person", "name": "Anonymous"}
    found: dict[str, Any] = {"@type": "Person", "name": post.by, "url": f"{site}/people/{post.by}"}
    # review sites do not count followers; this one does, so that a journalist can be told from others
    if post.followers:
        action = {"@type": "InteractionCounter", "interactionType": "https://schema.org/FollowAction"}
        found["interactionStatistic"] = action | {"userInteractionCount": post.followers}
    return found


def _script(data: dict[str, Any]) -> str:
    # a review that says "</script>" must not end the block
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _article(shown: Shown) -> str:
    heading = f"{'★' * (shown.stars or 0)} {shown.post.title}, {shown.post.by}"
    return f"<article><h2>{escape(heading)}</h2><p>{escape(shown.text)}</p></article>"
