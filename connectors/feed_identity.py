"""What an entry is called for ever: whatever address the feed is read from, however often it is edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from connectors.feed_entry import Entry

# longer names are hashed: a name is stored with every mention
LONGEST = 500


def identities(entries: Sequence[Entry]) -> tuple[str | None, ...]:
    """A name for each entry: its guid where no other has it, else its link, else a hash of title and text.

    None for an entry that says word for word what an earlier one said.
    """
    wordings = [(entry.guid, bare(entry.link), entry.title, entry.text) for entry in entries]
    distinct = dict.fromkeys(wordings)
    guids = Counter(guid for guid, *_ in distinct)
    links = Counter(link for _, link, *_ in distinct)
    # what a guid or link is worth depends on the document, so repeats are taken out before they are counted
    given: dict[str, tuple[str, str, str, str]] = {}
    for wording in distinct:
        guid, link, title, text = wording
        alone = [name for name, count in ((guid, guids[guid]), (link, links[link])) if name and count == 1]
        names = [short(name) for name in alone] + [hashed(f"{title}\0{text}")]
        given.setdefault(next((name for name in names if name not in given), names[-1]), wording)
    left = {wording: name for name, wording in given.items()}
    return tuple(left.pop(wording, None) for wording in wordings)


def bare(link: str) -> str:
    """A link without its fragment and the `utm_` marks of a campaign; everything else as it is written."""
    address, question, query = link.partition("#")[0].partition("?")
    kept = "&".join(part for part in query.split("&") if not part.lower().startswith("utm_"))
    return address + (question + kept if kept else "")


def short(name: str) -> str:
    """The name itself, or a hash of one that is too long."""
    return name if len(name) <= LONGEST else hashed(name)


def hashed(text: str) -> str:
    return "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
