"""The files that settings of processors name."""

from album.chain import read_line
from album.namedfiles import named_files


def processor(line, folder):
    return read_line(line, folder).stage.processor


def test_references_prints_and_plug_ins_name_files(tmp_path):
    for name in ("a.flac", "b.flac", "print.wav", "one.vst3"):
        (tmp_path / name).write_text(name)
    both = processor("match 50% references '*.flac'", tmp_path)
    assert named_files(both) == [tmp_path / "a.flac", tmp_path / "b.flac"]
    for line in ("insert 'print.wav'", "plugin 'one.vst3'"):
        assert [each.name for each in named_files(processor(line, tmp_path))] == [
            line.split("'")[1]
        ]
    assert named_files(processor("gain 1dB", tmp_path)) == []
    assert named_files(None) == []


def test_of_a_folder_all_files_are_named_once(tmp_path):
    top = tmp_path / "x.vst3"
    (top / "Contents/Linux").mkdir(parents=True)
    (top / "Contents/Linux/x.so").write_text("code")
    (top / "Contents/about.json").write_text("{}")
    (top / "Contents/self").symlink_to(".", target_is_directory=True)
    found = named_files(processor("plugin 'x.vst3'", tmp_path))
    assert [each.relative_to(top / "Contents").as_posix() for each in found] == [
        "Linux/x.so",
        "about.json",
    ]
