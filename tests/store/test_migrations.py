"""The migrations build exactly the tables that the models declare."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from listener.model import Mention  # noqa: F401  # the first of the tables brings all into the metadata


def test_the_migrations_make_what_the_models_say(store):
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, SQLModel.metadata) == []
