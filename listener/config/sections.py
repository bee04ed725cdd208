"""The sections of config.toml, as the rest of the product reads them. Every value may be left out but a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, model_validator

from listener.config.customer_sections import Advocacy, CampaignRules, ContactRules, Customers, TicketDesk
from listener.config.places import Path as Key
from listener.config.places import Places
from listener.config.plugged import ChannelEntry, SourceEntry, TrackerEntry
from listener.config.problems import ConfigError, Problem
from listener.config.quantities import (
    Address,
    Cash,
    Contact,
    Duration,
    Email,
    Engine,
    FilePath,
    Keep,
    Language,
    Line,
    Listen,
    Name,
    Networks,
    PackName,
    PublicUrl,
    SlackId,
    StoreUrl,
    TimeZone,
    store_from,
)
from listener.config.secrets import SecretError, Secrets, is_short, references
from listener.config.section import Section
from listener.log import SHORTEST


class Store(Section):
    """Where everything is kept. A relative SQLite path counts from the configuration file."""

    url: StoreUrl = Field("sqlite:///listener.db", repr=False)


class RuleBook(Section):
    """Every *.yaml in this folder belongs to the one rule book."""

    path: FilePath = Path("rules.d")


class MaxAge(Section):
    """How old a mention may be and still be acted on: day one is quiet."""

    first_poll: Duration = timedelta(hours=48)
    tickets: Duration = timedelta(days=14)
    other: Duration = timedelta(days=3)


class Actions(Section):
    """`public` is the floor for public and asking actions, which no rule file can lower.

    `gifts` and `ecosystem` are what may be given away, `gift_cap` the most that one present may cost ("": no cap),
    `gift_channel` a webhook that sends them ("": they wait for `listener gifts export`).
    """

    public: Literal["off", "shadow", "ask", "live"] = "ask"
    max_age: MaxAge = MaxAge()
    templates: FilePath = Path("templates")
    gifts: FilePath = Path("gifts.yaml")
    ecosystem: FilePath = Path("ecosystem.yaml")
    gift_cap: Cash = "30 EUR"
    gift_channel: str = ""


class Ops(Section):
    """Where approvals, health, digests and rule-file errors go."""

    channel: str = "log"


class Retention(Section):
    """How long mentions, and the texts of persons who are not customers, are kept."""

    mentions: Keep = timedelta(days=730)
    strangers: Keep = timedelta(days=180)


class NetLimits(Section):
    """`contact` is part of the User-Agent; `allow_private` opens private networks to sources and webhooks."""

    contact: Contact = ""
    allow_private: Networks = False


class Web(Section):
    """Where the ops desk, /healthz and /metrics are served; `public_url` is how the outside reaches it."""

    listen: Listen = Address("127.0.0.1", 8765)
    public_url: PublicUrl = ""

    @property
    def address(self) -> str:
        """What links begin with, without a slash at the end."""
        return self.public_url or f"http://{self.listen}"


class Reading(Section):
    """What verdicts are made with: languages that are scored, word packs, ops' own words and topics.

    `engine` is vader, transformers:MODEL, or the address of an HTTP engine that gives a second opinion.
    """

    engine: Engine = "vader"
    languages: tuple[Language, ...] = ("en",)
    packs: tuple[PackName, ...] = ()
    words: FilePath = Path("words.yaml")
    topics: FilePath = Path("topics.yaml")


class Staff(Section):
    """One of us: who may approve, who is told. `slack` is the member id, as anybody can change their name there."""

    name: Name
    email: Email | None = None
    slack: SlackId | None = None
    may_approve: bool = False


class Brand(Section):
    """What is watched. `match` are whole words or phrases in any case; left out, it is the name."""

    name: Line
    match: tuple[Line, ...] = ()
    exclude: tuple[Line, ...] = ()
    products: tuple[Line, ...] = ()
    competitors: tuple[Line, ...] = ()
    own_accounts: tuple[Line, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _match_the_name(cls, values: Any) -> Any:
        named = isinstance(values, dict) and isinstance(values.get("name"), str)
        return {**values, "match": [values["name"]]} if named and values.get("match", []) == [] else values


class Config(Section):
    """A whole config.toml that was found right. Paths are absolute; secrets are still only named."""

    timezone: TimeZone = "UTC"
    store: Store
    rules: RuleBook
    actions: Actions
    customers: Customers
    contact: ContactRules
    campaigns: CampaignRules
    advocacy: Advocacy
    ops: Ops
    tickets: TicketDesk
    retention: Retention
    net: NetLimits
    web: Web
    understanding: Reading
    persons: tuple[Staff, ...] = Field((), alias="person")
    brands: tuple[Brand, ...] = Field((), alias="brand")
    sources: tuple[SourceEntry, ...] = Field((), alias="source")
    channels: tuple[ChannelEntry, ...] = Field((), alias="channel")
    trackers: tuple[TrackerEntry, ...] = Field((), alias="tracker")

    # private to pydantic, so that no key of the file can set them
    _file: Path = PrivateAttr()
    _places: Places = PrivateAttr()

    @model_validator(mode="before")
    @classmethod
    def _every_section(cls, values: dict[str, Any]) -> dict[str, Any]:
        # a section left out is read as an empty one: only validated defaults get their paths made absolute
        kinds = {name: field.annotation for name, field in cls.model_fields.items()}
        sections = (name for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Section))
        return {**{name: {} for name in sections}, **values}

    def placed(self, file: Path, places: Places) -> Self:
        """Remember where each key was read, for problems found later."""
        self._file, self._places = file, places
        return self

    @property
    def folder(self) -> Path:
        """What relative paths count from."""
        # a link to the file counts where it stands, as when the file was read
        return self._file.absolute().parent

    def problem(self, path: Key, what: str, cure: str = "") -> Problem:
        """A problem with the key at this path: `("source", 0, "spec")`."""
        return Problem(str(self._file), *self._places.at(path), what, cure)

    def store_url(self, secrets: Secrets) -> str:
        """Where the store is, its secret resolved and its password redacted from now on. Raises SecretError."""
        url = str(secrets.fill(self.store.url))
        try:
            url = store_from(url, self.folder)
        except ValueError as error:
            raise SecretError(f"[store] url: what {self.store.url} holds {error}") from None
        if urlsplit(url).password:
            secrets.redaction.hide(url)
        return url

    def missing_secrets(self, secrets: Secrets) -> tuple[Problem, ...]:
        """A warning for each secret that cannot be resolved yet; only `run` and `--online` need them."""
        return tuple(self._missing(secrets, self._secretive()))

    def plugged_in(self, secrets: Secrets) -> None:
        """Sources, channels and trackers have their secrets. Raises ConfigError with all that are missing at once."""
        if missing := tuple(self._missing(secrets, self._plugged())):
            raise ConfigError(missing)

    def short_secrets(self, secrets: Secrets) -> tuple[Problem, ...]:
        """A warning for each secret that is so short that logs and errors cannot hide it."""
        found = [(path, reference) for path, value in self._secretive() for reference in references(value)]
        return tuple(self._short(secrets, path, reference) for path, reference in found if is_short(secrets, reference))

    def missing_files(self) -> tuple[Problem, ...]:
        """A warning for each file of customers or purchases that is named here and is not there yet."""
        named = {name: getattr(self.customers, name) for name in ("file", "purchases")}
        cure = "write it, or mend the name; until then nothing is read from it"
        return tuple(
            self.problem(("customers", name), f"there is no {path}", cure)
            for name, path in named.items()
            if name in self.customers.model_fields_set and not path.exists()
        )

    def links_to_nowhere(self) -> tuple[Problem, ...]:
        """A warning where letters go out whose links, also that to opt out, no customer can open."""
        if not self.contact.channel or self.web.public_url:
            return ()
        what = f"links in letters to customers begin with {self.web.address}, which they cannot reach"
        return (self.problem(("contact", "channel"), what, "write [web] public_url"),)

    def _short(self, secrets: Secrets, path: Key, reference: str) -> Problem:
        return self.problem(
            path,
            f"{path[-1]}: what {reference} holds is so short that logs cannot hide it: take {SHORTEST} letters or more",
        )

    def _missing(self, secrets: Secrets, named: Iterable[tuple[Key, Any]]) -> Iterator[Problem]:
        for path, value in named:
            for reference in references(value):
                try:
                    secrets.resolve(reference)
                except SecretError as error:
                    yield self.problem(path, f"{path[-1]}: {error}")

    def _secretive(self) -> Iterator[tuple[Key, Any]]:
        yield ("store", "url"), self.store.url
        yield ("customers", "secret"), self.customers.secret
        yield ("advocacy", "secret"), self.advocacy.secret
        yield from self._plugged()

    def _plugged(self) -> Iterator[tuple[Key, Any]]:
        for section, entries in (("source", self.sources), ("channel", self.channels), ("tracker", self.trackers)):
            for index, entry in enumerate(entries):
                yield from (((section, index, key), value) for key, value in entry.options.items())
