"""py3langid's model of only the languages that posts are told into: read faster, and a fifth of its weight."""

from __future__ import annotations

import lzma
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

BY_LANGUAGE = ("ptc", "pc", "classes")
ARRAYS = (*BY_LANGUAGE, "nextmove", "nextmove_row", "out_feat")


def identifier(languages: Collection[str], caches: Path | None = None) -> Any:
    """The identifier of these languages, which gives the same figures as one that was narrowed to them.

    The first one unpacks the library's file, in about a second, and leaves its own part of it (45 MB) in `caches`, the
    user's unless given; later ones, of any process, map that into memory in a few milliseconds. Where nothing can be
    kept, nothing is.
    """
    folder = (caches or user_cache_path("listener")) / named(languages)
    try:
        kept = mapped(folder)
    except (OSError, ValueError, EOFError):
        kept = narrowed(languages)
        with suppress(OSError):
            keep(kept, folder)
            kept = mapped(folder)
    return LanguageIdentifier(
        kept["ptc"],
        kept["pc"],
        kept["classes"].tolist(),
        memoryview(kept["nextmove"]),  # Python reads single numbers out of it much faster than out of numpy's array
        kept["out_feat"].tolist(),
        norm_probs=True,
        tk_row=kept["nextmove_row"].tolist(),
    )


def named(languages: Collection[str]) -> str:
    """The folder's name: another version of the library or other languages are kept in another one."""
    asked = blake2b(" ".join(sorted(languages)).encode(), digest_size=6).hexdigest()
    return f"languages-{version('py3langid')}-{sys.byteorder}-{asked}"


def mapped(folder: Path) -> dict[str, Any]:
    """Name → array, read from disk only where it is looked at. Raises OSError, ValueError or EOFError."""
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}


def narrowed(languages: Collection[str]) -> dict[str, Any]:
    """Name → array of the library's model, with the columns of these languages only."""
    # the library's own loader goes by a file of 68 MB on disk, and keeps the columns of 140 languages
    content = BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with np.load(content, allow_pickle=False) as whole:
        columns = [place for place, code in enumerate(whole["classes"].tolist()) if code in languages]
        return {name: whole[name][..., columns] if name in BY_LANGUAGE else whole[name] for name in ARRAYS}


def keep(model: Mapping[str, Any], folder: Path) -> None:
    """Write a model so that it is there as a whole or not at all, whoever else writes it. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        for name, numbers in model.items():
            with (making / f"{name}.npy").open("wb") as file:
                np.save(file, numbers, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)  # a broken one, else it would have been read
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
