"""Mentions recognised as a customer's, who was erased, and what that leaves to do outside."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "recognised",
        sa.Column("mention", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["mention"], ["mention.id"]),
        sa.PrimaryKeyConstraint("mention"),
    )
    op.create_index("ix_recognised_customer", "recognised", ["customer"], unique=False)
    op.create_table(
        "erased",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "erasure_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("erasure", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_erasure_task_erasure", "erasure_task", ["erasure"], unique=False)
