"""The house itself: stop switches, backup and restore, its state."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.asked import As, Json, account
from listener.cli.known import running_rules, unknown
from listener.cli.opening import configured, opened

if TYPE_CHECKING:
    from listener.wiring import Parts

RuleScope = Annotated[str | None, typer.Option("--rule", help="Only what this rule orders.")]
ChannelScope = Annotated[str | None, typer.Option("--channel", help="Only what goes through this channel or tracker.")]
Why = Annotated[str, typer.Option("--why", help="The reason, shown in `status`.")]
Target = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="Where the copy goes.")]
Saved = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A backup.")]


def _scope(rule: str | None, channel: str | None) -> str:
    if rule and channel:
        raise typer.BadParameter("pause a rule or a channel, not both at once")
    return f"rule:{rule}" if rule else f"channel:{channel}" if channel else "all"


def _name(scope: str) -> str:
    kind, _, name = scope.partition(":")
    return f"{kind} {name}" if name else "everything outward"


def pause(
    context: typer.Context, rule: RuleScope = None, channel: ChannelScope = None, why: Why = "", named: As = None
) -> None:
    """Hold all outward work within a second: the stop switch."""
    from listener.views.state import resuming
    from listener.wiring.now import clock

    scope = _scope(rule, channel)
    with opened(context) as parts:
        _known(parts, rule, channel)
        parts.store.house.pause(scope, clock(), named or account(), why)
    print(f"paused: {_name(scope)}; `{resuming(scope)}` lets it go on")


def _known(parts: Parts, rule: str | None, channel: str | None) -> None:
    """A stop switch for what is misspelt would stop nothing."""
    channels = {entry.name for entry in (*parts.config.channels, *parts.config.trackers)}
    if channel and channel not in channels:
        raise unknown("channel", channel, channels)
    rules = running_rules(parts) if rule else frozenset()
    if rule and rules and rule not in rules:
        raise unknown("rule", rule, rules)


def resume(context: typer.Context, rule: RuleScope = None, channel: ChannelScope = None, named: As = None) -> None:
    """Let it go on; what waited goes out now."""
    from listener.views.state import resuming
    from listener.wiring.now import clock

    scope = _scope(rule, channel)
    with opened(context) as parts:
        was_paused = parts.store.house.resume(scope, clock(), named or account())
        rest = [pause.scope for pause in parts.store.house.pauses()]
    print(f"{'goes on' if was_paused else 'was not paused'}: {_name(scope)}")
    for scope in rest:
        print(f"still paused: {_name(scope)}; `{resuming(scope)}`")


def backup(context: typer.Context, target: Target) -> None:
    """Copy the store while the daemon works."""
    from listener.store.upgrading import backup as copy

    with opened(context) as parts:
        copy(parts.store.database, target)
    print(f"the store is copied to {target}")


def restore(context: typer.Context, saved: Saved, named: As = None) -> None:
    """Put a backup in the store's place; it starts paused, so that nothing is sent twice."""
    from listener.store.engine import Database
    from listener.store.upgrading import restore as put_back
    from listener.wiring.now import clock

    config, secrets, _ = configured(context)
    with closing(Database(config.store_url(secrets))) as database:
        old = put_back(database, saved, clock(), named or account())
    with opened(context):
        """Opening it takes out again whoever was erased since."""
    print(f"the store is what {saved} held" + (f"; the one before is kept as {old}" if old else ""))
    print("all outward work is paused: look at `listener deliveries`, then `listener resume`")


def status(context: typer.Context, as_json: Json = False) -> None:
    """Sources and health, queues, the running rule book, blind spots, stop switches."""
    from listener.views import objects, state
    from listener.wiring.now import clock

    with opened(context) as parts:
        seen = state.status(parts.store, clock())
    if as_json:
        print(objects.line(seen))
    else:
        for sentence in state.told(seen):
            print(sentence)
