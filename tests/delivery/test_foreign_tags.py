"""Other people's readers say of our files what we wrote into them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.wave import WAVE

from delivery import broadcastwav, libav, tags, wav
from delivery.bext import Bext, BextError, coding_history
from delivery.cover import Cover
from delivery.ixml import Ixml
from dsp.figures import figures
from dsp.meter import Meter
from tests.delivery import codings as codecs

TAGS = tags.Tagging(
    title="Glass & “Steel” <1>",
    version="Live",
    artist="Nora Vålé",
    album_artist="Nora Vålé",
    album="Night Ferry EP",
    track=2,
    tracks=5,
    disc=1,
    discs=2,
    date="2026-10-03",
    genre="Rock",
    label="Tideway Records",
    catalogue="TWR012",
    ean="5012345678900",
    isrc="GBXYZ2600002",
    c_line="2026 Nora Vale",
    p_line="2026 Tideway Records",
    composer="N. Vale",
    credits={"producer": "I. Marsh"},
    levels={
        "REPLAYGAIN_TRACK_GAIN": "-3.49 dB",
        "REPLAYGAIN_TRACK_PEAK": "0.911612",
        "REPLAYGAIN_ALBUM_GAIN": "-4.00 dB",
        "REPLAYGAIN_ALBUM_PEAK": "1.011612",
    },
)
COVER = Cover(
    image=b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x02\x00\x03\x03" + bytes(9_001),
    mime="image/jpeg",
    width=3,
    height=2,
    depth=24,
)
RATE = 48_000
KINDS = tuple(tags.CONTAINERS)


def made(folder: Path, kind: str) -> Path:
    path = folder / f"a.{tags.CONTAINERS[kind].suffix}"
    tone = 0.3 * np.sin(np.arange(RATE)[:, None] * 0.05 * np.ones(2))
    whole = np.round(tone * (1 << 23)).astype(np.int32)
    match path.suffix:
        case ".flac":
            codecs.encode_flac(path, RATE, [whole])
        case ".mp3":
            codecs.encode_mp3(path, RATE, [tone])
        case ".m4a":
            libav.encode_aac(path, RATE, [tone], 256, 2)
        case ".opus":
            libav.encode_opus(path, [tone], 128, 2)
        case ".wav":
            wav.write(path, RATE, 24, [whole], len(whole))
        case ".ogg":
            soundfile.write(path, tone, RATE, format="OGG", subtype="VORBIS")
        case _:
            soundfile.write(path, tone, RATE, subtype="PCM_24")
    return path


def probed(path: Path) -> dict[str, Any]:
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    shown = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-show_format",
            "-show_streams",
            "-of",
            "json",
            path,
        ],
        capture_output=True,
        check=True,
    )
    assert not shown.stderr
    document = json.loads(shown.stdout)
    found = {**document["format"].get("tags", {})}
    for stream in document["streams"]:
        found.update(stream.get("tags", {}))
    return {key.lower(): text for key, text in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_ffprobe_agrees(tmp_path: Path, kind: str) -> None:
    path = made(tmp_path, kind)
    tags.write_tags(path, kind, TAGS)
    found = probed(path)
    assert found["title"] == TAGS.title
    assert found["artist"] == TAGS.artist
    assert found["album"] == TAGS.album
    assert found["track"].split("/")[0] == "2"
    assert found["date"].startswith("2026")
    assert found["genre"] == "Rock"
    if kind.startswith("wav"):
        return  # this reader knows of no ID3 in a WAV
    isrc = {"mp3": "tsrc", "aiff": "tsrc"}
    assert found[isrc.get(kind.partition("-")[0], "isrc")] == TAGS.isrc
    assert found["replaygain_track_gain"] == "-3.49 dB"
    assert found["replaygain_album_peak"] == "1.011612"


@pytest.mark.parametrize("kind", KINDS)
def test_tinytag_agrees(tmp_path: Path, kind: str) -> None:
    tinytag = pytest.importorskip("tinytag", reason="tinytag is not installed")
    path = made(tmp_path, kind)
    tags.write_tags(path, kind, TAGS)
    found = tinytag.TinyTag.get(path)
    assert (found.title, found.artist, found.album) == (
        TAGS.title,
        TAGS.artist,
        TAGS.album,
    )
    assert found.track == 2
    assert str(found.year).startswith("2026")
    if kind == "wav-info":
        return
    assert (found.track_total, found.disc, found.disc_total) == (5, 1, 2)
    assert found.albumartist == TAGS.album_artist


def test_mutagen_finds_the_id3_of_a_wav(tmp_path: Path) -> None:
    path = made(tmp_path, "wav")
    tags.write_tags(path, "wav", TAGS, COVER)
    found = WAVE(path).tags
    assert str(found["TSRC"]) == TAGS.isrc
    assert found.getall("APIC")[0].data == COVER.image


def test_opusinfo_agrees(tmp_path: Path) -> None:
    if not shutil.which("opusinfo"):
        pytest.skip("opusinfo is not installed")
    path = made(tmp_path, "opus")
    tags.write_tags(
        path, "opus", tags.Tagging(title="Glass", levels={"R128_TRACK_GAIN": "-2200"})
    )
    said = subprocess.run(["opusinfo", path], capture_output=True, check=True)
    text = said.stdout.decode()
    assert "R128_TRACK_GAIN=-2200" in text
    assert "TITLE=Glass" in text
    assert "Glassmaster" in text
    assert "WARNING" not in text + said.stderr.decode()


def test_version_3_is_version_3(tmp_path: Path) -> None:
    path = made(tmp_path, "mp3")
    tags.write_tags(path, "mp3-id3v2.3", TAGS)
    assert path.read_bytes()[:5] == b"ID3\x03\0"
    found = ID3(path, translate=False)
    assert {"TYER", "TDAT", "IPLS"} <= set(found)
    assert not {"TDRC", "TIPL", "TPRO"} & set(found)
    assert str(found["TYER"]), str(found["TDAT"]) == ("2026", "0310")
    monthly = tags.Tagging(title="Glass", date="2026-10")
    tags.write_tags(path, "mp3-id3v2.3", monthly)
    assert tags.read_tags(path) == monthly


def test_nothing_follows_the_audio_of_a_wav(tmp_path: Path) -> None:
    path = made(tmp_path, "wav")
    bare = path.read_bytes()
    audio = bare[44:]
    tags.write_tags(path, "wav", TAGS, COVER)
    whole = path.read_bytes()
    assert whole.endswith(audio)
    form = whole.index(b"fmt ")
    assert whole[form + 8 : form + 10] == b"\x01\0"  # plain PCM, as Spotify wants
    assert whole.index(b"LIST") < whole.index(b"id3 ") < whole.index(b"data")
    assert int.from_bytes(whole[4:8], "little") == len(whole) - 8
    tags.write_tags(path, "wav", TAGS, None, "none")
    assert path.read_bytes() == bare


def test_a_broadcast_wav_is_understood(tmp_path: Path) -> None:
    path = made(tmp_path, "wav")
    audio = path.read_bytes()[44:]
    bext = Bext(
        description="Glass",
        originator="Glassmaster",
        originator_reference="GBXYZ2600002",
        origination_date="2026-10-03",
        time_reference=48_000 * 3600,
        loudness=-23.004,
        loudness_range=7.125,
        true_peak=-1.006,
        momentary=-18.5,
        history=coding_history([("PCM", RATE, 24, 2, "Glassmaster")]),
    )
    ixml = Ixml(project="Night Ferry <EP> & more", scene="Glass", take="2", rate=RATE)
    tags.write_broadcast(path, TAGS, tags.Broadcast(bext=bext, ixml=ixml))
    whole = path.read_bytes()
    assert whole.endswith(audio)
    assert whole[12:16] == b"bext"
    found = probed(path)
    assert found["comment"] == "Glass"
    assert found["encoded_by"] == "Glassmaster"
    assert found["originator_reference"] == "GBXYZ2600002"
    assert found["date"] == "2026-10-03"
    assert found["time_reference"] == str(48_000 * 3600)
    assert (
        found["coding_history"].strip() == "A=PCM,F=48000,W=24,M=stereo,T=Glassmaster"
    )
    for key, value in (
        ("loudness_value", -23.0),
        ("loudness_range", 7.13),
        ("max_true_peak_level", -1.01),
        ("max_momentary_loudness", -18.5),
    ):
        if key in found:
            assert float(found[key].split()[0]) == pytest.approx(value)
    back = tags.read_broadcast(path)
    assert back.ixml == ixml
    assert back.bext is not None
    assert (back.bext.loudness, back.bext.true_peak) == (-23.0, -1.01)
    assert back.bext.short_term is None
    assert tags.read_tags(path) == tags.expected("wav-info", TAGS, None)[0]
    # other figures of the same size are written in place
    before = path.stat().st_ino
    tags.write_broadcast(path, TAGS, tags.Broadcast(bext=bext, ixml=ixml))
    assert path.stat().st_ino == before


def test_libsndfile_reads_the_bext(tmp_path: Path) -> None:
    path = made(tmp_path, "wav")
    tags.write_broadcast(path, tags.NOTHING, tags.Broadcast(bext=Bext(loudness=-23.0)))
    audio, rate = soundfile.read(path)
    assert (len(audio), rate) == (RATE, RATE)


def test_a_broadcast_file_says_what_was_measured(tmp_path: Path) -> None:
    path = made(tmp_path, "wav")
    audio, _ = soundfile.read(path)
    meter = Meter(RATE, 2)
    meter.feed(audio)
    measured = figures(meter.finish())
    chunks = broadcastwav.chunks(TAGS, measured, rate=RATE, bits=24, channels=2)
    tags.write_broadcast(path, TAGS, chunks)
    back = tags.read_broadcast(path)
    assert back.ixml == chunks.ixml
    assert back.ixml is not None
    assert back.ixml.artist == TAGS.artist
    assert back.bext is not None
    assert back.bext.description == "Nora V_l_: Glass & _Steel_ <1>"
    assert back.bext.origination_date == "2026-10-03"
    assert back.bext.history == "A=PCM,F=48000,W=24,M=stereo,T=Glassmaster\r\n"
    for told, meant in (
        (back.bext.loudness, measured.loudness.integrated),
        (back.bext.true_peak, measured.peaks.true),
        (back.bext.momentary, measured.loudness.max_momentary),
    ):
        assert told == pytest.approx(meant, abs=0.005 + 1e-9)
    assert back.bext.short_term is None  # one second holds no three
    silent = broadcastwav.chunks(TAGS, None, rate=RATE, bits=24, channels=2)
    assert silent.bext is not None
    assert silent.bext.loudness is None


@given(
    st.one_of(st.none(), st.integers(-10_000, 1_000).map(lambda each: each / 100)),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=256),
    st.integers(0, 2**64 - 1),
)
def test_a_bext_is_what_it_was(level: float | None, text: str, start: int) -> None:
    bext = Bext(
        description=text, loudness=level, short_term=level, time_reference=start
    )
    assert len(bext.pack()) == Bext.SIZE
    assert Bext.unpack(bext.pack() + b"\0\0") == bext


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"description": "x" * 257}, "description: 257 bytes, the field holds 256"),
        ({"originator": "Ø"}, "originator: 'Ø' is not ASCII"),
        ({"loudness": 400.0}, "loudness: 400.0 dB does not fit"),
        ({"time_reference": -1}, "time_reference: -1 does not fit"),
        ({"history": "A=PCM"}, "history: its last line"),
    ],
)
def test_a_bext_refuses_what_does_not_fit(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(BextError, match=re.escape(says)):
        Bext(**fields).pack()


def test_halves_go_away_from_zero() -> None:
    packed = Bext(loudness=-0.125, true_peak=0.125).pack()
    found = Bext.unpack(packed)
    assert (found.loudness, found.true_peak) == (-0.13, 0.13)
    with pytest.raises(BextError, match="601 bytes, the record has 602"):
        Bext.unpack(packed[:-1])
