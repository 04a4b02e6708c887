import hashlib
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import pressing
from delivery.fileset import Folder
from delivery.pressing import Pressed, Recorded, Run
from delivery.sound import Sound, Stretch, silence

LENGTH = 300_000
HEAD = 2 * 44_100
WAV, IMAGE = "a.wav", "IMAGE.DAT"


def music(length: int = LENGTH) -> Any:
    return np.random.default_rng(1).integers(-(2**15), 2**15, (length, 2), np.int16)


def record(folder: Path, size: int = 7_526, jobs: int = 1) -> Recorded:
    sound = music()
    blocks = [sound[at : at + size] for at in range(0, LENGTH, size)]
    return pressing.record(blocks, LENGTH, folder / WAV, folder / IMAGE, jobs)


def runs(folder: Path) -> tuple[Run, Run]:
    files = Folder(folder, deep=False)
    return (
        Run(files=files, name=WAV, offset=44, length=LENGTH),
        Run(files=files, name=IMAGE, offset=0, length=HEAD + LENGTH),
    )


def back(folder: Path, recorded: Recorded, jobs: int = 1) -> Pressed:
    return pressing.read_back(*runs(folder), recorded, lambda _: None, jobs)


def sums(folder: Path) -> tuple[str, str, str]:
    wav, image = (folder / name for name in (WAV, IMAGE))
    return (
        hashlib.sha256(wav.read_bytes()).hexdigest(),
        hashlib.sha256(image.read_bytes()).hexdigest(),
        hashlib.md5(image.read_bytes()).hexdigest(),
    )


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("size", [1_000, 7_526, LENGTH])
def test_both_files_hold_the_samples_and_are_read_back(
    tmp_path: Path, jobs: int, size: int
) -> None:
    recorded = record(tmp_path, size, jobs)
    wav, image = ((tmp_path / name).read_bytes() for name in (WAV, IMAGE))
    assert wav[44:] == music().tobytes()
    assert image == bytes(4 * HEAD) + music().tobytes()
    found = back(tmp_path, recorded, jobs)
    assert (found.wav_sha256, found.image_sha256, found.image_md5) == sums(tmp_path)
    assert found.wav_sha256 == recorded.wav_sha256
    assert found.image_md5 == recorded.image_md5


@hypothesis.settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from([WAV, IMAGE]),
    place=st.floats(0.0, 1.0),
    change=st.sampled_from(["flip", "cut", "longer"]),
    jobs=st.sampled_from([1, 2]),
)
def test_any_fault_of_a_file_is_found_and_told_of_that_file_alone(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    place: float,
    change: str,
    jobs: int,
) -> None:
    folder = tmp_path_factory.mktemp("disc")
    recorded = record(folder)
    content = bytearray((folder / name).read_bytes())
    at = min(int(place * len(content)), len(content) - 1)
    if change == "flip":
        content[at] ^= 1
    elif change == "cut":
        del content[at:]
    else:
        content += bytes(at % 9 + 1)
    (folder / name).write_bytes(content)
    found = back(folder, recorded, jobs)
    assert (found.wav_sha256, found.image_sha256, found.image_md5) == sums(folder)
    assert (found.wav_sha256 == recorded.wav_sha256) == (name == IMAGE)
    assert (found.image_md5 == recorded.image_md5) == (name == WAV)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("more", [-1, 1])
def test_another_number_of_samples_is_refused(
    tmp_path: Path, jobs: int, more: int
) -> None:
    with pytest.raises(ValueError, match="samples"):
        pressing.record(
            [music()], LENGTH + more, tmp_path / WAV, tmp_path / IMAGE, jobs
        )


def test_stretches_that_follow_each_other_in_a_file_are_one_run() -> None:
    files = Folder(Path("x"))
    one = Stretch(length=10, files=files, name=WAV, offset=44)
    two = Stretch(length=5, files=files, name=WAV, offset=84)
    run = pressing.run_of(Sound(stretches=(one, two)))
    assert run == Run(files=files, name=WAV, offset=44, length=15)
    for other in (
        Sound(),
        silence(10),
        Sound(stretches=(two, one)),
        Sound(stretches=(one,)) + silence(5),
        Sound(stretches=(Stretch(length=10, files=files, name=WAV, coding="big"),)),
    ):
        assert pressing.run_of(other) is None
