"""The demo's last act, without its daemon: what is told there is what the store holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from listener.cli.demo_advocacy import SOUR, speaks_for_us, told_of_advocates
from listener.cli.demo_outreach import parts_for
from listener.config.first import Answers
from listener.config.init import init
from listener.demo.scenario import prepare
from listener.demo.servers import World
from listener.store.references import pause
from listener.store.upkeep import migrate


def test_a_reference_turns_sour_a_referral_pays_off_and_a_request_is_filled(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    world = World(now)
    config = prepare(tmp_path, world.start(), now)
    init(tmp_path, Answers())
    try:
        with parts_for(config) as parts:
            migrate(parts.store.database, now)
            parts.registry.refresh()
            speaks_for_us(parts, world.customers_page)
            parts.programme("ops").nominate("c-133", "praised us")
            world.next_round()
            with parts.store.database.write() as connection:
                pause(connection, {SOUR: "mention 1 is a complaint"}, now)
            told = {note.who: note.what for note in told_of_advocates(parts).advocates}
            (request,) = parts.store.asks.requests(9)
    finally:
        world.stop()

    assert told["Rob Ackroyd"] == "paused as a reference: mention 1 is a complaint"
    assert told["places"] == "web page down, deck coming down"
    assert told["c-105"] == "brought shop-4711: purchased; 1 report came twice and counts once"
    assert told["earned"].startswith("20.00 EUR")
    assert told["request"] == "1 proposed, reserved c-133 (main); filled"
    assert request.status == "filled"
