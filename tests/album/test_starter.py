import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC

from album.projectfile import read
from album.starter import propose
from album.titles import taken_apart
from delivery.findings import Refusal


def bounce(path, **tags):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((4410, 2)), 44100, subtype="PCM_16")
    if tags:
        file = FLAC(path)
        file.update(tags)
        file.save()


@pytest.mark.parametrize(
    ("stem", "number", "title"),
    [
        ("01 Low Tide v3", 1, "Low Tide"),
        ("02 - Glass_FINAL", 2, "Glass"),
        ("3. Harbour (mix 2)", 3, "Harbour"),
        ("04_Harbour reprise_24bit_48k", 4, "Harbour reprise"),
        ("Last Boat master v5 FINAL", None, "Last Boat"),
        ("99 Luftballons", 99, "Luftballons"),
        ("1999", None, "1999"),
        ("final", None, "final"),
        ("Remix", None, "Remix"),
    ],
)
def test_titles_are_taken_out_of_file_names(stem, number, title):
    name = taken_apart(stem)
    assert (name.number, name.title) == (number, title)


def filled(tmp_path, proposal):
    text = proposal.text.replace('artist = ""', 'artist = "A"', 1)
    text = text.replace('\ntitle = ""', '\ntitle = "T"', 1)
    path = tmp_path / "album.toml"
    path.write_text(text, encoding="utf-8")
    return read(path)[0]


def test_a_folder_of_untagged_mixes_round_trips(tmp_path):
    for name in ("10 Ten.wav", "2 Two v3.wav", '1 "One" \\ ünï.wav'):
        bounce(tmp_path / name)
    proposal = propose(tmp_path)
    album = filled(tmp_path, proposal)
    assert [song.title for song in album.songs.values()] == [
        '"One" \\ ünï',
        "Two",
        "Ten",
    ]
    assert album.songs["two"].mix == tmp_path / "2 Two v3.wav"
    assert [row[5] for row in proposal.rows[1:]] == ["the file's name"] * 3
    assert len(proposal.guesses) == 4


def test_an_empty_artist_and_title_are_errors_to_fill_in(tmp_path):
    bounce(tmp_path / "Song.wav")
    path = tmp_path / "album.toml"
    path.write_text(propose(tmp_path).text, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        read(path)
    said = [(each.rule, each.message) for each in refusal.value.findings]
    assert said == [
        ("KEY-MISSING", "artist is empty"),
        ("KEY-MISSING", "title is empty"),
    ]


def test_tags_are_believed_before_names(tmp_path):
    common = {"artist": "Nora Vale", "album": "Night Ferry", "date": "2026-10-03"}
    bounce(
        tmp_path / "mixes/a.flac",
        title="Glass",
        tracknumber="2/2",
        isrc="GB-XYZ-26-00002",
        **common,
    )
    bounce(tmp_path / "mixes/b.flac", title='Low\n"Tide"', tracknumber="1", **common)
    proposal = propose(tmp_path)
    path = tmp_path / "album.toml"
    path.write_text(proposal.text, encoding="utf-8")
    album, findings = read(path)
    assert not findings
    assert (album.meta.artist, album.meta.title) == ("Nora Vale", "Night Ferry")
    assert album.meta.date == "2026-10-03"
    assert [song.title for song in album.songs.values()] == ['Low "Tide"', "Glass"]
    assert album.songs["glass"].isrc == "GBXYZ2600002"


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no audio files"):
        propose(tmp_path)
    (tmp_path / "x.wav").write_bytes(b"no audio")
    with pytest.raises(Refusal, match="cannot read"):
        propose(tmp_path)
