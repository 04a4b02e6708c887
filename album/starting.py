"""A quick start: nothing is looked for where nothing can be."""

import gc
import os


def begin() -> None:
    """Begin a run of the command line, before anything large is imported.

    What is imported stays, so that looking for garbage among it would cost a tenth of
    the start. Nothing plugs into pydantic here, which would ask every package that is
    installed.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def begun() -> None:
    """Look for garbage from here on, but not among what is there already."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
