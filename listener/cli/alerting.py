"""Alerts and where they are seen: take notice of one, set up Slack."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import typer

from listener.cli.asked import As
from listener.cli.people import Numbers, deciding, each

Url = Annotated[
    str | None, typer.Option("--url", help="Slack posts there instead of Socket Mode: what the outside calls [web].")
]

slack = typer.Typer(help="Set up Slack.", no_args_is_help=True)


def ack(context: typer.Context, numbers: Numbers, named: As = None) -> None:
    """You look after these alerts: the others need not."""
    with deciding(context, named, approving=False) as (_, people):
        each(numbers, lambda one: print(f"alert {one} is acknowledged by {people.acknowledge(one).acked_by}"))


@slack.command()
def manifest(url: Url = None) -> None:
    """Print the app manifest: in Slack, Create New App, From a manifest, and paste it."""
    text = resources.files("listener.desk").joinpath("slack-manifest.yaml").read_text("utf-8")
    if url:
        off, on = "socket_mode_enabled: true", "socket_mode_enabled: false"
        here = f"is_enabled: true\n    request_url: {url.rstrip('/')}/slack/interactions"
        text = text.replace(off, on).replace("is_enabled: true", here)
    print(text, end="")
