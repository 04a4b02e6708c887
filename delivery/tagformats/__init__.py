"""The tags of each kind of file: a module a kind, with the same verbs.

``write`` leaves a file with exactly these tags, ``strip`` with none; ``read`` and
``read_cover`` say what is there. ``delivery.tags`` has the table of them.
"""
