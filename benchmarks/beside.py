"""A stage beside its peers: what its work costs, without starting and reading."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.meter import cost

OURS = "glassmaster"

Pair = tuple[Sequence[str], Sequence[str]]
"""A command that does the work, and the same command without it."""


def timed(pairs: Mapping[str, Pair], rounds: int) -> list[dict[str, float]]:
    """Return the CPU seconds of everybody's work, round by round."""
    cost(pairs[OURS][0])  # compiles, and fills the page cache
    return [
        {name: cost(working).cpu - cost(idle).cpu for name, (working, idle) in
         pairs.items()}
        for _ in range(rounds)
    ]  # fmt: skip


def told(rounds: Sequence[Mapping[str, float]], frames: int) -> None:
    """Print what *frames* of stereo cost each, and the ratios to ours."""
    for name in rounds[0]:
        taken = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each[OURS] for each in rounds)
        bar = "" if name == OURS else f", {ratio:.1f} of ours   bar 2"
        print(f"  {name:<25} {taken / frames * 1e9:6.1f} ns a frame{bar}")
