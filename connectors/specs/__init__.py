"""The specs that come with the product."""

from importlib import resources


def shipped() -> list[str]:
    """Their names, in order."""
    names = (spec.name for spec in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
