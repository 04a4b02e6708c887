"""The codings in which files are delivered: a module a coding, and one table of them.

A module has the coding's row: what it is called, what it can hold, how its quality is
written, and what encodes and decodes it. ``table`` stands above them.
"""
