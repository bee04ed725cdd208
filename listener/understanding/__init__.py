"""Text → Verdict: language, normalising, engine, lexicon packs, scope, stars, topics, drivers, intent."""

from listener.understanding.judging import Understanding
from listener.understanding.packs import UnreadableWords

__all__ = ["Understanding", "UnreadableWords"]
