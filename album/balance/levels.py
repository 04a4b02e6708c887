"""The gains of a record: one for every song, in closed form, from what was measured.

    gain = record + amount · (typical - song) + offset

*typical* is the median of the sound songs, *record* what moves all songs alike: to the
target, and down from it as far as the ceiling asks. Intent (offsets, a song's own gain)
comes on top and counts in full.
"""

from collections.abc import Iterable, Mapping
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
    recording: str = ""
    """What it is a part of, where one recording runs on through several songs."""


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
    """A song's gain, and where it comes from; in dB."""

    level: float | None
    """The song's own, as it is matched, in LUFS."""
    total: float
    balance: float
    """amount · (typical - song)."""
    record: float
    """What all songs are moved by."""
    offset: float
    own: float
    held: float = 0.0
    """What its recording alone is held back, for its peaks: 0 or less."""


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
    judges: tuple[str, ...]
    """The songs that the record is judged by; of a recording the first."""


def balance(songs: Mapping[str, Heard], aim: Aim) -> Balance:
    """Return a gain for every one of *songs*, by id.

    Songs that are not sound move no other's gain, unless none is sound. What passes a
    ceiling without a limiter lowers the whole record, by the worst of the sound songs;
    a song that is not sound is held back alone, with the recording it is a part of.
    """
    judges = _judges(songs)
    typical = _typical(songs, judges)
    if typical is None:
        return unbalanced(songs)
    wanted = typical if aim.target is None else aim.target
    gains = {
        name: _gain(song, typical, wanted - typical, aim.amount)
        for name, song in songs.items()
    }
    sound = [name for name in songs if songs[name].sound]
    lowered = max((_excess(songs[each], gains[each], aim) for each in sound), default=0)
    gains = {name: _moved(gain, -lowered) for name, gain in gains.items()}
    over: dict[str, float] = {}
    for name, song in songs.items():
        if not song.sound:
            part = _recording(name, song)
            over[part] = max(over.get(part, 0.0), _excess(song, gains[name], aim))
    return Balance(
        typical=typical,
        target=wanted - lowered,
        lowered=lowered,
        gains={
            name: _held(gain, over.get(_recording(name, songs[name]), 0.0))
            for name, gain in gains.items()
        },
        judges=judges,
    )


def unbalanced(songs: Mapping[str, Heard]) -> Balance:
    """Return the gains that the project asks for beside all balance."""
    judges = _judges(songs)
    typical = _typical(songs, judges)
    own = {name: _own(song) for name, song in songs.items()}
    return Balance(
        typical=typical, target=typical, lowered=0.0, gains=own, judges=judges
    )


def _judges(songs: Mapping[str, Heard]) -> tuple[str, ...]:
    """Return the songs that a record is judged by: sound ones, if there are any.

    A recording counts once, however many songs it is cut into.
    """
    heard = [name for name, song in songs.items() if song.level is not None]
    sound = [name for name in heard if songs[name].sound] or heard
    first: dict[str, str] = {}
    for name in sound:
        first.setdefault(_recording(name, songs[name]), name)
    return tuple(first.values())


def _recording(name: str, song: Heard) -> str:
    return song.recording or name


def _typical(songs: Mapping[str, Heard], judges: Iterable[str]) -> float | None:
    levels = [level for name in judges if (level := songs[name].level) is not None]
    return median(levels) if levels else None


def _own(song: Heard) -> Gain:
    """Return the gain of a song that cannot be balanced: what the project says."""
    return Gain(
        level=song.level,
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
        level=song.level,
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


def _held(gain: Gain, over: float) -> Gain:
    return replace(gain, total=gain.total - over, held=-over)
