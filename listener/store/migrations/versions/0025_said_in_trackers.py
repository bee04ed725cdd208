"""What was said of tickets in outside systems."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    with op.batch_alter_table("ticket_note", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.String(), nullable=True))
        batch_op.create_index("ix_ticket_note_mark", ["mark"], unique=True)
    with op.batch_alter_table("ticket_track", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed", sa.String(), nullable=True))
