"""When a person decided about a delivery."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("decided_at", UTCDateTime(), nullable=True))
