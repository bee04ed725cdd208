"""Parts about customers: registry, purchases, erasure, what they answer."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from listener.wiring.foundations import Foundations
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.customers import Forgotten, Purchases, Registry
    from listener.pipeline.answers import Presents, Surveys
    from listener.pipeline.erasure import Erasure


class CustomerParts(Foundations):
    """Customers, and what is known and forgotten of them."""

    @cached_property
    def registry(self) -> Registry:
        from listener.customers import Registry

        file = self.config.customers.file
        return Registry(self.store, file, clock, self.log, self.forgotten, self.stopped.is_set)

    @cached_property
    def purchases(self) -> Purchases:
        from listener.customers import Purchases

        return Purchases(self.store, self.config.customers.purchases, self.log, self.forgotten)

    def read_customers(self) -> None:
        """Take over what changed in the files of customers and purchases; a file that is not taken is told to ops."""
        from listener.actions.notices import registry_stays

        reading = self.registry.refresh()
        if reading and (reading.waits or reading.refused):
            name, now = self.config.customers.file.name, clock()
            key = f"registry:{now.isoformat()}"
            self.notices.send(registry_stays(name, reading.problems, reading.waits, key), now)
        self.purchases.refresh()

    @cached_property
    def forgotten(self) -> Forgotten:
        from listener.customers import Forgotten

        return Forgotten(self.store, self.signer)

    @cached_property
    def erasure(self) -> Erasure:
        from listener.config.desk import unchangeable
        from listener.pipeline.erasure import Erasure

        return Erasure(self.store, self.forgotten, self.erased_list, clock, unchangeable(self.config))

    @property
    def erased_list(self) -> Path:
        """Who was erased, beside the store: an older backup of the store does not know it."""
        path = self.store.database.path
        return path.with_name(f"{path.name}.erased") if path else self.config.folder / "listener.erased"

    def crm_secret(self) -> str:
        """What CRM systems sign with; "" where no door is open to them. Raises SecretError."""
        named = self.config.customers.secret
        return self.secrets.resolve(named) if named else ""

    @cached_property
    def surveys(self) -> Surveys:
        from listener.pipeline.answers import Surveys

        names = [brand.name for brand in self.config.brands]
        return Surveys(self.store, self.intake, self.signer, names, clock)

    @cached_property
    def presents(self) -> Presents:
        from listener.pipeline.answers import Presents

        return Presents(self.store, self.signer, self.config.actions.gift_channel, clock)
