"""Secrets are named, never written; they show nowhere once they are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.config import Config, SecretError, Secrets, load
from listener.log import Redaction
from tests.config.config_files import loaded, refused

HOOK = "https://hooks.slack.example/services/T0/B0/abc"
CARE = '[[channel]]\nname = "care"\nkind = "slack"\nwebhook_url = {}\n'


def secrets(folder: Path, **environ: str) -> Secrets:
    return Secrets(folder, environ, Redaction())


def configured(folder: Path, reference: str = "env:HOOK") -> Config:
    return loaded(folder, CARE.format(f'"{reference}"'))


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from file\n", encoding="utf-8")
    known = secrets(tmp_path, TOKEN="from env")

    assert known.resolve("env:TOKEN") == "from env"
    assert known.resolve("file:token") == "from file"
    assert known.resolve(f"file:{tmp_path}/token") == "from file"


def test_what_was_resolved_is_redacted_from_then_on(tmp_path: Path) -> None:
    known = secrets(tmp_path, TOKEN="p@ss/word")

    known.resolve("env:TOKEN")

    assert known.redaction.redact("GET /?key=p%40ss%2Fword of p@ss/word") == "GET /?key=[secret] of [secret]"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("env:NO_TOKEN", "the variable NO_TOKEN is not set: export NO_TOKEN="),
        ("env:BLANK", "the variable BLANK is not set"),
        ("file:none", "none cannot be read .No such file or directory.: put the secret there"),
        ("file:.", "cannot be read .Is a directory."),
        ("file:empty", "empty is empty or larger than 64 kB"),
        ("file:binary", "binary is not UTF-8 text"),
        ("hunter2", 'not the name of a secret: write "env:NAME"'),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_with_the_cure(tmp_path: Path, reference: str, told: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"hunter2\xff")

    with pytest.raises(SecretError, match=told) as caught:
        secrets(tmp_path, BLANK=" ").resolve(reference)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "literal", [f'"{HOOK}"', '"$HOOK"', '""', "5", '"env: HOOK"', '"ENV:HOOK"', '["env:HOOK", "x"]']
)
def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path, literal: str) -> None:
    problems = refused(tmp_path, CARE.format(literal))

    assert problems[0].startswith('config.toml:4:1: webhook_url must name a secret, not hold it — write "env:NAME"')
    assert "hooks.slack.example" not in "".join(problems)


def test_a_configuration_loads_and_shows_without_its_secrets(tmp_path: Path) -> None:
    config = configured(tmp_path)

    assert config.channels[0].options["webhook_url"] == "env:HOOK"
    assert "HOOK" not in repr(config)


def test_secrets_that_are_missing_are_warned_of_with_their_place(tmp_path: Path) -> None:
    warnings = configured(tmp_path).missing_secrets(secrets(tmp_path))

    assert [str(warning).removeprefix(f"{tmp_path}/") for warning in warnings] == [
        "config.toml:4:1: webhook_url: the variable HOOK is not set: export HOOK=…, or write file:PATH instead"
    ]
    assert configured(tmp_path).missing_secrets(secrets(tmp_path, HOOK=HOOK)) == ()


def test_secrets_that_are_too_short_to_hide_are_warned_of_with_their_place(tmp_path: Path) -> None:
    (warning,) = configured(tmp_path).short_secrets(secrets(tmp_path, HOOK="abc"))

    assert str(warning).removeprefix(f"{tmp_path}/") == (
        "config.toml:4:1: webhook_url: what env:HOOK holds is so short that logs cannot hide it: take 4 letters or more"
    )
    assert configured(tmp_path).short_secrets(secrets(tmp_path)) == ()
    assert configured(tmp_path).short_secrets(secrets(tmp_path, HOOK=HOOK)) == ()


def test_a_channel_is_made_with_its_secrets(tmp_path: Path) -> None:
    channel = configured(tmp_path).channels[0].channel(secrets(tmp_path, HOOK=HOOK))

    assert channel.webhook_url.get_secret_value() == HOOK  # type: ignore[attr-defined]  # the kind's own field


def test_a_channel_without_its_secret_says_which(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="care: webhook_url: the variable HOOK is not set"):
        configured(tmp_path).channels[0].channel(secrets(tmp_path))


def test_a_secret_that_does_not_fit_is_not_shown(tmp_path: Path) -> None:
    mail = '[[channel]]\nname = "m"\nkind = "email"\nhost = "h"\nfrom = "a@b.example"\nto = ["a@b.example"]\n'

    with pytest.raises(SecretError, match="m: what a secret holds does not fit port") as caught:
        loaded(tmp_path, mail + 'port = "env:PORT"').channels[0].channel(secrets(tmp_path, PORT="hunter2"))

    assert "hunter2" not in str(caught.value)


def test_a_source_is_made_as_its_kind(tmp_path: Path) -> None:
    brand = '[[brand]]\nname = "A"\n'
    source = '[[source]]\nname = "s"\nkind = "reviews_page"\nurl = "https://a.example/"\n'

    connector = loaded(tmp_path, brand + source).sources[0].connector(secrets(tmp_path))

    assert type(connector).__name__ == "ReviewsPage"


def test_secrets_and_paths_count_from_the_same_folder_where_the_file_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    (tmp_path / "etc").mkdir()
    (tmp_path / "mounted" / "config.toml").write_text('[rules]\npath = "book"\n')
    (tmp_path / "etc" / "config.toml").symlink_to(tmp_path / "mounted" / "config.toml")

    config = load(tmp_path / "etc" / "config.toml")

    assert config.folder == config.rules.path.parent == tmp_path / "etc"


@pytest.mark.parametrize("held", ["a.db", "postgres://u:s3cret@h/d", "mysql://u:s3cret@h/d", "sqlite://"])
def test_a_secret_that_holds_no_store_is_refused_without_its_value(tmp_path: Path, held: str) -> None:
    with pytest.raises(SecretError, match=r"what env:DB holds is no store — write") as caught:
        loaded(tmp_path, '[store]\nurl = "env:DB"').store_url(secrets(tmp_path, DB=held))

    assert "s3cret" not in str(caught.value)


def test_a_path_in_the_secret_of_a_store_counts_from_the_configuration_file(tmp_path: Path) -> None:
    url = loaded(tmp_path, '[store]\nurl = "env:DB"').store_url(secrets(tmp_path, DB="sqlite:///kept/a.db"))

    assert url == f"sqlite:///{tmp_path}/kept/a.db"


def test_the_password_of_a_store_is_redacted(tmp_path: Path) -> None:
    known = secrets(tmp_path, DB="postgresql+psycopg://u:s%21cret@h/d")

    url = loaded(tmp_path, '[store]\nurl = "env:DB"').store_url(known)

    assert url == "postgresql+psycopg://u:s%21cret@h/d"
    assert known.redaction.redact("no login with s!cret") == "no login with [secret]"
