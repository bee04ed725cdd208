"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.main import get_command

import connectors
from listener import actions, trackers
from listener.cli.commands import app
from listener.config import Config, SourceEntry
from listener.store import Store
from listener.store.upgrading import migrate
from listener.web import Health
from rules import book
from rules.catalogue import ACTIONS, FIELDS
from rules.terms import UNBOUND
from rules.trial import run_tests
from tests.connectors.loopback import Answer, a_site
from tests.doors import a_door

ROOT = Path(__file__).parent.parent
MARKDOWN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
RULES = ROOT / "docs" / "rules.md"
CODE = [path for room in ("connectors", "rules", "listener") for path in (ROOT / room).rglob("*.py")]

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
SETTING = re.compile(r"(?<!\[)\[([a-z]+)\] (?!and\b|or\b)([a-z_]+)")
EVENT = re.compile(r"[a-z_]+\.[a-z_]+|message")
# registries are reached through their clients; a host name in a file would bind it to one of them
HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("crates", "io"), ("proxy", "golang", "org"))
FORBIDDEN = [r"\.".join(host) for host in HOSTS] + [rf"(?<![\w.~])/{home}/" for home in ("work", "root", "home/[a-z]+")]


def said(*names: str) -> str:
    return "\n".join((ROOT / name).read_text("utf-8") for name in names)


def rows(document: str) -> dict[str, str]:
    """The lines of Markdown tables by each `code` in their first cell."""
    lines = [line for line in document.splitlines() if line.startswith("| `")]
    return {code: line for line in lines for code in re.findall(r"`([^`]+)`", line.split(" | ")[0])}


def command_paths(command: Any, path: tuple[str, ...] = ("listener",)) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that call it."""
    inner = getattr(command, "commands", {})
    if not inner or command.invoke_without_command:
        yield " ".join(path), command
    for name, each in inner.items():
        yield from command_paths(each, (*path, name))


COMMANDS = [pair for pair in command_paths(get_command(app)) if pair[0] != "listener"]


def test_the_commands_are_found() -> None:
    assert {"listener run", "listener ticket close", "listener rules test"} < {path for path, _ in COMMANDS}


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_is_documented_with_its_options(path: str, command: Any) -> None:
    table = rows(said("docs/commands.md"))
    line = next((line for code, line in table.items() if re.fullmatch(rf"{path}( [A-Z\[-].*)?", code)), "")
    options = {name for param in command.params for name in (*param.opts, *param.secondary_opts) if name[:2] == "--"}

    assert line, f"docs/commands.md has no row for `{path}`"
    assert {name for name in options if not re.search(rf"{name}\b", line)} <= {"--help"}


def test_the_global_options_and_the_exit_codes_are_documented() -> None:
    commands = said("docs/commands.md")
    options = [name for param in get_command(app).params for name in param.opts]

    assert [name for name in options if name not in commands] == []
    assert "Exit codes: 0 done, 1 " in commands


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^listener ([a-z][a-z -]*[a-z])", said("README.md"), re.M))))
def test_every_command_of_the_readme_exists(command: str) -> None:
    assert any(f"listener {command} ".startswith(f"{path} ") for path, _ in COMMANDS)


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        sections = [kind for kind in inner if issubclass(kind, BaseModel)]
        yield field.alias or name
        yield from (key for section in sections for key in keys(section))


@pytest.mark.parametrize("key", sorted({*keys(Config), *keys(SourceEntry)} - {"options"}))
def test_every_key_of_the_configuration_is_documented(key: str) -> None:
    assert re.search(rf"\b{key}\b( =|\])", said("config.example.toml"))
    assert re.search(rf"[`\[ {{]{key}\b", said("docs/configuration.md"))


def named_settings() -> Iterator[tuple[str, str]]:
    """Section and key of every `[section] key` in the texts of the code."""
    texts = (path.read_text("utf-8") for path in CODE)
    for node in (node for text in texts if SETTING.search(text) for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from SETTING.findall(node.value)


@pytest.mark.parametrize(("section", "key"), sorted(set(named_settings())))
def test_every_setting_that_a_message_names_can_be_made(section: str, key: str) -> None:
    table = Config.model_fields[section].annotation

    assert isinstance(table, type)
    assert key in set(keys(table))


@pytest.mark.parametrize("kind", sorted(actions.KINDS))
def test_every_channel_is_documented_with_its_options(kind: str) -> None:
    section = said("docs/configuration.md").split("## `[[channel]]`")[1].split("\n## ")[0]
    options = [field.alias or name for name, field in actions.kind(kind).model_fields.items()]

    assert f"| `{kind}` |" in section
    assert [name for name in options if f"`{name}`" not in section] == []


@pytest.mark.parametrize("kind", sorted(trackers.KINDS))
def test_every_tracker_is_documented_with_its_options(kind: str) -> None:
    section = said("docs/tickets.md").split("## Other systems")[1]

    assert f"| `{kind}` |" in section
    assert [name for name in trackers.kind(kind).model_fields if f"`{name}" not in section] == []


@pytest.mark.parametrize("kind", sorted(connectors.KINDS))
def test_every_kind_of_source_is_documented(kind: str) -> None:
    assert f"| `{kind}` |" in said("docs/connectors.md")


@pytest.mark.skipif(not RULES.exists(), reason="docs/rules.md is made from the catalogue and not there yet")
@pytest.mark.parametrize("name", [*FIELDS, *ACTIONS])
def test_every_rule_field_and_action_is_documented(name: str) -> None:
    # fields of one family may share a row: days_since.<purpose>
    family = f"{name.split('.')[0]}.<"

    assert f"`{name}`" in RULES.read_text("utf-8") or f"`{family}" in RULES.read_text("utf-8")


def test_every_metric_is_documented(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/listener.db")
    migrate(store.database, datetime(2026, 11, 23, tzinfo=UTC))
    page = Health(store, lambda: datetime(2026, 11, 23, tzinfo=UTC)).metrics().decode()
    store.close()
    names = [name for name in re.findall(r"^# TYPE (\w+)", page, re.M) if not name.endswith("_created")]

    assert names
    assert [name for name in names if not re.search(rf"`{name}[`{{]", said("docs/running.md"))] == []


def logged() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each event of the log with its keys, as the code writes it."""
    texts = (path.read_text("utf-8") for path in CODE)
    # every worker of a test run comes here, and few files log
    for text in (text for text in texts if any(f".{level}(" in text for level in LEVELS)):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and EVENT.fullmatch(first.value):
                    yield first.value, tuple(sorted(keyword.arg for keyword in node.keywords if keyword.arg))


