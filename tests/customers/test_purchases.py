"""purchases.csv: kept once, however often it is read; what cannot be used is told."""

from __future__ import annotations

import structlog

from listener.customers import Forgotten, Purchases
from listener.signing import Signer


def taking(store, tmp_path, text):
    path = tmp_path / "purchases.csv"
    path.write_text(text)
    return Purchases(store, path, structlog.get_logger(), Forgotten(store, Signer(b"key"))).take(path)


def test_a_purchase_is_kept_once_and_may_learn_its_number(store, tmp_path):
    taking(store, tmp_path, "customer,product,at\nC1,Flow,2026-11-01\n")

    found = taking(store, tmp_path, "customer,product,at,number\nC1,Flow,2026-11-01,AC-1\nC1,Flow,2026-11-02,AC-2\n")

    assert (found.lines, found.new, store.purchases.count()) == (2, 1, 2)
    assert store.customers.by_order({"AC-1"}) == {"AC-1": ["C1"]}


def test_bad_lines_are_told_and_the_rest_kept(store, tmp_path):
    found = taking(store, tmp_path, "customer,product,at\nC1,Flow,soon\n,Flow,2026-11-01\nC1,Flow,2026-11-01\n")

    assert [line.partition(";")[0] for line in found.problems][:2] == [
        "purchases.csv:2: at is 'soon', which is no date such as 2026-11-23 or 2026-11-23T10:00+01:00",
        "purchases.csv:3: no customer",
    ]
    assert "customer 'C1' is not in the registry" in found.problems[2]
    assert store.purchases.count() == 1


def test_a_nul_keeps_no_line_out(store, tmp_path):
    found = taking(store, tmp_path, "customer,product,at\nC1,Fl\0ow,2026-11-01\nC2,Flow,2026-11-01\n")

    assert (found.new, store.purchases.count()) == (2, 2)


def test_a_file_with_wrong_columns_is_refused(store, tmp_path):
    found = taking(store, tmp_path, "customer,products,at\nC1,Flow,2026-11-01\n")

    assert found.refused
    assert "did you mean `product` where it says `products`?" in found.problems[0]


def test_what_stands_before_an_open_quote_is_kept(store, tmp_path):
    found = taking(store, tmp_path, f'customer,product,at\nC1,Flow,2026-11-01\nC2,"{"x" * 200_000}')

    assert "is a quote left open before?" in found.problems[-1]
    assert store.purchases.count() == 1
