"""Answering in public through the shipped specs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.contract import Failed, Replying
from connectors.json_api import JsonApi
from tests.connectors.loopback import Answer, PlainDoor, Site, a_site

TOKEN = Answer('{"access_token": "fresh"}')
CLIENT = {"client_id": "c", "client_secret": "s", "refresh_token": "r"}
REVIEW = "/v4/accounts/1/locations/2/reviews/r%2F7"


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        site.pages["/token"] = TOKEN
        yield site


def google(site: Site) -> JsonApi:
    options = {"spec": "google_business", "params": {"account": 1, "location": 2}, "base_url": site.url}
    return JsonApi.model_validate({**options, **CLIENT})


def test_a_reply_arrives_with_its_text_and_credentials(site: Site) -> None:
    site.pages[REVIEW + "/reply"] = Answer("{}")

    source = google(site)
    receipt = source.reply("r/7", "Thank you {name}!", "key", PlainDoor())

    asked = site.asked[-1]
    assert isinstance(source, Replying)
    assert (asked.method, json.loads(asked.body)) == ("PUT", {"comment": "Thank you {name}!"})
    assert asked.headers["authorization"] == "Bearer fresh"
    assert receipt.key == "r/7"


def test_the_reply_of_an_app_store_review_names_its_review(site: Site) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    params = {"app_id": 1, "key_id": "k", "issuer_id": "i"}
    site.pages["/v1/customerReviewResponses"] = Answer("{}", 201)
    options = {"spec": "app_store_connect", "params": params, "private_key": pem, "base_url": site.url}

    JsonApi.model_validate(options).reply("r7", "Thanks", "key", PlainDoor())

    data = json.loads(site.asked[-1].body)["data"]
    assert data["attributes"] == {"responseBody": "Thanks"}
    assert data["relationships"]["review"]["data"] == {"type": "customerReviews", "id": "r7"}


def test_trustpilot_reads_with_a_key_and_replies_with_a_token(site: Site) -> None:
    site.pages["/v1/oauth/oauth-business-users-for-applications/accesstoken"] = TOKEN
    site.pages["/v1/private/reviews/r7/reply"] = Answer("", 201)
    options = {"spec": "trustpilot", "params": {"business_unit": "b"}, "api_key": "k", "api_secret": "s"}

    JsonApi.model_validate({**options, "base_url": site.url}).reply("r7", "Thanks", "key", PlainDoor())

    assert json.loads(site.asked[-1].body) == {"message": "Thanks"}
    assert site.asked[-1].headers["authorization"] == "Bearer fresh"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answer('{"reviewReply": {"comment": "Thank you!"}}'), True),
        (Answer("{}"), False),
        (Answer("{}", 404), False),
    ],
)
def test_a_reply_is_looked_up_to_settle_doubt(site: Site, answer: Answer, found: bool) -> None:
    site.pages[REVIEW] = answer

    assert (google(site).find_reply("r/7", "key", PlainDoor()) is not None) == found


@pytest.mark.parametrize(("status", "permanent"), [(400, False), (401, False), (403, False), (404, True), (410, True)])
def test_a_refused_reply_has_failed(site: Site, status: int, permanent: bool) -> None:
    site.pages[REVIEW + "/reply"] = Answer("{}", status)

    with pytest.raises(Failed) as raised:
        google(site).reply("r/7", "Thanks", "key", PlainDoor())
    assert raised.value.permanent == permanent


def test_a_reply_that_the_site_cannot_take_now_is_tried_later(site: Site) -> None:
    site.pages[REVIEW + "/reply"] = Answer(status=429, headers={"retry-after": "60"})

    with pytest.raises(Failed) as raised:
        google(site).reply("r/7", "Thanks", "key", PlainDoor())
    assert raised.value.after
    assert not raised.value.permanent


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"spec": "steam", "params": {"app_id": 1}}, "cannot answer"),
        ({"spec": "trustpilot", "params": {"business_unit": "b"}, "api_key": "k"}, "see which secrets"),
    ],
)
def test_a_source_that_cannot_reply_says_so(site: Site, options: dict[str, Any], why: str) -> None:
    with pytest.raises(Failed, match=why) as raised:
        JsonApi.model_validate({**options, "base_url": site.url}).reply("1", "Thanks", "key", PlainDoor())
    assert raised.value.permanent
    assert not site.asked


def test_a_reply_longer_than_the_site_takes_is_not_sent(site: Site) -> None:
    with pytest.raises(Failed, match="4096 characters, this answer has 5000"):
        google(site).reply("r/7", "x" * 5000, "key", PlainDoor())
    assert not site.asked
