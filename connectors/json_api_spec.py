"""The grammar of a spec: how one site's JSON becomes items, written down in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from connectors.json_api_words import Expression, Param, parse

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# what a request may say about its place in the walk
PLACES = frozenset(("cursor", "page", "offset", "since", "since_unix"))
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _expression(written: object) -> Expression:
    if not isinstance(written, str | int):
        raise ValueError("write a JMESPath expression, in quotes when it starts with @, [, { or `")
    return parse(str(written))


def _duration(written: object) -> timedelta:
    found = _DURATION.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise ValueError('write a duration such as "5m", "2h" or "30d"')
    return timedelta(seconds=int(found.group(1)) * _SECONDS[found.group(2)])


def _address(written: str) -> str:
    if written and not re.match(r"https?://[^/\s{]+", written):
        raise ValueError("write a whole address, https://…")
    return written.rstrip("/")


Path = Annotated[Expression, PlainValidator(_expression)]
Duration = Annotated[timedelta, PlainValidator(_duration)]
Address = Annotated[str, AfterValidator(_address)]
# `apiversion: 5.4` is a number to YAML and a text to the site
Template = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) in (int, float) else value)]


class Part(BaseModel):
    """A part of a spec: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(Part):
    """A value that the operator writes under `params`. Without a default it must be written."""

    about: str
    default: Param | None = None


class Secret(Part):
    """A secret that the operator names beside `spec`. `replying`: only replies need it."""

    about: str
    optional: bool = False
    replying: bool = False


class NoAuth(Part):
    """Nothing to show."""

    kind: Literal["none"] = "none"


class HeaderAuth(Part):
    """A header with a secret in it."""

    kind: Literal["header"]
    name: str
    value: Template


class QueryAuth(Part):
    """A secret in the query."""

    kind: Literal["query"]
    name: str
    value: Template


class BearerAuth(Part):
    """`Authorization: Bearer …`."""

    kind: Literal["bearer"]
    token: Template


class BasicAuth(Part):
    """`Authorization: Basic …`."""

    kind: Literal["basic"]
    username: Template
    password: Template


class OAuth2(Part):
    """An OAuth 2 client that fetches its token by its own credentials, or with a refresh token.

    `client`: whether the site wants id and secret in a Basic header or in the form.
    """

    kind: Literal["oauth2"]
    token_url: Address
    client_id: Template
    client_secret: Template
    refresh_token: Template = ""
    scope: str = ""
    client: Literal["header", "body"] = "header"


class Jwt(Part):
    """A token signed here with ES256 for each poll; App Store Connect takes no more than 20 minutes."""

    kind: Literal["jwt"]
    key: Template
    key_id: Template
    issuer: Template
    audience: str
    # Apple refuses tokens that live longer
    minutes: int = Field(default=15, ge=1, le=20)


class Google(Part):
    """A Google service account; the secret is the content of its JSON key file."""

    kind: Literal["google"]
    key: Template
    scope: str


Auth = Annotated[
    NoAuth | HeaderAuth | QueryAuth | BearerAuth | BasicAuth | OAuth2 | Jwt | Google, Field(discriminator="kind")
]


class Request(Part):
    """One request; `{name}` stands for a parameter or place. A query entry whose value is empty is left out."""

    method: Literal["GET", "POST", "PUT"] = "GET"
    # the address is `base`, so that a test server or proxy can stand in for it
    path: str = Field(pattern="^/")
    query: Mapping[str, Template] = {}
    headers: Mapping[str, Template] = {}
    body: Any = None


class Pages(Part):
    """How a site spreads its answer over pages, and how many are read in one poll at most.

    cursor: `next` finds it in the answer, the request says `{cursor}`. url: `next` finds a whole address.
    page, offset: `{page}` or `{offset}`, counted from `first`; `size` is what a full page holds.
    link: the `Link` header's rel=next. since: `{since}` moves to the newest time read. `more`: false ends the walk.
    """

    kind: Literal["none", "cursor", "url", "page", "offset", "link", "since"] = "none"
    next: Path | None = None
    more: Path | None = None
    first: str | int = ""
    size: int | None = Field(default=None, ge=1)
    limit: int = Field(default=10, ge=1, le=100)


class Watermark(Part):
    """How far the last poll came: the newest `time` (default: posted_at) less `overlap`; `first` reaches that far back.

    `order` is the order of the site's answer. With `newest`, pages are read until the watermark.
    """

    time: Path | None = None
    overlap: Duration = timedelta(hours=1)
    first: Duration = timedelta(days=30)
    order: Literal["newest", "oldest"] = "newest"


class AuthorMap(Part):
    """Who wrote an item; `handle` must be unique on the platform."""

    handle: Path | None = None
    name: Path | None = None
    url: Path | None = None
    followers: Path | None = None


class ItemMap(Part):
    """Where an item's values are found. `html`: text and title hold HTML."""

    external_id: Path
    text: Path | None = None
    title: Path | None = None
    url: Path | None = None
    html: bool = False
    author: AuthorMap = AuthorMap()
    language: Path | None = None
    rating: Path | None = None
    posted_at: Path | None = None
    thread: Path | None = None
    parent: Path | None = None
    parent_author: Path | None = None
    company_reply: Path | None = None
    attributes: Mapping[str, Path] = {}


class Rate(Part):
    """What the site permits: `requests` in `per`. `wait` finds the seconds that an answer asks us to wait."""

    requests: int = Field(ge=1)
    per: Duration
    wait: Path | None = None


class Find(Part):
    """Our answer at the far side: a request, and where its answer holds the text of ours."""

    request: Request
    text: Path


class Reply(Part):
    """How to answer in public; `{reference}` is the item's id, `{text}` our text of at most `limit` characters."""

    request: Request
    limit: int = Field(default=5000, ge=1)
    auth: Auth | None = None
    find: Find


class Sample(Part):
    """An answer of the site, and what must come out of it: for each item the values that matter."""

    answer: Any
    params: Mapping[str, Param] = {}
    items: list[Mapping[str, Any]]


class Spec(Part):
    """One site. `base` is its address without a path; empty where each operator has an own one.

    `items` finds the list in the answer; entries for which `keep` is false are none of ours.
    """

    about: str
    access: str
    limits: str = ""
    permits: str = ""
    example: bool = False
    platform: str | None = None
    voice: Literal["complaint", "review", "discussion", "news"] = "discussion"
    everything: bool = False
    base: Address = ""
    params: Mapping[str, Parameter] = {}
    secrets: Mapping[str, Secret] = {}
    auth: Auth = NoAuth()
    request: Request
    items: Path
    keep: Path | None = None
    pages: Pages = Pages()
    watermark: Watermark = Watermark()
    map: ItemMap
    measures: Mapping[str, Path] = {}
    rate: Rate | None = None
    reply: Reply | None = None
    sample: Sample | None = None

    def defaults(self) -> dict[str, Param]:
        """The parameters that need not be written."""
        return {name: parameter.default for name, parameter in self.params.items() if parameter.default is not None}


def placeholders(value: Any) -> Iterator[str]:
    """The names in braces in a template, or anywhere inside a body."""
    if isinstance(value, str):
        yield from PLACEHOLDER.findall(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from placeholders(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from placeholders(part)
