"""The second song: dark, driving, and left open at its end for a crossfade."""

from functools import partial

from album.demo import drums
from album.demo.desk import Desk, Mix, Strip
from album.demo.instruments import bass, bell, reed, waves
from album.demo.score import Clock, line, strokes
from album.demo.tones import Sound

_FIGURE = (0, 1, 2, 3, 4, 0, 2, 1, 3, 0, 1, 2, 5, 3, 2, 4)
_STRESSED = (0, 6, 10, 14)
_EM, _C, _B7 = "E5 B5 F#5 G5 B4 D5", "C5 G5 E5 B5 G4 E5", "B4 F#5 D#5 A5 F#4 D#5"


def glass() -> Mix:
    """Return "Glass": 125 beats a minute in E minor, four on the floor, bells above."""
    desk = Desk(Clock(1.92), 28.5, seed=202)
    minor, major = "E3+G3+B3+F#4", "E3+G3+C4+B4"
    chords = f"""
        {minor}:32 | {minor}:32 | {major}:32 | E3+A3+C4+F#4:32 | {minor}:16 |
        {major}:16 | D#3+F#3+B3+A4:16 | {minor}:32 |
    """
    desk.lay(line(chords), Strip(-10.5, room=0.35), bright=1.8, slow=0.4)
    shards = _arpeggio(*[_EM] * 4, _C, _C, *[_EM] * 3, _C, _B7, _EM)
    for turn, note in enumerate(line(shards)):
        side = 0.65 if turn % 2 else -0.65
        desk.play(_shard, [note], Strip(-21.0, side, room=0.25, echo=0.22), loose=0.002)
    low = _pulse("E", 1, "G1 D1") * 2 + _pulse("C", 1, "G1 B0") * 2 + "A1:32 |"
    low += _pulse("E", 1, "G1 D1") + _pulse("C", 1, "E1 B0") + _pulse("B", 0, "D#1 F#1")
    growl = partial(bass, grit=0.75)
    desk.play(growl, line(low + "E1!:16 |", start=2), Strip(-5.5), loose=0.001)
    _sing(desk)
    _floor(desk)
    desk.lead_in(32, 1.92, 71, Strip(-10.0))
    desk.lead_in(128, 3.84, 71, Strip(-9.0))
    desk.put(waves(8.0, 25, 4.0), desk.clock.sample(176), Strip(-15.0, ducks=False))
    return desk.mixdown(peak=-1.6, drive=0.5, duck=0.5, beat=3, decay=2.4)


def _arpeggio(*chords: str) -> str:
    """Return one bar of sixteenths for each of *chords*, six tones to choose from."""
    bars = []
    for chord in chords:
        tones = chord.split()
        marks = ("!" if place in _STRESSED else "" for place in range(16))
        pairs = zip(_FIGURE, marks, strict=True)
        bars.append(" ".join(f"{tones[tone]}{mark}:1" for tone, mark in pairs))
    return " | ".join(bars)


def _pulse(root: str, octave: int, last: str) -> str:
    """Return one bar of bass on *root*, with the octave at its middle and two turns."""
    low, high = f"{root}{octave}", f"{root}{octave + 1}"
    up, down = last.split()
    return (
        f"{low}!:1 -:1 {low}:1 {low}:1 -:1 {low}:1 {high}!:1 {low}:1 "
        f"-:1 {low}:1 {low}:1 -:1 {low}!:1 {low}:1 {up}:1 {down}:1 | "
    )


def _shard(number: int, length: float, force: float) -> Sound:
    """Return a short glass tone that rings over the next ones."""
    return bell(number, length + 0.35, force, 5.41)


def _sing(desk: Desk) -> None:
    """Play the melody: from afar in the break, then near."""
    far = line("B4!:6 E5:2 F#5:8 | G5!:6 F#5:2 D5:8 |", start=6)
    near = """
        E5!:6 G5:2 B5:8 | A5:4 G5:4 F#5:2 E5:6 | D#5!:6 F#5:2 A5:4 F#5:4 | E5!:14 -:2 |
    """
    desk.play(reed, far, Strip(-18.0, 0.1, room=0.55, echo=0.4))
    desk.play(reed, line(near, start=8), Strip(-14.5, 0.1, room=0.35, echo=0.35))


def _floor(desk: Desk) -> None:
    """Play the drums: two beats as a warning, then two stretches in full."""
    kick = drums.kick(50.0, 0.07)
    desk.kick(kick, strokes("X.......X.......", 1, 1), Strip(-8.0))
    for start, bars in ((2, 4), (8, 3)):
        desk.kick(kick, strokes("X...X...X...X...", start, bars), Strip(-3.6))
        _engine(desk, start, bars)
    desk.kick(kick, strokes("X...............", 11, 1), Strip(-3.6))
    crash = [note for bar in (2, 8, 11) for note in strokes("X" + "." * 15, bar, 1)]
    desk.drum([drums.hat(4, 0.4)], crash, Strip(-18.0, -0.2, room=0.4))


def _engine(desk: Desk, start: int, bars: int) -> None:
    """Play claps, hats and a cross stick for *bars* bars."""
    claps = [drums.clap(seed) for seed in (81, 82)]
    desk.drum(
        claps,
        strokes("....X.......X...", start, bars),
        Strip(-10.5, room=0.2),
        loose=0.001,
    )
    closed = [drums.hat(seed, 0.013) for seed in range(83, 88)]
    desk.drum(closed, strokes("xoXoxoXoxoXoxoXx", start, bars), Strip(-19.5, 0.35))
    opened = [drums.hat(seed, 0.06) for seed in (89, 90)]
    off = strokes("..x...x...x...x.", start, bars)
    desk.drum(opened, off, Strip(-18.0, -0.25, room=0.06), loose=0.001)
    stick = strokes("...o..x....o.x..", start, bars)
    desk.drum([drums.rim(91)], stick, Strip(-16.0, 0.5, room=0.3))
