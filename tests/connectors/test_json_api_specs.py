"""The shipped specs, and what an operator hears about an own one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.json_api import JsonApi
from connectors.json_api_check import SECRETS
from connectors.json_api_load import SpecError, load_spec, read_spec
from connectors.specs import shipped
from tests.connectors.small_spec import SPEC, a_spec

ASKED_FOR = {
    "app_store",
    "app_store_connect",
    "bazaarvoice",
    "discourse",
    "g2",
    "github_issues",
    "google_business",
    "google_play",
    "hacker_news",
    "judge_me",
    "lemmy",
    "stack_exchange",
    "steam",
    "trustpilot",
    "yotpo",
}
REPLYING = {"app_store_connect", "google_business", "google_play", "trustpilot"}


def test_all_the_sites_asked_for_are_shipped() -> None:
    assert set(shipped()) >= ASKED_FOR


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_spec_gives_what_its_sample_promises(name: str) -> None:
    spec = load_spec(Path(name))

    assert spec.sample is not None
    assert spec.sample.items
    assert {"external_id"} < set(spec.sample.items[0])
    assert (spec.reply is not None) == (name in REPLYING)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_spec_says_what_an_operator_must_know(name: str) -> None:
    spec = load_spec(Path(name))

    assert all([spec.about, spec.access, spec.limits, spec.permits])
    assert spec.everything == (spec.voice != "discussion")


def mistakes(text: str) -> list[str]:
    with pytest.raises(SpecError) as raised:
        read_spec(text, "my.yaml")
    return str(raised.value).splitlines()


def written(pages: str = "{}", watermark: str = "{}", more: str = "") -> str:
    return SPEC.format(pages=pages, watermark=watermark, more=more)


def test_all_mistakes_are_told_at_once_with_place_and_cure() -> None:
    text = """about: Mine
