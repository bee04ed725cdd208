"""One letter is one ask: held by an index; and steps of the programme by their time."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute(
        "DELETE FROM reference_ask WHERE delivery IS NOT NULL AND id NOT IN "
        "(SELECT min(id) FROM reference_ask WHERE delivery IS NOT NULL GROUP BY delivery)"
    )
    op.drop_index("ix_reference_ask_delivery", "reference_ask")
    op.create_index("ix_reference_ask_delivery", "reference_ask", ["delivery"], unique=True)
    op.create_index("ix_reference_step_at", "reference_step", ["at"], unique=False)
