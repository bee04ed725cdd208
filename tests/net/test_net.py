"""The network door against a real server: requests, redirects, refusals, courtesy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from connectors.contract import GiveUp, TryLater
from listener.net import Net, NetSettings
from tests.actions.mail_sink import a_certificate, mail_sink
from tests.doors import NOW, Clock, a_net
from tests.web_server import Site, drip


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def net() -> Iterator[Net]:
    net = a_net(contact="ops@acme.example")
    yield net
    net.close()


def test_a_page_comes_back_with_its_headers_in_lower_case(site: Site, net: Net) -> None:
    answer = net.fetch(site.put("/a?b=c d", "hello", X_Odd="Yes").replace(" ", "%20"))
    assert answer.status == 404
    answer = net.fetch(site.put("/a", "hello", X_Odd="Yes"))
    assert (answer.status, answer.body, answer.headers["x-odd"]) == (200, b"hello", "Yes")


def test_it_says_who_asks_and_what_it_can_unpack(site: Site, net: Net) -> None:
    net.fetch(site.put("/"))
    headers = site.seen[0].headers
    assert headers["user-agent"].startswith("listening-post/")
    assert headers["user-agent"].endswith(" (+ops@acme.example)")
    assert headers["accept-encoding"] == "gzip, deflate, br"


def test_an_etag_goes_back_byte_for_byte(site: Site, net: Net) -> None:
    url = site.put("/", "x", ETag='W/"d\xe9j\xe0--gzip"')
    etag = net.fetch(url).headers["etag"]
    assert net.fetch(url, headers={"If-None-Match": etag}).status == 304


def test_a_body_is_posted(site: Site, net: Net) -> None:
    net.fetch(site.put("/"), method="POST", headers={"Content-Type": "text/plain"}, body=b"hello")
    assert (site.seen[0].method, site.seen[0].body) == ("POST", b"hello")


def test_a_user_name_in_the_address_becomes_a_login(site: Site, net: Net) -> None:
    answer = net.fetch(site.put("/").replace("//", "//me:p%40ss@"))
    assert site.seen[0].headers["authorization"] == "Basic bWU6cEBzcw=="
    assert "me" not in answer.url


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_statuses_that_mean_something_come_back(site: Site, net: Net, status: int) -> None:
    assert net.fetch(site.put("/", "no", status)).status == status


@pytest.mark.parametrize("status", [400, 418, 500, 502])
def test_other_errors_are_for_later(site: Site, net: Net, status: int) -> None:
    with pytest.raises(TryLater, match=str(status)):
        net.fetch(site.put("/", "no", status))


def test_connections_are_kept_alive(site: Site, net: Net) -> None:
    ports = set()
    site.put("/", "x", ETag='"1"')
    for _ in range(3):
        net.fetch(site.url(), headers={"If-None-Match": '"1"'})
        ports |= {stream.get_extra_info("client_addr") for stream in net._backend._opened._streams}
    assert len(ports) == 1


def test_the_address_after_leading_permanent_redirects_is_told(site: Site, net: Net) -> None:
    site.put("/d", "x")
    site.redirect("/c", "/d", 302)
    site.redirect("/b", "/c", 308)
    answer = net.fetch(site.redirect("/a", site.url("/b"), 301))
    assert (answer.url, answer.moved_to) == (site.url("/d"), site.url("/c"))


def test_a_permanent_redirect_behind_a_temporary_one_is_not_a_move(site: Site, net: Net) -> None:
    site.put("/c", "x")
    site.redirect("/b", "/c", 301)
    assert net.fetch(site.redirect("/a", "/b", 302)).moved_to is None


def test_redirects_in_a_circle_end(site: Site, net: Net) -> None:
    site.redirect("/b", "/a")
    with pytest.raises(TryLater, match="circle"):
        net.fetch(site.redirect("/a", "/b"))


def test_at_most_five_redirects_are_followed(site: Site, net: Net) -> None:
    site.put("/6", "x")
    for step in range(6):
        site.redirect(f"/{step}", f"/{step + 1}")
    assert net.fetch(site.url("/1")).status == 200
    with pytest.raises(TryLater, match="5 redirects"):
        net.fetch(site.url("/0"))


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://a.example/", "http://me:pw@127.0.0.1/", "http://:80/"])
def test_a_redirect_to_something_else_is_not_followed(site: Site, net: Net, where: str) -> None:
    with pytest.raises(TryLater, match="do not follow"):
        net.fetch(site.redirect("/", where))


def test_secrets_do_not_follow_to_another_site(site: Site, net: Net) -> None:
    with Site() as other:
        other.put("/", "x")
        site.redirect("/", other.url())
        net.fetch(site.url(), headers={"Authorization": "Bearer s", "X-Api-Key": "s", "Accept": "text/xml"})
        seen = other.seen[0].headers
    assert not {"authorization", "x-api-key"} & set(seen)
    assert seen["accept"] == "text/xml"


def test_secrets_stay_on_the_same_site(site: Site, net: Net) -> None:
    site.put("/b", "x")
    net.fetch(site.redirect("/a", "/b"), headers={"Authorization": "Bearer s"})
    assert site.seen[1].headers["authorization"] == "Bearer s"


def test_a_post_that_is_answered_elsewhere_becomes_a_get(site: Site, net: Net) -> None:
    site.put("/b", "x")
    net.fetch(site.redirect("/a", "/b", 303), method="POST", body=b"data")
    assert (site.seen[1].method, site.seen[1].body) == ("GET", b"")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_however_it_is_written(site: Site, host: str) -> None:
    net = a_net(allow_private=False)
    with pytest.raises((GiveUp, TryLater), match="allow_private"):
        net.fetch(site.url(host=host))
    net.close()
    assert site.seen == []


def test_a_redirect_to_an_address_inside_is_refused(site: Site) -> None:
    net = a_net(allow_private=("127.0.0.1/32",))
    with pytest.raises(TryLater, match=rf"127\.0\.0\.1:{site.port} redirects to 127\.0\.0\.2, which is") as refused:
        net.fetch(site.redirect("/", site.url("/secret", host="127.0.0.2")))
    net.close()
    # who only knows the site that redirects must not be told to open the house
    assert "set `[net]" not in str(refused.value)
    assert [seen.path for seen in site.seen] == ["/"]


def test_a_redirect_to_no_address_is_for_later(site: Site, net: Net) -> None:
    with pytest.raises(TryLater, match="redirects to where we do not follow: it is not an address"):
        net.fetch(site.redirect("/", "http://[bad"))


def test_a_certificate_that_is_not_trusted_is_told_with_its_cure(tmp_path: Path, net: Net) -> None:
    file = a_certificate(tmp_path)
    with mail_sink(file, implicit=True) as server, pytest.raises(TryLater, match="its owner must renew it"):
        net.fetch(f"https://127.0.0.1:{server.port}/")


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site) -> None:
    asked = []

    def rebinding(host: str, port: int, seconds: float) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    net = Net(NetSettings(allow_private=("127.0.0.0/8",)), Clock(), time.monotonic, rebinding)
    site.put("/", "x")
    assert net.fetch(site.url(host="acme.example")).body == b"x"
    net.close()
    assert asked == ["acme.example"]
    assert site.seen[0].headers["host"] == f"acme.example:{site.port}"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "acme.example", "http:///x", "http://a b/", "http://x:99999/"])
def test_what_is_no_web_address_is_given_up(net: Net, url: str) -> None:
    with pytest.raises(GiveUp, match="correct it"):
        net.fetch(url)


def test_a_header_that_breaks_the_line_is_given_up(site: Site, net: Net) -> None:
    with pytest.raises(GiveUp, match="header"):
        net.fetch(site.put("/"), headers={"X-A": "a\r\nX-B: b"})
    assert site.seen == []


def test_a_name_that_does_not_exist_names_the_cure() -> None:
    def nowhere(host: str, port: int, seconds: float) -> list[str]:
        raise OSError("no such name")

    net = Net(NetSettings(), Clock(), time.monotonic, nowhere)
    with pytest.raises(TryLater, match="check its spelling"):
        net.fetch("http://acme.invalid/")


def test_a_closed_port_is_for_later(net: Net) -> None:
    with Site() as site:
        gone = site.url()
    with pytest.raises(TryLater, match="cannot be connected to"):
        net.fetch(gone)


def test_both_forms_of_retry_after_are_understood_and_kept(site: Site) -> None:
    clock = Clock()
    net = a_net(clock)
    for value in ("120", "Mon, 23 Nov 2026 12:02:00 GMT"):
        clock.time = NOW
        with pytest.raises(TryLater) as caught:
            net.fetch(site.put("/", status=429, Retry_After=value))
        assert caught.value.after == timedelta(seconds=120)
        clock.pass_by(seconds=30)
        with pytest.raises(TryLater, match="left alone") as caught:
            net.fetch(site.put("/other", "x"))
        assert caught.value.after == timedelta(seconds=90)
        clock.pass_by(seconds=91)
        assert net.fetch(site.url("/other")).status == 200
    net.close()
    assert [seen.path for seen in site.seen] == ["/", "/other"] * 2


@pytest.mark.parametrize(("value", "hours"), [("9" * 5000, 24), ("Fri, 31 Dec 9999 23:59:59 GMT", 24), ("never", None)])
def test_an_odd_retry_after_is_capped_or_ignored(site: Site, net: Net, value: str, hours: int | None) -> None:
    with pytest.raises(TryLater) as caught:
        net.fetch(site.put("/", status=503, Retry_After=value))
    assert caught.value.after == (timedelta(hours=hours) if hours else None)


def test_one_request_at_a_time_reaches_a_host(site: Site, net: Net) -> None:
    unanswered: list[None] = []
    counted: list[int] = []

    def slowly(connection: object) -> None:
        unanswered.append(None)
        time.sleep(0.02)
        counted.append(len(unanswered))
        # a request ends with its answer: the next may come before this thread of the server has ended
        unanswered.pop()
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")  # type: ignore[attr-defined]

    url = site.play("/", slowly)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: net.fetch(url), range(16)))
    assert (len(site.seen), max(counted)) == (16, 1)


def test_a_host_elsewhere_is_asked_at_a_pace(site: Site) -> None:
    net = Net(NetSettings(allow_private=True, pace=0.1), Clock(), time.monotonic, lambda *_: ["127.0.0.1"])
    site.put("/", "x")
    begun = time.monotonic()
    for _ in range(4):
        net.fetch(site.url(host="acme.example"))
    net.close()
    assert time.monotonic() - begun >= 0.3


def test_closing_breaks_off_what_is_under_way(site: Site) -> None:
    net = a_net()
    url = site.play("/", lambda connection: drip(connection, b"x" * 1000, 0.05, site.stopped))
    Thread(target=lambda: (time.sleep(0.2), net.close())).start()
    begun = time.monotonic()
    with pytest.raises(TryLater):
        net.fetch(url)
    assert time.monotonic() - begun < 30
    with pytest.raises(TryLater, match="stopping"):
        net.fetch(url)


def test_closing_breaks_off_what_is_just_being_connected(site: Site) -> None:
    def resolve(host: str, port: int, seconds: float) -> list[str]:
        net.close()
        return ["127.0.0.1"]

    net = Net(NetSettings(allow_private=True, read=60, total=60), Clock(), time.monotonic, resolve)
    site.play("/", lambda connection: site.stopped.wait(60) and None)
    begun = time.monotonic()
    with pytest.raises(TryLater):
        net.fetch(site.url(host="acme.example"))
    assert time.monotonic() - begun < 30


def test_proxies_of_the_environment_are_not_used(site: Site, net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert net.fetch(site.put("/", "x")).body == b"x"


def test_a_form_that_is_answered_with_its_own_address_is_asked_again(site: Site, net: Net) -> None:
    with pytest.raises(TryLater, match="circle"):
        net.fetch(site.redirect("/", "/", 303), method="POST", body=b"x")
    assert [seen.method for seen in site.seen] == ["POST", "GET"]


def test_a_redirect_in_utf_8_is_understood(site: Site, net: Net) -> None:
    site.put("/%C3%BC", "x")
    assert net.fetch(site.redirect("/", "/ü".encode().decode("latin-1"))).body == b"x"
