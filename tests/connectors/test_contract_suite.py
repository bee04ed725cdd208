"""What every kind and every shipped spec must do. A new kind needs a case in `kinds.py`, or the first test fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import KINDS
from connectors.contract import Batch, GiveUp, Item, TryLater
from listener.aside import Aside
from tests.connectors.kinds import DATE, TOLD, UNPOLLED, Case, bent, cases, endless, nulled, single, thinned
from tests.connectors.loopback import Answer, Asked, Site, a_site
from tests.doors import NOW, RealDoor, a_door

CASES = dict(cases())
ROOT = Path(__file__).parents[2]
TOKEN = json.dumps({"access_token": "fresh"})


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    children = Aside()
    yield children
    children.close()


@pytest.fixture
def door(aside: Aside) -> Iterator[RealDoor]:
    with a_door(aside=aside) as door:
        yield door


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> Case:
    found = request.param
    assert isinstance(found, Case)
    return found


POLLED = """
import json, sys
from connectors import kind
from connectors.contract import GiveUp, TryLater
from tests.doors import a_door

source = kind(sys.argv[1]).model_validate(json.loads(sys.argv[2]))
with a_door() as door:
    source.load()
    before = set(sys.modules)
    try:
        source.poll("", door)
    except (GiveUp, TryLater):
        pass
    new = set(sys.modules) - before
