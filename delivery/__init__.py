"""The middle floor: what a disc and a file are, written and read.

``program.py`` says what can be delivered; the floor above produces it.
"""
