"""Who complained of a topic, found without reading every mention of a month."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(
            "mention_topic",
            ["brand", "topic", "label", "posted_at"],
            sqlite_where=sa.text("label IS NOT NULL"),
            postgresql_where=sa.text("label IS NOT NULL"),
        )
