"""One case for each kind and each shipped spec: how it is set up, and pages as its site writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors import kind
from connectors.contract import Connector
from connectors.dates import read_time
from connectors.json_api_load import load_spec
from connectors.specs import shipped
from tests.connectors.loopback import Site
from tests.connectors.review_pages import a_page, a_product, a_review

TOLD = "<b>素晴らしい</b> Ünïcode &amp; 🎉"
DATE = "2026-11-20T10:30:00Z"


@dataclass(frozen=True)
class Case:
    """`options` for a site at this address; `page` writes one with a text and perhaps a date; `none` has no items."""

    kind: str
    options: Callable[[str], dict[str, Any]]
    page: Callable[[str, str | None], str]
    none: str
    content_type: str

    def source(self, site: Site) -> Connector:
        return kind(self.kind).model_validate(self.options(site.url))


def _feed_page(text: str, date: str | None) -> str:
    told = text.replace("&", "&amp;").replace("<", "&lt;")
    dated = f"<updated>{date}</updated>" if date else ""
    entry = f'<entry><id>urn:1</id><title>Hello</title><content type="html">{told}</content>{dated}</entry>'
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{entry}</feed>'


def _review_page(text: str, date: str | None) -> str:
    return a_page(a_product(a_review(reviewBody=text, datePublished=date)))


def _reddit_page(text: str, date: str | None) -> str:
    at = read_time(date)
    data = {"name": "t1_c1", "body": text, "author": "ann", "created_utc": at.timestamp() if at else None}
    data |= {"permalink": "/r/acme/comments/p1/x/c1/", "link_id": "t3_p1", "parent_id": "t3_p1", "link_author": "eve"}
    return json.dumps({"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data}], "after": None}})


def _status_page(text: str, date: str | None) -> str:
    return json.dumps([{"id": "1", "content": text, "created_at": date, "account": {"acct": "ann"}}])


# these are not polled over the network: test_webhook_in.py and test_file_folder.py ask the same of them in their way
UNPOLLED = {"webhook", "file"}

KINDS = {
    "reddit": Case(
        "reddit",
        lambda url: {"subreddits": ["acme"], "client_id": "app", "client_secret": "s3cret", "base_url": url},
        _reddit_page,
        json.dumps({"kind": "Listing", "data": {"children": [], "after": None}}),
        "application/json",
    ),
    "mastodon": Case(
        "mastodon", lambda url: {"instance": url, "hashtags": ["acme"]}, _status_page, "[]", "application/json"
    ),
    "feed": Case(
        "feed",
        lambda url: {"url": f"{url}/page"},
        _feed_page,
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title></feed>',
        "application/atom+xml; charset=utf-8",
    ),
    "reviews_page": Case(
        "reviews_page",
        lambda url: {"url": f"{url}/page"},
        _review_page,
        a_page(a_product()),
        "text/html; charset=utf-8",
    ),
}


def _spec_case(name: str) -> Case:
    spec = load_spec(Path(name))
    sample = spec.sample
    assert sample is not None
    params = {key: sample.params.get(key, "acme") for key, each in spec.params.items() if each.default is None}
    said = {"spec": name, "params": params, **{key: _secrets()[key] for key in spec.secrets}}

    def page(text: str, date: str | None) -> str:
        promised = " ".join(item.get("text", "") for item in sample.items)
        return json.dumps(_changed(sample.answer, promised, text, date))

    return Case(
        "json_api", lambda url: {**said, "base_url": url}, page, json.dumps(_emptied(sample.answer)), "application/json"
    )


def _changed(value: Any, promised: str, text: str, date: str | None) -> Any:
    """The sample's answer with its texts replaced, its dates too, or without them."""
    if isinstance(value, dict):
        return {key: _changed(part, promised, text, date) for key, part in value.items()}
    if isinstance(value, list):
        return [_changed(part, promised, text, date) for part in value]
    told = re.sub(r"<\w+>|</\w+>", "", unescape(value.split("\t")[-1])) if isinstance(value, str) else ""
    if len(told) > 5 and (told in promised or value in promised):
        return text
    found = read_time(value)
    return _date_like(value, date) if found and found.year == 2026 else value


def _date_like(value: Any, date: str | None) -> Any:
    """This date in the form of that value."""
    at = read_time(date)
    if isinstance(value, str) or at is None:
        return date
    return int(at.timestamp() * (1000 if value > 10**11 else 1))


def _emptied(value: Any) -> Any:
    """The sample's answer without its items; Apple leaves `entry` out when there are none."""
    if isinstance(value, dict):
        return {key: _emptied(part) for key, part in value.items() if key != "entry"}
    return [] if isinstance(value, list) else value


@cache
def _secrets() -> dict[str, str]:
    """Secrets of the right form, made here."""
    curve, account = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    pems = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in (curve, account)]
    service = json.dumps({"client_email": "bot@acme.example", "private_key": pems[1]})
    plain = dict.fromkeys(("api_key", "api_secret", "client_id", "client_secret", "refresh_token", "token"), "s3cret")
    return {**plain, "private_key": pems[0], "service_account": service}


def cases() -> Iterator[tuple[str, Case]]:
    """Every case by the name of its kind, or of its kind and spec."""
    yield from KINDS.items()
    for name in shipped():
        yield f"json_api:{name}", _spec_case(name)


def bent(page: str, bend: Callable[[Any], Any]) -> str:
    """The page with the JSON in it changed; a feed, which holds none, without what its elements say."""
    script = re.search(r'(?s)(?<=<script type="application/ld\+json">).*?(?=</script>)', page)
    if script:
        return page.replace(script[0], json.dumps(bend(json.loads(script[0]))))
    return re.sub(r"(?<=>)[^<]+(?=</)", "", page) if page.startswith("<") else json.dumps(bend(json.loads(page)))


def single(value: Any) -> Any:
    """Every list becomes its first member, as some sites write a list of one."""
    if isinstance(value, dict):
        return {key: single(part) for key, part in value.items()}
    return single(value[0]) if isinstance(value, list) and value else value


def nulled(value: Any) -> Any:
    """Every value that is neither a list nor an object becomes null."""
    if isinstance(value, dict):
        return {key: nulled(part) for key, part in value.items()}
    return [nulled(part) for part in value] if isinstance(value, list) else None


def thinned(value: Any) -> Any:
    """Every list keeps its members, every object loses all values but those that hold more."""
    if isinstance(value, dict):
        return {key: thinned(part) for key, part in value.items() if isinstance(part, dict | list)}
    return [thinned(part) for part in value] if isinstance(value, list) else value


ONWARD = {"next": "/again", "nextPageToken": "again", "cursor": "again", "has_more": True, "after": "t1_again"}


def endless(value: Any) -> Any:
    """Full pages that lead on to themselves, in the words of all the sites."""
    if isinstance(value, dict):
        return {key: ONWARD.get(key) or endless(part) for key, part in value.items()}
    if isinstance(value, list):
        return [endless(part) for part in value] * (160 // max(1, len(value)))
    return value
