"""The words of each live issue, the number that grouping knows an issue by, and places in the order of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "issue_words",
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("issue"),
    )
    with op.batch_alter_table("issue_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_words_ground"), ["ground"], unique=False)

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.BigInteger(), nullable=True))
        batch_op.create_index("issue_number", ["number"], unique=True)

    # a time became a place in the order of posts; no store has a row of this table yet
    with op.batch_alter_table("issue_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_state_dirty_since"))
        batch_op.drop_column("dirty_since")
    with op.batch_alter_table("issue_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dirty_since", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("last", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_issue_state_dirty_since"), ["dirty_since"], unique=False)

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.drop_index("mention_issue")
        batch_op.create_index(
            "mention_issue",
            ["issue", "duplicate_of", "person", "customer", "posted_at"],
            unique=False,
            sqlite_where=sa.text("issue IS NOT NULL"),
            postgresql_where=sa.text("issue IS NOT NULL"),
        )
