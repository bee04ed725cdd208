"""A post about two brands may found an issue of each, so grouping's numbers are unique within a ground."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.drop_index("issue_number", "issue")
    op.create_index("issue_number", "issue", ["brand", "fence", "number"], unique=True)
