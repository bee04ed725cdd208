"""Alerts at the keyboard, and the manifest of the Slack app."""

from __future__ import annotations

import json

import yaml

from listener.pipeline.notices import BLANK
from listener.store.alerts import enlist
from listener.store.outbox import add
from tests.makers import CONFIG, NOW, a_house, a_mention, ran

STAFF = CONFIG + '[[person]]\nname = "kim"\nmay_approve = true\n'


def an_alert(house):
    with house.store() as store:
        row = {**BLANK, "key": "k", "action": "alert", "rule": "r", "mention": a_mention(store), "channel": "care"}
        row |= {"due_at": NOW, "created_at": NOW, "text": ""}
        with store.database.write() as connection:
            add(connection, store.database, enlist(connection, store.database, [row], NOW))


def the_alert(house):
    return json.loads(house.run("alerts", "--json").out)


def test_an_alert_is_listed_and_acknowledged_once(tmp_path):
    house = a_house(tmp_path, STAFF)
    an_alert(house)
    assert (the_alert(house)["state"], the_alert(house)["mentions"]) == ("open", [1])

    assert house.run("ack", "1", "--as", "kim").out == "alert 1 is acknowledged by kim\n"
    again = house.run("ack", "1", "7", "--as", "kim")

    assert again.code == 1
    assert "alert 1 was acknowledged by kim at" in again.err
    assert "there is no alert 7: `listener alerts` lists them" in again.err
    assert (the_alert(house)["state"], [one["who"] for one in the_alert(house)["acknowledged"]]) == (
        "acknowledged",
        ["kim"],
    )
    assert "acknowledged" in house.run("alerts").out


def test_alerts_can_be_asked_for_by_brand_and_source(tmp_path):
    house = a_house(tmp_path)
    an_alert(house)

    assert house.run("alerts", "--brand", "Acme Flow", "--source", "forum", "--json").out
    assert house.run("alerts", "--brand", "Globex").out == "no alerts\n"


def test_the_manifest_is_for_socket_mode_or_for_an_address():
    near, far = (yaml.safe_load(ran("slack", "manifest", *url).out) for url in ((), ("--url", "https://l.example/")))

    assert near["settings"]["socket_mode_enabled"] is True
    assert far["settings"]["socket_mode_enabled"] is False
    assert far["settings"]["interactivity"]["request_url"] == "https://l.example/slack/interactions"
    assert "chat:write" in near["oauth_config"]["scopes"]["bot"]