@pytest.mark.parametrize(("event", "named"), sorted(set(logged()), key=str), ids=lambda value: str(value)[:40])
def test_every_event_of_the_log_is_documented_with_its_keys(event: str, named: tuple[str, ...]) -> None:
    line = rows(said("docs/running.md")).get(event, "")

    assert line, f"docs/running.md has no row for `{event}`"
    assert [key for key in named if f"`{key}`" not in line] == []


# these are put together from a status
@pytest.mark.parametrize("status", ["done", "by_hand", "held", "due", "failed", "in_doubt"])
def test_how_a_delivery_ends_is_a_documented_event(status: str) -> None:
    assert f"delivery.{status}" in rows(said("docs/running.md"))


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_every_address_is_documented(address: str) -> None:
    assert f"| `{address}` |" in said("docs/running.md")


@pytest.mark.parametrize("document", MARKDOWN, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8"))
    local = [target.split("#")[0] for target in targets if "://" not in target and not target.startswith("#")]

    assert [target for target in local if not (document.parent / target).exists()] == []


def test_the_connector_of_the_ten_minutes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = said("CONTRIBUTING.md").split("```python\n")[1].split("   ```")[0]
    (tmp_path / "ten_minutes.py").write_text(dedent(written), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with a_site() as site, a_door() as door:
        notes = '[{"id": 7, "text": "Good.", "by": "anna", "at": "2026-11-20"}, {}, {"id": 8, "at": "2999-01-01"}]'
        site.pages["/notes"] = Answer(notes)
        wall = connectors.kind("ten_minutes:Wall").model_validate({"url": f"{site.url}/notes"})
        item, later = wall.poll("", door).items
        now = door.now()

    assert (item.external_id, item.text, item.author.handle) == ("7", "Good.", "anna")
    assert later.posted_at
    assert later.posted_at <= now


def ours() -> list[Path]:
    """Every file that is or would be tracked."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in found.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    texts = ((path, path.read_text("utf-8", errors="replace")) for path in ours())

    assert [f"{path.relative_to(ROOT)}: {hit[0]}" for path, text in texts for hit in pattern.finditer(text)] == []


def test_the_lock_file_holds_hashes_and_no_address() -> None:
    lock = said("requirements.lock")
    pinned = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", lock, re.M)

    assert "://" not in lock
    assert 0 < len(pinned) <= lock.count("--hash=sha256:")


@pytest.mark.parametrize("needed", ["psycopg[binary]", "scikit-learn"])  # `[store] url`, `evaluate --train`
def test_what_the_commands_need_comes_without_an_extra(needed: str) -> None:
    project = tomllib.loads(said("pyproject.toml"))["project"]

    assert any(each.startswith(needed) for each in project["dependencies"])


def test_the_rules_in_the_readme_are_right(tmp_path: Path) -> None:
    (tmp_path / "readme.yaml").write_text(said("README.md").split("```yaml\n")[1].split("```")[0], "utf-8")
    loaded = book.load(tmp_path, UNBOUND)

    assert (list(loaded.lints), [outcome for outcome in run_tests(loaded) if not outcome.passed]) == ([], [])