print(*sorted({name.split(".")[0] for name in new} - sys.stdlib_module_names, key=str))
print(*sorted(name for name in new if name.startswith("connectors.")))
"""


def test_a_poll_imports_nothing_that_was_not_loaded(case: Case) -> None:
    options = json.dumps(case.options("http://127.0.0.1:9"))
    told = subprocess.run(
        [sys.executable, "-c", POLLED, case.kind, options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == []


def serve(site: Site, case: Case, answer: Answer) -> None:
    """Let the site answer everything with this, but for robots.txt and tokens."""

    def page(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(status=404)
        if asked.method == "POST":
            return Answer(TOKEN)
        return Answer(answer.body, answer.status, {"content-type": case.content_type, **answer.headers})

    site.pages["*"] = page


def poll(site: Site, case: Case, door: RealDoor, answer: Answer, cursor: str = "") -> Batch:
    serve(site, case, answer)
    return case.source(site).poll(cursor, door)


def items(batch: Batch) -> list[Item]:
    return list(batch.items)


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES.values()} | UNPOLLED == set(KINDS)


def test_an_empty_cursor_brings_items_with_identity_and_valid_text(site: Site, case: Case, door: RealDoor) -> None:
    found = items(poll(site, case, door, Answer(case.page("Works well.", DATE))))

    assert found
    assert len({item.external_id for item in found}) == len(found)
    assert all(item.external_id and item.posted_at and item.posted_at.utcoffset() == timedelta(0) for item in found)


def test_the_same_page_twice_brings_nothing_new(site: Site, case: Case, door: RealDoor) -> None:
    page = Answer(case.page("Works well.", DATE))
    first = poll(site, case, door, page)
    second = poll(site, case, door, page, first.cursor)

    assert {item.external_id for item in second.items} <= {item.external_id for item in first.items}


def test_a_304_says_that_nothing_changed(site: Site, case: Case, door: RealDoor) -> None:
    first = poll(site, case, door, Answer(case.page("Works well.", DATE), headers={"etag": '"one"'}))
    second = poll(site, case, door, Answer(status=304), first.cursor)

    assert (second.unchanged, items(second)) == (True, [])


def test_an_edited_text_keeps_its_identity(site: Site, case: Case, door: RealDoor) -> None:
    before = poll(site, case, door, Answer(case.page("Works badly.", DATE)))
    after = poll(site, case, door, Answer(case.page("Works well now.", DATE)), before.cursor)

    assert {item.external_id for item in before.items} == {item.external_id for item in after.items}
    assert [item.text for item in before.items] != [item.text for item in after.items]


def test_undated_items_arrive_undated(site: Site, case: Case, door: RealDoor) -> None:
    found = items(poll(site, case, door, Answer(case.page("Works well.", None))))

    assert found
    assert {item.posted_at for item in found} == {None}


def test_html_and_other_scripts_arrive_whole(site: Site, case: Case, door: RealDoor) -> None:
    texts = [item.text for item in poll(site, case, door, Answer(case.page(TOLD, DATE))).items]

    assert any("素晴らしい" in text and "🎉" in text for text in texts)


def test_a_page_without_items_is_no_trouble_on_the_first_poll(site: Site, case: Case, door: RealDoor) -> None:
    assert items(poll(site, case, door, Answer(case.none))) == []


@pytest.mark.parametrize("wait", ["120", format_datetime(NOW + timedelta(seconds=120), usegmt=True)])
def test_a_429_waits_as_long_as_it_says(site: Site, case: Case, door: RealDoor, wait: str) -> None:
    with pytest.raises(TryLater) as raised:
        poll(site, case, door, Answer(status=429, headers={"retry-after": wait}))
    assert raised.value.after == timedelta(seconds=120)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_refusal_is_told_and_tried_again(site: Site, case: Case, door: RealDoor, status: int) -> None:
    with pytest.raises(TryLater) as raised:
        poll(site, case, door, Answer(status=status))
    assert str(status) in str(raised.value)


def test_an_address_that_is_gone_is_given_up(site: Site, case: Case, door: RealDoor) -> None:
    with pytest.raises(GiveUp):
        poll(site, case, door, Answer(status=410))


def test_a_cut_connection_is_tried_again(site: Site, case: Case, door: RealDoor) -> None:
    page = case.page("Works well.", DATE)

    with pytest.raises(TryLater):
        poll(site, case, door, Answer(page, headers={"content-length": str(len(page.encode()) + 1000)}))


HOSTILE = {
    "empty": b"",
    "a page for people": b"<html><body>Log in, please</body></html>",
    "junk": bytes(range(256)) * 400,
    "deep": b"[" * 60_000,
    "wrong shape": b'{"feed": [], "items": {}, "reviews": 7, "data": null}',
    "a list": b"[[], null, 7, {}]",
    "a half": b'{"reviews": [{"id": "1", "te',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_body_breaks_a_poll(site: Site, case: Case, door: RealDoor, body: bytes) -> None:
    with suppress(TryLater):
        assert items(poll(site, case, door, Answer(body))) == []


@pytest.mark.parametrize("bend", [single, nulled, thinned])
def test_a_page_of_another_shape_costs_values_and_not_the_poll(
    site: Site, case: Case, door: RealDoor, bend: Callable[[Any], Any]
) -> None:
    page = bent(case.page("Works well.", DATE), bend)

    with suppress(TryLater):
        assert all(item.external_id for item in poll(site, case, door, Answer(page)).items)


def test_an_item_without_text_and_date_still_has_a_name(site: Site, case: Case, door: RealDoor) -> None:
    bare = items(poll(site, case, door, Answer(case.page("", None))))

    assert all(item.external_id for item in bare)


def test_clocks_in_the_future_are_now(site: Site, case: Case, door: RealDoor) -> None:
    batch = poll(site, case, door, Answer(case.page("Works well.", "2031-01-01T00:00:00Z")))
    later = poll(site, case, door, Answer(case.page("Works better.", DATE)), batch.cursor)

    assert {item.posted_at for item in batch.items} == {NOW}
    assert [item.text for item in later.items if "better" in item.text]


def test_pages_that_lead_on_for_ever_are_left(site: Site, case: Case, door: RealDoor) -> None:
    page = bent(case.page("Works well.", DATE), endless)
    onward = page.replace("</body>", '<a rel="next" href="/again">older</a></body>')
    headers = {"link": f'<{site.url}/again?page=2>; rel="next"'}
    with suppress(TryLater):
        poll(site, case, door, Answer(onward, headers=headers))

    assert 1 <= len(site.asked) <= 40


def test_ten_megabytes_are_refused(site: Site, case: Case, door: RealDoor) -> None:
    with pytest.raises(TryLater):
        poll(site, case, door, Answer(b"<a>" * 3_500_000))
