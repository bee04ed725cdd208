"""In whose name people decide."""

from __future__ import annotations

from listener.config import Config
from listener.pipeline.people import NotPossible


def decider(config: Config, named: str | None, account: str, approving: bool = True) -> str:
    """The name that is recorded: `--as`, else the account of the shell. Raises NotPossible.

    A name given with `--as` must be a person of the configuration, where any is configured; for what goes out to
    people (`approving`) one who may approve. An account that no person has the name of is taken as it is: whoever
    runs commands here owns the store.
    """
    staff = {person.name: person for person in config.persons}
    who = named or account
    if named and staff and named not in staff:
        raise NotPossible(f"{named!r} is no [[person]] of the configuration; there are {', '.join(sorted(staff))}")
    if approving and who in staff and not staff[who].may_approve:
        raise NotPossible(
            f"{who} may not decide this: set may_approve = true for that [[person]], or name one with --as"
        )
    return who
