"""Who said it: the customer registry, read from its file."""

from listener.customers.registry import Registry, RegistryFile, read

__all__ = ["Registry", "RegistryFile", "read"]
