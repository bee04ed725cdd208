"""Builders of review pages as shops write them."""

from __future__ import annotations

import json
from typing import Any


def a_review(**said: Any) -> dict[str, Any]:
    """A complete JSON-LD review; what is given replaces or, as None, removes a property."""
    whole = {
        "@type": "Review",
        "author": {"@type": "Person", "name": "Ada"},
        "datePublished": "2026-11-20",
        "reviewBody": "Works well.",
        "reviewRating": {"@type": "Rating", "ratingValue": 4},
        **said,
    }
    return {name: value for name, value in whole.items() if value is not None}


def a_product(*reviews: Any, **said: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Product", "name": "Acme Flow", "review": list(reviews), **said}


def a_page(*blocks: Any, inside: str = "") -> str:
    """An HTML page with each block in a script of its own; a string is written as it is."""
    written = [block if isinstance(block, str) else json.dumps(block) for block in blocks]
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in written)
    return f"<!doctype html><html><head>{scripts}</head><body>{inside}</body></html>"
