"""Issues whose mentions became another person's, to be judged anew."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "issue_moved",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_issue_moved_looked_at", "issue_moved", ["looked_at"])
