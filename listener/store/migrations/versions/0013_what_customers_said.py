"""What known customers said, by label and time: for goodwill, rates and the share rate."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(
            "mention_customer",
            ["customer", "label", "posted_at"],
            unique=False,
            sqlite_where=sa.text("customer IS NOT NULL"),
            postgresql_where=sa.text("customer IS NOT NULL"),
        )
