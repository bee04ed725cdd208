"""Logs for people (console) or machines (JSON lines), on standard error, without secrets and without anybody's words.

Everything goes through here: our own events and those of the libraries that use the standard logging.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TextIO
from urllib.parse import quote, unquote, urlsplit

import structlog
from structlog.dev import plain_traceback
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["console", "json"]

OURS = ("listener", "connectors", "rules")
SHORTEST = 4  # letters of a secret that can be hidden
PRIVATE = frozenset({"text", "title", "body", "quote", "draft", "author", "handle", "email", "recipient", "recipients"})

# the last two end a line for some viewers
CONTROL = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
CONTROL_BUT_LINES = {code: name for code, name in CONTROL.items() if chr(code) not in "\n\t"}


class Redaction:
    """Knows every secret that was resolved in this process and cuts it out of whatever is about to be shown."""

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def hide(self, secret: str) -> None:
        """From now on `secret` shows as `[secret]`, also quoted, and so do the telling parts of an address.

        One of fewer than `SHORTEST` letters is left: to cut it out would spoil every line, and `check` warns of it.
        """
        self._secrets |= {form for form in _forms(secret) if len(form) >= SHORTEST}
        if not self._secrets:
            return
        # longest first: a secret may contain another one
        self._pattern = re.compile("|".join(map(re.escape, sorted(self._secrets, key=len, reverse=True))))

    def redact(self, text: str) -> str:
        """The text with each known secret replaced by `[secret]`."""
        return self._pattern.sub("[secret]", text) if self._pattern else text

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """As a structlog processor: cleans every value of the event, however deep."""
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self._clean(str(key)): self._clean(inner) for key, inner in value.items() if key not in PRIVATE}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(inner) for inner in value]
        return self.redact(str(value))


def _forms(secret: str) -> frozenset[str]:
    whole = {secret, secret.strip(), *_telling(secret)} - {""}
    quoted = ((quote(text), quote(text, safe=""), repr(text)[1:-1], json.dumps(text)[1:-1]) for text in whole)
    return frozenset(whole.union(*quoted))


def _telling(secret: str) -> Iterator[str]:
    """The parts of a secret address that libraries show alone: a webhook's path, a password."""
    try:
        parts = urlsplit(secret)
    except ValueError:
        return
    # a short path is no secret, and cutting it out would spoil other lines
    if parts.scheme in ("http", "https") and len(parts.path) >= 16:
        yield parts.path
    if parts.password:
        yield unquote(parts.password)


class Terminal(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment: a progress bar stands in for it, and prints lines above it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure(
    redaction: Redaction, log_format: Format = "console", verbose: bool = False, stream: TextIO | None = None
) -> None:
    """Send every log of this process to `stream` (standard error). `verbose` adds DEBUG of our own rooms.

    Libraries speak from WARNING on, with `verbose` from INFO on, never at DEBUG: there they log the texts they send.
    """
    terminal, stream = stream is None and sys.stderr.isatty(), stream or sys.stderr
    before = _before()
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = Terminal(stream) if terminal else logging.StreamHandler(stream)
    handler.setFormatter(_formatter(before, redaction, _shown(log_format, stream)))
    logging.basicConfig(handlers=[handler], level=logging.INFO if verbose else logging.WARNING, force=True)
    for room in OURS:
        logging.getLogger(room).setLevel(logging.DEBUG if verbose else logging.INFO)
    # a bare warning between JSON lines could not be read by a machine
    logging.captureWarnings(True)


def without_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop the keys that would carry what somebody wrote or who it was: logs name ids.

    The channel `log` has seen to that itself; its event `message` passes.
    """
    if event.get("event") == "message":
        return event
    return {key: value for key, value in event.items() if key not in PRIVATE}


def one_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Make control characters visible: from outside they could forge a line of the log or steer a terminal."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = value.translate(CONTROL_BUT_LINES if key in ("exception", "stack") else CONTROL)
    return event


def _before() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(before: list[Processor], redaction: Redaction, shown: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_words,
            structlog.processors.format_exc_info,
            # after the traceback became text, before anything is written
            redaction,
            *shown,
        ],
    )


def _shown(log_format: Format, stream: TextIO) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer()]
    # the default formatter of tracebacks would show the local values, which are people's words
    return [one_line, structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain_traceback)]
