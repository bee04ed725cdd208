"""The circle of influence: who else speaks in a conversation, and whether somebody praised us there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from listener.pipeline.orders import Said
from listener.store.judging import Turn
from rules.terms import Facts, Value


def with_threads(said: Sequence[Said], turn: Turn) -> list[Said]:
    """The same with the facts of their conversations."""
    names = {(one.row.source, one.row.thread) for one in said if one.row.thread}
    threads = turn.talks.threads(names) if names else {}
    return [_with(one, threads.get(one.row.thread, {})) for one in said]


def _with(one: Said, speakers: Mapping[str, bool]) -> Said:
    if not one.row.thread:
        return one
    person = one.judgement.person
    known: dict[str, Value] = {"thread.praise": any(praise for who, praise in speakers.items() if who != person)}
    known["thread.persons"] = len({*speakers, person})
    return replace(one, facts=Facts({**one.facts.values, **known}))
