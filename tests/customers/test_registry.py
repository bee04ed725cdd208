"""customers.csv → the registry: what comes, changes and goes, and what is told of lines that cannot be used."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import inspect

from listener.customers import Forgotten, Registry
from listener.signing import Signer
from listener.views import state
from tests.makers import a_house
from tests.store.arrived import NOW

HEADER = "id,name,plan,handles\n"


def nobody(store):
    return Forgotten(store, Signer(b"key"))


def say(store):
    """What `status` says."""
    return list(state.told(state.status(store, NOW)))


def reading(store, tmp_path, text, **options):
    path = tmp_path / "customers.csv"
    path.write_text(text)
    confirm = options.pop("confirm", False)
    registry = Registry(store, path, lambda: NOW, structlog.get_logger(), nobody(store), **options)
    return registry.take(path, confirm)


def counts(found):
    mark = found.mark
    return mark.added, mark.changed, mark.removed, mark.same


def handles(store):
    wanted = [("reddit", name) for name in ("anna", "bob", "cara")]
    return {key[1]: [link.customer for link in links] for key, links in store.customers.holders(wanted).items()}


def test_only_what_changed_is_written(store, tmp_path):
    many = "".join(f"X{number},,,\n" for number in range(30))
    reading(store, tmp_path, f"{HEADER}{many}C1,Anna,pro,reddit:Anna\nC2,Bob,pro,reddit:bob\n")

    found = reading(store, tmp_path, f"{HEADER}{many}C1,Anna,team,reddit:cara\nC3,Cara,pro,\n")

    assert counts(found) == (1, 1, 1, 30)
    assert handles(store) == {"cara": ["C1"]}
    assert store.customers.get(["C1", "C2"])["C1"].plan == "team"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_in_every_encoding_that_spreadsheets_write(store, tmp_path, encoding):
    path, mark = tmp_path / "customers.csv", "\ufeff" if encoding == "utf-16-be" else ""
    path.write_text(f"{mark}id,name\nC1,Zoë 東京\n", encoding)
    Registry(store, path, lambda: NOW, structlog.get_logger(), nobody(store)).refresh()

    assert store.customers.get(["C1"])["C1"].name == "Zoë 東京"


def test_a_file_that_removes_over_a_tenth_waits(store, tmp_path):
    reading(store, tmp_path, "id\n" + "".join(f"C{number}\n" for number in range(10)))
    other = "id\n" + "".join(f"D{number}\n" for number in range(20))

    assert reading(store, tmp_path, other).waits
    assert any("the file waits for --confirm" in line for line in say(store))
    assert any("it would remove 10 of 10 customers; if that is right: `" in line for line in say(store))
    assert store.customers.count() == 10
    assert reading(store, tmp_path, other, confirm=True).mark.removed == 10
    assert store.customers.count() == 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,name\nC1,a,b\nC2,b\n", "customers.csv:2: 3 values for 2 columns"),
        ("id,name\n,a\nC2,b\n", "customers.csv:2: no id"),
        ("id,name\nC2,a\nC2,b\n", "customers.csv:3: id 'C2' appears twice; the first one counts"),
        ("id,handles\nC2,anna\n", "customers.csv:2: handle 'anna' is not written as platform:name"),
        (
            "id,email\nC2,anna.at.x\n",
            "customers.csv:2: 'anna.at.x' is no e-mail address: no letter will reach this customer",
        ),
        (
            "id,timezone\nC2,Europe/Berln\n",
            "customers.csv:2: unknown timezone 'Europe/Berln': write a name such as Europe/Berlin or UTC",
        ),
        (
            "id,do_not_contact\nC2,maybe\n",
            "customers.csv:2: do_not_contact is 'maybe', neither yes nor no: it counts as yes until it says no",
        ),
        (
            "id,renewal_at\nC2,31.12.2027\n",
            "customers.csv:2: renewal_at is '31.12.2027', which is no date such as 2027-03-31",
        ),
        ("id,emial\nC2,a@b.example\n", "customers.csv:1: the column `emial` is one of your own; did you mean `email`?"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_kept(store, tmp_path, text, told):
    found = reading(store, tmp_path, text)

    assert len(found.problems) == 1
    assert found.problems[0].startswith(told)
    assert store.customers.count() == 1
    assert "customers  the file has problems (1); the rest counts" in say(store)


@pytest.mark.parametrize(
    ("written", "opted_out"), [("yes", True), ("JA", True), ("si", True), ("true", True), ("no", False), ("", False)]
)
def test_what_is_no_clear_no_is_an_opt_out(store, tmp_path, written, opted_out):
    reading(store, tmp_path, f"id,do_not_contact\nC1,{written}\n")

    assert store.customers.get(["C1"])["C1"].do_not_contact is opted_out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,email\nAnna,a@b.example\n", "there is no column `id`"),
        ("id;name\n1;Anna\n", "this file has semicolons"),
        ("id\tname\n1\tAnna\n", "this file has tabs"),
        ("id,name,name\n1,Anna,B\n", "the column `name` is there twice"),
        ("", "there is no column `id`"),
    ],
)
def test_a_file_with_wrong_columns_changes_nothing(store, tmp_path, text, told):
    reading(store, tmp_path, "id\nC1\n")

    found = reading(store, tmp_path, text)

    assert found.refused
    assert told in found.problems[0]
    assert "customers  the file cannot be used; the customers are those from before" in say(store)
    assert store.customers.count() == 1


def test_a_file_that_breaks_off_removes_nobody(store, tmp_path):
    reading(store, tmp_path, "id,name\nC1,Anna\nC2,Bob\n")

    found = reading(store, tmp_path, 'id,name\nC1,Anna\nC3,"' + "x" * 200_000, confirm=True)

    assert "is a quote left open before?" in found.problems[0]
    assert store.customers.count() == 2


def test_a_handle_of_two_customers_belongs_to_neither(store, tmp_path):
    found = reading(store, tmp_path, f"{HEADER}C1,,,reddit:anna\nC2,,,reddit:Anna;reddit:bob\n")

    assert found.problems == ("customers.csv:3: handle 'reddit:anna' is claimed by C1 and C2; it counts for neither",)
    assert handles(store) == {"anna": ["C1", "C2"], "bob": ["C2"]}


def test_a_reading_that_was_cut_off_goes_on_where_it_stopped(store, tmp_path, monkeypatch):
    monkeypatch.setattr("listener.customers.lines.BATCH", 3)
    text = "id\n" + "".join(f"C{number}\n" for number in range(10))
    turns = iter([False, False, True])
    first = reading(store, tmp_path, text, stopped=lambda: next(turns))
    on_the_way = any("is read up to line 7" in line for line in say(store))

    path = tmp_path / "customers.csv"
    found = Registry(store, path, lambda: NOW, structlog.get_logger(), nobody(store)).refresh()

    assert first.broken_off
    assert (on_the_way, any("customers  " in line for line in say(store))) == (True, False)
    assert (first.mark.added, found.mark.added, found.problems) == (6, 10, ())
    assert store.customers.count() == 10


def test_what_stands_before_an_open_quote_is_taken(store, tmp_path):
    end = f'C10,,,"{"x" * 200_000}'
    found = reading(store, tmp_path, HEADER + "".join(f"C{number},,,\n" for number in range(9)) + end)

    assert "is a quote left open before?" in found.problems[0]
    assert store.customers.count() == 9


def test_who_asks_hears_how_far_a_reading_has_come(store, tmp_path, monkeypatch):
    monkeypatch.setattr("listener.customers.lines.BATCH", 3)
    path, lines = tmp_path / "customers.csv", []
    path.write_text("id\n" + "".join(f"C{number}\n" for number in range(7)))
    registry = Registry(store, path, lambda: NOW, structlog.get_logger(), nobody(store))

    registry.take(path, told=lines.append)

    assert lines == [4, 7, 8]


def by_address(store):
    """Whether an address is looked up by an index."""
    with store.database.read() as connection:
        indexes = inspect(connection).get_indexes("customer")
    return any(index["column_names"] == ["email"] for index in indexes)


def test_the_first_reading_indexes_addresses_at_its_end(store, tmp_path):
    text = "id,email\nC1,anna@example.org\n"
    reading(store, tmp_path, text, stopped=lambda: True)
    on_the_way = by_address(store)

    reading(store, tmp_path, text)

    assert (on_the_way, by_address(store)) == (False, True)
    assert store.customers.by_email(["anna@example.org"]) == {"anna@example.org": ["C1"]}


def test_a_later_reading_leaves_the_index_of_addresses_alone(store, tmp_path):
    reading(store, tmp_path, "id,email\nC1,anna@example.org\n")

    reading(store, tmp_path, "id,email\nC1,bob@example.org\n", stopped=lambda: True)

    assert by_address(store)


def test_the_daily_look_indexes_addresses_after_a_first_reading_that_never_ended(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        reading(store, tmp_path, "id\nC1\n", stopped=lambda: True)
        (tmp_path / "customers.csv").unlink()
        assert not by_address(store)

    assert house.run("run", "--once").code == 0

    with house.store() as store:
        assert by_address(store)


def test_sites_orders_and_profiles_are_signs_of_their_customer(store, tmp_path):
    lines = "C1,https://anna.example; https://blog.example/anna,AC-1; AC-2,https://www.Forum.example/u/Anna/\nC2,,,https://\n"
    found = reading(store, tmp_path, f"id,website,orders,handles\n{lines}")

    signs = [("@site", "anna.example"), ("@order", "AC-2"), ("@url", "forum.example/u/anna"), ("@site", "blog.example")]
    assert sorted(store.customers.holders(signs)) == sorted(signs[:3])
    assert found.problems == ("customers.csv:3: handle 'https://' is not written as platform:name",)
