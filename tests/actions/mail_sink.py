"""A real mail server on loopback: STARTTLS with a certificate of its own, a login, and refusals on request."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from listener.demo.sinks import free_port


@dataclass
class MailSink:
    """`refuse` maps a recipient to the answer it gets; `after_data` is said instead of accepting."""

    port: int
    refuse: dict[str, str] = field(default_factory=dict)
    after_data: str = "250 taken"
    raw: list[bytes] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    peers: list[Any] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.peers.append(session.peer)
        if self.after_data.startswith("250"):
            self.raw.append(envelope.content)
        return self.after_data

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.login)
        return AuthResult(success=(data.login, data.password) == (b"care", b"sesame"), handled=False)


def a_certificate(folder: Path) -> Path:
    """One file with a key and a certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "mail.pem"
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(encoding))
    return file


@contextmanager
def mail_sink(certificate: Path | None = None, implicit: bool = False, **refusals: Any) -> Iterator[MailSink]:
    """Without a certificate plain and open; with one STARTTLS and a login are required, or TLS from the start."""
    sink = MailSink(free_port(), **refusals)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": sink.port, "server_hostname": "sink"}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        if implicit:
            options["ssl_context"] = context
        else:
            options |= {"tls_context": context, "require_starttls": True}
            options |= {"auth_required": True, "authenticator": sink.login}
    server = Controller(sink, **options)
    server.start()
    try:
        yield sink
    finally:
        server.stop(no_assert=True)
