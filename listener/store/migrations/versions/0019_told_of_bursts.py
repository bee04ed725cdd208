"""At which level people were told of a burst last."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("issue_alarm", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_level", sa.String(), nullable=True))
