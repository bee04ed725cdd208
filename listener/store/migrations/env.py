"""Alembic's entry: runs the migrations inside the connection that `upgrading.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import UTCDateTime
from sqlmodel.sql.sqltypes import AutoString

from listener.model import all_tables


def spell(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """SQLModel's types as a migration names them."""
    names = {AutoString: "sa.String()", UTCDateTime: "UTCDateTime()"}
    return names.get(type(item), False) if kind == "type" else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=all_tables(), render_as_batch=True, render_item=spell)
with context.begin_transaction():
    context.run_migrations()
