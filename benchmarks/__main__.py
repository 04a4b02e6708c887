"""Run every benchmark and print its ratios: ``python -m benchmarks [NAME]``."""

import importlib
import sys

NAMES = ("assembly",)

for name in sys.argv[1:] or NAMES:
    importlib.import_module(f"benchmarks.{name}").main()
