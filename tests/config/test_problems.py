"""Every mistake is reported with its line, its column and the cure, all in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.config_files import TEN_LINES, loaded, refused

CARE = '[[channel]]\nname = "a"\nkind = "slack"\n'
TYPOS = [
    ('timezon = "UTC"', "1:1: unknown key 'timezon' — did you mean 'timezone'?"),
    ('timezone = "Berlin"', "1:1: timezone = 'Berlin' is no known time zone — write one such as"),
    ('[stor]\nurl = "x"', "1:2: unknown section 'stor' — did you mean 'store'?"),
    ('[store]\nurl = "mysql://x"', "2:1: url = 'mysql://x' is no store — write \"sqlite:///listener.db\""),
    ('[store]\nurl = "sqlite://"', "2:1: url = 'sqlite://' is no store"),
    ('[store]\n  uri = "sqlite:///a"', "2:3: unknown key 'uri' — did you mean 'url'?"),
    ('[[store]]\nurl = "sqlite:///a"', "1:3: store must be a section: [name], in one pair of brackets"),
    ('[rules]\npath = ""', "2:1: path = '' is no path"),
    ('[actions]\npublic = "aks"', "2:1: public = 'aks' must be 'off', 'shadow', 'ask' or 'live' — did you mean 'ask'?"),
    ("[actions]\nmax_age = {ticket = '1d'}", "2:12: unknown key 'ticket' — did you mean 'tickets'?"),
    ("[actions.max_age]\nother = 3", '2:1: other = 3 is no duration — write a number and its unit in quotes: "30s"'),
    ('actions.publik = "ask"', "1:9: unknown key 'publik' — did you mean 'public'?"),
    ('[retention]\nmentions = "0s"', "2:1: mentions = '0s' is so short that today would be deleted"),
    ('[retention]\nmentions = "999999999w"', "2:1: mentions = '999999999w' is longer than a century"),
    ('[net]\nallow_private = "yes"', "2:1: allow_private = 'yes' must be true, false or a list of networks"),
    ('[net]\nallow_private = ["10.0.0.1/8"]', "2:1: allow_private holds '10.0.0.1/8', which is no network"),
    ('[web]\nlisten = "localhost"', "2:1: listen = 'localhost' is no address to listen on"),
    ('[web]\nlisten = "h:70000"', "2:1: listen = 'h:70000' is no address to listen on"),
    ('[ops]\nchannel = "lgo"', "2:1: unknown channel 'lgo' — did you mean 'log'?"),
    ('[ops]\nchannel = ""', "2:1: unknown channel '' — there are log"),
    ('[tickets]\nmail_by = "log"', "2:1: channel 'log' is of kind log, which writes to no owner's own address"),
    ('[understanding]\npacks = ["x"]', "2:10: packs = 'x' is no word pack — there are complaint-channel, service-safe"),
    ('[[brand]]\nname = "A"\nmatch = ""', "3:1: match = '' must be a list"),
    (f"{CARE}webhook_url = []", "4:1: webhook_url must be text in quotes"),
    (f'{CARE}webhook_url = ["env:HOOK"]', "4:1: webhook_url must be text in quotes"),
    ('[[channel]]\nname = "a"\nkind = "apprise"\nurls = []', "4:1: urls must have at least 1 item"),
    ('[actions]\ngift_channel = "log"', "2:1: channel 'log' is of kind log, which hands no presents on"),
    ('[understanding]\nlanguages = ["english"]', "2:14: languages = 'english' is no code of a language"),
    ('[brand]\nname = "A"', "1:2: brand may repeat — write it in two pairs of brackets: [[brand]]"),
    ('[[brand]]\nmatch = ["a"]', "1:3: the key 'name' is missing — add name = …"),
    ('[[brand]]\nname = "A"\nmatch = "a"', "3:1: match = 'a' must be a list"),
    ('[[brand]]\nname = "A"\nmatch = ["a", ""]', "3:15: match = '' is no text of one line"),
    ('[[brand]]\nname = "A"\n[[brand]]\nname = "A"', "4:1: there are two brands named 'A' — rename one of them"),
    ('[[person]]\nname = "a"\nemail = "a"', "3:1: email = 'a' is no mail address"),
    ('[[channel]]\nname = "a"\nkind = "lgo"', "3:1: unknown kind 'lgo' — did you mean 'log'?"),
    ('[[channel]]\nname = "a"\nkind = "log"\nmax_per_hour = 0', "4:1: max_per_hour = 0 must be greater than"),
    ('[[channel]]\nname = "a"\nkind = "log"\nfallback = "b"', "4:1: unknown channel 'b'"),
    ('[[channel]]\nname = "a"\nkind = "log"\nfallback = "a"', "4:1: the fallback leads back to this channel"),
    ('[[channel]]\nname = "a:b"\nkind = "log"', "2:1: name = 'a:b' is no name"),
    ('[[channel]]\nkind = "log"', "1:3: the key 'name' is missing"),
    ('[[channel]]\nname = "a"\nkind = 5', "3:1: kind = 5 must be text in quotes"),
    ('[[channel]]\nname = "a"\nkind = "no.such:Thing"', "3:1: kind 'no.such:Thing' cannot be imported"),
]

IN_THE_SOURCE = [
    ('evry = "15m"', "8:1: unknown key 'evry' — did you mean 'every'?"),
    ("every = 15", "8:1: every = 15 is no duration"),
    ('every = "0s"', "8:1: every = '0s' is too often"),
    ("pags = 3", "8:1: unknown key 'pags' — did you mean 'pages'?"),
    ("pages = 'x'", "8:1: pages = 'x' must be a whole number"),
    (
        'voice = "complain"',
        "8:1: voice = 'complain' must be 'complaint', 'review', 'discussion' or 'news' — did you mean",
    ),
    ('brands = ["Acme Flow", "Acme Flw"]', "8:24: unknown brand 'Acme Flw' — did you mean 'Acme Flow'?"),
    ('platform = ""', "8:1: platform = '' is no text of one line"),
    ('platform = "a:b"', "8:1: platform = 'a:b' is no name"),
    ("platform = 5", "8:1: platform = 5 must be text in quotes"),
    ('everything = "perhaps"', "8:1: everything = 'perhaps' must be true or false"),
]


@pytest.mark.parametrize(("text", "problem"), TYPOS)
def test_a_mistake_is_told_with_its_place_and_cure(tmp_path: Path, text: str, problem: str) -> None:
    problems = refused(tmp_path, text)

    assert len(problems) == 1
    assert problems[0].startswith(f"config.toml:{problem}")


@pytest.mark.parametrize(
    ("section", "lines", "problem"),
    [
        ("source", 'kind = "reddit"\nsubreddits = ["acme", "a b"]', "5:23: subreddits = 'a b' is no subreddit — write"),
        ("source", 'kind = "reddit"\nbase_url = "proxy"', "5:1: base_url = 'proxy' is no web address — write it whole"),
        ("source", 'kind = "reddit"\nusername = "u/acme"', "5:1: username = 'u/acme' is no account of Reddit — write"),
        ("source", 'kind = "mastodon"\ninstance = "mastodon.social"', "5:1: instance = 'mastodon.social' is no server"),
        ("source", 'kind = "file"\nfolder = ""', "5:1: folder = '' is no folder — write its name"),
        ("source", 'kind = "json_api"\nspec = ""', "2:3: there is no spec ''"),
        ("channel", 'kind = "webhook"\nurl = "acme.example/hook"', "5:1: url = 'acme.example/hook' is no web address"),
        ("channel", 'kind = "webhook"\nurl = "https://"', "5:1: url = 'https://' is no web address"),
        ("channel", 'kind = "email"\nhost = "smtp.acme.example:587"', "5:1: host = 'smtp.acme.example:587' is no mail"),
        ("channel", 'kind = "slack"\nbase_url = "proxy"', "5:1: base_url = 'proxy' is no web address"),
        ("tracker", 'kind = "rt"\nurl = "https://"', "5:1: url = 'https://' is no web address"),
        ("tracker", 'kind = "github"\nrepo = "acme"', "5:1: repo = 'acme' is no repository — write \"owner/name\""),
    ],
)
def test_an_option_of_a_kind_is_refused_in_plain_words(tmp_path: Path, section: str, lines: str, problem: str) -> None:
    problems = refused(tmp_path, f'brand = [{{name = "A"}}]\n[[{section}]]\nname = "x"\n{lines}\n')

    assert [each for each in problems if each.startswith(f"config.toml:{problem}")]
    assert "pattern" not in "".join(problems)


@pytest.mark.parametrize("host", ["smtp.acme.example", "10.1.2.3", "::1", "fe80::1"])
def test_a_mail_server_is_a_name_or_an_address(tmp_path: Path, host: str) -> None:
    mail = '[[channel]]\nname = "m"\nkind = "email"\nfrom = "a@b.example"\nto = ["a@b.example"]\n'

    assert loaded(tmp_path, f'{mail}host = "{host}"').channels[0].options["host"] == host


@pytest.mark.parametrize(("line", "problem"), IN_THE_SOURCE)
def test_a_mistake_in_a_source_is_told_by_its_kind(tmp_path: Path, line: str, problem: str) -> None:
    problems = refused(tmp_path, TEN_LINES.replace("\n[[channel]]", f"{line}\n[[channel]]"))

    assert len(problems) == 1
    assert problems[0].startswith(f"config.toml:{problem}")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = f'timezon = "UTC"\n{TEN_LINES}fallback = "x"\n[ops]\nchanel = "care"\n'.replace("url", "ulr")

    problems = refused(tmp_path, text)

    assert [problem.split(": ")[0] for problem in problems] == [
        "config.toml:1:1",
        "config.toml:5:3",
        "config.toml:8:1",
        "config.toml:13:1",
        "config.toml:15:1",
    ]


def test_with_a_misspelt_kind_the_other_keys_are_still_checked(tmp_path: Path) -> None:
    problems = refused(tmp_path, TEN_LINES.replace("reviews_page", "review_page").replace("url =", "ulr ="))

    assert [problem.partition(" — ")[2] for problem in problems] == [
        "add url = …",
        "did you mean 'reviews_page'?",
        "did you mean 'url'?",
    ]


def test_channels_that_fall_back_on_each_other_are_refused(tmp_path: Path) -> None:
    pair = '[[channel]]\nname = "{}"\nkind = "log"\nfallback = "{}"\n'

    problems = refused(tmp_path, pair.format("a", "b") + pair.format("b", "a") + pair.format("c", "a"))

    assert [problem.split(":")[1] for problem in problems] == ["4", "8"]


def test_sources_without_a_brand_would_listen_for_nothing(tmp_path: Path) -> None:
    text = TEN_LINES.removeprefix('[[brand]]\nname = "Acme Flow"\n')

    assert "there is no [[brand]]" in refused(tmp_path, text)[0]


def test_a_password_inside_an_address_is_not_repeated(tmp_path: Path) -> None:
    assert "hunter2" not in refused(tmp_path, '[store]\nurl = "postgres://u:hunter2@db/x"')[0]


def test_what_a_kind_checks_itself_is_told_beside_the_other_mistakes(tmp_path: Path) -> None:
    slack = '[[channel]]\nname = "care"\nkind = "slack"\ntoken = "xoxb-1"\nmax_per_huor = 3\n'

    problems = refused(tmp_path, slack)

    assert [problem.split(": ")[0] for problem in problems] == ["config.toml:1:3", "config.toml:4:1", "config.toml:5:1"]


def test_a_spec_written_as_a_kind_is_told_how_to_write_it(tmp_path: Path) -> None:
    text = TEN_LINES.replace('"reviews_page"', '"steam"').replace("url = ", "app = ")

    assert refused(tmp_path, text) == [
        'config.toml:6:1: unknown kind \'steam\' — write kind = "json_api" and spec = "steam"'
    ]
