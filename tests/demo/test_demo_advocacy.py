"""The demo's last act, without its daemon: what is told there is what the store holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from listener.cli.demo_advocacy import SOUR, speaks_for_us, told_of_advocates
from listener.store.references import pause
from tests.demo.stage import on_stage


def test_a_reference_turns_sour_a_referral_pays_off_and_a_request_is_filled(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with on_stage(tmp_path, now) as (parts, world):
        parts.registry.refresh()
        speaks_for_us(parts, world.customers_page)
        parts.programme("ops").nominate("c-133", "praised us")
        world.next_round()
        with parts.store.database.write() as connection:
            pause(connection, {SOUR: "mention 1 is a complaint"}, now)
        told = {note.who: note.what for note in told_of_advocates(parts).advocates}
        (request,) = parts.store.asks.requests(9)

    assert told["Rob Ackroyd"] == "paused as a reference: mention 1 is a complaint"
    assert told["places"] == "web page down, deck coming down"
    assert told["c-105"] == "brought shop-4711: purchased; 1 report came twice and counts once"
    assert told["earned"].startswith("20.00 EUR")
    assert told["request"] == "1 proposed, reserved c-133 (main); filled"
    assert request.status == "filled"
