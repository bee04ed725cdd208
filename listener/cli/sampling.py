"""Samples for rule tests out of real mentions, with nobody to be recognised in them."""

from __future__ import annotations

from typing import Annotated

import typer

from listener.cli.asked import number
from listener.cli.opening import opened

Mention = Annotated[str, typer.Argument(metavar="MENTION", help="By the column `id` of `mentions`.")]


def sample(context: typer.Context, mention: Mention) -> None:
    """A stored mention as YAML for `samples:` of a rule file; names, accounts, addresses and numbers are replaced."""
    from listener.pipeline.facts import facts_again
    from listener.pipeline.people import NotPossible
    from rules.sample import sample as anonymous

    with opened(context) as parts:
        row = parts.store.mentions.get(number(mention))
        decisions = parts.store.mentions.decisions([row.id]).get(row.id) if row else None
        if row is None or not decisions:
            raise NotPossible(f"there is no judged mention {mention}: `listener mentions` lists them")
        customer = parts.store.customers.get([row.customer or ""]).get(row.customer or "")
        facts = facts_again(row, decisions[-1].facts)
        then = str(facts.values.get("customer.name") or "")
        names = (row.author_name, row.author_handle, customer.name if customer else None, then)
        print(anonymous(row.id, facts, names), end="")
