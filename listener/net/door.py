"""The fetch that every connector and channel uses: one road for all requests that leave the house."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from threading import Event, Lock

import certifi
import httpcore

from connectors.answers import retry_after
from connectors.contract import GiveUp, Response, TryLater
from listener.net.addresses import Inside, is_ours, look_up, reachable
from listener.net.hosts import Hosts
from listener.net.settings import NetSettings
from listener.net.target import BadAddress, Question, Target, target
from listener.net.transport import CheckedBackend, Monotonic, Patience, Unresolved
from listener.net.unpack import Garbled, TooLarge, unpack

REDIRECTS = 5
PERMANENT = (301, 308)
FOLLOWED = (301, 302, 303, 307, 308)
# the caller decides what these mean; every other trouble is one of "later"
FOR_THE_CALLER = (401, 403, 404, 410)
UNTRUSTED = "its owner must renew it, or, where it is yours, add its authority to this machine's certificates"
# of an answer that is an error anyway, a page of text is enough
ERROR_PAGE = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """One hop's answer, before redirects are followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def user_agent(contact: str) -> str:
    """Who we are, with an address to write to."""
    try:
        release = version("listening-post")
    except PackageNotFoundError:
        release = "source"
    return f"listening-post/{release}" + (f" (+{contact})" if contact else "")


class Net:
    """The network door. Thread-safe; connections are shared and kept alive; proxies of the environment are not used.

    `now` is the wall clock (aware), `monotonic` counts seconds, `resolve(host, port, seconds)` gives a name's
    addresses or raises OSError.
    """

    def __init__(
        self,
        settings: NetSettings,
        now: Callable[[], datetime],
        monotonic: Monotonic,
        resolve: Callable[[str, int, float], list[str]] = look_up,
    ) -> None:
        self._settings = settings
        self._now = now
        self._monotonic = monotonic
        self._resolve = resolve
        self._stopped = Event()
        self._hosts = Hosts(now, monotonic, self._stopped)
        self._backend = CheckedBackend(self._addresses)
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._lock = Lock()
        self._agent = user_agent(settings.contact)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
        refusals: bool = False,
    ) -> Response:
        """As `connectors.contract.Door.fetch`.

        With `refusals` every 4xx but 429 comes back, with what the far side says of the request.
        """
        limit = int(megabytes * 1_000_000)
        ours = {"user-agent": self._agent, "accept": "*/*", "accept-encoding": "gzip, deflate, br"}
        try:
            question = Question(target(url), method, {**ours, **(headers or {})}, body)
        except BadAddress as error:
            raise GiveUp(f"the address cannot be fetched: {error}; correct it in the configuration") from error
        return self._follow(question, limit, refusals)

    def close(self) -> None:
        """Break off what is under way and refuse what follows, both with TryLater."""
        self._stopped.set()
        self._backend.abort()
        with self._lock:
            for pool in self._pools.values():
                pool.close()

    def _follow(self, question: Question, limit: int, refusals: bool) -> Response:
        """Ask, and ask again where redirects point, with one clock for all of it."""
        until, seen, moved, only_permanent, sender = None, set(), None, True, ""
        for _ in range(REDIRECTS + 1):
            seen.add((question.method, question.target.url))
            with sent_by(sender, question.method == "GET"):
                answer, until = self._take_turn(question, limit, until)
            if answer.status >= 400 and not refusals and answer.status not in FOR_THE_CALLER:
                site = question.target.site
                raise TryLater(f"{site} answered {answer.status}; open the address in a browser to see why")
            location = answer.headers.get("location")
            if answer.status not in FOLLOWED or not location:
                return Response(answer.status, answer.headers, answer.body, question.target.url, moved)
            sender, question = question.target.site, self._redirected(question, answer.status, location)
            only_permanent = only_permanent and answer.status in PERMANENT
            moved = question.target.url if only_permanent else moved
            # a form that is answered with its own address is asked again as GET: no circle
            if (question.method, question.target.url) in seen:
                raise TryLater(f"{question.target.site} redirects in a circle; check the address in a browser")
        raise TryLater(f"{question.target.site} is more than {REDIRECTS} redirects away; set the final address")

    @staticmethod
    def _redirected(question: Question, status: int, location: str) -> Question:
        # servers write UTF-8 where the standard has ASCII
        readable = location.encode("latin-1").decode("utf-8", "replace")
        try:
            return question.redirected(status, readable)
        except BadAddress as error:
            raise TryLater(f"{question.target.site} redirects to where we do not follow: {error}") from error

    def _take_turn(self, question: Question, limit: int, until: float | None) -> tuple[Answer, float]:
        """Wait for the host's turn and ask. The request's clock starts with its first turn."""
        site = question.target.site
        pace = 0.0 if is_ours(question.target.host) else self._settings.pace
        patience = self._settings.total if until is None else max(0.0, until - self._monotonic())
        with self._hosts.turn(site, pace, patience):
            until = self._monotonic() + self._settings.total if until is None else until
            with in_plain_words(site, limit):
                answer = self._ask(question, limit, until)
            if answer.status == 429 or answer.status >= 500:
                self._refused(site, answer)
        return answer, until

    def _refused(self, site: str, answer: Answer) -> None:
        wait = retry_after(answer.headers.get("retry-after", ""), self._now())
        # every source on this host waits, not only the one that was told
        if wait:
            self._hosts.close_for(site, wait)
        why = "we ask too often" if answer.status == 429 else "the fault is on its side"
        raise TryLater(f"{site} answered {answer.status}: {why}; it is tried again by itself", wait)

    def _ask(self, question: Question, limit: int, until: float) -> Answer:
        step = Patience(self._settings.read, until, self._monotonic)
        connect = Patience(self._settings.connect, until, self._monotonic)
        wire = question.on_the_wire({"connect": connect, "read": step, "write": step})
        response = self._pool(question.target).handle_request(wire)
        try:
            headers = joined(response.headers)
            # bodies that nobody reads are not waited for; the connection is given up instead
            if response.status in FOLLOWED or response.status == 429 or response.status >= 500:
                return Answer(response.status, headers, b"")
            most = limit if response.status < 400 else ERROR_PAGE
            return Answer(response.status, headers, body_of(response, headers, most))
        finally:
            response.close()

    def _pool(self, aim: Target) -> httpcore.ConnectionPool:
        with self._lock:
            if self._stopped.is_set():
                raise TryLater("the daemon is stopping")
            if aim.scheme not in self._pools:
                secure = trusted() if aim.scheme == "https" else None
                # every idle connection is looked at on each request: few of them, and not for long
                self._pools[aim.scheme] = httpcore.ConnectionPool(
                    secure,
                    max_connections=None,
                    max_keepalive_connections=16,
                    keepalive_expiry=30,
                    network_backend=self._backend,
                )
            return self._pools[aim.scheme]

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """The checked addresses of a host. Raises Inside when it must not be reached."""
        try:
            found = self._resolve(host, port, seconds)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("its name was not resolved in time") from error
        except OSError as error:
            raise Unresolved(str(error)) from error
        return reachable(host, found, self._settings.allow_private)


