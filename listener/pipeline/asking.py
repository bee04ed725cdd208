"""The link that asks somebody whether it is fixed for them: it names campaign and person, and can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.signing import Signer

PURPOSE = "fixed"
PREFIX = "/fixed/"


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes and reads these links."""

    address: str
    signer: Signer

    def link(self, campaign: Row[Any], customer: str) -> str:
        """The address of the page on which this customer of this campaign answers."""
        return f"{self.address}{PREFIX}{self.signer.token(PURPOSE, {'campaign': campaign.id, 'person': customer})}"

    def read(self, token: str, now: datetime) -> tuple[int, str]:
        """The campaign and the person. Raises BadToken."""
        facts = self.signer.read(PURPOSE, token, now)
        return int(facts["campaign"]), str(facts["person"])
