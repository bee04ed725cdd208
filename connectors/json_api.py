"""Kind `json_api`: any site that answers JSON over HTTP, read as a YAML spec says; no code for a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from json import dumps
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr, model_validator

from connectors.contract import Batch, Connector, Door, Failed, Receipt
from connectors.json_api_auth import is_signed, prove
from connectors.json_api_check import SECRETS
from connectors.json_api_load import load_spec
from connectors.json_api_poll import Memory, Poll
from connectors.json_api_reply import look_up_reply, send_reply
from connectors.json_api_site import Site
from connectors.json_api_spec import Address, Spec
from connectors.json_api_words import Param


class JsonApi(Connector):
    """A site described by a spec: a shipped one by its name, or the path of a YAML file.

    `params` are the spec's parameters, `base_url` stands in for the site's address (a proxy, a test server).
    The other options are secrets; the spec says which of them it takes.
    """

    # so the configuration knows what to resolve, to redact and to refuse as a literal
    secrets: ClassVar[frozenset[str]] = frozenset(SECRETS)

    spec: Path
    params: Mapping[str, Param] = {}
    base_url: Address = ""
    api_key: str = Field(default="", repr=False)
    api_secret: str = Field(default="", repr=False)
    client_id: str = Field(default="", repr=False)
    client_secret: str = Field(default="", repr=False)
    password: str = Field(default="", repr=False)
    private_key: str = Field(default="", repr=False)
    refresh_token: str = Field(default="", repr=False)
    service_account: str = Field(default="", repr=False)
    token: str = Field(default="", repr=False)
    username: str = Field(default="", repr=False)

    _spec: Spec = PrivateAttr()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """The options fit the spec. Raises ValueError with everything that does not."""
        self._spec = load_spec(self.spec)
        if mistakes := list(self._mistakes(self._spec)):
            raise ValueError("; ".join(mistakes))
        return self

    def _mistakes(self, spec: Spec) -> Iterator[str]:
        name = self.spec.stem
        for key in self.params.keys() - spec.params.keys():
            near = get_close_matches(key, spec.params, 1)
            yield f"{name} has no parameter `{key}`" + (f": did you mean `{near[0]}`?" if near else ": remove it")
        for key, parameter in spec.params.items():
            if parameter.default is None and self.params.get(key, "") == "":
                yield f"params.{key} is missing: {parameter.about}"
        for key in SECRETS:
            secret = spec.secrets.get(key)
            if getattr(self, key) and secret is None:
                yield f"{name} takes no `{key}`: remove it"
            if not getattr(self, key) and secret and not secret.optional and not secret.replying:
                yield f'{key} is missing: {secret.about}; write {key} = "env:NAME"'
        if not spec.base and not self.base_url:
            yield f"{name} has no fixed address: write base_url"

    @property
    def platform(self) -> str | None:  # type: ignore[override]  # here the spec says it, not the kind
        return self._spec.platform

    @property
    def voice(self) -> str:  # type: ignore[override]  # here the spec says it, not the kind
        return self._spec.voice

    @property
    def everything(self) -> bool:  # type: ignore[override]  # here the spec says it, not the kind
        return self._spec.everything

    @property
    def replies(self) -> bool:  # type: ignore[override]  # here the spec says it, not the kind
        needed = [name for name, secret in self._spec.secrets.items() if secret.replying or not secret.optional]
        return self._spec.reply is not None and all(getattr(self, name) for name in needed)

    def identity(self) -> str:
        """The site and the parameters: neither a new key nor a moved configuration makes it another source."""
        # not the spec's content: a better map must not make old items new
        return dumps([self.spec.stem, dict(self.params), self.base_url], sort_keys=True)

    def load(self) -> None:
        """Some proofs are signed."""
        if is_signed(self._spec.auth):
            for name in ("jwt", "cryptography.hazmat.backends.openssl.backend"):
                import_module(name)

    def poll(self, cursor: str, door: Door) -> Batch:
        """The items since the last poll, some of them again. Raises TryLater or GiveUp when the first page fails."""
        site = self._site(door)
        proof = prove(self._spec.auth, site, self._values())
        return Poll(self._spec, self._all_params(), site, proof, Memory.load(cursor)).batch()

    def reply(self, reference: str, text: str, key: str, door: Door) -> Receipt:
        """Answer the item with this external id. Raises Failed."""
        self._can_reply()
        said = {"reference": reference, "text": text, "key": key}
        return send_reply(self._spec, self._site(door), self._values(), said)

    def find_reply(self, reference: str, key: str, door: Door) -> Receipt | None:
        """Our own answer to this item, looked up at the site. Raises Failed."""
        self._can_reply()
        said = {"reference": reference, "text": "", "key": key}
        return look_up_reply(self._spec, self._site(door), self._values(), said)

    def _can_reply(self) -> None:
        if not self.replies:
            raise Failed(f"{self.spec.stem} cannot answer: see which secrets its replies need", permanent=True)

    def _site(self, door: Door) -> Site:
        secrets = {name: getattr(self, name) for name in SECRETS}
        return Site(door, self._spec.base, self.base_url or self._spec.base, secrets)

    def _all_params(self) -> dict[str, Param]:
        return {"base_url": self.base_url or self._spec.base, **self._spec.defaults(), **self.params}

    def _values(self) -> dict[str, Param]:
        return {**self._all_params(), **{name: getattr(self, name) for name in SECRETS}}
