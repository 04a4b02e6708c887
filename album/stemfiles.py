"""The files of a song's stems: what must be true of them, and what their sum leaves.

Stems begin together and are equally long, at one rate: nothing is shifted, stretched or
padded to make a sum of them.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from album.project import Album, Song
from album.source import Part, Reader, Source, probe, remarks
from album.stems import BLOCK
from delivery.findings import Finding, Place, Refusal, error, note, warning
from dsp.level import decibels

NULL_DB = -60.0
"""A residual below the mix by more than this is rounding and dither, not music."""


def stem_source(album: Album, song: Song) -> tuple[Source, list[Finding]]:
    """Return the sum of a song's stems as one recording, with what is to be said.

    Raises Refusal with all stems that cannot be used, or not together.
    """
    faults: list[Finding] = []
    said: list[Finding] = []
    parts: list[Part] = []
    for name, stem in song.stems.items():
        place = album.place("song", song.id, "stems", name, "file")
        try:
            source = probe(stem.file, place)
        except Refusal as refusal:
            faults += refusal.findings
            continue
        said += remarks(source, place)
        parts.append(Part(name=name, source=source, gain_db=stem.gain_db))
    if not faults:
        faults = _unlike(album, song, parts)
    if faults:
        raise Refusal(faults)
    return _sum(parts), said


def _sum(parts: list[Part]) -> Source:
    """Return the source that is the sum of *parts*."""
    first = parts[0].source
    depths = [part.source.bits for part in parts]
    # a sum of integers is one, until a gain makes it another number
    whole = None not in depths and not any(part.gain_db for part in parts)
    bits = max(depth or 0 for depth in depths) if whole else None
    return Source(
        path=first.path,
        rate=first.rate,
        channels=2,
        length=first.length,
        kind=f"{len(parts)} stems",
        coding=f"PCM_{bits}" if bits else "DOUBLE",
        bits=bits,
        parts=tuple(parts),
    )


def _unlike(album: Album, song: Song, parts: list[Part]) -> list[Finding]:
    """Return an error for every stem that does not fit the others."""
    faults = []
    rates = Counter(part.source.rate for part in parts)
    rate = rates.most_common(1)[0][0]
    lengths = Counter(part.source.length for part in parts if part.source.rate == rate)
    length = lengths.most_common(1)[0][0]
    for part in parts:
        place = album.place("song", song.id, "stems", part.name, "file")
        found = part.source
        if found.rate != rate:
            faults.append(
                error(
                    "STEM-RATE",
                    f"{found.path.name} is at {found.rate} Hz, other stems of "
                    f"{song.title!r} are at {rate} Hz",
                    place=place,
                    measured=found.rate,
                    limit=rate,
                    help="export all stems of a song at one rate",
                )
            )
        elif found.length != length:
            more = found.length - length
            faults.append(
                error(
                    "STEM-LENGTH",
                    f"{found.path.name} is {abs(more):,} samples "
                    f"({abs(more) / rate:.3f} s) {'longer' if more > 0 else 'shorter'}"
                    f" than other stems of {song.title!r}",
                    place=place,
                    measured=found.length,
                    limit=length,
                    help="export all stems of a song over the same range, from the "
                    "same start to the same end",
                )
            )
    return faults


@dataclass(frozen=True, kw_only=True)
class Residual:
    """What is left when a mix is taken away from the sum of its stems."""

    level_db: float | None
    """Its power re that of the mix; None where nothing is left."""
    lufs: float | None
    peak_dbfs: float | None
    at: float
    """Seconds at which it is largest."""


def compared(album: Album, song: Song, source: Source) -> list[Finding]:
    """Return what nulling the sum of a song's stems against its mix shows.

    The stems are summed as they are: without their gains and chains, which are there
    to make the sum another one.
    """
    assert song.check_against is not None, "the song names a mix"
    key = "mix" if song.check_against == song.mix else "check_against"
    place = album.place("song", song.id, key)
    try:
        mix = probe(song.check_against, place)
    except Refusal as refusal:
        return list(refusal.findings)
    if (mix.rate, mix.length) != (source.rate, source.length):
        return [
            error(
                "STEM-MIX",
                f"{mix.path.name} has {mix.length:,} samples at {mix.rate} Hz, the "
                f"stems of {song.title!r} have {source.length:,} at {source.rate} Hz: "
                "they cannot be compared",
                place=place,
                measured=mix.length,
                limit=source.length,
                help="export mix and stems over the same range at one rate, or leave "
                "the comparison out",
            )
        ]
    return [_said(song, residual(source, mix), place, mix)]


def residual(source: Source, mix: Source) -> Residual:
    """Return what the sum of the stems of *source* leaves of *mix*."""
    from dsp.loudness import measured
    from dsp.meter import Meter

    readers = [Reader(part.source) for part in source.parts]
    whole = Reader(mix)
    meter = Meter(mix.rate, 2)
    left = power = peak = 0.0
    at = 0
    try:
        for start in range(0, mix.length, BLOCK):
            stop = min(start + BLOCK, mix.length)
            wanted = whole.read(start, stop)
            rest = np.sum([each.read(start, stop) for each in readers], axis=0) - wanted
            power += float(np.square(wanted).sum())
            left += float(np.square(rest).sum())
            size = np.abs(rest).max(axis=1)
            if (top := float(size.max())) > peak:
                peak, at = top, start + int(size.argmax())
            meter.feed(rest)
    finally:
        for reader in (*readers, whole):
            reader.close()
    tally = meter.finish()
    ratio = left / power if power else 1.0
    return Residual(
        level_db=10.0 * float(np.log10(ratio)) if left else None,
        lufs=measured([tally.energies], [tally.rate]).integrated,
        peak_dbfs=decibels(peak),
        at=at / mix.rate,
    )


def _said(song: Song, found: Residual, place: Place, mix: Source) -> Finding:
    stems = f"the stems of {song.title!r} less {mix.path.name}"
    if found.level_db is None:
        return note("STEM-NULL", f"{stems}: nothing is left, to the bit", place=place)
    minutes, seconds = divmod(found.at, 60)
    at = f"{int(minutes)}:{seconds:06.3f}"
    loudness = "below the gate" if found.lufs is None else f"{found.lufs:.1f} LUFS"
    message = (
        f"{stems} leave {found.level_db:.1f} dB of the mix ({loudness}), most at {at}: "
        f"{found.peak_dbfs:.1f} dBFS"
    )
    say = note if found.level_db <= NULL_DB else warning
    way_out = "a bus compressor, a limiter or an effect of the mix is missing in them"
    return say(
        "STEM-NULL",
        message,
        place=replace(place, song=song.id, at=at),
        measured=round(found.level_db, 2),
        limit=NULL_DB,
        help=None if found.level_db <= NULL_DB else way_out,
    )
