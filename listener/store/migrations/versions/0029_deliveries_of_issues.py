"""Messages about an issue are found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

OF_ISSUES = sa.text("issue IS NOT NULL")


def upgrade() -> None:
    op.create_index("delivery_issue", "delivery", ["issue"], sqlite_where=OF_ISSUES, postgresql_where=OF_ISSUES)
