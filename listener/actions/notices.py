"""What ops are told about the house itself: sources, the rule book, the brake, the day's heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from listener.actions.contract import Message
from listener.counted import counted


@dataclass(frozen=True, slots=True)
class Day:
    """What happened since the last heartbeat, and what waits."""

    since: datetime
    sources: int
    blind: int
    mentions: int
    tickets: int
    delivered: int
    waiting: int
    failed: int
    expired: int = 0


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence that is over: who asked for it about what, since when and why, and what it kept from being done."""

    kind: str
    what: str
    since: datetime
    owner: str
    why: str
    suppressed: int


@dataclass(frozen=True, slots=True)
class Blindness:
    """Since when a source cannot be read, when it last could, and how many mentions such a time usually brings."""

    source: str
    since: datetime
    last_ok_at: datetime | None
    missed: int


def source_silent(source: str, last: datetime, usual: timedelta, key: str) -> Message:
    """A source answers and has brought nothing for far longer than usual."""
    return Message(
        title=f"Source {source} is silent since {_at(last)}",
        text=f"It is read without errors, yet it usually brings something every {_long(usual)}. Perhaps nothing was "
        "said; perhaps its address or its layout has changed.",
        footer="Open it in a browser; `listener check --online` shows what is read there now.",
        key=key,
    )


def source_blind(blind: Blindness, why: str, next_at: datetime | None, key: str) -> Message:
    """A source cannot be read; silence there means nothing. `next_at` None: it was given up."""
    source, since = blind.source, blind.since
    good = f"It was last read at {_at(blind.last_ok_at)}" if blind.last_ok_at else "It was never read"
    again = f"It is tried again at {_at(next_at)}." if next_at else "It is not tried again before you change it."
    return Message(
        title=f"Source {source} cannot be read since {_at(since)}",
        text=f"{why}\n{good}; about {counted(blind.missed, 'mention')} missed so far. {again}",
        footer=f"`listener check --online` tries it now; `listener sources --source {source}` shows its state.",
        key=key,
    )


def source_missed(source: str, since: datetime, until: datetime, why: str, key: str) -> Message:
    """A source works, but a stretch of it went by unread; or, where it has no length, something of it was no use."""
    if since == until:
        return Message(
            title=f"Source {source}: something there could not be used",
            text=f"{why}\nEverything else of {_at(since)} was kept.",
            key=key,
        )
    return Message(
        title=f"Source {source} was not read from {_at(since)} to {_at(until)}",
        text=f"{why}\nWhat was said there in that time may be missing. A shorter `every` helps against it.",
        key=key,
    )


def source_back(source: str, since: datetime, until: datetime, missed: int, key: str) -> Message:
    """A blind source is read again; `missed`: how many mentions that time usually brings."""
    return Message(
        title=f"Source {source} is read again",
        text=f"It could not be read from {_at(since)} to {_at(until)} ({_long(until - since)}). "
        f"That time usually brings about {counted(missed, 'mention')}; what the source no longer shows is lost.",
        key=key,
    )


def first_day(source: str, mentions: int, complaints: int, key: str) -> Message:
    """A first poll, or the first after a restore, found history."""
    came = "They were posted before you began to listen, or before this store was restored."
    return _history(source, mentions, complaints, came, ".", key)


def imported(source: str, file: str, mentions: int, complaints: int, key: str, cut_off: bool = False) -> Message:
    """A file brought history, or as much of it as was read before the import was cut off."""
    rest = " The import was cut off: do it again, what is known is not kept twice." if cut_off else ""
    further = "; `listener import --act` lets rules act on a file."
    return _history(source, mentions, complaints, f"They were imported from {file}.{rest}", further, key)


def _history(source: str, mentions: int, complaints: int, came: str, further: str, key: str) -> Message:
    """What is kept and judged, and never acted on: how it `came`, and what there is to do `further`."""
    return Message(
        title=f"{source}: {counted(mentions, 'old mention')}, {counted(complaints, 'complaint')}, nothing sent",
        text=f"{came} They are kept and counted, and nobody is contacted about them.",
        footer=f"`listener mentions --source {source}` shows them{further}",
        key=key,
    )


@dataclass(frozen=True, slots=True)
class BrokenBook:
    """Rule files that cannot be used, and the version at work meanwhile. `line` is that of the first of `problems`."""

    version: str
    since: datetime
    broken_since: datetime
    line: int
    problems: tuple[str, ...]  # as `file:line:col: what`


def book_broken(broken: BrokenBook, key: str) -> Message:
    """The rule files on disk cannot be used."""
    at_work = f"Running version {broken.version} since {_at(broken.since)}"
    # What is wrong with one key can show up on every line after it.
    return Message(
        title=f"{at_work}; file on disk is broken at line {broken.line} since {_at(broken.broken_since)}",
        text=_listed(broken.problems),
        footer="`listener rules check` shows every problem; once they are mended the files are read again.",
        key=key,
    )


def file_broken(name: str, problems: tuple[str, ...], key: str, read_again: bool = True) -> Message:
    """A file of ops' other than rules cannot be used as it was edited. `read_again`: when it is mended, by itself."""
    then = "the file is read again" if read_again else "reload the daemon (SIGHUP) or start it again"
    return Message(
        title=f"{name} is broken; what it said before stays",
        text=_listed(problems),
        footer=f"`listener check` shows every problem; once it is mended {then}.",
        key=key,
    )


