"""What the demo prints as it happens: for a newcomer on a terminal, and readable in a plain pipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

WIDEST_BAR = 30
# with bullet and name it still fits a terminal of 120 columns
LONGEST_QUOTE = 90
SHOWN_AT_ONCE = 6
# neutral and unscored keep the terminal's own colour
COLOURS = {"positive": "green", "negative": "red", "mixed": "yellow", "unsure": "magenta"}


@dataclass(frozen=True, slots=True)
class Note:
    """One line of news: who it is about, in which words, and where to look it up."""

    who: str
    what: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What happened since the last scene; anything left empty is not mentioned.

    `mentions` counts by source, `by_label` by verdict; the other fields are in the order they are to be read.
    """

    title: str
    mentions: Sequence[tuple[str, int]] = ()
    by_label: Sequence[tuple[str, int]] = ()
    edits: Sequence[Note] = ()
    drafts: Sequence[Note] = ()
    tickets: Sequence[Note] = ()
    troubles: Sequence[Note] = ()
    alerts: Sequence[Note] = ()
    courtesies: Sequence[Note] = ()
    affected: Sequence[Note] = ()
    campaign: Sequence[Note] = ()
    advocates: Sequence[Note] = ()


def tell(scene: Scene, console: Console) -> None:
    """Print one scene."""
    _heading(scene.title, console)
    _counts("Mentions in", scene.mentions, console)
    _counts("Verdicts", scene.by_label, console)
    for name, notes in _stories(scene):
        _notes(name, notes, console)


def farewell(total: Scene, folder: Path, console: Console) -> None:
    """Print the summary of the whole run and what to try next in the demo's folder."""
    _heading(total.title, console)
    heard = sum(count for _, count in total.mentions)
    for name, count in [("Mentions in", heard)] + [(name, len(notes)) for name, notes in _stories(total)]:
        if count:
            _line(f"{count:>5}  {name}", console)
    _heading("Next steps", console)
    for command, why in _next_steps(folder):
        _line(f"  {command}", console, "bold")
        _line(f"      {why}", console)


def _stories(scene: Scene) -> tuple[tuple[str, Sequence[Note]], ...]:
    return (
        ("Edited or deleted at the source", scene.edits),
        ("Thanks proposed, waiting for a person", scene.drafts),
        ("Tickets opened", scene.tickets),
        ("Troubles that several customers share", scene.troubles),
        ("Alerts delivered", scene.alerts),
        ("More than thanks, and what came back", scene.courtesies),
        ("Who else has it", scene.affected),
        ("What was done about it", scene.campaign),
        ("Who speaks for us", scene.advocates),
    )


def _next_steps(folder: Path) -> tuple[tuple[str, str], ...]:
    listener = f"listener --config {folder / 'config.toml'}"
    return (
        (f"{listener} tickets", "who is unhappy, and until when they must hear from us"),
        (f"{listener} deliveries", "thank-you drafts that wait for your yes: `approve ID` or `reject ID --why`"),
        (f"{listener} explain MENTION", "the whole road of one mention, also when nothing happened"),
        (f"listener rules test {folder / 'rules.d'}", "edit a rule, then see whether its tests still hold"),
        ("listener init my-brand --brand 'My Brand' --feed ADDRESS", "watch your own brand"),
    )


def _heading(title: str, console: Console) -> None:
    _line("", console)
    _line(title, console, "bold cyan")
    _line("─" * cell_len(title), console, "cyan")


def _counts(name: str, counts: Sequence[tuple[str, int]], console: Console) -> None:
    if not counts:
        return
    _line(name, console, "bold")
    most, wide = max(count for _, count in counts), max(cell_len(what) for what, _ in counts)
    for what, count in counts:
        bar = "█" * max(count > 0, round(WIDEST_BAR * count / max(most, 1)))
        _line(f"  {set_cell_size(what, wide)}  {count:>4}  {bar}", console, COLOURS.get(what, ""))


def _notes(name: str, notes: Sequence[Note], console: Console) -> None:
    if not notes:
        return
    _line(f"{name}: {len(notes)}", console, "bold")
    for note in notes[:SHOWN_AT_ONCE]:
        _line(f"  • {_quote(note.who)}: {_quote(note.what)}", console)
        if note.where:
            _line(f"      {note.where}", console, "dim")
    if len(notes) > SHOWN_AT_ONCE:
        _line(f"  … and {len(notes) - SHOWN_AT_ONCE} more", console, "dim")


def _quote(text: str) -> str:
    """One printable line: a post may hold line breaks, terminal escapes or square brackets."""
    # isprintable also drops the marks that turn the reading direction round
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return line if cell_len(line) <= LONGEST_QUOTE else set_cell_size(line, LONGEST_QUOTE - 1).rstrip() + "…"


def _line(text: str, console: Console, style: str = "") -> None:
    # as Text, so that brackets in a post are never read as markup; soft_wrap keeps a pipe's lines whole
    console.print(Text(text, style), soft_wrap=True)
