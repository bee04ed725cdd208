"""Alerts with their groups, messages that can still be changed, what a silence suppressed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("grouped", sa.Boolean(), nullable=False),
        sa.Column("wait", sa.Float(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("tell_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("sight", sa.String(), nullable=False),
        sa.Column("told_sight", sa.String(), nullable=False),
        sa.Column("acked_by", sa.String(), nullable=True),
        sa.Column("acked_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index("alert_open", "alert", ["key"], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("alert_tell", "alert", ["tell_at"])
    op.create_table(
        "posting",
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("delivery"),
    )
    op.add_column("delivery", sa.Column("alert", sa.Integer(), nullable=True))
    op.create_index("ix_delivery_alert", "delivery", ["alert"])
    op.add_column("silence", sa.Column("suppressed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("silence", sa.Column("told_at", UTCDateTime(), nullable=True))
    # those that are over by now were never to be told
    op.execute("UPDATE silence SET told_at = until WHERE until <= CURRENT_TIMESTAMP")
