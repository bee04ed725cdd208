"""Every way to show a site who we are, and that nobody else gets to know."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.contract import GiveUp, TryLater
from tests.connectors.loopback import NOW, Answer, Asked, PlainDoor, Site, a_site
from tests.connectors.small_spec import a_source, a_spec, posts

SECRET = {name: {"about": "x"} for name in ("token", "username", "password", "client_id", "client_secret")}


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        site.pages["/posts"] = posts(1)
        yield site


def poll(site: Site, folder: Path, auth: dict[str, Any], params: dict[str, str] | None = None, **secrets: str) -> Asked:
    """Poll with this auth; what the site was asked last."""
    declared = {name: {"about": "a secret"} for name in secrets}
    wanted = {name: {"about": "a parameter"} for name in params or {}}
    more = f"auth: {json.dumps(auth)}\nsecrets: {json.dumps(declared)}\nparams: {json.dumps(wanted)}"
    a_source(site, a_spec(folder, more=more), params=params or {}, **secrets).poll("", PlainDoor())
    return site.asked[-1]


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def test_a_header_a_query_a_bearer_and_a_basic_login(site: Site, tmp_path: Path) -> None:
    header = poll(site, tmp_path, {"kind": "header", "name": "X-Key", "value": "Key {token}"}, token="a b")
    query = poll(site, tmp_path, {"kind": "query", "name": "apikey", "value": "{token}"}, token="a&b")
    bearer = poll(site, tmp_path, {"kind": "bearer", "token": "{token}"}, token="t")
    login = {"kind": "basic", "username": "{username}", "password": "{password}"}
    basic = poll(site, tmp_path, login, username="ada", password="p:w")

    assert header.headers["x-key"] == "Key a b"
    assert query.query["apikey"] == "a&b"
    assert bearer.headers["authorization"] == "Bearer t"
    assert b64decode(basic.headers["authorization"].removeprefix("Basic ")) == b"ada:p:w"


@pytest.mark.parametrize("client", ["header", "body"])
def test_an_oauth_client_fetches_its_token_from_the_same_place(site: Site, tmp_path: Path, client: str) -> None:
    site.pages["/oauth/token"] = Answer('{"access_token": "fresh", "expires_in": 60}')
    auth = {
        "kind": "oauth2",
        "token_url": "https://accounts.example/oauth/token",
        "client": client,
        "client_id": "{client_id}",
        "client_secret": "{client_secret}",
    }

    last = poll(site, tmp_path, auth, client_id="me", client_secret="s3cret")

    form = parse_qs(site.asked[0].body.decode())
    assert last.headers["authorization"] == "Bearer fresh"
    assert form["grant_type"] == ["client_credentials"]
    assert ("client_secret" in form) == (client == "body")
    assert ("authorization" in site.asked[0].headers) == (client == "header")


def test_a_refresh_token_is_used_where_there_is_one(site: Site, tmp_path: Path) -> None:
    site.pages["/token"] = Answer('{"access_token": "fresh"}')
    auth = {
        "kind": "oauth2",
        "token_url": "https://accounts.example/token",
        "client_id": "{client_id}",
        "client_secret": "{client_secret}",
        "refresh_token": "{refresh_token}",
    }
    poll(site, tmp_path, auth, client_id="me", client_secret="s", refresh_token="r")

    form = parse_qs(site.asked[0].body.decode())
    assert (form["grant_type"], form["refresh_token"]) == (["refresh_token"], ["r"])


def test_a_signed_token_lives_at_most_twenty_minutes(site: Site, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    auth = {"kind": "jwt", "key": "{private_key}", "key_id": "{kid}", "issuer": "{iss}", "audience": "shop-v1"}

    last = poll(site, tmp_path, auth, {"kid": "K1", "iss": "I1"}, private_key=pem(key))

    token = last.headers["authorization"].removeprefix("Bearer ")
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, key.public_key(), ["ES256"], audience="shop-v1", options=options)
    assert jwt.get_unverified_header(token)["kid"] == "K1"
    assert (claims["iss"], claims["iat"]) == ("I1", int(NOW.timestamp()))
    assert 0 < claims["exp"] - claims["iat"] <= 1200


def test_a_google_service_account_signs_for_its_token(site: Site, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    account = json.dumps({"client_email": "bot@acme.example", "private_key": pem(key)})
    site.pages["/token"] = Answer('{"access_token": "fresh"}')

    last = poll(site, tmp_path, {"kind": "google", "key": "{service_account}", "scope": "s"}, service_account=account)

    assertion = parse_qs(site.asked[0].body.decode())["assertion"][0]
    options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    claims = jwt.decode(assertion, key.public_key(), ["RS256"], options=options)
    assert (claims["iss"], claims["scope"]) == ("bot@acme.example", "s")
    assert last.headers["authorization"] == "Bearer fresh"


@pytest.mark.parametrize(
    ("auth", "secret"),
    [
        ({"kind": "jwt", "key": "{private_key}", "key_id": "k", "issuer": "i", "audience": "a"}, "private_key"),
        ({"kind": "google", "key": "{service_account}", "scope": "s"}, "service_account"),
    ],
)
def test_a_key_that_is_none_is_named_but_not_shown(
    site: Site, tmp_path: Path, auth: dict[str, Any], secret: str
) -> None:
    with pytest.raises(GiveUp) as raised:
        poll(site, tmp_path, auth, **{secret: "hunter2"})

    assert "hunter2" not in str(raised.value)


def test_a_far_side_that_gives_no_token_is_told(site: Site, tmp_path: Path) -> None:
    auth = {"kind": "oauth2", "token_url": "https://a.example/token", "client_id": "{client_id}", "client_secret": "s"}
    for body in ('{"error": "invalid_client"}', '["x"]', '{"access_token": "a\\r\\nb: c"}'):
        site.pages["/token"] = Answer(body)
        with pytest.raises(TryLater, match="no access token"):
            poll(site, tmp_path, auth, client_id="me")


def test_no_secret_is_in_any_message(site: Site, tmp_path: Path) -> None:
    auth = {"kind": "query", "name": "apikey", "value": "{token}"}
    for status in (401, 403, 404, 429, 500):
        site.pages["/posts"] = Answer(status=status)
        with pytest.raises(TryLater) as raised:
            poll(site, tmp_path, auth, token="s3/cr t")
        for form in ("s3/cr t", "s3%2Fcr+t", "s3%2Fcr%20t"):
            assert form not in str(raised.value)
