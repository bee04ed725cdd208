"""The reference programme and referrals."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "favour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("worth", sa.String(), nullable=False),
        sa.Column("request", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("favour", schema=None) as batch_op:
        batch_op.create_index("ix_favour_customer", ["customer"], unique=False)

    op.create_table(
        "reference",
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("drivers", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("rests_until", UTCDateTime(), nullable=True),
        sa.Column("review", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("customer"),
    )
    with op.batch_alter_table("reference", schema=None) as batch_op:
        batch_op.create_index("ix_reference_state", ["state"], unique=False)

    op.create_table(
        "reference_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("request", sa.Integer(), nullable=True),
        sa.Column("delivery", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reference_ask", schema=None) as batch_op:
        batch_op.create_index("ix_reference_ask_delivery", ["delivery"], unique=False)
        batch_op.create_index("ix_reference_ask_request", ["request"], unique=False)
        batch_op.create_index("reference_ask_customer", ["customer", "at"], unique=False)

    op.create_table(
        "reference_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("name", sa.Boolean(), nullable=False),
        sa.Column("logo", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.Boolean(), nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer", "form"),
    )
    op.create_table(
        "reference_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("needed_by", UTCDateTime(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reference_request", schema=None) as batch_op:
        batch_op.create_index("ix_reference_request_status", ["status"], unique=False)

    op.create_table(
        "reference_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reference_step", schema=None) as batch_op:
        batch_op.create_index("ix_reference_step_customer", ["customer"], unique=False)

    op.create_table(
        "reference_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("looks_for", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reference_use", schema=None) as batch_op:
        batch_op.create_index("ix_reference_use_customer", ["customer"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("newcomer", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("signed_up_at", UTCDateTime(), nullable=True),
        sa.Column("purchased_at", UTCDateTime(), nullable=True),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("rewarded", sa.Integer(), nullable=False),
        sa.Column("reward", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("newcomer"),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index("referral_at", ["at"], unique=False)
        batch_op.create_index("referral_customer", ["customer", "at"], unique=False)

    op.create_table(
        "referral_click",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day"),
    )
    op.create_table(
        "referral_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    with op.batch_alter_table("referral_code", schema=None) as batch_op:
        batch_op.create_index("ix_referral_code_customer", ["customer"], unique=False)

    op.create_table(
        "referral_event",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("referral", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source", "event"),
    )
    op.create_table(
        "reference_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"],
            ["reference_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reference_booking", schema=None) as batch_op:
        batch_op.create_index(
            "booking_held",
            ["customer"],
            unique=True,
            sqlite_where=sa.text("status = 'held'"),
            postgresql_where=sa.text("status = 'held'"),
        )
        batch_op.create_index("ix_reference_booking_request", ["request"], unique=False)

    op.create_table(
        "takedown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("look_at", UTCDateTime(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["use"],
            ["reference_use.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("takedown", schema=None) as batch_op:
        batch_op.create_index("ix_takedown_customer", ["customer"], unique=False)
        batch_op.create_index("ix_takedown_look_at", ["look_at"], unique=False)
        batch_op.create_index(
            "takedown_open",
            ["use"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
