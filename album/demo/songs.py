"""Three songs of the Night Ferry EP: the opener, the ballad, and the hidden one.

Each is a function from nothing to a finished mix. Keys follow one another over the
record: D major, E minor, G major (twice, one performance), C major, and D again.
"""

from functools import partial

from album.demo import drums
from album.demo.desk import Desk, Mix, Strip
from album.demo.instruments import bass, bell, guitar, piano, pluck, toll, waves
from album.demo.score import Clock, Note, line, strokes
from album.demo.tones import highpass, lowpass, noise, seconds, sine, soften

HOOK = (
    "F#5!:3 A5:3 E5:2 D5:6 -:2 |",
    "F#5!:3 E5:3 D5:2 A4:6 -:2 |",
    "B4:3 D5:3 E5:2 F#5!:4 E5:4 |",
    "E5:6 C#5:2 A4:6 -:2 |",
)


def low_tide() -> Mix:
    """Return "Low Tide": 96 beats a minute in D, a pluck's hook over a lazy groove."""
    desk = Desk(Clock(2.5, swing=0.22), 28.5, seed=101)
    desk.put(waves(9.0, 21, 4.6), 0, Strip(-11.0, room=0.1))
    desk.put(waves(6.0, 23, 4.0), desk.clock.sample(96), Strip(-12.0))
    home, dark = "G3+B3+D4+F#4+A4:16 |", "F#3+A3+D4+E4:16 |"
    chords = f"""
        {home} {dark} {home} {dark} F#3+B3+D4+A4:16 | E3+A3+C#4+E4:16 |
        E3+G3+B3+D4+F#4:16 | {home} E3+A3+B3+E4:16 | D3+A3+D4+E4+F#4:10 -:6 |
    """
    desk.lay(line(chords), Strip(-10.5, room=0.3), bright=2.3, slow=0.28)
    low = """
        G1!:3 -:3 G1:2 -:2 G1:2 D2:2 E2:2 | F#1!:3 -:3 F#1:2 -:2 A1:2 F#1:2 A1:2 |
        B1!:3 -:3 B1:2 -:2 B1:2 A1:2 F#1:2 | A1!:3 -:3 A1:2 -:2 E2:2 A1:2 A1:2 |
        E1:14 -:2 | G1!:3 -:3 G1:2 -:2 G1:2 D2:2 E2:2 |
        A1!:3 -:3 A1:2 -:2 A1:2 B1:2 C#2:2 | D2!:24 -:8 |
    """
    desk.play(partial(bass, grit=0.35), line(low, start=2), Strip(-5.5))
    _tune(desk)
    for start, bars in ((2, 4), (7, 2)):
        _backbeat(desk, start, bars)
    fill = [drums.snare(seed, 200.0, 0.035) for seed in (44, 45)]
    rolls = strokes("............oxox", 5, 1)
    desk.drum(fill, rolls, Strip(-12.0, -0.15, room=0.2), loose=0.002)
    desk.lead_in(32, 1.25, 31, Strip(-14.0, room=0.3))
    crash = strokes("X...............", 2, 1) + strokes("X...............", 7, 1)
    crash += strokes("X...............", 9, 1)
    desk.drum([drums.hat(3, 0.33)], crash, Strip(-18.0, 0.2, room=0.3))
    desk.kick(drums.kick(), crash[-1:], Strip(-4.0))
    return desk.mixdown(peak=-2.2, drive=-1.0, duck=0.32, beat=3, decay=2.0)


def _tune(desk: Desk) -> None:
    """Play the hook, the bell that answers it, and a guitar where the drums rest."""
    lead = Strip(-10.0, -0.12, room=0.22, echo=0.4)
    melody = line("F#5:3 A5:3 E5:2 D5:8 |", start=1) + line("".join(HOOK), start=2)
    melody += line(HOOK[0] + HOOK[1] + "D5!:16 |", start=7)
    desk.play(pluck, melody, lead)
    answer = """
        -:10 F#6:2 E6:4 | -:10 D6:2 A5:4 | -:12 B5:4 | -:8 E6:3 C#6:5 |
        B5:3 D6:3 F#6:2 E6:4 D6:4 | -:10 F#6:2 E6:4 | -:8 E6:3 C#6:5 |
        F#6:3 A6:3 D6:10 |
    """
    far = Strip(-21.0, 0.5, room=0.5, echo=0.5)
    desk.play(bell, line(answer, start=2), far)
    strings = "D4:2 A4:2 D5:2 E5:2 F#5:2 E5:2 D5:2 A4:2 |"
    picked = line(strings * 2) + line(strings, start=6)
    desk.play(guitar, picked, Strip(-8.5, 0.45, room=0.3), loose=0.01)