def registry_stays(name: str, problems: tuple[str, ...], waits: bool, key: str) -> Message:
    """The customer file was not taken over: it would remove too many, or nothing of it can be used."""
    return Message(
        title=f"{name} {'waits' if waits else 'cannot be used'}; the customers are those from before",
        text=_listed(problems),
        footer="Opt-outs and accounts that are new in it do not count yet. Once it is mended it is read again.",
        key=key,
    )


def _listed(problems: tuple[str, ...]) -> str:
    more = f"\nand {len(problems) - 10} more" if len(problems) > 10 else ""
    return "\n".join(problems[:10]) + more


def brake(rule: str, fired: int, expected: float, key: str) -> Message:
    """A rule fired far more often than its simulation said, and now asks before it acts."""
    return Message(
        title=f"Rule {rule} was braked: it now asks before it acts",
        text=f"It fired {counted(fired, 'time')} where about {expected:g} were expected.",
        footer="`listener deliveries` shows what it did and what waits. If all is well, write `mode: ask` in its "
        "file, wait for the reload, then write `mode: live` again.",
        key=key,
    )


def heartbeat(day: Day, key: str) -> Message:
    """Proof that silence is quiet and not death."""
    blind = f", {day.blind} of them cannot be read" if day.blind else ""
    todo = [f"{day.waiting} to approve" if day.waiting else "", f"{day.failed} failed" if day.failed else ""]
    wait = ", ".join(filter(None, todo))
    late = f"\n{counted(day.expired, 'draft')} expired: nobody decided in time." if day.expired else ""
    return Message(
        title=f"Still listening: {counted(day.mentions, 'mention')} since {_at(day.since)}",
        text=f"{counted(day.sources, 'source')}{blind}; {counted(day.tickets, 'new ticket')}; "
        f"{counted(day.delivered, 'delivery', 'deliveries')} made.{late}",
        footer=f"For you: {wait}. `listener deliveries` shows them." if wait else "",
        key=key,
    )


def store_damaged(problem: str, key: str) -> Message:
    """The daily look at the store found its file damaged."""
    return Message(
        title="The store is damaged",
        text=f"SQLite says: {problem}\nWhat is on the damaged pages cannot be read. The daemon goes on as far as it "
        "can, and deletes nothing meanwhile. Older backups stay: `listener backup` refuses this store.",
        footer="Look at the disk, stop the daemon, then `listener restore FILE` with the latest backup.",
        key=key,
    )


def delivery_trouble(
    delivery: int, action: str, channel: str | None, status: str, why: str, key: str, many: int = 0
) -> Message:
    """A delivery failed for good, or nobody knows whether it arrived.

    `many`: so many ended like it since the channel last carried something, and more are not told one by one.
    """
    cure = {
        "failed": f"Mend the cause, then `listener retry {delivery}`.",
        "in_doubt": f"Look there, then `listener settle {delivery} --sent` or `listener settle {delivery} --not-sent`.",
    }
    what = "failed" if status == "failed" else "may or may not have gone out"
    way = f" by {channel}" if channel else ""
    others = f"It is one of {many} in a row. " if many > 1 else ""
    listed = f"listener deliveries --status {quote(status.replace('_', ' '))}"
    rest = f"{others}More of them{way} are told once a day: `{listed}`."
    text = f"{why}\n{rest}" if many else why
    return Message(title=f"{action} {delivery} {what}{way}", text=text, footer=cure.get(status, ""), key=key)


def withdrawn(delivery: int, action: str, mention: int, why: str, key: str) -> Message:
    """A draft was approved, and by the time it was to go its rule no longer wanted it."""
    return Message(
        title=f"{action.replace('_', ' ').capitalize()} {delivery} was not sent",
        text=f"{why[:1].upper()}{why[1:]}.",
        footer=f"`listener explain {mention}` shows the mention as it is now.",
        key=key,
    )


def silence_ended(silence: Silenced, key: str) -> Message:
    """A silence is over; `suppressed` actions were not ordered because of it."""
    what = f"{silence.kind} {silence.what}"
    return Message(
        title=f"The silence on {what} has ended",
        text=f"{silence.owner} asked for it at {_at(silence.since)}: {silence.why}\n"
        f"{counted(silence.suppressed, 'action was', 'actions were')} not ordered because of it. What was said "
        "meanwhile was kept, judged and counted; from now on rules act on what is new.",
        footer=f"`listener mentions --since {silence.since:%Y-%m-%dT%H:%M}` lists what was said; "
        f"`listener mute {silence.kind} {silence.what} --until 7d --why …` begins another.",
        key=key,
    )


def held(channel: str, titles: tuple[str, ...], per_hour: int, key: str) -> Message:
    """One message for all that the channel's `max_per_hour` held back."""
    shown = "\n".join(f"• {title}" for title in titles[:20])
    more = f"\nand {len(titles) - 20} more" if len(titles) > 20 else ""
    return Message(
        title=f"{counted(len(titles), 'more alert')} for {channel} in one message",
        text=f"{channel} takes {per_hour} an hour; the rest came together:\n{shown}{more}",
        footer="`listener deliveries` shows each of them.",
        key=key,
    )


def trial(channel: str, key: str) -> Message:
    """What `listener channels test` sends."""
    return Message(
        title=f"Channel {channel} works", text="Nothing happened; somebody tested this channel.", key=key, test=True
    )


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}".strip()


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