access: public
reqest: {path: /x}
items: posts[
pages: {kind: cursr, limit: 0}
watermark: {overlap: soon}
map: {external_id: nothing(id), text: 'scale(a)'}
"""
    told = mistakes(text)

    assert [line.split(": ")[0] for line in told] == [
        "my.yaml:1:1",
        "my.yaml:3:1",
        "my.yaml:4:1",
        "my.yaml:5:9",
        "my.yaml:5:22",
        "my.yaml:6:13",
        "my.yaml:7:7",
        "my.yaml:7:33",
    ]
    for words in (
        "`request` is missing",
        "unknown key `reqest`: did you mean `request`?",
        "no JMESPath",
        'such as "5m"',
        "there is no function nothing()",
        "scale() takes 2 values",
    ):
        assert any(words in line for line in told), words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "no YAML"),
        ("", "`about` is missing"),
        ("- a", "valid dictionary"),
        (written(more="about: twice"), "`about` is written twice"),
        (written(more="params: &a {x: *a}"), "anchors and aliases"),
        (written("{kind: cursor}"), "need `next`"),
        (written("{kind: offset}"), "need `size`"),
        (written().replace("{cursor}", "{crsor}"), "nothing is called `{crsor}`"),
        (
            written("{kind: cursor, next: a}").replace(', cursor: "{cursor}"', "").replace('cursor: "{cursor}", ', ""),
            "every page",
        ),
        (written(more='auth: {kind: bearer, token: "{token}"}'), "`{token}` is declared neither"),
        (written(more="secrets: {pasword: {about: x}}"), "a secret cannot be called `pasword`"),
        (written(more="base: acme.example"), "whole address"),
        (written(more="sample: {answer: {}, items: []}"), "nothing at `posts`"),
        (written(more="sample: {answer: {posts: [{id: 1}]}, items: []}"), "gives 1 items, 0 are expected"),
        (
            written(more="sample: {answer: {posts: [{id: 1, text: a}]}, items: [{text: b}]}"),
            "comes out as 'a', not 'b'",
        ),
    ],
)
def test_a_mistake_in_a_spec_has_a_clear_message(text: str, words: str) -> None:
    told = mistakes(text)

    assert any(words in line for line in told), told
    assert all(line.startswith("my.yaml:") for line in told)


def test_yaml_has_no_surprises() -> None:
    promised = "items: [{external_id: no, text: 22:00}]"
    text = written(more=f"sample: {{answer: {{posts: [{{id: no, text: 22:00, at: 2026-11-20}}]}}, {promised}}}")

    assert read_spec(text, "my.yaml").sample is not None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"spec": "steem"}, "did you mean 'steam'"),
        ({"spec": "nowhere"}, "or write the path"),
        ({"spec": "/nowhere/my.yaml"}, "cannot be read"),
        ({"spec": "steam"}, "params.app_id is missing: the number in the store address"),
        (
            {"spec": "steam", "params": {"app_id": 1, "langage": "x"}},
            "no parameter `langage`: did you mean `language`?",
        ),
        ({"spec": "steam", "params": {"app_id": 1}, "token": "x"}, "steam takes no `token`"),
        ({"spec": "trustpilot", "params": {"business_unit": "b"}}, "api_key is missing: the API key; write api_key = "),
        ({"spec": "discourse"}, "no fixed address: write base_url"),
        ({"spec": "steam", "params": {"app_id": 1}, "base_url": "localhost"}, "whole address"),
    ],
)
def test_options_that_do_not_fit_the_spec_are_told(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        JsonApi.model_validate(options)

    assert words in str(raised.value)


def test_the_spec_decides_voice_platform_and_replies(tmp_path: Path) -> None:
    steam = JsonApi.model_validate({"spec": "steam", "params": {"app_id": 440}})
    unit = {"spec": "trustpilot", "params": {"business_unit": "b"}, "api_key": "k"}
    reading, replying = JsonApi.model_validate(unit), JsonApi.model_validate({**unit, "api_secret": "s"})
    own = JsonApi.model_validate({"spec": a_spec(tmp_path), "base_url": "http://127.0.0.1:1"})

    assert (steam.voice, steam.platform, steam.everything, steam.replies) == ("review", "steam", True, False)
    assert (reading.replies, replying.replies) == (False, True)
    assert (own.voice, own.platform, own.everything) == ("discussion", None, False)


def test_a_shipped_name_stays_one_when_paths_count_from_the_configuration() -> None:
    assert JsonApi.model_validate({"spec": "/etc/listener/steam", "params": {"app_id": 1}}).platform == "steam"


def test_secrets_are_in_neither_identity_nor_print() -> None:
    one = JsonApi.model_validate({"spec": "trustpilot", "params": {"business_unit": "b"}, "api_key": "hunter2"})
    two = JsonApi.model_validate({"spec": "/a/trustpilot", "params": {"business_unit": "b"}, "api_key": "other"})

    assert one.identity() == two.identity()
    assert "hunter2" not in one.identity() + repr(one)


def test_every_secret_of_the_specs_is_an_option() -> None:
    assert set(SECRETS) == JsonApi.secrets == set(JsonApi.model_fields) - {"spec", "params", "base_url"}


def test_single_objects_missing_parts_and_odd_charsets_are_mapped() -> None:
    from connectors.json_api_items import Mapper

    spec = load_spec(Path("app_store"))
    mapper = Mapper(spec, spec.defaults())
    now = datetime(2026, 11, 23, tzinfo=UTC)
    entry = {"id": {"label": "1"}, "im:rating": {"label": "5"}, "content": {"label": "素晴らしい"}}
    app = {"id": {"label": "app"}, "title": {"label": "The app"}}

    alone, several, none = (mapper.page({"feed": {"entry": each}}, now) for each in (entry, [app, entry], None))

    assert [len(page.items) for page in (alone, several, none) if page] == [1, 1, 0]
    assert alone
    assert alone.items[0].text == "素晴らしい"
    assert mapper.page({"other": 1}, now) is None
