"""When a look last found a reference at a place."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("reference_use", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", UTCDateTime(), nullable=True))
