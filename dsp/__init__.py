"""The ground floor: arrays in, arrays out.

Conventions of every module here: audio is float64 of shape ``(samples, channels)``,
full scale is 1.0, frequencies are in Hz, levels in dB. Nothing here knows a file, a
title or a terminal.
"""
