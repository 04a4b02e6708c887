import resource
import subprocess
import sys

import pytest

AGAIN = """
import resource, numpy as np
from album.memory import keep_blocks
keep_blocks()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
from threading import Thread
def work():
    for _ in range(5):
        np.ones((32768, 2)) + np.ones((32768, 2))
    before = faults()
    for _ in range(200):
        np.ones((32768, 2)) + np.ones((32768, 2))
    print(faults() - before)
thread = Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="told to glibc only")
def test_blocks_made_again_and_again_need_no_new_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], capture_output=True, text=True, check=True
    )
    pages = 200 * 2 * 32768 * 16 // resource.getpagesize()
    assert int(done.stdout) < pages / 20
