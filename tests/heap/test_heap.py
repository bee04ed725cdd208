"""All threads of the daemon share one heap of the C library."""

from __future__ import annotations

import subprocess
import sys

import pytest

# sixteen threads that hold something at the same time; glibc then tells its heaps
THREADS = """
import ctypes, threading
from listener import heap

{before}
library = ctypes.CDLL(None)
everybody = threading.Barrier(16)

def work():
    held = [bytes(1000) for _ in range(100)]
    everybody.wait()

threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""


def heaps(before: str) -> int:
    command = [sys.executable, "-c", THREADS.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="heaps of threads are glibc's")
def test_threads_share_one_heap() -> None:
    assert heaps("heap.share()") == 1 < heaps("")
