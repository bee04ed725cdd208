"""Every way in which a spec shows the far side who we are. Tokens live for one poll and are never stored."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from connectors.contract import GiveUp, TryLater
from connectors.json_api_site import Call, Proof, Site, fill
from connectors.json_api_spec import (
    Auth,
    BasicAuth,
    BearerAuth,
    Google,
    HeaderAuth,
    Jwt,
    OAuth2,
    QueryAuth,
    placeholders,
)

GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
HOUR = 3600


def prove(auth: Auth, site: Site, values: Mapping[str, object]) -> Proof:
    """What goes along with each request of this poll.

    `values` are the secrets and parameters by name. An auth whose secrets are all optional and absent proves
    nothing. Raises TryLater when no token is to be had and GiveUp when a key is none.
    """
    written = {name: template for name, template in auth if isinstance(template, str)}
    filled = {name: fill(template, values) for name, template in written.items()}
    if any(not values.get(name) for template in written.values() for name in placeholders(template)):
        return Proof()
    match auth:
        case HeaderAuth():
            return Proof({auth.name.lower(): filled["value"]})
        case QueryAuth():
            return Proof(query={auth.name: filled["value"]})
        case BearerAuth():
            return _bearer(filled["token"])
        case BasicAuth():
            return Proof({"authorization": _basic(filled["username"], filled["password"])})
        case OAuth2():
            return _bearer(_oauth2(auth, filled, site))
        case Jwt():
            return _bearer(_signed(filled, auth.minutes, site))
        case Google():
            return _bearer(_google(filled, site))
        case _:
            return Proof()


def is_signed(auth: Auth) -> bool:
    """Whether a key of ours signs what is proved."""
    return isinstance(auth, Jwt | Google)


def _bearer(token: str) -> Proof:
    return Proof({"authorization": f"Bearer {token}"})


def _basic(username: str, password: str) -> str:
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def _oauth2(auth: OAuth2, filled: Mapping[str, str], site: Site) -> str:
    form = {"grant_type": "client_credentials", "scope": auth.scope}
    if filled["refresh_token"]:
        form = {"grant_type": "refresh_token", "refresh_token": filled["refresh_token"]}
    client = {"client_id": filled["client_id"], "client_secret": filled["client_secret"]}
    if auth.client == "body":
        return _token({**form, **client}, auth.token_url, site, {})
    return _token(form, auth.token_url, site, {"authorization": _basic(*client.values())})


def _google(filled: Mapping[str, str], site: Site) -> str:
    try:
        account = json.loads(filled["key"])
        issuer, key = str(account["client_email"]), str(account["private_key"])
    except (ValueError, KeyError, TypeError):
        raise GiveUp("the Google service account is no JSON key file: download a new key and name that file") from None
    now = int(site.door.now().timestamp())
    claims = {"iss": issuer, "scope": filled["scope"], "aud": GOOGLE_TOKENS, "iat": now, "exp": now + HOUR}
    assertion = _encode(claims, key, "RS256", {})
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return _token(form, GOOGLE_TOKENS, site, {})


def _signed(filled: Mapping[str, str], minutes: int, site: Site) -> str:
    now = int(site.door.now().timestamp())
    claims = {"iss": filled["issuer"], "iat": now, "exp": now + minutes * 60, "aud": filled["audience"]}
    return _encode(claims, filled["key"], "ES256", {"kid": filled["key_id"]})


def _encode(claims: dict[str, Any], key: str, algorithm: str, headers: dict[str, Any]) -> str:
    # it brings cryptography along, 20 MB that most specs never need
    import jwt

    try:
        return jwt.encode(claims, key, algorithm, headers=headers)
    except (ValueError, TypeError, jwt.PyJWTError):
        raise GiveUp(f"the private key is no {algorithm} key in PEM form: name the file as it was downloaded") from None


def _token(form: Mapping[str, str], url: str, site: Site, headers: Mapping[str, str]) -> str:
    sent = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json", **headers}
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    answer = site.json(Call(site.token_address(url), "POST", sent, body), Proof())
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise TryLater("the site gave no access token: check the client id and secret")
    return token
