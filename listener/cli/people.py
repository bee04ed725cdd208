"""What people decide about deliveries: approve, reject, done, skip, settle, retry."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import As, account, number
from listener.cli.opening import opened

if TYPE_CHECKING:
    from listener.pipeline.people import People
    from listener.wiring import Parts

Numbers = Annotated[list[str], typer.Argument(metavar="ID…", help="Deliveries, by the column `id` of `deliveries`.")]
Number = Annotated[str, typer.Argument(metavar="ID", help="A delivery, by the column `id` of `deliveries`.")]
Url = Annotated[str | None, typer.Option("--url", help="Where it can be seen.")]
TextFile = Annotated[
    typer.FileText | None, typer.Option("--text-file", encoding="utf-8", help="The text to send instead; - reads it.")
]
Sent = Annotated[bool, typer.Option("--sent", help="It had arrived.")]
NotSent = Annotated[bool, typer.Option("--not-sent", help="It had not: it is sent again.")]


Anyway = Annotated[
    bool, typer.Option("--anyway", help="Also where the contact budget is in the way; never past an opt-out.")
]


def approve(
    context: typer.Context,
    numbers: Numbers,
    text_file: TextFile = None,
    anyway: Anyway = False,
    named: As = None,
) -> None:
    """Let drafts out; the exact text approved is what goes out."""
    text = text_of(text_file) if text_file else None
    if text is not None and len(numbers) > 1:
        raise typer.BadParameter("one text is for one delivery: approve them one by one", param_hint="--text-file")
    with deciding(context, named) as (parts, people):
        each(numbers, lambda one: _approved(parts, people.approve(one, text, anyway)))


def text_of(file: typer.FileText) -> str:
    """What a person wrote; no message can carry letters that are not UTF-8."""
    try:
        text = file.read()
        text.encode()
    except UnicodeError:
        raise typer.BadParameter("the text is not UTF-8: save it as UTF-8", param_hint="--text-file") from None
    return text


def _approved(parts: Parts, row: Any) -> None:
    if row.status == "held":
        print(f"delivery {row.id} is approved and waits until {row.due_at:%Y-%m-%d %H:%M %Z}: {row.last_error}")
        print(f"to send it now all the same: listener approve {row.id} --anyway")
        return
    if row.status != "by_hand":
        print(f"delivery {row.id} is approved and goes out")
        return
    for_your_hands(parts, row)


def for_your_hands(parts: Parts, row: Any) -> None:
    """Why a person has to do it, the text, where it goes, and the command that ends it."""
    from listener.actions.wording import private

    mention = parts.store.mentions.get(row.mention) if row.mention else None
    link = mention.url if mention and mention.url else "the source gave no link"
    alone = private(row.action)
    why = _unreached(parts, row) if alone else "its source takes no reply from here"
    print(f"delivery {row.id} is for your hands: {why}\n\n{row.text}\n")
    print(f"where: {f'to them alone, never under the post ({link})' if alone else link}")
    print(f"then:  listener done {row.id}")


def _unreached(parts: Parts, row: Any) -> str:
    """Why this goes out by no letter of ours."""
    if not parts.config.contact.channel:
        return "no [contact] channel writes letters"
    if not (row.customer and parts.store.customers.email(row.customer)):
        return f"the registry has no e-mail address of {row.person}"
    return "somebody who knows them asks in person"


def reject(
    context: typer.Context,
    numbers: Numbers,
    why: Annotated[str, typer.Option("--why", help="The reason, kept with it.")],
    named: As = None,
) -> None:
    """These never go out; what was reserved for them is given back."""
    if not why.strip():
        raise typer.BadParameter("a rejection has a reason", param_hint="--why")
    with deciding(context, named) as (_, people):
        each(numbers, lambda one: _told(people.reject(one, why, due=True)))


def done(context: typer.Context, delivery: Number, url: Url = None, named: As = None) -> None:
    """You did it by hand: that is a contact with this person."""
    with deciding(context, named, approving=False) as (_, people):
        _told(people.done(number(delivery), url))


def skip(context: typer.Context, delivery: Number, named: As = None) -> None:
    """You decided not to do it."""
    with deciding(context, named, approving=False) as (_, people):
        _told(people.skip(number(delivery)))


def settle(
    context: typer.Context, delivery: Number, sent: Sent = False, not_sent: NotSent = False, named: As = None
) -> None:
    """You looked whether a delivery in doubt had arrived."""
    if sent == not_sent:
        raise typer.BadParameter("say what you saw: either --sent or --not-sent")
    with deciding(context, named) as (_, people):
        _told(people.settle(number(delivery), sent))


def retry(context: typer.Context, delivery: Number, named: As = None) -> None:
    """Try a failed one again, as if for the first time."""
    with deciding(context, named) as (_, people):
        _told(people.retry(number(delivery)))


def _told(row: Any) -> None:
    print(f"delivery {row.id} is {row.status.replace('_', ' ')}")


def each(written: Sequence[str], decide: Callable[[int], None]) -> None:
    """Each on its own: one that is not possible does not hold up the others, and fails the command."""
    from listener.pipeline.people import NotPossible

    refused = 0
    for one in map(number, written):
        try:
            decide(one)
        except NotPossible as error:
            refused += 1
            print(f"listener: {error}", file=sys.stderr)
    if refused:
        raise typer.Exit(1)


@contextmanager
def deciding(context: typer.Context, named: str | None, approving: bool = True) -> Iterator[tuple[Parts, People]]:
    """The parts, and decisions in the name of whoever is at the keyboard."""
    from listener.cli.who import decider

    with opened(context) as parts:
        yield parts, parts.people(decider(parts.config, named, account(), approving))
