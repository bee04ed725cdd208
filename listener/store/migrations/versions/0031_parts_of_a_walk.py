"""What going over a ground made of its first parts, while the rest waits."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "issue_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("issue_part_ground", "issue_part", ["ground", "last"])
    op.create_table(
        "issue_placed",
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("mention", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("ground", "mention"),
    )
    op.create_index("issue_placed_place", "issue_placed", ["ground", "place"])
    op.create_index("issue_placed_number", "issue_placed", ["ground", "number"])
