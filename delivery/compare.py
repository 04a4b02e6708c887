"""Two deliveries compared: the same audio, the same marks, the same codes and texts.

The other may be the rip of a test pressing: read with a drive's offset, and without
an edge. What the form of the other cannot hold is not asked of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from delivery import alike
from delivery.alike import Difference
from delivery.examined import Examined
from delivery.findings import Finding, Place, Severity, any_error, error, note
from delivery.formats import FORMATS
from delivery.hearing import level, time
from delivery.program import Layout, Texts
from delivery.proof import compare_layouts
from delivery.redbook import FIRST_PAUSE, SAMPLES_PER_FRAME

_EDGE = 5 * SAMPLES_PER_FRAME
"""Samples that a drive may lose at an edge; AccurateRip leaves as many out."""

_FAINT = 33
"""The largest sample of what may be missing at an edge without harm: -60 dBFS."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What became of the comparison of one disc with another."""

    name: str
    """Of the other."""
    audio: Difference | None
    marks: int
    """Marks that are equal, or within what was allowed."""
    codes: int
    texts: int
    findings: tuple[Finding, ...]

    @property
    def same(self) -> bool:
        """Whether the other carries the same disc."""
        return not any_error(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the figures by the names of the JSON contract."""
        audio = self.audio
        return {
            "with": self.name,
            "same": self.same,
            "offset_samples": audio.offset if audio else None,
            "channels_swapped": audio.swapped if audio else None,
            "samples_compared": audio.compared if audio else None,
            "samples_different": audio.different if audio else None,
            "first_difference_sample": audio.first if audio else None,
            "last_difference_sample": audio.last if audio else None,
            "largest_difference": audio.largest if audio else None,
            "gain_db": round(audio.gain_db, 3)
            if audio and audio.gain_db is not None
            else None,
            "missing_before": audio.missing_before if audio else None,
            "missing_after": audio.missing_after if audio else None,
            "marks_equal": self.marks,
            "codes_equal": self.codes,
            "texts_equal": self.texts,
        }

    def line(self) -> str:
        """Return the comparison in one line, for people."""
        audio = self.audio
        said = "audio not compared"
        if audio is not None:
            said = f"offset {audio.offset:+,} samples, after it {audio.different:,} "
            said += f"different in {audio.compared:,}"
        return (
            f"  against   {self.name}: {said}; {self.marks} marks, {self.codes} codes, "
            f"{self.texts} texts equal"
        )


def compare(
    one: Examined,
    other: Examined,
    within: int,
    stage: Callable[[str, int], Callable[[int], None]],
    *,
    audio: bool = True,
) -> Compared:
    """Compare *other* with *one*; marks may lie *within* so many frames.

    Raises Refusal where the audio of one cannot be read.
    """
    name = other.reading.path.name
    findings: list[Finding] = []
    found: Difference | None = None
    if audio and one.reading.whole and other.reading.whole:
        sounds = one.reading.sound, other.reading.sound
        advance = stage("comparing", sounds[0].length)
        late = alike.offset(*sounds)
        if late is None and any(block.any() for block in sounds[0].blocks()):
            says = f"nothing of the audio is found in {name}"
            way = "it is another recording, or more than 7 seconds early or late"
            findings.append(error("CMP-AUDIO", says, place=Place(file=name), help=way))
        else:
            found = alike.difference(*sounds, *(late or (0, False)), advance)
            findings += _audio(found, one, name)
    elif audio:
        says = "the audio of one of the two is missing and cannot be compared"
        findings.append(error("CMP-AUDIO", says, place=Place(file=name)))
    counts, more = _layouts(one, other, within)
    return Compared(
        name=name, audio=found, findings=(*findings, *more), marks=counts[0],
        codes=counts[1], texts=counts[2],
    )  # fmt: skip


def _audio(found: Difference, one: Examined, name: str) -> Iterator[Finding]:
    at = Place(file=name)
    if found.offset:
        says = f"{name} is {abs(found.offset):,} samples "
        says += "late" if found.offset > 0 else "early"
        way = "drives read so; what counts is what differs after it"
        yield note("CMP-OFFSET", says, place=at, measured=found.offset, help=way)
    if found.swapped:
        says = f"left and right are exchanged in {name}"
        yield error("CMP-AUDIO", says, place=at)
    if found.first is not None:
        place = _where(one.reading.layout, found.first, name)
        says = f"{found.different:,} of {found.compared:,} samples differ in {name}, "
        says += f"first at {place.at}, by up to {level(found.largest)}"
        if found.gain_db is not None and abs(found.gain_db) >= 0.005:
            says += f"; it is the same at another level, {found.gain_db:+.2f} dB"
        yield error("CMP-AUDIO", says, place=place, measured=found.different, limit=0)
    missing = found.missing_before + found.missing_after
    if missing:
        says = f"{name} lacks {found.missing_before:,} samples at the begin and "
        says += f"{found.missing_after:,} at the end, {level(found.lost)} at most"
        most = max(found.missing_before, found.missing_after)
        make = error if found.lost > _FAINT and most > _EDGE else note
        yield make("CMP-LENGTH", says, place=at, measured=missing, limit=_EDGE)


def _where(layout: Layout, sample: int, name: str) -> Place:
    frame = int(FIRST_PAUSE) + sample // SAMPLES_PER_FRAME
    numbers = [track.number for track in layout.tracks if track.start <= frame]
    track = numbers[-1] if numbers else None
    return Place(file=name, track=track, at=time(frame))


def _layouts(
    one: Examined, other: Examined, within: int
) -> tuple[tuple[int, int, int], list[Finding]]:
    """Compare marks, codes and texts; return how many are equal, and what is not."""
    meant, had = one.reading.layout, other.reading.layout
    if other.kind in FORMATS:
        meant = FORMATS[other.kind].reduced(meant)
    if one.kind in FORMATS:
        had = FORMATS[one.kind].reduced(had)
    if "tracks" in (one.kind, other.kind):
        meant, had = _bare(meant), _bare(had)
    name, base = other.reading.path.name, one.reading.path.name
    proof = compare_layouts(meant, _eased(meant, had, within), name, "CMP-TEXT", base)
    findings = []
    for each in proof.findings:
        rule = "CMP-TEXT"
        words = each.message.split(" is ", 1)[0]
        if words.startswith(("INDEX", "the lead-out")):
            rule = "CMP-MARK"
        elif any(word in words for word in ("ISRC", "EAN", "flags")):
            rule = "CMP-CODE"
        findings.append(replace(each, rule=rule, severity=Severity.ERROR))
    return (proof.marks, proof.isrcs + proof.eans, proof.texts), findings


def _bare(layout: Layout) -> Layout:
    """Return the marks of *layout* that a folder of track files tells of."""
    tracks = tuple(
        replace(track, pause=None, indexes=(), flags=frozenset(), texts=Texts(),
                isrc="")
        for track in layout.tracks
    )  # fmt: skip
    return replace(
        layout, tracks=tracks, texts=Texts(), ean="", catalogue="", genre="",
        languages=(),
    )  # fmt: skip


def _eased(meant: Layout, had: Layout, within: int) -> Layout:
    """Return *had* with every mark that lies *within* so many frames put in place."""

    def near(mark: Any, due: Any) -> Any:
        both = mark is not None and due is not None
        return due if both and abs(mark - due) <= within else mark

    wanted = {track.number: track for track in meant.tracks}
    tracks = []
    for track in had.tracks:
        due = wanted.get(track.number)
        if due is None:
            tracks.append(track)
            continue
        indexes = [*track.indexes]
        for at, mark in enumerate(due.indexes[: len(indexes)]):
            indexes[at] = near(indexes[at], mark)
        tracks.append(
            replace(track, start=near(track.start, due.start),
                    pause=near(track.pause, due.pause), indexes=tuple(indexes))
        )  # fmt: skip
    leadout = near(had.leadout, meant.leadout)
    return replace(had, tracks=tuple(tracks), leadout=leadout)
