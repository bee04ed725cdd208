"""Issues: what several mentions are about, who put them together, alarms, episodes, what people did."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("titled_by", sa.String(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("spread", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("founder", sa.Integer(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("first_seen", UTCDateTime(), nullable=False),
        sa.Column("last_seen", UTCDateTime(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("persons_now", sa.Integer(), nullable=False),
        sa.Column("usual_rate", sa.Float(), nullable=True),
        sa.Column("ratio", sa.Float(), nullable=True),
        sa.Column("affected", sa.Integer(), nullable=True),
        sa.Column("muted_until", sa.Integer(), nullable=True),
        sa.Column("muted_by", sa.String(), nullable=True),
        sa.Column("alias_of", sa.String(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.create_index("issue_place", ["brand", "topic", "last_seen"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_alias_of"), ["alias_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_founder"), ["founder"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_last_seen"), ["last_seen"], unique=False)

    op.create_table(
        "issue_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_act_issue"), ["issue"], unique=False)

    op.create_table(
        "issue_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=True),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("ratio", sa.Float(), nullable=False),
        sa.Column("z", sa.Float(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("told_persons", sa.Integer(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("why_quiet", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_alarm", schema=None) as batch_op:
        batch_op.create_index("issue_alarm_key", ["key", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_alarm_issue"), ["issue"], unique=False)

    op.create_table(
        "issue_episode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("fixed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("root_cause", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_episode", schema=None) as batch_op:
        batch_op.create_index("issue_episode_issue", ["issue", "number"], unique=True)

    op.create_table(
        "issue_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=True),
        sa.Column("mention", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_link_issue"), ["issue"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_link_mention"), ["mention"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_link_other"), ["other"], unique=False)

    op.create_table(
        "issue_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("dirty_since", UTCDateTime(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    with op.batch_alter_table("issue_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_state_dirty_since"), ["dirty_since"], unique=False)

    op.create_table(
        "issue_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_suggestion", schema=None) as batch_op:
        batch_op.create_index("issue_suggestion_pair", ["issue", "other"], unique=True)

    op.create_table(
        "issue_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mention"],
            ["mention.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issue_member", schema=None) as batch_op:
        batch_op.create_index("issue_member_mention", ["mention", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_member_issue"), ["issue"], unique=False)

    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index("mention_issue", ["issue", "posted_at"], unique=False)
