"""The gains of a record: one for every song, in closed form, from what was measured.

    gain = record + amount · (typical - song) + offset

*typical* is the median of the sound songs, *record* what moves all songs alike: to the
target, and down from it as far as the ceiling asks. Intent (offsets, a song's own gain)
comes on top and counts in full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

MOST_RAISED = 6.0
"""dB by which a quiet song may be raised without a word."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What balancing has to know of a song."""

    level: float | None
    """The statistic that is matched, in LUFS; None of silence."""
    true_peak: float | None
    """In dBTP."""
    offset: float = 0.0
    """What the song is meant to be above its neighbours, in LU."""
    own_gain: float = 0.0
    """What the project asks for beside all balance, in dB."""
    sound: bool = True
    """Whether the record may be judged by it."""
    runs_on: bool = False
    """Whether it belongs to a recording of which another song is counted."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a record is to become."""

    amount: float
    target: float | None = None
    """Loudness of the typical song in LUFS; None leaves it where it is."""
    ceiling: float | None = None
    """Highest true peak in dBTP without a limiter; None where a limiter holds it."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """A song's gain, and where it comes from; all in dB."""

    total: float
    balance: float
    """amount · (typical - song)."""
    record: float
    """What all songs are moved by."""
    offset: float
    own: float
    held: float = 0.0
    """What the song alone is held back, for its peak: 0 or less."""


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The gains of all songs, and what was taken for the record."""

    typical: float | None
    """Loudness of the typical song as it came."""
    target: float | None
    """Loudness it is given, the ceiling allowed for."""
    lowered: float
    """By how many dB the whole record stays under its aim, for the ceiling."""
    gains: Mapping[str, Gain]


def balance(songs: Mapping[str, Heard], aim: Aim) -> Balance:
    """Return a gain for every one of *songs*, by id.

    Songs that are not sound move no other's gain, unless none is sound. What passes a
    ceiling without a limiter lowers the whole record, by the worst of the sound songs;
    a song that is not sound is held back alone.
    """
    typical = _typical(songs)
    if typical is None:
        return unbalanced(songs)
    wanted = typical if aim.target is None else aim.target
    gains = {
        name: _gain(song, typical, wanted - typical, aim.amount)
        for name, song in songs.items()
    }
    sound = [name for name in songs if songs[name].sound]
    lowered = max((_excess(songs[each], gains[each], aim) for each in sound), default=0)
    gains = {
        name: _held(songs[name], _moved(gain, -lowered), aim)
        for name, gain in gains.items()
    }
    return Balance(
        typical=typical, target=wanted - lowered, lowered=lowered, gains=gains
    )


def unbalanced(songs: Mapping[str, Heard]) -> Balance:
    """Return the gains that the project asks for beside all balance."""
    typical = _typical(songs)
    own = {name: _own(song) for name, song in songs.items()}
    return Balance(typical=typical, target=typical, lowered=0.0, gains=own)


def _typical(songs: Mapping[str, Heard]) -> float | None:
    heard = [song for song in songs.values() if not song.runs_on]
    levels = _levels([song for song in heard if song.sound]) or _levels(heard)
    return median(levels) if levels else None


def _levels(songs: Sequence[Heard]) -> list[float]:
    return [song.level for song in songs if song.level is not None]


def _own(song: Heard) -> Gain:
    """Return the gain of a song that cannot be balanced: what the project says."""
    return Gain(
        total=song.own_gain + song.offset,
        balance=0.0,
        record=0.0,
        offset=song.offset,
        own=song.own_gain,
    )


def _gain(song: Heard, typical: float, record: float, amount: float) -> Gain:
    if song.level is None:
        return _own(song)
    share = amount * (typical - song.level)
    return Gain(
        total=record + share + song.offset + song.own_gain,
        balance=share,
        record=record,
        offset=song.offset,
        own=song.own_gain,
    )


def _moved(gain: Gain, by: float) -> Gain:
    return replace(gain, total=gain.total + by, record=gain.record + by)


def _excess(song: Heard, gain: Gain, aim: Aim) -> float:
    """Return by how many dB a song's peak would pass the ceiling."""
    if aim.ceiling is None or song.true_peak is None:
        return 0.0
    return max(0.0, song.true_peak + gain.total - aim.ceiling)


def _held(song: Heard, gain: Gain, aim: Aim) -> Gain:
    over = 0.0 if song.sound else _excess(song, gain, aim)
    return replace(gain, total=gain.total - over, held=-over)
