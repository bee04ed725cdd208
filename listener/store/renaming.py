"""A source has another name: what is kept of it goes along, so that edits and deletions of its posts are still seen."""

from __future__ import annotations

from sqlalchemy import Connection, Table, literal, select, update

from listener.model.house import Silence
from listener.model.mention import Appearance, Mention
from listener.model.source import BlindSpot, MeasureRow, Source
from listener.store.engine import table

source, silence = table(Source), table(Silence)
OF_SOURCES = (table(Mention), table(Appearance), table(BlindSpot), table(MeasureRow))
NAMED_BY_SOURCE = (table(Mention), table(Appearance))  # whose posts have the source's name where they have no address


def is_free(connection: Connection, name: str) -> bool:
    """Whether nothing is kept under this name, as an import may have brought it."""
    kept = [select(one.c.id).where(one.c.source == name).limit(1) for one in NAMED_BY_SOURCE]
    return not any(connection.execute(query).first() for query in kept)


def rename(connection: Connection, old: str, new: str) -> None:
    """Everything of the source; the new name must be free."""
    for kept in NAMED_BY_SOURCE:
        _rename_posts(connection, kept, old, new)
    for kept in OF_SOURCES:
        connection.execute(update(kept).where(kept.c.source == old).values(source=new))
    muted = (silence.c.kind == "source") & (silence.c.what == old)
    connection.execute(update(silence).where(muted).values(what=new))
    connection.execute(update(source).where(source.c.name == old).values(name=new))


def _rename_posts(connection: Connection, kept: Table, old: str, new: str) -> None:
    nameless = (kept.c.source == old) & (kept.c.post == literal(f"{old}:") + kept.c.external_id)
    connection.execute(update(kept).where(nameless).values(post=literal(f"{new}:") + kept.c.external_id))
