"""The audit of a disc's audio: planted faults are found, sound discs left alone."""

from functools import cache

import numpy as np
import pytest

from delivery import ddp_read
from delivery.audit import AUDIT, audit, heard, listeners
from delivery.catalogue import entries
from delivery.findings import Finding
from delivery.image import read_image
from tests.delivery.discs import FRAME, RATE, disc, fade, layout, music, silence, whole

GAP = 2.0
FIRST = 150


@cache
def songs() -> tuple[np.ndarray, ...]:
    return tuple(fade(music(6 + seed, seed)) for seed in range(3))


def album(gap: float = GAP) -> tuple[np.ndarray, list[int]]:
    """Return three songs with silence between, and their marks."""
    parts, starts, at = [], [], 0
    for song in songs():
        starts.append(FIRST + at // FRAME)
        part = whole(np.concatenate((song, silence(gap))))
        parts.append(part)
        at += len(part)
    return np.concatenate(parts), starts


def judged(sound: np.ndarray, starts: list[int], head=None, **pauses) -> list[Finding]:
    reading = ddp_read.read(disc(layout(starts, len(sound), **pauses), sound, head))
    assert reading.whole
    ears = listeners(reading)
    read_image(reading, lambda _: None, ears)
    found = heard(reading, ears)
    assert found is not None
    return list(audit(found))


def rules(findings: list[Finding]) -> set[str]:
    return {each.rule for each in findings}


def one(findings: list[Finding], rule: str) -> Finding:
    (found,) = [each for each in findings if each.rule == rule]
    return found


def test_a_sound_disc_is_left_alone() -> None:
    assert judged(*album()) == []


def test_every_rule_has_its_page_and_its_row() -> None:
    assert {row.id for row in AUDIT} <= set(entries())


@pytest.mark.parametrize("late", [1, 2, 8, 20, 75, 140])
def test_a_mark_that_comes_late_is_found(late: int) -> None:
    sound, starts = album()
    starts[1] += late
    found = one(judged(sound, starts), "DDP-IDX-CUT")
    assert found.place.track == 2
    assert found.measured == pytest.approx(late / 75, abs=0.03)


@pytest.mark.parametrize("early", [1, 15, 75])
def test_a_mark_before_the_music_is_in_order(early: int) -> None:
    sound, starts = album()
    starts[1] -= early
    assert judged(sound, starts) == []


def test_a_song_that_is_cut_into_is_found() -> None:
    sound, starts = album()
    at = (starts[1] - FIRST) * FRAME
    hit = at + RATE + int(np.abs(sound[at + RATE : at + RATE + 2000, 0]).argmax())
    moved = sound.copy()
    moved[at : len(sound) - (hit - at)] = sound[hit:]
    moved[(starts[2] - FIRST) * FRAME :] = sound[(starts[2] - FIRST) * FRAME :]
    moved[(starts[2] - FIRST - 100) * FRAME : (starts[2] - FIRST) * FRAME] = 0
    found = one(judged(moved, starts), "DDP-IDX-CUT")
    assert (found.place.track, "middle of a wave" in found.message) == (2, True)


def test_the_tail_of_the_song_before_is_found() -> None:
    sound, starts = album()
    end = (starts[0] - FIRST) * FRAME + len(songs()[0])
    starts[1] = FIRST + end // FRAME - 20
    found = one(judged(sound, starts), "DDP-IDX-CUT")
    assert (found.place.track, "song before" in found.message) == (2, True)


@pytest.mark.parametrize("seed", range(4))
def test_continuous_albums_are_left_alone(seed: int) -> None:
    live = fade(music(24, seed + 10))
    rng = np.random.default_rng(seed)
    starts = [FIRST, *sorted(FIRST + rng.integers(350, 1400, 2) + [0, 300])]
    assert judged(whole(live), [int(each) for each in starts]) == []


def test_crossfades_are_left_alone() -> None:
    one_song, other = music(10, 31), music(10, 32)
    ramp = np.linspace(0, 1, 2 * RATE)[:, None]
    over = one_song[-2 * RATE :] * (1 - ramp) + other[: 2 * RATE] * ramp
    sound = np.concatenate((one_song[: -2 * RATE], np.round(over).astype("<i2"),
                            other[2 * RATE :]))  # fmt: skip
    for mark in (8, 9, 10):
        assert judged(whole(fade(sound)), [FIRST, FIRST + mark * 75]) == []


def test_a_low_hiss_between_songs_is_left_alone() -> None:
    sound, starts = album()
    rng = np.random.default_rng(5)
    hissing = sound + rng.integers(-3, 4, sound.shape)
    hissing = hissing.astype("<i2")
    assert judged(hissing, starts) == []


def test_sound_in_the_head_is_found() -> None:
    sound, starts = album()
    head = np.zeros((FIRST * FRAME, 2), "<i2")
    head[FRAME * 40 + 7, 1] = 3
    reading = ddp_read.read(disc(layout(starts, len(sound)), sound, head.tobytes()))
    found = one(list(reading.findings), "RB-START")
    assert (found.measured, found.place.at) == (-80.8, "00:00:40")


def test_a_noise_in_a_pause_is_found() -> None:
    sound, starts = album()
    pause = starts[1] - 140
    assert judged(sound, starts, p2=pause) == []
    at = (starts[1] - FIRST - 70) * FRAME
    sound[at : at + 900] = music(0.1, 3)[:900]
    found = one(judged(sound, starts, p2=pause), "RB-PAUSE")
    assert (found.severity, found.place.track) == ("warning", 2)


def test_a_song_that_rings_into_a_pause_is_a_note() -> None:
    sound, starts = album()
    end = FIRST + len(songs()[0]) // FRAME
    assert one(judged(sound, starts, p2=end - 10), "RB-PAUSE").severity == "note"


def test_a_cut_end_is_found() -> None:
    sound, starts = album()
    at = (starts[2] - FIRST) * FRAME + 3 * RATE
    peak = at + int(np.abs(sound[at : at + 2000, 0]).argmax())
    shift = -(peak + 1) % FRAME
    moved = np.concatenate((sound[: at - RATE], np.zeros((0, 2), "<i2"),
                            sound[at - RATE - shift : peak + 1]))  # fmt: skip
    assert len(moved) % FRAME == 0
    assert one(judged(moved, starts), "SRC-CUTEND").place.track == 3


def test_a_click_where_tracks_meet_is_found() -> None:
    at = np.arange(RATE * 12) / RATE
    hum = np.round(9000 * np.sin(2 * np.pi * 120 * at)).astype("<i2")
    sound = np.stack((hum, np.roll(hum, 40)), axis=1)
    mark = 400 * FRAME
    broken = np.concatenate((sound[:mark], sound[mark + 110 : -110 - 30 * FRAME]))
    sound, broken = (
        whole(fade(sound)),
        whole(fade(broken[: len(broken) // FRAME * FRAME])),
    )
    assert "SEQ-CLICK" not in rules(judged(sound, [FIRST, FIRST + 400]))
    assert one(judged(broken, [FIRST, FIRST + 400]), "SEQ-CLICK").place.track == 2


def test_clipping_is_found_and_told_from_loudness() -> None:
    sound, starts = album()
    louder = np.clip(sound.astype(np.int32) * 4, -32768, 32767).astype("<i2")
    assert "SRC-CLIP" in rules(judged(louder, starts))
    lowered = np.round(louder * 0.7).astype("<i2")
    assert "SRC-CLIP" in rules(judged(lowered, starts))


def test_a_dead_channel_an_offset_and_mono_are_found() -> None:
    sound, starts = album()
    part = slice((starts[1] - FIRST) * FRAME, (starts[2] - FIRST) * FRAME)
    dead, off, mono = sound.copy(), sound.copy(), sound.copy()
    dead[part, 1] = 0
    off[part] += 100
    mono[part, 1] = mono[part, 0]
    assert one(judged(dead, starts), "SRC-MONO1").place.track == 2
    assert one(judged(off, starts), "SRC-DC").place.track == 2
    assert one(judged(mono, starts), "SRC-DUALMONO").place.track == 2
    turned = sound.copy()
    turned[part, 1] = -turned[part, 0]
    assert one(judged(turned, starts), "SRC-POLARITY").place.track == 2


@pytest.mark.parametrize("length", [16, 90, 588, 2000, 20_000])
@pytest.mark.parametrize("channels", [slice(None), slice(1, 2)])
def test_a_drop_out_is_found(length: int, channels: slice) -> None:
    sound, starts = album()
    at = (starts[2] - FIRST) * FRAME + 2 * RATE + 111
    at += int(np.abs(sound[at : at + 500, 1]).argmax())
    sound[at : at + length, channels] = 0
    found = one(judged(sound, starts), "SRC-DROPOUT")
    assert found.place.track == 3
    assert found.measured == pytest.approx(length, abs=3)


@pytest.mark.parametrize("bits", [8, 12, 14, 15])
def test_fewer_bits_are_found(bits: int) -> None:
    sound, starts = album()
    coarse = sound >> (16 - bits) << (16 - bits)
    found = [each for each in judged(coarse, starts) if each.rule == "SRC-BITS"]
    assert {each.measured for each in found} == {bits}
    scaled = np.round((sound >> (16 - bits)) * (2.0 ** (16 - bits) * 0.93))
    found = [
        each for each in judged(scaled.astype("<i2"), starts) if each.rule == "SRC-BITS"
    ]
    assert bool(found) == (bits < 15)


@pytest.mark.parametrize("distance", [FRAME * 300, 99_991])
def test_what_is_there_twice_is_found(distance: int) -> None:
    sound, starts = album()
    at = (starts[2] - FIRST) * FRAME + RATE
    sound[at + distance : at + distance + 2 * RATE] = sound[at : at + 2 * RATE]
    found = one(judged(sound, starts), "SRC-REPEAT")
    assert found.place.track == 3
    assert found.measured == pytest.approx(2.0, abs=0.4)


def test_a_track_that_is_there_twice_is_found() -> None:
    song = whole(np.concatenate((songs()[0], silence(2))))
    sound = np.concatenate((song, song))
    found = one(judged(sound, [FIRST, FIRST + len(song) // FRAME]), "SRC-REPEAT")
    assert found.place.track == 2
    assert "track 1" in found.message


def test_tones_do_not_repeat() -> None:
    at = np.arange(RATE * 20) / RATE
    tone = np.round(8000 * np.sin(2 * np.pi * 441 * at)).astype("<i2")
    sound = whole(np.stack((tone, tone), axis=1))
    assert rules(judged(sound, [FIRST, FIRST + 500])) <= {"SRC-DUALMONO"}


def test_a_shelf_is_found() -> None:
    from scipy.signal import firwin, oaconvolve

    rng = np.random.default_rng(3)
    noise = rng.normal(size=(RATE * 8, 2)) * 3000
    low = oaconvolve(noise, firwin(801, 16_000, fs=RATE)[:, None], mode="same", axes=0)
    kept = oaconvolve(noise, firwin(801, 21_000, fs=RATE)[:, None], mode="same", axes=0)
    shelf = whole(fade(np.round(low + rng.normal(size=low.shape)).astype("<i2")))
    full = whole(fade(np.round(kept).astype("<i2")))
    assert one(judged(shelf, [FIRST]), "SRC-LOSSY").measured == pytest.approx(
        16_000, 0.03
    )
    assert "SRC-LOSSY" not in rules(judged(full, [FIRST]))
