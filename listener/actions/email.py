"""Kind `email`: messages by SMTP, as text and as HTML."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from connectors.contract import Failed, Receipt
from connectors.options import fits
from listener.actions.contract import Carrier, Channel, Doubt, InDoubt, Message, Outside, Secret
from listener.actions.drawing import picture
from listener.actions.email_html import PLOT, page
from listener.actions.letter import LINE, Letter, letter
from listener.actions.reach import LIMIT, reason, within
from listener.actions.smtp_line import Encrypted, Gate, Line, Plain, Refused
from listener.actions.text import one_line, without

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


# Stricter than the RFC: Python 3.11 decodes `=?…?=` in a name into headers and stumbles over odd punctuation.
_ATOM = r"""[^\s"(),.:;<>@\[\\\]]+"""
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*"
_MAILBOX = re.compile(rf"""{_ADDRESS}|(?:"\w[^"\\]*" |\w[^"(),:;<>@\[\\\]]* )?<{_ADDRESS}>""")


def _mailbox(address: str) -> str:
    """One address, with or without a name before it. Raises ValueError: a line break would smuggle headers in."""
    if "=?" in address or address != one_line(address) or not _MAILBOX.fullmatch(address):
        raise ValueError(f"{one_line(address)!r} is not an e-mail address")
    return address


Mailbox = Annotated[str, AfterValidator(_mailbox)]
# an IPv6 address has colons, a name none
NO_HOST = 'is no mail server — write its name alone: "smtp.acme.example", and port = 587 for the port'
Host = Annotated[str, fits(r"[^\s/@:]+|[0-9A-Fa-f:.]+", NO_HOST)]


# as long as RFC 5322 allows: folded, a long link of List-Unsubscribe becomes encoded words that no mail program reads
_POLICY = SMTP.clone(max_line_length=LINE)


class Email(Channel):
    """Mail through `host`, its certificate checked (against `ca_file` where given), with a login where given.

    The Message-ID is made from the message's key, so that a repeat is recognised as the same mail.
    """

    secrets = frozenset({"username", "password"})

    host: Host
    port: int | None = Field(default=None, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Secret | None = None
    password: Secret | None = None
    sender: Mailbox = Field(alias="from")
    to: tuple[Mailbox, ...] = Field(min_length=1)
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _login_is_whole(self) -> Email:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together")
        return self

    @property
    def doubt(self) -> Doubt:
        return "key"

    @property
    def readers(self) -> tuple[str, ...]:
        return tuple(parseaddr(each)[1] for each in self.to)

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        with self.line() as line:
            return line.deliver(message, outside)

    @contextmanager
    def line(self) -> Iterator[Carrier]:
        """Several mails over one connection, which is made with the first."""
        with closing(_Postman(self)) as postman:
            yield postman

    def verify(self, outside: Outside) -> None:
        """Connect, encrypt, log in and hang up."""
        with closing(Line(self.connect)) as line:
            self._within_limit(line, None)

    @property
    def verified(self) -> str:
        return super().verified if self.username else "its server answers; no login is configured"

    def carry(self, message: Message, outside: Outside, line: Line) -> Receipt:
        """One mail over this connection. Raises Failed, and InDoubt when it was handed over and nobody answered."""
        self._within_limit(line, self._letter(message, outside.now()))
        return Receipt(kind="email", key=self._number(message))

    def _within_limit(self, line: Line, mail: Letter | EmailMessage | None) -> None:
        gate = Gate()
        try:
            within(lambda: self._session(line, mail, gate))
        except TimeoutError:
            line.abandon()
            raise self._unanswered(gate.give_up(), f"{self.host} did not answer in time") from None

    def _session(self, line: Line, mail: Letter | EmailMessage | None, gate: Gate) -> None:
        """Errors of the protocol come back as Failed: 5xx is final, 4xx and trouble on the way may pass."""
        try:
            refused = line.send(mail, gate) if mail is not None else {}
            if mail is None:
                line.reached()
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(error.recipients) from None
        except smtplib.SMTPResponseException as error:
            raise self._said(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPServerDisconnected as error:
            # smtplib hides which of the two it was: a server that fell silent, or one that hung up
            raise self._unanswered(gate.handed, self._cut_off(error)) from None
        except smtplib.SMTPException as error:
            final = isinstance(error, smtplib.SMTPNotSupportedError)
            said = without(str(error), *self._hidden()) + self._cure(error)
            raise Failed(f"{self.host}: {said}", permanent=final) from None
        except (OSError, UnicodeError) as error:
            why = reason(error) + self._cure(error)
            raise self._unanswered(gate.handed, f"{self.host} was not reached: {why}") from None
        if refused:
            raise self._refused(refused)

    def _cure(self, error: Exception) -> str:
        """What to change where the two sides do not encrypt in the same way."""
        if self.security == "starttls" and "STARTTLS" in str(error):
            return ' If it begins with TLS, set security = "tls"; within your own network "none" will do'
        if self.security == "tls" and isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
            return ' — it does not begin with TLS: set security = "starttls"'
        return ""

    def _unanswered(self, handed: bool, why: str) -> Failed:
        return InDoubt(f"{why}, after it had the mail") if handed else Failed(why)

    def connect(self) -> Plain | Encrypted:
        """A connection, encrypted and logged in as far as configured. Raises as smtplib does, and Failed."""
        server = self._called()
        try:
            if self.security == "starttls":
                server.starttls(context=self._context())
            if self.username and self.password:
                server.login(self.username.get_secret_value(), self.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _called(self) -> Plain | Encrypted:
        # Without a name of ours smtplib asks the resolver for one, which may take longer than the delivery.
        port, name = self.port or _PORTS[self.security], _domain(self.sender)
        if self.security == "tls":
            return Encrypted(self.host, port, name, timeout=LIMIT, context=self._context())
        return Plain(self.host, port, name, timeout=LIMIT)

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise Failed(f"ca_file {self.ca_file} cannot be used: {reason(error)}", permanent=True) from None

    def _letter(self, message: Message, now: datetime) -> Letter | EmailMessage:
        """What is rare, a picture or an address that is not ASCII, is left to the standard library."""
        to, plain, headers = self._readers(message), message.plain(), self._headers(message, now)
        if message.plot or not "".join((self.sender, *to)).isascii():
            return self._rare(to, headers, message)
        return letter(self.sender, to, headers, plain, page(message))

    def _headers(self, message: Message, now: datetime) -> list[tuple[str, str]]:
        headers = [
            # The standard library decodes such a word of a title, line breaks and all, into headers of its own.
            ("Subject", message.headline.replace("=?", "=\u200b?")),
            ("Date", format_datetime(now)),
            ("Message-ID", self._number(message)),
            # Without it two machines could answer each other for ever.
            ("Auto-Submitted", "auto-generated"),
        ]
        if message.unsubscribe:  # RFC 8058: one click, without a page
            headers += [("List-Unsubscribe", f"<{message.unsubscribe}>")]
            headers += [("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
        return headers

    def _number(self, message: Message) -> str:
        # Hashed, as a key may hold what an address may not.
        return f"<{hashlib.sha256(message.key.encode()).hexdigest()[:40]}@{_domain(self.sender)}>"

    def _rare(self, to: Sequence[str], headers: list[tuple[str, str]], message: Message) -> EmailMessage:
        mail = EmailMessage(policy=_POLICY)
        for name, value in (("From", self.sender), ("To", ", ".join(to)), *headers):
            mail[name] = value
        mail.set_content(message.plain())
        drawn = picture(message.plot) if message.plot else None
        mail.add_alternative(page(message, pictured=drawn is not None), subtype="html")
        if drawn is not None:
            mail.get_payload()[1].add_related(drawn, "image", "png", cid=f"<{PLOT}>")  # type: ignore[union-attr,index]  # the page just added
        return mail

    def _cut_off(self, error: smtplib.SMTPServerDisconnected) -> str:
        if isinstance(error.__context__, TimeoutError):
            return f"{self.host} did not answer in time"
        return f"{self.host}: {without(str(error), *self._hidden())}"

    def _readers(self, message: Message) -> tuple[str, ...]:
        if message.to is None:
            return self.to
        try:
            return (_mailbox(message.to),)
        except ValueError:
            raise Failed("the customer's mail address in the registry cannot be used", permanent=True) from None

    def _said(self, code: int, words: bytes | str) -> Failed:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return Failed(f"{self.host} refused: {code} {without(text, *self._hidden())}", permanent=code >= 500)

    def _hidden(self) -> list[str]:
        return [secret.get_secret_value() for secret in (self.username, self.password) if secret]

    def _refused(self, recipients: Refused) -> Failed:
        """Once somebody has the mail it is not sent again for the others; people are told who lacks it."""
        said = "; ".join(f"{name}: {self._said(*answer)}" for name, answer in recipients.items())
        some = len(recipients) < len(self.to)
        final = all(code >= 500 for code, _ in recipients.values())
        return Failed(f"{len(recipients)} of {len(self.to)} recipients refused: {said}", permanent=some or final)


class _Postman:
    """Carries mails of one channel over one connection, and over a new one once that had to be given up."""

    def __init__(self, channel: Email) -> None:
        self._channel = channel
        self._line = Line(channel.connect)

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        if self._line.abandoned:
            self._line = Line(self._channel.connect)
        return self._channel.carry(message, outside, self._line)

    def close(self) -> None:
        self._line.close()


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]
