"""Who said it: the customer registry and what its customers bought, read from files; whose an account is."""

from listener.customers.registry import Reading, Registry

__all__ = ["Reading", "Registry"]
