"""Who said it: the customer registry and what its customers bought, read from files; whose an account is."""

from listener.customers.forgotten import Forgotten
from listener.customers.purchases import Purchases, Sold
from listener.customers.registry import Reading, Registry

__all__ = ["Forgotten", "Purchases", "Reading", "Registry", "Sold"]
