"""``python -m benchmarks``: all benchmarks, one after another."""

from benchmarks import meter

meter.main()
