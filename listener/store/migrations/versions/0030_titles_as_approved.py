"""What a campaign's messages call the issue stays as it was approved, whatever the issue is called later."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    for name in ("title", "topic"):
        op.add_column("campaign", sa.Column(name, sa.String(), nullable=True))
