"""The one exit: whatever reaches a person outside passes here, where opt-outs and the contact budget are seen last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, not_, or_, select, update

from listener.model.contact import Block, Check
from listener.model.delivery import Delivery
from listener.model.house import Pause, RuleMode
from listener.store.endings import INSIDE, OUTWARD, release
from listener.store.engine import Database, table
from listener.store.inviting import INVITE, outdated
from listener.store.prepared import Prepared
from listener.store.reach import MEMORY, facts_of, lock, with_entries
from listener.store.told import stopped_meanwhile, told_meanwhile

delivery, pause, rule_mode = table(Delivery), table(Pause), table(RuleMode)


def unpaused() -> ColumnElement[bool]:
    """No stop switch holds this delivery: none for all, none for its rule, none for its channel."""
    scope = pause.c.scope
    mine = or_(scope == "all", scope == "rule:" + delivery.c.rule, scope == "channel:" + delivery.c.channel)
    return not_(select(pause.c.scope).where(mine).exists())


def claimable() -> ColumnElement[bool]:
    """Due, or held until now; alerts that a channel's share held back wait for their summary instead."""
    status = delivery.c.status
    return or_(status == "due", and_(status == "held", delivery.c.action != "alert"))


def _switched_off() -> ColumnElement[bool]:
    """Its rule is off by now; what a person approved goes whatever became of the rule."""
    off = or_(rule_mode.c.mode == "off", rule_mode.c.mode == "shadow")
    mine = select(rule_mode.c.rule).where(rule_mode.c.rule == delivery.c.rule, off)
    return and_(delivery.c.decided_by.is_(None), mine.exists())


# made once: to put a statement together costs several times what SQLite needs to answer it
_ONE: Any = delivery.c.id == bindparam("number")
# as little of it as decides: reading its texts twice took a third of the time of a claim
_DECIDING = ("id", "status", "action", "purpose", "person", "customer", "channel", "attempts", "anyway", "created_at")
_FACTS = facts_of(delivery.c.person, delivery.c.customer)
_SETTLED = delivery.c.options["settled"].as_boolean().label("settled")
_SEEN: Any = select(*(delivery.c[name] for name in _DECIDING), *_FACTS, _SETTLED, _switched_off().label("off"))
_SEEN_ALONE = Prepared(_SEEN.where(_ONE).with_for_update(of=delivery))
# what another one holds is theirs; to wait for it, while one's last outcome waits too, could be for ever
_READY_ALONE = Prepared(_SEEN.where(_ONE, claimable(), unpaused()).with_for_update(of=delivery, skip_locked=True))
_CHANGE = update(delivery).where(_ONE).returning(delivery)
_CLAIM = {"status": "sending", "claimed_at": bindparam("now"), "attempts": delivery.c.attempts + 1}
_SENDING = Prepared(_CHANGE.values(_CLAIM))
_HELD = Prepared(_CHANGE.values(status="held", due_at=bindparam("until_then"), last_error=bindparam("reason")))
_ENDED = Prepared(_CHANGE.values(status="cancelled", why=bindparam("reason"), last_error=bindparam("reason")))


def reaches_somebody(row: Row[Any]) -> bool:
    """Whether a person outside hears from us by this delivery."""
    return bool(row.person) and row.purpose in OUTWARD and row.action not in INSIDE


def claimed(connection: Connection, database: Database, number: int, now: datetime, check: Check) -> Row[Any] | None:
    """The delivery as it is now: `sending`, for this caller alone; or `held` or `cancelled` by the budget.

    None when it is not there to be claimed, or had to be withdrawn: an opt-out, its rule switched off, its campaign
    stopped. The place in the budget is taken with `sending` and kept until it ends: who claims for the same person
    meanwhile finds it.
    """
    wanted = {"number": number, "since": now - MEMORY}
    row = _READY_ALONE.first(connection, wanted)
    if row is None or (row.action == "notify" and row.attempts and stopped_meanwhile(connection, database, number)):
        return None
    gone = _withdrawn(row) or (told_meanwhile(connection, number) if row.action == "notify" else "")
    gone = gone or (outdated(connection, row.customer) if row.action == INVITE else "")
    if gone:
        put_off(connection, database, row, Block(gone))
        return None
    block = blocked(connection, database, row, now, check, row.created_at)
    if block:
        return put_off(connection, database, row, block)
    return _SENDING.one(connection, {"number": number, "now": now})


def _withdrawn(row: Row[Any]) -> str:
    """Why it must not go any more, whatever the budget says."""
    if row.left_us and row.purpose in OUTWARD and row.action not in INSIDE:
        return "the person does not want to be contacted"
    return "its rule was switched off meanwhile" if row.off else ""


def seen(connection: Connection, database: Database, number: int, now: datetime) -> Row[Any] | None:
    """A delivery with what is known of its person; nobody else changes it until this transaction ends."""
    return _SEEN_ALONE.first(connection, {"number": number, "since": now - MEMORY})


def blocked(
    connection: Connection, database: Database, row: Row[Any], now: datetime, check: Check, since: datetime
) -> Block | None:
    """What is in the way of this delivery, wanted since then. One that was begun before has its place already."""
    if row.anyway or row.attempts or not reaches_somebody(row):
        return None
    lock(connection, database, row.person)
    more = {"since": since, "private": bool(row.channel), "settled": bool(row.settled)}
    return check(with_entries(connection, row, row.person, row.purpose, now, but=row.id, **more))


def put_off(connection: Connection, database: Database, row: Row[Any], block: Block) -> Row[Any]:
    """Held until it may be tried again, or cancelled where waiting makes no sense."""
    if block.until:
        return _HELD.one(connection, {"number": row.id, "until_then": block.until, "reason": block.why})
    ended = _ENDED.all(connection, {"number": row.id, "reason": block.why})
    release(connection, database, ended)
    return ended[0]
