"""What `listener init` writes: a configuration that runs as it is, and every file that ops edit beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from listener.config.first import Answers, configuration

# made-up people: their handles must not fit anybody's
CUSTOMERS = """\
id,name,email,segment,plan,products,region,version,timezone,language,owner,owner_role,handles,tags,renewal_at,\
consents,do_not_contact
example-1,Northwind Bikes,hello@northwind.example,enterprise,annual,,EU,2.4,Europe/Berlin,en,kim,customer success,\
reddit:example_northwind,pilot,2027-03-31,,
example-2,Mara Lindqvist,mara@lindqvist.example,small,monthly,,EU,2.3,Europe/Stockholm,sv,,,\
forum:example_mara;reddit:example_mara,,,,
example-3,Old Harbour Press,desk@harbour.example,small,monthly,,US,2.4,America/New_York,en,,,,,,,yes
"""

COPIED = (
    ("rules", "starter", "rules.d", (".yaml",)),
    ("listener", "templates", "templates", (".txt",)),
    ("listener", "templates", ".", ("gifts.yaml", "ecosystem.yaml")),
    ("listener.recovery", "", ".", ("calendar.yaml",)),
    ("listener.understanding", "packs", ".", ("words.yaml", "topics.yaml")),
)


@dataclass(frozen=True, slots=True)
class Written:
    """One file; `kept`: it was there before and was not touched."""

    path: Path
    kept: bool


def init(directory: Path, answers: Answers) -> tuple[Written, ...]:
    """Write what is missing; overwrite nothing. Raises WrongAnswer before anything is written, or OSError."""
    files = [("config.toml", configuration(answers)), ("customers.csv", CUSTOMERS), *_copies()]
    return tuple(_write(directory / name, content) for name, content in files)


def next_steps(directory: Path, answers: Answers, kept: bool = False) -> tuple[str, ...]:
    """What to do now, one sentence each, in the order of doing; `kept`: the configuration was there before."""
    config = directory / "config.toml"
    as_it_was = f"look at {config}: it was there and is kept, so nothing that this call asked for is in it"
    return (
        *([as_it_was] if kept else _missing(config, answers)),
        f"replace the examples in {directory / 'customers.csv'} with your customers",
        f"listener --config {config} check",
        f"listener --config {config} run --once, then `mentions`: rules act on the last 48 hours of a first poll",
        f"read the rules in {directory / 'rules.d'} aloud, then listener --config {config} run",
    )


def _missing(config: Path, answers: Answers) -> Iterator[str]:
    """What a new configuration waits for."""
    for name in answers.variables():
        yield f"set {name} in the environment"
    if not (answers.feeds or answers.reviews or answers.subreddits):
        yield f"name what to read in {config}: the first [[source]] there waits for its address"


def _copies() -> Iterator[tuple[str, str]]:
    """The files that ship inside the packages, by the name that they get."""
    for package, folder, target, endings in COPIED:
        shipped = resources.files(package).joinpath(folder)
        if shipped.is_dir():
            for file in sorted(shipped.iterdir(), key=lambda each: each.name):
                if file.name.endswith(endings):
                    yield f"{target}/{file.name}", file.read_text("utf-8")


def _write(path: Path, content: str) -> Written:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # "x" and no look before: what appears meanwhile is kept too
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        return Written(path, kept=True)
    return Written(path, kept=False)
