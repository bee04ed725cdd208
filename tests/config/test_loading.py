"""What loads, with which values."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from listener.config import load
from tests.config.config_files import TEN_LINES, loaded

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_a_configuration_of_ten_lines_is_enough(tmp_path: Path) -> None:
    config = loaded(tmp_path, TEN_LINES)

    assert config.timezone == "UTC"
    assert config.brands[0].match == ("Acme Flow",)
    assert config.actions.max_age.tickets == timedelta(days=14)
    assert config.web.listen.port == 8765
    assert [channel.name for channel in config.channels] == ["care", "log"]


def test_the_example_loads_as_it_is() -> None:
    config = load(EXAMPLE)

    assert config.sources[0].every == timedelta(minutes=15)
    assert config.channels[0].fallback == "care-mail"
    assert config.channels[0].max_per_hour == 20
    assert config.persons[0].may_approve


def test_an_empty_file_loads_so_that_lists_work_on_a_store_alone(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").sources == ()


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[store]\nurl = "sqlite:///data/l.db"\n[rules]\npath = "/etc/rules"\n')

    assert config.store.url == f"sqlite:///{tmp_path}/data/l.db"
    assert config.rules.path == Path("/etc/rules")
    assert config.customers.file == tmp_path / "customers.csv"


def test_a_path_of_a_kind_counts_from_the_file_too(tmp_path: Path) -> None:
    mail = '[[channel]]\nname = "m"\nkind = "email"\nhost = "h"\nfrom = "a@b.example"\nto = ["a@b.example"]\n'

    config = loaded(tmp_path, mail + 'ca_file = "ca.pem"\n')

    assert config.channels[0].options["ca_file"] == str(tmp_path / "ca.pem")


def test_what_a_source_leaves_out_its_kind_decides(tmp_path: Path) -> None:
    source = loaded(tmp_path, TEN_LINES).sources[0]

    assert (source.voice, source.everything, source.platform) == ("review", True, "shop")


def test_what_a_source_says_wins_over_its_kind(tmp_path: Path) -> None:
    said = 'voice = "news"\neverything = false\nplatform = "press"\nevery = "1s"\n'

    source = loaded(tmp_path, TEN_LINES.replace("[[channel]]", said + "[[channel]]")).sources[0]

    assert (source.voice, source.everything, source.platform) == ("news", False, "press")
    assert source.every == timedelta(seconds=1)


def test_private_networks_are_a_switch_or_a_list(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[net]\nallow_private = true").net.allow_private is True
    networks = loaded(tmp_path, '[net]\nallow_private = ["10.1.0.0/16", "::1"]').net.allow_private
    assert networks == (ip_network("10.1.0.0/16"), ip_network("::1"))


def test_an_operators_own_log_channel_replaces_the_built_in_one(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[[channel]]\nname = "log"\nkind = "log"\nmax_per_hour = 3\n')

    assert [channel.max_per_hour for channel in config.channels] == [3]


def test_a_third_partys_connector_is_named_by_its_class(tmp_path: Path) -> None:
    text = TEN_LINES.replace('"reviews_page"', '"connectors.reviews_page:ReviewsPage"')

    assert loaded(tmp_path, text).sources[0].kind == "connectors.reviews_page:ReviewsPage"


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbftimezone = "UTC"\r\n[web]\r\nlisten = "[::1]:0"\r\n')

    assert load(file).web.listen.host == "::1"


def test_a_configuration_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    config = loaded(tmp_path, TEN_LINES)

    with pytest.raises(ValueError, match="frozen"):
        config.timezone = "Europe/Berlin"
