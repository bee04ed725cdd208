"""The files of words by group: topics (edited by ops), and the signs of drivers, intents, churn and comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from listener.understanding.packs import SHIPPED, UnreadableWords, WordFile, entries, place

TOPICS = SHIPPED / "topics.yaml"
SIGNS = SHIPPED / "signs.yaml"
# the sections of the file of topics: words that hint at a topic, and words that are proof of one
OF_OPS = ("topics", "rules")


def topics(path: WordFile) -> tuple[str, ...]:
    """All topics that the file names, in its order. Raises UnreadableWords."""
    return tuple(dict.fromkeys(topic for section in OF_OPS for topic in groups(path, section)))


def groups(path: WordFile, section: str, beside: Sequence[str] = OF_OPS) -> dict[str, tuple[str, ...]]:
    """Group → phrases, from `section:` of the file, which may have those `beside` it.

    Raises UnreadableWords with all problems at once.
    """
    found: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for key, value in entries(path, section, beside):
        where = f"{path}:{place(key)}"
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.SequenceNode):
            problems.append(f"{where}: a name with a list of words is wanted, like 'delivery: [parcel, courier]'")
        elif key.value in found:
            problems.append(f"{where}: '{key.value}' stands here twice; join the lists")
        else:
            problems += [f"{path}:{line}: a word or phrase is wanted here" for line in no_phrases(value)]
            found[key.value] = tuple(phrase.value for phrase in value.value if isinstance(phrase, yaml.ScalarNode))
    if problems:
        raise UnreadableWords(problems)
    return found


def no_phrases(phrases: yaml.SequenceNode) -> Iterator[int]:
    """The lines on which something else than a word stands."""
    for node in phrases.value:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip("* "):
            yield node.start_mark.line + 1
