"""The top floor: what the engineer wrote, and how it becomes one programme."""

__version__ = "0.1.0"
