"""Requests to trackers: JSON both ways, and every answer in the words of an action."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from connectors.answers import as_failure, asked_to_wait
from connectors.contract import Failed, Response
from connectors.texts import content
from listener.actions.text import without
from listener.trackers.contract import Missing, Outside

MARK = r"listener-[0-9a-z]*-\d+-\d{12}(-[a-z]\d+)?"
T = TypeVar("T")
PAGES = 10  # of a hundred: more complaints of one person than anybody reads


@dataclass(frozen=True, slots=True)
class Desk:
    """One system with its address and credentials. `name` is what people call it."""

    name: str
    url: str
    headers: Mapping[str, str]
    outside: Outside
    hidden: tuple[str, ...] = ()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The object at a path, or at an address that an answer named. Raises Failed and Missing."""
        return self._of(self._asked(path, query), dict)

    def rows(self, path: str, **query: Any) -> list[Any]:
        """The list at a path. Raises Failed and Missing."""
        return self._of(self._asked(path, query), list)

    def part(self, answer: Any, name: str, kind: type[T]) -> T:
        """What an answer holds under this name. Raises Failed where it does not.

        Half an answer is not an empty one: what it leaves out would be taken for deleted, or be made twice.
        """
        return self._of(answer.get(name) if isinstance(answer, dict) else None, kind)

    def send(self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Any:
        """What comes back for this JSON. Raises Failed and Missing."""
        return self.read(self.fetch(method, path, body, headers))

    def fetch(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        """The answer when it is one."""
        address = path if path.startswith(f"{self.url}/") else f"{self.url}{path}"
        told = {"accept": "application/json", **self.headers, **(headers or {})}
        data = None
        if body is not None:
            data, told["content-type"] = json.dumps(body).encode(), "application/json"
        with as_failure():
            answer = self.outside.fetch(address, method=method, headers=told, body=data, refusals=True)
        if not 200 <= answer.status < 300:
            raise self._refused(answer)
        return answer

    def read(self, answer: Response) -> Any:
        """Its JSON, None where it is empty. Raises Failed."""
        if not answer.body.strip():
            return None
        try:
            return content(answer.body)
        except (ValueError, RecursionError):
            # a proxy's sign-in page comes with status 200 too
            raise Failed(f"{self.name} answered with something that is no JSON; open {self.url} in a browser") from None

    def _asked(self, path: str, query: Mapping[str, Any]) -> Any:
        return self.read(self.fetch("GET", path + (f"?{urlencode(query)}" if query else "")))

    def _of(self, found: Any, kind: type[T]) -> T:
        if not isinstance(found, kind):
            raise self.strange()
        return found

    def strange(self) -> Failed:
        """For an answer that is JSON of another shape than it should be."""
        return Failed(
            f"{self.name} answered with half of what it should, or something else; open {self.url} in a browser"
        )

    def _refused(self, answer: Response) -> Failed:
        said = without(_said(answer.body), *self.hidden)
        told = f": {said}" if said else ""
        if answer.status == 401:
            return Failed(
                f"{self.name} wants other credentials (401){told}: check the tracker's secrets", permanent=True
            )
        # GitHub says 403 for what others call 429
        if (wait := asked_to_wait(answer.headers, self.outside.now())) is not None:
            return Failed(f"{self.name} is asked too often ({answer.status})", after=wait)
        if answer.status in (404, 410):
            return Missing(f"{self.name} has no such thing ({answer.status}){told}")
        if answer.status == 403:
            return Failed(f"{self.name} does not permit this (403){told}: check the rights of its user", permanent=True)
        # somebody changed it at the same moment: look again, then it is in order
        passing = answer.status in (408, 409, 423, 425)
        return Failed(f"{self.name} refused this ({answer.status}){told}", permanent=not passing)


def basic(user: str, password: str) -> dict[str, str]:
    """The header of a basic log-in."""
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def marked(mark: str, texts: Iterable[object]) -> bool:
    """Whether our mark stands in one of these texts, whole: `…-1` is not `…-12`."""
    return any(f"{mark} " in f"{' '.join(str(text or '').split())} " for text in texts)


def ours(text: object) -> bool:
    """Whether one of us houses wrote this: its last line is a mark. Where it is quoted, it is not."""
    lines = str(text or "").strip().splitlines()
    return bool(lines) and re.fullmatch(MARK, lines[-1].strip()) is not None


def _said(body: bytes) -> str:
    """What the system says is wrong, from the shapes that systems use; never a page of HTML."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = list(_sentences(data))
    return "; ".join(dict.fromkeys(found))


def _sentences(data: Any, depth: int = 6) -> Iterable[str]:
    """Every text in there, each with the field that it is about; addresses of manuals help nobody here."""
    if isinstance(data, str) and not data.startswith("http"):
        yield data
    elif depth and isinstance(data, list):
        for each in data:
            yield from _sentences(each, depth - 1)
    elif depth and isinstance(data, dict):
        for name, each in data.items():
            told = _sentences(each, depth - 1)
            yield from (text if name in SPEAKING else f"{name}: {text}" for text in told)


SPEAKING = frozenset({"message", "error", "description", "errorMessages", "errors", "details", "title"})