def _backbeat(desk: Desk, start: int, bars: int) -> None:
    """Play the opener's groove for *bars* bars."""
    floor = strokes("X.....x...x..... X.....x..ox....o", start, bars)
    desk.kick(drums.kick(47.0), floor, Strip(-4.0))
    snares = [drums.snare(seed, 182.0) for seed in (41, 42, 43)]
    beat = strokes("....X..o....X... ....X..o.o..X..o", start, bars)
    desk.drum(snares, beat, Strip(-9.0, 0.04, room=0.16))
    hats = [drums.hat(seed) for seed in range(51, 57)]
    closed = strokes("x.oxX.oox.oxX.o.", start, bars)
    desk.drum(hats, closed, Strip(-17.5, 0.28, room=0.05))
    lift = strokes("..............x.", start, bars)
    desk.drum([drums.hat(58, 0.07)], lift, Strip(-19.0, 0.28, room=0.08))
    shakers = [drums.shaker(seed) for seed in range(61, 66)]
    steady = strokes("oxoxoxoxoxoxoxox", start, bars)
    desk.drum(shakers, steady, Strip(-18.0, -0.45, room=0.1), loose=0.004)


def last_boat() -> Mix:
    """Return "Last Boat": a ballad in C for electric piano, sea and one far bell."""
    desk = Desk(Clock(60 / 17), 29.4, seed=505)
    left = """
        F3+A3+C4+E4+G4:14 -:2 | E3+G3+B3+D4:8 A3+C4+E4+G4:8 | D3+F3+A3+C4+E4:14 -:2 |
        G3+C4+D4+F4:8 G3+B3+D4+F4:8 | A3+C4+E4+B4:8 G3+C4+E4:8 |
        F3+A3+C4+E4:8 F3+Ab3+C4+D4:8 | C3+G3+B3+D4+E4:16 |
    """
    soft = [Note(note.step, note.steps, note.keys, 0.5) for note in line(left)]
    desk.play(piano, soft, Strip(-15.0, -0.12, room=0.3), loose=0.012, strum=0.017)
    right = """
        -:4 C5:3 E5:1 G5!:8 | -:2 F#5:1 G5:1 D5:4 E5:2 C5:2 B4:4 |
        -:4 A4:3 C5:1 E5!:8 | -:2 D5:2 F5:2 E5:2 D5:6 B4:2 |
        C5:4 E5:2 B5!:6 G5:4 | A5:6 G5:2 F5:4 D5:4 | E5!:16 |
    """
    sung = Strip(-13.0, 0.18, room=0.35, echo=0.25)
    desk.play(piano, line(right), sung, loose=0.02)
    low = "F2:14 -:2 | E2:8 A1:8 | D2:14 -:2 | G1:16 | A1:8 G1:8 | F1:16 | C2:20 -:12 |"
    desk.play(partial(bass, grit=0.0), line(low), Strip(-13.0), loose=0.01)
    warm = """
        A3+C4+E4:16 | G3+B3+E4:16 | A3+C4+F4:16 | G3+C4+D4:16 | E3+A3+C4:16 |
        F3+A3+C4:16 | E3+G3+B3:10 -:6 |
    """
    desk.lay(line(warm), Strip(-21.0, room=0.4), bright=1.4, slow=0.8)
    brushes = [drums.shaker(seed, 0.06) for seed in (511, 512, 513)]
    sweep = strokes("....o.......o...", 2, 4)
    desk.drum(brushes, sweep, Strip(-23.0, 0.3, room=0.3), loose=0.008)
    buoy = line("-:10 G5:6 | -:16 | -:16 | -:10 G5:6 | -:16 | -:10 G5:6 |")
    desk.play(bell, buoy, Strip(-27.0, 0.6, room=0.9))
    desk.put(waves(29.0, 515, 7.1), 0, Strip(-20.0))
    return desk.mixdown(peak=-5.5, drive=-4.0, beat=6, decay=2.8)


def wheelhouse_radio() -> Mix:
    """Return "Wheelhouse Radio": the opener's hook once more, through a small set."""
    desk = Desk(Clock(3.2), 16.0, seed=606)
    tune = "".join(HOOK[:3]) + "E5:4 F#5:4 D5:8 |"
    desk.play(toll, line(tune), Strip(-9.0, room=0.15), loose=0.02)
    under = """
        G3+D4:8 B3+F#4:8 | F#3+D4:8 A3+E4:8 | F#3+B3:8 A3+D4:8 | A3+E4:8 D3+A3+D4:8 |
    """
    desk.play(toll, line(under), Strip(-13.0, room=0.15), loose=0.02, strum=0.03)
    time = seconds(16.0)
    hiss = highpass(lowpass(noise(611, len(time)), 2600.0), 500.0)
    sparks = noise(612, len(time))
    crackle = lowpass(soften(3.0 * (abs(sparks) > 0.9997) * sparks), 5000.0)
    fading = 0.75 + 0.25 * sine(time / 5.3)
    desk.put(0.05 * hiss * fading + 0.35 * crackle, 0, Strip(-4.0))
    return desk.mixdown(peak=-6.0, drive=2.0, beat=8, decay=0.9, radio=True)
