"""Who complained of a topic, found in the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

DECIDED = sa.text("label IS NOT NULL AND decided_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("mention_topic", "mention")
    op.create_index(
        "mention_topic",
        "mention",
        ["brand", "topic", "label", "posted_at", "person", "own", "duplicate_of"],
        sqlite_where=DECIDED,
        postgresql_where=DECIDED,
    )
