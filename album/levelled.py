"""What players are told of levels: tags of what was delivered, by song and album.

The files of a form are one album, whatever discs they are on. Their levels are known
when the last has been decoded; the padding of their tags has room for them.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from album.work import HeardFile, Outcome, Task
from delivery import readback, tags
from delivery.proof import Proof
from delivery.replaygain import Heard, together
from delivery.replaygain import tags as level_tags


def tasks(files: Sequence[HeardFile]) -> list[Task]:
    """Return a task for every one of *files*, which are those of one target."""
    albums: dict[str, list[HeardFile]] = {}
    for each in files:
        albums.setdefault(each.written.form.name, []).append(each)
    made: list[Task] = []
    for alike in albums.values():
        album = together([each.level for each in alike])
        made += [partial(_told, each, album) for each in alike]
    return made


def _told(file: HeardFile, album: Heard | None) -> Outcome:
    """Write the levels of one file into it, and read its tags back."""
    written = file.written
    levels = level_tags(written.container, together([file.level]), album)
    before = written.path.stat().st_size
    tags.write_levels(written.path, written.container, levels)
    assert written.path.stat().st_size == before, "the audio stays where it is"
    tagging = replace(written.said.tagging, levels=levels)
    again = replace(written, said=replace(written.said, tagging=tagging))
    proof = Proof(tags=len(levels), findings=readback.read_tags_back(again))
    return Outcome(proofs={file.label: proof})
