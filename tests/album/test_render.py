"""The programme: samples exact where nothing is asked for, and the same every time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from album.prepare import prepare
from album.render import Programme, Settings, ordered

RATE = 44_100


def order(*items: str, **keys: str) -> str:
    listed = ", ".join(f'"{item}"' for item in items)
    written = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f"[sequence]\n{written}order = [{listed}]\n"


def song(name: str, *lines: str) -> str:
    head = f'[song.{name}]\ntitle = "{name}"\nmix = "mixes/{name}.wav"\n'
    return head + "".join(f"{line}\n" for line in lines)


def programme(path: Path, tmp_path: Path, **settings: int) -> Programme:
    staging = tmp_path / f"staging-{len(list(tmp_path.iterdir()))}"
    staging.mkdir()
    chosen = Settings(**{"jobs": 2, "block": 1 << 17, **settings})
    return Programme(prepare(path).discs[0].timeline, staging, chosen)


def cd_audio(folder: Path) -> NDArray[np.int16]:
    (path,) = (folder / "cd").glob("*.wav")
    audio: NDArray[np.int16] = soundfile.read(path, dtype="int16")[0]
    return audio


def test_a_mix_of_the_cds_own_format_arrives_bit_for_bit(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    mixes = {"a": music(4.5), "b": music(4.1, seed=2)}
    text = order("a", "gap 1s", "b") + song("a") + song("b")
    path = project(text, mixes)
    out = make(path, ["cd"]).out
    disc = cd_audio(out)
    for name, first in (("a", 8_820), ("b", 8_820 + round(5.5 * RATE))):
        mix = soundfile.read(path.parent / f"mixes/{name}.wav", dtype="int16")[0]
        assert np.array_equal(disc[first : first + len(mix)], mix)
        disc[first : first + len(mix)] = 0
    assert not disc.any()
    image = (out / "ddp" / "IMAGE.DAT").read_bytes()
    assert image[: 150 * 2352] == bytes(150 * 2352)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, music: Any) -> Path:
    """Return a project that uses all that the renderer can do."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / "mixes").mkdir()
    rates = {
        "dawn": 48_000,
        "a": RATE,
        "b": RATE,
        "c": 48_000,
        "d": RATE,
        "ghost": RATE,
    }
    for seed, (name, rate) in enumerate(rates.items(), 1):
        target = folder / "mixes" / f"{name}.wav"
        depth = "PCM_16" if name == "b" else "PCM_24"
        soundfile.write(target, music(5.6 + seed / 17, rate, seed), rate, subtype=depth)
    room = np.random.default_rng(9).normal(0, 1e-3, (30_000, 2))
    soundfile.write(folder / "mixes" / "room.wav", room, 48_000, subtype="PCM_24")
    text = (
        '[album]\nartist = "A"\ntitle = "T"\n'
        + order(
            "a", "segue", "b", "xfade 1.5s s-curve", "c", "gap 200ms",
            "roomtone 1.3s", "d", "gap 700ms", "+ghost",
            roomtone="mixes/room.wav", gap="1s",
        )
        + song("dawn", 'fade_in = "300ms"')
        + song("a", "gain_db = -1.3", 'start = "100ms"')
        + song("b")
        + song("c", 'fade_out = "2s exp"', 'end = "5.5s"')
        + song("d", 'index = ["2s"]', 'fade_in = "1s equal-power"')
        + song("ghost")
        + '[deliver.cd]\npregap = "dawn"\n[deliver.streaming]\nformats = ["flac"]\n'
    )  # fmt: skip
    (folder / "album.toml").write_text(text, encoding="utf-8")
    return folder / "album.toml"


@pytest.fixture(scope="module")
def reference(everything: Path, make: Any, hashes: Any) -> dict[str, str]:
    out = everything.parent / "reference"
    make(everything, out=out)
    found: dict[str, str] = hashes(out)
    return found


@pytest.mark.parametrize(
    ("block", "jobs"), [(1_000, 1), (4_095, 4), (1 << 18, 2), (1 << 17, 4)]
)
def test_neither_block_nor_jobs_change_a_byte_of_a_delivery(
    everything: Path,
    reference: dict[str, str],
    make: Any,
    hashes: Any,
    block: int,
    jobs: int,
) -> None:
    out = everything.parent / f"out-{block}-{jobs}"
    make(everything, out=out, block=block, jobs=jobs)
    assert hashes(out) == reference
    assert "manifest.json" in reference
    assert len(reference) >= 19


@pytest.mark.slow
def test_the_smallest_block_changes_no_byte_either(
    everything: Path, reference: dict[str, str], make: Any, hashes: Any
) -> None:
    out = everything.parent / "out-64"
    make(everything, ["cd"], out=out, block=64, jobs=1)
    disc = {
        name: one for name, one in hashes(out).items() if name[:3] in ("cd/", "ddp")
    }
    assert len(disc) == 11
    assert disc.items() <= reference.items()


def test_any_stretch_is_that_stretch_of_the_whole(
    everything: Path, tmp_path: Path
) -> None:
    made = programme(everything, tmp_path)
    whole = made.read(0, made.length)
    assert np.array_equal(np.concatenate(list(made.blocks())), whole)
    for start in np.random.default_rng(1).integers(0, made.length - 3_000, 60):
        assert np.array_equal(
            made.read(int(start), int(start) + 3_000), whole[start : start + 3_000]
        )
    made.close()


