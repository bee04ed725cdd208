"""The folder the demo runs in."""

from __future__ import annotations

import csv
import stat
import tomllib
from datetime import UTC, date, datetime

import pytest

from listener.actions.catalogues import ecosystem, gifts
from listener.config.first import Answers
from listener.config.init import init
from listener.demo.posts import all_posts
from listener.demo.scenario import prepare
from listener.demo.servers import Addresses
from rules.book import load
from rules.trial import run_tests

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESSES = Addresses(
    forum="http://127.0.0.1:1/feed.xml",
    news="http://127.0.0.1:2/atom.xml",
    reviews="http://127.0.0.1:3/reviews",
    reddit="http://127.0.0.1:4",
    slack="http://127.0.0.1:5/services/T/B/x",
    smtp_host="127.0.0.1",
    smtp_port=6,
    desk="127.0.0.1:7",
)


@pytest.fixture
def config(tmp_path):
    return prepare(tmp_path / "demo", ADDRESSES, NOW)


def test_the_config_names_every_local_server(config):
    told = tomllib.loads(config.read_text("utf-8"))
    addresses = {source.get("url") or source["base_url"] for source in told["source"]}
    assert addresses == {ADDRESSES.forum, ADDRESSES.news, ADDRESSES.reviews, ADDRESSES.reddit}
    assert {(c["name"], c["kind"]) for c in told["channel"]} == {
        ("care", "slack"),
        ("care-mail", "email"),
        ("ops", "log"),
    }
    assert told["channel"][1]["port"] == 6
    assert told["net"]["allow_private"] == ["127.0.0.0/8"]


def test_the_webhook_is_a_secret_in_a_file_of_its_own(config):
    secret = config.parent / "secrets" / "slack-webhook"
    assert (config.parent / "secrets" / "reddit").is_file()
    assert secret.read_text("utf-8") == ADDRESSES.slack
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert ADDRESSES.slack not in config.read_text("utf-8")


def test_no_purchase_lies_in_the_future_and_no_renewal_in_the_past(config):
    with (config.parent / "purchases.csv").open(encoding="utf-8") as purchases:
        assert all(date.fromisoformat(row["at"]) < NOW.date() for row in csv.DictReader(purchases))
    with (config.parent / "customers.csv").open(encoding="utf-8") as customers:
        renewals = [row["renewal_at"] for row in csv.DictReader(customers)]
    assert all(date.fromisoformat(day) > NOW.date() for day in renewals if day)


def test_the_customers_have_the_columns_of_the_contract(config):
    head = (config.parent / "customers.csv").read_text("utf-8").splitlines()[0]
    assert head == (
        "id,name,email,segment,plan,products,region,version,timezone,language,owner,owner_role,handles,tags,"
        "renewal_at,consents,do_not_contact"
    )


def test_every_owner_is_on_the_staff(config):
    staff = {person["name"] for person in tomllib.loads(config.read_text("utf-8"))["person"]}
    with (config.parent / "customers.csv").open(encoding="utf-8") as customers:
        assert {row["owner"] for row in csv.DictReader(customers)} <= staff | {""}


def test_a_second_run_in_the_same_folder_points_at_the_new_servers(config):
    prepare(config.parent, ADDRESSES, NOW)
    assert tomllib.loads(config.read_text("utf-8"))["web"]["listen"] == "127.0.0.1:7"


def test_every_subreddit_of_the_world_is_read(config):
    sources = {source["name"]: source for source in tomllib.loads(config.read_text("utf-8"))["source"]}
    assert set(sources["reddit"]["subreddits"]) == {post.board for post in all_posts()["reddit"]} - {""}


def test_its_rules_are_the_starter_book_but_for_what_this_brand_gives(config):
    init(config.parent, Answers())
    book = load(config.parent / "rules.d")
    assert book.lints == ()
    assert [str(outcome) for outcome in run_tests(book) if not outcome.passed] == []
    modes = {rule.id: rule.mode for rule in book.rules}
    assert {modes[name] for name in ("useful-thing", "small-present", "what-do-you-think")} == {"ask"}
    assert set(gifts(config.parent / "gifts.yaml")) == {"tea-tin"}
    assert set(ecosystem(config.parent / "ecosystem.yaml")) == {"milk-drinks", "cold-brew"}
