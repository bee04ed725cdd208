"""Links that let one reader decide about one draft: on a page with buttons, once, for as long as a draft lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from listener.pipeline.orders import DRAFTS_EXPIRE
from listener.signing import BadToken, Signer

DECIDE = "decide"  # what the tokens of these links are for
MARK = 16  # digits of the digest that stands for a name


@dataclass(frozen=True, slots=True)
class Chance:
    """Who may decide about which draft with one link; `link` is what is spent by it."""

    draft: int
    who: str
    link: str


class Links:
    """Makes and reads them. `approvers` are the names of those who may approve, by mail address in lower case."""

    def __init__(self, signer: Signer, address: str, approvers: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self._signer = signer
        self._address = address
        self._approvers = approvers
        self._now = now

    def decide(self, draft: int, reader: str) -> str | None:
        """The address for this reader; None when they may not approve."""
        who = self._approvers.get(reader.casefold())
        if who is None:
            return None
        facts: dict[str, str | int] = {"draft": draft, "by": self._mark(who)}
        return f"{self._address}/approve/{self._signer.token(DECIDE, facts, self._now() + DRAFTS_EXPIRE)}"

    def read(self, token: str) -> Chance:
        """Raises Expired, and BadToken also when its reader may not approve any more."""
        facts = self._signer.read(DECIDE, token, self._now())
        who = next((name for name in self._approvers.values() if self._mark(name) == facts["by"]), None)
        if who is None:
            raise BadToken("this link is for somebody who may not approve any more")
        return Chance(int(facts["draft"]), who, f"{DECIDE}:{facts['draft']}")

    def _mark(self, name: str) -> str:
        # a link holds nobody's name
        return self._signer.digest(DECIDE, name)[:MARK]
