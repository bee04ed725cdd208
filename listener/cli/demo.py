"""The demo: a bundled offline world, the ordinary daemon listening to it, and what a newcomer must see of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from listener.demo.servers import World

PATIENCE = 90.0
RUN = "from listener.cli import main; main()"

Keep = Annotated[bool, typer.Option("--keep", help="Keep it running until Ctrl-C.")]


def demo(keep: Keep = False) -> None:
    """Show it all on a made-up brand: no account, no key, no internet."""
    from listener.demo.scenario import prepare
    from listener.demo.servers import World
    from listener.wiring.now import clock

    folder = Path(tempfile.mkdtemp(prefix="listener-demo-"))
    now = clock()
    world = World(now)
    config = prepare(folder, world.start(), now)
    try:
        _complete(folder)
        with _daemon(config, folder / "daemon.log") as daemon:
            _play(world, config, daemon)
            if keep:
                _keep(daemon, folder)
    finally:
        world.stop()


def _complete(folder: Path) -> None:
    """What `init` writes beside the configuration: starter rules, templates, words."""
    from listener.config.first import Answers
    from listener.config.init import init

    init(folder, Answers())


@contextmanager
def _daemon(config: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`listener run` as anybody would start it, whatever lies in the folder they are in; stopped with SIGTERM."""
    command = [sys.executable, "-P", "-c", RUN, "--config", str(config), "run"]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as daemon:
        try:
            yield daemon
        finally:
            daemon.terminate()


def _play(world: World, config: Path, daemon: subprocess.Popen[bytes]) -> None:
    """Two rounds: the week so far, then new posts, edits and deletions."""
    from rich.console import Console

    from listener.cli import scenes
    from listener.demo import telling

    console = Console(highlight=False)
    with scenes.store_of(config) as store:
        _wait(daemon, lambda: scenes.is_settled(store, scenes.BEGINNING), config)
        telling.tell(scenes.scene(store, world, "Round 1: what people said this week"), console)
        _speak_for_us(world, config)
        since = scenes.moment(store, world)
        world.next_round()
        _wait(daemon, lambda: scenes.is_settled(store, since), config)
        telling.tell(scenes.scene(store, world, "Round 2: new posts, edits, deletions", since), console)
        _reach_everybody(world, config, console, lambda settled: _wait(daemon, settled, config))
        telling.farewell(scenes.scene(store, world, "All in all"), config.parent, console)


def _reach_everybody(world: World, config: Path, console: Console, wait: Callable[[Callable[[], bool]], None]) -> None:
    """Drafts of the week go out; the widest trouble, its fix; then whoever speaks for the brand."""
    from listener.cli import demo_advocacy, demo_courtesies, demo_outreach
    from listener.demo import telling

    with demo_outreach.parts_for(config) as parts:
        telling.tell(demo_courtesies.told_of_courtesies(parts, world, config.parent, wait), console)
        trouble = demo_outreach.told_of_the_trouble(parts, wait)
        if trouble is not None:
            telling.tell(trouble, console)
            telling.tell(demo_outreach.told_of_the_fix(parts, wait), console)
        telling.tell(demo_advocacy.told_of_advocates(parts), console)


def _speak_for_us(world: World, config: Path) -> None:
    from listener.cli import demo_advocacy, demo_outreach

    with demo_outreach.parts_for(config) as parts:
        demo_advocacy.speaks_for_us(parts, world.customers_page)


def _wait(daemon: subprocess.Popen[bytes], is_settled: Callable[[], bool], config: Path) -> None:
    """Until everything that is due has been done. Ends the demo when the daemon died or takes too long."""
    end = time.monotonic() + PATIENCE
    while not is_settled():
        if daemon.poll() is not None or time.monotonic() > end:
            print(f"the daemon did not get on; its log is {config.parent / 'daemon.log'}", file=sys.stderr)
            raise typer.Exit(1)
        time.sleep(0.2)


def _keep(daemon: subprocess.Popen[bytes], folder: Path) -> None:
    print(f"\nit keeps running in {folder}; Ctrl-C ends it")
    try:
        daemon.wait()
    except KeyboardInterrupt:
        print("ended")
