"""All commands under their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.main import get_command

from listener.cli import (
    alerting,
    checking,
    customers,
    gifts,
    importing,
    issues,
    panel,
    references,
    referrals,
    reporting,
    requests,
    rulefiles,
    sampling,
    simulating,
    tickets,
)
from listener.cli.affected import affected
from listener.cli.asked import Globals
from listener.cli.auditing import audit, correct, learn, rescore
from listener.cli.campaigns import app as campaign
from listener.cli.checking import check
from listener.cli.closing import fixed, report
from listener.cli.demo import demo
from listener.cli.evaluating import evaluate
from listener.cli.house import backup, pause, restore, resume, status
from listener.cli.issue_lessons import learned
from listener.cli.lists import contacts, deliveries, listing
from listener.cli.people import approve, done, reject, retry, settle, skip
from listener.cli.personal import erase, erasures, export
from listener.cli.running import init, run
from listener.cli.showing import explain
from listener.cli.silencing import mute, silences, unmute

app = typer.Typer(name="listener", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Config = Annotated[
    Path | None, typer.Option("--config", envvar="LISTENER_CONFIG", help="The configuration; default ./config.toml.")
]
LogFormat = Annotated[Literal["console", "json"], typer.Option("--log-format", help="For people or for machines.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="More in the log.")]


@app.callback()
def options(
    context: typer.Context, config: Config = None, log_format: LogFormat = "console", verbose: Verbose = False
) -> None:
    """Hears what customers say about a brand and closes the loop with the person who said it.

    Global options may stand anywhere. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
    """
    context.obj = Globals(config, log_format, verbose)


# in the order of a newcomer's days
COMMANDS: tuple[Callable[..., None], ...] = (
    *(init, check, run, demo, explain, status),
    *(approve, reject, done, skip, settle, retry, alerting.ack),
    *(audit, correct, learn, rescore, evaluate),
    *(mute, silences, unmute, pause, resume, backup, restore),
    *(export, erase, erasures),
)
for command in COMMANDS:
    app.command()(command)
app.command("import")(importing.mentions)
for name in ("sources", "mentions", "tickets", "alerts"):
    app.command(name)(listing(name))
app.command()(deliveries)
app.command()(contacts)
for command in requests.COMMANDS:
    references.app.command()(command)
rulefiles.app.command("simulate")(simulating.simulate)
rulefiles.app.command("schema")(simulating.schema)
rulefiles.app.command("sample")(sampling.sample)
for name, group in (
    ("customers", customers.app),
    ("issues", issues.app),
    ("purchases", customers.bought),
    ("panel", panel.app),
    ("references", references.app),
    ("referrals", referrals.app),
    ("report", reporting.app),
    ("ticket", tickets.app),
    ("channels", checking.channels),
    ("gifts", gifts.app),
    ("slack", alerting.slack),
    ("rules", rulefiles.app),
):
    app.add_typer(group, name=name)
app.add_typer(campaign, name="campaign")
for command in (affected, fixed, learned, report):
    issues.app.command()(command)

# made of the app once: a call of the app itself makes it anew, for a fourteenth of a second
command_line = get_command(app)
