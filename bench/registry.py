"""A registry of a million customers: import by the command, again after a kill, and a mention's author matched."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil

from bench.figures import Figure
from bench.town import LISTENER, OUT, ROOT, a_house
from listener.store import Store

CUSTOMERS = 1_000_000
HEADER = (
    "id,name,email,segment,plan,products,region,version,timezone,language,owner,owner_role,handles,tags,renewal_at,"
    "consents,do_not_contact,industry\n"
)
ASKED = 500
ROUNDS = 40


def run(share: float) -> Iterator[Figure]:
    folder = OUT / "registry"
    shutil.rmtree(folder, ignore_errors=True)
    a_house(folder, [], every="1h")
    count = max(10_000, int(CUSTOMERS * share))
    file = a_file(folder / "million.csv", count)
    killed = kill_when(importing(folder, file), folder, count // 2)
    seconds, cpu, peak = measured(importing(folder, file))
    kept = ids(folder)
    raw = f"killed at {killed:,}; {kept:,} customers, each once"
    yield Figure("customers lost or doubled by kill -9", abs(count - kept), "customers", ceiling=0, raw=raw)
    shutil.rmtree(folder / "store", ignore_errors=True)
    for leftover in folder.glob("listener.db*"):
        leftover.unlink()
    seconds, cpu, peak = measured(importing(folder, file))
    raw = f"{cpu:.1f} s of CPU, {count:,} customers"
    yield Figure("import of 1,000,000 customers", seconds * CUSTOMERS / count, "s", ceiling=60, raw=raw)
    yield Figure("memory of the import at its most", peak, "MB", ceiling=300)
    seconds, cpu, _ = measured(importing(folder, file))
    yield Figure("the same file again", seconds * CUSTOMERS / count, "s", ceiling=60, raw=f"{cpu:.1f} s of CPU")
    yield Figure("match of a mention's author", matching(folder, count), "ms", ceiling=0.2)


def a_file(path: Path, count: int) -> Path:
    """Customers as a CRM system exports them."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(count):
            platform = ("reddit", "mastodon", "forum")[number % 3]
            file.write(
                f"C{number:07},Customer Number {number},person{number * 7919 % count}@firm{number % 5000}.example,"
                f"smb,pro,Acme Flow Mobile;Acme Flow Desktop,EU,4.{number % 10},Europe/Berlin,en,owner{number % 50},"
                f"csm,{platform}:user{number},beta;vip,2027-01-01,news,,retail\n"
            )
    return path


def importing(folder: Path, file: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*LISTENER, "customers", "import", str(file), "--confirm"]
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def measured(process: subprocess.Popen[bytes]) -> tuple[float, float, float]:
    """Seconds by the clock and of the CPU, and the most memory in MB, until it ends."""
    began, peak, cpu, watched = time.monotonic(), 0.0, 0.0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss / 1e6)
            cpu = sum(watched.cpu_times()[:2])
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    if process.wait():
        raise SystemExit(f"the import ended with {process.returncode}")
    return time.monotonic() - began, cpu, peak


def kill_when(process: subprocess.Popen[bytes], folder: Path, wanted: int) -> int:
    while process.poll() is None and ids(folder) < wanted:
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return ids(folder)


def ids(folder: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{folder}/listener.db?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM customer").fetchone()[0])
    except sqlite3.Error:
        return 0


def matching(folder: Path, count: int) -> float:
    """Milliseconds of CPU for one author, asked for as the judging asks: 500 at a time, half of them strangers."""
    store = Store(f"sqlite:///{folder}/listener.db")
    step = max(1, 2 * count // (ASKED * ROUNDS))
    spent = 0.0
    for turn in range(ROUNDS):
        numbers = range(turn * ASKED * step % count, count * 2, step)[:ASKED]
        keys = [((("reddit", "mastodon", "forum")[number % 3]), f"user{number}") for number in numbers]
        began = time.process_time()
        store.customers.holders(keys)
        spent += time.process_time() - began
    store.close()
    return spent * 1_000 / (ASKED * ROUNDS)
