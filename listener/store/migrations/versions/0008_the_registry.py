"""The registry with its marks, evidence on handles, and purchases."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(), nullable=False, server_default="file"))
        batch_op.add_column(sa.Column("digest", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("added_at", UTCDateTime(), nullable=True))
        batch_op.create_index("ix_customer_email", ["email"], unique=False)
        batch_op.create_index("ix_customer_added_at", ["added_at"], unique=False)

    op.create_table(
        "listed",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "handle", "customer"),
    )
    op.execute(
        "INSERT INTO listed (platform, handle, customer, source, evidence, confidence, state, who) "
        "SELECT platform, handle, customer, 'file', 'listed', 1.0, 'linked', '' FROM handle"
    )
    op.drop_table("handle")
    op.rename_table("listed", "handle")
    op.create_index("handle_customer", "handle", ["customer"], unique=False)
    op.create_index("handle_state", "handle", ["state"], unique=False)

    op.create_table(
        "purchase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer", "product", "at"),
    )
    op.create_index("purchase_at", "purchase", ["at"], unique=False)
    op.create_index("ix_purchase_number", "purchase", ["number"], unique=False)
