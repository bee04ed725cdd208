"""Of the links of accounts only those are found by their state that are not linked."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

UNLINKED = sa.text("state <> 'linked'")


def upgrade() -> None:
    op.drop_index("handle_state", "handle")
    op.create_index("handle_unlinked", "handle", ["state"], sqlite_where=UNLINKED, postgresql_where=UNLINKED)
