"""The far side of a spec: where it is, what we show it, what it answers. Secrets stay out of every message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit

from connectors.answers import accepted, asked_to_wait
from connectors.contract import Door, GiveUp, Response, TryLater
from connectors.json_api_spec import PLACEHOLDER, Request

Values = Mapping[str, object]
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, whole, before anything secret is added to it."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows the far side who we are: headers and query entries."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """The far side: `home` is the address in the spec, `base` the one in use, which may be the operator's."""

    door: Door
    home: str
    base: str
    secrets: Mapping[str, str] = field(repr=False)

    def call(self, request: Request, values: Values) -> Call:
        """The request with its places filled. Empty query entries and headers are left out."""
        filled = ((name, fill(template, values)) for name, template in request.query.items())
        query = urlencode([(name, value) for name, value in filled if value])
        path = PLACEHOLDER.sub(lambda found: quote(_said(values.get(found.group(1))), safe=""), request.path)
        said = {name.lower(): fill(template, values) for name, template in request.headers.items()}
        headers = {"accept": "application/json", **{name: value for name, value in said.items() if value}}
        body = None if request.body is None else json.dumps(_inside(request.body, values)).encode()
        if body is not None:
            headers.setdefault("content-type", "application/json")
        return Call(f"{self.base}{path}{'?' * bool(query)}{query}", request.method, headers, body)

    def here(self, url: str, current: str) -> str | None:
        """`url` as an address of this site, None when it leads elsewhere: no secret follows it there."""
        try:
            whole = urljoin(current, url)
            parts, home, base = urlsplit(whole), urlsplit(self.home), urlsplit(self.base)
        except ValueError:
            return None
        if parts[:2] == base[:2]:
            return whole
        if parts[:2] != home[:2]:
            return None
        return f"{self.base}{parts.path}{'?' * bool(parts.query)}{parts.query}"

    def token_address(self, url: str) -> str:
        """Where tokens are had: the spec's address, or the same path at the operator's `base_url`."""
        return url if self.base == self.home else f"{self.base}{urlsplit(url).path}"

    def ask(self, call: Call, proof: Proof) -> Response:
        """The answer, whatever its status. Raises TryLater and GiveUp, with every secret blotted out."""
        between = "&" if urlsplit(call.url).query else "?"
        url = f"{call.url}{between}{urlencode(proof.query)}" if proof.query else call.url
        headers = {**call.headers, **proof.headers}
        try:
            answer = self.door.fetch(url, method=call.method, headers=headers, body=call.body)
        except TryLater as trouble:
            raise TryLater(self.blotted(str(trouble)), trouble.after) from None
        except GiveUp as trouble:
            raise GiveUp(self.blotted(str(trouble))) from None
        return replace(answer, url=self.blotted(answer.url))

    def json(self, call: Call, proof: Proof) -> Any:
        """The answer's JSON. Raises TryLater for refusals and for what is no JSON."""
        return read_json(permitted(self.ask(call, proof), self.door.now()))

    def blotted(self, message: str) -> str:
        for secret in filter(None, self.secrets.values()):
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                message = message.replace(form, "***")
        return message


def permitted(answer: Response, now: datetime) -> Response:
    """The answer when it is none of a refusal. A used-up quota waits for as long as the site says."""
    # GitHub says 403, not 429, when the quota of the hour is used up
    if answer.status == 403 and ("retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"):
        wait = asked_to_wait(answer.headers, now)
        raise TryLater("the site's quota is used up", AN_HOUR if wait is None else wait)
    return accepted(answer)


def read_json(answer: Response) -> Any:
    """The body as JSON. Raises TryLater, which tells a page for people from a broken answer."""
    text = answer.body.decode("utf-8-sig", "replace")
    place = "".join(urlsplit(answer.url)[1:3])
    try:
        return json.loads(text, strict=False, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        pass
    if text.lstrip()[:1] == "<":
        raise TryLater(
            f"{place} answered with a page (HTML or XML) instead of JSON: a login, a notice, a wrong address?"
        )
    raise TryLater(f"{place} answered with {'no content' if not text.strip() else 'broken JSON'}")


def fill(template: str, values: Values) -> str:
    """The template with its places filled; an unknown or empty place is nothing."""
    return PLACEHOLDER.sub(lambda found: _said(values.get(found.group(1))), template)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _inside(body: Any, values: Values) -> Any:
    """A JSON body with its places filled; entries that come out empty are left out."""
    if isinstance(body, Mapping):
        filled = {key: _inside(part, values) for key, part in body.items()}
        return {key: part for key, part in filled.items() if part != ""}
    if isinstance(body, list | tuple):
        return [_inside(part, values) for part in body]
    return fill(body, values) if isinstance(body, str) else body
