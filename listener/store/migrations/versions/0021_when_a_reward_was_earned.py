"""When a referral earned its reward."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earned_at", UTCDateTime(), nullable=True))
        batch_op.drop_column("rewarded")
        batch_op.create_index("ix_referral_earned_at", ["earned_at"], unique=False)
        batch_op.drop_index("referral_customer")
        batch_op.create_index("referral_customer", ["customer", "at", "status"], unique=False)
