"""Issues are looked for within a brand, not in guessed topics; topics and likeness are learned."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

WORDS = sa.table("issue_words", sa.column("issue"), sa.column("ground"), sa.column("value", sa.JSON))
STATE = sa.table(
    "issue_state",
    *(sa.column(name) for name in ("name", "version", "last", "dirty_since")),
)


def upgrade() -> None:
    op.add_column("mention", sa.Column("fence", sa.String(), nullable=True))
    op.add_column("issue", sa.Column("fence", sa.String(), nullable=False, server_default=""))
    op.add_column("issue", sa.Column("topic_by", sa.String(), nullable=True))
    op.add_column("learned_model", sa.Column("kind", sa.String(), nullable=False, server_default="verdicts"))
    _move_words()
    _move_states()


def _move_words() -> None:
    """What is known of live issues goes on in the ground of their brand."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(WORDS)).all():
        value = json.loads(row.value) if isinstance(row.value, str) else dict(row.value)
        topic = value.pop("topic", "")
        value |= {"fence": "", "topics": {topic: value.get("mentions", 1)} if topic else {}}
        new = {"ground": row.ground.split("\n")[0] + "\n", "value": value}
        connection.execute(sa.update(WORDS).where(WORDS.c.issue == row.issue).values(new))


def _move_states() -> None:
    """A brand has come as far as its topics had; copies of earlier times are of other grounds and go."""
    connection = op.get_bind()
    parts = [row for row in connection.execute(sa.select(STATE)).all() if row.name.count("\n") == 1]
    for brand in sorted({row.name.split("\n")[0] for row in parts}):
        mine = [row for row in parts if row.name.split("\n")[0] == brand]
        last = max((row.last for row in mine if row.last is not None), default=None)
        dirty = min((row.dirty_since for row in mine if row.dirty_since is not None), default=None)
        first = mine[0].name
        values = {"version": sum(row.version for row in mine) + 1, "last": last, "dirty_since": dirty}
        connection.execute(sa.delete(STATE).where(STATE.c.name.like(_like(brand), escape="\\"), STATE.c.name != first))
        connection.execute(sa.update(STATE).where(STATE.c.name == first).values(name=f"{brand}\n", **values))


def _like(brand: str) -> str:
    escaped = brand.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}\n%"
