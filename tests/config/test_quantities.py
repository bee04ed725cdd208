"""What single options may say, as a table: how it is read, and what an operator is told to write instead."""

from __future__ import annotations

import re
from datetime import time, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from listener.config import quantities as q


@pytest.mark.parametrize(
    ("read", "written", "meant"),
    [
        (q.duration, "15m", timedelta(minutes=15)),
        (q.duration, "2 w", timedelta(weeks=2)),
        (q.networks, True, True),
        (q.networks, ["10.1.0.0/16", "fd00::/8"], (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))),
        (q.address, "127.0.0.1:8765", q.Address("127.0.0.1", 8765)),
        (q.address, "[::1]:0", q.Address("::1", 0)),
        (q.shares, "3 per 7d", ((3, timedelta(days=7)),)),
        (q.remembered, timedelta(days=400), timedelta(days=400)),
        (q.shares, ["1 per 24h", "3 per 7d"], ((1, timedelta(days=1)), (3, timedelta(days=7)))),
        (q.night, "21:00-08:00", (time(21), time(8))),
        (q.night, "21:00 – 08:00", (time(21), time(8))),
        (q.night, "", None),
        (q.cash, "30 EUR", "30 EUR"),
        (q.cash, "", ""),
        (q.public_url, "https://listener.acme.example/", "https://listener.acme.example"),
        (q.public_url, "", ""),
        (q.engine, "transformers:some/model", "transformers:some/model"),
        (q.cents, "20.50 EUR", 2_050),
        (q.cents, "1.15 EUR", 115),
        (q.cents, "", 0),
        (q.slack_id, "U024BE7LH", "U024BE7LH"),
    ],
)
def test_an_option_is_read_as_it_is_meant(read: Any, written: object, meant: object) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    ("read", "written", "told"),
    [
        (q.duration, 15, "is no duration — write a number and its unit"),
        (q.duration, "15", "is no duration"),
        (q.duration, "1.5h", "is no duration"),
        (q.duration, "٣h", "is no duration"),
        (q.duration, "999999w", "is longer than a century"),
        (q.pause, timedelta(0), 'is too often — write "1s" or more'),
        (q.keep, timedelta(hours=23), "is so short that today would be deleted"),
        (q.zone, "Berlin", "is no known time zone"),
        (q.zone, "../etc/passwd", "is no known time zone"),
        (q.networks, "10.0.0.0/8", "must be true, false or a list of networks"),
        (q.networks, ["10.0.0.1/8"], "holds '10.0.0.1/8', which is no network"),
        (q.networks, [7], "holds 7, which is no network"),
        (q.address, "127.0.0.1", "is no address to listen on"),
        (q.address, "127.0.0.1:70000", "is no address to listen on"),
        (q.address, 8765, "is no address to listen on"),
        (q.one_line, " padded", "is no text of one line"),
        (q.one_line, "two\nlines", "is no text of one line"),
        (q.name, "reddit:care", "is no name"),
        (q.name, "x" * 101, "is no name"),
        (q.language, "english", "is no code of a language"),
        (q.engine, "gpt", 'is no engine — write "vader"'),
        (q.shares, 3, "must be how many in what time"),
        (q.shares, ["0 per 7d"], "holds '0 per 7d'"),
        (q.shares, ["often"], "holds 'often'"),
        (q.shares, [3], "holds 3"),
        (q.shares, "3 per week", "is no duration"),
        (q.shares, "3 per 401d", 'is longer than contacts are looked back at — write "400d" or less'),
        (q.remembered, timedelta(days=401), "is longer than contacts are looked back at"),
        (q.night, "21:00", "is no stretch of the day"),
        (q.night, "21:00-25:00", "is no stretch of the day"),
        (q.night, "21:00-21:00", "is no stretch of the day"),
        (q.night, 21, "is no stretch of the day"),
        (q.cash, "30 euros", "is no amount of money"),
        (q.cash, "1.5 EUR", "is no amount of money"),
        (q.money, "EUR 20", "is no amount of money"),
        (q.email, "care at acme", "is no mail address"),
        (q.contact, "ops\n@acme.example", "is no plain text"),
        (q.public_url, "listener.acme.example", "is no address that links can begin with"),
        (q.public_url, "https://a.example/?x=1", "is no address that links can begin with"),
        (q.slack_id, "kim", "is no Slack member id"),
        (q.secret_name, "hunter2", "it must name a secret, not hold it"),
        (q.order_number, "(", "pattern"),
    ],
)
def test_what_it_cannot_mean_is_refused_with_what_to_write(read: Any, written: object, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        read(written)
