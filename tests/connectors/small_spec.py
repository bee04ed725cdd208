"""Builders of a spec file and of the site that it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from connectors.json_api import JsonApi
from tests.connectors.loopback import Answer, Site

SPEC = """
about: A site for tests
access: public
request: {{path: /posts, query: {{cursor: "{{cursor}}", page: "{{page}}", offset: "{{offset}}", since: "{{since}}"}}}}
items: posts
pages: {pages}
watermark: {watermark}
map:
  external_id: id
  text: text
  posted_at: to_time(at)
  author: {{name: by}}
{more}
"""


def a_spec(folder: Path, pages: str = "{}", watermark: str = "{overlap: 1h}", more: str = "") -> Path:
    """A spec file with these pages and watermark; `more` is added at its end."""
    path = folder / "posts.yaml"
    path.write_text(SPEC.format(pages=pages, watermark=watermark, more=more))
    return path


def a_source(site: Site, spec: Path, **options: Any) -> JsonApi:
    return JsonApi.model_validate({"spec": spec, "base_url": site.url, **options})


def a_post(number: int, at: str = "2026-11-20T10:00:00Z", **said: Any) -> dict[str, Any]:
    return {"id": number, "text": f"Post {number}", "at": at, "by": "Ada", **said}


def posts(
    *numbers: int, at: str = "2026-11-20T10:00:00Z", status: int = 200, headers: Any = None, **more: Any
) -> Answer:
    """An answer with these posts."""
    body = json.dumps({"posts": [a_post(number, at) for number in numbers], **more})
    return Answer(body, status, headers or {})
