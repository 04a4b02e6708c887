"""``python -m album`` is the command line."""

from album.cli import main

main()