def trusted() -> ssl.SSLContext:
    """The system's certificates and certifi's: a bare container has none, a company adds its own. Takes 20 ms."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined with a comma."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def body_of(response: httpcore.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """The unpacked body; of an error that is too long, nothing. Reading to the end keeps the connection alive."""
    try:
        return unpack(response.iter_stream(), headers.get("content-encoding", ""), limit)
    except TooLarge:
        if response.status >= 400:
            return b""
        raise


@contextmanager
def sent_by(site: str, reading: bool) -> Iterator[None]:
    """An address inside is told with the site that redirected there; "" for none."""
    try:
        yield
    except Inside as error:
        raise error.trouble(site, reading) from None


@contextmanager
def in_plain_words(site: str, limit: int) -> Iterator[None]:
    """Troubles of the network, as an operator reads them: what happened and what to do."""
    try:
        yield
    except httpcore.TimeoutException as error:
        why = f" ({error})" if str(error) else ""
        cure = "it is tried again by itself; if it is always this slow, ask who runs it"
        handed = not isinstance(error, httpcore.ConnectTimeout | httpcore.PoolTimeout)
        raise TryLater(f"{site} did not answer in time{why}; {cure}", handed=handed) from error
    except Unresolved as error:
        raise TryLater(f"the name {site} cannot be resolved; check its spelling and this machine's DNS") from error
    except httpcore.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise TryLater(f"{site} has a certificate that is not trusted ({error}); {UNTRUSTED}") from error
        raise TryLater(f"{site} cannot be connected to ({error}); check the address and that it is up") from error
    except httpcore.LocalProtocolError as error:
        raise GiveUp(f"{site} cannot be asked: a header of the request is not valid ({error})") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise TryLater(f"{site} broke off in the middle ({error}); it is tried again by itself", handed=True) from error
    except TooLarge as error:
        cure = "name an address of it that gives less at once"
        raise TryLater(f"{site} sent more than {limit / 1_000_000:g} MB, which is not read; {cure}") from error
    except Garbled as error:
        raise TryLater(f"{site} sent a body that cannot be unpacked: {error}; its owner must repair it") from error
