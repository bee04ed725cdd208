"""Addresses taken apart."""

from __future__ import annotations

import pytest

from listener.net.target import BadAddress, target


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("HTTP://Acme.Example", "http://acme.example/"),
        ("https://acme.example:443/a b?q=ü#top", "https://acme.example/a%20b?q=%C3%BC"),
        ("http://acme.example:8080/%7Ea?x=%20&y=[1]", "http://acme.example:8080/%7Ea?x=%20&y=[1]"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://acme.example./", "http://acme.example/"),
        ("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/"),
        ("https://acme.example/a\r\nHost: evil/", "https://acme.example/aHost:%20evil/"),
    ],
)
def test_an_address_is_written_one_way(url: str, meant: str) -> None:
    assert target(url).url == meant


@pytest.mark.parametrize(
    "url", ["", "//acme.example/", "http://", "http://a b/", "http://[::1", "http://[fe80::1%25eth0]/", "http://x:0/"]
)
def test_what_names_no_host_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        target(url)


def test_credentials_are_taken_out_of_the_address() -> None:
    found = target("http://me:a%40b@acme.example/")
    assert (found.credentials, found.url) == (b"me:a@b", "http://acme.example/")
