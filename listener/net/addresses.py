"""Which addresses may be reached: global ones, and those that the operator allowed."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread

from connectors.contract import GiveUp, TryLater

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Python 3.11 calls these global: protocol assignments (192.0.0.8) and the 6to4 relay
V4_TRAPS = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
# a name that leads inside is asked for again after this long
AGAIN = timedelta(hours=1)
# global unicast is 2000::/3 alone, so NAT64, fec0:: and multicast fall out; 6to4 and documentation lie within
V6_GLOBAL = IPv6Network("2000::/3")
V6_TRAPS = (IPv6Network("2002::/16"), IPv6Network("3fff::/20"))


class Inside(Exception):
    """A host lies at an address that is not of the open internet. Says how an operator who means it can allow it."""

    def __init__(self, host: str, address: Address) -> None:
        super().__init__(host, address)
        self.host, self.address = host, str(address)
        self.network = f"{address}/{address.max_prefixlen}"

    def __str__(self) -> str:
        at = "" if self.host == self.address else f" is {self.address}, which"
        cure = f'if it is yours, set `[net] allow_private = ["{self.network}"]`'
        return f"{self.host}{at} is not an address of the open internet; {cure}"

    def trouble(self, site: str = "", reading: bool = True) -> GiveUp | TryLater:
        """As connectors meet it, `site` having redirected there: only an address that was written so stays inside.

        A name comes back by itself, and so does a site behind the login page of a network. What was to be sent
        (not `reading`) to a name inside is given up, so that people hear of it at once.
        """
        if site:
            return TryLater(self._behind(site), AGAIN)
        return TryLater(str(self), AGAIN) if reading and not is_address(self.host) else GiveUp(str(self))

    def _behind(self, site: str) -> str:
        """Nobody who only knows the site that redirects means to open the house to it."""
        there = self.host if self.host == self.address else f"{self.host} ({self.address})"
        return (
            f"{site} redirects to {there}, which is not an address of the open internet: it may be trying to reach "
            f"into your network. Correct the address of the source, or ask who runs {site}; allow {self.network} only "
            "if both the site and the address are yours"
        )


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host name, in the order to try them.

    Raises OSError when there are none and TimeoutError past `seconds`.
    """
    found: Future[list[str]] = Future()

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result(list(dict.fromkeys(str(answer[4][0]) for answer in answers)))
        except (OSError, UnicodeError) as error:
            found.set_exception(OSError(str(error)))

    # getaddrinfo takes no time limit and cannot be interrupted: a daemon thread may be left behind
    Thread(target=ask, name="look-up", daemon=True).start()
    return found.result(seconds)


def unwrapped(text: str) -> Address:
    """The address meant: `::ffff:127.0.0.1` is 127.0.0.1. Raises ValueError."""
    address = ip_address(text)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open internet."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in trap for trap in V4_TRAPS)
    return address in V6_GLOBAL and not any(address in trap for trap in V6_TRAPS)


def is_address(host: str) -> bool:
    """Whether a host is written as an address, or as this machine itself."""
    try:
        return host == "localhost" or bool(unwrapped(host))
    except ValueError:
        return False


def is_ours(host: str) -> bool:
    """Whether a host is written as this machine itself."""
    try:
        return host == "localhost" or unwrapped(host).is_loopback
    except ValueError:
        return False


def reachable(host: str, found: Sequence[str], allow: bool | Sequence[Network]) -> list[str]:
    """Those of the addresses of `host` that may be connected to. Raises Inside when one of them must not be.

    Networks that the operator named go first: a name that also has other addresses is then reached there only.
    """
    addresses = [unwrapped(text) for text in found]
    # localhost is ::1 and 127.0.0.1: naming one of them is enough
    if not isinstance(allow, bool):
        named = [str(address) for address in addresses if any(address in network for network in allow)]
        if named:
            return named
    # one forbidden address among public ones is the mark of a rebinding attack, not of a choice
    for address in addresses:
        if not (is_public(address) or (allow is True and is_near(address))):
            raise Inside(host, address)
    return [str(address) for address in addresses]


def is_near(address: Address) -> bool:
    """Whether `allow_private = true` covers it: 169.254.169.254 and its kin must be named as a network."""
    return address.is_private and not address.is_link_local and not address.is_multicast