def test_a_segue_of_two_halves_of_a_file_is_the_file(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    whole = music(9.0)
    cut = 201_234
    mixes = {"one": whole[:cut], "two": whole[cut:], "whole": whole}
    path = project(order("one", "segue", "two") + song("one") + song("two"), mixes)
    disc = cd_audio(make(path, ["cd"]).out)
    mix = soundfile.read(path.parent / "mixes/whole.wav", dtype="int16")[0]
    assert np.array_equal(disc[8_820 : 8_820 + len(mix)], mix)


def test_gaps_are_digital_silence_on_the_cd_after_conversion_and_dither(
    everything: Path, reference: dict[str, str]
) -> None:
    disc = cd_audio(everything.parent / "reference")
    timeline = prepare(everything).discs[0].timeline
    assert timeline.rate == RATE
    parts = [*timeline.placements, *timeline.tones]
    heard = np.zeros(len(disc), dtype=bool)
    for part in parts:
        heard[part.first : part.first + part.length] = True
    assert not heard.all()
    assert not disc[~heard].any()


def test_gaps_of_a_48_khz_programme_stay_silent(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    mixes = {"a": music(4.1, 48_000), "b": music(4.1, 48_000, 2)}
    text = order("a", "gap 2s", "b") + song("a") + song("b")
    path = project(text, mixes, rate=48_000, subtype="PCM_24")
    disc = cd_audio(make(path, ["cd"]).out)
    first = 8_820 + round(4.1 * RATE)
    assert disc[first - 600 : first].any()
    assert not disc[first + 588 : first + 2 * RATE - 588].any()


def test_only_what_is_cut_in_depth_is_dithered(
    project: Callable[..., Path], make: Any, music: Any
) -> None:
    deep = np.zeros((5 * RATE, 2))
    deep[:, :] = 0.25 / 32_768  # a quarter of a step: without dither it is nothing
    text = order("a", "segue", "deep") + song("a") + song("deep")
    text += '[deliver.cd]\ndither = "flat"\n'
    path = project(text, {"a": music(4.5), "deep": deep})
    soundfile.write(path.parent / "mixes/deep.wav", deep, RATE, subtype="PCM_24")
    disc = cd_audio(make(path, ["cd"]).out)
    mix = soundfile.read(path.parent / "mixes/a.wav", dtype="int16")[0]
    assert np.array_equal(disc[8_820 : 8_820 + len(mix)], mix)
    after = disc[8_820 + len(mix) :][: len(deep)].astype(float)
    assert after.mean() == pytest.approx(0.25, abs=0.01)
    assert after.var() == pytest.approx(0.25, abs=0.01)  # LSB²/4
    assert abs(after).max() <= 1


def test_a_converted_song_stays_where_it_is(
    project: Callable[..., Path], make: Any, tmp_path: Path
) -> None:
    click = np.zeros((48_000 * 5, 2))
    click[48_000 * 2] = 0.5
    plain = np.zeros((RATE * 5, 2))
    plain[RATE] = 0.5
    text = order("a", "gap 1s", "b", lead="0s") + song("a") + song("b")
    rates = {"a": 48_000, "b": RATE}
    for rate_of_b in (RATE, 96_000):
        rates["b"] = rate_of_b
        sound = np.zeros((rate_of_b * 5, 2))
        sound[rate_of_b] = 0.5
        path = project(text, {"a": click, "b": sound}, rates=rates, subtype="PCM_24")
        disc = np.abs(cd_audio(make(path, ["cd"]).out)[:, 0].astype(int))
        assert int(disc[: 5 * RATE].argmax()) == 2 * RATE
        assert int(disc[5 * RATE :].argmax()) == 2 * RATE


def test_work_is_yielded_in_order_and_its_failure_is_raised() -> None:
    stretches = [(at, at + 1) for at in range(100)]
    for jobs in (1, 2, 8):
        assert list(ordered(lambda a, b: a, stretches, jobs)) == list(range(100))
        with pytest.raises(ZeroDivisionError):
            list(ordered(lambda a, b: 1 // (a - 50), stretches, jobs))


MEMORY = """
import sys
from pathlib import Path
import numpy as np, soundfile
from album.cli import main
folder = Path(sys.argv[1])
(folder / "mixes").mkdir()
text = '[album]\\nartist = "A"\\ntitle = "T"\\n[deliver.cd]\\n'
for number in range(3):
    name = folder / "mixes" / f"{number}.wav"
    with soundfile.SoundFile(name, "w", 96_000, 2, "PCM_24") as file:
        rng = np.random.default_rng(number)
        for _ in range(10):
            block = rng.integers(-(1 << 28), 1 << 28, (96_000, 2), dtype=np.int32)
            for _ in range(int(sys.argv[2])):
                file.write(block)
    text += f'[[song]]\\ntitle = "{number}"\\nmix = "mixes/{number}.wav"\\n'
(folder / "album.toml").write_text(text)
sys.argv = ["glassmaster", "build", str(folder), "-q", "-j", "4"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
# ru_maxrss would count what the process had before it became this one
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak")
def test_memory_does_not_grow_with_the_albums_length(tmp_path: Path) -> None:
    used = []
    for name, tens in (("short", 1), ("long", 6)):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", MEMORY, str(tmp_path / name), str(tens)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        used.append(int(done.stdout.split()[-1]))
    assert max(used) <= 300
    assert used[1] - used[0] <= 30
