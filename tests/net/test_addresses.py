"""Which addresses the door opens to."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from connectors.contract import GiveUp, TryLater
from listener.net.addresses import Inside, is_public, reachable, unwrapped

FORBIDDEN = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "5f00::1",
    "100::1",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_an_address_inside_is_not_public(text: str) -> None:
    assert not is_public(unwrapped(text))


@pytest.mark.parametrize("text", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "2a00:1450::1"])
def test_an_address_of_the_open_internet_is_public(text: str) -> None:
    assert is_public(unwrapped(text))


def test_the_refusal_names_the_cure() -> None:
    with pytest.raises(Inside, match=r'evil\.example is 10\.0\.0\.7.*allow_private = \["10\.0\.0\.7/32"\]'):
        reachable("evil.example", ["10.0.0.7"], False)


@pytest.mark.parametrize(
    ("host", "site", "trouble"),
    [
        ("10.0.0.7", "", GiveUp),
        ("localhost", "", GiveUp),
        ("evil.example", "", TryLater),
        ("10.0.0.7", "news.example", TryLater),
    ],
)
def test_only_what_was_written_as_an_address_inside_is_given_up(host: str, site: str, trouble: type) -> None:
    with pytest.raises(Inside) as refused:
        reachable(host, ["10.0.0.7"], False)
    assert type(refused.value.trouble(site)) is trouble
    assert site or type(refused.value.trouble(site, reading=False)) is GiveUp


def test_one_bad_address_among_good_ones_is_refused() -> None:
    with pytest.raises(Inside):
        reachable("rebind.example", ["1.1.1.1", "127.0.0.1"], False)


def test_of_a_name_with_a_network_that_was_named_only_that_is_reached() -> None:
    assert reachable("localhost", ["::1", "127.0.0.1"], (ip_network("127.0.0.0/8"),)) == ["127.0.0.1"]


def test_a_network_that_was_not_named_stays_closed() -> None:
    with pytest.raises(Inside):
        reachable("box", ["192.168.1.1"], (ip_network("10.0.0.0/8"),))


def test_allowing_all_private_addresses_leaves_the_clouds_secrets_closed() -> None:
    assert reachable("box", ["192.168.1.1", "::1"], True) == ["192.168.1.1", "::1"]
    with pytest.raises(Inside):
        reachable("meta", ["169.254.169.254"], True)


def test_a_link_local_address_is_opened_by_its_name_alone() -> None:
    assert reachable("meta", ["169.254.1.1"], (ip_network("169.254.0.0/16"),)) == ["169.254.1.1"]
