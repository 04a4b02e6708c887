"""Run the benchmarks and print their ratios: ``python -m benchmarks [NAME]...``."""

import importlib
import sys

NAMES = (
    "aac",
    "assembly",
    "comp",
    "encoding",
    "eq",
    "limiter",
    "loudpart",
    "mastering",
    "meter",
    "tone",
)

asked = [word for word in sys.argv[1:] if word in NAMES]
sys.argv[1:] = [word for word in sys.argv[1:] if word not in NAMES]
for name in asked or NAMES:
    importlib.import_module(f"benchmarks.{name}").main()
