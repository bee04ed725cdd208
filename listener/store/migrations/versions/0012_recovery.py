"""Tickets in working hours: when to warn and to look again, waiting, win-back; their counterparts outside."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_role", sa.String(), nullable=True))
        for name in ("reply_warn_at", "resolve_warn_at", "waiting_since", "wait_until", "look_at"):
            batch_op.add_column(sa.Column(name, UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("win_back", sa.JSON(), nullable=True))
        batch_op.create_index("ix_ticket_look_at", ["look_at"], unique=False)
    # of tickets that were open before only what is still to come is told: an upgrade must not tell a hundred at once
    op.execute("UPDATE ticket SET look_at = resolve_due WHERE status = 'open' AND resolve_due > CURRENT_TIMESTAMP")
    op.create_table(
        "ticket_track",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("tracker", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("mark"),
    )
    with op.batch_alter_table("ticket_track", schema=None) as batch_op:
        for name in ("key", "ticket", "tracker"):
            batch_op.create_index(f"ix_ticket_track_{name}", [name], unique=False)
