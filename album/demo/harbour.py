"""The third and fourth songs: one performance in six-eight, cut at a sample.

Strings, room and echo ring across the cut. Joined by a segue the two mixes are the
performance again; one sample lost or added would be heard as a tick.
"""

from functools import partial

from album.demo import drums
from album.demo.desk import Desk, Mix, Strip
from album.demo.instruments import bass, bell, guitar, reed, toll, waves
from album.demo.score import Clock, line, strokes
from album.demo.tones import Sound

_BAR = 60 / 29  # seconds: 58 dotted quarters a minute, two in a bar
_REPRISE = 9  # the bar at which the performance is cut
_CHORDS = (
    "G3+B3+D4+A4:12 | E3+G3+B3+D4:12 | E3+G3+C4+B4:12 | D3+G3+A3+D4:12 |"
    "G3+B3+D4+A4:12 | E3+G3+C4+B4:12 | E3+G3+A3+C4:12 | D3+F#3+A3+D4:12 |"
)
_STRINGS = (
    "G2:2 D3:2 B3:2 D4:2 A4:2 D4:2 |",
    "E2:2 B2:2 G3:2 B3:2 D4:2 G4:2 | C3:2 G3:2 C4:2 E4:2 B4:2 E4:2 |"
    "D3:2 A3:2 D4:2 G4:2 F#4:2 D4:2 | B2:2 G3:2 B3:2 D4:2 A4:2 D4:2 |"
    "C3:2 G3:2 C4:2 E4:2 G4:2 B4:2 | A2:2 E3:2 A3:2 C4:2 E4:2 G4:2 |"
    "D3:2 A3:2 D4:2 F#4:2 A4:2 F#4:2 |",
)
_SONG = (
    "B4!:6 D5:4 B4:2 | A4:4 G4:2 B4:6 | G4:6 B4:2 D5:2 E5:2 | D5!:10 -:2 |"
    "D5:6 G5!:4 F#5:2 | E5:4 D5:2 E5:6 | C5:4 B4:2 A4:4 G4:2 | A4!:10 -:2 |"
)
_LOW = (
    "G1!:6 D2:4 G1:2 | E1!:6 B1:4 E1:2 | C2!:6 G1:4 C2:2 | D2!:6 A1:4 D2:2 |"
    "B1!:6 G1:4 B1:2 | C2!:6 G1:4 C2:2 | A1!:6 E2:4 A1:2 | D2!:6 A1:4 F#1:2 |"
)

_line = partial(line, bar=12)
_strokes = partial(strokes, bar=12)


def harbour() -> tuple[Mix, Mix]:
    """Return "Harbour" and its reprise, which begins on the downbeat of bar ten."""
    desk = Desk(Clock(_BAR, steps=12), 40.0, seed=303)
    opening = "G3+B3+D4+A4:12 |"
    chords = _line(opening + _CHORDS * 2 + opening)
    desk.lay(chords, Strip(-10.5, room=0.35), bright=1.9, slow=0.45)
    first, others = _STRINGS
    for turn, note in enumerate(_line(first + (first + others) * 2 + first)):
        voice = partial(_ringing, seed=400 + turn % 7)
        desk.play(voice, [note], Strip(-7.0, -0.4, room=0.22, echo=0.08), loose=0.008)
    _alone(desk)
    _together(desk)
    desk.put(waves(11.0, 27, 5.2), 0, Strip(-10.0, ducks=False))
    whole = desk.mixdown(peak=-1.8, drive=-1.0, duck=0.25, beat=4, decay=2.2)
    cut = desk.clock.sample(_REPRISE * 12)
    return whole[:cut], whole[cut:]


def _alone(desk: Desk) -> None:
    """Add to the first half: bells with the melody, then a low note and brushes."""
    tune = _line(_SONG, start=1)
    desk.play(toll, tune, Strip(-13.0, 0.35, room=0.4, echo=0.3), loose=0.01)
    half = [note for note in _line(_LOW, start=1) if note.step >= 5 * 12]
    desk.play(partial(bass, grit=0.1), half, Strip(-9.0))
    brushes = [drums.shaker(seed, 0.035) for seed in range(411, 416)]
    sweep = _strokes("x...o.x...o.", 5, 4)
    desk.drum(brushes, sweep, Strip(-17.0, 0.4, room=0.2), loose=0.006)
    desk.lead_in(_REPRISE * 12, _BAR, 73, Strip(-13.0, room=0.2))


def _together(desk: Desk) -> None:
    """Add to the second half: drums in half time, bass, and the melody sung."""
    low = _line(_LOW + "G1!:16 -:8 |", start=_REPRISE)
    desk.play(partial(bass, grit=0.4), low, Strip(-6.0))
    tune = _line(_SONG + "B4!:12 |", start=_REPRISE)
    desk.play(reed, tune, Strip(-13.0, 0.08, room=0.3, echo=0.3))
    high = _line("-:6 D6:2 B5:2 A5:2 | -:6 G5:2 B5:2 D6:2 |" * 4, start=_REPRISE)
    desk.play(bell, high, Strip(-20.0, 0.55, room=0.5, echo=0.4))
    kick = drums.kick(46.0, 0.1)
    floor = _strokes("X.......x... X.....o.x.x.", _REPRISE, 8)
    desk.kick(kick, floor + _strokes("X...........", 17, 1), Strip(-4.0))
    snares = [drums.snare(seed, 174.0, 0.075) for seed in (421, 422, 423)]
    half_time = _strokes("......X..... ......X...o.", _REPRISE, 8)
    desk.drum(snares, half_time, Strip(-8.5, 0.03, room=0.28))
    hats = [drums.hat(seed, 0.03) for seed in range(424, 429)]
    six = _strokes("X.o.x.X.o.xo", _REPRISE, 8)
    desk.drum(hats, six, Strip(-18.0, 0.35, room=0.08), loose=0.004)
    crash = [note for bar in (9, 13, 17) for note in _strokes("X" + "." * 11, bar, 1)]
    desk.drum([drums.hat(2, 0.4)], crash, Strip(-18.0, -0.25, room=0.3))


def _ringing(number: int, length: float, force: float, seed: int) -> Sound:
    """Return a guitar string that rings into the next ones."""
    return guitar(number, 5.5 * length, force, seed)
