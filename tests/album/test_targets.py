"""The read-back: what reached the disk wrong is never called done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from album import cd, onefile
from delivery.findings import Failure

WHOLE = '[sequence]\norder = ["a", "b"]\n'
CODES = 'ean = "5012345678900"\ncatalogue = "TWR012"\ngenre = "Rock"\n'


def flip(path: Path, place: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 0x01
    path.write_bytes(content)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, music: Any, make: Any) -> Path:
    """Return a short album that has been delivered once."""
    import soundfile

    folder = tmp_path_factory.mktemp("pair")
    (folder / "mixes").mkdir()
    text = '[album]\nartist = "Nora Vale"\ntitle = "Night Ferry"\n' + CODES + WHOLE
    for number, name in enumerate("ab", 1):
        soundfile.write(folder / f"mixes/{name}.wav", music(4.2, seed=number), 44_100)
        text += f'[song.{name}]\ntitle = "Song {name}"\nmix = "mixes/{name}.wav"\n'
        text += f'isrc = "GBXYZ260000{number}"\nfade_in = "1s"\n'
    (folder / "album.toml").write_text(text, encoding="utf-8")
    make(folder / "album.toml")
    return folder / "album.toml"


def fails(pair: Path, make: Any, hashes: Any, target: str) -> set[str]:
    """Build, which must fail and leave what was there; return the findings' rules."""
    before = hashes(pair.parent)
    with pytest.raises(Failure) as failure:
        make(pair, [target])
    assert hashes(pair.parent) == before
    assert not list(pair.parent.glob(".*"))
    return {each.rule for each in failure.value.findings if each.severity == "error"}


@pytest.mark.parametrize("place", [0.0, 0.31, 0.77, 0.98])
@pytest.mark.parametrize(
    "name", ["DDPID", "DDPMS", "PQDESCR", "CDTEXT.BIN", "IMAGE.DAT", "CHECKSUM.MD5"]
)
def test_a_byte_of_the_ddp_that_reached_the_disk_wrong_fails_the_build(
    pair: Path,
    make: Any,
    hashes: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    place: float,
) -> None:
    write = cd.disc.write

    def faulty(program: Any, folders: Any, recorded: Any) -> Any:
        said = write(program, folders, recorded)
        flip(folders.ddp / name, place)
        return said

    monkeypatch.setattr(cd.disc, "write", faulty)
    assert fails(pair, make, hashes, "cd")


SHEETS = {
    "cue": ["TRACK 02", "INDEX 01 00:00", "GBXYZ2600002", "Song a", "5012345678900",
            "FILE", "Night"],
    "toc": ["CD_DA", "TRACK AUDIO", "GBXYZ2600002", "Song a", "5012345678900",
            "FILE", "Night"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "word"), [(kind, word) for kind, words in SHEETS.items() for word in words]
)
def test_a_letter_of_a_sheet_that_reached_the_disk_wrong_fails_the_build(
    pair: Path,
    make: Any,
    hashes: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    word: str,
) -> None:
    write = cd.disc.write

    def faulty(program: Any, folders: Any, recorded: Any) -> Any:
        said = write(program, folders, recorded)
        path = folders.cd / f"{program.name}.{kind}"
        text = path.read_bytes()
        assert word.encode() in text
        at = text.index(word.encode()) + len(word) - 1
        path.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        return said

    monkeypatch.setattr(cd.disc, "write", faulty)
    assert fails(pair, make, hashes, "cd")


@pytest.mark.parametrize("kind", ["cue", "toc", "DDPMS", "IMAGE.DAT"])
@pytest.mark.parametrize("left", [0, 100])
def test_a_file_of_the_disc_that_was_cut_off_fails_the_build(
    pair: Path,
    make: Any,
    hashes: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    left: int,
) -> None:
    write = cd.disc.write

    def faulty(program: Any, folders: Any, recorded: Any) -> Any:
        said = write(program, folders, recorded)
        sheet = folders.cd / f"{program.name}.{kind}"
        path = sheet if kind.islower() else folders.ddp / kind
        path.write_bytes(path.read_bytes()[:left])
        return said

    monkeypatch.setattr(cd.disc, "write", faulty)
    assert fails(pair, make, hashes, "cd")


@pytest.mark.parametrize("place", [0.0001, 0.5, 1.0])
def test_a_sample_of_the_wav_that_reached_the_disk_wrong_fails_the_build(
    pair: Path,
    make: Any,
    hashes: Any,
    monkeypatch: pytest.MonkeyPatch,
    place: float,
) -> None:
    record = cd.disc.record

    def faulty(blocks: Any, length: int, name: str, folders: Any, jobs: int) -> Any:
        recorded = record(blocks, length, name, folders, jobs)
        flip(folders.cd / f"{name}.wav", place)
        return recorded

    monkeypatch.setattr(cd.disc, "record", faulty)
    # the sheets name it; the image of the DDP is another file, and good
    assert fails(pair, make, hashes, "cd") == {"DDP-ROUND"}


def _swapped(path: Path) -> None:
    """Put another song's audio where this one's was, tags and all."""
    others = [each for each in path.parent.glob(f"*{path.suffix}") if each != path]
    path.write_bytes(others[0].read_bytes() if others else b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def _flipped(path: Path) -> None:
    flip(path, 0.5)


def _retitled(path: Path) -> None:
    content = path.read_bytes()
    assert b"Song " in content
    path.write_bytes(content.replace(b"Song ", b"Sung ", 1))


DAMAGE: dict[str, Callable[[Path], None]] = {
    "swapped": _swapped, "cut": _cut, "flipped": _flipped, "retitled": _retitled,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["flac", "mp3"])
@pytest.mark.parametrize("damage", [*DAMAGE])
def test_a_streaming_file_that_reached_the_disk_wrong_fails_the_build(
    pair: Path,
    make: Any,
    hashes: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    damage: str,
) -> None:
    if (kind, damage) == ("mp3", "flipped"):
        pytest.skip("one bit of an MP3 may change nothing that is heard")
    write = onefile.files.write_piece

    def faulty(of: str, path: Path, *rest: Any, **more: Any) -> Any:
        written = write(of, path, *rest, **more)
        if path.suffix == f".{kind}":
            DAMAGE[damage](path)
        return written

    monkeypatch.setattr(onefile.files, "write_piece", faulty)
    assert fails(pair, make, hashes, "streaming")
