"""Run all benchmarks, or those named; exit 1 when a figure misses its mark."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from bench.figures import Figure


def names() -> list[str]:
    """Every module here that has a `run`."""
    found = (entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if hasattr(importlib.import_module(f"bench.{name}"), "run"))


def main() -> int:
    # as the daemon has it; read when numpy is imported
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *names()], help="default: all")
    parser.add_argument("--share", type=float, default=1.0, help="part of the full size, for a quick look: 0.1")
    asked = parser.parse_args()
    figures: list[Figure] = []
    for name in asked.name or names():
        print(f"\n{name}: {importlib.import_module(f'bench.{name}').__doc__}", flush=True)
        for figure in importlib.import_module(f"bench.{name}").run(asked.share):
            print(f"  {figure}", flush=True)
            figures.append(figure)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
