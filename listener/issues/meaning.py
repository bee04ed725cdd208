"""What a complaint means, in 64 small numbers: two that say the same in other words lie near each other.

The vectors of words come with the extra `meaning`. Where it is not installed, and of texts that are not English,
nothing is known: words alone decide then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listener.importing import importing
from listener.issues.words import FEELING_WORDS, IDLE_WORDS, unscored
from listener.likeness import normal_words

if TYPE_CHECKING:
    import numpy as np

LANGUAGE = "en"
DIMENSIONS = 64
# whole numbers add up to the same in any order; so many make the length 1
STEPS = 400
LARGEST = 127
# of one word it is not known what it is about, nor of "worst service I have ever had"
FEWEST_TELLING = 2
# more say nothing new, and bound what one long text costs
MOST_WORDS = 100
PACKAGE = "wordllama"
WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")


@dataclass(frozen=True, slots=True)
class Vectors:
    """A vector for each piece of a word, and the pieces of which a word is made."""

    table: np.ndarray[Any, Any]
    pieces: Callable[[str], tuple[int, ...]]


def folder() -> Path | None:
    """Where the extra `meaning` keeps its vectors; None where it is not installed, or not as we know it."""
    found = find_spec(PACKAGE)
    kept = Path(found.origin).parent if found and found.origin else None
    return kept if kept and (kept / WEIGHTS).is_file() and (kept / TOKENIZER).is_file() else None


def meaning(text: str, language: str | None, brand: str = "") -> bytes:
    """64 numbers from -127 to 127, a byte each; empty where nothing is known of what the text means.

    What the brand is called and how people feel about it would make one trouble of all of its complaints.
    """
    if language != LANGUAGE:
        return b""
    apart = FEELING_WORDS | frozenset(normal_words(brand))
    words = [word for word in normal_words(unscored(text)) if word not in apart]
    telling = sum(word not in IDLE_WORDS for word in words)
    return meaning_of(" ".join(words[:MOST_WORDS])) if telling >= FEWEST_TELLING else b""


@lru_cache(maxsize=4_096)
def meaning_of(words: str) -> bytes:
    known = vectors()
    pieces = [piece for word in words.split() for piece in known.pieces(word)] if known else ()
    if known is None or not pieces:
        return b""
    import numpy as np

    total = known.table[pieces].sum(axis=0, dtype=np.float64)
    steps = total * (STEPS / (sqrt((total * total).sum()) or 1.0))
    return bytes(np.clip(np.rint(steps), -LARGEST, LARGEST).astype(np.int8).tobytes())


@cache
def vectors() -> Vectors | None:
    """Those of the extra, None without it; they take 30 MB, and a sixth of a second to load."""
    kept = folder()
    if kept is None:
        return None
    with importing:
        import numpy as np
        from safetensors import safe_open
        from tokenizers import Tokenizer

    # the package's own way keeps the vectors at eight times the size, and imports much that is not needed
    with safe_open(kept / WEIGHTS, "np") as file:
        table = np.ascontiguousarray(file.get_slice("embedding.weight")[:, :DIMENSIONS])
    encode = Tokenizer.from_file(str(kept / TOKENIZER)).encode
    return Vectors(table, lru_cache(maxsize=8_192)(lambda word: tuple(encode(word, add_special_tokens=False).ids)))
