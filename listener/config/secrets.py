"""Secrets are named in the configuration, never written there: `env:NAME` or `file:PATH`, resolved when used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from listener.log import SHORTEST, Redaction

ENV = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
# an address such as file:///… is no reference
FILE = re.compile(r"file:(?!//)\S.*")
# a private key has 3 kB; a mistaken path to a log or a device must not fill the memory
MOST_BYTES = 65_536

CURE = 'write "env:NAME" and set NAME in the environment, or "file:PATH"'


class SecretError(Exception):
    """A secret cannot be had. The message names where it was looked for and the cure, never the value."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets are looked up: files count from `folder`. Whatever is found is redacted from then on."""

    folder: Path
    environ: Mapping[str, str]
    redaction: Redaction

    def resolve(self, reference: str) -> str:
        """The secret behind `env:NAME` or `file:PATH`. Raises SecretError."""
        if not is_reference(reference):
            raise SecretError(f"this is not the name of a secret: {CURE}")
        where, _, name = reference.partition(":")
        secret = self._variable(name) if where == "env" else self._content(self.folder / name)
        self.redaction.hide(secret)
        return secret

    def fill(self, value: Any) -> Any:
        """An option with every reference in it resolved, also inside lists and tables. Raises SecretError."""
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in value.items()}
        return self.resolve(value) if is_reference(value) else value

    def _variable(self, name: str) -> str:
        secret = self.environ.get(name, "")
        if not secret.strip():
            raise SecretError(f"the variable {name} is not set: export {name}=…, or write file:PATH instead")
        return secret

    def _content(self, path: Path) -> str:
        try:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
            # editors end a file with a line break that no password has
            secret = content.decode().rstrip("\r\n")
        except OSError as error:
            raise SecretError(f"{path} cannot be read ({error.strerror}): put the secret there") from error
        except UnicodeDecodeError:
            # its message would quote the bytes
            raise SecretError(f"{path} is not UTF-8 text: write the secret alone into it") from None
        if not secret.strip() or len(content) > MOST_BYTES:
            raise SecretError(f"{path} is empty or larger than 64 kB: write the secret alone into it")
        return secret


def is_short(secrets: Secrets, reference: str) -> bool:
    """Whether the secret behind this reference is too short to be hidden; one that cannot be had is not."""
    try:
        return len(secrets.resolve(reference).strip()) < SHORTEST
    except SecretError:
        return False


def is_reference(value: object) -> bool:
    """Whether this option names a secret."""
    return isinstance(value, str) and bool(ENV.fullmatch(value) or FILE.fullmatch(value))


def references(value: Any) -> Iterator[str]:
    """Every reference in an option, also inside lists and tables."""
    if is_reference(value):
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from references(inner)
